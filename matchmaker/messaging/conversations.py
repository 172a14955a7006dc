"""Conversations: messages, read marks and the inbox. Flush, never commit."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, case, func, or_, select, update
from sqlalchemy.orm import Session

from matchmaker.clock import now
from matchmaker.matching.models import Introduction
from matchmaker.messaging.models import Message
from matchmaker.messaging.service import (
    add_once,
    check_connected,
    connected_to,
    partner_of,
    with_people,
)
from matchmaker.profiles.models import Profile


@dataclass(frozen=True, slots=True)
class Thread:
    """One line of the inbox."""

    introduction: Introduction
    partner: Profile
    last: Message | None
    unread: int


def list_messages(session: Session, introduction_id: int) -> list[Message]:
    """Return a conversation, oldest first."""
    return list(
        session.scalars(
            select(Message)
            .where(Message.introduction_id == introduction_id)
            .order_by(Message.id)
        )
    )


def list_messages_after(
    session: Session, introduction_id: int, after: int
) -> list[Message]:
    """Return what was written after the first ``after`` messages."""
    return list_messages(session, introduction_id)[after:]


def mark_read(session: Session, introduction_id: int, reader_id: int) -> None:
    """Note that a member has seen the conversation up to now."""
    session.execute(
        update(Message)
        .where(
            Message.introduction_id == introduction_id,
            Message.recipient_id == reader_id,
            Message.read_at.is_(None),
        )
        .values(read_at=now())
    )


def write_message(  # noqa: PLR0913  each by name
    session: Session,
    introduction: Introduction,
    author_id: int,
    *,
    text: str,
    lang: str,
    form_key: str,
) -> None:
    """Add a message; the same form sent twice adds it once.

    Raises
    ------
    DomainError
        ``conversation-closed``.
    """
    check_connected(introduction)
    message = Message(
        introduction_id=introduction.id,
        author_id=author_id,
        recipient_id=partner_of(introduction, author_id).id,
        text=text,
        lang=lang,
        form_key=form_key,
    )
    add_once(session, message)


def list_threads(session: Session, profile_id: int) -> list[Thread]:
    """Return a member's conversations, the latest first."""
    summary = (
        select(
            Message.introduction_id,
            func.max(Message.id).label("last_id"),
            func.sum(
                case(
                    (
                        and_(
                            Message.recipient_id == profile_id,
                            Message.read_at.is_(None),
                        ),
                        1,
                    ),
                    else_=0,
                )
            ).label("unread"),
        )
        .where(or_(Message.author_id == profile_id, Message.recipient_id == profile_id))
        .group_by(Message.introduction_id)
        .subquery()
    )
    rows = session.execute(
        select(Introduction, Message, summary.c.unread)
        .outerjoin(summary, summary.c.introduction_id == Introduction.id)
        .outerjoin(Message, Message.id == summary.c.last_id)
        .where(connected_to(profile_id))
        .order_by(func.coalesce(Message.sent_at, Introduction.answered_at).desc())
        .options(*with_people())
    )
    return [
        Thread(row[0], partner_of(row[0], profile_id), row[1], row[2] or 0)
        for row in rows
    ]


def count_unread(profile_id: Any) -> Any:  # noqa: ANN401  SQL expressions
    """Return a scalar subquery: messages this member has not seen."""
    return (
        select(func.count())
        .where(Message.recipient_id == profile_id, Message.read_at.is_(None))
        .scalar_subquery()
    )
