import numpy as np
import pytest
from structlog.testing import capture_logs

from matchmaker.engine.candidates import two_way_top
from matchmaker.engine.dense import TwoWayVectors
from matchmaker.engine.nearest import build_index, nearest

faiss = pytest.importorskip("faiss", reason="faiss is not installed: [fast]")

SIGNS = np.repeat(np.float32([1, -1]), 8)


def make_vectors(size: int, *, clusters: int) -> TwoWayVectors:
    """Return members around some centres; without centres, anywhere."""
    rng = np.random.default_rng(0)
    found = rng.normal(size=(size, 16))
    if clusters:
        centres = rng.normal(size=(clusters, 16))
        centres /= np.linalg.norm(centres[:, :8], axis=1)[:, None]
        centres[:, 8:] = 0
        found = centres[rng.integers(0, clusters, size)] + found * 0.02
    return TwoWayVectors(found.astype(np.float32), SIGNS)


def test_an_index_that_passes_its_gate_finds_nearly_all_and_says_so() -> None:
    vectors = make_vectors(6_000, clusters=40)
    with capture_logs() as told:
        found = nearest(vectors, 50)
    exact = two_way_top(6_000, vectors, k=50).sorted()[0]
    shares = [np.isin(*both).mean() for both in zip(found, exact, strict=True)]
    assert told[0]["event"] == "index-used"
    assert told[0]["recall"] >= 0.97
    assert np.mean(shares) >= 0.95
    assert not (found == np.arange(6_000)[:, None]).any()


def test_an_index_that_misses_too_many_is_not_used_and_the_log_says_so() -> None:
    vectors = make_vectors(3_000, clusters=0)
    with capture_logs() as told:
        found = nearest(vectors, 20)
    assert told[0]["event"] == "index-refused"
    assert told[0]["recall"] < 0.97
    assert np.array_equal(found, two_way_top(3_000, vectors, k=20).sorted()[0])


def test_the_same_seed_builds_the_same_index() -> None:
    vectors = make_vectors(3_000, clusters=40)
    first, second = (build_index(vectors, random_state=3) for _ in range(2))
    members = np.arange(3_000)
    assert first.cells.nprobe == second.cells.nprobe
    assert np.array_equal(first.find(members, 10), second.find(members, 10))
