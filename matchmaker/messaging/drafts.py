"""Texts that were typed and not sent yet: kept until they are. Flush, never commit."""

from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from matchmaker.clock import now
from matchmaker.messaging.models import Message, MessageDraft

LONGEST = 100_000  # characters kept, also of a text that is too long to be sent


def save_draft(
    session: Session,
    introduction_id: int,
    author_id: int,
    *,
    text: str,
    form_key: str,
) -> None:
    """Keep what somebody has typed; an empty text forgets it.

    A script saves by itself, and its last word may come in after the message was
    sent: the draft of a form that was sent is not kept any more.
    """
    if not text.strip():
        forget(session, introduction_id, author_id)
        return
    sent = select(Message.id).where(
        Message.author_id == author_id, Message.form_key == form_key
    )
    if form_key and session.scalar(sent) is not None:
        return
    values = {"text": text[:LONGEST], "form_key": form_key, "saved_at": now()}
    kept: Any = session.execute(
        update(MessageDraft)
        .where(
            MessageDraft.introduction_id == introduction_id,
            MessageDraft.author_id == author_id,
        )
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    if kept.rowcount:
        return
    try:
        with session.begin_nested():
            session.add(
                MessageDraft(
                    introduction_id=introduction_id, author_id=author_id, **values
                )
            )
    except IntegrityError:
        pass  # saved from two places at once: the other one counts


def forget(
    session: Session,
    introduction_id: int,
    author_id: int,
    *,
    form_key: str | None = None,
) -> None:
    """Remove a draft; with a key only the one that was typed in that form."""
    chosen = delete(MessageDraft).where(
        MessageDraft.introduction_id == introduction_id,
        MessageDraft.author_id == author_id,
    )
    if form_key is not None:
        chosen = chosen.where(MessageDraft.form_key == form_key)
    session.execute(chosen.execution_options(synchronize_session=False))
