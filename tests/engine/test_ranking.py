import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from matchmaker.engine.candidates import corrected, hubness, two_way_top
from matchmaker.engine.ranking import _value, congestion_lists, make_pairs
from tests.engine.markets import every_pair, introductions, market, some_pairs


def test_lists_of_the_whole_market_lead_to_more_introductions() -> None:
    likes = market(60)
    ids, mine, theirs = every_pair(likes)
    ours = congestion_lists(make_pairs(ids, mine, theirs), k=5, fairness=0)
    product = np.take_along_axis(ids, np.argsort(-mine * theirs, axis=1)[:, :5], axis=1)
    assert introductions(likes, ours) > 1.1 * introductions(likes, product)


def test_fairness_leaves_fewer_members_unasked() -> None:
    likes = market(60)
    pairs = make_pairs(*every_pair(likes))
    shown = [
        np.bincount(congestion_lists(pairs, k=3, fairness=dial).ravel(), minlength=60)
        for dial in (0.0, 1.0)
    ]
    assert shown[1].std() < shown[0].std()


def test_a_list_holds_nobody_twice_and_never_its_owner() -> None:
    lists = congestion_lists(make_pairs(*every_pair(market(30))), k=8)
    for owner, chosen in enumerate(lists):
        assert owner not in chosen
        assert len(set(chosen.tolist())) == 8


def test_a_missing_edge_stays_missing() -> None:
    ids, mine, theirs = every_pair(market(12))
    ids[ids == 5] = -1
    lists = congestion_lists(make_pairs(ids, mine, theirs), k=11)
    assert 5 not in lists
    assert (lists == -1).any()


def test_no_members_get_no_lists() -> None:
    empty = np.zeros((0, 1))
    lists = congestion_lists(make_pairs(np.zeros((0, 1), int), empty, empty), k=3)
    assert lists.shape == (0, 3)


@pytest.mark.parametrize("tile", [7, 16, 1000])
def test_tiles_give_the_exact_best(tile: int) -> None:
    likes = market(40)
    both = (likes * likes.T).astype(np.float32)
    ids, (scores,) = two_way_top(
        40, lambda r, c: (both[r, c].copy(),), k=6, tile=tile
    ).sorted()
    alone = both.copy()
    np.fill_diagonal(alone, -1)
    np.testing.assert_array_equal(ids, np.argsort(-alone, axis=1)[:, :6])
    np.testing.assert_array_equal(scores, np.take_along_axis(both, ids, axis=1))


def test_hubness_correction_brings_more_members_into_the_lists() -> None:
    likes = np.log(market(200))
    both = (likes + likes.T).astype(np.float32)

    def tile(rows: slice, columns: slice) -> tuple[np.ndarray, ...]:
        return (both[rows, columns].copy(),)

    plain, spread = (
        np.unique(two_way_top(200, scores, k=5).sorted()[0]).size
        for scores in (tile, corrected(tile, hubness(200, tile)))
    )
    assert spread > plain


@given(
    seed=st.integers(0, 10_000),
    size=st.integers(2, 25),
    k=st.integers(1, 6),
    fairness=st.floats(0, 1),
)
# Two candidates who were shown equally often in all: the ring must not decide.
@example(seed=1440, size=19, k=2, fairness=0.125)
@settings(max_examples=40, deadline=None)
def test_the_order_of_the_members_does_not_matter(
    seed: int, size: int, k: int, fairness: float
) -> None:
    likes = market(size, seed=seed)
    names = np.random.default_rng(seed).permutation(size)
    lists, turned = (
        congestion_lists(make_pairs(*every_pair(one)), k=k, fairness=fairness)
        for one in (likes, likes[names][:, names])
    )
    # Place p of the turned market is member names[p]; -1 has to stay -1.
    back = np.append(names, -1)
    np.testing.assert_array_equal(lists[names], back[turned])


@given(
    seed=st.integers(0, 10_000),
    size=st.integers(0, 25),
    k=st.integers(1, 30),
    missing=st.floats(0, 1),
)
@settings(max_examples=40, deadline=None)
def test_lists_hold_candidates_only_and_are_as_long_as_there_are_any(
    seed: int, size: int, k: int, missing: float
) -> None:
    ids, mine, theirs = some_pairs(market(size, seed=seed), share=missing, seed=seed)
    lists = congestion_lists(make_pairs(ids, mine, theirs), k=k)
    assert lists.shape == (size, k)
    for allowed, chosen in zip(ids, lists, strict=True):
        found = chosen[chosen >= 0].tolist()
        assert set(found) <= set(allowed.tolist())
        assert len(set(found)) == len(found) == min(k, int((allowed >= 0).sum()))


@pytest.mark.parametrize(("size", "expected"), [(0, []), (1, [[-1]]), (2, [[1], [0]])])
def test_the_smallest_communities_get_what_there_is(
    size: int, expected: list[list[int]]
) -> None:
    lists = congestion_lists(make_pairs(*every_pair(market(size))), k=1)
    assert lists.tolist() == expected


@pytest.mark.parametrize("drawn", [False, True], ids=["everybody", "drawn candidates"])
def test_equal_members_are_shown_evenly(*, drawn: bool) -> None:
    size = 1000 if drawn else 120
    ids, mine, theirs = every_pair(np.full((size, size), 0.5))
    if drawn:
        rng = np.random.default_rng(0)
        ids = rng.permuted(ids, axis=1)[:, :90]
        mine, theirs = mine[:, :90], theirs[:, :90]
    lists = congestion_lists(make_pairs(ids, mine, theirs), k=10)
    shown = np.bincount(lists.ravel(), minlength=size)
    # Ten lists each is even; drawing lists blindly leaves a deviation of 3.
    assert shown.std() < 3.2
    assert shown.max() <= 30
    assert shown.min() >= 1


def test_longer_search_does_not_lead_to_fewer_introductions() -> None:
    likes = market(80, seed=3)
    pairs = make_pairs(*every_pair(likes))
    short, long = (
        introductions(likes, congestion_lists(pairs, k=5, fairness=0, passes=passes))
        for passes in (2, 30)
    )
    assert long > short


@pytest.mark.parametrize("exponent", [0.0, 0.7, 1.0])
def test_the_gradient_is_that_of_the_worth(exponent: float) -> None:
    ids, mine, theirs = some_pairs(market(6), share=0.3, seed=1)
    pairs = make_pairs(ids, mine, theirs)
    rng = np.random.default_rng(2)
    shown, ahead = rng.random(len(pairs.seeker)), rng.random(6)[pairs.candidate]
    gradient, _ = _value(pairs, shown, exponent, ahead)
    step = 1e-6 * np.eye(len(shown))
    slope = [
        _value(pairs, shown + one, exponent, ahead)[1]
        - _value(pairs, shown - one, exponent, ahead)[1]
        for one in step
    ]
    # The worth counts an introduction for both sides, the gradient once.
    np.testing.assert_allclose(gradient, np.array(slope) / 4e-6, rtol=1e-5)
