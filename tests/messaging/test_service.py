"""Conversations, follow-ups and the ledger on both databases."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.errors import DomainError
from matchmaker.matching.models import Introduction, IntroductionState
from matchmaker.messaging import conversations, ledger, threads
from matchmaker.messaging.models import ContactKind, Message
from matchmaker.profiles.models import Profile
from tests.conftest import MakeMember, add_introduction

TODAY = date(2026, 11, 21)


@pytest.fixture
def contact(session: Session, make_member: MakeMember) -> Introduction:
    """Give two people who are introduced."""
    return add_introduction(session, make_member(name="Anna"), make_member(name="Chen"))


def write(
    session: Session, contact: Introduction, author: Profile, text: str, key: str
) -> None:
    conversations.write_message(
        session, contact, author.id, text=text, lang="en", form_key=key
    )


def note(
    session: Session, contact: Introduction, author: Profile, **values: object
) -> None:
    told: dict[str, object] = {
        "kind": ContactKind.CALL,
        "happened_on": TODAY,
        "what": "",
        "next_step": "",
        "due_on": None,
        "shared": False,
        "form_key": "k",
        "today": TODAY,
        **values,
    }
    ledger.add_follow_up(session, contact, author.id, **told)  # type: ignore[arg-type]


def test_the_same_form_sent_twice_is_one_message(
    session: Session, contact: Introduction
) -> None:
    for _ in range(3):
        write(session, contact, contact.seeker, "Hello", "once")
    write(session, contact, contact.seeker, "Hello", "again")
    assert len(threads.list_page(session, contact.id, limit=9)) == 2


@pytest.mark.parametrize(
    "state",
    [state for state in IntroductionState if state != IntroductionState.ACCEPTED],
)
def test_nothing_is_written_before_both_said_yes(
    session: Session, make_member: MakeMember, state: IntroductionState
) -> None:
    closed = add_introduction(session, make_member(), make_member(), state=state)
    with pytest.raises(DomainError, match="conversation-closed"):
        write(session, closed, closed.seeker, "Hello", "k")
    with pytest.raises(DomainError, match="conversation-closed"):
        note(session, closed, closed.seeker)


def test_reading_clears_only_ones_own_unread(
    session: Session, contact: Introduction
) -> None:
    write(session, contact, contact.seeker, "Hello", "1")
    write(session, contact, contact.candidate, "Hello back", "2")
    for profile in (contact.seeker, contact.candidate):
        count = session.scalar(select(conversations.count_unread(profile.id)))
        assert count == 1
    conversations.mark_read(session, contact.id, contact.candidate_id)
    assert session.scalar(select(conversations.count_unread(contact.candidate_id))) == 0
    assert session.scalar(select(conversations.count_unread(contact.seeker_id))) == 1


def test_the_inbox_shows_the_last_word_and_what_is_unread(
    session: Session, contact: Introduction, make_member: MakeMember
) -> None:
    quiet = add_introduction(session, contact.seeker, make_member(name="Dina"))
    write(session, contact, contact.candidate, "First", "1")
    write(session, contact, contact.candidate, "Second", "2")
    found = threads.list_threads(session, contact.seeker_id)
    assert {thread.partner.full_name for thread in found} == {"Chen", "Dina"}
    busy = next(t for t in found if t.public_id == contact.public_id)
    assert busy.last is not None
    assert (busy.last.text, busy.unread) == ("Second", 2)
    assert next(t for t in found if t.public_id == quiet.public_id).last is None


def test_a_private_follow_up_stays_with_its_author(
    session: Session, contact: Introduction
) -> None:
    note(session, contact, contact.seeker, what="He hesitates", form_key="1")
    note(
        session,
        contact,
        contact.seeker,
        what="We agreed on samples",
        shared=True,
        form_key="2",
    )
    told = ledger.list_follow_ups(session, contact.id, contact.candidate_id)
    assert [one.what for one in told] == ["We agreed on samples"]
    assert len(ledger.list_follow_ups(session, contact.id, contact.seeker_id)) == 2


def test_a_newer_follow_up_finishes_the_earlier_step(
    session: Session, contact: Introduction
) -> None:
    note(
        session,
        contact,
        contact.seeker,
        next_step="Send samples",
        due_on=TODAY,
        form_key="1",
    )
    note(session, contact, contact.seeker, next_step="Call again", form_key="2")
    steps = ledger.list_follow_ups(session, contact.id, contact.seeker_id)
    assert {one.next_step: one.done_at is not None for one in steps} == {
        "Send samples": True,
        "Call again": False,
    }


def test_what_has_not_happened_cannot_be_noted(
    session: Session, contact: Introduction
) -> None:
    with pytest.raises(DomainError, match="date-future"):
        note(session, contact, contact.seeker, happened_on=TODAY + timedelta(days=3))
    with pytest.raises(DomainError, match="date-far"):
        note(session, contact, contact.seeker, due_on=TODAY.replace(year=2190))


def test_a_message_names_who_is_to_read_it(
    session: Session, contact: Introduction
) -> None:
    write(session, contact, contact.candidate, "你好", "1")
    message = session.scalars(select(Message)).one()
    assert (message.author_id, message.recipient_id) == (
        contact.candidate_id,
        contact.seeker_id,
    )


def test_nobody_finishes_the_step_of_another(
    session: Session, contact: Introduction
) -> None:
    note(session, contact, contact.seeker, next_step="Send samples")
    step = ledger.list_follow_ups(session, contact.id, contact.seeker_id)[0]
    with pytest.raises(DomainError, match="introduction-unknown"):
        ledger.finish_step(session, contact.candidate_id, step.public_id, done=True)
    ledger.finish_step(session, contact.seeker_id, step.public_id, done=True)
    assert step.done_at is not None
