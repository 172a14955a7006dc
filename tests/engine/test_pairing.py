"""Lists of everybody at once are what one member after another would get."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.engine.community import Community, Ranked
from matchmaker.engine.lists import Policy, market_lists, own_list, policy_lists
from matchmaker.engine.members import Item, Member

WORDS = ("steel", "cotton", "freight", "wheat", "логистика", "хлопок", "物流", "棉花")
POLICIES: tuple[Policy, ...] = ("congestion", "product", "own")
texts = st.lists(st.sampled_from(WORDS), max_size=3).map(" ".join)
kinds = st.sampled_from([None, "supply", "purchase", "logistics", "investment"])
items = st.lists(st.builds(Item, kinds, texts), max_size=2).map(tuple)
few = settings(max_examples=25, deadline=None)


@st.composite
def members(draw: st.DrawFn, most: int = 14) -> list[Member]:
    """Draw a community with all that can be missing or repeated."""
    size = draw(st.integers(0, most))
    return [
        Member(
            f"m{at:02}",
            country=draw(st.sampled_from(["", "KZ", "CN"])),
            city=draw(st.sampled_from(["", "Almaty"])),
            languages=draw(st.sampled_from([(), ("ru",), ("zh", "en")])),
            sectors=draw(st.sampled_from([(), ("logistics.rail",), ("metals", "?")])),
            markets=draw(st.sampled_from([(), ("KZ",), ("CN", "DE")])),
            about=draw(texts),
            offers=draw(items),
            needs=draw(items),
        )
        for at in range(size)
    ]


def alone(known: Community, k: int, banned: dict[str, set[str]]) -> dict[str, list]:
    return {
        one: known.top(one, k=k, forbidden=banned.get(one, set())) for one in known.ids
    }


@few
@given(found=members(), data=st.data(), k=st.integers(1, 6))
def test_tiles_give_what_one_member_after_another_gets(
    found: list[Member], data: st.DataObject, k: int
) -> None:
    known = Community().fit(found)
    names = st.sampled_from(known.ids or ["nobody"])
    banned: dict[str, set[str]] = {}
    for one, other in data.draw(st.lists(st.tuples(names, names), max_size=8)):
        banned.setdefault(one, set()).add(other)
    together = dict(
        known.all_top(k=k, forbidden=lambda member_id: banned.get(member_id, set()))
    )
    assert together == alone(known, k, banned)


@few
@given(found=members(most=8), later=members(most=6), gone=st.integers(0, 7))
def test_a_changed_community_scores_the_same_before_and_after_settling(
    found: list[Member], later: list[Member], gone: int
) -> None:
    known = Community().fit(found)
    for member in later:
        known.put(member)
    if gone < len(known.ids):
        known.remove(known.ids[gone])
    before = alone(known, 20, {})
    known.settle()
    assert known.ids == sorted(known.ids)
    assert alone(known, 20, {}) == before


def test_a_loaded_community_lies_in_its_file(tmp_path: Path) -> None:
    Community().fit([Member("a", about="steel"), Member("b")]).save(tmp_path / "m.npz")
    loaded = Community.load(tmp_path / "m.npz")
    assert not loaded.base_.haves.data.flags.writeable
    with np.load(tmp_path / "m.npz", allow_pickle=False) as stored:
        np.testing.assert_array_equal(stored["haves.data"], loaded.base_.haves.data)


def checkerboard(size: int = 8) -> list[Member]:
    """Return members who alternate: the even ones buy what the odd ones sell."""
    found = []
    for at in range(size):
        goods = f"{WORDS[at // 2 % 4]} grade {at // 8}"
        supply = (Item("supply", goods),)
        side = {"needs": supply} if at % 2 == 0 else {"offers": supply}
        found.append(Member(f"m{at:02}", **side))
    return found


@pytest.mark.parametrize("policy", POLICIES)
def test_on_a_checkerboard_buyers_and_sellers_find_each_other(policy: Policy) -> None:
    known = Community().fit(checkerboard())
    lists = dict(policy_lists(known, policy, k=1))
    # By both sides' gain a seller finds the buyer too. The market counts a pair once:
    # where the buyer sees the seller already, the seller's place is for another.
    for at in range(0, 8, 2):
        assert [one.candidate_id for one in lists[f"m{at:02}"]] == [f"m{at + 1:02}"]
        if policy == "product":
            assert [one.candidate_id for one in lists[f"m{at + 1:02}"]] == [f"m{at:02}"]


@pytest.mark.parametrize("policy", POLICIES)
@few
@given(found=members(), k=st.integers(1, 5))
def test_every_policy_keeps_the_contract(
    policy: Policy, found: list[Member], k: int
) -> None:
    def no_first(member_id: str) -> set[str]:
        return {"m00"} if member_id != "m00" else {one.id for one in found}

    def made(order: list[Member]) -> dict[str, list[Ranked]]:
        known = Community().fit(order)
        return dict(policy_lists(known, policy, k=k, forbidden=no_first))

    lists = made(found)
    assert set(lists) == {one.id for one in found}
    for owner, ranked in lists.items():
        names = [one.candidate_id for one in ranked]
        assert len(set(names)) == len(names) == min(k, max(len(found) - 2, 0)) or (
            owner == "m00"
        )
        assert owner not in names
        assert "m00" not in names
        for one in ranked:
            assert 0 < one.joint < 1
    assert lists["m00"] == [] if "m00" in lists else True
    assert made(found[::-1]) == lists


def test_equal_members_are_shared_out() -> None:
    known = Community().fit([Member(f"m{at:04}") for at in range(1000)])
    shown = np.zeros(1000, int)
    for _, ranked in policy_lists(known, "congestion", k=10):
        for one in ranked:
            shown[int(one.candidate_id[1:])] += 1
    assert shown.sum() == 10_000
    assert shown.max() <= 40
    assert (shown > 0).mean() > 0.9


def test_a_member_alone_gets_who_stands_best() -> None:
    known = Community().fit(checkerboard(16))
    found = known.candidates(k=5)
    market = market_lists(known, found, k=3)
    for at, member_id in enumerate(known.ids):
        allowed = np.ones(16, bool)
        allowed[at] = False
        own = own_list(
            known,
            known.score(member_id),
            allowed,
            (found.hubness, market.requests),
            k=5,
        )
        standing = found.joint[at] - found.hubness[found.places[at]] / 2
        np.testing.assert_allclose(np.sort(own.standing), np.sort(standing), atol=1e-9)
