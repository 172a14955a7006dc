"""What another policy would have led to, from impressions whose chance was logged.

An impression is a candidate shown to a seeker at a place of the list, with the chance
(propensity) the list had of showing just this candidate there. A policy to be judged
gives the same impressions other chances; what came of an impression then counts by the
ratio of both. Needs no new experiment, but a log in which chance had a hand: where the
logging policy never showed what the other would show, nothing can be said, and these
functions refuse to.
"""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from matchmaker.engine.evaluation import LEAST_SEEKERS, Estimate, resampled

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Refusal = Literal["too few data", "propensities do not fit"]
Winner = Literal["first", "second", "no difference seen"]

#: Impressions that the log must be worth for the judged policy. A rate of 10 % is then
#: known to about 6 points either way, which is the least one can act upon.
LEAST_EFFECTIVE: Final = 100.0
# The mean weight is 1 in expectation; more standard errors away than this happens by
# chance once in a thousand logs.
_ODD: Final = 3.29


@dataclass(frozen=True, slots=True)
class Log:
    """Impressions as arrays of one shape ``(impressions,)``.

    Attributes
    ----------
    seekers
        Number of the seeker who was shown the candidate, from 0; what one person does
        hangs together, so intervals are drawn over seekers.
    rewards
        What came of it, any finite number: 1 for an accepted introduction, else 0.
    propensities
        Chance in (0, 1] with which the impression was made.
    """

    seekers: IntArray
    rewards: FloatArray
    propensities: FloatArray


@dataclass(frozen=True, slots=True)
class Replay:
    """The value of a policy: mean reward of an impression under it.

    Attributes
    ----------
    ips
        Inverse propensity estimate, unbiased, with its 95 % interval.
    snips
        Self-normalised estimate, nearly unbiased and steadier.
    impressions, effective
        Size of the log, and how many impressions of the judged policy it is worth.
    mean_weight
        Near 1, or the propensities are not those of the log.
    refusal
        Why nothing may be concluded; None if something may.
    """

    ips: Estimate
    snips: Estimate
    impressions: int
    effective: float
    mean_weight: float
    refusal: Refusal | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Value of the first policy less that of the second, and who wins."""

    ips: Estimate
    snips: Estimate
    verdict: Winner | Refusal


def effective_size(weights: FloatArray) -> float:
    """Return how many equally weighted draws the weighted ones are worth.

    ``(sum w)^2 / sum w^2`` of Kong, "A note on importance sampling using standardized
    weights" (1992); in [0, n], 0 for no weights and for nothing but zeros.
    """
    squares = float((weights**2).sum())
    return float(weights.sum()) ** 2 / squares if squares else 0.0


def replay(log: Log, target: FloatArray, *, random_state: int = 0) -> Replay:
    """Estimate the value of a policy from a log of another one.

    IPS after Horvitz and Thompson (1952, DOI 10.1080/01621459.1952.10483446), for
    places of lists as the item-position estimator of Li et al., "Offline evaluation of
    ranking policies with click models" (2018, DOI 10.1145/3219819.3220028); SNIPS and
    the mean weight as a check after Swaminathan and Joachims, "The self-normalized
    estimator for counterfactual learning" (2015).

    Parameters
    ----------
    target
        Chance in [0, 1] with which the judged policy makes each impression.

    Raises
    ------
    ValueError
        If shapes differ, a chance lies outside its range, or a reward is not finite.
    """
    weights = _weights(log, target)
    if not weights.size:
        nothing = Estimate(0.0, 0.0, 0.0)
        return Replay(nothing, nothing, 0, 0.0, 0.0, "too few data")
    sums = _per_seeker(log, weights)
    ips, snips = _values(sums.mean(axis=0, keepdims=True))
    means = resampled(sums, random_state=random_state)
    drawn = _values(means)
    return Replay(
        ips=_estimate(float(ips[0]), drawn[0]),
        snips=_estimate(float(snips[0]), drawn[1]),
        impressions=len(weights),
        effective=effective_size(weights),
        mean_weight=float(weights.mean()),
        refusal=_refusal(weights, sums, means),
    )


def compare_policies(
    log: Log, first: FloatArray, second: FloatArray, *, random_state: int = 0
) -> Comparison:
    """Tell which of two policies leads to more, on the same log.

    Both are resampled together, so what both owe to the same lucky impressions is no
    difference; equal policies differ by exactly 0. The verdict rests on SNIPS. To
    compare with what was done, give the propensities of the log as the second.

    Raises
    ------
    ValueError
        As for :func:`replay`.
    """
    judged = [replay(log, one, random_state=random_state) for one in (first, second)]
    tables = [_per_seeker(log, _weights(log, one)) for one in (first, second)]
    if not tables[0].size:
        nothing = Estimate(0.0, 0.0, 0.0)
        return Comparison(nothing, nothing, "too few data")
    drawn = [_values(resampled(table, random_state=random_state)) for table in tables]
    ips, snips = (
        _estimate(
            getattr(judged[0], name).value - getattr(judged[1], name).value,
            drawn[0][at] - drawn[1][at],
        )
        for at, name in enumerate(("ips", "snips"))
    )
    refusal = judged[0].refusal or judged[1].refusal
    return Comparison(ips, snips, refusal or _winner(snips))


def _winner(difference: Estimate) -> Winner:
    if difference.low > 0:
        return "first"
    return "second" if difference.high < 0 else "no difference seen"


def _weights(log: Log, target: FloatArray) -> FloatArray:
    if not len(log.seekers) == len(log.rewards) == len(log.propensities) == len(target):
        raise ValueError("the columns of a log are of one length")
    if not ((log.propensities > 0) & (log.propensities <= 1)).all():
        raise ValueError("a propensity lies outside (0, 1]")
    if not ((target >= 0) & (target <= 1)).all():
        raise ValueError("a chance of the judged policy lies outside [0, 1]")
    if not np.isfinite(log.rewards).all():
        raise ValueError("a reward is not finite")
    return np.asarray(target / log.propensities, np.float64)


def _per_seeker(log: Log, weights: FloatArray) -> FloatArray:
    """Return weighted reward, weight and impressions of each seeker."""
    _, place = np.unique(log.seekers, return_inverse=True)
    columns = (weights * log.rewards, weights, np.ones(len(weights)))
    return np.stack([np.bincount(place, column) for column in columns], axis=1)


def _values(means: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return IPS and SNIPS of mean sums; 0 where no weight was drawn."""
    reward, weight, shown = means.T
    some = np.where(weight > 0, weight, 1.0)
    return reward / shown, np.where(weight > 0, reward / some, 0.0)


def _estimate(value: float, drawn: FloatArray) -> Estimate:
    low, high = np.quantile(drawn, [0.025, 0.975])
    return Estimate(value, float(low), float(high))


def _refusal(
    weights: FloatArray, sums: FloatArray, means: FloatArray
) -> Refusal | None:
    if effective_size(weights) < LEAST_EFFECTIVE or len(sums) < LEAST_SEEKERS:
        return "too few data"
    drawn = means[:, 1] / means[:, 2]
    # Weights that are all the same leave no spread but the rounding of sums.
    error = max(float(drawn.std()), 1e-9)
    return "propensities do not fit" if abs(weights.mean() - 1) > _ODD * error else None
