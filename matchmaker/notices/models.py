"""What a member was told, and how they want to be told."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.clock import now
from matchmaker.db import Base, Id, PublicId


class NoticeKind(StrEnum):
    """What a notice is about; each kind has a switch of its own."""

    REQUEST = "request"
    ANSWER = "answer"
    MESSAGE = "message"
    FOLLOW_UP = "follow_up"
    PROPOSALS = "proposals"
    SEARCH = "search"
    EVENT = "event"


class Delivery(StrEnum):
    """How a kind of notice reaches somebody by mail."""

    AT_ONCE = "at_once"
    DIGEST = "digest"
    NEVER = "never"


class Notification(Base):
    """One thing that happened and concerns one member."""

    __tablename__ = "notification"
    __table_args__ = (
        UniqueConstraint("user_id", "once_key"),
        Index("ix__notification__user_id_id", "user_id", "id"),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    kind: Mapped[NoticeKind]
    code: Mapped[str] = mapped_column(comment="which sentence; see notices/texts.py")
    context: Mapped[dict[str, Any]] = mapped_column(
        comment="values of the sentence and of the link; never a message's text"
    )
    once_key: Mapped[str | None] = mapped_column(
        comment="the same thing is told once; null for what may repeat"
    )
    created_at: Mapped[datetime] = mapped_column(default=now)
    seen_at: Mapped[datetime | None] = mapped_column(comment="opened in the site")
    mailed_at: Mapped[datetime | None] = mapped_column(
        comment="put into a letter or a digest; also set where none is wanted"
    )


class NoticeChoice(Base):
    """How one member wants one kind of notice; no row means the default."""

    __tablename__ = "notice_choice"
    __table_args__ = (UniqueConstraint("user_id", "kind"),)

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    kind: Mapped[NoticeKind]
    delivery: Mapped[Delivery]
