"""Reminders of contacts of which nothing is noted: when, to whom, and never twice."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from matchmaker.app import Site
from matchmaker.clock import now
from matchmaker.matching import outcomes
from matchmaker.matching.models import Introduction
from matchmaker.messaging import jobs, ledger, rules
from matchmaker.messaging.models import Message
from matchmaker.notices.models import Notification
from matchmaker.notices.texts import SENTENCES
from matchmaker.profiles.models import ProfileStatus
from matchmaker.trust import blocks
from tests.conftest import add_introduction, add_member
from tests.messaging.noting import note


@dataclass(slots=True)
class Pair:
    """Two people who were introduced some days ago."""

    site: Site
    introduction: int

    def change(self, act: Callable[[Session, Introduction], object]) -> None:
        """Do something to the contact."""
        with self.site.sessions.write.begin() as session:
            act(session, session.get_one(Introduction, self.introduction))

    def told(self) -> list[tuple[str, str]]:
        """Return who was reminded of what."""
        with self.site.sessions.read() as session:
            rows = session.execute(
                select(Notification.code, Notification.context).order_by(
                    Notification.id
                )
            ).all()
        # A context names the other side.
        other = {"Anna": "Chen", "Chen": "Anna"}
        return [(other[context["name"]], code) for code, context in rows]


@pytest.fixture
def pair(site: Site) -> Callable[[int], Pair]:
    """Return a factory of people who were introduced so many days ago."""

    def make(days: int) -> Pair:
        with site.sessions.write.begin() as session:
            one = add_introduction(
                session,
                add_member(session, name="Anna"),
                add_member(session, name="Chen"),
            )
            one.asked_at = one.answered_at = now() - timedelta(days=days, minutes=5)
            return Pair(site, one.id)

    return make


@pytest.mark.parametrize(
    ("days", "code"),
    [
        (1, None),
        (2, "nudge_talked"),
        (13, "nudge_talked"),
        (14, "nudge_next"),
        (60, None),
        (90, "nudge_quiet"),
        (180, "nudge_result"),
        (300, None),
    ],
)
def test_each_silence_has_its_reminder_for_both_sides(
    pair: Callable[[int], Pair], days: int, code: str | None
) -> None:
    two = pair(days)
    expected = [("Anna", code), ("Chen", code)] if code else []
    assert jobs.nudge(two.site.sessions) == len(expected)
    assert two.told() == expected


def test_a_reminder_is_given_once_however_often_the_job_runs(
    pair: Callable[[int], Pair],
) -> None:
    two = pair(2)
    assert [jobs.nudge(two.site.sessions) for _ in range(3)] == [2, 0, 0]


def test_every_reminder_has_a_sentence() -> None:
    assert set(rules.NUDGES.values()) <= set(SENTENCES)


def _paused(_session: Session, one: Introduction) -> None:
    one.seeker.status = ProfileStatus.PAUSED


def _disabled(_session: Session, one: Introduction) -> None:
    assert one.seeker.user is not None
    one.seeker.user.disabled_at = now()


def _quiet(session: Session, one: Introduction) -> None:
    ledger.set_quiet(session, one.id, one.seeker_id, quiet=True)


def _closed(session: Session, one: Introduction) -> None:
    outcomes.record_outcome(session, one, one.seeker_id, stage=1, value="no_interest")


def _planned(session: Session, one: Introduction) -> None:
    day = now().date()
    note(
        session,
        one,
        one.seeker,
        next_step="Call",
        planned=True,
        happened_on=day,
        today=day,
    )


def _followed(session: Session, one: Introduction) -> None:
    day = now().date()
    note(session, one, one.seeker, happened_on=day, today=day)


@pytest.mark.parametrize(
    "act", [_paused, _disabled, _quiet, _closed, _planned, _followed]
)
def test_who_rests_or_has_done_something_is_not_reminded(
    pair: Callable[[int], Pair],
    act: Callable[[Session, Introduction], None],
) -> None:
    two = pair(14)
    two.change(act)
    jobs.nudge(two.site.sessions)
    assert two.told() == [("Chen", "nudge_next")]


def test_who_said_what_came_of_it_is_not_asked_again(
    pair: Callable[[int], Pair],
) -> None:
    two = pair(180)
    two.change(
        lambda session, one: outcomes.record_outcome(
            session, one, one.candidate_id, stage=2, value="agreement"
        )
    )
    jobs.nudge(two.site.sessions)
    assert two.told() == [("Anna", "nudge_result")]


def test_a_word_starts_the_silence_anew(pair: Callable[[int], Pair]) -> None:
    two = pair(100)

    def write(session: Session, one: Introduction) -> None:
        session.add(
            Message(
                introduction_id=one.id,
                author_id=one.seeker_id,
                recipient_id=one.candidate_id,
                text="Hello",
                form_key="k",
                sent_at=now() - timedelta(days=15),
            )
        )

    two.change(write)
    jobs.nudge(two.site.sessions)
    assert two.told() == [("Anna", "nudge_next"), ("Chen", "nudge_next")]


def test_blocked_people_are_not_reminded_of_each_other(
    pair: Callable[[int], Pair],
) -> None:
    two = pair(14)
    two.change(
        lambda session, one: blocks.block(session, one.seeker_id, one.candidate_id)
    )
    assert jobs.nudge(two.site.sessions) == 0


def test_a_job_that_dies_between_two_batches_goes_on_where_it_stopped(
    pair: Callable[[int], Pair],
) -> None:
    first, second = pair(14), pair(14)
    sessions = first.site.sessions
    with sessions.write.begin() as session:
        session.execute(
            text(
                "CREATE TRIGGER full BEFORE INSERT ON notification "
                "WHEN (SELECT count(*) FROM notification) = 3 "
                "BEGIN SELECT RAISE(ABORT, 'no space left'); END"
            )
        )
    with pytest.raises(IntegrityError, match="no space left"):
        jobs.nudge(sessions, size=1)
    assert len(first.told()) == 2
    with sessions.write.begin() as session:
        session.execute(text("DROP TRIGGER full"))
    assert jobs.nudge(sessions, size=1) == 2
    assert len(second.told()) == 4
