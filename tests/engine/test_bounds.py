import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.engine.bounds import Bounds
from matchmaker.engine.diversity import Variety, varied_places
from matchmaker.engine.ranking import congestion_lists, make_pairs
from tests.engine.markets import every_pair, introductions, market, some_pairs


def labels(size: int, *, kinds: int, seed: int = 0) -> np.ndarray:
    """Return labels of members, some unknown."""
    return np.random.default_rng(seed).integers(-1, kinds, size)


@given(
    seed=st.integers(0, 10_000),
    size=st.integers(2, 25),
    capacity=st.integers(0, 8),
    missing=st.floats(0, 0.9),
)
@settings(max_examples=60, deadline=None)
def test_capacity_holds_and_no_place_stays_empty_while_a_candidate_has_room(
    seed: int, size: int, capacity: int, missing: float
) -> None:
    ids, mine, theirs = some_pairs(market(size, seed=seed), share=missing, seed=seed)
    bounds = Bounds(capacity=capacity)
    lists = congestion_lists(make_pairs(ids, mine, theirs), k=4, bounds=bounds)
    taken = np.bincount(lists[lists >= 0], minlength=size)
    assert taken.max(initial=0) <= capacity
    for allowed, chosen in zip(ids, lists, strict=True):
        free = set(allowed[allowed >= 0].tolist()) - set(chosen.tolist())
        assert (chosen >= 0).all() or all(taken[name] == capacity for name in free)


@given(seed=st.integers(0, 10_000), capacity=st.integers(1, 8))
@settings(max_examples=40, deadline=None)
def test_capacity_holds_with_variety_too(seed: int, capacity: int) -> None:
    variety = Variety([labels(20, kinds=3, seed=seed)], share=0.3, loss=0.5)
    lists = congestion_lists(
        make_pairs(*every_pair(market(20, seed=seed))),
        k=4,
        bounds=Bounds(capacity=capacity, variety=variety),
    )
    assert np.bincount(lists[lists >= 0]).max() <= capacity


@given(seed=st.integers(0, 10_000), capacity=st.integers(1, 5))
@settings(max_examples=25, deadline=None)
def test_capacity_does_not_depend_on_the_order_of_the_members(
    seed: int, capacity: int
) -> None:
    size = 15
    likes = market(size, seed=seed)
    names = np.random.default_rng(seed).permutation(size)
    lists, turned = (
        congestion_lists(
            make_pairs(*every_pair(one)), k=4, bounds=Bounds(capacity=capacity)
        )
        for one in (likes, likes[names][:, names])
    )
    np.testing.assert_array_equal(lists[names], np.append(names, -1)[turned])


def test_each_member_may_have_a_capacity_of_their_own() -> None:
    size = 30
    room = np.arange(size) % 7
    pairs = make_pairs(*every_pair(market(size)))
    lists = congestion_lists(pairs, k=5, bounds=Bounds(capacity=room))
    assert (np.bincount(lists[lists >= 0], minlength=size) <= room).all()


def test_a_capacity_that_binds_nobody_changes_nothing() -> None:
    pairs = make_pairs(*every_pair(market(30)))
    free = congestion_lists(pairs, k=5)
    np.testing.assert_array_equal(
        free, congestion_lists(pairs, k=5, bounds=Bounds(capacity=30))
    )


def test_a_tight_capacity_costs_few_introductions() -> None:
    likes = market(60)
    pairs = make_pairs(*every_pair(likes))
    free, tight = (
        introductions(likes, congestion_lists(pairs, k=5, fairness=0, bounds=bounds))
        for bounds in (None, Bounds(capacity=8))
    )
    assert tight > 0.93 * free


@pytest.mark.parametrize("passes", [1, 10])
def test_who_has_many_requests_waiting_is_shown_less(passes: int) -> None:
    pairs = make_pairs(*every_pair(market(40)))
    lists = congestion_lists(pairs, k=5, passes=passes)
    before = np.bincount(lists.ravel(), minlength=40)
    popular = before.argmax()
    waiting = np.zeros(40)
    waiting[popular] = 20.0
    bounds = Bounds(waiting=waiting)
    lists = congestion_lists(pairs, k=5, passes=passes, bounds=bounds)
    after = np.bincount(lists.ravel(), minlength=40)
    assert after[popular] < before[popular] / 2


def test_requests_waiting_everywhere_alike_still_leave_lists_full() -> None:
    pairs = make_pairs(*every_pair(market(20)))
    lists = congestion_lists(pairs, k=5, bounds=Bounds(waiting=np.full(20, 3.0)))
    assert (lists >= 0).all()


@given(
    seed=st.integers(0, 10_000),
    k=st.integers(1, 8),
    share=st.floats(0.1, 1),
    loss=st.floats(0, 1),
)
@settings(max_examples=60, deadline=None)
def test_variety_costs_each_place_no_more_than_stated(
    seed: int, k: int, share: float, loss: float
) -> None:
    rng = np.random.default_rng(seed)
    names = rng.permuted(np.tile(np.arange(12), (6, 1)), axis=1)
    worth = -np.sort(-rng.random(names.shape), axis=1)
    groups = [labels(12, kinds=2, seed=seed), labels(12, kinds=3, seed=seed + 1)]
    places = varied_places(names, worth, k, Variety(groups, share, loss))
    assert all(len(set(row)) == k for row in places.tolist())
    # The worth falls along a row, so place t may take what stands at t at the worst.
    got = np.take_along_axis(worth, places, axis=1)
    assert (got >= (1 - loss) * worth[:, :k] - 1e-12).all()


@given(seed=st.integers(0, 10_000), k=st.integers(2, 8))
@settings(max_examples=40, deadline=None)
def test_no_label_exceeds_its_share_while_others_are_there(seed: int, k: int) -> None:
    size = 60
    country = np.arange(size) % 4
    ids, mine, theirs = every_pair(market(size, seed=seed))
    bounds = Bounds(variety=Variety([country], share=0.5, loss=1.0))
    lists = congestion_lists(make_pairs(ids, mine, theirs), k=k, bounds=bounds)
    for chosen in lists:
        assert np.bincount(country[chosen]).max() <= max(1, round(0.5 * k))


def test_a_share_gives_way_where_only_one_label_is_left() -> None:
    names = np.arange(5)[None, :]
    worth = np.array([[5.0, 4.0, 3.0, 2.0, 1.0]])
    alone = Variety([np.zeros(5, int)], share=0.2)
    assert varied_places(names, worth, 4, alone).tolist() == [[0, 1, 2, 3]]


@pytest.mark.parametrize(("loss", "second"), [(0.05, 1), (0.2, 2)])
def test_another_label_goes_first_only_if_nearly_as_good(
    loss: float, second: int
) -> None:
    names = np.array([[0, 1, 2]])
    worth = np.array([[1.0, 0.9, 0.8]])
    sector = np.array([7, 7, 8])
    chosen = varied_places(names, worth, 2, Variety([sector], share=0.5, loss=loss))
    assert chosen.tolist() == [[0, second]]


def test_an_unknown_label_fills_no_list() -> None:
    names = np.arange(4)[None, :]
    worth = np.array([[4.0, 3.0, 2.0, 1.0]])
    unknown = Variety([np.full(4, -1)], share=0.25, loss=1.0)
    assert varied_places(names, worth, 4, unknown).tolist() == [[0, 1, 2, 3]]
