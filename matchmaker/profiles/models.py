"""Participants, their organisations, what they offer and ask, and the index."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.accounts.models import User
from matchmaker.clock import now
from matchmaker.db import Base, Id, PublicId


class ProfileStatus(StrEnum):
    """Life of a profile; only active ones are listed and matched."""

    DRAFT = "draft"
    INVITED = "invited"
    CLAIMED = "claimed"
    ACTIVE = "active"
    PAUSED = "paused"
    ERASED = "erased"


class Side(StrEnum):
    """Which way an opportunity points."""

    OFFER = "offer"
    REQUEST = "request"


class Answers(StrEnum):
    """How often somebody answers requests, in words."""

    RARELY = "rarely"
    SOMETIMES = "sometimes"
    USUALLY = "usually"
    ALMOST_ALWAYS = "almost_always"


class Organisation(Base):
    """A company or institution; several people may belong to one."""

    __tablename__ = "organisation"

    id: Mapped[Id]
    name: Mapped[str]
    website: Mapped[str] = mapped_column(default="", comment="http(s) address")
    founded: Mapped[int | None] = mapped_column(comment="year")
    size: Mapped[str] = mapped_column(default="", comment="band: 1, 2-9, 10-49, ...")


class Profile(Base):
    """An entrepreneur as other members see them."""

    __tablename__ = "profile"
    __table_args__ = (
        CheckConstraint("version > 0", name="version_positive"),
        Index("ix__profile__status_changed_at", "status", "changed_at"),
        # Every page asks for the latest change of all: without it a scan of 1 ms.
        Index("ix__profile__changed_at", "changed_at"),
        Index("ix__profile__list_stale_since", "list_stale_since"),
        Index("ix__profile__reach_stale_since", "reach_stale_since"),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL"), unique=True
    )
    organisation_id: Mapped[int | None] = mapped_column(
        ForeignKey("organisation.id", ondelete="SET NULL"), index=True
    )
    status: Mapped[ProfileStatus] = mapped_column(default=ProfileStatus.CLAIMED)
    version: Mapped[int] = mapped_column(default=1, comment="counts edits")
    full_name: Mapped[str] = mapped_column(default="", comment="in its own script")
    latin_name: Mapped[str] = mapped_column(default="")
    job_title: Mapped[str] = mapped_column(default="")
    country: Mapped[str] = mapped_column(default="", comment="ISO 3166-1 alpha-2")
    city: Mapped[str] = mapped_column(default="")
    languages: Mapped[list[str]] = mapped_column(
        default=list, comment="spoken, ISO 639"
    )
    sectors: Mapped[list[str]] = mapped_column(
        default=list, comment="codes of the sector tree, or labels of the member's own"
    )
    markets: Mapped[list[str]] = mapped_column(
        default=list, comment="target countries, ISO 3166-1 alpha-2"
    )
    about: Mapped[str] = mapped_column(default="")
    about_lang: Mapped[str] = mapped_column(default="", comment="ISO 639")
    contacts: Mapped[dict[str, Any]] = mapped_column(
        default=dict, comment="kind: {value, visibility}"
    )
    created_at: Mapped[datetime] = mapped_column(default=now)
    changed_at: Mapped[datetime] = mapped_column(
        default=now, comment="last change that matters for matching"
    )
    list_stale_since: Mapped[datetime | None] = mapped_column(
        comment="own proposals must be computed anew"
    )
    reach_stale_since: Mapped[datetime | None] = mapped_column(
        comment="proposals of others with this candidate must be computed anew"
    )
    held: Mapped[bool] = mapped_column(
        default=False,
        server_default=false(),
        comment="listed only once an organiser lets the person in",
    )
    held_since: Mapped[datetime | None] = mapped_column(
        comment="when a held profile was first ready to be listed"
    )
    items_held: Mapped[bool] = mapped_column(
        default=False,
        server_default=false(),
        comment="new and changed items of a listed profile wait for an organiser",
    )
    weekly_contacts: Mapped[int | None] = mapped_column(
        comment="new requests a week that the member wants at most; null: any number"
    )
    answers: Mapped[Answers | None] = mapped_column(
        comment="how often requests are answered; null below six received"
    )
    user: Mapped[User | None] = relationship()
    organisation: Mapped[Organisation | None] = relationship()
    opportunities: Mapped[list["Opportunity"]] = relationship(
        back_populates="profile",
        cascade="all, delete-orphan",
        order_by="Opportunity.position, Opportunity.id",
        passive_deletes=True,
    )

    @property
    def organisation_name(self) -> str:
        """The organisation's name, or nothing."""
        return self.organisation.name if self.organisation else ""


class Opportunity(Base):
    """One thing a participant offers or asks for."""

    __tablename__ = "opportunity"

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    profile_id: Mapped[int] = mapped_column(
        ForeignKey("profile.id", ondelete="CASCADE"), index=True
    )
    side: Mapped[Side]
    collaboration: Mapped[str] = mapped_column(comment="type, empty if not stated")
    text: Mapped[str]
    lang: Mapped[str] = mapped_column(comment="ISO 639")
    position: Mapped[int] = mapped_column(default=0)
    valid_until: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    profile: Mapped[Profile] = relationship(back_populates="opportunities")


class RevisionState(StrEnum):
    """What became of words that an organiser looks at first."""

    WAITING = "waiting"
    REFUSED = "refused"
    APPLIED = "applied"


class Revision(Base):
    """A new or changed offer or request that is not listed yet.

    What is listed stands in :class:`Opportunity` and nowhere else, so nothing that
    matches, searches or shows has to know of words that wait.
    """

    __tablename__ = "revision"

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    profile_id: Mapped[int] = mapped_column(
        ForeignKey("profile.id", ondelete="CASCADE"), index=True
    )
    opportunity_id: Mapped[int | None] = mapped_column(
        ForeignKey("opportunity.id", ondelete="CASCADE"),
        unique=True,
        comment="what it changes; null for something new",
    )
    side: Mapped[Side]
    collaboration: Mapped[str] = mapped_column(comment="type, empty if not stated")
    text: Mapped[str]
    lang: Mapped[str] = mapped_column(comment="ISO 639")
    valid_until: Mapped[date | None]
    state: Mapped[RevisionState] = mapped_column(default=RevisionState.WAITING)
    written_at: Mapped[datetime] = mapped_column(default=now)
    before: Mapped[dict[str, Any] | None] = mapped_column(
        comment="what an applied change replaced; null for something new"
    )
    decision: Mapped[str] = mapped_column(
        default="", index=True, comment="public id of the organiser's decision"
    )
    profile: Mapped[Profile] = relationship()
    opportunity: Mapped[Opportunity | None] = relationship()


class SearchEntry(Base):
    """One key under which the directory finds a profile.

    Keys are the analyzer's: stems, ``c:`` concepts, ``s:`` sectors of concepts, and
    facets (``f:country:KZ``). Rows change in the transaction of the profile.
    """

    __tablename__ = "search_entry"
    __table_args__ = (Index("ix__search_entry__profile_id", "profile_id"),)

    key: Mapped[str] = mapped_column(primary_key=True)
    profile_id: Mapped[int] = mapped_column(
        ForeignKey("profile.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    )
    weight: Mapped[float] = mapped_column(comment="saturated count, in (0, 1]")
