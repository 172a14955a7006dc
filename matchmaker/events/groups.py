"""Groups of an event and who may ask whom. Flush, never commit.

A rule is about two people at the same event. Who share several events may ask each
other if one of them lets them; who share none are not touched.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, and_, delete, func, select, update
from sqlalchemy.orm import Session, aliased

from matchmaker.errors import DomainError
from matchmaker.events.models import Attendance, EventGroup, MeetingRule

LONGEST_NAME = 60
MOST_GROUPS = 20


@dataclass(frozen=True, slots=True)
class Rule:
    """What one group may do with another."""

    allowed: bool = True
    quota: int | None = None


OPEN = Rule()
Matrix = Mapping[tuple[int, int], Rule]


@dataclass(frozen=True, slots=True)
class Limits:
    """What binds one member who asks another, by the event that is most generous.

    Attributes
    ----------
    open_limit
        Unanswered requests the member may have out; None for the site's own limit.
    quota, quota_ids
        Requests the member may have open or accepted with these people.
    """

    open_limit: int | None = None
    quota: int | None = None
    quota_ids: frozenset[int] = frozenset()


def list_groups(session: Session, event_id: int) -> list[tuple[EventGroup, int]]:
    """Return the groups of an event with the number of their people, by name."""
    rows = session.execute(
        select(EventGroup, func.count(Attendance.id))
        .outerjoin(Attendance, Attendance.group_id == EventGroup.id)
        .where(EventGroup.event_id == event_id)
        .group_by(EventGroup.id)
        .order_by(EventGroup.name)
    )
    return [(row[0], row[1]) for row in rows]


def get_group(session: Session, event_id: int, public_id: str) -> EventGroup:
    """Return a group of an event.

    Raises
    ------
    DomainError
        ``group-unknown``.
    """
    group = session.scalar(
        select(EventGroup).where(
            EventGroup.event_id == event_id, EventGroup.public_id == public_id
        )
    )
    if group is None:
        raise DomainError("group-unknown", status=404)
    return group


def save_group(
    session: Session,
    event_id: int,
    public_id: str | None,
    *,
    name: str,
    open_limit: int | None,
) -> EventGroup:
    """Create or change a group.

    Raises
    ------
    DomainError
        ``group-unknown``, ``group-name-missing``, ``group-name-taken``,
        ``groups-too-many``.
    """
    name = name.strip()[:LONGEST_NAME]
    if not name:
        raise DomainError("group-name-missing", status=422)
    others = [group for group, _ in list_groups(session, event_id)]
    taken = {one.name.casefold() for one in others if one.public_id != public_id}
    if name.casefold() in taken:
        raise DomainError("group-name-taken", status=422)
    if public_id is None:
        if len(others) >= MOST_GROUPS:
            raise DomainError("groups-too-many", status=422)
        group = EventGroup(event_id=event_id)
        session.add(group)
    else:
        group = get_group(session, event_id, public_id)
    group.name, group.open_limit = name, open_limit
    session.flush()
    return group


def remove_group(session: Session, event_id: int, public_id: str) -> None:
    """Remove a group with its rules; its people stay without one."""
    session.delete(get_group(session, event_id, public_id))
    session.flush()


def assign(
    session: Session,
    event_id: int,
    group: EventGroup | None,
    profile_ids: Sequence[int],
) -> int:
    """Put people of an event into a group, or into none; return how many."""
    changed = session.execute(
        update(Attendance)
        .where(Attendance.event_id == event_id, Attendance.profile_id.in_(profile_ids))
        .values(group_id=group.id if group else None)
    )
    return int(getattr(changed, "rowcount", 0))


def get_matrix(session: Session, event_id: int) -> dict[tuple[int, int], Rule]:
    """Return the rules of an event by the groups who ask and who are asked."""
    rows = session.scalars(
        select(MeetingRule)
        .join(EventGroup, EventGroup.id == MeetingRule.from_group_id)
        .where(EventGroup.event_id == event_id)
    )
    return {
        (row.from_group_id, row.to_group_id): Rule(row.allowed, row.quota)
        for row in rows
    }


def save_matrix(session: Session, event_id: int, matrix: Matrix) -> None:
    """Replace the rules of an event; those that allow everything are left out."""
    own = {group.id for group, _ in list_groups(session, event_id)}
    session.execute(delete(MeetingRule).where(MeetingRule.from_group_id.in_(own)))
    session.add_all(
        MeetingRule(
            from_group_id=asking,
            to_group_id=asked,
            allowed=one.allowed,
            quota=one.quota,
        )
        for (asking, asked), one in matrix.items()
        if {asking, asked} <= own and one != OPEN
    )
    session.flush()


def apart_from(profile_id: int) -> Select[int]:
    """Return who may not be asked by a member, as a SELECT of profile ids."""
    mine, theirs, open_mine, open_theirs = (aliased(Attendance) for _ in range(4))
    forbidding = aliased(MeetingRule)
    let = (
        select(open_theirs.profile_id)
        .join(open_mine, open_mine.event_id == open_theirs.event_id)
        .outerjoin(
            forbidding,
            and_(
                forbidding.from_group_id == open_mine.group_id,
                forbidding.to_group_id == open_theirs.group_id,
                forbidding.allowed.is_(False),
            ),
        )
        .where(open_mine.profile_id == profile_id, forbidding.allowed.is_(None))
    )
    return (
        select(theirs.profile_id)
        .join(mine, mine.event_id == theirs.event_id)
        .join(
            MeetingRule,
            and_(
                MeetingRule.from_group_id == mine.group_id,
                MeetingRule.to_group_id == theirs.group_id,
                MeetingRule.allowed.is_(False),
            ),
        )
        .where(mine.profile_id == profile_id, theirs.profile_id.not_in(let))
    )


def list_apart(session: Session) -> dict[int, set[int]]:
    """Return everybody who may not ask somebody, with whom."""
    closed = session.execute(
        select(MeetingRule.from_group_id, MeetingRule.to_group_id).where(
            MeetingRule.allowed.is_(False)
        )
    )
    forbidden = {(row[0], row[1]) for row in closed}
    if not forbidden:
        return {}
    groups: dict[int, dict[int, int | None]] = defaultdict(dict)
    people: dict[int, set[int]] = defaultdict(set)
    for event_id, group_id, profile_id in session.execute(
        select(Attendance.event_id, Attendance.group_id, Attendance.profile_id)
    ):
        groups[profile_id][event_id] = group_id
        people[group_id or 0].add(profile_id)

    def may(one: int, other: int) -> bool:
        shared = groups[one].keys() & groups[other].keys()
        return any(
            (groups[one][at], groups[other][at]) not in forbidden for at in shared
        )

    apart: dict[int, set[int]] = {}
    for asking, asked in forbidden:
        for one in people[asking]:
            found = {other for other in people[asked] if not may(one, other)}
            if found:
                apart.setdefault(one, set()).update(found)
    return apart


def limits_between(session: Session, asking: int, asked: int) -> Limits | None:
    """Return what binds a member who asks another; None if no event lets them.

    People who share no event, or have no group there, are bound by nothing.
    """
    mine, theirs = aliased(Attendance), aliased(Attendance)
    rows = session.execute(
        select(EventGroup.open_limit, MeetingRule.allowed, MeetingRule.quota)
        .add_columns(theirs.group_id)
        .select_from(mine)
        .join(theirs, theirs.event_id == mine.event_id)
        .outerjoin(EventGroup, EventGroup.id == mine.group_id)
        .outerjoin(
            MeetingRule,
            and_(
                MeetingRule.from_group_id == mine.group_id,
                MeetingRule.to_group_id == theirs.group_id,
            ),
        )
        .where(mine.profile_id == asking, theirs.profile_id == asked)
    ).all()
    if not rows:
        return Limits()
    found: list[Limits] = []
    for open_limit, allowed, quota, group_id in rows:
        if allowed is not False:
            people = _members(session, group_id) if quota else frozenset()
            found.append(Limits(open_limit, quota, people))
    return max(found, key=_generosity, default=None)


def _members(session: Session, group_id: int | None) -> frozenset[int]:
    found = select(Attendance.profile_id).where(Attendance.group_id == group_id)
    return frozenset(session.scalars(found))


def _generosity(limits: Limits) -> tuple[float, float]:
    unbound = float("inf")
    return (
        limits.quota if limits.quota is not None else unbound,
        limits.open_limit if limits.open_limit is not None else unbound,
    )
