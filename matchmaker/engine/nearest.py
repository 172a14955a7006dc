"""Candidates by two-way vectors beyond a million members: an index, and its gate.

An inverted file over eight-bit vectors (faiss, extra ``[fast]``) looks at the cells
near to a member only; what it finds is scored again with the vectors themselves. How
many cells are enough is measured on each community, and where none are, all pairs are
looked at.

Jégou, Douze & Schmid, "Product Quantization for Nearest Neighbor Search" (PAMI 2011),
for the inverted file; Douze et al., "The Faiss Library" (2024).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import structlog
from numpy.typing import NDArray

from matchmaker.engine.candidates import two_way_top
from matchmaker.engine.dense import TwoWayVectors

if TYPE_CHECKING:
    import faiss

IntArray = NDArray[np.int64]

# Below this all pairs cost little more than an index: 3 ms of one core a member.
INDEX_FROM: Final = 1_000_000
# Share of the true best 50 that the index has to find.
LEAST_RECALL: Final = 0.97
_AGAIN: Final = 4  # candidates scored again for each place of a list
_JUDGED: Final = 50
_SAMPLED: Final = 200
# Beyond a cell in sixteen an index costs as much as all pairs.
_PROBED_SHARE: Final = 16
_LEARNT_FROM: Final = 40  # vectors for each cell, as faiss advises
_ROUNDS: Final = 6
_BATCH: Final = 1024
# Members whose candidates' vectors, 200 kB for each, stay in the cache together.
_GATHERED: Final = 8

log = structlog.get_logger()


@dataclass(slots=True)
class Index:
    """An inverted file with the number of cells that passed the gate.

    Attributes
    ----------
    recall
        As measured with that number of cells, or the best that was reached.
    good
        Whether it is good enough to be used.
    """

    vectors: TwoWayVectors
    cells: "faiss.IndexIVFScalarQuantizer"
    recall: float = 0.0
    good: bool = False

    def find(self, members: IntArray, k: int) -> IntArray:
        """Return the best partners of some members, best first, ``(members, k)``.

        -1 stands in empty places.
        """
        found = np.full((len(members), k), -1, np.int64)
        for start in range(0, len(members), _BATCH):
            own = members[start : start + _BATCH]
            asking = self.vectors.asking(own)
            names = self.cells.search(asking, _AGAIN * k + 1)[1]
            names[names == own[:, None]] = -1
            for at in range(0, len(own), _GATHERED):
                few = slice(at, at + _GATHERED)
                best = self._best(asking[few], names[few], k)
                found[start + at : start + at + len(best), : best.shape[1]] = best
        return found

    def _best(self, asking: NDArray[np.float32], names: IntArray, k: int) -> IntArray:
        """Return the best of the names by the vectors themselves."""
        theirs = self.vectors.vectors[np.maximum(names, 0)]
        scores = np.matmul(theirs, asking[:, :, None])[:, :, 0]
        scores[names < 0] = -np.inf
        best = np.lexsort((names, -scores), axis=1)[:, :k]
        return np.take_along_axis(names, best, axis=1)


def build_index(vectors: TwoWayVectors, *, random_state: int = 0) -> Index:
    """Return an index whose cells are opened until the gate is passed.

    Raises
    ------
    ImportError
        If faiss is not installed.
    """
    import faiss  # noqa: PLC0415 - an extra, and slow to import

    size, width = vectors.vectors.shape
    rng = np.random.default_rng(random_state)
    count = max(min(int(4 * np.sqrt(size)), size // _LEARNT_FROM), 1)
    cells = faiss.IndexIVFScalarQuantizer(
        faiss.IndexFlatIP(width),
        width,
        count,
        faiss.ScalarQuantizer.QT_8bit,
        faiss.METRIC_INNER_PRODUCT,
    )
    cells.cp.niter, cells.cp.seed = _ROUNDS, random_state
    few = min(size, _LEARNT_FROM * count)
    cells.train(vectors.vectors[np.sort(rng.choice(size, few, replace=False))])
    for start in range(0, size, 100 * _BATCH):
        cells.add(vectors.vectors[start : start + 100 * _BATCH])
    index = Index(vectors, cells)
    asked = np.sort(rng.choice(size, min(size, _SAMPLED), replace=False))
    truth = _truth(vectors, asked)
    probes = 1
    while not index.good and probes * _PROBED_SHARE <= count:
        cells.nprobe = probes
        index.recall = _recall(index.find(asked, _JUDGED), truth)
        index.good = index.recall >= LEAST_RECALL
        probes *= 2
    return index


def nearest(vectors: TwoWayVectors, k: int, *, random_state: int = 0) -> IntArray:
    """Return the best ``k`` partners of everybody by vectors, ``(members, k)``.

    The index is used only if it passes its gate on this community.
    """
    size = len(vectors)
    index = build_index(vectors, random_state=random_state)
    if index.good:
        log.info("index-used", recall=index.recall, cells=index.cells.nprobe)
        return index.find(np.arange(size), k)
    log.warning("index-refused", recall=index.recall, needed=LEAST_RECALL)
    return two_way_top(size, vectors, k=k).sorted()[0]


def _truth(vectors: TwoWayVectors, asked: IntArray) -> list[set[int]]:
    scores = vectors.asking(asked) @ vectors.vectors.T
    scores[np.arange(len(asked)), asked] = -np.inf
    k = min(_JUDGED, len(vectors) - 1)
    best = np.argsort(-scores, axis=1, kind="stable")[:, :k]
    return [set(row) for row in best.tolist()]


def _recall(found: IntArray, truth: list[set[int]]) -> float:
    hits = [
        len(known.intersection(row)) / len(known)
        for row, known in zip(found.tolist(), truth, strict=True)
        if known
    ]
    return float(np.mean(hits)) if hits else 1.0
