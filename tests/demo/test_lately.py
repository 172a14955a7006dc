"""The states of these days, in the rows of a loaded demo."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matchmaker.clock import now
from matchmaker.db import Base, Sessions, make_engine
from matchmaker.demo import load
from matchmaker.demo.lately import OFTEN
from matchmaker.mail import Letter
from matchmaker.matching.deal_models import Deal
from matchmaker.matching.models import OPEN_STATES, Introduction, IntroductionState
from matchmaker.matching.wish_models import SavedSearch, Wish
from matchmaker.messaging.models import FollowUp, StepOwner
from matchmaker.notices.models import Notification
from matchmaker.notices.texts import SENTENCES
from matchmaker.profiles.models import Profile


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """Give a session on a demo that was loaded today."""
    path: Path = tmp_path_factory.mktemp("demo") / "demo.db"
    sessions = Sessions(make_engine(f"sqlite:///{path}"))
    Base.metadata.create_all(sessions.engine)
    load.load(sessions, today=datetime.now(UTC).date(), progress=lambda *_: None)
    with sessions.read() as session:
        yield session
    sessions.engine.dispose()


@pytest.fixture(scope="module")
def member(demo: Session) -> Profile:
    return next(
        one
        for one in demo.scalars(select(Profile))
        if one.user and one.user.email == "member@example.org"
    )


def test_requests_of_the_member_wait_in_every_way(
    demo: Session, member: Profile
) -> None:
    asked = demo.scalars(
        select(Introduction).where(Introduction.seeker_id == member.id)
    ).all()
    by_state = {one.state: one for one in asked}
    assert {"later", "queued", "handed_over", "pending"} <= by_state.keys()
    later, queued = (
        by_state[IntroductionState.LATER],
        by_state[IntroductionState.QUEUED],
    )
    for one in (later, queued):
        assert one.returns_at is not None
        assert now() < one.returns_at < one.expires_at
    passed = by_state[IntroductionState.PENDING]
    assert passed.handed_from is by_state[IntroductionState.HANDED_OVER]
    colleague, first = passed.candidate, passed.handed_from.candidate
    assert colleague.organisation_id == first.organisation_id is not None


def test_nobody_is_asked_twice_and_open_pairs_are_closed_to_others(
    demo: Session,
) -> None:
    rows = demo.scalars(select(Introduction)).all()
    pairs = [frozenset((one.seeker_id, one.candidate_id)) for one in rows]
    assert len(pairs) == len(set(pairs))
    for one in rows:
        assert (one.pair_key is not None) == (one.state in OPEN_STATES)


def test_who_was_asked_often_is_known_for_how_they_answer(demo: Session) -> None:
    received = dict(
        demo.execute(
            select(Introduction.candidate_id, func.count())
            .group_by(Introduction.candidate_id)
            .having(func.count() >= OFTEN)
        ).all()
    )
    known = demo.scalars(select(Profile).where(Profile.answers.is_not(None))).all()
    assert len(known) >= 4
    assert {one.id for one in known} <= received.keys()


def test_the_member_has_steps_a_wish_a_search_and_news_that_can_be_told(
    demo: Session, member: Profile
) -> None:
    steps = demo.scalars(select(FollowUp).where(FollowUp.planned)).all()
    assert {one.owner for one in steps} == {StepOwner.THEM, StepOwner.BOTH}
    assert all(one.due_on and one.due_on > datetime.now(UTC).date() for one in steps)
    for table in (Wish, SavedSearch):
        assert demo.scalar(select(table).where(table.profile_id == member.id))
    told = demo.scalars(select(Notification)).all()
    assert {one.user_id for one in told} == {member.user_id}
    assert {"asked", "accepted", "put_off", "handed_over", "search"} == {
        one.code for one in told
    }
    assert {one.code for one in told} <= SENTENCES.keys()
    assert {bool(one.seen_at) for one in told} == {True, False}


def test_some_who_agreed_said_what_came_of_it_and_no_letter_leaves(
    demo: Session,
) -> None:
    assert demo.scalar(select(func.count(Deal.id)))
    assert demo.scalar(select(func.count(Letter.id))) == 0
