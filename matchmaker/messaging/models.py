"""Messages, how far each side has read, and follow-ups."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, UniqueConstraint
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
        UniqueConstraint("author_id", "form_key"),
    )

    id: Mapped[Id]
    introduction_id: Mapped[int] = mapped_column(
        ForeignKey("introduction.id", ondelete="CASCADE")
    )
    author_id: Mapped[int] = mapped_column(ForeignKey("profile.id", ondelete="CASCADE"))
    recipient_id: Mapped[int] = mapped_column(
        ForeignKey("profile.id", ondelete="CASCADE"), index=True
    )
    text: Mapped[str]
    lang: Mapped[str] = mapped_column(default="")
    form_key: Mapped[str] = mapped_column(comment="a form sent twice is one message")
    sent_at: Mapped[datetime] = mapped_column(default=now)
    read_at: Mapped[datetime | None]


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
    introduction: Mapped[Introduction] = relationship()
    author: Mapped[Profile] = relationship()
