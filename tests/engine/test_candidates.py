from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from matchmaker.engine.candidates import (
    TileScores,
    TopLists,
    corrected,
    feed_block,
    hubness,
    two_way_top,
)

Scores = NDArray[np.float32]


def make_scores(size: int, *, seed: int, levels: int = 0) -> Scores:
    """Return symmetric scores; with few levels most of them are equal."""
    rng = np.random.default_rng(seed)
    drawn = rng.normal(size=(size, size)).astype(np.float32)
    if levels:
        drawn = rng.integers(0, levels, (size, size)).astype(np.float32)
    return np.triu(drawn, 1) + np.triu(drawn, 1).T


def tiles_of(scores: Scores) -> TileScores:
    """Return the tiles of known scores, with gains that tell rows from columns."""

    def tile(rows: slice, columns: slice) -> tuple[Scores, ...]:
        found = scores[rows, columns].copy()
        side = np.zeros_like(found)
        mine = side + np.arange(len(scores), dtype=np.float32)[rows, None]
        theirs = side + np.arange(len(scores), dtype=np.float32)[columns]
        return found, mine, theirs

    return tile


def brute_force(scores: Scores, k: int) -> list[list[int]]:
    """Return the best others of everybody, equals by place."""
    return [
        sorted(
            (
                other
                for other in range(len(scores))
                if other != own and np.isfinite(scores[own, other])
            ),
            key=lambda other: (-scores[own, other], other),
        )[:k]
        for own in range(len(scores))
    ]


def names(ids: NDArray[np.int64]) -> list[list[int]]:
    return [[one for one in row if one >= 0] for row in ids.tolist()]


@settings(max_examples=60, deadline=None)
@given(
    size=st.integers(1, 90),
    k=st.integers(1, 12),
    tile=st.sampled_from([7, 16, 64]),
    levels=st.sampled_from([0, 1, 2, 5]),
    seed=st.integers(0, 99),
)
def test_lists_are_those_of_a_sort_of_all_pairs_with_equals_by_place(
    size: int, k: int, tile: int, levels: int, seed: int
) -> None:
    scores = make_scores(size, seed=seed, levels=levels)
    ids, kept = two_way_top(size, tiles_of(scores), k=k, kept=3, tile=tile).sorted()
    assert names(ids) == brute_force(scores, k)
    for own, place in product(range(size), range(ids.shape[1])):
        other = int(ids[own, place])
        if other >= 0:
            told = [float(one[own, place]) for one in kept]
            assert told == [float(scores[own, other]), own, other]


def test_a_list_with_many_good_candidates_in_one_late_tile_is_still_exact() -> None:
    scores = make_scores(700, seed=3)
    # One member is liked by nearly everybody who comes late.
    scores[5, 300:] += 50
    scores[300:, 5] += 50
    ids, _ = two_way_top(700, tiles_of(scores), k=10, kept=3, tile=300).sorted()
    assert names(ids) == brute_force(scores, 10)


def test_pairs_without_an_edge_are_in_no_list_even_if_places_stay_empty() -> None:
    scores = make_scores(40, seed=1)
    scores[:, 3:] = -np.inf
    scores[3:, :] = -np.inf
    ids, _ = two_way_top(40, tiles_of(scores), k=5, kept=3, tile=16).sorted()
    assert names(ids) == brute_force(scores, 5)
    assert [len(row) for row in names(ids)] == [2, 2, 2] + [0] * 37


@pytest.mark.parametrize("size", [0, 1, 2])
def test_the_smallest_communities_have_lists(size: int) -> None:
    ids, _ = two_way_top(
        size, tiles_of(make_scores(size, seed=0)), k=5, kept=3
    ).sorted()
    assert ids.shape == (size, 1)
    assert names(ids) == [[1 - own] if size > 1 else [] for own in range(size)]


@settings(max_examples=25, deadline=None)
@given(
    levels=st.sampled_from([0, 3]),
    order=st.permutations(range(6)),
    raised=st.booleans(),
)
def test_lists_of_blocks_absorbed_in_any_order_are_the_lists_of_one_run(
    levels: int,
    order: list[int],
    raised: bool,  # noqa: FBT001 - hypothesis passes by name
) -> None:
    scores, tile, k = make_scores(75, seed=2, levels=levels), 8, 6
    ranges = [slice(0, 24), slice(24, 48), slice(48, 75)]
    blocks = [(a, b) for at, a in enumerate(ranges) for b in ranges[at:]]
    whole = TopLists(75, k, kept=3, tile=tile)
    for at in order:
        part = TopLists(75, k, kept=3, tile=tile)
        if raised:
            for members in dict.fromkeys((blocks[at][0].start, blocks[at][1].start)):
                own = next(one for one in ranges if one.start == members)
                part.raise_floors(own, whole.floors(own))
        feed_block(part, tiles_of(scores), *blocks[at])
        ids, kept = part.unsorted()
        for own in ranges:
            whole.absorb(own, ids[own], [one[own] for one in kept])
    found, expected = (
        whole.sorted(),
        two_way_top(75, tiles_of(scores), k=k, kept=3, tile=tile).sorted(),
    )
    assert np.array_equal(found[0], expected[0])
    for one, other in zip(found[1], expected[1], strict=True):
        assert np.array_equal(one, other)


def test_hubness_of_a_part_is_that_part_of_the_hubness_of_all() -> None:
    tiled = tiles_of(make_scores(70, seed=4))
    whole = hubness(70, tiled, tile=16)
    parts = [hubness(70, tiled, tile=16, rows=slice(*e)) for e in ((0, 32), (32, 70))]
    assert np.array_equal(np.concatenate(parts), whole)


def test_the_correction_brings_everybody_into_somebodys_list() -> None:
    # Vectors of very different length: the long ones are near to everybody.
    rng = np.random.default_rng(0)
    drawn = rng.normal(size=(400, 20))
    length = np.exp(rng.normal(size=(400, 1)) / 2)
    vectors = drawn / np.linalg.norm(drawn, axis=1)[:, None] * length
    tiled = tiles_of((vectors @ vectors.T).astype(np.float32))

    def absent(scored: TileScores) -> int:
        ids, _ = two_way_top(400, scored, k=10, kept=3).sorted()
        return 400 - len(np.unique(ids[ids >= 0]))

    plain, spread = absent(tiled), absent(corrected(tiled, hubness(400, tiled)))
    assert plain > 100
    assert spread <= plain / 20
