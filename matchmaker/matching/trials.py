"""How one model would do in the place of another, before anybody sees it.

Three judges that do not know of each other: later statements (a split in time), past
pages (replay), and the lists both would make now (``trial_lists``). What follows from
them is in ``promotion``. Reads the database, writes nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from matchmaker.engine.community import Community
from matchmaker.engine.evaluation import LEAST_SEEKERS
from matchmaker.engine.examples import Example, Examples, examples_of
from matchmaker.engine.scoring import Weights
from matchmaker.engine.training import (
    design_of,
    fit_weights,
    log_loss,
    split_by_time,
    weighed,
)
from matchmaker.matching import learning, trial_lists, trial_past
from matchmaker.matching.trial_past import Terms

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Tell = Callable[[int, int], None]
Figures = dict[str, Any]

#: Later statements that a difference of two models can be seen with at all.
LEAST_LATER = 50.0
STEPS = 6


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two models.

    Attributes
    ----------
    learned_to
        Last day it was learned from; None if it was not learned from the ledger.
    """

    weights: Weights
    learned_to: date | None = None


def run_trial(
    session: Session,
    community: Community,
    sides: tuple[Side, Side],
    terms: Terms,
    *,
    tell: Tell = lambda _done, _total: None,
) -> Figures:
    """Return everything that is known of putting the second side in the first's place.

    A side that was learned from the very statements it would be judged by is judged by
    its recipe: the same learning, of the earlier statements only.
    """
    rows = learning.list_examples(session)
    weights = [side.weights for side in sides]
    models = [with_weights(community, one) for one in weights]
    tables = [examples_of(one, rows) for one in models]
    tell(1, STEPS)
    found: Figures = {
        "statements": len(tables[0]),
        "window": _window(tables[0]),
        "digest": _digest(rows),
        "later": judge_later(tables, weights, terms.today),
        "recipe": None,
    }
    cut = found["later"]["cut"]
    judged, since = models, None
    if cut and _overlaps(sides[1], cut):
        found["recipe"] = judge_later(tables, weights, terms.today, learn=True)
        since = date.fromisoformat(cut)
        earlier = fit_weights(split_by_time(tables[1])[0]).weights
        judged = [models[0], with_weights(community, earlier)]
    tell(2, STEPS)
    past = []
    for step, one in enumerate(judged, 3):
        past.append(trial_lists.market(session, one, terms.policy, now=False))
        tell(step, STEPS)
    found["replay"] = trial_past.judge_past(
        session, (past[0], past[1]), terms, since=since
    )
    both = [trial_lists.market(session, one, terms.policy) for one in models]
    tell(5, STEPS)
    found["lists"] = [trial_lists.figures(one, terms.policy) for one in both]
    found["sample"] = trial_lists.side_by_side(
        (models[0], models[1]),
        (both[0], both[1]),
        k=terms.policy.shape.shown,
        sample=terms.sample,
        seed=terms.seed,
    )
    tell(STEPS, STEPS)
    return found


def with_weights(community: Community, weights: Weights) -> Community:
    """Return the same members with other weights; texts are read anew only if needed.

    Later changes of either do not reach the other.
    """
    if weights.texts == community.weights.texts:
        found = community.snapshot()
        found.weights = weights
        return found
    members = [community.member(one) for one in community.ids]
    return Community(weights, encoder=community.encoder).fit(members)


def judge_later(
    tables: Sequence[Examples],
    weights: Sequence[Weights],
    today: date,
    *,
    learn: bool = False,
) -> Figures:
    """Compare two models on the latest quarter of the statements.

    Both have their levels fitted on the earlier statements; with ``learn`` the second
    learns its weights there too. The difference is that of the mean log loss, corrected
    as in ``training.weighed``, with its 95 % interval over the members who spoke.

    Parameters
    ----------
    tables
        The same statements with the evidence that each model sees.
    """
    found: Figures = {"cut": None, "word": "too few", "effective": 0.0, "judged": 0}
    found["ready"] = None
    parts = [split_by_time(one) for one in tables]
    (before, after), latest = parts[0], parts[1][1]
    if not len(before) or not len(after):
        return found
    said = weighed(after)
    old = fit_weights(before, weights[0], levels_only=True)
    new = (
        fit_weights(parts[1][0])
        if learn
        else fit_weights(parts[1][0], weights[1], levels_only=True)
    )
    losses = (
        log_loss(design_of(after) @ old.values, said),
        log_loss(design_of(latest) @ new.values, said),
    )
    share = said.weight / said.weight.sum()
    first, second = (float(share @ one) for one in losses)
    each = np.bincount(after.group, share * (losses[1] - losses[0] - (second - first)))
    error = 1.96 * float(np.sqrt((each**2).sum()))
    speakers = len(np.unique(after.group))
    few = said.effective < LEAST_LATER or speakers < LEAST_SEEKERS
    low, high = second - first - error, second - first + error
    return {
        "cut": date.fromordinal(int(after.day.min())).isoformat(),
        "learned": len(before),
        "judged": len(after),
        "effective": said.effective,
        "needed": LEAST_LATER,
        "speakers": speakers,
        "losses": [first, second],
        "difference": second - first,
        "low": low,
        "high": high,
        "word": "too few" if few else _word(low, high),
        "ready": _ready(before, said.effective, LEAST_LATER, today) if few else None,
    }


def _word(low: float, high: float) -> str:
    """Return what a difference of losses says of the second."""
    if high < 0:
        return "better"
    return "worse" if low > 0 else "no difference seen"


def _ready(
    before: Examples, effective: float, needed: float, today: date
) -> str | None:
    """Return from when there will be enough, at the pace of the statements so far."""
    days = max(1, today.toordinal() - int(before.day.min()))
    return trial_past.ready_on(effective, needed, days, today)


def _overlaps(side: Side, cut: str) -> bool:
    return side.learned_to is not None and side.learned_to.isoformat() >= cut


def _window(examples: Examples) -> list[str] | None:
    if not len(examples):
        return None
    ends = int(examples.day.min()), int(examples.day.max())
    return [date.fromordinal(day).isoformat() for day in ends]


def _digest(rows: Sequence[Example]) -> str:
    """Return a hash that tells whether two reports read the same statements."""
    lines = sorted(repr(row) for row in rows)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
