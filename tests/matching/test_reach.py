"""One member changes: every list it enters or leaves is right at once, and no other."""

import random

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from matchmaker.clock import now
from matchmaker.matching import lists
from matchmaker.matching.bridge import MarketShape, Matcher
from matchmaker.matching.models import DecisionKind, ListState, MatchRun, Proposal
from matchmaker.matching.reach import refresh_reach
from matchmaker.matching.service import decide
from matchmaker.profiles import service as profiles
from matchmaker.profiles.models import Opportunity, Profile
from tests.conftest import MakeMember

POLICY = lists.Policy(
    shape=MarketShape(shown=3, kept=5, fairness=0.5, capacity=20),
    exploration=0.1,
    rematch_days=90,
)
GOODS = ("wheat", "cotton yarn", "rail freight", "solar panels", "honey", "carpets")


@pytest.fixture
def matcher(session: Session, make_member: MakeMember) -> Matcher:
    """Give 24 members with lists of a full run."""
    dice = random.Random(7)  # noqa: S311 - goods, no secrets
    for at in range(24):
        offer, need = dice.sample(GOODS, 2)
        make_member(
            name=f"Member {at}",
            organisation=f"Firm {at}",
            offers=(("supply", f"We supply {offer} grade {at % 5}"),),
            requests=(("purchase", f"We buy {need} every month"),),
        )
    session.flush()
    matcher = Matcher()
    full_run(session, matcher)
    return matcher


def full_run(session: Session, matcher: Matcher) -> None:
    run = lists.start_run(session, kind="full")
    matcher.refit(session)
    forbidden = lists.list_forbidden(session, POLICY)
    found = list(matcher.market(session, POLICY.shape, forbidden=forbidden, waiting={}))
    lists.store_lists(session, run, found, POLICY)


def standings(session: Session, seeker_id: int) -> list[float]:
    """Return how those in a list stand: equals may take each other's place."""
    found = select(Proposal.standing).where(Proposal.seeker_id == seeker_id)
    return sorted(session.scalars(found))


def computed(session: Session, matcher: Matcher, seeker_id: int) -> list[float]:
    """Return what stands in a list if it is computed from nothing."""
    forbidden = lists.list_forbidden(session, POLICY, seeker_id)
    found = matcher.own_list(
        session,
        seeker_id,
        k=POLICY.shape.kept,
        forbidden=forbidden.get(seeker_id, set()),
        market=lists.list_standings(session),
    )
    assert found is not None
    return sorted(pair.standing for pair in found.pairs)


def members_of(session: Session, seeker_id: int) -> set[int]:
    found = select(Proposal.candidate_id).where(Proposal.seeker_id == seeker_id)
    return set(session.scalars(found))


def touch(session: Session, matcher: Matcher, profile: Profile) -> int:
    profile.changed_at = now()
    session.flush()
    lists.refresh_member(session, matcher, POLICY, profile.id)
    return refresh_reach(session, matcher, POLICY, profile.id)


def everybody(session: Session) -> list[Profile]:
    return list(session.scalars(select(Profile).order_by(Profile.id)))


def test_a_full_run_lists_who_stands_best(session: Session, matcher: Matcher) -> None:
    for profile in everybody(session):
        assert standings(session, profile.id) == computed(session, matcher, profile.id)


def test_after_an_edit_every_list_is_what_it_would_be_computed_anew(
    session: Session, matcher: Matcher
) -> None:
    dice = random.Random(3)  # noqa: S311 - edits, no secrets
    known = everybody(session)
    moved = 0
    for _ in range(12):
        profile = dice.choice(known)
        for item in profile.opportunities:
            item.text = f"{item.text[:9]} {dice.choice(GOODS)} and {dice.choice(GOODS)}"
        moved += touch(session, matcher, profile)
        for other in known:
            assert standings(session, other.id) == computed(session, matcher, other.id)
            ranks = session.scalars(
                select(Proposal.rank).where(Proposal.seeker_id == other.id)
            )
            assert sorted(ranks) == [1, 2, 3, 4, 5]
    assert 0 < moved < 12 * len(known)


def test_who_is_paused_leaves_every_list_and_none_stays_short(
    session: Session, matcher: Matcher
) -> None:
    known = everybody(session)
    profiles.set_paused(session, known[0].id, paused=True)
    touch(session, matcher, known[0])
    for other in known[1:]:
        assert known[0].id not in members_of(session, other.id)
        found = standings(session, other.id)
        assert found == computed(session, matcher, other.id)
        assert len(found) == POLICY.shape.kept


def test_who_refused_the_member_is_not_reached(
    session: Session, matcher: Matcher
) -> None:
    one, other = everybody(session)[:2]
    decide(session, other.id, one.id, kind=DecisionKind.NOT_FOR_ME)
    session.execute(delete(Proposal).where(Proposal.seeker_id == other.id))
    state = session.get_one(ListState, other.id)
    state.floor = None
    touch(session, matcher, one)
    assert one.id not in members_of(session, other.id)


def test_runs_are_appended(session: Session, matcher: Matcher) -> None:
    before = len(session.scalars(select(MatchRun)).all())
    member = session.scalars(select(Opportunity)).first()
    assert member is not None
    touch(session, matcher, session.get_one(Profile, member.profile_id))
    assert len(session.scalars(select(MatchRun)).all()) == before + 2
