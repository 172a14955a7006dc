"""What happened with one contact, as one of the two sees it. Reads only."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from matchmaker.events.models import Attendance, Event
from matchmaker.matching.models import Impression, Introduction, Outcome
from matchmaker.messaging.models import FollowUp, Message
from matchmaker.messaging.service import partner_of
from matchmaker.trust.models import ContactView

#: What the timeline can be narrowed to, in the order of the page.
GROUPS = ("notes", "messages", "introduction", "outcome", "details")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: what happened on a day. The template has the sentences."""

    group: str
    code: str
    day: date
    moment: datetime
    told: Mapping[str, Any] = field(default_factory=dict)


def list_entries(
    session: Session,
    introduction: Introduction,
    viewer_id: int,
    *,
    follow_ups: Sequence[FollowUp],
    zone: ZoneInfo,
) -> list[Entry]:
    """Return everything that happened with a contact, the latest first.

    Days are those of the reader's zone. Messages stand as one line a day, without
    their text; what the other side keeps to itself is not here.
    """
    partner_id = partner_of(introduction, viewer_id).id
    entries = [
        *_met(session, viewer_id, partner_id, zone),
        *_proposed(session, viewer_id, partner_id, zone),
        *_asked(introduction, viewer_id, zone),
        *_talked(session, introduction.id, viewer_id, zone),
        *_noted(follow_ups, zone),
        *_came_of_it(session, introduction.id, viewer_id, zone),
        *_looked(session, viewer_id, partner_id),
    ]
    return sorted(entries, key=lambda one: (one.day, one.moment), reverse=True)


def _at(
    group: str, code: str, moment: datetime, zone: ZoneInfo, **told: object
) -> Entry:
    return Entry(group, code, moment.astimezone(zone).date(), moment, told)


def _met(
    session: Session, viewer_id: int, partner_id: int, zone: ZoneInfo
) -> Iterable[Entry]:
    """Return the events at which both were."""
    theirs = aliased(Attendance)
    events = session.scalars(
        select(Event)
        .join(Attendance, Attendance.event_id == Event.id)
        .join(theirs, theirs.event_id == Event.id)
        .where(
            Attendance.profile_id == viewer_id,
            theirs.profile_id == partner_id,
            Attendance.attended,
            theirs.attended,
        )
    )
    for event in events:
        yield _at("introduction", "met", event.starts_at, zone, event=event)


def _proposed(
    session: Session, viewer_id: int, partner_id: int, zone: ZoneInfo
) -> Iterable[Entry]:
    """Return when the other one first stood among one's own proposals."""
    shown_at = session.scalar(
        select(func.min(Impression.shown_at)).where(
            Impression.seeker_id == viewer_id, Impression.candidate_id == partner_id
        )
    )
    if shown_at is not None:
        yield _at("introduction", "proposed", shown_at, zone)


def _asked(
    introduction: Introduction, viewer_id: int, zone: ZoneInfo
) -> Iterable[Entry]:
    mine = introduction.seeker_id == viewer_id
    handed = introduction.handed_from
    yield _at(
        "introduction",
        "asked",
        introduction.asked_at,
        zone,
        mine=mine,
        by_hand=handed.candidate.full_name if handed else "",
        introduction=introduction,
    )
    if introduction.answered_at is not None:
        yield _at(
            "introduction", "accepted", introduction.answered_at, zone, mine=not mine
        )


def _talked(
    session: Session, introduction_id: int, viewer_id: int, zone: ZoneInfo
) -> Iterable[Entry]:
    """Return one line for each day on which messages were written."""
    sent = session.execute(
        select(Message.sent_at, Message.author_id).where(
            Message.introduction_id == introduction_id
        )
    ).all()
    latest: dict[date, datetime] = {}
    mine: Counter[date] = Counter()
    theirs: Counter[date] = Counter()
    for sent_at, author_id in sent:
        day = sent_at.astimezone(zone).date()
        latest[day] = max(latest.get(day, sent_at), sent_at)
        (mine if author_id == viewer_id else theirs)[day] += 1
    for day, moment in latest.items():
        told = {"mine": mine[day], "theirs": theirs[day]}
        yield Entry("messages", "messages", day, moment, told)


def _noted(follow_ups: Sequence[FollowUp], zone: ZoneInfo) -> Iterable[Entry]:
    """Return what was noted, and when steps were done."""
    for noted in follow_ups:
        told = {"noted": noted}
        code = "planned" if noted.planned else "took_place"
        yield Entry("notes", code, noted.happened_on, noted.created_at, told)
        if noted.done_at is not None:
            yield _at("notes", "done", noted.done_at, zone, **told)


def _came_of_it(
    session: Session, introduction_id: int, viewer_id: int, zone: ZoneInfo
) -> Iterable[Entry]:
    """Return what one said came of it; the other side's words stay with them."""
    outcomes = session.scalars(
        select(Outcome).where(
            Outcome.introduction_id == introduction_id, Outcome.author_id == viewer_id
        )
    )
    for said in outcomes:
        yield _at("outcome", "outcome", said.recorded_at, zone, value=said.value)


def _looked(session: Session, viewer_id: int, partner_id: int) -> Iterable[Entry]:
    """Return on which days one saw or took the contact details of the other."""
    views = session.execute(
        select(ContactView.seen_on, ContactView.place).where(
            ContactView.viewer_id == viewer_id, ContactView.viewed_id == partner_id
        )
    ).all()
    places: dict[date, list[str]] = {}
    for seen_on, place in views:
        places.setdefault(seen_on, []).append(place.value)
    for day, found in places.items():
        # Stored as a day, without an hour: it stands below what happened on it.
        moment = datetime.combine(day, time.min, tzinfo=UTC)
        yield Entry("details", "looked", day, moment, {"places": sorted(found)})
