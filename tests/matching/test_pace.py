"""How many new requests a week somebody wants, and what waits for its turn."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from matchmaker.clock import now
from matchmaker.errors import DomainError
from matchmaker.matching import answers, clockwork, introductions
from matchmaker.matching.models import IntroductionState
from matchmaker.profiles import service as profiles
from matchmaker.profiles.models import Profile
from tests.conftest import MakeMember
from tests.matching.asking import DAYS, WHEAT, ask, let_pass, told

State = IntroductionState


@pytest.fixture
def pair(make_member: MakeMember) -> tuple[Profile, Profile]:
    """Give two members who can ask each other."""
    return make_member(offers=WHEAT), make_member(offers=WHEAT)


def test_above_the_pace_a_request_waits_for_next_week_unseen(
    session: Session, make_member: MakeMember, pair: tuple[Profile, Profile]
) -> None:
    seeker, candidate = pair
    answers.set_pace(session, candidate.id, 1)
    ask(session, make_member(offers=WHEAT), candidate)
    queued = ask(session, seeker, candidate)
    assert queued.state is State.QUEUED
    assert queued.returns_at is not None
    assert queued.returns_at > now()
    assert queued.returns_at.weekday() == 0
    assert queued.expires_at == queued.returns_at + timedelta(days=DAYS)
    with pytest.raises(DomainError, match="introduction-unknown"):
        introductions.get_introduction(session, candidate.id, queued.public_id)
    waiting = introductions.WAITING
    shown = introductions.list_introductions(session, candidate.id, states=waiting)
    assert queued not in shown
    assert queued in introductions.list_introductions(
        session, seeker.id, states=waiting
    )
    assert told(session, candidate) == ["asked"]


def test_a_queue_is_delivered_in_order_as_far_as_the_pace_lets(
    session: Session, make_member: MakeMember
) -> None:
    candidate = make_member(offers=WHEAT)
    answers.set_pace(session, candidate.id, 1)
    sent = [ask(session, make_member(offers=WHEAT), candidate) for _ in range(4)]
    weeks = [one.returns_at for one in sent[1:]]
    assert weeks == sorted(weeks, key=str)
    assert len(set(weeks)) == 3
    for one in sent:
        let_pass(one, 8)
    session.flush()
    clockwork.deliver_due(session)
    states = [one.state for one in sent]
    assert states == [State.PENDING, State.PENDING, State.QUEUED, State.QUEUED]
    assert sent[1].expires_at > now() + timedelta(days=DAYS - 1)


def test_a_faster_pace_delivers_at_once_what_waits(
    session: Session, make_member: MakeMember
) -> None:
    candidate = make_member(offers=WHEAT)
    answers.set_pace(session, candidate.id, 1)
    sent = [ask(session, make_member(offers=WHEAT), candidate) for _ in range(3)]
    answers.set_pace(session, candidate.id, None)
    assert {one.state for one in sent} == {State.PENDING}
    assert told(session, candidate) == ["asked"] * 3


def test_nobody_waits_longer_than_some_weeks(
    session: Session, make_member: MakeMember
) -> None:
    candidate = make_member(offers=WHEAT)
    answers.set_pace(session, candidate.id, 1)
    for _ in range(5):
        ask(session, make_member(offers=WHEAT), candidate)
    with pytest.raises(DomainError, match="receiver-full"):
        ask(session, make_member(offers=WHEAT), candidate)
    with pytest.raises(DomainError, match="pace-unknown"):
        answers.set_pace(session, candidate.id, 4)


def test_who_asks_back_somebody_in_their_queue_gets_that_request(
    session: Session, make_member: MakeMember, pair: tuple[Profile, Profile]
) -> None:
    seeker, candidate = pair
    answers.set_pace(session, candidate.id, 1)
    ask(session, make_member(offers=WHEAT), candidate)
    queued = ask(session, seeker, candidate)
    assert ask(session, candidate, seeker) is queued
    assert queued.state is State.PENDING
    answers.accept(session, candidate.id, queued.public_id)
    assert queued.state is State.ACCEPTED


def test_a_queued_request_can_be_taken_back(
    session: Session, make_member: MakeMember, pair: tuple[Profile, Profile]
) -> None:
    answers.set_pace(session, pair[1].id, 1)
    ask(session, make_member(offers=WHEAT), pair[1])
    queued = ask(session, *pair)
    answers.withdraw(session, pair[0].id, queued.public_id)
    assert queued.state is State.WITHDRAWN
    assert queued.pair_key is None


def test_who_pauses_gets_nothing_until_a_week_in_which_they_are_back(
    session: Session, make_member: MakeMember, pair: tuple[Profile, Profile]
) -> None:
    seeker, candidate = pair
    answers.set_pace(session, candidate.id, 1)
    ask(session, make_member(offers=WHEAT), candidate)
    queued = ask(session, seeker, candidate)
    profiles.set_paused(session, candidate.id, paused=True)
    let_pass(queued, 8)
    session.flush()
    clockwork.deliver_due(session)
    assert queued.state is State.QUEUED
    assert queued.returns_at is not None
    assert queued.returns_at > now()
