"""Two-way vectors: short dense vectors whose product stands in for the joint score.

The score of a pair is an affair of sparse texts and tables; a product of two vectors of
256 numbers costs a twentieth of it, but sees less: rare words need directions of their
own.

Williams & Seeger, "Using the Nyström Method to Speed Up Kernel Machines" (NIPS 2000):
the true scores with a sample of members, the landmarks, tell where a member lies. The
joint score is no kernel, so some directions count negatively (``signs``).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController

from matchmaker.engine.artefact import ArtefactError, read_artefact, write_artefact
from matchmaker.engine.candidates import sample_of
from matchmaker.engine.pairing import TILE, PairScores

FloatArray = NDArray[np.floating[Any]]
IntArray = NDArray[np.int64]
Progress = Callable[[int, int], None]

WIDTH: Final = 256
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

    def lowered(self, mean: FloatArray) -> "TwoWayVectors":
        """Return vectors whose scores are less by half of both sides' ``mean``.

        It takes two more directions: ``a + b`` is half of ``(a + 1) (b + 1)`` less half
        of ``(a - 1) (b - 1)``.
        """
        more = np.stack([mean + 1, mean - 1], axis=1) / 2
        return TwoWayVectors(
            np.hstack([self.vectors, more.astype(np.float32)]),
            np.append(self.signs, np.array([-1, 1], np.float32)),
        )

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
