"""Pairs drawn for blind review, and what reviewers said of them."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.clock import now
from matchmaker.db import Base, Id, PublicId
from matchmaker.matching.models import Band, ModelVersion
from matchmaker.profiles.models import Profile


class Verdict(StrEnum):
    """What a reviewer says of a pair."""

    GOOD = "good"
    FAIR = "fair"
    BAD = "bad"
    CANNOT_SAY = "cannot_say"


class Source(StrEnum):
    """Where in the model's eyes a pair stood when it was drawn."""

    FIRST = "first"
    LISTED = "listed"
    BELOW = "below"
    UNLISTED = "unlisted"


class ReviewRound(Base):
    """The pairs of one week."""

    __tablename__ = "review_round"

    id: Mapped[Id]
    week: Mapped[date] = mapped_column(unique=True, comment="its Monday")
    model_version_id: Mapped[int] = mapped_column(
        ForeignKey("model_version.id", ondelete="RESTRICT"), index=True
    )
    seed: Mapped[int]
    members: Mapped[int] = mapped_column(comment="listed when it was drawn")
    sizes: Mapped[dict[str, Any]] = mapped_column(
        comment="source: directed pairs of the whole community, estimated"
    )
    drawn_at: Mapped[datetime] = mapped_column(default=now)
    model_version: Mapped[ModelVersion] = relationship()


class ReviewPair(Base):
    """Two people whose match is judged without what the model said of it."""

    __tablename__ = "review_pair"
    __table_args__ = (
        UniqueConstraint("round_id", "seeker_id", "candidate_id"),
        CheckConstraint("seeker_id <> candidate_id", name="not_self"),
        CheckConstraint("chance > 0 AND chance <= 1", name="chance_range"),
        CheckConstraint("joint BETWEEN 0 AND 1", name="joint_range"),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    round_id: Mapped[int] = mapped_column(
        ForeignKey("review_round.id", ondelete="CASCADE")
    )
    seeker_id: Mapped[int] = mapped_column(
        ForeignKey("profile.id", ondelete="CASCADE"), index=True
    )
    candidate_id: Mapped[int] = mapped_column(
        ForeignKey("profile.id", ondelete="CASCADE"), index=True
    )
    source: Mapped[Source]
    band: Mapped[Band]
    joint: Mapped[float] = mapped_column(comment="score when drawn, in [0, 1]")
    same_country: Mapped[bool]
    shared_language: Mapped[bool]
    chance: Mapped[float] = mapped_column(
        comment="probability with which the pair was drawn, in (0, 1]"
    )
    swapped: Mapped[bool] = mapped_column(comment="the candidate stands first")
    round: Mapped[ReviewRound] = relationship()
    seeker: Mapped[Profile] = relationship(foreign_keys=seeker_id)
    candidate: Mapped[Profile] = relationship(foreign_keys=candidate_id)
    labels: Mapped[list["ReviewLabel"]] = relationship(
        back_populates="pair",
        order_by="ReviewLabel.id",
        passive_deletes=True,
    )


class ReviewLabel(Base):
    """One reviewer's word on a pair."""

    __tablename__ = "review_label"
    __table_args__ = (UniqueConstraint("pair_id", "reviewer_id"),)

    id: Mapped[Id]
    pair_id: Mapped[int] = mapped_column(
        ForeignKey("review_pair.id", ondelete="CASCADE")
    )
    reviewer_id: Mapped[int | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL"), index=True
    )
    verdict: Mapped[Verdict]
    note: Mapped[str] = mapped_column(default="")
    settles: Mapped[bool] = mapped_column(
        default=False,
        server_default=false(),
        comment="given where two others disagreed: it decides",
    )
    made_at: Mapped[datetime] = mapped_column(default=now)
    pair: Mapped[ReviewPair] = relationship(back_populates="labels")
