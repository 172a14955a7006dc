"""Conversations on both databases: told once, read marks, drafts, search, the poll."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matchmaker.errors import DomainError
from matchmaker.matching.models import Introduction
from matchmaker.messaging import conversations, drafts, finding, threads
from matchmaker.messaging.models import Message, MessageDraft
from matchmaker.notices.models import NoticeKind, Notification
from matchmaker.profiles.models import Profile
from matchmaker.trust import blocks
from tests.conftest import MakeMember, add_introduction

BEGIN = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)


@pytest.fixture
def contact(session: Session, make_member: MakeMember) -> Introduction:
    """Give two people who are introduced."""
    return add_introduction(session, make_member(name="Anna"), make_member(name="Chen"))


def write(
    session: Session, contact: Introduction, author: Profile, text: str, key: str = ""
) -> None:
    conversations.write_message(
        session, contact, author.id, text=text, lang="en", form_key=key
    )


def notices(session: Session, reader: Profile) -> list[Notification]:
    return list(
        session.scalars(
            select(Notification).where(
                Notification.user_id == reader.user_id,
                Notification.kind == NoticeKind.MESSAGE,
            )
        )
    )


def test_a_reader_is_told_once_until_they_look_and_never_the_text(
    session: Session, contact: Introduction
) -> None:
    for number in range(3):
        write(session, contact, contact.seeker, f"secret words {number}")
    told = notices(session, contact.candidate)
    assert [one.code for one in told] == ["message"]
    assert "secret" not in str(told[0].context)
    assert told[0].context["name"] == "Anna"
    conversations.mark_read(session, contact.id, contact.candidate_id)
    write(session, contact, contact.seeker, "more")
    assert len(notices(session, contact.candidate)) == 2
    assert notices(session, contact.seeker) == []


def test_a_form_sent_twice_tells_once(session: Session, contact: Introduction) -> None:
    for _ in range(2):
        write(session, contact, contact.seeker, "Hello", "k")
        conversations.mark_read(session, contact.id, contact.candidate_id)
    assert len(notices(session, contact.candidate)) == 1


def test_a_long_conversation_is_read_in_pages(
    session: Session, contact: Introduction
) -> None:
    session.add_all(
        Message(
            introduction_id=contact.id,
            author_id=contact.seeker_id,
            recipient_id=contact.candidate_id,
            text=f"line {number}",
            form_key=str(number),
            sent_at=BEGIN + timedelta(minutes=number),
        )
        for number in range(1, 201)
    )
    session.flush()

    def texts(**values: int) -> list[str]:
        rows = threads.list_page(session, contact.id, **values)
        return [row.text for row in rows]

    assert texts(limit=2) == ["line 199", "line 200"]
    assert texts(limit=2, skip=50) == ["line 149", "line 150"]
    found = threads.get_conversation(session, contact.candidate_id, contact.public_id)
    assert (found.total, found.unread) == (200, 200)


def test_what_came_in_after_the_page_was_made_stays_unread(
    session: Session, contact: Introduction
) -> None:
    write(session, contact, contact.seeker, "one")
    shown = threads.list_page(session, contact.id, limit=9)[-1].id
    write(session, contact, contact.seeker, "two")
    reader = contact.candidate_id
    assert conversations.mark_read(session, contact.id, reader, upto=shown) == 1
    assert session.scalar(select(conversations.count_unread(reader))) == 1


def test_an_open_page_learns_what_is_new_and_what_was_seen(
    session: Session, contact: Introduction
) -> None:
    def news(profile: Profile) -> tuple[int, bool]:
        found = threads.find_news(session, profile.id, contact.public_id)
        return found.total, found.seen

    write(session, contact, contact.seeker, "one")
    assert news(contact.seeker) == (1, False)
    conversations.mark_read(session, contact.id, contact.candidate_id)
    assert news(contact.seeker) == (1, True)
    assert news(contact.candidate) == (1, False)
    write(session, contact, contact.seeker, "two")
    assert news(contact.seeker) == (2, False)


def test_a_block_hides_the_conversation_from_both_and_from_the_count(
    session: Session, contact: Introduction
) -> None:
    write(session, contact, contact.seeker, "Please buy my wheat")
    blocks.block(session, contact.candidate_id, contact.seeker_id)
    for profile in (contact.seeker, contact.candidate):
        assert threads.list_threads(session, profile.id) == []
        assert session.scalar(select(conversations.count_unread(profile.id))) == 0
        assert not finding.search_own(session, profile.id, "wheat").hits
        for look in (threads.get_conversation, threads.find_news):
            with pytest.raises(DomainError, match="introduction-unknown"):
                look(session, profile.id, contact.public_id)
    blocks.unblock(session, contact.candidate_id, contact.seeker.public_id)
    assert session.scalar(select(conversations.count_unread(contact.candidate_id))) == 1


def test_a_stranger_finds_no_conversation(
    session: Session, contact: Introduction, make_member: MakeMember
) -> None:
    write(session, contact, contact.seeker, "wheat")
    stranger = make_member(name="Stranger")
    with pytest.raises(DomainError, match="introduction-unknown"):
        threads.get_conversation(session, stranger.id, contact.public_id)
    found = finding.search_own(session, stranger.id, "wheat Anna")
    assert not found.hits
    assert not found.people


def test_a_draft_is_kept_replaced_and_gone_once_it_is_sent(
    session: Session, contact: Introduction
) -> None:
    author = contact.seeker_id

    def keep(text: str, key: str) -> None:
        drafts.save_draft(session, contact.id, author, text=text, form_key=key)

    def kept() -> str:
        return threads.list_threads(session, author)[0].draft

    keep("Dear", "k1")
    keep("Dear Mr Chen", "k1")
    assert kept() == "Dear Mr Chen"
    assert threads.list_threads(session, contact.candidate_id)[0].draft == ""
    write(session, contact, contact.seeker, "Dear Mr Chen!", "k1")
    assert kept() == ""
    keep("Dear Mr Chen", "k1")  # what the script sent just before comes in late
    assert kept() == ""
    keep("And another thing", "k2")
    write(session, contact, contact.seeker, "From my phone", "k3")
    assert kept() == "And another thing"
    keep("   ", "k2")
    assert session.scalar(select(func.count(MessageDraft.id))) == 0


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("вагон", "Сколько стоит ВАГОНЫ зерна?"),
        ("перевозка", "обсудим перевозки в Сиань"),
        ("ёлка", "Елка уже стоит"),
        ("companies", "our company sells wheat"),
        ("价格", "请问小麦的价格是多少"),
        ("email 价格", "请用email告诉我价格"),
        ("mar", "See you in March"),
        ("50%", "50 t of it"),
    ],
)
def test_words_are_found_in_their_forms_and_scripts(
    session: Session, contact: Introduction, query: str, text: str
) -> None:
    write(session, contact, contact.seeker, "another line")
    write(session, contact, contact.candidate, text)
    for profile in (contact.seeker, contact.candidate):
        (hit,) = finding.search_own(session, profile.id, query).hits
        assert (hit.message.text, hit.message.number) == (text, 2)
        assert hit.spans


@pytest.mark.parametrize("query", ["heat", "wheat rice", "%", "_", "🌾", " "])
def test_what_is_not_said_is_not_found(
    session: Session, contact: Introduction, query: str
) -> None:
    write(session, contact, contact.seeker, "We sell wheat_flour")
    found = finding.search_own(session, contact.seeker_id, query)
    assert not found.hits
    assert not found.people


def test_partners_are_found_by_name_and_organisation(
    session: Session, contact: Introduction
) -> None:
    contact.candidate.latin_name = "Chen Wei"
    session.flush()
    for query in ("wei", "chen", "steppe", "che"):
        people = finding.search_own(session, contact.seeker_id, query).people
        assert [one.partner.full_name for one in people] == ["Chen"], query
