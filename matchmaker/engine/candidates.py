"""Candidates: the exact best partners of everybody under a symmetric score, in tiles.

With ``q = [need, offer]`` and ``k = [offer, need]`` the two-way score ``q_a . k_b`` is
symmetric, and so is the joint score of a community: only tiles on and above the
diagonal are computed, and each feeds the lists of both its sides. A list takes from a
tile only what beats its worst entry, so most of a tile is read once and left.
"""

from collections.abc import Callable, Iterator, Sequence
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
# Places for who waits to enter a list, if the list itself is not longer.
_ROOM: Final = 64
# A tile of which more than one in so many scores is good is merged as a whole.
_DENSE: Final = 16
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


class _Block:
    """The lists of the members of one row of tiles, with room for who wants to enter.

    The first ``k`` columns of the tables are the lists, in no order; in each row as
    many of the others are in use as ``fill`` says.
    """

    def __init__(self, size: int, k: int, kept: int, dtype: Any) -> None:  # noqa: ANN401
        shape = (size, k + max(k, _ROOM))
        self.k = k
        self.ids = np.full(shape, -1, np.int64)
        self.kept = [np.full(shape, -np.inf, dtype) for _ in range(kept)]
        self.floor = np.full(size, -np.inf, dtype)
        self.fill = np.zeros(size, np.int64)

    def take(self, found: Sequence[FloatArray], start: int, *, turned: bool) -> None:
        """Take what is good enough from a tile, whose other side begins at a place.

        Parameters
        ----------
        turned
            The members of this block are the columns of the tile.
        """
        floor = self.floor if turned else self.floor[:, None]
        better = found[0] > floor
        count = int(np.count_nonzero(better))
        if count * _DENSE > better.size:
            tables = [one.T for one in found] if turned else found
            self._merge_all(tables, start + np.arange(tables[0].shape[1]))
        elif count:
            at = np.flatnonzero(better)
            mine, theirs = np.divmod(at, better.shape[1])
            if turned:
                mine, theirs = theirs, mine
                # Two bytes are enough for a tile, and are sorted by counting.
                order = np.argsort(mine.astype(np.int16), kind="stable")
                at, mine, theirs = at[order], mine[order], theirs[order]
            self.offer(mine, start + theirs, [one.ravel()[at] for one in found])

    def offer(self, rows: IntArray, ids: IntArray, kept: Sequence[FloatArray]) -> None:
        """Let candidates wait; rows in ascending order."""
        counts = np.bincount(rows, minlength=len(self.floor))
        room = self.ids.shape[1] - self.k
        if int((self.fill + counts).max()) > room:
            self.merge()
            # Of equal scores the one of lower id is meant to stay.
            good = kept[0] >= self.floor[rows]
            rows, ids, kept = rows[good], ids[good], [one[good] for one in kept]
            counts = np.bincount(rows, minlength=len(self.floor))
        # Rows are long only with many of equal score, or while the lists are new.
        while int(counts.max()) > room:
            place = _places(rows, counts)
            late = place >= room
            self._enter(rows[~late], place[~late], ids[~late], [o[~late] for o in kept])
            self.merge()
            rows, ids, kept = rows[late], ids[late], [one[late] for one in kept]
            counts = np.bincount(rows, minlength=len(self.floor))
        self._enter(rows, _places(rows, counts) + self.fill[rows], ids, kept)

    def _enter(
        self,
        rows: IntArray,
        places: IntArray,
        ids: IntArray,
        kept: Sequence[FloatArray],
    ) -> None:
        at = rows * self.ids.shape[1] + self.k + places
        self.ids.ravel()[at] = ids
        for table, one in zip(self.kept, kept, strict=True):
            table.ravel()[at] = one
        self.fill += np.bincount(rows, minlength=len(self.fill))

    def merge(self) -> None:
        """Take who waits into the lists: better scores first, then lower ids."""
        wide = self.k + int(self.fill.max(initial=0))
        if wide > self.k:
            self._keep_best(self.ids[:, :wide], [one[:, :wide] for one in self.kept])
            self.kept[0][:, self.k : wide] = -np.inf
            self.fill[:] = 0

    def _merge_all(self, found: Sequence[FloatArray], ids: IntArray) -> None:
        """Merge with a whole tile: cheaper than picking if much of it is good."""
        self.merge()
        names = np.broadcast_to(ids, found[0].shape)
        own = [one[:, : self.k] for one in self.kept]
        tables = [np.hstack(both) for both in zip(own, found, strict=True)]
        self._keep_best(np.hstack([self.ids[:, : self.k], names]), tables)

    def _keep_best(self, ids: IntArray, kept: Sequence[FloatArray]) -> None:
        best = _best(kept[0], ids, self.k)
        empty = np.isneginf(np.take_along_axis(kept[0], best, axis=1))
        for own, table in zip((self.ids, *self.kept), (ids, *kept), strict=True):
            own[:, : self.k] = np.take_along_axis(table, best, axis=1)
        self.ids[:, : self.k][empty] = -1
        worst = self.kept[0][:, : self.k].min(axis=1)
        self.floor = np.maximum(self.floor, worst)


def _places(rows: IntArray, counts: IntArray) -> IntArray:
    """Return the number of each entry within its row; rows in ascending order."""
    return np.arange(len(rows)) - (np.cumsum(counts) - counts)[rows]


def _best(scores: FloatArray, ids: IntArray, k: int) -> IntArray:
    """Return the columns of the best ``k`` of each row; of equals, those of low id."""
    last = scores.shape[1] - k
    best = np.argpartition(scores, last, axis=1)[:, last:]
    worst = np.take_along_axis(scores, best, axis=1).min(axis=1)
    tied = (scores >= worst[:, None]).sum(axis=1) > k
    rows = np.flatnonzero(tied & np.isfinite(worst))
    best[rows] = np.lexsort((ids[rows], -scores[rows]), axis=1)[:, :k]
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
        self._blocks = [
            _Block(min(tile, size - start), self.k, kept, dtype)
            for start in range(0, size, tile)
        ]

    def feed(self, row: int, column: int, found: tuple[FloatArray, ...]) -> None:
        """Offer a tile, given by its starts, to the lists of both its sides."""
        if row == column:
            np.fill_diagonal(found[0], -np.inf)
        self._blocks[row // self.tile].take(found, column, turned=False)
        if row != column:
            # Seen from the columns the two gains change places.
            seen = (found[0], *found[:0:-1])
            self._blocks[column // self.tile].take(seen, row, turned=True)

    def absorb(self, rows: slice, ids: IntArray, kept: Sequence[FloatArray]) -> None:
        """Merge lists that were made elsewhere for a range of whole blocks."""
        for start in range(rows.start, rows.stop, self.tile):
            block = self._blocks[start // self.tile]
            part = slice(start - rows.start, start - rows.start + len(block.floor))
            # An equal score may belong to a lower id here, so it has to be looked at.
            good = (ids[part] >= 0) & (kept[0][part] >= block.floor[:, None])
            own, at = np.nonzero(good)
            if len(own):
                block.offer(
                    own, ids[part][own, at], [one[part][own, at] for one in kept]
                )

    def floors(self, rows: slice) -> FloatArray:
        """Return the scores below which nobody enters the lists of whole blocks."""
        found = []
        for at in range(rows.start // self.tile, -(-rows.stop // self.tile)):
            self._blocks[at].merge()
            found.append(self._blocks[at].floor)
        return np.concatenate(found)

    def raise_floors(self, rows: slice, floors: FloatArray) -> None:
        """Look for scores from the given ones upwards only, in whole blocks.

        Lists made this way lack what :meth:`absorb` would refuse.
        """
        for start in range(rows.start, rows.stop, self.tile):
            block = self._blocks[start // self.tile]
            given = floors[start - rows.start :][: len(block.floor)]
            # The floor itself is let in: its owner may have the lower id.
            block.floor = np.maximum(block.floor, np.nextafter(given, -np.inf))

    def unsorted(self) -> tuple[IntArray, tuple[FloatArray, ...]]:
        """Return ids and what was kept, in no order; -1 is an empty place.

        Returns
        -------
        tuple
            Ids ``(size, k)``, and the kept arrays of the same shape, score first.
        """
        if not self._blocks:
            return np.zeros((0, self.k), np.int64), ()
        for block in self._blocks:
            block.merge()
        tables = zip(*((block.ids, *block.kept) for block in self._blocks), strict=True)
        ids, *kept = (
            np.concatenate([one[:, : self.k] for one in parts]) for parts in tables
        )
        return ids, tuple(kept)

    def sorted(self) -> tuple[IntArray, tuple[FloatArray, ...]]:
        """Return what :meth:`unsorted` does, best first, ties by id."""
        ids, kept = self.unsorted()
        if not kept:
            return ids, kept
        order = np.lexsort((ids, -kept[0]), axis=1)
        return np.take_along_axis(ids, order, axis=1), tuple(
            np.take_along_axis(one, order, axis=1) for one in kept
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


def two_way_top(  # noqa: PLR0913 - what lists consist of, each with a default
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
