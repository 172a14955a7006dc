"""Candidate generation in a space of vectors: exact two-way top lists in tiles.

With ``q = [need, offer]`` and ``k = [offer, need]`` the two-way score ``q_a . k_b`` is
symmetric, so only tiles on and above the diagonal are computed and each feeds the lists
of both its members.
"""

from collections.abc import Callable, Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]
IntArray = NDArray[np.int64]
# Given rows and columns of a tile, the symmetric scores of its pairs.
TileScores = Callable[[slice, slice], FloatArray]

# 1,024 members a side: a tile of 4 MB in single precision stays in the cache.
_TILE: Final = 1024


def _tiles(size: int, tile: int) -> Iterator[tuple[slice, slice]]:
    starts = range(0, size, tile)
    for row in starts:
        for column in range(row, size, tile):
            yield (
                slice(row, min(row + tile, size)),
                slice(column, min(column + tile, size)),
            )


class TopLists:
    """The best ``k`` candidates of every member, fed tile by tile."""

    def __init__(self, size: int, k: int) -> None:
        self.k = min(k, max(size - 1, 1))
        self.scores = np.full((size, self.k), -np.inf, np.float32)
        self.ids = np.full((size, self.k), -1, np.int64)

    def feed(self, rows: slice, columns: slice, scores: FloatArray) -> None:
        """Merge a tile of scores into the lists of its rows."""
        if scores.shape[1] > self.k:
            best = np.argpartition(-scores, self.k - 1, axis=1)[:, : self.k]
            scores = np.take_along_axis(scores, best, axis=1)
        else:
            best = np.broadcast_to(np.arange(scores.shape[1]), scores.shape)
        together = np.hstack([self.scores[rows], scores])
        names = np.hstack([self.ids[rows], best + columns.start])
        keep = np.argpartition(-together, self.k - 1, axis=1)[:, : self.k]
        self.scores[rows] = np.take_along_axis(together, keep, axis=1)
        self.ids[rows] = np.take_along_axis(names, keep, axis=1)

    def sorted(self) -> tuple[IntArray, FloatArray]:
        """Return ids and scores, best first, ties by id; -1 marks an empty place."""
        order = np.lexsort((self.ids, -self.scores), axis=1)
        ids = np.take_along_axis(self.ids, order, axis=1)
        scores = np.take_along_axis(self.scores, order, axis=1)
        return np.where(np.isfinite(scores), ids, -1), scores


def two_way_top(
    size: int, tile_scores: TileScores, *, k: int, tile: int = _TILE
) -> TopLists:
    """Return the exact best ``k`` partners of every member under a symmetric score."""
    lists = TopLists(size, k)
    for rows, columns in _tiles(size, tile):
        scores = np.asarray(tile_scores(rows, columns), np.float32)
        if rows == columns:
            np.fill_diagonal(scores, -np.inf)
            lists.feed(rows, columns, scores)
        else:
            lists.feed(rows, columns, scores)
            lists.feed(columns, rows, np.ascontiguousarray(scores.T))
    return lists


def hubness(lists: TopLists) -> FloatArray:
    """Return each member's mean score with their nearest, the correction of CSLS.

    Lample et al., "Word Translation Without Parallel Data" (ICLR 2018): a member who is
    near to everybody is no special find. Zero for a member without candidates.
    """
    scores = np.where(np.isfinite(lists.scores), lists.scores, 0)
    count = np.isfinite(lists.scores).sum(axis=1)
    return np.asarray(scores.sum(axis=1) / np.maximum(count, 1), np.float32)


def corrected_top(
    size: int, tile_scores: TileScores, *, k: int, tile: int = _TILE
) -> TopLists:
    """Return candidates by score less half of both members' hubness.

    Plain reciprocal lists leave many members in nobody's list, and no re-ranking can
    bring back who is no candidate.
    """
    mean = hubness(two_way_top(size, tile_scores, k=min(k, 10), tile=tile))

    def corrected(rows: slice, columns: slice) -> FloatArray:
        scores = np.asarray(tile_scores(rows, columns), np.float32)
        lowered = scores - (mean[rows, None] + mean[None, columns]) / 2
        return np.asarray(lowered, np.float32)

    return two_way_top(size, corrected, k=k, tile=tile)
