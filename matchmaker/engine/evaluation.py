"""How good a ranking is: metrics per seeker, intervals by bootstrap over seekers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

METRICS: Final = ("ndcg@10", "recall@10", "recall@50", "mrr", "hit@10")
RANKING_DEPTH: Final = 100
_RESAMPLES: Final = 1000
_BLOCK: Final = 100


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over seekers with its 95 % bootstrap interval."""

    value: float
    low: float
    high: float


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


def measure(
    scores: FloatArray, ids: Sequence[str], gains: Mapping[str, float]
) -> list[float]:
    """Return the metrics of one seeker in the order of :data:`METRICS`.

    nDCG after Järvelin and Kekäläinen (2002) with linear gain and log2 discount;
    recall, reciprocal rank and hit count candidates with a positive gain.
    """
    ranked = order(scores, ids)
    got = np.array([gains.get(ids[at], 0.0) for at in ranked])
    ideal = np.sort([gain for gain in gains.values() if gain > 0])[::-1][:10]
    discount = 1 / np.log2(np.arange(2, 12))
    best = float(ideal @ discount[: len(ideal)])
    relevant = got > 0
    total = sum(gain > 0 for gain in gains.values())
    first = int(np.argmax(relevant)) + 1 if relevant.any() else 0
    return [
        float(got[:10] @ discount[: len(got[:10])]) / best if best else 0.0,
        float(relevant[:10].sum()) / total if total else 0.0,
        float(relevant[:50].sum()) / total if total else 0.0,
        1 / first if first else 0.0,
        float(relevant[:10].any()),
    ]


def bootstrap(values: FloatArray, *, random_state: int = 0) -> Estimate:
    """Return the mean of one value per seeker with a 95 % percentile interval.

    Efron (1979); seekers are resampled, 1,000 times. A NaN-free single zero for no
    seekers at all.
    """
    if not len(values):
        return Estimate(0.0, 0.0, 0.0)
    rng = np.random.default_rng(random_state)
    means = np.concatenate(
        [
            values[rng.integers(len(values), size=(_BLOCK, len(values)))].mean(axis=1)
            for _ in range(_RESAMPLES // _BLOCK)
        ]
    )
    low, high = np.quantile(means, [0.025, 0.975])
    return Estimate(float(values.mean()), float(low), float(high))


def summary(measured: FloatArray, *, random_state: int = 0) -> dict[str, Estimate]:
    """Return an estimate for each metric from ``(seekers, metrics)`` values."""
    return {
        name: bootstrap(measured[:, at], random_state=random_state)
        for at, name in enumerate(METRICS)
    }


def paired_difference(
    ours: FloatArray, theirs: FloatArray, *, random_state: int = 0
) -> Estimate:
    """Return the mean difference on the same seekers with its bootstrap interval."""
    return bootstrap(ours - theirs, random_state=random_state)
