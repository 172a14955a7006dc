"""How good a ranking is: metrics per seeker, intervals by bootstrap over seekers.

What the rankings do to the candidates is in ``exposure``, whether scores mean what they
say in ``reliability``, what another policy would have led to in ``replay``.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Verdict = Literal["differs", "no difference seen", "too few seekers"]

METRICS: Final = ("ndcg@10", "recall@10", "recall@50", "mrr", "hit@10")
RANKING_DEPTH: Final = 100
#: With fewer seekers a bootstrap interval is too narrow to conclude from.
LEAST_SEEKERS: Final = 20
OTHER: Final = "other"
NOT_STATED: Final = "not stated"
_TOP: Final = 10
_LONG: Final = 50
_RESAMPLES: Final = 1000
# Draws made at a time: 16 MB however many seekers there are.
_DRAWS: Final = 2_000_000


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over seekers with its 95 % bootstrap interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Difference(Estimate):
    """A mean difference on the same seekers, and what may be concluded from it."""

    verdict: Verdict


def order(
    scores: FloatArray, ids: Sequence[str], depth: int | None = None
) -> list[int]:
    """Return the places of the best candidates, best first, ties by id.

    Ties at the cut are resolved by id too, so the result does not depend on the order
    in which candidates are stored.
    """
    places = np.arange(len(scores))
    if depth == 0:
        return []
    if depth is not None and depth < len(scores):
        threshold = np.partition(scores, -depth)[-depth]
        places = np.flatnonzero(scores >= threshold)
    ranked = sorted(places.tolist(), key=lambda at: (-scores[at], ids[at]))
    return ranked[:depth]


def places_by_id(ids: Sequence[str]) -> IntArray:
    """Return the place of each id among the sorted ids, shape ``(len(ids),)``."""
    places = np.empty(len(ids), np.int64)
    places[sorted(range(len(ids)), key=ids.__getitem__)] = np.arange(len(ids))
    return places


def top_places(scores: FloatArray, ids: Sequence[str], depth: int) -> IntArray:
    """Return for each seeker what :func:`order` returns, for all of them at once.

    Parameters
    ----------
    scores
        Shape ``(seekers, candidates)``.
    depth
        Length of a list.

    Returns
    -------
    IntArray
        Shape ``(seekers, min(depth, candidates))``: columns of ``scores``.
    """
    by_id = places_by_id(ids)
    depth = min(depth, len(ids))
    found = np.zeros((len(scores), depth), np.int64)
    if not depth:
        return found
    for at, row in enumerate(scores):
        threshold = np.partition(row, -depth)[-depth]
        places = np.flatnonzero(row >= threshold)
        found[at] = places[np.lexsort((by_id[places], -row[places]))[:depth]]
    return found


def _ranks(row: FloatArray, by_id: IntArray, places: IntArray) -> IntArray:
    """Return the ranks from 1 of some candidates, ties by id, without sorting."""
    found = np.empty(len(places), np.int64)
    for at, place in enumerate(places):
        score = row[place]
        tied = np.flatnonzero(row == score)
        before = np.count_nonzero(by_id[tied] < by_id[place])
        found[at] = 1 + np.count_nonzero(row > score) + before
    return found


def measure(
    scores: FloatArray, ids: Sequence[str], gains: Sequence[Mapping[str, float]]
) -> FloatArray:
    """Return the metrics of each seeker, shape ``(seekers, len(METRICS))``.

    nDCG after Järvelin and Kekäläinen, "Cumulated gain-based evaluation of IR
    techniques" (2002, DOI 10.1145/582415.582418), with linear gain and log2 discount;
    the reciprocal rank of the first relevant candidate after Voorhees, "The TREC-8
    question answering track report" (1999). Recall, reciprocal rank and hit count
    candidates with a positive gain. All are 0 for a seeker without any.

    Only the relevant candidates are given a rank, by counting who stands above them:
    that is exact, ties by id included, and sorts nothing.

    Parameters
    ----------
    scores
        Shape ``(seekers, candidates)``.
    ids
        Of the candidates, in the order of the columns.
    gains
        For each seeker the gain of the candidates that have one.

    Raises
    ------
    ValueError
        If a score is not a number: it would compare as better than nothing.
    KeyError
        If a gain is given to an unknown candidate.
    """
    if np.isnan(scores).any():
        raise ValueError("a score is not a number")
    column = {one: at for at, one in enumerate(ids)}
    by_id = places_by_id(ids)
    found = np.zeros((len(scores), len(METRICS)))
    for at, (row, known) in enumerate(zip(scores, gains, strict=True)):
        relevant = [one for one, gain in known.items() if gain > 0]
        if relevant:
            places = np.array([column[one] for one in relevant], np.int64)
            gained = np.array([known[one] for one in relevant])
            found[at] = _metrics(_ranks(row, by_id, places), gained)
    return found


def _metrics(ranks: IntArray, gained: FloatArray) -> list[float]:
    """Return the metrics of one seeker from ranks and gains of what is relevant."""
    near = ranks <= _TOP
    ideal = np.sort(gained)[::-1][:_TOP]
    best = (ideal / np.log2(np.arange(2, len(ideal) + 2))).sum()
    return [
        float((gained[near] / np.log2(1 + ranks[near])).sum() / best),
        float(near.mean()),
        float((ranks <= _LONG).mean()),
        1 / int(ranks.min()),
        float(near.any()),
    ]


def resampled(values: FloatArray, *, random_state: int = 0) -> FloatArray:
    """Return the means of 1,000 samples of seekers drawn with replacement.

    Efron, "Bootstrap methods: another look at the jackknife" (1979, DOI
    10.1214/aos/1176344552). The same seed draws the same seekers, so that means of two
    tables of the same seekers may be subtracted.

    Parameters
    ----------
    values
        Shape ``(seekers, columns)``, one seeker at least.

    Returns
    -------
    FloatArray
        Shape ``(1000, columns)``.
    """
    size = len(values)
    rng = np.random.default_rng(random_state)
    block = max(1, min(_RESAMPLES, _DRAWS // size))
    means = []
    for start in range(0, _RESAMPLES, block):
        drawn = rng.integers(size, size=(min(block, _RESAMPLES - start), size))
        drawn += size * np.arange(len(drawn))[:, None]
        counts = np.bincount(drawn.ravel(), minlength=drawn.size)
        means.append(counts.reshape(drawn.shape) @ values / size)
    return np.concatenate(means)


def bootstrap(values: FloatArray, *, random_state: int = 0) -> Estimate:
    """Return the mean of one value per seeker with a 95 % percentile interval.

    Zeros for no seekers at all.
    """
    return _estimates(values[:, None], random_state)[0]


def _estimates(values: FloatArray, random_state: int) -> list[Estimate]:
    if not len(values):
        return [Estimate(0.0, 0.0, 0.0)] * values.shape[1]
    means = resampled(values, random_state=random_state)
    low, high = np.quantile(means, [0.025, 0.975], axis=0)
    told = zip(values.mean(axis=0), low, high, strict=True)
    return [Estimate(*map(float, one)) for one in told]


def summary(measured: FloatArray, *, random_state: int = 0) -> dict[str, Estimate]:
    """Return an estimate for each metric from ``(seekers, metrics)`` values."""
    return dict(zip(METRICS, _estimates(measured, random_state), strict=True))


def paired_differences(
    ours: FloatArray, theirs: FloatArray, *, random_state: int = 0
) -> dict[str, Difference]:
    """Return by how much one ranker is better than another on the same seekers.

    The paired bootstrap of Sakai, "Evaluating evaluation metrics based on the
    bootstrap" (2006, DOI 10.1145/1148170.1148261): the difference of each seeker is
    resampled, so what makes a seeker easy or hard for both is no noise.

    Parameters
    ----------
    ours, theirs
        Shape ``(seekers, metrics)``, the same seekers in the same order.
    """
    found = _estimates(ours - theirs, random_state)
    return {
        name: Difference(
            one.value, one.low, one.high, _verdict(one.low, one.high, len(ours))
        )
        for name, one in zip(METRICS, found, strict=True)
    }


def _verdict(low: float, high: float, seekers: int) -> Verdict:
    if seekers < LEAST_SEEKERS:
        return "too few seekers"
    return "differs" if low > 0 or high < 0 else "no difference seen"


def slices(
    labels: Sequence[Sequence[str]], *, least: int = LEAST_SEEKERS
) -> dict[str, IntArray]:
    """Group seekers by their labels, the largest group first, the rest last.

    A seeker with two labels stands in both groups. Seekers without a label are "not
    stated"; those whose labels are all rarer than ``least`` are "other".
    """
    stated = [tuple(dict.fromkeys(own)) or (NOT_STATED,) for own in labels]
    counts = Counter(label for own in stated for label in own)
    groups: dict[str, list[int]] = {}
    for at, own in enumerate(stated):
        kept = [label for label in own if counts[label] >= least] or [OTHER]
        for label in kept:
            groups.setdefault(label, []).append(at)
    ranked = sorted(groups, key=lambda name: (name == OTHER, -len(groups[name]), name))
    return {name: np.array(groups[name], np.int64) for name in ranked}
