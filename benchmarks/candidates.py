"""Candidates at 100,000 members and more, side by side with what others offer.

    python benchmarks/candidates.py [--members 100000] [--cluster] [--million]

All times are CPU seconds of one thread in one run, told as ratios to a full product of
all pairs in single precision, tile by tile (1.0). Peers that are not installed are
named. ``--cluster`` compares two Dask workers with the plain loop, ``--million`` an
index (extra ``[fast]``) with all pairs at a million members; each takes minutes.
"""

import argparse
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

# One thread, also in workers; numpy reads it when it is loaded.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np  # noqa: E402
from numpy.typing import NDArray  # noqa: E402

from matchmaker.engine.candidates import TILE, two_way_top  # noqa: E402
from matchmaker.engine.dense import TwoWayVectors, save_vectors  # noqa: E402

Vectors = NDArray[np.float32]
K = 50
HALF = 128
ASKED = 2048  # members whose lists the one-sided peers make; their time is scaled
FIELDS, TOPICS = 500, 20


def make_vectors(size: int, seed: int = 0) -> TwoWayVectors:
    """Return members of 500 fields with 20 topics each.

    A field is a normal draw, a topic is its field and another, what a member needs and
    offers are topics of one field and another draw each, brought to length 1.
    ``need_a . offer_b + offer_a . need_b`` is written with signs.
    """
    rng = np.random.default_rng(seed)
    fields = rng.normal(size=(FIELDS, 1, HALF))
    topics = fields + rng.normal(size=(FIELDS, TOPICS, HALF))
    found = np.empty((size, 2 * HALF), np.float32)
    for start in range(0, size, 50_000):
        field = rng.integers(0, FIELDS, min(50_000, size - start))
        need, offer = (
            topics[field, rng.integers(0, TOPICS, len(field))]
            + rng.normal(size=(len(field), HALF))
            for _ in range(2)
        )
        need, offer = (x / np.linalg.norm(x, axis=1)[:, None] for x in (need, offer))
        both = np.hstack([need + offer, need - offer]) / np.sqrt(2)
        found[start : start + len(field)] = both
    return TwoWayVectors(found, np.repeat(np.float32([1, -1]), HALF))


def seconds(step: Callable[[], object]) -> float:
    """Return the CPU seconds of a step, those of its finished children included."""

    def used() -> float:
        who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        return sum(sum(resource.getrusage(one)[:2]) for one in who)

    before = used()
    step()
    return used() - before


def line(name: str, value: float, base: float, note: str = "") -> None:
    """Print one result."""
    print(f"{name:34}{value:10.2f} s{value / base:9.3f}  {note}", flush=True)


def product(asking: Vectors, others: Vectors) -> None:
    """Multiply everybody with everybody, a tile at a time."""
    for row in range(0, len(asking), TILE):
        for column in range(0, len(others), TILE):
            _ = asking[row : row + TILE] @ others[column : column + TILE].T


def peers(vectors: TwoWayVectors, base: float) -> None:
    """Measure others on a sample of members, scaled to all."""
    size, asking = len(vectors), vectors.asking(slice(0, ASKED))
    scale, note = size / len(asking), f"of {len(asking)} members, scaled"
    from sklearn.neighbors import NearestNeighbors

    tree = NearestNeighbors(n_neighbors=K + 1, metric="cosine", algorithm="brute")
    tree.fit(vectors.vectors)
    took = scale * seconds(lambda: tree.kneighbors(asking))
    line("scikit-learn brute cosine", took, base, note)
    try:
        import faiss
    except ImportError:
        print("faiss is not installed: pip install 'matchmaker[fast]'")
        return
    faiss.omp_set_num_threads(1)
    flat = faiss.IndexFlatIP(2 * HALF)
    flat.add(vectors.vectors)
    took = scale * seconds(lambda: flat.search(asking, K + 1))
    line("faiss IndexFlatIP", took, base, note)


def edited(vectors: TwoWayVectors, floors: Vectors) -> None:
    """Measure one edited profile: its own list, and every list that it enters."""
    times = []
    for member in range(0, len(vectors), len(vectors) // 20):

        def edit(member: int = member) -> None:
            scores = vectors.vectors @ vectors.asking(slice(member, member + 1))[0]
            own = np.argpartition(scores, -K - 1)[-K - 1 :]
            own[np.argsort(-scores[own], kind="stable")]
            np.flatnonzero(scores > floors)

        times.append(1000 * seconds(edit))
    print(f"{'one edited profile':34}{np.median(times):10.2f} ms (median of 21)")


def cluster(vectors: TwoWayVectors, plain: float, expected: NDArray[np.int64]) -> None:
    """Compare two workers with the plain loop."""
    from matchmaker.engine.cluster import cluster_vector_top

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "vectors.npz"
        save_vectors(path, vectors)
        found: list[NDArray[np.int64]] = []
        took = seconds(
            lambda: found.append(cluster_vector_top(path, k=K, address="local:2")[0])
        )
    same = "same lists" if np.array_equal(found[0], expected) else "DIFFERENT LISTS"
    line("two Dask workers / plain loop", took, plain, same)


def million(two_way: float) -> None:
    """Compare an index with all pairs at a million members, on a sample of members.

    Parameters
    ----------
    two_way
        Cost of exact lists as a share of the full product, as just measured.
    """
    try:
        import faiss
    except ImportError:
        print("faiss is not installed: pip install 'matchmaker[fast]'")
        return
    from matchmaker.engine.nearest import build_index

    faiss.omp_set_num_threads(1)
    vectors = make_vectors(1_000_000)
    size = len(vectors)
    asked = np.arange(0, size, size // ASKED)[:ASKED]
    asking, scale = vectors.asking(asked), size / ASKED
    base = scale * seconds(lambda: product(asking, vectors.vectors))
    line("full product, a million", base, base, f"of {ASKED} members, scaled")
    line("numpy, exact two-way top, a million", two_way * base, base, "as above")
    started = time.process_time()
    index = build_index(vectors)
    build = time.process_time() - started
    line("building and judging the index", build, base)
    took = scale * seconds(lambda: index.find(asked, K))
    opened = f"{index.cells.nprobe} of {index.cells.nlist} cells"
    gate = f"recall@{K} {index.recall:.3f}, {opened}, gate passed: {index.good}"
    line("index, lists of a million", took, base, gate)
    print(
        f"index with building / exact two-way: {(took + build) / (two_way * base):.3f}"
    )


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--members", type=int, default=100_000)
    parser.add_argument("--cluster", action="store_true")
    parser.add_argument("--million", action="store_true")
    args = parser.parse_args()
    vectors = make_vectors(args.members)
    asking = vectors.asking(slice(0, args.members))
    base = seconds(lambda: product(asking, vectors.vectors))
    line(f"full product, {args.members} x {2 * HALF}", base, base)
    found: list[tuple[NDArray[np.int64], tuple[NDArray[np.floating], ...]]] = []
    plain = seconds(
        lambda: found.append(two_way_top(args.members, vectors, k=K).sorted())
    )
    ids, kept = found[0]
    line(f"numpy, exact two-way top {K}", plain, base)
    peers(vectors, base)
    edited(vectors, kept[0][:, -1].astype(np.float32))
    if args.cluster:
        cluster(vectors, plain, ids)
    if args.million:
        million(plain / base)


if __name__ == "__main__":
    main()
