"""Two-way vectors: short dense vectors whose product stands in for the joint score.

The score of a pair is an affair of sparse texts and tables; a product of two vectors of
256 numbers costs a tenth of it. Above some size candidates are found by vectors and
then scored exactly, at the price of some that the vectors do not see.

Williams & Seeger, "Using the Nyström Method to Speed Up Kernel Machines" (NIPS 2000):
the true scores with a sample of members, the landmarks, tell where a member lies. The
joint score is no kernel, so some directions count negatively (``signs``).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController

from matchmaker.engine.artefact import ArtefactError, read_artefact, write_artefact
from matchmaker.engine.candidates import (
    TileScores,
    corrected,
    hubness,
    sample_of,
    two_way_top,
)
from matchmaker.engine.layer import Layer
from matchmaker.engine.pairing import TILE, Candidates, Forbidden, PairScores
from matchmaker.engine.scoring import Weights, fits, joint_score

FloatArray = NDArray[np.floating[Any]]
Numbers = NDArray[np.float64]
IntArray = NDArray[np.int64]
Progress = Callable[[int, int], None]

# All pairs of so many members take an hour of one core exactly (6 million a second,
# measured on 21,624 members); a million members would take a day.
EXACT_UP_TO: Final = 200_000
WIDTH: Final = 256
# Candidates found by vectors for each place of a list, to be scored exactly.
_AGAIN: Final = 10
_FLAT: Final = 1e-9


@dataclass(frozen=True, slots=True)
class TwoWayVectors:
    """Vectors of a community: the score of a pair is ``sum(signs * a * b)``.

    Attributes
    ----------
    vectors
        Shape ``(members, width)``.
    signs
        1 or -1 for each direction, ``(width,)``.
    """

    vectors: NDArray[np.float32]
    signs: NDArray[np.float32]

    def __len__(self) -> int:
        """Return the number of members."""
        return len(self.vectors)

    def asking(self, rows: slice | IntArray) -> NDArray[np.float32]:
        """Return the vectors whose plain product with the others is the score."""
        return np.asarray(self.vectors[rows] * self.signs)

    def __call__(self, rows: slice, columns: slice) -> tuple[FloatArray, ...]:
        """Return the scores of a tile, symmetric.

        They are computed by one thread: with more the last bits depend on how many.
        """
        with _threads().limit(limits=1, user_api="blas"):
            return (self.asking(rows) @ self.vectors[columns].T,)


@lru_cache(maxsize=1)
def _threads() -> ThreadpoolController:
    return ThreadpoolController()


def two_way_vectors(
    scores: PairScores, *, width: int = WIDTH, progress: Progress | None = None
) -> TwoWayVectors:
    """Return vectors that approximate the joint scores of a community.

    The landmarks are about 2,048 members, spread evenly; every member is scored with
    them exactly.

    Parameters
    ----------
    width
        Of a vector at most.
    progress
        Called with the members done and all members.
    """
    size = len(scores)
    runs = sample_of(size)

    def near(rows: slice) -> FloatArray:
        found = np.hstack([scores(rows, run)[0] for run in runs])
        return np.where(np.isfinite(found), found, 0.0)

    if not size:
        return TwoWayVectors(np.zeros((0, 0), np.float32), np.zeros(0, np.float32))
    among = np.vstack([near(run) for run in runs])
    value, direction = np.linalg.eigh((among + among.T) / 2)
    strong = np.argsort(-np.abs(value), kind="stable")[:width]
    strong = strong[np.abs(value[strong]) > _FLAT * np.abs(value).max()]
    project = direction[:, strong] / np.sqrt(np.abs(value[strong]))
    vectors = np.empty((size, len(strong)), np.float32)
    for start in range(0, size, TILE):
        rows = slice(start, min(start + TILE, size))
        vectors[rows] = near(rows) @ project
        if progress:
            progress(rows.stop, size)
    return TwoWayVectors(vectors, np.sign(value[strong]).astype(np.float32))


def save_vectors(path: Path | str, found: TwoWayVectors) -> str:
    """Write vectors to one file and return its hash."""
    arrays = {"vectors": found.vectors, "signs": found.signs}
    return write_artefact(Path(path), {}, arrays)


def load_vectors(path: Path | str) -> TwoWayVectors:
    """Return saved vectors, mapped read-only and shared between processes.

    Raises
    ------
    ArtefactError
        If the file is missing, damaged, or holds something else.
    """
    arrays = read_artefact(Path(path))[1]
    if arrays.keys() != {"vectors", "signs"}:
        raise ArtefactError(f"{path}: no two-way vectors")
    return TwoWayVectors(arrays["vectors"], arrays["signs"])


def dense_candidates(  # noqa: PLR0913 - the same choices as for exact candidates
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

    Candidates are found by vectors, ten for each place, and then scored as always. The
    parameters are those of ``pairing.find_candidates``.
    """
    scores = PairScores(layer, ids, weights)
    size = len(scores)
    mean: Numbers = np.zeros(size)
    if spread:
        mean = np.asarray(hubness(size, scores, tile=TILE), np.float64)
    vectors: TileScores = two_way_vectors(scores)
    tiled = corrected(vectors, mean) if spread else vectors
    found = two_way_top(size, tiled, k=_AGAIN * k).sorted()[0]
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


def _scored(  # noqa: PLR0913, PLR0917
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
