"""Two sides that both browse lists of each other: attention shared out, and envy.

The market and its objectives are those of Tomita and Yokoyama, "Fair Reciprocal
Recommendation in Matching Markets" (RecSys 2024, arXiv 2409.00720): a pair meets when
each finds and likes the other. Their linear programs over doubly stochastic matrices
are solved here by a sort, because the best list for a gradient is the gradient in
falling order (rearrangement inequality).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matchmaker.engine.ranking import attention

FloatArray = NDArray[np.float64]

# Step, rounds and least change are the paper's, so that its figures come out.
_STEP: Final = 0.1
_MOST_ROUNDS: Final = 100
_SMALL_CHANGE: Final = 0.01
# Expected matches below which a member weighs no more in Nash welfare.
_FEWEST: Final = 1e-6
# A gain from somebody else's place below this is rounding, not envy.
_NO_ENVY: Final = 1e-9


@dataclass(frozen=True, slots=True)
class TwoSided:
    """Expected attention in a two-sided market and the matches it leads to.

    Attributes
    ----------
    left, right
        Attention that each member gives to each of the other side, shapes ``(lefts,
        rights)`` and ``(rights, lefts)``; a row sums to 1 + 1/2 + 1/3 ...
    matches
        Expected number of matches.
    rounds
        Rounds until the matches settled.
    """

    left: FloatArray
    right: FloatArray
    matches: float
    rounds: int


def two_sided_attention(
    left: FloatArray,
    right: FloatArray,
    *,
    nash: bool = False,
    tolerance: float = _SMALL_CHANGE,
) -> TwoSided:
    """Share out attention between two sides that both browse lists of each other.

    Parameters
    ----------
    left, right
        ``left[i, j]`` is the chance that left ``i`` likes right ``j``; ``right[j, i]``
        the other way round. Neither side may be empty.
    nash
        Maximise the product of everybody's expected matches instead of their sum.
    tolerance
        Change of the expected matches in one round below which they have settled.

    Returns
    -------
    TwoSided
        After the alternating Frank-Wolfe steps of Tomita and Yokoyama (2024): lists
        start uniform, and in each round first the right side, then the left moves a
        tenth of the way to the lists that are best for the members it is shown.
    """
    mutual = left * right.T
    looks = [attention(np.arange(1.0, size + 1)) for size in left.shape[::-1]]
    mine = np.full(left.shape, looks[0].mean())
    theirs = np.full(right.shape, looks[1].mean())
    matches, rounds = 0.0, 0
    for rounds in range(1, _MOST_ROUNDS + 1):  # noqa: B007 - told to the caller
        theirs = _towards_best(theirs, mutual.T * mine.T, looks[1], nash=nash)
        mine = _towards_best(mine, mutual * theirs.T, looks[0], nash=nash)
        before, matches = matches, float((mutual * mine * theirs.T).sum())
        if abs(matches - before) < tolerance:
            break
    return TwoSided(mine, theirs, matches, rounds)


def _towards_best(
    now: FloatArray, gain: FloatArray, looks: FloatArray, *, nash: bool
) -> FloatArray:
    """Move one side's attention a step towards its best lists.

    ``gain`` holds the matches per unit of attention. In Nash welfare they count for
    less, the more matches the member shown (a column) has already.
    """
    if nash:
        gain = gain / np.maximum((gain * now).sum(axis=0), _FEWEST)
    best = np.empty_like(now)
    order = np.argsort(-gain, axis=1, kind="stable")
    np.put_along_axis(best, order, np.broadcast_to(looks, now.shape), axis=1)
    return (1 - _STEP) * now + _STEP * best


def count_envy(
    left: FloatArray, right: FloatArray, shared: TwoSided
) -> tuple[int, int]:
    """Count the pairs on the left, and on the right, of whom one envies the other.

    A member envies another of the same side who is shown in places that would bring
    the member more expected matches than their own, as the paper defines it.
    """

    def envious(
        taste: FloatArray, given: FloatArray, liked: FloatArray, got: FloatArray
    ) -> int:
        # Row: the member; column: in whose places the member would be shown.
        matches = (taste * given * liked.T) @ got
        return int((matches > np.diag(matches)[:, None] + _NO_ENVY).sum())

    return (
        envious(left, shared.left, right, shared.right),
        envious(right, shared.right, left, shared.left),
    )
