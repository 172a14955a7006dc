"""Candidates of very large communities: found by vectors, then scored exactly.

This misses some of the best, see ``docs/scale.md`` for how many: it is meant for
communities whose pairs cannot all be scored, on however many machines there are.
"""

from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from matchmaker.engine.candidates import hubness, two_way_top
from matchmaker.engine.dense import TwoWayVectors, two_way_vectors
from matchmaker.engine.layer import Layer
from matchmaker.engine.nearest import INDEX_FROM, nearest
from matchmaker.engine.pairing import (
    TILE,
    Candidates,
    Forbidden,
    PairScores,
    find_candidates,
)
from matchmaker.engine.scoring import Weights, fits, joint_score

FloatArray = NDArray[np.floating[Any]]
IntArray = NDArray[np.int64]
Progress = Callable[[int, int], None]

# All pairs of so many members take 15 hours of one core (9 million pairs a second,
# measured on 21,624 members), a night of two, and no candidate is missed.
EXACT_UP_TO: Final = 1_000_000
# Candidates found by vectors for each place of a list, to be scored exactly.
_AGAIN: Final = 10


def candidates_of(
    members: tuple[Layer, Sequence[str], Weights],
    *,
    k: int,
    forbidden: Forbidden | None = None,
    spread: bool = True,
    progress: Progress | None = None,
) -> Candidates:
    """Return the best ``k`` partners of every member, exactly if there is time for it.

    Parameters
    ----------
    members
        All of them, their ids in ascending order, and the weights of the score.
    """
    layer, ids, weights = members
    if len(ids) > EXACT_UP_TO:
        return approximate_candidates(
            layer,
            ids,
            weights,
            k=k,
            forbidden=forbidden,
            spread=spread,
            progress=progress,
        )
    scores = PairScores(layer, ids, weights, forbidden)
    return find_candidates(scores, k=k, spread=spread, progress=progress)


def approximate_candidates(  # noqa: PLR0913 - the same choices as for exact candidates
    layer: Layer,
    ids: Sequence[str],
    weights: Weights,
    *,
    k: int,
    forbidden: Forbidden | None = None,
    spread: bool = True,
    progress: Progress | None = None,
) -> Candidates:
    """Return about the best ``k`` partners of every member, with exact scores.

    Parameters
    ----------
    layer, ids
        The members, ids in ascending order.
    forbidden, spread
        As in ``Community.candidates``.
    progress
        Called with the lists done and all lists.
    """
    scores = PairScores(layer, ids, weights)
    size = len(scores)
    vectors, mean = two_way_vectors(scores), np.zeros(size)
    if spread:
        mean = np.asarray(hubness(size, scores, tile=TILE), np.float64)
        vectors = vectors.lowered(mean)
    found = _find(vectors, _AGAIN * k)
    position = {one: at for at, one in enumerate(ids)} if forbidden else {}

    def refused(at: int) -> list[int]:
        unwanted = forbidden(ids[at]) if forbidden else ()
        return [position[one] for one in unwanted if one in position]

    kept = np.zeros((4, size, min(k, found.shape[1])))
    for at in range(size):
        names = found[at][found[at] >= 0]
        names = np.sort(names[~np.isin(names, refused(at))])
        kept[:, at] = _scored(layer, weights, at, names, mean, kept.shape[2])
        if progress:
            progress(at + 1, size)
    return Candidates(kept[0].astype(np.int64), kept[3], kept[1], kept[2], mean)


def _find(vectors: TwoWayVectors, k: int) -> IntArray:
    if len(vectors) >= INDEX_FROM and find_spec("faiss"):
        return nearest(vectors, k)
    return two_way_top(len(vectors), vectors, k=k).sorted()[0]


def _scored(  # noqa: PLR0913, PLR0917 - one member, and what its candidates are judged by
    layer: Layer,
    weights: Weights,
    at: int,
    names: IntArray,
    mean: FloatArray,
    k: int,
) -> FloatArray:
    """Return the best of a member's candidates: places, both gains, joint."""
    mine, theirs = fits(layer.take(np.array([at])), layer.take(names), weights)
    joint = joint_score(mine, theirs)[0]
    value = joint - (mean[at] + mean[names]) / 2
    # Equals are shared out in the ring of members, as ``candidates.corrected`` does.
    apart = np.abs(names - at)
    best = np.lexsort((np.minimum(apart, len(mean) - apart), -value))[:k]
    found = np.zeros((4, k))
    found[0] = -1
    found[:, : len(best)] = names[best], mine[0, best], theirs[0, best], joint[best]
    return found
