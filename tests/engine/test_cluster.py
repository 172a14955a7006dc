"""Lists made by several processes are those of one, even if a process is killed."""

import os
import signal
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from matchmaker.engine.candidates import two_way_top
from matchmaker.engine.cluster import (
    ClusterError,
    cluster_candidates,
    cluster_vector_top,
    open_client,
)
from matchmaker.engine.community import Community
from matchmaker.engine.dense import TwoWayVectors, save_vectors
from matchmaker.engine.members import Item, Member
from matchmaker.engine.pairing import Candidates

WORDS = ("steel", "pipe", "cotton", "yarn", "freight", "rail", "software", "wheat")
# Four ranges of 512 members, so that there is something to cut.
SIZE = 1_900


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rng = np.random.default_rng(0)
    drawn = rng.choice(WORDS, (SIZE, 4)).tolist()
    members = [
        Member(
            f"m{at:04}",
            country=("KZ", "CN", "DE")[at % 3],
            needs=(Item(None, f"{one} {two}"),),
            offers=(Item("supply", f"{three} {four}"),),
        )
        for at, (one, two, three, four) in enumerate(drawn)
    ]
    path = tmp_path_factory.mktemp("model") / "community.npz"
    Community().fit(members).save(path)
    return path


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    pytest.importorskip("distributed", reason="Dask is not installed: [cluster]")
    with open_client("local:2") as found:
        yield found


def refuses(member_id: str) -> list[str]:
    """Return whom a member must not meet: some both ways, one from one side only."""
    if member_id == "m0009":
        return ["m0100", "m1800"]
    return ["m0009"] if member_id == "m0100" else []


def assert_same(found: Candidates, expected: Candidates) -> None:
    for one in fields(Candidates):
        mine, theirs = getattr(found, one.name), getattr(expected, one.name)
        assert mine.tobytes() == theirs.tobytes(), one.name


def test_a_worker_killed_in_the_middle_changes_no_bit_of_the_lists(
    saved: Path, client: Any
) -> None:
    processes = client.run(os.getpid)
    seen: list[tuple[int, int]] = []

    def progress(done: int, total: int) -> None:
        if not seen:
            os.kill(next(iter(processes.values())), signal.SIGKILL)
        seen.append((done, total))

    found = cluster_candidates(
        saved,
        k=20,
        forbidden=refuses,
        address=client.scheduler.address,
        progress=progress,
        task_seconds=0,
    )
    assert_same(found, Community.load(saved).candidates(k=20, forbidden=refuses))
    assert seen == [(at + 1, len(seen)) for at in range(len(seen))]
    client.wait_for_workers(2, timeout=20)
    assert set(client.run(os.getpid).values()) - set(processes.values())
    assert [one.name for one in saved.parent.iterdir()] == [saved.name]


def test_lists_of_vectors_are_those_of_one_process(tmp_path: Path, client: Any) -> None:
    rng = np.random.default_rng(1)
    drawn = rng.normal(size=(2_500, 16)).astype(np.float32)
    vectors = TwoWayVectors(drawn, np.repeat(np.float32([1, -1]), 8))
    save_vectors(tmp_path / "vectors.npz", vectors)
    ids, scores = cluster_vector_top(
        tmp_path / "vectors.npz",
        k=10,
        address=client.scheduler.address,
        task_seconds=0,
    )
    expected = two_way_top(2_500, vectors, k=10).sorted()
    assert np.array_equal(ids, expected[0])
    assert np.array_equal(scores, expected[1][0])


@pytest.mark.parametrize("address", ["local:none", "local:0", "nonsense://here"])
def test_an_address_without_a_cluster_is_named(saved: Path, address: str) -> None:
    pytest.importorskip("distributed", reason="Dask is not installed: [cluster]")
    with pytest.raises(ClusterError, match=address):
        cluster_candidates(saved, k=5, address=address)
