"""What came of introductions: deals, as each side tells of them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.clock import now
from matchmaker.db import Base, Id


class DealKind(StrEnum):
    """What came of a contact."""

    AGREEMENT = "agreement"
    PROJECT = "project"
    ORDER = "order"
    INVESTMENT = "investment"


class DealValue(StrEnum):
    """How much it is worth, in bands of US dollars or as much in another currency."""

    UNSAID = "unsaid"
    BELOW_10K = "below_10k"
    TO_100K = "to_100k"
    TO_1M = "to_1m"
    ABOVE_1M = "above_1m"


class Deal(Base):
    """What came of an introduction in the eyes of one side. Sides may disagree."""

    __tablename__ = "deal"
    __table_args__ = (UniqueConstraint("introduction_id", "author_id"),)

    id: Mapped[Id]
    introduction_id: Mapped[int] = mapped_column(
        ForeignKey("introduction.id", ondelete="CASCADE")
    )
    author_id: Mapped[int] = mapped_column(
        ForeignKey("profile.id", ondelete="CASCADE"), index=True
    )
    kinds: Mapped[list[str]] = mapped_column(comment="of DealKind, at least one")
    value: Mapped[DealValue] = mapped_column(default=DealValue.UNSAID)
    countries: Mapped[list[str]] = mapped_column(
        default=list, comment="involved, ISO 3166-1 alpha-2"
    )
    recorded_at: Mapped[datetime] = mapped_column(default=now)
