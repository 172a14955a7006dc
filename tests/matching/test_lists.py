"""Proposals on both databases: who is on a list, who is not, and what is logged."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matchmaker.matching import lists, service, versions
from matchmaker.matching.bridge import MarketShape, Matcher
from matchmaker.matching.models import (
    DecisionKind,
    Impression,
    IntroductionState,
    MatchRun,
    Proposal,
)
from matchmaker.matching.reach import refresh_reach
from matchmaker.profiles import service as profiles
from matchmaker.profiles.models import Profile, Side
from tests.conftest import MakeMember, add_introduction

POLICY = lists.Policy(
    shape=MarketShape(shown=10, kept=30, fairness=0.5, capacity=20),
    exploration=0.1,
    rematch_days=90,
)
Community = dict[str, Profile]


@pytest.fixture
def community(make_member: MakeMember) -> Community:
    """Give a small community in three languages."""
    said = {
        "Anna": (
            (("supply", "Пшеница твёрдых сортов, элеватор в Костанае"),),
            (("logistics", "Железнодорожная перевозка зерна в Китай"),),
        ),
        "Chen": (
            (("logistics", "中哈铁路货运代理，粮食专列"),),
            (("supply", "寻找哈萨克斯坦小麦供应商"),),
        ),
        "Emma": (
            (("logistics", "Rail freight forwarding between Kazakhstan and China"),),
            (("purchase", "Exporters of grain who need wagons"),),
        ),
        "Farid": (
            (("supply", "Hand-made carpets from Mazar"),),
            (("distribution", "Distributor of carpets in Europe"),),
        ),
        "Gulnara": (
            (("supply", "Cotton yarn, ring spun"),),
            (("technology", "Dyeing machines with low water use"),),
        ),
    }
    return {
        name: make_member(name=name, organisation=f"{name} Ltd", offers=o, requests=r)
        for name, (o, r) in said.items()
    }


def names(session: Session, seeker: Profile) -> list[str]:
    shown = service.list_proposals(session, seeker.id, limit=10)
    return [proposal.candidate.full_name for proposal in shown]


@pytest.fixture
def propose(session: Session) -> Callable[[Profile], list[str]]:
    """Return a function that computes a member's list and names who is on it."""
    matcher = Matcher()

    def compute(seeker: Profile) -> list[str]:
        lists.refresh_member(session, matcher, POLICY, seeker.id)
        return names(session, seeker)

    return compute


def test_those_who_answer_in_other_languages_stand_first(
    community: Community, propose: Callable[[Profile], list[str]]
) -> None:
    assert set(propose(community["Anna"])[:2]) == {"Chen", "Emma"}


def test_reasons_quote_words_of_both_sides(
    session: Session, community: Community, propose: Callable[[Profile], list[str]]
) -> None:
    propose(community["Anna"])
    shown = service.list_proposals(session, community["Anna"].id, limit=3)
    lists.fill_reasons(session, Matcher(), shown)
    chen = next(p for p in shown if p.candidate.full_name == "Chen")
    reason = next(r for r in chen.reasons["reasons"] if r["code"] == "need-offer")
    evidence = reason["evidence"]
    assert reason["contribution"] > 0
    assert evidence["need_text"] in {
        item.text for member in community.values() for item in member.opportunities
    }
    assert evidence["need_spans"] or evidence["offer_spans"]
    for side in ("need", "offer"):
        for start, end in evidence[f"{side}_spans"]:
            assert 0 <= start < end <= len(evidence[f"{side}_text"])


def test_who_was_put_aside_asked_or_works_beside_one_is_not_proposed(
    session: Session,
    community: Community,
    make_member: MakeMember,
    propose: Callable[[Profile], list[str]],
) -> None:
    anna = community["Anna"]
    colleague = make_member(name="Zhanna", offers=(("logistics", "Rail wagons"),))
    colleague.organisation = anna.organisation
    service.decide(session, anna.id, community["Chen"].id, kind=DecisionKind.NOT_FOR_ME)
    add_introduction(session, community["Emma"], anna, state=IntroductionState.PENDING)
    session.flush()
    assert not {"Chen", "Emma", "Zhanna", "Anna"} & set(propose(anna))


def test_a_decision_hides_a_proposal_at_once_and_undo_brings_it_back(
    session: Session, community: Community, propose: Callable[[Profile], list[str]]
) -> None:
    anna, chen = community["Anna"], community["Chen"]
    propose(anna)
    service.decide(session, anna.id, chen.id, kind=DecisionKind.SAVED)
    assert "Chen" not in names(session, anna)
    assert [p.full_name for p in service.list_saved(session, anna.id)] == ["Chen"]
    service.undo_decision(session, anna.id, chen.public_id)
    assert "Chen" in names(session, anna)


def test_a_paused_member_is_on_no_list(
    session: Session, community: Community, propose: Callable[[Profile], list[str]]
) -> None:
    propose(community["Anna"])
    profiles.set_paused(session, community["Chen"].id, paused=True)
    assert "Chen" not in names(session, community["Anna"])


def test_an_impression_is_logged_once_a_day_and_run(
    session: Session, community: Community, propose: Callable[[Profile], list[str]]
) -> None:
    anna = community["Anna"]
    propose(anna)
    for _ in range(2):
        shown = service.list_proposals(session, anna.id, limit=10)
        service.log_impressions(session, shown)
    logged = session.scalars(select(Impression).order_by(Impression.position)).all()
    assert [one.position for one in logged] == [p.position for p in shown]
    assert all(0 < one.propensity <= 1 for one in logged)
    assert {one.run_id for one in logged} == {shown[0].run_id}


def test_an_edit_reaches_the_lists_it_enters(
    session: Session, community: Community
) -> None:
    matcher = Matcher()
    farid, gulnara = community["Farid"], community["Gulnara"]
    for member in community.values():
        lists.refresh_member(session, matcher, POLICY, member.id)
    profiles.save_item(
        session,
        farid.id,
        farid.opportunities[0].public_id,
        side=Side.OFFER,
        collaboration="technology",
        text="Dyeing machines for cotton yarn with low water use",
        lang="en",
    )
    stale = lists.next_stale(session)
    assert stale is not None
    lists.refresh_member(session, matcher, POLICY, farid.id)
    refresh_reach(session, matcher, POLICY, farid.id)
    assert names(session, gulnara)[0] == "Farid"
    assert names(session, farid)[0] == "Gulnara"


def test_a_matcher_follows_what_changes_in_the_database(
    session: Session, community: Community, make_member: MakeMember
) -> None:
    matcher = Matcher()
    fresh = set(matcher.sync(session).ids)
    assert fresh == {str(member.id) for member in community.values()}
    newcomer = make_member(name="Hamid", offers=(("supply", "Saffron"),))
    profiles.set_paused(session, community["Farid"].id, paused=True)
    assert set(matcher.sync(session).ids) == (fresh | {str(newcomer.id)}) - {
        str(community["Farid"].id)
    }


def test_runs_are_appended_and_name_their_model(
    session: Session, community: Community, propose: Callable[[Profile], list[str]]
) -> None:
    propose(community["Anna"])
    propose(community["Anna"])
    runs = session.scalars(select(MatchRun)).all()
    assert len(runs) == 2
    assert {run.model_version_id for run in runs} == {versions.live_version(session).id}
    assert session.scalar(select(func.count(Proposal.id))) == len(community) - 1
