"""Candidate lists of a whole community: the joint score, tile by tile."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from matchmaker.engine.candidates import (
    TileScores,
    TopLists,
    corrected,
    feed_block,
    hubness,
)
from matchmaker.engine.layer import Layer
from matchmaker.engine.scoring import Weights, fits, joint_score

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
# Ids that must not stand in the list of a member.
Forbidden = Callable[[str], Collection[str]]

# 512 members a side: the dozen arrays of a tile, 2 MB each, stay in the cache.
TILE: Final = 512


class PairScores:
    """Joint scores of tiles, with what each side gains; -inf where there is no edge.

    Parameters
    ----------
    layer, ids
        The members, ids in ascending order.
    forbidden
        Ids that must not stand in the list of a member. Where both forbid each other
        there is no edge; ``one_way`` holds the rest.
    """

    def __init__(
        self,
        layer: Layer,
        ids: Sequence[str],
        weights: Weights,
        forbidden: Forbidden | None = None,
    ) -> None:
        self._layer, self._weights = layer.met(), weights
        self._banned, self.one_way = _edges(ids, forbidden)
        self._blocks: dict[tuple[int, int], Layer] = {}

    def __len__(self) -> int:
        """Return the number of members."""
        return len(self._layer)

    def __call__(self, rows: slice, columns: slice) -> tuple[FloatArray, ...]:
        """Return joint score, gain of the row, gain of the column."""
        joint, mine, theirs = self.of_all(rows, columns)
        if self._banned.nnz:
            missing = self._banned[rows, columns].tocoo()
            joint[missing.row, missing.col] = -np.inf
        return joint, mine, theirs

    def of_all(self, rows: slice, columns: slice) -> tuple[FloatArray, ...]:
        """Return the same of every pair, whoever is forbidden to whom.

        Hubness is measured by it, as in ``lists.nearest_mean``: how near somebody is to
        everybody must not depend on whom they met, or a group that introduces all its
        members to each other would look like a rare find.
        """
        mine, theirs = fits(self._block(rows), self._block(columns), self._weights)
        return joint_score(mine, theirs), mine, theirs

    def _block(self, members: slice) -> Layer:
        key = (members.start, members.stop)
        found = self._blocks.get(key)
        if found is None:
            found = self._layer.take(np.arange(members.start, members.stop))
            self._blocks[key] = found
        return found


@dataclass(frozen=True, slots=True)
class Candidates:
    """The lists of everybody, best first: arrays ``(members, k)``.

    Attributes
    ----------
    places
        Positions of the candidates, -1 in an empty place.
    joint, for_me, for_them
        Scores, 0 in an empty place.
    hubness
        Of each member, ``(members,)``; zeros if the lists are not spread.
    """

    places: IntArray
    joint: FloatArray
    for_me: FloatArray
    for_them: FloatArray
    hubness: FloatArray


def find_candidates(
    scores: PairScores,
    *,
    k: int,
    spread: bool = True,
    progress: Callable[[int, int], None] | None = None,
) -> Candidates:
    """Return the best ``k`` partners of every member, exactly, ties by place.

    Parameters
    ----------
    spread
        Lower the score by both sides' hubness, so that everybody is somebody's
        candidate; without it the order is that of the joint score.
    progress
        Called with the pairs done and the pairs to do.
    """
    size = len(scores)
    lists = TopLists(
        size, k + longest_refusal(scores), kept=3, tile=TILE, dtype=np.float64
    )
    mean: FloatArray = np.zeros(size)
    if spread:
        mean = hubness(size, scores.of_all, tile=TILE).astype(float)
    tiled: TileScores = corrected(scores, mean) if spread else scores
    done = 0

    def count(pairs: int) -> None:
        nonlocal done
        done += pairs
        if progress:
            progress(done, size * (size + TILE) // 2)

    everybody = slice(0, size)
    feed_block(lists, tiled, everybody, everybody, count)
    return cut_lists(lists, scores.one_way, k, mean)


def longest_refusal(scores: PairScores) -> int:
    """Return how many places a list needs beyond its length, to be cut afterwards."""
    refused = scores.one_way.sum(axis=1)
    return int(refused.max()) if len(scores) else 0


def _edges(
    ids: Sequence[str], forbidden: Forbidden | None
) -> tuple[csr_array, csr_array]:
    """Return the pairs forbidden both ways, and those forbidden one way only."""
    position = {member_id: at for at, member_id in enumerate(ids)}
    found = [
        (at, position[other])
        for at, member_id in enumerate(ids if forbidden else ())
        for other in (forbidden(member_id) if forbidden else ())
        if other in position
    ]
    rows, columns = np.array(found, np.int64).reshape(-1, 2).T
    shape = (len(ids), len(ids))
    banned = csr_array((np.ones(len(rows), np.int8), (rows, columns)), shape=shape)
    banned.data[:] = 1
    both = csr_array(banned * banned.T.tocsr())
    one_way = csr_array(banned - both)
    one_way.eliminate_zeros()
    return both, one_way


def cut_lists(
    lists: TopLists, one_way: csr_array, k: int, mean: FloatArray
) -> Candidates:
    """Take out who is unwanted from one side, and cut the lists to their length."""
    places, kept = lists.sorted()
    if not kept:
        nothing = np.zeros(places.shape)
        return Candidates(places, nothing, nothing, nothing, mean)
    # Where the list is not full the score is -inf and there is no edge.
    places[~np.isfinite(kept[0])] = -1
    if one_way.nnz:
        rows = np.repeat(np.arange(len(places)), places.shape[1])
        unwanted = np.asarray(one_way[rows, places.ravel()]).reshape(places.shape) > 0
        places[unwanted & (places >= 0)] = -1
        last = np.argsort(places < 0, axis=1, kind="stable")
        places = np.take_along_axis(places, last, axis=1)
        kept = tuple(np.take_along_axis(one, last, axis=1) for one in kept)
    places = places[:, :k]
    mine, theirs = (np.where(places < 0, 0.0, one[:, :k]) for one in kept[1:])
    return Candidates(places, joint_score(mine, theirs), mine, theirs, mean)
