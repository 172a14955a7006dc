"""Copies of profiles and sudden bursts, found by the worker."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Engine, delete
from sqlalchemy.orm import Session

from matchmaker.accounts.models import User
from matchmaker.clock import now
from matchmaker.db import Sessions
from matchmaker.profiles.models import Organisation, Profile
from matchmaker.trust import cases, jobs
from matchmaker.trust.holds import Limits
from matchmaker.trust.models import SentText, SignalKind, TextPurpose
from tests.conftest import MakeMember, add_member

OFFER = (
    ("supply", "Cold-pressed sunflower oil in bottles of one and five litres, halal"),
)
COPY = (
    ("supply", "Cold-pressed sunflower oil, in bottles of one and five litres! Halal"),
)
OTHER = (
    ("logistics", "Rail freight from Xi'an to Almaty, whole trains and single wagons"),
)


@pytest.fixture
def sessions(engine: Engine) -> Iterator[Sessions]:
    """Give session factories of a database that is empty afterwards."""
    sessions = Sessions(engine)
    yield sessions
    with sessions.write.begin() as session:
        for table in (Profile, User, Organisation):
            session.execute(delete(table))


def test_a_copied_profile_is_a_case_of_the_younger_account(sessions: Sessions) -> None:
    with sessions.write.begin() as session:
        first = add_member(session, organisation="One", offers=OFFER).id
        add_member(session, organisation="Two", offers=OTHER)
        second = add_member(session, organisation="Three", offers=COPY).id
    assert jobs.compare_profiles(sessions, Limits()) == 3
    assert jobs.compare_profiles(sessions, Limits()) == 0
    with sessions.read() as session:
        (case,) = cases.list_open(session)
        (signal,) = case.signals
        assert case.subject_id == second
        assert (signal.kind, signal.other_id) == (SignalKind.ALIKE, first)
        assert signal.figures["percent"] >= 90


def test_colleagues_may_offer_the_same(sessions: Sessions) -> None:
    with sessions.write.begin() as session:
        one = add_member(session, organisation="One", offers=OFFER)
        two = add_member(session, organisation="", offers=COPY)
        two.organisation = one.organisation
    jobs.compare_profiles(sessions, Limits())
    with sessions.read() as session:
        assert cases.list_open(session) == []


def test_a_copy_that_was_looked_at_is_not_brought_up_again(sessions: Sessions) -> None:
    with sessions.write.begin() as session:
        add_member(session, organisation="One", offers=OFFER)
        copy = add_member(session, organisation="Two", offers=COPY).id
    jobs.compare_profiles(sessions, Limits())
    with sessions.write.begin() as session:
        (case,) = cases.list_open(session)
        cases.close(session, case)
        session.get_one(Profile, copy).changed_at = now() + timedelta(seconds=1)
    assert jobs.compare_profiles(sessions, Limits()) == 1
    with sessions.read() as session:
        assert cases.list_open(session) == []


@pytest.mark.parametrize(
    ("usual", "today", "burst"),
    [(0, 9, False), (0, 10, True), (28, 10, True), (56, 10, False)],
)
def test_ten_times_the_usual_day_is_a_burst(
    session: Session, make_member: MakeMember, usual: int, today: int, *, burst: bool
) -> None:
    author = make_member()
    session.add_all(
        SentText(
            author_id=author.id,
            purpose=TextPurpose.MESSAGE,
            sent_at=now() - timedelta(days=2 + number % 26),
        )
        for number in range(usual)
    )
    session.add_all(
        SentText(author_id=author.id, purpose=TextPurpose.MESSAGE) for _ in range(today)
    )
    session.flush()
    jobs.find_bursts(session, Limits())
    jobs.find_bursts(session, Limits())
    found = [
        signal.kind for case in cases.list_open(session) for signal in case.signals
    ]
    assert found == ([SignalKind.BURST] if burst else [])
