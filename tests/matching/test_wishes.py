"""Levers: wishes move the own list at once, and a must binds both ways."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.errors import DomainError
from matchmaker.matching import lists, service, wishes
from matchmaker.matching.bridge import MarketShape, Matcher
from matchmaker.matching.models import DecisionKind, Proposal
from matchmaker.matching.reach import refresh_reach
from matchmaker.profiles.models import Profile
from tests.conftest import MakeMember

POLICY = lists.Policy(
    shape=MarketShape(shown=10, kept=20, fairness=0.5, capacity=20),
    exploration=0.0,
    rematch_days=90,
)
COUNTRIES = ("CN", "UZ", "RU", "KG", "CN", "UZ", "RU", "KG")


@pytest.fixture
def seeker(session: Session, make_member: MakeMember) -> Profile:
    """Give a buyer of wheat and eight sellers in four countries."""
    buyer = make_member(
        name="Buyer",
        organisation="Buyer",
        languages=("en",),
        requests=(("supply", "Wheat flour of the first grade"),),
    )
    for at, country in enumerate(COUNTRIES):
        make_member(
            name=f"Seller {at}",
            organisation=f"Mill {at}",
            country=country,
            languages=("en",) if at % 2 else ("ru",),
            sectors=("food.processing",) if at < 4 else ("agri.crops",),
            offers=(("supply", f"Wheat flour, mill number {at}"),),
        )
    session.flush()
    return buyer


@pytest.fixture
def matcher() -> Matcher:
    return Matcher()


def listed(session: Session, matcher: Matcher, seeker: Profile) -> list[Profile]:
    lists.refresh_member(session, matcher, POLICY, seeker.id)
    found = service.list_proposals(session, seeker.id, limit=20)
    return [proposal.candidate for proposal in found]


def wish(session: Session, seeker: Profile, what: str, strength: str) -> None:
    attribute, _, value = what.partition(":")
    wishes.set_wish(
        session, seeker.id, attribute=attribute, value=value, strength=strength
    )


def test_a_must_leaves_only_those_who_have_it(
    session: Session, matcher: Matcher, seeker: Profile
) -> None:
    assert len(listed(session, matcher, seeker)) == len(COUNTRIES)
    wish(session, seeker, "country:CN", "must")
    assert [one.country for one in listed(session, matcher, seeker)] == ["CN", "CN"]
    assert wishes.count_possible(session, seeker.id) == (2, len(COUNTRIES))


def test_of_several_musts_about_one_thing_one_is_enough_and_each_thing_counts(
    session: Session, matcher: Matcher, seeker: Profile
) -> None:
    wish(session, seeker, "country:CN", "must")
    wish(session, seeker, "country:UZ", "must")
    assert {one.country for one in listed(session, matcher, seeker)} == {"CN", "UZ"}
    wish(session, seeker, "language:*", "must")
    found = listed(session, matcher, seeker)
    assert {one.country for one in found} == {"UZ"}
    assert all("en" in one.languages for one in found)


def test_a_preference_comes_first_and_shuts_nobody_out(
    session: Session, matcher: Matcher, seeker: Profile
) -> None:
    wish(session, seeker, "country:KG", "prefer")
    found = listed(session, matcher, seeker)
    assert [one.country for one in found[:2]] == ["KG", "KG"]
    assert len(found) == len(COUNTRIES)


def test_fewer_of_a_sector_moves_it_to_the_end_with_all_below_it(
    session: Session, matcher: Matcher, seeker: Profile
) -> None:
    wish(session, seeker, "sector:food", "fewer")
    found = listed(session, matcher, seeker)
    assert [one.sectors[0] for one in found] == ["agri.crops"] * 4 + [
        "food.processing"
    ] * 4


def test_who_wants_another_country_only_is_not_proposed_elsewhere_either(
    session: Session, matcher: Matcher, seeker: Profile
) -> None:
    seller = listed(session, matcher, seeker)[0]
    wish(session, seller, "country:MN", "must")
    refresh_reach(session, matcher, POLICY, seller.id)
    left = service.list_proposals(session, seeker.id, limit=20)
    assert seller.id not in {one.candidate_id for one in left}
    assert seller not in listed(session, matcher, seeker)
    wish(session, seller, "country:MN", "")
    assert seller in listed(session, matcher, seeker)


def test_a_full_run_leaves_lists_with_wishes_to_be_made_anew(
    session: Session, matcher: Matcher, seeker: Profile
) -> None:
    wish(session, seeker, "country:CN", "must")
    run = lists.start_run(session, kind="full")
    matcher.refit(session)
    forbidden = lists.list_forbidden(session, POLICY)
    found = list(matcher.market(session, POLICY.shape, forbidden=forbidden, waiting={}))
    lists.store_lists(session, run, found, POLICY)
    session.expire_all()
    stale = select(Profile.id).where(Profile.list_stale_since.is_not(None))
    assert session.scalars(stale).all() == [seeker.id]


def test_values_nobody_can_have_are_refused(session: Session, seeker: Profile) -> None:
    for what, strength in (
        ("country:XX", "must"),
        ("shoe:42", "must"),
        ("country:CN", "perhaps"),
        ("", "must"),
    ):
        with pytest.raises(DomainError, match="wish-unknown"):
            wish(session, seeker, what, strength)


def test_there_is_an_end_to_wishes(session: Session, seeker: Profile) -> None:
    codes = wishes.choices()["market"][: wishes.MOST_WISHES + 1]
    for code in codes[:-1]:
        wish(session, seeker, f"market:{code}", "prefer")
    with pytest.raises(DomainError, match="wishes-many"):
        wish(session, seeker, f"market:{codes[-1]}", "prefer")
    wish(session, seeker, f"market:{codes[0]}", "must")  # a known one can be changed
    wishes.forget_all(session, seeker.id)
    assert wishes.list_own(session, seeker.id) == []


def test_interesting_ones_stay_and_put_off_ones_come_back(
    session: Session, matcher: Matcher, seeker: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = listed(session, matcher, seeker)[:2]
    service.decide(session, seeker.id, first.id, kind=DecisionKind.INTERESTED)
    service.decide(session, seeker.id, second.id, kind=DecisionKind.SKIPPED)
    found = service.list_proposals(session, seeker.id, limit=20)
    assert {one.candidate_id: one.interesting for one in found}[first.id]
    assert second.id not in {one.candidate_id for one in found}
    later = service.now() + service.SKIPPED_FOR
    monkeypatch.setattr(service, "now", lambda: later)
    found = service.list_proposals(session, seeker.id, limit=20)
    assert second.id in {one.candidate_id for one in found}
    assert session.scalars(select(Proposal.seeker_id).distinct()).all() == [seeker.id]
