"""Calendars that read a member's steps at a secret address. Flush, never commit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, contains_eager

from matchmaker.accounts.models import User
from matchmaker.accounts.rules import digest, new_secret
from matchmaker.clock import now
from matchmaker.matching.models import Introduction
from matchmaker.messaging import rules
from matchmaker.messaging.models import CalendarFeed, CancelledStep, FollowUp
from matchmaker.messaging.service import connected_to, partner_of, with_people
from matchmaker.profiles.models import Profile

MOST_STEPS = 2000  # of one calendar; the latest days first


@dataclass(frozen=True, slots=True)
class Step:
    """One dated step as a calendar is to know it; what is over has no words."""

    uid: str
    sequence: int
    day: date
    changed_at: datetime
    cancelled: bool
    name: str = ""
    next_step: str = ""
    note: str = ""
    introduction_id: str = ""


@dataclass(frozen=True, slots=True)
class Agenda:
    """A calendar: whose language it speaks, its steps, when it changed last."""

    locale: str
    steps: Sequence[Step]
    changed_at: datetime


def find_feed(session: Session, profile_id: int) -> CalendarFeed | None:
    """Return the calendar a member opened."""
    return session.scalar(
        select(CalendarFeed).where(CalendarFeed.profile_id == profile_id)
    )


def renew_feed(session: Session, profile_id: int) -> str:
    """Return the secret of a new address; the one before leads nowhere from now on."""
    secret = new_secret()
    feed = find_feed(session, profile_id)
    if feed is None:
        feed = CalendarFeed(profile_id=profile_id, digest=digest(secret))
        try:
            with session.begin_nested():
                session.add(feed)
        except IntegrityError:  # the other press of a double one
            feed = session.scalars(
                select(CalendarFeed).where(CalendarFeed.profile_id == profile_id)
            ).one()
    feed.digest = digest(secret)
    feed.changed_at = now()
    session.flush()
    return secret


def set_notes(session: Session, profile_id: int, *, with_notes: bool) -> None:
    """Let private notes stand in the calendar, or not."""
    feed = find_feed(session, profile_id)
    if feed is not None and feed.with_notes != with_notes:
        feed.with_notes = with_notes
        feed.changed_at = now()
        session.flush()


def close_feed(session: Session, profile_id: int) -> None:
    """Close a member's calendar: its address leads nowhere."""
    session.execute(delete(CalendarFeed).where(CalendarFeed.profile_id == profile_id))


def read_agenda(session: Session, secret: str) -> Agenda | None:
    """Return what stands behind a secret address, if anything does."""
    row = session.execute(
        select(CalendarFeed, User.locale)
        .join(Profile, Profile.id == CalendarFeed.profile_id)
        .join(User, User.id == Profile.user_id)
        .where(CalendarFeed.digest == digest(secret), User.disabled_at.is_(None))
    ).first()
    if row is None:
        return None
    feed: CalendarFeed = row[0]
    steps = [
        *_noted(session, feed.profile_id, with_notes=feed.with_notes),
        *_cancelled(session, feed.profile_id),
    ]
    changed = max([feed.changed_at, *(step.changed_at for step in steps)])
    return Agenda(row[1], steps, changed)


def _noted(session: Session, profile_id: int, *, with_notes: bool) -> list[Step]:
    """Return the steps of a member; those that are done count as cancelled."""
    found = session.scalars(
        select(FollowUp)
        .join(Introduction, Introduction.id == FollowUp.introduction_id)
        .where(
            FollowUp.author_id == profile_id,
            FollowUp.due_on.is_not(None),
            or_(FollowUp.done_at.is_(None), FollowUp.done_at >= _forgotten()),
            connected_to(profile_id),
        )
        .order_by(FollowUp.due_on.desc(), FollowUp.id)
        .limit(MOST_STEPS)
        .options(
            contains_eager(FollowUp.introduction).options(*with_people()),
        )
    )
    return [_step(one, profile_id, with_notes=with_notes) for one in found]


def _step(noted: FollowUp, profile_id: int, *, with_notes: bool) -> Step:
    if noted.due_on is None:
        raise ValueError("a step without a day stands in no calendar")
    return Step(
        uid=noted.public_id,
        sequence=noted.version - 1,
        day=noted.due_on,
        changed_at=noted.changed_at or noted.created_at,
        cancelled=noted.done_at is not None,
        name=partner_of(noted.introduction, profile_id).full_name,
        next_step=noted.next_step,
        note=noted.what if with_notes else "",
        introduction_id=noted.introduction.public_id,
    )


def _cancelled(session: Session, profile_id: int) -> list[Step]:
    gone = session.scalars(
        select(CancelledStep).where(
            CancelledStep.author_id == profile_id,
            CancelledStep.cancelled_at >= _forgotten(),
        )
    )
    return [
        Step(
            uid=one.uid,
            sequence=one.version - 1,
            day=one.due_on,
            changed_at=one.cancelled_at,
            cancelled=True,
        )
        for one in gone
    ]


def forget_cancelled(session: Session) -> int:
    """Erase what calendars had time enough to hear of."""
    result: Any = session.execute(
        delete(CancelledStep).where(CancelledStep.cancelled_at < _forgotten())
    )
    return int(result.rowcount)


def _forgotten() -> datetime:
    return now() - rules.CANCELLED_FOR
