"""Estimated preferences, freed of the part of their error that they show themselves.

A list by the highest of many estimates is a list of the luckiest errors. What members
want has structure, though: tastes are shared and so is popularity, and both stand out
as a few strong directions of the matrix of all logits, while errors of single pairs
spread over all directions. What lies beside the strong directions is held for error, up
to the standard error that the caller states; what is more than that stays. So exact
preferences with structure stay as they are, whatever error is stated; preferences that
are each pair's own lose up to that much (own tastes of deviation 0.5, exact, but called
uncertain by 0.5: 15 % fewer introductions; really blurred by 0.5: 6 % more).

Sources: Gavish and Donoho, "Optimal Shrinkage of Singular Values" (IEEE Transactions on
Information Theory 2017); Halko, Martinsson and Tropp, "Finding Structure with
Randomness" (SIAM Review 2011).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.floating[Any]]
# Given rows and columns of a tile, the logits with which rows like columns.
TileLogits = Callable[[slice, slice], FloatArray]

# Directions that the tastes of a community may have; what lies beyond is a pair's own.
# Twice the 17 of the synthetic markets; with 64 the errors begin to pass for taste.
_DIRECTIONS: Final = 32
_ROUNDS: Final = 2
# The directions are looked for in so many members' rows: 80 MB with 10,000 members.
_SAMPLE: Final = 2048
_BLOCK: Final = 32
_ROWS: Final = 512


@dataclass(frozen=True, slots=True)
class Shrinkage:
    """What to do to the logits of a community.

    Attributes
    ----------
    kept
        Part of each pair's own deviation that is believed, 0 to 1.
    left, right
        Factors ``(n, r)`` of the structure that is put in place of the rest.
    """

    kept: float
    left: FloatArray
    right: FloatArray

    def apply(self, rows: slice, columns: slice, logits: FloatArray) -> FloatArray:
        """Return the shrunk logits of a tile."""
        if not self.left.shape[1]:
            return logits
        return np.asarray(
            self.kept * logits + self.left[rows] @ self.right[columns].T, logits.dtype
        )


def find_shrinkage(
    size: int, logits: TileLogits, *, uncertainty: float, random_state: int = 0
) -> Shrinkage:
    """Find how far the logits of a community should be believed.

    Parameters
    ----------
    size
        Number of members; below 8 nothing can be told and the logits stay.
    logits
        Function of a tile; it is asked for every pair once and for a sample once more.
    uncertainty
        Standard error of a single logit, 0 = known. It is an upper bound: the error is
        measured as what is left beside the structure, and no more is taken away. Exact
        preferences with structure therefore stay as they are.
    random_state
        Seed of the search for directions.

    Returns
    -------
    Shrinkage
        Posterior mean under independent normal errors: structure above the edge of
        error is shrunk by Gavish and Donoho's rule for the mean square, the rest in
        proportion to the part of its variance that is no error.
    """
    most = size // 4
    nothing = Shrinkage(1.0, np.zeros((size, 0)), np.zeros((size, 0)))
    if uncertainty <= 0 or most < 2:  # noqa: PLR2004 - one direction and a rest
        return nothing
    basis = _search(_sample(size, logits), min(_DIRECTIONS, most), random_state)
    found = _directions(size, logits, basis)
    strong, variance = found.strong(size)
    error = min(uncertainty**2, variance)
    kept = 1 - error / variance if variance > 0 else 1.0
    strength = found.strength[:strong]
    believed = np.sqrt(np.maximum(strength**2 - 4 * size * error, 0))
    left = found.left[:, :strong] * (believed - kept * strength)
    return Shrinkage(
        float(kept), left.astype(np.float32), found.right[:, :strong].astype(np.float32)
    )


@dataclass(frozen=True, slots=True)
class _Directions:
    """The strongest directions of a matrix: ``left * strength @ right.T``."""

    left: FloatArray
    strength: FloatArray
    right: FloatArray
    total: float

    def strong(self, size: int) -> tuple[int, float]:
        """Return how many stand out of the rest, and the variance of the rest.

        A square matrix of independent errors has no singular value above twice the
        root of its size times their variance.
        """
        count = len(self.strength)
        for _ in range(_ROUNDS):
            rest = self.total - float((self.strength[:count] ** 2).sum())
            variance = max(rest, 0.0) / (size - count) ** 2
            count = int((self.strength > 2 * np.sqrt(size * variance)).sum())
        rest = self.total - float((self.strength[:count] ** 2).sum())
        return count, max(rest, 0.0) / (size - count) ** 2


def _sample(size: int, logits: TileLogits) -> FloatArray:
    """Return the rows of a sample of members, taken in even steps."""
    starts = np.arange(0, size, _BLOCK)
    if size > _SAMPLE:
        starts = starts[np.linspace(0, len(starts) - 1, _SAMPLE // _BLOCK).astype(int)]
    blocks = (slice(at, min(at + _BLOCK, size)) for at in starts.tolist())
    return np.concatenate([logits(rows, slice(0, size)) for rows in blocks])


def _search(sample: FloatArray, count: int, random_state: int) -> FloatArray:
    """Return an orthonormal basis ``(n, count)`` near the sample's strongest rows."""
    rng = np.random.default_rng(random_state)
    start = rng.normal(size=(len(sample), count)).astype(sample.dtype)
    basis = np.linalg.qr(sample.T @ start)[0]
    for _ in range(_ROUNDS):
        basis = np.linalg.qr(sample.T @ (sample @ basis))[0]
    return basis


def _row_blocks(size: int) -> Iterator[slice]:
    for start in range(0, size, _ROWS):
        yield slice(start, min(start + _ROWS, size))


def _directions(size: int, logits: TileLogits, basis: FloatArray) -> _Directions:
    image = np.zeros((size, basis.shape[1]))
    total = 0.0
    for rows in _row_blocks(size):
        block = logits(rows, slice(0, size))
        image[rows] = block @ basis
        total += float(np.square(block, dtype=np.float64).sum())
    left, strength, turn = np.linalg.svd(image, full_matrices=False)
    return _Directions(left, strength, basis @ turn.T, total)
