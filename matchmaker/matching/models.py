"""Runs of the model, what they proposed, what was seen, asked and came of it."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, query_expression, relationship

from matchmaker.clock import now
from matchmaker.db import Base, Id, PublicId
from matchmaker.profiles.models import Opportunity, Profile


class DecisionKind(StrEnum):
    """What a seeker said to a proposal, privately."""

    INTERESTED = "interested"
    SAVED = "saved"
    SKIPPED = "skipped"
    NOT_FOR_ME = "not_for_me"


class DecisionReason(StrEnum):
    """Why a proposal was not for somebody."""

    WRONG_SECTOR = "wrong_sector"
    WRONG_MARKET = "wrong_market"
    WRONG_SIZE = "wrong_size"
    ALREADY_KNOWN = "already_known"
    NOT_NOW = "not_now"


class IntroductionState(StrEnum):
    """Life of a request to be introduced; its ways are ``rules.TRANSITIONS``."""

    QUEUED = "queued"
    PENDING = "pending"
    LATER = "later"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    HANDED_OVER = "handed_over"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


#: States in which a pair is not proposed and cannot ask again.
OPEN_STATES = (
    IntroductionState.QUEUED,
    IntroductionState.PENDING,
    IntroductionState.LATER,
    IntroductionState.ACCEPTED,
)


class DeclineReason(StrEnum):
    """Why somebody said no. It is for the model; the seeker never learns it."""

    NOT_NOW = "not_now"
    NOT_RELEVANT = "not_relevant"


class Band(StrEnum):
    """How well a pair fits, in words."""

    STRONG = "strong"
    GOOD = "good"
    POSSIBLE = "possible"


class ModelState(StrEnum):
    """Life of a model version: tried, in force, replaced."""

    CANDIDATE = "candidate"
    LIVE = "live"
    RETIRED = "retired"


class ModelVersion(Base):
    """Weights that proposals are made with, from the prior or learned.

    What was never promoted is a candidate; what was and is not live has retired. Rows
    are kept: proposals and runs name them. The digest is that of weights and
    calibration together where there is a calibration.
    """

    __tablename__ = "model_version"
    __table_args__ = (
        # The database itself refuses a second live version.
        Index(
            "uq__model_version__live",
            "live",
            unique=True,
            sqlite_where=text("live"),
            postgresql_where=text("live"),
        ),
    )

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(unique=True)
    digest: Mapped[str] = mapped_column(comment="SHA-256 of the weights")
    weights: Mapped[dict[str, Any]]
    calibration: Mapped[dict[str, Any] | None] = mapped_column(
        JSON(none_as_null=True), comment="scores to chances; null for the prior"
    )
    metrics: Mapped[dict[str, Any] | None] = mapped_column(
        JSON(none_as_null=True), comment="how it did when it was trained"
    )
    window_from: Mapped[date | None] = mapped_column(
        comment="first day learned from; null for the prior"
    )
    window_to: Mapped[date | None] = mapped_column(comment="last day learned from")
    author: Mapped[str | None] = mapped_column(comment="who trained it")
    note: Mapped[str | None]
    live: Mapped[bool] = mapped_column(default=False)
    promoted_at: Mapped[datetime | None] = mapped_column(
        comment="when it went live last; null if it never did"
    )
    created_at: Mapped[datetime] = mapped_column(default=now)

    @property
    def state(self) -> ModelState:
        """Candidate, live or retired."""
        if self.live:
            return ModelState.LIVE
        return ModelState.RETIRED if self.promoted_at else ModelState.CANDIDATE


class MatchRun(Base):
    """One computation of proposals. Appended, never deleted."""

    __tablename__ = "match_run"

    id: Mapped[Id]
    model_version_id: Mapped[int] = mapped_column(
        ForeignKey("model_version.id", ondelete="RESTRICT")
    )
    kind: Mapped[str] = mapped_column(comment="full, or member for one list")
    seed: Mapped[int]
    members: Mapped[int] = mapped_column(default=0, comment="lists computed")
    started_at: Mapped[datetime] = mapped_column(default=now)
    finished_at: Mapped[datetime | None]


class Proposal(Base):
    """A candidate put before a seeker. Replaced when the seeker's list is."""

    __tablename__ = "proposal"
    __table_args__ = (
        UniqueConstraint("seeker_id", "candidate_id"),
        CheckConstraint("seeker_id <> candidate_id", name="not_self"),
        CheckConstraint("joint BETWEEN 0 AND 1", name="joint_range"),
        Index("ix__proposal__seeker_id_position", "seeker_id", "position"),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    run_id: Mapped[int] = mapped_column(ForeignKey("match_run.id", ondelete="RESTRICT"))
    seeker_id: Mapped[int] = mapped_column(ForeignKey("profile.id", ondelete="CASCADE"))
    candidate_id: Mapped[int] = mapped_column(
        ForeignKey("profile.id", ondelete="CASCADE"), index=True
    )
    position: Mapped[int] = mapped_column(comment="1 is the top of the list")
    rank: Mapped[int] = mapped_column(comment="place by score, before exploration")
    propensity: Mapped[float] = mapped_column(
        comment="probability that the policy shows it there, in (0, 1]"
    )
    fit_for_me: Mapped[float] = mapped_column(comment="in [0, 1]")
    fit_for_them: Mapped[float] = mapped_column(comment="in [0, 1]")
    joint: Mapped[float] = mapped_column(comment="in [0, 1]")
    standing: Mapped[float] = mapped_column(
        server_default="0",
        comment="joint less half of the candidate's hubness",
    )
    band: Mapped[Band]
    reasons: Mapped[dict[str, Any]] = mapped_column(
        comment="reason codes with evidence, best first"
    )
    computed_at: Mapped[datetime] = mapped_column(default=now)
    candidate: Mapped[Profile] = relationship(foreign_keys=candidate_id)
    seeker: Mapped[Profile] = relationship(foreign_keys=seeker_id)
    #: Whether the seeker called the candidate interesting, where a query asks for it.
    interesting: Mapped[bool | None] = query_expression()


class ListState(Base):
    """What a list asks of a newcomer, and what its owner may expect of others."""

    __tablename__ = "list_state"

    profile_id: Mapped[int] = mapped_column(
        ForeignKey("profile.id", ondelete="CASCADE"), primary_key=True
    )
    floor: Mapped[float | None] = mapped_column(
        comment="standing of the last candidate; null while the list has room"
    )
    hubness: Mapped[float] = mapped_column(comment="mean joint score of the nearest")
    requests: Mapped[float] = mapped_column(
        comment="expected requests that reach the member, of the last full run"
    )


class Impression(Base):
    """A proposal that was on a page its seeker saw, once a day and run."""

    __tablename__ = "impression"
    __table_args__ = (
        UniqueConstraint("seeker_id", "candidate_id", "run_id", "shown_on"),
        # The counts of a day are made from its rows alone.
        Index("ix__impression__shown_on", "shown_on"),
    )

    id: Mapped[Id]
    run_id: Mapped[int] = mapped_column(
        ForeignKey("match_run.id", ondelete="RESTRICT"), index=True
    )
    seeker_id: Mapped[int] = mapped_column(ForeignKey("profile.id", ondelete="CASCADE"))
    candidate_id: Mapped[int] = mapped_column(
        ForeignKey("profile.id", ondelete="CASCADE"), index=True
    )
    position: Mapped[int] = mapped_column(comment="1 is the top of the list")
    propensity: Mapped[float] = mapped_column(comment="in (0, 1]")
    joint: Mapped[float] = mapped_column(comment="the score it was shown with")
    kinds: Mapped[str] = mapped_column(
        default="",
        server_default=text("''"),
        comment="codes of the reasons beside it, spaced; empty if not known",
    )
    shown_on: Mapped[date]
    shown_at: Mapped[datetime] = mapped_column(default=now)


class Decision(Base):
    """What a seeker said to a candidate; the other side never learns it."""

    __tablename__ = "decision"
    __table_args__ = (UniqueConstraint("seeker_id", "candidate_id"),)

    id: Mapped[Id]
    seeker_id: Mapped[int] = mapped_column(ForeignKey("profile.id", ondelete="CASCADE"))
    candidate_id: Mapped[int] = mapped_column(
        ForeignKey("profile.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[DecisionKind]
    reason: Mapped[DecisionReason | None]
    decided_at: Mapped[datetime] = mapped_column(default=now)
    candidate: Mapped[Profile] = relationship(foreign_keys=candidate_id)


class Introduction(Base):
    """A request to be introduced, and its answer. An accepted one is a contact."""

    __tablename__ = "introduction"
    __table_args__ = (
        CheckConstraint("seeker_id <> candidate_id", name="not_self"),
        Index("ix__introduction__candidate_id_state", "candidate_id", "state"),
        Index("ix__introduction__seeker_id_state", "seeker_id", "state"),
        # What the clock is to move, looked up every second.
        Index("ix__introduction__state_expires_at", "state", "expires_at"),
        # One open or accepted introduction for a pair, whoever asked: the database
        # itself refuses the second of two people who ask at the same moment.
        UniqueConstraint("pair_key"),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    pair_key: Mapped[str | None] = mapped_column(
        comment="low-high profile ids while in an open state, else null"
    )
    seeker_id: Mapped[int] = mapped_column(ForeignKey("profile.id", ondelete="CASCADE"))
    candidate_id: Mapped[int] = mapped_column(
        ForeignKey("profile.id", ondelete="CASCADE")
    )
    seeker_item_id: Mapped[int | None] = mapped_column(
        ForeignKey("opportunity.id", ondelete="SET NULL")
    )
    candidate_item_id: Mapped[int | None] = mapped_column(
        ForeignKey("opportunity.id", ondelete="SET NULL")
    )
    seeker_cites: Mapped[str] = mapped_column(default="", comment="text when asked")
    candidate_cites: Mapped[str] = mapped_column(default="", comment="text when asked")
    note: Mapped[str] = mapped_column(comment="what the receiver reads first")
    lang: Mapped[str]
    original: Mapped[str] = mapped_column(
        default="",
        server_default=text("''"),
        comment="the sender's own words, if the note is in another language",
    )
    original_lang: Mapped[str] = mapped_column(default="", server_default=text("''"))
    state: Mapped[IntroductionState] = mapped_column(default=IntroductionState.PENDING)
    version: Mapped[int] = mapped_column(default=1)
    run_id: Mapped[int | None] = mapped_column(
        ForeignKey("match_run.id", ondelete="SET NULL"),
        comment="the run that proposed the pair, if one did",
    )
    asked_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None] = mapped_column(
        comment="when a queued request came before the receiver; null: when asked"
    )
    returns_at: Mapped[datetime | None] = mapped_column(
        comment="when a queued or put off request comes before the receiver"
    )
    reminded_at: Mapped[datetime | None] = mapped_column(
        comment="when the receiver was told that the time to answer ends soon"
    )
    reason: Mapped[DeclineReason | None] = mapped_column(
        comment="of a no; the seeker never learns it"
    )
    form_key: Mapped[str | None] = mapped_column(
        comment="a form sent twice is one request"
    )
    handed_from_id: Mapped[int | None] = mapped_column(
        ForeignKey("introduction.id", ondelete="SET NULL"),
        unique=True,
        comment="the request that a colleague handed over",
    )
    seeker: Mapped[Profile] = relationship(foreign_keys=seeker_id)
    candidate: Mapped[Profile] = relationship(foreign_keys=candidate_id)
    seeker_item: Mapped[Opportunity | None] = relationship(foreign_keys=seeker_item_id)
    candidate_item: Mapped[Opportunity | None] = relationship(
        foreign_keys=candidate_item_id
    )
    handed_from: Mapped["Introduction | None"] = relationship(
        remote_side="Introduction.id"
    )
    outcomes: Mapped[list["Outcome"]] = relationship(
        order_by="Outcome.recorded_at", back_populates="introduction"
    )


class Outcome(Base):
    """What one side says came of an introduction. Sides may disagree."""

    __tablename__ = "outcome"
    __table_args__ = (
        UniqueConstraint("introduction_id", "author_id", "stage"),
        CheckConstraint("stage IN (1, 2)", name="stage_known"),
    )

    id: Mapped[Id]
    introduction_id: Mapped[int] = mapped_column(
        ForeignKey("introduction.id", ondelete="CASCADE")
    )
    author_id: Mapped[int] = mapped_column(
        ForeignKey("profile.id", ondelete="CASCADE"), index=True
    )
    stage: Mapped[int] = mapped_column(comment="1 soon after, 2 at about six months")
    value: Mapped[str] = mapped_column(comment="a step of the stage's scale")
    recorded_at: Mapped[datetime] = mapped_column(default=now)
    introduction: Mapped[Introduction] = relationship(back_populates="outcomes")
