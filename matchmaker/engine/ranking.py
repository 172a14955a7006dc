"""Lists that lead to the most accepted introductions, not to the most similar pairs.

Two people can want the same popular partner; a list is worth what the others' lists
leave of that partner's attention. The optimiser is Frank-Wolfe (1956): it moves each
member's expected attention towards the best list for the current gradient, and that
list is a sort, by the rearrangement inequality, so no linear program is run.

Source: Su, Bayoumi and Joachims, "Optimizing Rankings for Recommendation in Matching
Markets" (WWW 2022), for the inbox model. The chances it works with are taken as known;
``shrinkage`` frees estimated ones of part of their error before.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import boxcox

from matchmaker.engine.bounds import Bounds, bounded_places

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Chances = NDArray[np.floating[Any]]

_PASSES: Final = 10
# Expected introductions below which a member counts as thinly served all the same.
_THIN: Final = 0.05
# The dial's 0.5 is an exponent of 0.7: in markets of 1,000 members it costs 3 % of the
# introductions and halves the number of near-empty inboxes.
_STRONGEST_FAIRNESS: Final = 1.4
# Relative difference of two pairs that only breaks ties.
_TIE: Final = 1e-9
# What is shown equally often differs by what more of it would bring, by less than the
# passes can tell apart: a thousandth after ten.
_BY_VALUE: Final = 1e-6


def attention(positions: FloatArray) -> FloatArray:
    """Return the chance that a place in a list is looked at: one over the position."""
    return 1 / positions


@dataclass(frozen=True, slots=True)
class Pairs:
    """Candidate pairs laid out flat, with both orders that the model needs.

    Attributes
    ----------
    seeker, candidate
        Members of each pair, shape ``(m,)``, sorted by seeker.
    for_me, for_them
        Chance that the seeker, and that the candidate, says yes.
    inbox
        Order of the pairs by candidate, the seeker dearest to them first.
    first
        For each place of ``inbox``, the place at which that inbox begins.
    reverse
        Place of the pair the other way round, -1 where it is no candidate pair.
    slot
        Place of each pair in the rectangle of candidate lists, flattened.
    width
        Length of a candidate list.
    members
        Number of members.
    """

    seeker: IntArray
    candidate: IntArray
    for_me: FloatArray
    for_them: FloatArray
    inbox: IntArray
    first: IntArray
    reverse: IntArray
    slot: IntArray
    width: int
    members: int


def around(member: IntArray, start: IntArray, size: int) -> IntArray:
    """Return how far members stand behind others when all stand in a ring.

    Ties are broken by it: the lowest number would win every tie of everybody.
    """
    return np.asarray((member - start) % max(size, 1))


def make_pairs(candidates: IntArray, for_me: Chances, for_them: Chances) -> Pairs:
    """Lay out candidate lists ``(n, C)``; -1 marks an empty place, a missing edge."""
    size = len(candidates)
    seeker = np.repeat(np.arange(size), candidates.shape[1])
    keep = candidates.ravel() >= 0
    seeker, candidate = seeker[keep], candidates.ravel()[keep].astype(np.int64)
    mine, theirs = (
        for_me.ravel()[keep].astype(float),
        for_them.ravel()[keep].astype(float),
    )
    inbox = np.lexsort((around(seeker, candidate, size), -theirs, candidate))
    owner = candidate[inbox]
    starts = np.r_[True, owner[1:] != owner[:-1]] if len(owner) else np.zeros(0, bool)
    first = np.maximum.accumulate(np.where(starts, np.arange(len(owner)), 0))
    # The two ways round a pair stand side by side in the order of its two names.
    pair = np.minimum(seeker, candidate) * size + np.maximum(seeker, candidate)
    by_pair = np.argsort(pair)
    twice = np.flatnonzero(pair[by_pair[1:]] == pair[by_pair[:-1]])
    reverse = np.full(len(pair), -1)
    reverse[by_pair[twice]] = by_pair[twice + 1]
    reverse[by_pair[twice + 1]] = by_pair[twice]
    slot, width = np.flatnonzero(keep), candidates.shape[1]
    return Pairs(
        seeker, candidate, mine, theirs, inbox, first, reverse, slot, width, size
    )


def _before(values: FloatArray, first: IntArray) -> FloatArray:
    """Return the sum of values that stand before each place in its own group."""
    running = np.cumsum(values) - values
    return running - running[first]


def _behind(values: FloatArray, first: IntArray) -> FloatArray:
    """Return the sum of values that stand behind each place in its own group."""
    size = len(values)
    totals = np.bincount(first, values, minlength=size)[first]
    return totals - _before(values, first) - values


def _value(
    pairs: Pairs, shown: FloatArray, exponent: float, ahead: FloatArray
) -> tuple[FloatArray, float]:
    """Return the gradient of the worth of all lists in what is shown, and the worth.

    A request brings what it leads to, less what it pushes down in the same inbox. There
    it stands behind the dearer ones and the ``ahead`` that wait already. A pair that
    finds each other from both sides counts once. With the ``exponent`` of fairness
    ``f`` an introduction is worth each side's expected number of them to the power
    ``-f``.
    """
    inbox, first = pairs.inbox, pairs.first
    request = (shown * pairs.for_me)[inbox]
    place = 1 + ahead[inbox] + _before(request, first)
    seen = attention(place)
    accepted = np.empty(len(inbox))
    accepted[inbox] = request * pairs.for_them[inbox] * seen
    other = np.where(pairs.reverse >= 0, accepted[pairs.reverse], 0.0)
    got = accepted * (1 - other / 2)
    served = _THIN + np.bincount(pairs.seeker, got, pairs.members)
    served += np.bincount(pairs.candidate, got, pairs.members)
    share = served**-exponent
    worth = (1 - other) * (share[pairs.seeker] + share[pairs.candidate]) / 2
    answered = (pairs.for_them * worth)[inbox] * seen
    gain = np.empty(len(inbox))
    gain[inbox] = answered - _behind(request * answered / place, first)
    # The Box-Cox transformation is the sum of introductions at exponent 0, of their
    # logarithms (Nash welfare) at 1.
    return gain * pairs.for_me, float(boxcox(served, 1 - exponent).sum())


def _table(pairs: Pairs, values: FloatArray, empty: float = -np.inf) -> FloatArray:
    """Return a value of each pair in the rectangle of candidate lists."""
    flat = np.full(pairs.members * pairs.width, empty)
    flat[pairs.slot] = values
    return flat.reshape(pairs.members, pairs.width)


def _best_slots(pairs: Pairs, value: FloatArray, k: int) -> IntArray:
    """Return the best ``k`` slots of each member's candidates, best first."""
    table = _table(pairs, value)
    k = min(k, pairs.width)
    best = np.argpartition(-table, k - 1, axis=1)[:, :k]
    order = np.argsort(-np.take_along_axis(table, best, axis=1), axis=1, kind="stable")
    best = np.take_along_axis(best, order, axis=1)
    return np.asarray(best + np.arange(pairs.members)[:, None] * pairs.width)


@dataclass(frozen=True, slots=True)
class _Aim:
    """What the optimiser works towards; see :func:`congestion_lists`."""

    k: int
    passes: int
    exponent: float
    ahead: FloatArray
    tie: FloatArray


def congestion_lists(
    pairs: Pairs,
    *,
    k: int,
    fairness: float = 0.5,
    passes: int = _PASSES,
    bounds: Bounds | None = None,
) -> IntArray:
    """Return lists that maximise expected accepted introductions.

    Parameters
    ----------
    k
        Length of a list.
    fairness
        0 to 1: 0 counts introductions, above 0.7 who has few of them counts for more
        than in Nash welfare.
    passes
        Steps of Frank-Wolfe; the gain levels off after about ten.
    bounds
        Capacity, cool-down and diversity.

    Returns
    -------
    IntArray
        Shape ``(members, k)``, best first, -1 where there is no candidate. Equal
        candidates are shared out: ties go to those who follow in the ring of members.
    """
    lists = np.full((pairs.members, k), -1, np.int64)
    if not len(pairs.seeker):
        return lists
    bounds = bounds or Bounds()
    exponent = fairness * _STRONGEST_FAIRNESS
    ahead = np.zeros(len(pairs.seeker))
    if bounds.waiting is not None:
        ahead = bounds.waiting[pairs.candidate]
    distance = around(pairs.candidate, pairs.seeker, pairs.members)
    tie = 1 - _TIE * distance / pairs.members
    start = pairs.for_me * pairs.for_them / (1 + ahead) * tie
    shown, value = _share_out(pairs, start, _Aim(k, passes, exponent, ahead, tie))
    chosen = _read_out(pairs, (shown, value), k, bounds)
    lists[:, : chosen.shape[1]] = chosen
    return lists


def _share_out(
    pairs: Pairs, start: FloatArray, aim: _Aim
) -> tuple[FloatArray, FloatArray]:
    """Return what is shown of each pair at the best found, and what more would bring.

    All members move at once: among equals they would all turn to the same few who are
    asked least. A step that lowers the worth is therefore halved and tried again.
    """
    looks = attention(np.arange(1.0, min(aim.k, pairs.width) + 1))

    def best(value: FloatArray) -> FloatArray:
        flat = np.zeros(pairs.members * pairs.width)
        flat[_best_slots(pairs, value, aim.k)] = looks
        return np.asarray(flat[pairs.slot])

    shown = best(start)
    value, worth = _value(pairs, shown, aim.exponent, aim.ahead)
    target, steps, scale = best(value * aim.tie), 1, 1.0
    for _ in range(aim.passes - 1):
        share = scale * 2 / (steps + 2)
        trial = (1 - share) * shown + share * target
        found, reached = _value(pairs, trial, aim.exponent, aim.ahead)
        if reached <= worth:
            scale /= 2
            continue
        shown, value, worth, steps = trial, found, reached, steps + 1
        target = best(value * aim.tie)
    return shown, value * aim.tie


def _read_out(
    pairs: Pairs, solution: tuple[FloatArray, FloatArray], k: int, bounds: Bounds
) -> IntArray:
    """Turn attention shared out into lists, who is shown most first."""
    shown, value = solution
    first = shown + _BY_VALUE * value / max(float(np.abs(value).max()), _BY_VALUE)
    names = _table(pairs, pairs.candidate.astype(float), -1).astype(np.int64)
    if bounds.capacity is None and bounds.variety is None:
        return np.asarray(names.ravel()[_best_slots(pairs, first, k)])
    worth = _table(pairs, value)
    order = np.argsort(-_table(pairs, first), axis=1, kind="stable")
    names = np.take_along_axis(names, order, axis=1)
    worth = np.take_along_axis(worth, order, axis=1)
    columns = bounded_places(names, worth, k, bounds)
    chosen = np.take_along_axis(names, np.maximum(columns, 0), axis=1)
    return np.where(columns >= 0, chosen, -1)
