"""Writing to those of an event's people who are one step short. Flush, never commit.

What leaves is a notice of the kind "event": switches, quiet hours and ways out hold.
Who has not claimed yet is only counted: they are written to by invitations alone.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import Session

from matchmaker.accounts.models import User
from matchmaker.clock import now
from matchmaker.errors import DomainError
from matchmaker.events import invitations
from matchmaker.events.models import Attendance, Event
from matchmaker.events.roster import Seed
from matchmaker.matching.models import Introduction, IntroductionState
from matchmaker.notices.models import NoticeKind, Notification
from matchmaker.notices.service import notify
from matchmaker.profiles.models import Opportunity, Profile, ProfileStatus, Side

WEEK, DAY = timedelta(days=7), timedelta(days=1)
LONGEST_NOTE = 500  # characters an organiser may add


class Segment(StrEnum):
    """People of an event who are one step short; the value is the notice's code."""

    NO_ITEM = "event_no_item"
    NO_REQUEST = "event_no_request"
    PENDING = "event_pending"


@dataclass(frozen=True, slots=True)
class Cap:
    """How many such notices leave; see config.py."""

    per_day: int
    per_week: int


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom a segment reaches now."""

    segment: Segment
    people: int
    #: Those who may be written to now, by the language of their letters.
    locales: dict[str, int]
    #: Left out because they were written to about this event often enough.
    rested: int
    #: Left out because the day's letters of this event are used up.
    over: int

    @property
    def count(self) -> int:
        """How many would be told."""
        return sum(self.locales.values())


@dataclass(frozen=True, slots=True)
class Unclaimed:
    """People who have not answered their invitation, and when they are reminded."""

    people: int
    next_reminder: date | None


def list_reaches(session: Session, event: Event, cap: Cap) -> list[Reach]:
    """Return whom each segment would reach now."""
    return [_reach(session, event, segment, cap) for segment in Segment]


def _reach(session: Session, event: Event, segment: Segment, cap: Cap) -> Reach:
    chosen, rested, over = _choose(session, event, segment, cap)
    return Reach(
        segment=segment,
        people=len(chosen) + rested + over,
        locales=dict(Counter(locale for _user, locale, _waiting in chosen)),
        rested=rested,
        over=over,
    )


def _choose(
    session: Session, event: Event, segment: Segment, cap: Cap
) -> tuple[list[tuple[int, str, int]], int, int]:
    """Return who may be told now, and how many have to rest or are over the day's."""
    people = [
        (row[0], row[1], row[2]) for row in session.execute(_people(event, segment))
    ]
    tired = _tired(session, event, cap)
    fresh = [one for one in people if one[0] not in tired]
    room = _room(session, event, cap)
    return fresh[:room], len(people) - len(fresh), len(fresh[room:])


def _people(event: Event, segment: Segment) -> Select[int, str, int]:
    """Select account, language and count of what waits; the first listed first."""
    waiting = (
        select(func.count())
        .where(
            Introduction.candidate_id == Profile.id,
            Introduction.state == IntroductionState.PENDING,
        )
        .scalar_subquery()
    )
    return (
        select(User.id, User.locale, waiting)
        .join(Profile, Profile.user_id == User.id)
        .join(Attendance, Attendance.profile_id == Profile.id)
        .where(
            Attendance.event_id == event.id,
            Profile.status.in_((ProfileStatus.CLAIMED, ProfileStatus.ACTIVE)),
            User.disabled_at.is_(None),
            _condition(segment, waiting),
        )
        .order_by(User.id)
    )


def _condition(segment: Segment, waiting: ColumnElement[int]) -> ColumnElement[bool]:
    item = exists().where(Opportunity.profile_id == Profile.id)
    if segment is Segment.NO_ITEM:
        return ~item
    if segment is Segment.NO_REQUEST:
        return item & ~item.where(Opportunity.side == Side.REQUEST)
    return waiting > 0


def _told(event: Event, since: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        Notification.kind == NoticeKind.EVENT,
        Notification.code.in_([segment.value for segment in Segment]),
        Notification.about == event.slug,
        Notification.created_at > since,
    )


def _tired(session: Session, event: Event, cap: Cap) -> set[int]:
    """Return who was written to about the event often enough this week."""
    return set(
        session.scalars(
            select(Notification.user_id)
            .where(*_told(event, now() - WEEK))
            .group_by(Notification.user_id)
            .having(func.count() >= cap.per_week)
        )
    )


def _room(session: Session, event: Event, cap: Cap) -> int:
    told = select(func.count()).select_from(Notification)
    today = session.scalar(told.where(*_told(event, now() - DAY))) or 0
    return max(cap.per_day - today, 0)


def write(  # noqa: PLR0913  each by name
    session: Session,
    event: Event,
    segment: Segment,
    *,
    by: int,
    note: str,
    form_key: str,
    cap: Cap,
) -> int:
    """Tell the people of a segment; return how many. A form sent twice tells once.

    Raises
    ------
    DomainError
        ``invite-not-allowed`` for helpers, ``note-long``.
    """
    invitations.check_may_send(session, by, event.id)
    if len(note) > LONGEST_NOTE:
        raise DomainError("note-long", status=422)
    # Two organisers who write at the same moment share one day's letters.
    session.execute(select(Event.id).where(Event.id == event.id).with_for_update())
    once = f"segment:{segment}:{form_key}"
    if session.scalar(
        select(Notification.id).where(
            *_told(event, now() - DAY), Notification.once_key == once
        )
    ):
        return 0
    chosen, _rested, _over = _choose(session, event, segment, cap)
    for user_id, locale, waiting in chosen:
        notify(
            session,
            session.get_one(User, user_id),
            kind=NoticeKind.EVENT,
            code=segment.value,
            context=context_of(event, locale, note=note, waiting=waiting),
            once_key=once,
        )
    session.flush()
    return len(chosen)


def context_of(
    event: Event, locale: str, *, note: str, waiting: int
) -> dict[str, str | int]:
    """Return what a letter of a segment says."""
    return {
        "event": event.slug,
        "event_name": event.name(locale),
        "count": waiting,
        "note": note,
    }


def count_unclaimed(session: Session, event: Event) -> Unclaimed:
    """Return how many have not answered, and the day of the next reminder."""
    people, first = session.execute(
        select(
            func.count(),
            func.min(Seed.invited_at).filter(Seed.reminded_at.is_(None)),
        )
        .join(Seed.profile)
        .where(
            Seed.event_id == event.id,
            Profile.status.in_((ProfileStatus.DRAFT, ProfileStatus.INVITED)),
        )
    ).one()
    if first is None:
        return Unclaimed(people, None)
    due: datetime = first + invitations.REMIND_AFTER
    return Unclaimed(people, max(due, now()).date())
