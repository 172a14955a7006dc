"""What a member was told, and how they want to be told."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
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


class Rhythm(StrEnum):
    """How often the digest comes."""

    DAILY = "daily"
    WEEKLY = "weekly"
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
    about: Mapped[str | None] = mapped_column(
        index=True,
        comment="public id of what it is about; opening that page marks it as seen",
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


class NoticeSettings(Base):
    """When letters may come to one member, and when the next digest is due.

    Hours are those of a clock where the member is.
    """

    __tablename__ = "notice_settings"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday_range"),
        CheckConstraint("hour BETWEEN 0 AND 23", name="hour_range"),
        CheckConstraint("quiet_from BETWEEN 0 AND 23", name="quiet_from_range"),
        CheckConstraint("quiet_to BETWEEN 0 AND 23", name="quiet_to_range"),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId] = mapped_column(
        comment="names the member in links that end letters"
    )
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), unique=True
    )
    rhythm: Mapped[Rhythm] = mapped_column(default=Rhythm.DAILY)
    weekday: Mapped[int] = mapped_column(
        default=0, comment="of a weekly digest; 0 is Monday"
    )
    hour: Mapped[int] = mapped_column(default=8, comment="of the digest, 0 to 23")
    quiet_from: Mapped[int | None] = mapped_column(
        comment="hour from which letters wait; null: never"
    )
    quiet_to: Mapped[int | None] = mapped_column(comment="hour until which they wait")
    stopped_at: Mapped[datetime | None] = mapped_column(
        comment="since when nothing but letters about the account is sent"
    )
    time_zone: Mapped[str | None] = mapped_column(
        comment="the zone that next_at was reckoned in"
    )
    next_at: Mapped[datetime | None] = mapped_column(
        index=True, comment="when the next digest is due; null: none"
    )
    sent_at: Mapped[datetime | None] = mapped_column(comment="of the last digest")
