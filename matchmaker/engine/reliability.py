"""Whether a probability means what it says: reliability table, Brier score, ECE.

Making scores mean something is not here; this judges the scores it is given.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Bin:
    """Pairs of like probability: what was said, and what came of it."""

    low: float
    high: float
    count: int
    said: float
    came: float


@dataclass(frozen=True, slots=True)
class Reliability:
    """How far probabilities lie from what came of them; zeros for no pairs.

    Attributes
    ----------
    brier
        Mean squared distance of probability and outcome, in [0, 1].
    error
        Expected calibration error, in [0, 1]: the distance of what was said and what
        came in a bin, averaged over the pairs.
    table
        The bins that hold a pair, in ascending order.
    """

    brier: float
    error: float
    table: tuple[Bin, ...]


def reliability(
    said: FloatArray, came: FloatArray, *, bins: int = 10, equal: bool = False
) -> Reliability:
    """Compare probabilities with outcomes.

    Brier, "Verification of forecasts expressed in terms of probability" (1950, DOI
    10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2); the expected calibration error of
    Naeini, Cooper and Hauskrecht, "Obtaining well calibrated probabilities using
    Bayesian binning" (2015).

    Parameters
    ----------
    said
        Probabilities in [0, 1].
    came
        Outcomes in [0, 1], of the same shape.
    bins
        Number of bins of equal width.
    equal
        Fill the bins with equally many pairs instead: small probabilities, of which a
        matching site has most, else all fall into the first bin.

    Raises
    ------
    ValueError
        If the shapes differ or a probability lies outside [0, 1].
    """
    if said.shape != came.shape:
        raise ValueError("as many outcomes as probabilities are needed")
    if not said.size:
        return Reliability(0.0, 0.0, ())
    if not ((said >= 0) & (said <= 1)).all():
        raise ValueError("a probability lies outside [0, 1]")
    edges = np.linspace(0, 1, bins + 1)
    if equal:
        inside = np.quantile(said, edges[1:-1])
        edges = np.unique(np.concatenate([[0.0], inside, [1.0]]))
    inner = edges[1:-1]
    place = np.searchsorted(inner, said, side="right")
    counts = np.bincount(place, minlength=len(inner) + 1)
    some = np.flatnonzero(counts)
    means = [
        np.bincount(place, values, minlength=len(inner) + 1)[some] / counts[some]
        for values in (said, came)
    ]
    distance = np.abs(means[0] - means[1])
    table = tuple(
        Bin(float(edges[at]), float(edges[at + 1]), int(counts[at]), *map(float, pair))
        for at, pair in zip(some, zip(*means, strict=True), strict=True)
    )
    return Reliability(
        brier=float(((said - came) ** 2).mean()),
        error=float((distance * counts[some]).sum() / said.size),
        table=table,
    )
