"""What the quality page reads: counts by day that the worker keeps exact."""

from datetime import date

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.db import Base


class FunnelCell(Base):
    """How far proposals came that were first shown on one day, of one kind.

    A proposal is counted once: on the day on which its seeker saw this candidate for
    the first time. All that came of it later moves that day's counts.
    """

    __tablename__ = "funnel_cell"
    __table_args__ = (Index("ix__funnel_cell__dimension_day", "dimension", "day"),)

    day: Mapped[date] = mapped_column(primary_key=True)
    dimension: Mapped[str] = mapped_column(
        primary_key=True, comment="of quality_rules.DIMENSIONS"
    )
    value: Mapped[str] = mapped_column(
        primary_key=True, comment="a kind of that dimension; empty: not stated"
    )
    shown: Mapped[int]
    interested: Mapped[int] = mapped_column(comment="or asked")
    asked: Mapped[int] = mapped_column(comment="delivered and not withdrawn")
    due: Mapped[int] = mapped_column(comment="asked, and answered or expired")
    answered: Mapped[int]
    accepted: Mapped[int]
    settled: Mapped[int] = mapped_column(
        comment="accepted, and followed up or 14 days over"
    )
    followed_up: Mapped[int] = mapped_column(comment="within 14 days")
    good: Mapped[int] = mapped_column(comment="a side tells of a good outcome")
    agreed: Mapped[int] = mapped_column(comment="a side tells of an agreement")


class FunnelDay(Base):
    """What the cells of a day were counted from: if it differs, they are old."""

    __tablename__ = "funnel_day"

    day: Mapped[date] = mapped_column(primary_key=True)
    impressions: Mapped[int]
    last_id: Mapped[int] = mapped_column(comment="highest impression.id of the day")
    digest: Mapped[str] = mapped_column(comment="of what came of them, BLAKE2b")


class AnswerTime(Base):
    """Requests of a day by the whole hours until they were answered."""

    __tablename__ = "answer_time"

    day: Mapped[date] = mapped_column(primary_key=True, comment="asked on, in UTC")
    hours: Mapped[int] = mapped_column(
        primary_key=True, autoincrement=False, comment="-1: not answered"
    )
    count: Mapped[int]


class MemberWeek(Base):
    """How often a member was shown and asked in one week."""

    __tablename__ = "member_week"

    week: Mapped[date] = mapped_column(primary_key=True, comment="its Monday")
    profile_id: Mapped[int] = mapped_column(
        ForeignKey("profile.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
        index=True,
    )
    shown: Mapped[int] = mapped_column(comment="impressions as a candidate")
    asked: Mapped[int] = mapped_column(comment="requests received")
