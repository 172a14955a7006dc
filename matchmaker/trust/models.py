"""Who does not want to meet whom, who looked at whose contacts, and moderation.

Nothing here holds a private text of somebody else, except what a reporter quotes and
what waits for a moderator; both are erased with the people they are about.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.clock import now
from matchmaker.db import Base, Id, PublicId
from matchmaker.profiles.models import Profile, ProfileStatus


class Block(Base):
    """One person wants nothing to do with another; both become invisible."""

    __tablename__ = "block"
    __table_args__ = (
        UniqueConstraint("blocker_id", "blocked_id"),
        CheckConstraint("blocker_id <> blocked_id", name="not_self"),
    )

    id: Mapped[Id]
    blocker_id: Mapped[int] = mapped_column(
        ForeignKey("profile.id", ondelete="CASCADE")
    )
    blocked_id: Mapped[int] = mapped_column(
        ForeignKey("profile.id", ondelete="CASCADE"), index=True
    )
    created_at: Mapped[datetime] = mapped_column(default=now)
    blocked: Mapped[Profile] = relationship(foreign_keys=blocked_id)


class SeenWhere(StrEnum):
    """Where contact details of somebody else were shown or taken from."""

    PAGE = "page"
    CARD = "card"
    EXPORT = "export"


class ContactView(Base):
    """Contact details of one person were given to another; once a day and place."""

    __tablename__ = "contact_view"
    __table_args__ = (UniqueConstraint("viewed_id", "viewer_id", "place", "seen_on"),)

    id: Mapped[Id]
    viewer_id: Mapped[int] = mapped_column(
        ForeignKey("profile.id", ondelete="CASCADE"), index=True
    )
    viewed_id: Mapped[int] = mapped_column(ForeignKey("profile.id", ondelete="CASCADE"))
    place: Mapped[SeenWhere]
    seen_on: Mapped[date] = mapped_column(comment="day in UTC")
    viewer: Mapped[Profile] = relationship(foreign_keys=viewer_id)


class Case(Base):
    """What moderators have to look at about one person; one open case each."""

    __tablename__ = "moderation_case"

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    subject_id: Mapped[int] = mapped_column(
        ForeignKey("profile.id", ondelete="CASCADE"), index=True
    )
    open_key: Mapped[int | None] = mapped_column(
        unique=True, comment="the subject's id while the case is open, else null"
    )
    opened_at: Mapped[datetime] = mapped_column(default=now)
    closed_at: Mapped[datetime | None]
    subject: Mapped[Profile] = relationship()
    reports: Mapped[list["Report"]] = relationship(
        order_by="Report.id", back_populates="case"
    )
    signals: Mapped[list["Signal"]] = relationship(order_by="Signal.id")
    measures: Mapped[list["Measure"]] = relationship(
        order_by="Measure.id", back_populates="case"
    )


class ReportKind(StrEnum):
    """What somebody is reported for."""

    SPAM = "spam"
    FRAUD = "fraud"
    HARASSMENT = "harassment"
    FALSE_IDENTITY = "false_identity"
    OTHER = "other"


class Report(Base):
    """What one member tells the moderators about another."""

    __tablename__ = "report"
    __table_args__ = (UniqueConstraint("case_id", "reporter_id", "about"),)

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    case_id: Mapped[int] = mapped_column(
        ForeignKey("moderation_case.id", ondelete="CASCADE")
    )
    reporter_id: Mapped[int | None] = mapped_column(
        ForeignKey("profile.id", ondelete="SET NULL"), index=True
    )
    kind: Mapped[ReportKind]
    about: Mapped[str] = mapped_column(
        comment="person, or request:<id> or message:<id> with public ids"
    )
    excerpt: Mapped[str] = mapped_column(default="", comment="quoted by the reporter")
    note: Mapped[str] = mapped_column(default="", comment="the reporter's own words")
    created_at: Mapped[datetime] = mapped_column(default=now)
    case: Mapped[Case] = relationship(back_populates="reports")
    reporter: Mapped[Profile | None] = relationship(foreign_keys=reporter_id)


class SignalKind(StrEnum):
    """What the site itself noticed; it punishes nobody by itself."""

    SAME_TEXT = "same_text"
    ALIKE = "alike"
    BURST = "burst"


class Signal(Base):
    """Something about a member that a person should look at."""

    __tablename__ = "signal"
    __table_args__ = (UniqueConstraint("case_id", "kind", "key"),)

    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(
        ForeignKey("moderation_case.id", ondelete="CASCADE")
    )
    kind: Mapped[SignalKind]
    key: Mapped[str] = mapped_column(comment="the same thing is noted once a case")
    other_id: Mapped[int | None] = mapped_column(
        ForeignKey("profile.id", ondelete="CASCADE"),
        index=True,
        comment="whose profile is alike",
    )
    figures: Mapped[dict[str, Any]] = mapped_column(comment="numbers, no texts")
    created_at: Mapped[datetime] = mapped_column(default=now)
    other: Mapped[Profile | None] = relationship()


class MeasureKind(StrEnum):
    """What a moderator decided."""

    DISMISSED = "dismissed"
    WARNED = "warned"
    TEXTS_HELD = "texts_held"
    SUSPENDED = "suspended"


class Measure(Base):
    """One decision about a person, with its reason, and their appeal."""

    __tablename__ = "measure"
    __table_args__ = (
        CheckConstraint(
            "answered_at IS NULL OR appealed_at IS NOT NULL", name="answer_to_appeal"
        ),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    case_id: Mapped[int] = mapped_column(
        ForeignKey("moderation_case.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[MeasureKind]
    reason: Mapped[str] = mapped_column(comment="the person reads it")
    moderator_id: Mapped[int | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL")
    )
    digest: Mapped[str | None] = mapped_column(
        unique=True, comment="SHA-256 of the secret in the link to appeal"
    )
    created_at: Mapped[datetime] = mapped_column(default=now)
    lifted_at: Mapped[datetime | None] = mapped_column(comment="taken back")
    appeal: Mapped[str] = mapped_column(default="", comment="the person's words")
    appealed_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(default="", comment="the person reads it")
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL")
    )
    case: Mapped[Case] = relationship(back_populates="measures")


class Restraint(Base):
    """What a person may not do just now; no row means nothing is held back."""

    __tablename__ = "restraint"

    profile_id: Mapped[int] = mapped_column(
        ForeignKey("profile.id", ondelete="CASCADE"), primary_key=True
    )
    texts_held: Mapped[bool] = mapped_column(default=False, server_default=false())
    status_before: Mapped[ProfileStatus | None] = mapped_column(
        comment="of a suspended person's profile; null if not suspended"
    )


class TextPurpose(StrEnum):
    """What a text was written for."""

    REQUEST = "request"
    MESSAGE = "message"


class SentText(Base):
    """That somebody wrote to somebody, with a sketch that tells equal texts apart.

    The text itself is not here: from the sketch it cannot be read.
    """

    __tablename__ = "sent_text"
    __table_args__ = (
        Index("ix__sent_text__author_id_sent_at", "author_id", "sent_at"),
    )

    id: Mapped[Id]
    author_id: Mapped[int] = mapped_column(ForeignKey("profile.id", ondelete="CASCADE"))
    recipient_id: Mapped[int | None] = mapped_column(
        ForeignKey("profile.id", ondelete="CASCADE"), index=True
    )
    purpose: Mapped[TextPurpose]
    sketch: Mapped[bytes | None] = mapped_column(
        LargeBinary, comment="MinHash of shingles; null for a short text"
    )
    sent_at: Mapped[datetime] = mapped_column(default=now)


class HeldState(StrEnum):
    """Life of a text that waits for a moderator."""

    WAITING = "waiting"
    RELEASED = "released"
    REFUSED = "refused"


class HeldText(Base):
    """A text that a moderator reads before it reaches somebody."""

    __tablename__ = "held_text"
    __table_args__ = (Index("ix__held_text__state_id", "state", "id"),)

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    author_id: Mapped[int] = mapped_column(
        ForeignKey("profile.id", ondelete="CASCADE"), index=True
    )
    recipient_id: Mapped[int | None] = mapped_column(
        ForeignKey("profile.id", ondelete="CASCADE"), index=True
    )
    purpose: Mapped[TextPurpose]
    text: Mapped[str] = mapped_column(comment="emptied when it is decided")
    rest: Mapped[dict[str, Any]] = mapped_column(
        comment="what the room that sends it needs besides"
    )
    recipients: Mapped[int] = mapped_column(
        default=0, comment="people who got the same text; 0: all texts are held"
    )
    state: Mapped[HeldState] = mapped_column(default=HeldState.WAITING)
    reason: Mapped[str] = mapped_column(default="", comment="the author reads it")
    created_at: Mapped[datetime] = mapped_column(default=now)
    decided_at: Mapped[datetime | None]
    moderator_id: Mapped[int | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL")
    )
    author: Mapped[Profile] = relationship(foreign_keys=author_id)
    recipient: Mapped[Profile | None] = relationship(foreign_keys=recipient_id)


class ProfileSketch(Base):
    """A sketch of what somebody offers and looks for, to find copies of profiles."""

    __tablename__ = "profile_sketch"

    profile_id: Mapped[int] = mapped_column(
        ForeignKey("profile.id", ondelete="CASCADE"), primary_key=True
    )
    sketch: Mapped[bytes | None] = mapped_column(
        LargeBinary, comment="MinHash of shingles; null for a short text"
    )
    made_of: Mapped[datetime] = mapped_column(comment="the profile's last change then")
