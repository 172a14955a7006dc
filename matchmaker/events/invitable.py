"""Whom an organiser may invite, and how far those invited have come. Reads only."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import Session, joinedload

from matchmaker.events.models import Attendance, Event, EventGroup
from matchmaker.events.roster import Seed
from matchmaker.profiles.models import Opportunity, Profile, ProfileStatus


@dataclass(frozen=True, slots=True)
class Filters:
    """Whom to list; None and "" do not filter."""

    country: str = ""
    group: str = ""
    question: bool | None = None
    item: bool | None = None


@dataclass(frozen=True, slots=True)
class Invitable:
    """Somebody who could be invited, with what the choice depends on."""

    profile_id: int
    public_id: str
    full_name: str
    latin_name: str
    organisation: str
    country: str
    locale: str
    has_question: bool
    has_item: bool


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the people of an event's lists have come."""

    drafts: int
    without_address: int
    waiting: int
    sent: int
    reminded: int
    claimed: int
    erased: int
    first_erasure: datetime | None


def list_invitable(
    session: Session, event: Event, filters: Filters | None = None
) -> list[Invitable]:
    """Return the drafts of an event that have an address, by name."""
    filters = filters or Filters()
    asks = Attendance.question != ""
    has_item = exists().where(Opportunity.profile_id == Profile.id)
    people = (
        _drafts(event.id)
        .where(Seed.email != "")
        .with_only_columns(Profile, Seed.locale, asks, has_item)
        .options(joinedload(Profile.organisation))
        .order_by(Profile.full_name, Profile.id)
    )
    if filters.country:
        people = people.where(Profile.country == filters.country)
    if filters.group:
        group = select(EventGroup.id).where(
            EventGroup.event_id == event.id, EventGroup.public_id == filters.group
        )
        people = people.where(Attendance.group_id.in_(group))
    if filters.question is not None:
        people = people.where(asks if filters.question else ~asks)
    if filters.item is not None:
        people = people.where(has_item if filters.item else ~has_item)
    return [
        Invitable(
            profile_id=profile.id,
            public_id=profile.public_id,
            full_name=profile.full_name,
            latin_name=profile.latin_name,
            organisation=profile.organisation_name,
            country=profile.country,
            locale=locale,
            has_question=bool(question),
            has_item=bool(item),
        )
        for profile, locale, question, item in session.execute(people)
    ]


def _drafts(event_id: int) -> Select[Any]:
    return (
        select(Profile)
        .join(Seed, Seed.profile_id == Profile.id)
        .join(
            Attendance,
            (Attendance.profile_id == Profile.id)
            & (Attendance.event_id == Seed.event_id),
        )
        .where(Seed.event_id == event_id, Profile.status == ProfileStatus.DRAFT)
    )


def count_progress(session: Session, event: Event) -> Progress:
    """Return how far an event's people have come."""

    def count(*conditions: ColumnElement[bool]) -> ColumnElement[int]:
        return func.count().filter(*conditions)

    draft = Profile.status == ProfileStatus.DRAFT
    invited = Profile.status == ProfileStatus.INVITED
    drafts, bare, waiting, sent, reminded, first = session.execute(
        select(
            count(draft, Seed.email != ""),
            count(draft, Seed.email == ""),
            count(invited, Seed.digest.is_(None)),
            count(invited, Seed.digest.is_not(None)),
            count(invited, Seed.reminded_at.is_not(None)),
            func.min(Seed.created_at).filter(draft),
        )
        .join(Seed.profile)
        .where(Seed.event_id == event.id)
    ).one()
    claimed, erased = session.execute(
        select(
            count(Profile.user_id.is_not(None)),
            count(Profile.status == ProfileStatus.ERASED),
        )
        .join(Attendance, Attendance.profile_id == Profile.id)
        .where(Attendance.event_id == event.id, Attendance.batch_id.is_not(None))
    ).one()
    return Progress(drafts, bare, waiting, sent, reminded, claimed, erased, first)
