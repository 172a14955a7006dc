"""Making an event, changing it, and who runs it. Flush, never commit."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from anyascii import anyascii
from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from matchmaker.accounts import service as accounts
from matchmaker.errors import DomainError
from matchmaker.events.models import Event, EventKind, EventStaff, StaffRole
from matchmaker.events.service import get_event

LONGEST_SLUG: Final = 60  # characters
TEAM: Final = 20  # people who run one event
#: Words that are pages under /events.
_TAKEN: Final = frozenset({"new"})
_NOT_SLUG: Final = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class EventFacts:
    """What an organiser says of an event."""

    names: dict[str, str]
    kind: EventKind
    place: str
    time_zone: str
    starts_at: datetime
    ends_at: datetime
    languages: list[str]


def get_role(session: Session, user_id: int, event_id: int) -> StaffRole | None:
    """Return what somebody is for an event, None for nobody of its team."""
    return session.scalar(
        select(EventStaff.role).where(
            EventStaff.user_id == user_id, EventStaff.event_id == event_id
        )
    )


def get_run_event(
    session: Session, user_id: int, slug: str, *, roles: frozenset[StaffRole]
) -> Event:
    """Return an event that somebody runs in one of the roles.

    Raises
    ------
    DomainError
        ``event-unknown``, or ``event-not-allowed`` for other roles.
    """
    event = get_event(session, user_id, slug)
    if get_role(session, user_id, event.id) not in roles:
        raise DomainError("event-not-allowed", status=403)
    return event


def create_event(session: Session, user_id: int, facts: EventFacts) -> Event:
    """Add an event with its maker as owner.

    Raises
    ------
    DomainError
        ``event-ends-first``.
    """
    event = Event(slug=_free_slug(session, facts.names))
    _store(event, facts)
    session.add(event)
    session.flush()
    session.add(EventStaff(event_id=event.id, user_id=user_id, role=StaffRole.OWNER))
    session.flush()
    return event


def edit_event(session: Session, event: Event, facts: EventFacts) -> None:
    """Change what an event says; its address stays, links to it are out.

    Raises
    ------
    DomainError
        ``event-ends-first``.
    """
    _store(event, facts)
    session.flush()


def _store(event: Event, facts: EventFacts) -> None:
    if facts.ends_at < facts.starts_at:
        raise DomainError("event-ends-first", status=422)
    event.names = facts.names
    event.kind = facts.kind
    event.place = facts.place
    event.time_zone = facts.time_zone
    event.starts_at = facts.starts_at
    event.ends_at = facts.ends_at
    event.languages = facts.languages


def _free_slug(session: Session, names: dict[str, str]) -> str:
    name = names.get("en") or next(iter(names.values()), "")
    slug = _NOT_SLUG.sub("-", anyascii(name).lower()).strip("-")[:LONGEST_SLUG]
    slug = slug.strip("-") or "event"
    known = session.scalar(select(Event.id).where(Event.slug == slug))
    if known is not None or slug in _TAKEN:
        slug = f"{slug}-{secrets.token_hex(3)}"
    return slug


def list_team(session: Session, event_id: int) -> Sequence[EventStaff]:
    """Return who runs an event, owners first."""
    order = {role: place for place, role in enumerate(StaffRole)}
    staff = session.scalars(
        select(EventStaff)
        .where(EventStaff.event_id == event_id)
        .options(joinedload(EventStaff.user))
    ).all()
    return sorted(staff, key=lambda one: (order[one.role], one.user.email))


def set_role(session: Session, event: Event, email: str, role: StaffRole) -> None:
    """Let a member run an event, or change what they may do.

    Raises
    ------
    DomainError
        ``team-unknown`` for an address without a confirmed account, ``team-full``,
        ``team-last-owner``.
    """
    user = accounts.find_user(session, email.strip().lower())
    if user is None or user.confirmed_at is None or user.disabled_at is not None:
        raise DomainError("team-unknown", status=422)
    found = _find_staff(session, event.id, user.id)
    if found is None:
        team = select(func.count()).where(EventStaff.event_id == event.id)
        if (session.scalar(team) or 0) >= TEAM:
            raise DomainError("team-full")
        session.add(EventStaff(event_id=event.id, user_id=user.id, role=role))
    elif found.role is not role:
        _check_owner_stays(session, event.id, found)
        found.role = role
    session.flush()


def remove_staff(session: Session, event: Event, email: str) -> None:
    """Take somebody off the team; whoever is not on it stays off.

    Raises
    ------
    DomainError
        ``team-last-owner``.
    """
    user = accounts.find_user(session, email.strip().lower())
    found = _find_staff(session, event.id, user.id) if user else None
    if found is not None:
        _check_owner_stays(session, event.id, found)
        session.delete(found)
        session.flush()


def _find_staff(session: Session, event_id: int, user_id: int) -> EventStaff | None:
    # Two owners who take each other off at once must not both succeed.
    session.execute(select(Event.id).where(Event.id == event_id).with_for_update())
    return session.scalar(
        select(EventStaff).where(
            EventStaff.event_id == event_id, EventStaff.user_id == user_id
        )
    )


def _check_owner_stays(session: Session, event_id: int, leaving: EventStaff) -> None:
    if leaving.role is not StaffRole.OWNER:
        return
    others = session.scalar(
        select(func.count()).where(
            EventStaff.event_id == event_id,
            EventStaff.role == StaffRole.OWNER,
            EventStaff.id != leaving.id,
        )
    )
    if not others:
        raise DomainError("team-last-owner")
