"""What time brings to requests: delivered, back again, soon over, over.

Flush, never commit. What is to be done stands in the rows; doing it twice changes
nothing. Rows that somebody works on at this moment are left for the next time.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload

from matchmaker.clock import now
from matchmaker.matching import rules
from matchmaker.matching.models import Introduction, IntroductionState
from matchmaker.matching.states import move, note_answers, tell
from matchmaker.profiles.models import Profile, ProfileStatus

BATCH = 200  # requests moved in one transaction
REMINDER = timedelta(days=1)  # before the time to answer is over
WEEK = timedelta(weeks=1)


def is_due(session: Session) -> bool:
    """Tell whether time has brought anything that is not done yet."""
    moment = now()
    ways = (_over(moment), _back(moment), _queued(moment), _soon_over(moment))
    return bool(session.scalar(select(exists().where(or_(*ways)))))


def move_due(session: Session) -> int:
    """Do what time brings; return how many requests were touched."""
    return (
        deliver_due(session)
        + wake_due(session)
        + remind_due(session)
        + expire_due(session)
    )


def _over(moment: datetime) -> ColumnElement[bool]:
    return and_(
        Introduction.state == IntroductionState.PENDING,
        Introduction.expires_at <= moment,
    )


def _soon_over(moment: datetime) -> ColumnElement[bool]:
    return and_(
        Introduction.state == IntroductionState.PENDING,
        Introduction.expires_at > moment,
        Introduction.expires_at <= moment + REMINDER,
        Introduction.reminded_at.is_(None),
    )


def _back(moment: datetime) -> ColumnElement[bool]:
    return and_(
        Introduction.state == IntroductionState.LATER,
        Introduction.returns_at <= moment,
    )


def _queued(moment: datetime) -> ColumnElement[bool]:
    return and_(
        Introduction.state == IntroductionState.QUEUED,
        Introduction.returns_at <= moment,
    )


def _list_due(session: Session, which: ColumnElement[bool]) -> list[Introduction]:
    """Return requests to move, oldest first, locked where the database locks rows."""
    return list(
        session.scalars(
            select(Introduction)
            .where(which)
            .order_by(Introduction.id)
            .limit(BATCH)
            .with_for_update(skip_locked=True, of=Introduction)
            .options(
                joinedload(Introduction.seeker).joinedload(Profile.user),
                joinedload(Introduction.candidate).joinedload(Profile.user),
            )
            .execution_options(populate_existing=True)
        )
    )


def expire_due(session: Session) -> int:
    """Close the requests whose time to answer is over; never a rejection."""
    over = _list_due(session, _over(now()))
    for introduction in over:
        expire(session, introduction)
    return len(over)


def expire(session: Session, introduction: Introduction) -> None:
    """Close one request whose time is over, and tell the one who asked."""
    if move(session, introduction, IntroductionState.EXPIRED):
        seeker, candidate = introduction.seeker, introduction.candidate
        tell(session, "expired", introduction, to=seeker, about=candidate)
        note_answers(session, candidate.id)


def remind_due(session: Session) -> int:
    """Tell once those who were asked that a day is left to answer."""
    soon = _list_due(session, _soon_over(now()))
    for introduction in soon:
        introduction.reminded_at = now()
        seeker, candidate = introduction.seeker, introduction.candidate
        tell(session, "expiring", introduction, to=candidate, about=seeker)
    session.flush()
    return len(soon)


def wake_due(session: Session) -> int:
    """Put before those who asked for time the requests whose day has come."""
    back = _list_due(session, _back(now()))
    for introduction in back:
        move(session, introduction, IntroductionState.PENDING, reminded_at=None)
        seeker, candidate = introduction.seeker, introduction.candidate
        day = (introduction.returns_at or now()).date().isoformat()
        tell(session, "came_back", introduction, to=candidate, about=seeker, on=day)
    return len(back)


def deliver_due(session: Session) -> int:
    """Deliver the queued requests whose week has come, as far as the pace lets."""
    due = _list_due(session, _queued(now()))
    receivers = {introduction.candidate_id: introduction for introduction in due}
    for introduction in receivers.values():
        requeue(session, introduction.candidate)
    return len(due)


def requeue(session: Session, receiver: Profile) -> None:
    """Bring a member's queue in line with the pace: deliver, or give another week.

    Who pauses gets nothing until a week begins in which they are back.
    """
    zone = zone_of(receiver)
    pace = receiver.weekly_contacts
    received = count_received(session, receiver)
    active = receiver.status is ProfileStatus.ACTIVE
    mine = Introduction.candidate_id == receiver.id
    waiting = _list_due(
        session, and_(mine, Introduction.state == IntroductionState.QUEUED)
    )
    at = 0  # in the queue that stays
    for introduction in waiting:
        if active and (pace is None or received < pace):
            deliver(session, introduction)
            received += 1
            continue
        weeks = at // (pace or 1) + 1
        at += 1
        _return_at(introduction, rules.week_start(now(), zone, weeks=weeks))
    session.flush()


def deliver(session: Session, introduction: Introduction) -> None:
    """Put a queued request before its receiver now."""
    moment = now()
    window = introduction.expires_at - (introduction.returns_at or moment)
    values: dict[str, Any] = {"expires_at": moment + window, "delivered_at": moment}
    if move(session, introduction, IntroductionState.PENDING, **values):
        seeker, candidate = introduction.seeker, introduction.candidate
        tell(session, "asked", introduction, to=candidate, about=seeker)


def _return_at(introduction: Introduction, moment: datetime) -> None:
    window = introduction.expires_at - (introduction.returns_at or moment)
    introduction.returns_at = moment
    introduction.expires_at = moment + window


def zone_of(profile: Profile) -> str:
    """Return the time zone in which somebody's days and weeks begin."""
    return profile.user.time_zone if profile.user else "UTC"


def count_received(session: Session, receiver: Profile) -> int:
    """Return how many requests came before a member this week."""
    since = rules.week_start(now(), zone_of(receiver))
    came = func.coalesce(Introduction.delivered_at, Introduction.asked_at)
    found = session.scalar(
        select(func.count()).where(
            Introduction.candidate_id == receiver.id,
            Introduction.state != IntroductionState.QUEUED,
            came >= since,
        )
    )
    return found or 0


def count_queued(session: Session, receiver_id: int) -> int:
    """Return how many requests wait for a member's next weeks."""
    found = session.scalar(
        select(func.count()).where(
            Introduction.candidate_id == receiver_id,
            Introduction.state == IntroductionState.QUEUED,
        )
    )
    return found or 0
