"""How one model would do in the place of another, before anybody sees it.

Three judges that do not know of each other: later statements (a split in time), past
pages (replay), and the lists both would make now (``trial_lists``). What follows from
them is in ``promotion``. Reads the database, writes nothing.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.engine.community import Community
from matchmaker.engine.evaluation import LEAST_SEEKERS
from matchmaker.engine.examples import Example, Examples, examples_of
from matchmaker.engine.lists import MarketLists
from matchmaker.engine.replay import (
    LEAST_EFFECTIVE,
    Log,
    compare_policies,
    replay,
)
from matchmaker.engine.scoring import Weights
from matchmaker.engine.training import (
    design_of,
    fit_weights,
    log_loss,
    split_by_time,
    weighed,
)
from matchmaker.matching import learning, trial_lists
from matchmaker.matching.lists import Policy
from matchmaker.matching.models import Impression, Introduction, IntroductionState

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Tell = Callable[[int, int], None]
Figures = dict[str, Any]

#: Later statements that a difference of two models can be seen with at all.
LEAST_LATER = 50.0
#: What was asked for on a page had a week to be answered, and some days before.
SETTLED = timedelta(days=14)
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


@dataclass(frozen=True, slots=True)
class Terms:
    """What is the same for both: the site's policy, the day, who is looked at."""

    policy: Policy
    today: date
    sample: int = 8
    seed: int = 0


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
    models = [with_weights(community, side.weights) for side in sides]
    tables = [examples_of(one, rows) for one in models]
    tell(1, STEPS)
    found: Figures = {
        "statements": len(tables[0]),
        "window": _window(tables[0]),
        "digest": _digest(rows),
        "later": judge_later(tables, terms.today),
        "recipe": None,
    }
    cut = found["later"]["cut"]
    judged, since = models, None
    if cut and _overlaps(sides[1], cut):
        found["recipe"] = judge_later(tables, terms.today, learn=True)
        since = date.fromisoformat(cut)
        earlier = fit_weights(split_by_time(tables[1])[0]).weights
        judged = [models[0], with_weights(community, earlier)]
    tell(2, STEPS)
    past = []
    for step, one in enumerate(judged, 3):
        past.append(trial_lists.market(session, one, terms.policy, now=False))
        tell(step, STEPS)
    found["replay"] = judge_past(session, (past[0], past[1]), terms, since=since)
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
    tables: Sequence[Examples], today: date, *, learn: bool = False
) -> Figures:
    """Compare two models on the latest quarter of the statements.

    Both have their levels fitted on the earlier statements; with ``learn`` the second
    learns its weights there too. The difference is that of the mean log loss, corrected
    as in ``training.weighed``, with its 95 % interval over the members who spoke.

    Parameters
    ----------
    tables
        The same statements with the evidence of each model, and their weights.
    """
    found: Figures = {"cut": None, "word": "too few", "effective": 0.0, "judged": 0}
    parts = [split_by_time(one) for one in tables]
    before, after = parts[0]
    if not len(before) or not len(after):
        return found
    said = weighed(after)
    losses = []
    for number, (earlier, latest) in enumerate(parts):
        fitted = fit_weights(
            earlier,
            *(() if learn and number else (_weights_of(tables[number]),)),
            levels_only=not (learn and number),
        )
        losses.append(log_loss(design_of(latest) @ fitted.values, said))
    return found
