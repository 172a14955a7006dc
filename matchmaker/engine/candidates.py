"""Candidates: the exact best partners of everybody under a symmetric score, in tiles.

With ``q = [need, offer]`` and ``k = [offer, need]`` the two-way score ``q_a . k_b`` is
symmetric, and so is the joint score of a community: only tiles on and above the
diagonal are computed, and each feeds the lists of both its sides. A list takes from a
tile only what beats its worst entry, so most of a tile is read once and left.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.floating[Any]]
IntArray = NDArray[np.int64]
# Given rows and columns of a tile: the symmetric scores of its pairs, then, if the
# lists are to keep them, what the row gains and what the column gains.
TileScores = Callable[[slice, slice], tuple[FloatArray, ...]]

# 1,024 members a side: a tile of 4 MB in single precision stays in the cache.
TILE: Final = 1024
# What waits to be merged into the lists of a block, in multiples of those lists.
_WAITING: Final = 2
_SAMPLE: Final = 2048
_RUN: Final = 128
NEIGHBOURS: Final = 10
_TIE: Final = 1e-9


def tiles(rows: slice, columns: slice, tile: int = TILE) -> Iterator[tuple[int, int]]:
    """Yield the tiles of a block on and above the diagonal, as pairs of starts.

    For every member the partners come in ascending order, which :class:`TopLists`
    relies on.
    """
    for row in range(rows.start, rows.stop, tile):
        for column in range(columns.start, columns.stop, tile):
            if column >= row:
                yield row, column


@dataclass(slots=True)
class _Block:
    """The lists of the members of one row of tiles, and what waits to enter them."""

    ids: IntArray
    kept: tuple[FloatArray, ...]
    floor: FloatArray
    waiting: list[tuple[NDArray[Any], ...]] = field(default_factory=list)
    count: int = 0

    def offer(self, rows: IntArray, ids: IntArray, kept: Sequence[FloatArray]) -> None:
        self.waiting.append((rows.astype(np.int16), ids, *kept))
        self.count += len(rows)
        if self.count > _WAITING * self.ids.size:
            self.merge()

    def merge(self) -> None:
        """Take what waits into the lists: better scores first, then lower ids."""
        if not self.waiting:
            return
        size, k = self.ids.shape
        parts = [np.concatenate(column) for column in zip(*self.waiting, strict=True)]
        order = np.argsort(parts[0], kind="stable")
        rows, ids, *kept = (part[order] for part in parts)
        counts = np.bincount(rows, minlength=size)
        places = k + np.arange(len(rows)) - (np.cumsum(counts) - counts)[rows]
        width = k + int(counts.max())

        def beside(own: NDArray[Any], new: NDArray[Any]) -> NDArray[Any]:
            table = np.full((size, width), -np.inf if own is not self.ids else -1)
            table = table.astype(own.dtype)
            table[:, :k] = own
            table[rows, places] = new
            return table

        names = beside(self.ids, ids)
        tables = [beside(own, new) for own, new in zip(self.kept, kept, strict=True)]
        best = _best(tables[0], names, k)
        self.ids = np.take_along_axis(names, best, axis=1)
        self.kept = tuple(np.take_along_axis(table, best, axis=1) for table in tables)
        self.floor = self.kept[0].min(axis=1)
        self.waiting, self.count = [], 0


def _best(scores: FloatArray, ids: IntArray, k: int) -> IntArray:
    """Return the columns of the best ``k`` of each row; of equals, those of low id."""
    best = np.argpartition(-scores, k - 1, axis=1)[:, :k]
    worst = np.take_along_axis(scores, best, axis=1).min(axis=1)
    tied = (scores >= worst[:, None]).sum(axis=1) > k
    for row in np.flatnonzero(tied & np.isfinite(worst)):
        best[row] = np.lexsort((ids[row], -scores[row]))[:k]
    return best


class TopLists:
    """The best ``k`` candidates of every member, fed tile by tile.

    Parameters
    ----------
    size
        Number of members.
    k
        Length of a list; at most everybody else.
    kept
        Arrays of :data:`TileScores` that are kept with each candidate: 1 keeps the
        score, 3 also what each side gains.
    dtype
        Of the scores.
    """

    def __init__(
        self,
        size: int,
        k: int,
        *,
        kept: int = 1,
        tile: int = TILE,
        dtype: Any = np.float32,  # noqa: ANN401 - numpy's own name for it
    ) -> None:
        self.size, self.tile, self.k = size, tile, min(k, max(size - 1, 1))
        self._blocks = []
        for start in range(0, size, tile):
            shape = (min(tile, size - start), self.k)
            arrays = tuple(np.full(shape, -np.inf, dtype) for _ in range(kept))
            floor = np.full(shape[0], -np.inf, dtype)
            self._blocks.append(_Block(np.full(shape, -1, np.int64), arrays, floor))

    def feed(self, row: int, column: int, found: tuple[FloatArray, ...]) -> None:
        """Offer a tile, given by its starts, to the lists of both its sides."""
        scores = found[0]
        if row == column:
            np.fill_diagonal(scores, -np.inf)
        width = scores.shape[1]
        flat = [np.ravel(one) for one in found]
        block = self._blocks[row // self.tile]
        at = np.flatnonzero(scores > block.floor[:, None])
        block.offer(at // width, column + at % width, [one[at] for one in flat])
        if row == column:
            return
        # Seen from the columns the two gains change places.
        turned = [flat[0], *flat[:0:-1]]
        block = self._blocks[column // self.tile]
        at = np.flatnonzero(scores > block.floor[None, :])
        block.offer(at % width, row + at // width, [one[at] for one in turned])

    def absorb(self, rows: slice, ids: IntArray, kept: Sequence[FloatArray]) -> None:
        """Merge lists that were made elsewhere for a range of whole blocks."""
        for start in range(rows.start, rows.stop, self.tile):
            block = self._blocks[start // self.tile]
            part = slice(start - rows.start, start - rows.start + len(block.ids))
            # An equal score may belong to a lower id here, so it has to be looked at.
            good = (ids[part] >= 0) & (kept[0][part] >= block.floor[:, None])
            own, at = np.nonzero(good)
            block.offer(own, ids[part][own, at], [one[part][own, at] for one in kept])

    def sorted(self) -> tuple[IntArray, tuple[FloatArray, ...]]:
        """Return ids and what was kept, best first, ties by id; -1 is an empty place.

        Returns
        -------
        tuple
            Ids ``(size, k)``, and the kept arrays of the same shape, score first.
        """
        for block in self._blocks:
            block.merge()
        if not self._blocks:
            return np.zeros((0, self.k), np.int64), ()
        ids = np.concatenate([block.ids for block in self._blocks])
        kept = zip(*(block.kept for block in self._blocks), strict=True)
        arrays = [np.concatenate(parts) for parts in kept]
        order = np.lexsort((ids, -arrays[0]), axis=1)
        return np.take_along_axis(ids, order, axis=1), tuple(
            np.take_along_axis(array, order, axis=1) for array in arrays
        )


def feed_block(
    lists: TopLists,
    tile_scores: TileScores,
    rows: slice,
    columns: slice,
    progress: Callable[[int], None] | None = None,
) -> None:
    """Compute the tiles of a block and feed them: one step of every way to run this.

    Parameters
    ----------
    lists
        Of all members; their tile size cuts the block.
    progress
        Called with the pairs done after each tile.
    """
    for row, column in tiles(rows, columns, lists.tile):
        down = slice(row, min(row + lists.tile, rows.stop))
        across = slice(column, min(column + lists.tile, columns.stop))
        found = tile_scores(down, across)
        lists.feed(row, column, found)
        if progress:
            progress(found[0].size)


def two_way_top(
    size: int,
    tile_scores: TileScores,
    *,
    k: int,
    kept: int = 1,
    tile: int = TILE,
    dtype: Any = np.float32,  # noqa: ANN401 - numpy's own name for it
    progress: Callable[[int], None] | None = None,
) -> TopLists:
    """Return the exact best ``k`` partners of every member under a symmetric score."""
    lists = TopLists(size, k, kept=kept, tile=tile, dtype=dtype)
    everybody = slice(0, size)
    feed_block(lists, tile_scores, everybody, everybody, progress)
    return lists


def hubness(
    size: int,
    tile_scores: TileScores,
    *,
    tile: int = TILE,
    rows: slice | None = None,
) -> FloatArray:
    """Return each member's mean score with their nearest, the correction of CSLS.

    Lample et al., "Word Translation Without Parallel Data" (ICLR 2018): a member who is
    near to everybody is no special find. The nearest ten are looked for in a sample of
    about 2,048 members, spread evenly, so that the correction costs little beside the
    lists; a community of that size is its own sample.

    Parameters
    ----------
    rows
        The members to look at, from a multiple of the tile; everybody by default.

    Returns
    -------
    FloatArray
        Shape ``(members looked at,)``; zero for a member without anybody beside.
    """
    runs = sample_of(size)
    asked = rows or slice(0, size)
    mean = np.zeros(asked.stop - asked.start)
    for row in range(asked.start, asked.stop, tile):
        down = slice(row, min(row + tile, asked.stop))
        found = []
        for across in runs:
            scores = np.array(tile_scores(down, across)[0])
            own = np.arange(max(down.start, across.start), min(down.stop, across.stop))
            scores[own - down.start, own - across.start] = -np.inf
            found.append(scores)
        table = np.hstack(found)
        few = min(NEIGHBOURS, table.shape[1])
        best = -np.partition(-table, few - 1, axis=1)[:, :few]
        known = np.isfinite(best)
        total = np.where(known, best, 0).sum(axis=1)
        at = slice(row - asked.start, down.stop - asked.start)
        mean[at] = total / np.maximum(known.sum(axis=1), 1)
    return mean


def sample_of(size: int) -> list[slice]:
    """Return the members that hubness is measured against, as a few ranges."""
    if size <= _SAMPLE:
        return [slice(0, size)]
    starts = np.linspace(0, size - _RUN, _SAMPLE // _RUN).astype(int)
    return [slice(start, start + _RUN) for start in starts.tolist()]


def corrected(tile_scores: TileScores, mean: FloatArray) -> TileScores:
    """Return scores less half of both members' hubness, still symmetric.

    Plain reciprocal lists leave many members in nobody's list, and no re-ranking can
    bring back who is no candidate. Equals are shared out: the nearest in the ring of
    members come first, by less than any score tells apart.
    """
    size = len(mean)
    places = np.arange(size)

    def lowered(rows: slice, columns: slice) -> tuple[FloatArray, ...]:
        scores, *kept = tile_scores(rows, columns)
        apart = np.abs(places[rows, None] - places[None, columns])
        around = np.minimum(apart, size - apart) * (_TIE / size)
        lower = (mean[rows, None] + mean[None, columns]) / 2 + around
        return (scores - lower.astype(scores.dtype), *kept)

    return lowered
