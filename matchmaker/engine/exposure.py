"""What lists do to those who stand in them: coverage, exposure and who gets nothing."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class ExposureFigures:
    """Shares in [0, 1]; all 0 where there are no lists or no candidates.

    Attributes
    ----------
    coverage
        Candidates who stand in anybody's list.
    unseen
        Candidates who stand in nobody's list.
    gini
        0 = every candidate is shown alike, towards 1 = one gets everything.
    top_share
        Exposure that goes to the most shown 5 % of the candidates.
    without_list
        Seekers whose list is empty.
    """

    coverage: float
    unseen: float
    gini: float
    top_share: float
    without_list: float


def exposures(
    lists: IntArray, candidates: int, attention: FloatArray | None = None
) -> FloatArray:
    """Return how much each candidate is shown, shape ``(candidates,)``.

    Exposure as the attention that reaches a place, after Singh and Joachims, "Fairness
    of exposure in rankings" (2018, DOI 10.1145/3219819.3220088).

    Parameters
    ----------
    lists
        Shape ``(seekers, k)``: candidate numbers, -1 where a list is shorter.
    candidates
        How many candidates there are.
    attention
        What a place is worth, shape ``(k,)``; 1 each if not given.
    """
    worth = np.ones(lists.shape[1]) if attention is None else attention
    shown = lists >= 0
    weights = np.broadcast_to(worth, lists.shape)[shown]
    found = np.bincount(lists[shown], weights=weights, minlength=candidates)
    return np.asarray(found, np.float64)


def gini(amounts: FloatArray) -> float:
    """Return how unequal amounts are: 0 for equal ones, 1 - 1/n if one has all.

    Gini, "Variabilità e mutabilità" (1912); for what recommenders show, Fleder and
    Hosanagar, "Blockbuster culture's next rise or fall" (2009, DOI
    10.1287/mnsc.1080.0974). 0 for no amounts and for nothing but zeros.
    """
    total = float(amounts.sum())
    if not total:
        return 0.0
    size = len(amounts)
    rank = np.arange(1, size + 1)
    weighted = float((np.sort(amounts) * (2 * rank - size - 1)).sum())
    return max(0.0, weighted / (size * total))


def top_share(amounts: FloatArray, share: float = 0.05) -> float:
    """Return what part of all goes to the best-served ``share``, one at least.

    0 for no amounts and for nothing but zeros.
    """
    total = float(amounts.sum())
    if not total:
        return 0.0
    many = max(1, round(share * len(amounts)))
    return float(np.sort(amounts)[::-1][:many].sum()) / total


def exposure_figures(
    lists: IntArray, candidates: int, attention: FloatArray | None = None
) -> ExposureFigures:
    """Return the figures of all lists together; parameters as for :func:`exposures`.

    Coverage after Ge, Delgado-Battenfeld and Jannach, "Beyond accuracy" (2010, DOI
    10.1145/1864708.1864761).
    """
    if not lists.size or not candidates:
        return ExposureFigures(0.0, 0.0, 0.0, 0.0, 0.0)
    amounts = exposures(lists, candidates, attention)
    covered = float((exposures(lists, candidates) > 0).mean())
    return ExposureFigures(
        coverage=covered,
        unseen=1 - covered,
        gini=gini(amounts),
        top_share=top_share(amounts),
        without_list=float((lists < 0).all(axis=1).mean()),
    )
