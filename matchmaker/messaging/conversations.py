"""Conversations: messages, read marks, what is unread. Flush, never commit."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from matchmaker.clock import now
from matchmaker.matching.models import Introduction
from matchmaker.messaging import drafts
from matchmaker.messaging.models import Message, MessageDraft
from matchmaker.messaging.service import (
    add_once,
    check_connected,
    check_there,
    partner_of,
)
from matchmaker.notices.models import NoticeKind
from matchmaker.notices.service import notify
from matchmaker.profiles.models import Profile
from matchmaker.trust import holds
from matchmaker.trust.models import Block, HeldText


def list_from(
    session: Session, introduction_id: int, author_id: int, *, limit: int
) -> list[Message]:
    """Return the last messages of one side, oldest first."""
    found = session.scalars(
        select(Message)
        .where(
            Message.introduction_id == introduction_id, Message.author_id == author_id
        )
        .order_by(Message.id.desc())
        .limit(limit)
    )
    return list(found)[::-1]


def mark_read(
    session: Session, introduction_id: int, reader_id: int, *, upto: int | None = None
) -> int:
    """Note that a member has seen the conversation, and tell how much was new.

    ``upto`` is the id of the last message on the page: what came in meanwhile
    stays unread.
    """
    marked = update(Message).where(
        Message.introduction_id == introduction_id,
        Message.recipient_id == reader_id,
        Message.read_at.is_(None),
    )
    if upto is not None:
        marked = marked.where(Message.id <= upto)
    result: Any = session.execute(
        marked.values(read_at=now()).execution_options(synchronize_session=False)
    )
    return int(result.rowcount)


def send_message(  # noqa: PLR0913  each by name
    session: Session,
    introduction: Introduction,
    author_id: int,
    *,
    text: str,
    lang: str,
    form_key: str,
    limits: holds.Limits,
) -> HeldText | None:
    """Add a message, or keep it for a moderator: then return what waits.

    Raises
    ------
    DomainError
        ``conversation-closed``, ``member-gone``.
    """
    check_connected(introduction)
    check_there(introduction, author_id)
    held = holds.check_text(
        session,
        author_id,
        text,
        recipient_id=partner_of(introduction, author_id).id,
        rest={"introduction": introduction.public_id, "lang": lang},
        limits=limits,
    )
    if held is not None:
        drafts.forget(session, introduction.id, author_id, form_key=form_key)
        return held
    write_message(
        session, introduction, author_id, text=text, lang=lang, form_key=form_key
    )
    return None


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
    reader = partner_of(introduction, author_id)
    message = Message(
        introduction_id=introduction.id,
        author_id=author_id,
        recipient_id=reader.id,
        text=text,
        lang=lang,
        form_key=form_key,
    )
    add_once(session, message)
    if form_key:
        drafts.forget(session, introduction.id, author_id, form_key=form_key)
    if message.id is not None:
        _tell(session, introduction, author_id, reader)


def _tell(
    session: Session, introduction: Introduction, author_id: int, reader: Profile
) -> None:
    """Tell the reader once that something is there, until they have looked."""
    author = partner_of(introduction, reader.id)
    last_read = session.scalar(
        select(Message.id)
        .where(
            Message.introduction_id == introduction.id,
            Message.recipient_id != author_id,
            Message.read_at.is_not(None),
        )
        .order_by(Message.id.desc())
        .limit(1)
    )
    try:
        with session.begin_nested():
            notify(
                session,
                reader.user,
                kind=NoticeKind.MESSAGE,
                code="message",
                once_key=f"message:{introduction.public_id}:{last_read or 0}",
                context={
                    "name": author.full_name,
                    "organisation": author.organisation_name,
                    "introduction": introduction.public_id,
                },
            )
    except IntegrityError:
        pass  # another message of the same moment told them


def count_unread(profile_id: Any) -> Any:  # noqa: ANN401  SQL expressions
    """Return a scalar subquery: messages this member has not seen."""
    hidden = exists().where(
        or_(
            and_(Block.blocker_id == profile_id, Block.blocked_id == Message.author_id),
            and_(Block.blocked_id == profile_id, Block.blocker_id == Message.author_id),
        )
    )
    return (
        select(func.count())
        .where(Message.recipient_id == profile_id, Message.read_at.is_(None), ~hidden)
        .scalar_subquery()
    )


def list_tokens() -> dict[str, Callable[[Any], Any]]:
    """Return what a member's pages of messages depend on, as scalar subqueries.

    Beside what the frame of a page counts, introductions and blocks: as long as all
    are the same, nothing was written, seen, or kept as a draft. Each takes the
    expression of the member's profile id.
    """

    def written(profile_id: Any) -> Any:  # noqa: ANN401  SQL expressions
        return _newest(Message.author_id == profile_id)

    def received(profile_id: Any) -> Any:  # noqa: ANN401
        return _newest(Message.recipient_id == profile_id)

    def unseen(profile_id: Any) -> Any:  # noqa: ANN401
        mine = and_(Message.author_id == profile_id, Message.read_at.is_(None))
        return select(func.count()).where(mine).scalar_subquery()

    def draft_count(profile_id: Any) -> Any:  # noqa: ANN401
        mine = MessageDraft.author_id == profile_id
        return select(func.count()).where(mine).scalar_subquery()

    def draft_saved(profile_id: Any) -> Any:  # noqa: ANN401
        mine = MessageDraft.author_id == profile_id
        return select(func.max(MessageDraft.saved_at)).where(mine).scalar_subquery()

    return {
        "talk_written": written,
        "talk_received": received,
        "talk_unseen": unseen,
        "talk_drafts": draft_count,
        "talk_draft_saved": draft_saved,
    }


def _newest(chosen: ColumnElement[bool]) -> Any:  # noqa: ANN401  SQL expressions
    return select(func.max(Message.id)).where(chosen).scalar_subquery()
