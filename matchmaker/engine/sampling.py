"""Drawing a small sample of which every unit's chance is known."""

from collections import Counter
from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


def inclusion(sizes: FloatArray, n: int) -> FloatArray:
    """Return chances proportional to size that sum to ``n``, none above 1.

    Parameters
    ----------
    sizes
        Positive; shape ``(units,)``.
    n
        Units to draw; from as many units on all are certain.
    """
    if n >= len(sizes):
        return np.ones(len(sizes))
    certain = np.zeros(len(sizes), bool)
    while True:
        rest = n - certain.sum()
        chances = np.where(certain, 1.0, rest * sizes / sizes[~certain].sum())
        over = (chances > 1) & ~certain
        if not over.any():
            return np.asarray(chances, float)
        certain |= over


def draw_evenly(
    cells: Sequence[Hashable], n: int, rng: np.random.Generator
) -> tuple[list[int], FloatArray]:
    """Draw units so that every cell is as likely to be seen, however small.

    Parameters
    ----------
    cells
        The cell of each unit.
    n
        Units to draw; fewer if there are fewer.

    Returns
    -------
    tuple
        Places of the units drawn, and every unit's chance, which is positive.

    Notes
    -----
    Systematic sampling with unequal probabilities (Madow 1949,
    DOI 10.1214/aoms/1177729988): units lie one after the other on a line, each as long
    as its chance, cell by cell, and a comb with teeth at distance 1 falls on it. Unlike
    so many units of every cell it needs no more units than cells.
    """
    if not cells or n <= 0:
        return [], np.ones(len(cells))
    counts = Counter(cells)
    chances = inclusion(np.array([1 / counts[cell] for cell in cells]), n)
    place_of = {cell: at for at, cell in enumerate(counts)}
    turn = rng.permutation(len(counts))
    cell_turn = np.array([turn[place_of[cell]] for cell in cells])
    order = np.lexsort((rng.random(len(cells)), cell_turn))
    ends = np.cumsum(chances[order])
    teeth = np.arange(min(n, len(cells))) + rng.random()
    # Rounding may leave the last end a hair below its whole number.
    ends[-1] = np.inf
    drawn = order[np.searchsorted(ends, teeth, side="right")]
    return sorted({int(at) for at in drawn}), chances
