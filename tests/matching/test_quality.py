"""The counts of the quality page: always those of a slow look at every row."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from matchmaker.admin.quality_jobs import FOLLOWED
from matchmaker.matching import quality
from matchmaker.matching.models import (
    Decision,
    DecisionKind,
    Impression,
    Introduction,
    IntroductionState,
    MatchRun,
    ModelVersion,
)
from matchmaker.matching.quality_models import (
    AnswerTime,
    FunnelCell,
    FunnelDay,
    MemberWeek,
)
from matchmaker.matching.quality_rules import STEPS
from matchmaker.profiles.models import Profile
from tests.conftest import MakeMember, add_member
from tests.matching.quality_world import (
    ask,
    at,
    count_all,
    follow_up,
    show,
    slowly,
    stored,
    tell,
)

STATES = list(IntroductionState)
WORDS = ((1, "no_interest"), (1, "cooperation_possible"), (2, "agreement"))


@pytest.fixture
def runs(session: Session) -> list[MatchRun]:
    """Give a run of each of two model versions."""
    made = []
    for name in ("one", "two"):
        version = ModelVersion(name=name, digest=name, weights={})
        session.add(version)
        session.flush()
        run = MatchRun(model_version_id=version.id, kind="full", seed=1)
        session.add(run)
        made.append(run)
    session.flush()
    return made


@pytest.fixture
def people(make_member: MakeMember) -> list[Profile]:
    """Give four members of different countries, sectors and languages."""
    told: list[dict[str, Any]] = [
        {"country": "KZ", "languages": ("ru", "en"), "sectors": ("logistics.rail",)},
        {"country": "CN", "languages": ("zh",), "sectors": ("agri",)},
        {"country": "", "languages": (), "sectors": ()},
        {"country": "KZ", "languages": ("en", "zh"), "sectors": ("a word",)},
    ]
    found = [make_member(name=f"P{n}", **one) for n, one in enumerate(told)]
    for day, one in zip((200, 25, 10, 0), found, strict=True):
        one.created_at = at(day)
    return found


MOVE = st.tuples(
    st.sampled_from(
        ["show"] * 3
        + ["ask"] * 2
        + ["decide", "undo", "move", "hand", "call", "tell", "forget", "count"]
    ),
    st.integers(0, 3),
    st.integers(0, 3),
    st.integers(0, 40),
    st.integers(0, 20),
)


@pytest.mark.slow
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(moves=st.lists(MOVE, min_size=4, max_size=30))
def test_counts_are_those_of_a_slow_look_at_every_row(
    session: Session, runs: list[MatchRun], people: list[Profile], moves: list[Any]
) -> None:
    with session.begin_nested() as before:
        for table in (FunnelCell, FunnelDay, AnswerTime, MemberWeek):
            session.execute(delete(table))
        for move in moves:
            _move(session, runs, people, move)
        count_all(session)
        session.expire_all()
        assert stored(session) == slowly(session)
        shown = Counter(
            (one.shown_on - timedelta(days=one.shown_on.weekday()), one.candidate_id)
            for one in session.scalars(select(Impression))
        )
        weeks = session.scalars(select(MemberWeek))
        assert {(w.week, w.profile_id): w.shown for w in weeks if w.shown} == shown
        assert count_all(session) == 0
        before.rollback()


def _move(  # noqa: C901  one branch for each thing
    session: Session, runs: list[MatchRun], people: list[Profile], move: Any
) -> None:
    """Do one thing that can happen on the site, or that a repair could do."""
    kind, one, other, day, extra = move
    seeker, candidate = people[one], people[other]
    requests = session.scalars(select(Introduction).order_by(Introduction.id)).all()
    request = requests[extra % len(requests)] if requests else None
    pair = (Decision.seeker_id == seeker.id, Decision.candidate_id == candidate.id)
    if kind == "count":
        count_all(session)
    elif kind == "undo":
        session.execute(delete(Decision).where(*pair))
    elif kind == "show" and one != other:
        joint, kinds = extra / 20, "market" if extra % 2 else ""
        show(
            session,
            runs[extra % 2],
            seeker,
            candidate,
            day=day,
            position=1 + extra % 12,
            joint=joint,
            kinds=kinds,
        )
    elif kind == "decide" and one != other:
        session.execute(delete(Decision).where(*pair))
        said = list(DecisionKind)[extra % 4]
        decision = Decision(
            seeker_id=seeker.id, candidate_id=candidate.id, kind=said, reason=None
        )
        decision.decided_at = at(day)
        session.add(decision)
        session.flush()
    elif kind == "ask" and one != other:
        state = STATES[extra % len(STATES)]
        ask(session, seeker, candidate, day=day, state=state, hours=extra * 10)
    elif kind == "forget":
        session.execute(
            delete(Impression).where(Impression.candidate_id == candidate.id)
        )
    elif request is None:
        return
    elif kind == "move":
        request.state = STATES[day % len(STATES)]
        request.answered_at = request.asked_at + timedelta(hours=day)
        session.flush()
    elif kind == "hand":
        _hand_over(session, request, candidate, day)
    elif kind == "call":
        follow_up(session, request, day)
    elif kind == "tell":
        tell(session, request, *WORDS[extra % 3])


def _hand_over(
    session: Session, request: Introduction, colleague: Profile, day: int
) -> None:
    """Let a request go on with a colleague, once."""
    known = session.scalar(
        select(Introduction.id).where(Introduction.handed_from_id == request.id)
    )
    seeker = session.get_one(Profile, request.seeker_id)
    if known is None and colleague.id != seeker.id:
        state = STATES[day % len(STATES)]
        ask(session, seeker, colleague, day=5, state=state, handed_from=request)


def test_what_comes_of_a_proposal_late_moves_the_day_it_was_first_seen(
    session: Session, runs: list[MatchRun], people: list[Profile]
) -> None:
    show(session, runs[0], people[0], people[1], day=60)
    show(session, runs[1], people[0], people[1], day=50)
    assert count_all(session) == 2
    asked = ask(session, people[0], people[1], day=49, state=IntroductionState.ACCEPTED)
    assert count_all(session) == 1
    tell(session, asked, 2, "agreement")
    assert count_all(session) == 1
    [found] = session.scalars(select(FunnelCell).where(FunnelCell.dimension == "all"))
    assert found.day == at(60).date()
    numbers = {step: getattr(found, step) for step in STEPS}
    assert numbers.pop("followed_up") == 0
    assert set(numbers.values()) == {1}


def test_a_request_that_a_colleague_accepts_is_one_answered_and_accepted_request(
    session: Session, runs: list[MatchRun], people: list[Profile]
) -> None:
    show(session, runs[0], people[0], people[1], day=30)
    state = IntroductionState
    first = ask(session, people[0], people[1], day=30, state=state.HANDED_OVER)
    ask(
        session,
        people[0],
        people[2],
        day=28,
        state=state.ACCEPTED,
        handed_from=first,
    )
    count_all(session)
    [found] = session.scalars(select(FunnelCell).where(FunnelCell.dimension == "all"))
    assert (found.asked, found.answered, found.accepted) == (1, 1, 1)
    directory = FunnelCell.dimension == "directory"
    assert session.scalars(select(FunnelCell).where(directory)).all() == []


def test_requests_that_reached_nobody_or_were_taken_back_count_nowhere(
    session: Session, runs: list[MatchRun], people: list[Profile]
) -> None:
    show(session, runs[0], people[0], people[1], day=30)
    for state in (IntroductionState.QUEUED, IntroductionState.WITHDRAWN):
        ask(session, people[0], people[1], day=20, state=state)
    count_all(session)
    found = session.scalars(select(FunnelCell))
    assert sum(one.interested + one.asked for one in found) == 0
    assert session.scalars(select(AnswerTime)).all() == []


def test_a_day_whose_impressions_are_forgotten_after_years_keeps_its_counts(
    session: Session, runs: list[MatchRun], people: list[Profile]
) -> None:
    show(session, runs[0], people[0], people[1], day=720)
    made = quality.plan(session, FOLLOWED, today=at(700).date())
    for day in made.days:
        quality.store_day(session, made, day)
    before = stored(session)
    assert before
    session.execute(delete(Impression))
    assert count_all(session) == 0
    assert count_all(session, afresh=True) == 0
    assert stored(session) == before


def test_counting_afresh_takes_todays_countries(
    session: Session, runs: list[MatchRun], people: list[Profile]
) -> None:
    show(session, runs[0], people[0], people[1], day=3)
    count_all(session)
    session.execute(
        update(Profile).where(Profile.id == people[0].id).values(country="UZ")
    )
    assert count_all(session) == 0
    assert count_all(session, afresh=True) == 1
    pairs = session.scalars(
        select(FunnelCell.value).where(FunnelCell.dimension == "countries")
    )
    assert list(pairs) == ["CN-UZ"]


def test_member_weeks_go_with_the_member(
    session: Session, runs: list[MatchRun], people: list[Profile]
) -> None:
    gone = add_member(session, name="Gone")
    show(session, runs[0], people[0], gone, day=3)
    count_all(session)
    assert session.scalars(select(MemberWeek.profile_id)).all() == [gone.id]
    session.execute(delete(Impression))
    session.execute(delete(Profile).where(Profile.id == gone.id))
    assert session.scalars(select(MemberWeek)).all() == []
