"""What the rules of an event do to its proposals, before they are saved."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased, joinedload

from matchmaker.events.groups import OPEN, Matrix
from matchmaker.events.models import Attendance, Event
from matchmaker.matching.models import Proposal
from matchmaker.profiles.models import Profile

MOST_PEOPLE = 500  # people shown at once; narrower filters show the others


@dataclass(frozen=True, slots=True)
class Effect:
    """What a matrix lets happen among the people of an event.

    Attributes
    ----------
    pairs
        Ordered pairs of people of whom the first may ask the second.
    shown
        Proposals on first pages, between people of the event, that stay.
    bare
        People who have proposals within the event now and would keep none.
    """

    pairs: int
    shown: int
    bare: int


def effect(session: Session, event: Event, matrix: Matrix, *, shown: int) -> Effect:
    """Count what a matrix lets happen; other events that two share are not asked."""
    sizes = Counter(
        session.scalars(
            select(Attendance.group_id).where(Attendance.event_id == event.id)
        )
    )
    everybody = sum(sizes.values())
    pairs = everybody * (everybody - 1)
    for (asking, asked), rule in matrix.items():
        if not rule.allowed:
            same = sizes[asking] if asking == asked else 0
            pairs -= sizes[asking] * sizes[asked] - same
    mine, theirs = aliased(Attendance), aliased(Attendance)
    rows = session.execute(
        select(Proposal.seeker_id, mine.group_id, theirs.group_id)
        .join(mine, mine.profile_id == Proposal.seeker_id)
        .join(theirs, theirs.profile_id == Proposal.candidate_id)
        .where(
            mine.event_id == event.id,
            theirs.event_id == event.id,
            Proposal.position <= shown,
        )
    )
    stay, seekers, served = 0, set(), set()
    for seeker_id, mine_in, theirs_in in rows:
        seekers.add(seeker_id)
        if matrix.get((mine_in or 0, theirs_in or 0), OPEN).allowed:
            stay += 1
            served.add(seeker_id)
    return Effect(pairs, stay, len(seekers - served))


@dataclass(frozen=True, slots=True)
class Filter:
    """Which people of an event are meant."""

    words: str = ""
    country: str = ""
    role: str = ""
    group_id: int | None = None
    without_group: bool = False


def list_people(session: Session, event: Event, wanted: Filter) -> Sequence[Attendance]:
    """Return the people of an event whom a filter lets through, by name."""
    found = (
        select(Attendance)
        .join(Attendance.profile)
        .where(Attendance.event_id == event.id)
        .order_by(Profile.full_name, Attendance.id)
        .options(joinedload(Attendance.profile).joinedload(Profile.organisation))
    )
    if wanted.country:
        found = found.where(Profile.country == wanted.country)
    if wanted.role:
        found = found.where(Attendance.role == wanted.role)
    if wanted.without_group:
        found = found.where(Attendance.group_id.is_(None))
    elif wanted.group_id is not None:
        found = found.where(Attendance.group_id == wanted.group_id)
    words = wanted.words.casefold().split()
    fitting = (
        one
        for one in session.scalars(found)
        if all(word in _text(one) for word in words)
    )
    return list(islice(fitting, MOST_PEOPLE))


def _text(one: Attendance) -> str:
    profile = one.profile
    parts = (profile.full_name, profile.latin_name, profile.organisation_name)
    return " ".join((*parts, profile.job_title, *profile.sectors)).casefold()
