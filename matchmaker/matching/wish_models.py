"""What members wish of their proposals, and searches that stand."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.clock import now
from matchmaker.db import Base, Id, PublicId


class Attribute(StrEnum):
    """What of a candidate a wish is about."""

    COUNTRY = "country"
    LANGUAGE = "language"
    SECTOR = "sector"
    MARKET = "market"
    KIND = "kind"


class Strength(StrEnum):
    """How much a wish counts; no wish means that one does not care."""

    MUST = "must"
    PREFER = "prefer"
    FEWER = "fewer"


class Wish(Base):
    """One lever of a member: who must, should or should rather not be proposed."""

    __tablename__ = "wish"
    __table_args__ = (UniqueConstraint("profile_id", "attribute", "value"),)

    id: Mapped[Id]
    profile_id: Mapped[int] = mapped_column(
        ForeignKey("profile.id", ondelete="CASCADE")
    )
    attribute: Mapped[Attribute]
    value: Mapped[str] = mapped_column(comment="a code; * is any that I have as well")
    strength: Mapped[Strength]
    created_at: Mapped[datetime] = mapped_column(default=now)


class SavedSearch(Base):
    """A search of the directory that stands: who answers it later is told."""

    __tablename__ = "saved_search"
    __table_args__ = (Index("ix__saved_search__due", "looked_at"),)

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    profile_id: Mapped[int] = mapped_column(
        ForeignKey("profile.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str]
    query: Mapped[str] = mapped_column(default="")
    facets: Mapped[dict[str, Any]] = mapped_column(comment="facet: values")
    created_at: Mapped[datetime] = mapped_column(default=now)
    looked_at: Mapped[datetime] = mapped_column(
        default=now, comment="profiles changed before were looked at"
    )


class SearchHit(Base):
    """Somebody who answers a standing search: told once, or there from the start."""

    __tablename__ = "search_hit"
    __table_args__ = (
        UniqueConstraint("search_id", "profile_id"),
        Index("ix__search_hit__search_id_found_at", "search_id", "found_at"),
    )

    id: Mapped[Id]
    search_id: Mapped[int] = mapped_column(
        ForeignKey("saved_search.id", ondelete="CASCADE")
    )
    profile_id: Mapped[int] = mapped_column(
        ForeignKey("profile.id", ondelete="CASCADE"), index=True
    )
    found_at: Mapped[datetime | None] = mapped_column(
        comment="null for those who were there when the search was saved"
    )
