"""The queue of people and items that an organiser looks at before they are listed.

Flush, never commit. What a decision means for the lists is in ``admission``.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Select, case, delete, func, or_, select, update
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from matchmaker.clock import now
from matchmaker.errors import DomainError
from matchmaker.events.admission import settle
from matchmaker.events.models import Approval, Attendance, Event, EventStaff, Outcome
from matchmaker.events.rules import IMPORTING
from matchmaker.events.service import get_role
from matchmaker.profiles import revisions
from matchmaker.profiles import service as profiles
from matchmaker.profiles.models import (
    Profile,
    ProfileStatus,
    Revision,
    RevisionState,
)

SHOWN: Final = 100  # people, and as many items, on one page; the oldest first
LONGEST_NOTE: Final = 300  # characters to the member
#: From these ages on somebody who waits is marked.
SLOW: Final = timedelta(days=2)
LATE: Final = timedelta(days=7)
REASONS: Final = ("incomplete", "unfit", "advertising", "doubled", "unlawful", "other")


@dataclass(frozen=True, slots=True)
class WaitingPerson:
    """Somebody who is ready and waits, since when, and whether a no came before."""

    profile: Profile
    since: datetime
    refused: Approval | None


@dataclass(frozen=True, slots=True)
class Decided:
    """What one press of a button did.

    Attributes
    ----------
    approval
        The decision; None when there was nothing left to decide.
    people, items
        Public ids of who and what was decided on.
    changed
        How many were left out because they changed after the page was shown.
    """

    approval: Approval | None
    people: tuple[str, ...]
    items: tuple[str, ...]
    changed: int


def age(since: datetime) -> str:
    """Return ``new``, ``slow`` or ``late`` for a time somebody has waited."""
    waited = now() - since
    if waited >= LATE:
        return "late"
    return "slow" if waited >= SLOW else "new"


def check_may_decide(session: Session, user_id: int, event_id: int) -> None:
    """Refuse who may only look.

    Raises
    ------
    DomainError
        ``event-not-allowed``.
    """
    if get_role(session, user_id, event_id) not in IMPORTING:
        raise DomainError("event-not-allowed", status=403)


def _people(event_id: int) -> Select[Any, Any]:
    """Return who waits at an event: a later edit asks again after a no."""
    return (
        select(Profile, Approval)
        .join(Attendance, Attendance.profile_id == Profile.id)
        .outerjoin(Approval, Approval.id == Attendance.approval_id)
        .where(
            Attendance.event_id == event_id,
            Profile.held,
            Profile.held_since.is_not(None),
            Profile.status == ProfileStatus.CLAIMED,
            or_(
                Attendance.approval_id.is_(None),
                Approval.decided_at < Profile.changed_at,
            ),
        )
    )


def _items(event_id: Any) -> Select[Any]:  # noqa: ANN401  a number or a column
    return (
        select(Revision)
        .join(Revision.profile)
        .join(Attendance, Attendance.profile_id == Profile.id)
        .join(Event, Event.id == Attendance.event_id)
        .where(
            Event.id == event_id,
            Event.checks_items,
            Profile.items_held,
            Profile.status.in_(revisions.LISTED),
            Revision.state == RevisionState.WAITING,
        )
    )


def list_people(
    session: Session, event: Event, *, limit: int | None = SHOWN, lock: bool = False
) -> list[WaitingPerson]:
    """Return the people who wait, the oldest first; ``lock`` lets no edit between."""
    since = case(
        (Approval.id.is_not(None), Profile.changed_at), else_=Profile.held_since
    )
    wanted = (
        _people(event.id)
        .order_by(since, Profile.id)
        .limit(limit)
        .options(
            selectinload(Profile.organisation), selectinload(Profile.opportunities)
        )
    )
    rows = session.execute(wanted.with_for_update(of=Profile) if lock else wanted)
    return [
        WaitingPerson(
            profile, profile.changed_at if no else profile.held_since or now(), no
        )
        for profile, no in rows
    ]


def list_items(
    session: Session, event: Event, *, limit: int | None = SHOWN
) -> Sequence[Revision]:
    """Return the new and changed items that wait, the oldest first."""
    return session.scalars(
        _items(event.id)
        .order_by(Revision.written_at, Revision.id)
        .limit(limit)
        .options(
            contains_eager(Revision.profile).joinedload(Profile.organisation),
            joinedload(Revision.opportunity),
        )
    ).all()


def count_waiting(session: Session, event_id: int) -> tuple[int, int]:
    """Return how many people and how many items wait at an event."""
    people = select(func.count()).select_from(_people(event_id).subquery())
    items = select(func.count()).select_from(_items(event_id).subquery())
    return session.scalar(people) or 0, session.scalar(items) or 0


def decide(  # noqa: PLR0913  each by name
    session: Session,
    event: Event,
    *,
    by: int,
    outcome: Outcome,
    people: Collection[str],
    items: Collection[str],
    shown_at: datetime,
    reason: str = "",
    note: str = "",
) -> Decided:
    """Let people and items in, or refuse them, all at once.

    Who is not in the queue any more is left out; so is who changed after the page
    was shown, because what would be let in is not what was read.

    Raises
    ------
    DomainError
        ``event-not-allowed``; ``approval-reason`` and ``approval-note`` for a refusal
        that says nothing.
    """
    check_may_decide(session, by, event.id)
    note = note.strip()[:LONGEST_NOTE]
    if outcome is Outcome.REFUSED:
        _check_reason(reason, note)
    session.execute(select(Event.id).where(Event.id == event.id).with_for_update())
    waiting = [
        one.profile
        for one in list_people(session, event, limit=None, lock=True)
        if one.profile.public_id in people
    ]
    words = [
        one for one in list_items(session, event, limit=None) if one.public_id in items
    ]
    seen = [one for one in waiting if one.changed_at <= shown_at]
    read = [one for one in words if one.written_at <= shown_at]
    changed = len(waiting) + len(words) - len(seen) - len(read)
    if not seen and not read:
        return Decided(None, (), (), changed)
    refused = outcome is Outcome.REFUSED
    approval = Approval(
        event_id=event.id,
        user_id=by,
        outcome=outcome,
        reason=reason if refused else "",
        note=note if refused else "",
    )
    session.add(approval)
    session.flush()
    _decide_people(session, event, approval, seen)
    _decide_items(session, approval, read)
    return Decided(
        approval,
        tuple(one.public_id for one in seen),
        tuple(one.public_id for one in read),
        changed,
    )


def _check_reason(reason: str, note: str) -> None:
    if reason not in REASONS:
        raise DomainError("approval-reason", status=422)
    if reason == "other" and not note:
        raise DomainError("approval-note", status=422)


def _decide_people(
    session: Session, event: Event, approval: Approval, people: Sequence[Profile]
) -> None:
    ids = [one.id for one in people]
    session.execute(
        update(Attendance)
        .where(Attendance.event_id == event.id, Attendance.profile_id.in_(ids))
        .values(approval_id=approval.id)
    )
    settle(session, ids)


def _decide_items(
    session: Session, approval: Approval, words: Sequence[Revision]
) -> None:
    for change in words:
        change.decision = approval.public_id
        if approval.outcome is Outcome.REFUSED:
            change.state = RevisionState.REFUSED
            continue
        revisions.apply(session, change.profile, change)
        profiles.bring_in_line(session, change.profile)
    session.flush()


def find_approval(session: Session, event: Event, public_id: str) -> Approval:
    """Return a decision about people of an event.

    Raises
    ------
    DomainError
        ``approval-unknown``, also once it was undone.
    """
    found = session.scalar(
        select(Approval).where(
            Approval.event_id == event.id, Approval.public_id == public_id
        )
    )
    if found is None:
        raise DomainError("approval-unknown", status=404)
    return found


def undo(session: Session, event: Event, public_id: str, *, by: int) -> int:
    """Put back into the queue whom one decision took out; return how many.

    What was decided anew or written anew since is left as it is.
    """
    check_may_decide(session, by, event.id)
    approval = find_approval(session, event, public_id)
    decided = session.scalars(
        select(Attendance).where(Attendance.approval_id == approval.id)
    ).all()
    ids = [one.profile_id for one in decided]
    for attendance in decided:
        attendance.approval_id = None
    session.flush()
    settle(session, ids, keep_listed=False)
    words = session.scalars(
        select(Revision).where(Revision.decision == public_id)
    ).all()
    back = sum(_put_back(session, change) for change in words)
    session.execute(delete(Approval).where(Approval.id == approval.id))
    session.flush()
    return len(ids) + back


def _put_back(session: Session, change: Revision) -> bool:
    if change.state is RevisionState.REFUSED:
        change.state, change.decision = RevisionState.WAITING, ""
        return True
    if not revisions.take_back(session, change.profile, change):
        return False
    profiles.bring_in_line(session, change.profile)
    return True


def count_by_event(session: Session, user_id: int) -> dict[int, int]:
    """Return, for the events somebody runs, how many people and items wait."""
    found = {}
    runs = select(EventStaff.event_id).where(EventStaff.user_id == user_id)
    checking = select(Event.id).where(Event.id.in_(runs), Event.checks_people)
    for event_id in session.scalars(checking).all():
        found[event_id] = sum(count_waiting(session, event_id))
    return found
