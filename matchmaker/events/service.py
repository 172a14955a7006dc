"""Use cases of events. Flush, never commit; the caller owns the transaction."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from matchmaker.errors import DomainError
from matchmaker.events.models import Attendance, Event, EventStaff, StaffRole
from matchmaker.profiles.models import Profile, ProfileStatus


def list_events(session: Session, user_id: int) -> list[Event]:
    """Return the events somebody runs, the latest first."""
    return list(
        session.scalars(
            select(Event)
            .join(EventStaff, EventStaff.event_id == Event.id)
            .where(EventStaff.user_id == user_id)
            .order_by(Event.starts_at.desc())
        )
    )


def get_event(session: Session, user_id: int, slug: str) -> Event:
    """Return an event that somebody runs.

    Raises
    ------
    DomainError
        ``event-unknown``, also for events of others.
    """
    event = session.scalar(
        select(Event)
        .join(EventStaff, EventStaff.event_id == Event.id)
        .where(EventStaff.user_id == user_id, Event.slug == slug)
    )
    if event is None:
        raise DomainError("event-unknown", status=404)
    return event


def get_role(session: Session, user_id: int, event_id: int) -> StaffRole | None:
    """Return what somebody may do for an event."""
    return session.scalar(
        select(EventStaff.role).where(
            EventStaff.user_id == user_id, EventStaff.event_id == event_id
        )
    )


def list_attendance(
    session: Session, event_id: int, *, limit: int | None = None
) -> Sequence[Attendance]:
    """Return everybody at an event but who was erased, by name."""
    return session.scalars(
        select(Attendance)
        .join(Attendance.profile)
        .where(Attendance.event_id == event_id, Profile.status != ProfileStatus.ERASED)
        .order_by(Profile.full_name, Attendance.id)
        .limit(limit)
        .options(joinedload(Attendance.profile).joinedload(Profile.organisation))
    ).all()


def count_attendance(session: Session, event_id: int) -> int:
    """Return how many people are at an event, without who was erased."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Attendance)
            .join(Attendance.profile)
            .where(
                Attendance.event_id == event_id, Profile.status != ProfileStatus.ERASED
            )
        )
        or 0
    )


def count_statuses(session: Session, event_id: int) -> dict[ProfileStatus, int]:
    """Return how many of an event's people have a profile in each status."""
    rows = session.execute(
        select(Profile.status, func.count())
        .join(Attendance, Attendance.profile_id == Profile.id)
        .where(Attendance.event_id == event_id)
        .group_by(Profile.status)
    )
    return {row[0]: row[1] for row in rows}


def count_countries(session: Session, event_id: int) -> list[tuple[str, int]]:
    """Return how many of an event's people work from each country, most first."""
    rows = session.execute(
        select(Profile.country, func.count())
        .join(Attendance, Attendance.profile_id == Profile.id)
        .where(Attendance.event_id == event_id, Profile.country != "")
        .group_by(Profile.country)
        .order_by(func.count().desc(), Profile.country)
    )
    return [(row[0], row[1]) for row in rows]


def count_run(user_id: Any) -> Any:  # noqa: ANN401  SQL expressions
    """Return a scalar subquery: the number of events somebody runs."""
    return select(func.count()).where(EventStaff.user_id == user_id).scalar_subquery()
