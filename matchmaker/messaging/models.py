"""Messages, how far each side has read, and follow-ups."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, UniqueConstraint, false
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.clock import now
from matchmaker.db import Base, Id, PublicId
from matchmaker.matching.models import Introduction
from matchmaker.profiles.models import Profile


class ContactKind(StrEnum):
    """How people met after they were introduced."""

    CALL = "call"
    MEETING = "meeting"
    MAIL = "mail"
    VISIT = "visit"
    CHAT = "chat"


class Message(Base):
    """One text in the conversation of an introduction."""

    __tablename__ = "message"
    __table_args__ = (
        Index("ix__message__introduction_id_id", "introduction_id", "id"),
        Index("ix__message__author_id_id", "author_id", "id"),
        Index("ix__message__recipient_id_id", "recipient_id", "id"),
        # Every page counts what its reader has not seen: a handful of all messages.
        Index(
            "ix__message__unread",
            "recipient_id",
            "introduction_id",
            sqlite_where=sql("read_at IS NULL"),
            postgresql_where=sql("read_at IS NULL"),
        ),
        Index(
            "ix__message__unseen",
            "author_id",
            sqlite_where=sql("read_at IS NULL"),
            postgresql_where=sql("read_at IS NULL"),
        ),
        UniqueConstraint("author_id", "form_key"),
    )

    id: Mapped[Id]
    introduction_id: Mapped[int] = mapped_column(
        ForeignKey("introduction.id", ondelete="CASCADE")
    )
    author_id: Mapped[int] = mapped_column(ForeignKey("profile.id", ondelete="CASCADE"))
    recipient_id: Mapped[int] = mapped_column(
        ForeignKey("profile.id", ondelete="CASCADE")
    )
    text: Mapped[str]
    lang: Mapped[str] = mapped_column(default="")
    form_key: Mapped[str] = mapped_column(comment="a form sent twice is one message")
    sent_at: Mapped[datetime] = mapped_column(default=now)
    read_at: Mapped[datetime | None]


class MessageDraft(Base):
    """A text that its author has not sent yet; nobody else ever sees it."""

    __tablename__ = "message_draft"
    __table_args__ = (UniqueConstraint("author_id", "introduction_id"),)

    id: Mapped[Id]
    introduction_id: Mapped[int] = mapped_column(
        ForeignKey("introduction.id", ondelete="CASCADE"), index=True
    )
    author_id: Mapped[int] = mapped_column(ForeignKey("profile.id", ondelete="CASCADE"))
    text: Mapped[str]
    form_key: Mapped[str] = mapped_column(
        comment="of the form it was typed in: sent from two places it is one message"
    )
    saved_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)


class StepOwner(StrEnum):
    """Whose turn it is, seen from who noted the step."""

    ME = "me"
    THEM = "them"
    BOTH = "both"


class FollowUp(Base):
    """A contact that took place, and what is to happen next."""

    __tablename__ = "follow_up"
    __table_args__ = (
        UniqueConstraint("author_id", "form_key"),
        Index("ix__follow_up__author_id_due_on", "author_id", "due_on"),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    introduction_id: Mapped[int] = mapped_column(
        ForeignKey("introduction.id", ondelete="CASCADE"), index=True
    )
    author_id: Mapped[int] = mapped_column(ForeignKey("profile.id", ondelete="CASCADE"))
    kind: Mapped[ContactKind]
    happened_on: Mapped[date]
    what: Mapped[str] = mapped_column(default="")
    next_step: Mapped[str] = mapped_column(default="")
    due_on: Mapped[date | None]
    done_at: Mapped[datetime | None]
    shared: Mapped[bool] = mapped_column(
        default=False, comment="the other side sees it too"
    )
    form_key: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=now)
    planned: Mapped[bool] = mapped_column(
        default=False,
        server_default=false(),
        comment="a next step alone: nothing took place, kind and day say nothing",
    )
    owner: Mapped[StepOwner] = mapped_column(
        default=StepOwner.ME, server_default=StepOwner.ME.value
    )
    version: Mapped[int] = mapped_column(
        default=1,
        server_default="1",
        comment="counts changes; SEQUENCE of the step in calendars is one less",
    )
    edited_at: Mapped[datetime | None] = mapped_column(
        comment="last change of its words or days; null if there was none"
    )
    changed_at: Mapped[datetime | None] = mapped_column(
        comment="last change of anything, done or not included"
    )
    introduction: Mapped[Introduction] = relationship()
    author: Mapped[Profile] = relationship()


class ContactChoice(Base):
    """What one side wants of one contact, seen by nobody else."""

    __tablename__ = "contact_choice"
    __table_args__ = (UniqueConstraint("introduction_id", "profile_id"),)

    id: Mapped[Id]
    introduction_id: Mapped[int] = mapped_column(
        ForeignKey("introduction.id", ondelete="CASCADE")
    )
    profile_id: Mapped[int] = mapped_column(
        ForeignKey("profile.id", ondelete="CASCADE"), index=True
    )
    quiet_since: Mapped[datetime | None] = mapped_column(
        comment="left in peace: no reminders; null if they may come"
    )


class CalendarFeed(Base):
    """The secret address under which a calendar reads a member's steps."""

    __tablename__ = "calendar_feed"

    id: Mapped[Id]
    profile_id: Mapped[int] = mapped_column(
        ForeignKey("profile.id", ondelete="CASCADE"), unique=True
    )
    digest: Mapped[str] = mapped_column(unique=True, comment="SHA-256 of the secret")
    with_notes: Mapped[bool] = mapped_column(
        default=False, comment="private notes stand in the calendar too"
    )
    created_at: Mapped[datetime] = mapped_column(default=now)
    changed_at: Mapped[datetime] = mapped_column(default=now)


class CancelledStep(Base):
    """A dated step that is gone: calendars are told so for a while, without words."""

    __tablename__ = "cancelled_step"

    id: Mapped[Id]
    uid: Mapped[str] = mapped_column(unique=True, comment="public id of its follow-up")
    author_id: Mapped[int] = mapped_column(
        ForeignKey("profile.id", ondelete="CASCADE"), index=True
    )
    due_on: Mapped[date]
    version: Mapped[int] = mapped_column(comment="goes on from the follow-up's")
    cancelled_at: Mapped[datetime] = mapped_column(default=now)
