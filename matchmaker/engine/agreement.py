"""How far people who judged the same things agree, and shares of drawn samples.

Cohen's kappa is scikit-learn's; Krippendorff's alpha, which takes any number of
reviewers and gaps, is ours.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matchmaker.engine.calibration import wilson

FloatArray = NDArray[np.float64]
Measure = Callable[[FloatArray], FloatArray]

DRAWS: Final = 1000  # of the bootstrap: the ends of a 95 % interval move by about 1 %
_CERTAIN: Final = 1e-12  # less expected disagreement than this is none


@dataclass(frozen=True, slots=True)
class Agreement:
    """A coefficient with its 95 % interval.

    Attributes
    ----------
    value
        1 is full agreement, 0 that of chance, below 0 worse than chance.
    low, high
        Percentiles of the bootstrap over units.
    units
        Things that at least two people judged.
    """

    value: float
    low: float
    high: float
    units: int


@dataclass(frozen=True, slots=True)
class Share:
    """A share of a population, estimated from a drawn sample.

    Attributes
    ----------
    value, low, high
        In [0, 1], with the 95 % interval.
    judged
        Units it is made of.
    """

    value: float
    low: float
    high: float
    judged: int


def coincidences(counts: FloatArray) -> FloatArray:
    """Return what each unit adds to the matrix of coincidences.

    Parameters
    ----------
    counts
        Shape ``(units, values)``: how many people gave each value.

    Returns
    -------
    FloatArray
        Shape ``(units, values, values)``; zero where fewer than two judged.
    """
    given = counts.sum(axis=1)
    pairs = counts[:, :, None] * counts[:, None, :]
    places = np.arange(counts.shape[1])
    pairs[:, places, places] -= counts
    shared = np.where(given > 1, given - 1, 1.0)
    made: FloatArray = pairs / shared[:, None, None]
    made[given < 2] = 0.0  # noqa: PLR2004  one alone agrees with nobody
    return made


def ordinal_alpha(counts: FloatArray) -> Agreement | None:
    """Return Krippendorff's alpha for ordered values.

    Parameters
    ----------
    counts
        Shape ``(units, values)``, values in their order: how many people gave each.

    Returns
    -------
    Agreement | None
        Nothing where it is not defined: no unit was judged twice, or all judged alike,
        so that no disagreement could be expected.

    References
    ----------
    K. Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), the ordinal
    metric of its section E. The bootstrap draws units, not single coincidences.
    """
    each = coincidences(np.asarray(counts, float))
    each = each[each.sum(axis=(1, 2)) > 0]
    if not len(each):
        return None
    value = _alphas(each.sum(axis=0)[None])[0]
    if np.isnan(value):
        return None
    return _with_interval(float(value), each, _alphas)


def kappa(first: Sequence[int], second: Sequence[int]) -> Agreement | None:
    """Return Cohen's kappa of two people, both having judged every unit.

    Returns
    -------
    Agreement | None
        Nothing where it is not defined: no units, or both always gave one value.

    References
    ----------
    J. Cohen, "A coefficient of agreement for nominal scales" (1960),
    DOI 10.1177/001316446002000104.
    """
    from sklearn.metrics import cohen_kappa_score  # noqa: PLC0415  slow to import

    known = sorted({*first, *second})
    if len(known) < 2:  # noqa: PLR2004  one value: chance agrees fully
        return None
    value = float(cohen_kappa_score(first, second, labels=known))
    each = np.zeros((len(first), len(known), len(known)))
    at = {label: place for place, label in enumerate(known)}
    for unit, (one, other) in enumerate(zip(first, second, strict=True)):
        each[unit, at[one], at[other]] = 1.0
    return _with_interval(value, each, _kappas)


def weighted_share(good: FloatArray, chances: FloatArray) -> Share | None:
    """Return the share of good units in the population a sample was drawn from.

    Parameters
    ----------
    good
        For each unit how good it is, in [0, 1].
    chances
        The probability with which each was drawn, in (0, 1].

    Returns
    -------
    Share | None
        Nothing of no units.

    Notes
    -----
    Each unit stands for 1 / chance units (Horvitz and Thompson 1952,
    DOI 10.1080/01621459.1952.10483446), divided by the sum of these weights (Hájek
    1971), so that the share stays in [0, 1]. The interval is Wilson's at the effective
    sample size of the weights (Kish 1965): it is no point when all are good.
    """
    if not len(good):
        return None
    weights = 1 / np.asarray(chances, float)
    value = float(weights @ np.asarray(good, float) / weights.sum())
    effective = float(weights.sum() ** 2 / (weights @ weights))
    low, high = wilson(value, effective)
    return Share(value, low, high, len(good))


def _alphas(matrices: FloatArray) -> FloatArray:
    """Return alpha of each matrix of coincidences; not a number where undefined."""
    marginal = matrices.sum(axis=2)
    total = marginal.sum(axis=1)
    before = np.cumsum(marginal, axis=1)
    # The ordinal distance counts everything between two values, half of the ends.
    middle = before - marginal / 2
    apart = (middle[:, :, None] - middle[:, None, :]) ** 2
    observed = (matrices * apart).sum(axis=(1, 2))
    chance = (marginal[:, :, None] * marginal[:, None, :] * apart).sum(axis=(1, 2))
    expected = chance / np.maximum(total - 1, 1)
    return _ratio(observed, expected)


def _kappas(matrices: FloatArray) -> FloatArray:
    total = matrices.sum(axis=(1, 2))
    rows, columns = matrices.sum(axis=2), matrices.sum(axis=1)
    chance = (rows * columns).sum(axis=1) / total
    hit = np.trace(matrices, axis1=1, axis2=2)
    return _ratio(total - hit, total - chance)


def _ratio(observed: FloatArray, expected: FloatArray) -> FloatArray:
    known = expected > _CERTAIN
    return np.where(known, 1 - observed / np.where(known, expected, 1.0), np.nan)


def _with_interval(value: float, each: FloatArray, measure: Measure) -> Agreement:
    """Return a coefficient with the bootstrap's interval, units drawn again."""
    units = len(each)
    rng = np.random.default_rng(0)  # the same page twice shows the same figures
    times = rng.multinomial(units, np.full(units, 1 / units), size=DRAWS)
    sums = (times @ each.reshape(units, -1)).reshape(-1, *each.shape[1:])
    drawn = measure(sums)
    # A draw in which everybody gave one value tells nothing.
    low, high = np.nanpercentile(np.append(drawn, value), [2.5, 97.5])
    return Agreement(value, float(low), float(high), units)
