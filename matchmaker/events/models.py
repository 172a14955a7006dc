"""Events, their organisers and attendance."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.accounts.models import User
from matchmaker.clock import now
from matchmaker.db import Base, Id, PublicId
from matchmaker.profiles.models import Profile


class EventKind(StrEnum):
    """What sort of gathering it was."""

    WEBINAR = "webinar"
    MEETING = "meeting"


class StaffRole(StrEnum):
    """What an organiser may do for one event."""

    OWNER = "owner"
    MANAGER = "manager"
    HELPER = "helper"


class Event(Base):
    """A webinar or meeting whose people become a network."""

    __tablename__ = "event"
    __table_args__ = (CheckConstraint("starts_at <= ends_at", name="starts_first"),)

    id: Mapped[Id]
    slug: Mapped[str] = mapped_column(unique=True, comment="its name in addresses")
    names: Mapped[dict[str, Any]] = mapped_column(comment="interface language: name")
    kind: Mapped[EventKind]
    place: Mapped[str] = mapped_column(default="")
    time_zone: Mapped[str] = mapped_column(default="UTC", comment="IANA name")
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    languages: Mapped[list[str]] = mapped_column(default=list)
    checks_people: Mapped[bool] = mapped_column(
        default=False,
        server_default=false(),
        comment="people are looked at before they are listed",
    )
    checks_items: Mapped[bool] = mapped_column(
        default=False,
        server_default=false(),
        comment="and so are their new and changed offers and requests",
    )

    def name(self, locale: str) -> str:
        """Return the name in a language, else in English, else any."""
        names: dict[str, str] = self.names
        return names.get(locale) or names.get("en") or next(iter(names.values()), "")


class EventStaff(Base):
    """Somebody who runs an event."""

    __tablename__ = "event_staff"
    __table_args__ = (UniqueConstraint("event_id", "user_id"),)

    id: Mapped[Id]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), index=True
    )
    role: Mapped[StaffRole]
    user: Mapped[User] = relationship()


class EventGroup(Base):
    """People of an event who are treated alike: buyers, suppliers, sponsors."""

    __tablename__ = "event_group"
    __table_args__ = (
        UniqueConstraint("event_id", "name"),
        CheckConstraint("open_limit > 0", name="limit_positive"),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    name: Mapped[str]
    open_limit: Mapped[int | None] = mapped_column(
        comment="unanswered requests each may have out; null: as the site"
    )


class MeetingRule(Base):
    """Whether people of one group may ask people of another. No row: they may."""

    __tablename__ = "meeting_rule"
    __table_args__ = (CheckConstraint("quota > 0", name="quota_positive"),)

    from_group_id: Mapped[int] = mapped_column(
        ForeignKey("event_group.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    )
    to_group_id: Mapped[int] = mapped_column(
        ForeignKey("event_group.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
        index=True,
    )
    allowed: Mapped[bool] = mapped_column(default=True)
    quota: Mapped[int | None] = mapped_column(
        comment="requests one of them may have open or accepted there; null: any"
    )


class Outcome(StrEnum):
    """What an organiser decided about somebody or something that waited."""

    APPROVED = "approved"
    REFUSED = "refused"


class Approval(Base):
    """One decision of an organiser, on one or many people and items at once.

    Items point to it by its public id, because their table stands in a room below.
    """

    __tablename__ = "approval"

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    event_id: Mapped[int] = mapped_column(
        ForeignKey("event.id", ondelete="CASCADE"), index=True
    )
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL"), comment="who decided"
    )
    outcome: Mapped[Outcome]
    reason: Mapped[str] = mapped_column(default="", comment="code, of a refusal")
    note: Mapped[str] = mapped_column(
        default="", comment="to the member, in the organiser's words"
    )
    decided_at: Mapped[datetime] = mapped_column(default=now)


class Attendance(Base):
    """A participant's part in an event."""

    __tablename__ = "attendance"
    __table_args__ = (UniqueConstraint("event_id", "profile_id"),)

    id: Mapped[Id]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    profile_id: Mapped[int] = mapped_column(
        ForeignKey("profile.id", ondelete="CASCADE"), index=True
    )
    attended: Mapped[bool] = mapped_column(default=True)
    minutes: Mapped[int | None] = mapped_column(comment="minutes present")
    role: Mapped[str] = mapped_column(default="participant")
    question: Mapped[str] = mapped_column(default="", comment="asked at the webinar")
    group_id: Mapped[int | None] = mapped_column(
        ForeignKey("event_group.id", ondelete="SET NULL"), index=True
    )
    batch_id: Mapped[int | None] = mapped_column(
        ForeignKey("import_batch.id", ondelete="SET NULL"),
        index=True,
        comment="the import that brought it, if one did",
    )
    approval_id: Mapped[int | None] = mapped_column(
        ForeignKey("approval.id", ondelete="SET NULL"),
        index=True,
        comment="the last decision on whether the person is listed",
    )
    profile: Mapped[Profile] = relationship()
    event: Mapped[Event] = relationship()
    approval: Mapped[Approval | None] = relationship()
