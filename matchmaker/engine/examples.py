"""What people said about pairs, as a table to learn from: evidence, label, chances.

A statement is about one direction of a pair: what the other one gives to who speaks.
Where the statements come from is the affair of ``matching.learning``, what is learned
from them that of ``training``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from enum import IntEnum
from itertools import pairwise
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from matchmaker.engine.community import Community
from matchmaker.engine.facts import EVIDENCE, fact_evidence
from matchmaker.engine.layer import Layer
from matchmaker.engine.scoring import Weights, stated, text_gains

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

# Columns of the evidence, named like the weights they belong to.
COLUMNS: Final = ("text", *EVIDENCE, "unknown")


class Stage(IntEnum):
    """What was decided when a statement was made; each has its own base rate."""

    SHOWN = 0
    ASKED = 1
    MET = 2


@dataclass(frozen=True, slots=True)
class Statement:
    """What somebody said about what a pair gives them.

    Attributes
    ----------
    stage
        What was decided.
    label
        Gain, in [0, 1].
    weight
        How much the statement says beside a recorded outcome of half a year, in (0, 1].
        Within a stage all weigh the same, so that base rates stay true.
    """

    stage: Stage
    label: float
    weight: float


_INTEREST, _ANSWER, _HELD, _OUTCOME = 0.25, 0.5, 0.75, 1.0
# Not here, because they say nothing of the fit: a request that expired or was taken
# back, "not now", "already known", a talk that was not held.
STATEMENTS: Final[Mapping[str, Statement]] = {
    "passed": Statement(Stage.SHOWN, 0.0, _INTEREST),
    "refused": Statement(Stage.SHOWN, 0.0, _INTEREST),
    "saved": Statement(Stage.SHOWN, 0.5, _INTEREST),
    "asked": Statement(Stage.SHOWN, 1.0, _INTEREST),
    "declined": Statement(Stage.ASKED, 0.0, _ANSWER),
    "accepted": Statement(Stage.ASKED, 1.0, _ANSWER),
    "no_interest": Statement(Stage.MET, 0.0, _HELD),
    "informative": Statement(Stage.MET, 0.5, _HELD),
    "cooperation_possible": Statement(Stage.MET, 1.0, _HELD),
    "no_contact": Statement(Stage.MET, 0.0, _OUTCOME),
    "knowledge": Statement(Stage.MET, 0.4, _OUTCOME),
    "valuable_contact": Statement(Stage.MET, 0.7, _OUTCOME),
    "negotiation": Statement(Stage.MET, 0.9, _OUTCOME),
    "agreement": Statement(Stage.MET, 1.0, _OUTCOME),
}


@dataclass(frozen=True, slots=True)
class Example:
    """One statement about one direction of a pair.

    Attributes
    ----------
    gainer, other
        Whose gain was judged, and of whom.
    statement
        What was said.
    day
        When the pair was first shown, or asked.
    shown
        Chance that the policy shows the pair, in (0, 1].
    examined
        Chance that the gainer looked at it, in (0, 1]; 1 for everything but a place in
        a list.
    helped
        What the pair as a whole came to, in [0, 1]; the label if not given.
    """

    gainer: str
    other: str
    statement: Statement
    day: date
    shown: float = 1.0
    examined: float = 1.0
    helped: float | None = None


@dataclass(frozen=True, slots=True)
class Examples:
    """Statements as arrays, one row each.

    Attributes
    ----------
    gains, returns
        Evidence of the direction that was judged and of the way back, in the order of
        :data:`COLUMNS`, ``(n, 7)``, zero or positive.
    label, weight, helped
        What was said, how much it says, and what the pair came to, ``(n,)``.
    stage
        Numbers of :class:`Stage`.
    shown, examined
        Chances in (0, 1], as in :class:`Example`, not yet clipped.
    day
        Proleptic ordinal of the day.
    group
        Number of the member who spoke: statements of one person are not independent.
    """

    gains: FloatArray
    returns: FloatArray
    label: FloatArray
    weight: FloatArray
    helped: FloatArray
    stage: IntArray
    shown: FloatArray
    examined: FloatArray
    day: IntArray
    group: IntArray

    def __len__(self) -> int:
        """Return the number of statements."""
        return len(self.label)

    def take(self, chosen: BoolArray | IntArray) -> "Examples":
        """Return some of the statements."""
        parts = {one.name: getattr(self, one.name)[chosen] for one in fields(self)}
        return Examples(**parts)

    @classmethod
    def build(
        cls, rows: Sequence[Example], gains: FloatArray, returns: FloatArray
    ) -> Self:
        """Return rows with their evidence as a table; nothing gives an empty one."""
        width = len(COLUMNS)
        spoken = [row.statement for row in rows]
        _, group = np.unique([row.gainer for row in rows], return_inverse=True)
        label = np.array([one.label for one in spoken])
        helped = [row.helped for row in rows]
        return cls(
            gains=np.asarray(gains, float).reshape(-1, width),
            returns=np.asarray(returns, float).reshape(-1, width),
            label=label,
            weight=np.array([one.weight for one in spoken]),
            helped=np.where([one is None for one in helped], label, _numbers(helped)),
            stage=np.array([one.stage for one in spoken], np.int64),
            shown=np.array([row.shown for row in rows], float),
            examined=np.array([row.examined for row in rows], float),
            day=np.array([row.day.toordinal() for row in rows], np.int64),
            group=group.astype(np.int64),
        )


def _numbers(values: Sequence[float | None]) -> FloatArray:
    return np.array([0.0 if one is None else one for one in values])


def examples_of(community: Community, rows: Sequence[Example]) -> Examples:
    """Return statements with the evidence of today's profiles.

    Statements about somebody who is no member any more are left out. The community is
    settled on the way.
    """
    community.settle()
    place = {member_id: at for at, member_id in enumerate(community.ids)}
    kept = [row for row in rows if row.gainer in place and row.other in place]
    kept.sort(key=lambda row: (place[row.gainer], place[row.other], row.day))
    own = np.array([place[row.gainer] for row in kept], np.int64)
    other = np.array([place[row.other] for row in kept], np.int64)
    gains, returns = np.zeros((2, len(kept), len(COLUMNS)))
    starts = np.flatnonzero(np.diff(own, prepend=-1))
    for start, end in pairwise([*starts.tolist(), len(kept)]):
        part = slice(start, end)
        gains[part], returns[part] = evidence(
            community.base_.take(own[start : start + 1]),
            community.base_.take(other[part]),
            community.weights,
        )
    return Examples.build(kept, gains, returns)


def evidence(
    own: Layer, others: Layer, weights: Weights
) -> tuple[FloatArray, FloatArray]:
    """Return the evidence that others give one member, and that one gives them.

    Both are ``(others, len(COLUMNS))``; with the bias and the weights they add up to
    the logits of ``scoring.fits``.
    """
    found = fact_evidence(own.facts, others.facts)
    texts = text_gains(own, others, weights)
    known = (np.repeat(stated(own.wants), len(others)), stated(others.wants))
    mine, theirs = (
        np.stack(
            [
                np.log1p(texts[way][0] / weights.scale),
                found.collaboration[way][0],
                found.sector[0],
                found.market[way][0],
                found.language[0],
                found.place[0],
                1 - known[way],
            ],
            axis=1,
        )
        for way in (0, 1)
    )
    return mine, theirs
