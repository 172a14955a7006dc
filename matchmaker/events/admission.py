"""Who is listed at once and who waits for an organiser. Flush, never commit.

An event may look at its people before they are listed. Who is at several events needs
the yes of one of them, and an event that does not look says yes to everybody. Nobody
who is listed already is taken off because an event begins to look.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from matchmaker.events.models import Approval, Attendance, Event, Outcome
from matchmaker.profiles import revisions
from matchmaker.profiles import service as profiles
from matchmaker.profiles.models import (
    Opportunity,
    Profile,
    ProfileStatus,
    Revision,
    RevisionState,
)

CHUNK: Final = 900  # values of an IN list; SQLite once took no more than 999
#: Whoever is in one of these has an account; drafts are looked at when claimed.
_OWN: Final = (ProfileStatus.CLAIMED, ProfileStatus.ACTIVE, ProfileStatus.PAUSED)


@dataclass(frozen=True, slots=True)
class Says:
    """What one event says of one of its people."""

    checks_people: bool
    checks_items: bool
    outcome: Outcome | None
    decided_at: datetime | None

    def refuses(self, changed_at: datetime) -> bool:
        """Tell whether a refusal stands: a later edit asks anew."""
        return (
            self.outcome is Outcome.REFUSED
            and self.decided_at is not None
            and self.decided_at >= changed_at
        )

    def lets_in(self, changed_at: datetime) -> bool:
        """Tell whether this event wants the person listed."""
        if self.outcome is Outcome.APPROVED:
            return True
        return not self.checks_people and not self.refuses(changed_at)


def settle(
    session: Session, profile_ids: Iterable[int], *, keep_listed: bool = True
) -> int:
    """Hold people, or let go of them, as their events say now; return how many changed.

    Parameters
    ----------
    keep_listed
        Leave those listed who are; False only to undo what listed them.
    """
    changed = 0
    for ids in _chunks(profile_ids):
        said = _list_said(session, ids)
        rows = session.execute(
            select(
                Profile.id,
                Profile.status,
                Profile.changed_at,
                Profile.held,
                Profile.items_held,
            ).where(Profile.id.in_(ids), Profile.status.in_(_OWN))
        ).all()
        for profile_id, status, changed_at, held, items_held in rows:
            says = said[profile_id]
            listed = keep_listed and status in revisions.LISTED
            new = (
                _is_held(says, changed_at, listed=listed),
                bool(says) and all(s.checks_people and s.checks_items for s in says),
            )
            if new != (held, items_held):
                _put(session, profile_id, *new)
                changed += 1
    return changed


def _is_held(says: Sequence[Says], changed_at: datetime, *, listed: bool) -> bool:
    if not says or listed:
        return False
    return not any(one.lets_in(changed_at) for one in says)


def _put(session: Session, profile_id: int, held: bool, items_held: bool) -> None:  # noqa: FBT001
    profile = session.execute(
        select(Profile)
        .where(Profile.id == profile_id)
        .options(selectinload(Profile.opportunities))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one()
    was_held = profile.held
    profile.held, profile.items_held = held, items_held
    listed_words = 0 if items_held else apply_waiting(session, profile)
    if listed_words or was_held != held:
        profiles.bring_in_line(session, profile)
    session.flush()


def apply_waiting(session: Session, profile: Profile) -> int:
    """List all words of a member that wait; return how many. Refused ones stay."""
    waiting = [
        one
        for one in revisions.list_open(session, profile.id)
        if one.state is RevisionState.WAITING
    ]
    for change in waiting:
        revisions.apply(session, profile, change)
    return len(waiting)


def _list_said(session: Session, ids: Sequence[int]) -> dict[int, list[Says]]:
    found: dict[int, list[Says]] = defaultdict(list)
    rows = session.execute(
        select(
            Attendance.profile_id,
            Event.checks_people,
            Event.checks_items,
            Approval.outcome,
            Approval.decided_at,
        )
        .join(Event, Event.id == Attendance.event_id)
        .outerjoin(Approval, Approval.id == Attendance.approval_id)
        .where(Attendance.profile_id.in_(ids))
    )
    for profile_id, people, items, outcome, decided_at in rows:
        # Of an outer join there may be no decision, whatever the column says.
        says = Says(people, items, outcome, decided_at)
        found[profile_id].append(says)
    return found


def _chunks(ids: Iterable[int]) -> Iterator[list[int]]:
    source = iter(ids)
    while part := list(islice(source, CHUNK)):
        yield part


def set_checking(session: Session, event: Event, *, people: bool, items: bool) -> int:
    """Let an event look at its people, and at their items; return who changed.

    Switching off lists everybody who waits and was not refused.
    """
    event.checks_people = people
    event.checks_items = people and items
    session.flush()
    there = select(Attendance.profile_id).where(Attendance.event_id == event.id)
    return settle(session, session.scalars(there).all())


def count_freed(session: Session, event: Event) -> int:
    """Return how many people wait who would be listed if the event did not look."""
    return (
        session.scalar(
            select(func.count(Profile.id))
            .join(Attendance, Attendance.profile_id == Profile.id)
            .where(
                Attendance.event_id == event.id,
                Profile.held,
                Profile.held_since.is_not(None),
                Attendance.approval_id.is_(None),
            )
        )
        or 0
    )


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an organiser said no: the event, a code, and words of the organiser's own."""

    event: Event
    reason: str
    note: str


@dataclass(frozen=True, slots=True)
class Held:
    """What a member is told of a profile that waits."""

    since: datetime | None
    refusals: tuple[Refusal, ...]
    events: tuple[Event, ...]


def find_held(session: Session, profile: Profile) -> Held | None:
    """Return for whom a complete profile waits and who refused it; None if free."""
    if not profile.held or profile.status in revisions.LISTED:
        return None
    rows = session.execute(
        select(Event, Approval)
        .join(Attendance, Attendance.event_id == Event.id)
        .outerjoin(Approval, Approval.id == Attendance.approval_id)
        .where(Attendance.profile_id == profile.id)
        .order_by(Event.starts_at.desc())
    ).all()
    found: list[tuple[Event, Approval | None]] = [(row[0], row[1]) for row in rows]
    refused = [
        Refusal(event, one.reason, one.note)
        for event, one in found
        if one is not None
        and one.outcome is Outcome.REFUSED
        and one.decided_at >= profile.changed_at
    ]
    no = {one.event.id for one in refused}
    waits = tuple(event for event, _one in found if event.id not in no)
    return Held(profile.held_since, tuple(refused), waits)


@dataclass(frozen=True, slots=True)
class HeldWords:
    """Words of a member that are not listed, and why if they were refused."""

    change: Revision
    item: Opportunity | None
    refusal: Refusal | None


def list_held_words(session: Session, profile: Profile) -> list[HeldWords]:
    """Return a member's offers and requests that wait or were refused."""
    found = revisions.list_open(session, profile.id)
    codes = [one.decision for one in found if one.decision]
    decisions = {
        row[0].public_id: Refusal(row[1], row[0].reason, row[0].note)
        for row in session.execute(
            select(Approval, Event)
            .join(Event, Event.id == Approval.event_id)
            .where(Approval.public_id.in_(codes))
        )
    }
    return [
        HeldWords(one, one.opportunity, decisions.get(one.decision)) for one in found
    ]
