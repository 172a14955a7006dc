"""From drafts to invitations: who may be invited, letters at a rate, one reminder.

Choosing people only marks them; the worker writes the letters, so many an hour, and
makes the secret of each link at that moment. So a letter that waits for its turn holds
nothing yet, and can be taken back. Flush, never commit.
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session, contains_eager, joinedload

from matchmaker import mail
from matchmaker.accounts.rules import digest
from matchmaker.clock import now
from matchmaker.errors import DomainError
from matchmaker.events.models import Attendance, Event
from matchmaker.events.notice import letter_context, make_notice
from matchmaker.events.roster import Never, Seed
from matchmaker.events.rules import IMPORTING, never_digest
from matchmaker.events.service import get_role
from matchmaker.profiles.models import Profile, ProfileStatus

INVITATION: Final = "invitation"
REMINDER: Final = "reminder"
TEMPLATES: Final = (INVITATION, REMINDER)
REMIND_AFTER: Final = timedelta(days=10)
REMIND_BEFORE: Final = timedelta(days=3)  # no reminder of what is over the day after
CHUNK: Final = 900  # values of an IN list; SQLite once took no more than 999


@dataclass(frozen=True, slots=True)
class Pace:
    """How letters leave; see config.py.

    Attributes
    ----------
    key
        The site's key: secrets and the never-list are bound to it.
    per_hour
        Invitations and reminders of the whole site together.
    days
        How long a link is good, and unclaimed people are kept.
    """

    key: str
    per_hour: int
    days: int


def may_send(session: Session, user_id: int, event_id: int) -> bool:
    """Tell whether somebody may invite the people of an event; helpers look only."""
    return get_role(session, user_id, event_id) in IMPORTING


def check_may_send(session: Session, user_id: int, event_id: int) -> None:
    """Refuse who may not invite.

    Raises
    ------
    DomainError
        ``invite-not-allowed``.
    """
    if not may_send(session, user_id, event_id):
        raise DomainError("invite-not-allowed", status=403)


def get_invitable(session: Session, event: Event, public_id: str) -> Seed:
    """Return one of an event's people with all that a letter says.

    Raises
    ------
    DomainError
        ``profile-unknown``, also for people of other events.
    """
    seed = session.scalar(
        _whole_seeds().where(
            Seed.event_id == event.id, Profile.public_id == public_id, Seed.email != ""
        )
    )
    if seed is None:
        raise DomainError("profile-unknown", status=404)
    return seed


def _whole_seeds() -> Select[Seed]:
    return (
        select(Seed)
        .join(Seed.profile)
        .options(
            contains_eager(Seed.profile).joinedload(Profile.organisation),
            contains_eager(Seed.profile).selectinload(Profile.opportunities),
            joinedload(Seed.event),
        )
    )


def invite(
    session: Session, event: Event, public_ids: Iterable[str], *, by: int, key: str
) -> int:
    """Mark people of an event for the worker to write to; return how many.

    Who has no address, asked never to be written to, or is invited already is left
    out, and so is everybody of another event.

    Raises
    ------
    DomainError
        ``invite-not-allowed`` for helpers.
    """
    check_may_send(session, by, event.id)
    wanted = list(dict.fromkeys(public_ids))
    count = 0
    for start in range(0, len(wanted), CHUNK):
        part = wanted[start : start + CHUNK]
        rows = session.execute(
            select(Seed.profile_id, Seed.email)
            .join(Seed.profile)
            .where(
                Seed.event_id == event.id,
                Seed.email != "",
                Profile.public_id.in_(part),
                Profile.status == ProfileStatus.DRAFT,
            )
            .with_for_update(of=Seed)
        )
        ids = [row[0] for row in rows if not is_never(session, key, row[1])]
        _set_status(session, ids, ProfileStatus.INVITED)
        count += len(ids)
    return count


def stop_waiting(session: Session, event: Event, *, by: int) -> int:
    """Take back the invitations of an event that have not been written yet."""
    check_may_send(session, by, event.id)
    ids = list(
        session.scalars(
            _waiting()
            .where(Seed.event_id == event.id)
            .with_only_columns(Seed.profile_id)
            .with_for_update(of=Seed)
        )
    )
    _set_status(session, ids, ProfileStatus.DRAFT)
    return len(ids)


def _set_status(session: Session, ids: list[int], status: ProfileStatus) -> None:
    for start in range(0, len(ids), CHUNK):
        session.execute(
            update(Profile)
            .where(Profile.id.in_(ids[start : start + CHUNK]))
            .values(status=status)
        )


def is_never(session: Session, key: str, email: str) -> bool:
    """Tell whether an address asked never to be written to."""
    return session.get(Never, never_digest(key, email)) is not None


# What the worker does --------------------------------------------------------


def is_letter_due(session: Session) -> bool:
    """Tell whether somebody waits for an invitation or a reminder."""
    waiting = session.scalar(_waiting().with_only_columns(Seed.profile_id).limit(1))
    if waiting is not None:
        return True
    forgetful = _forgetful().with_only_columns(Seed.profile_id).limit(1)
    return session.scalar(forgetful) is not None


def _waiting() -> Select[Seed]:
    return _whole_seeds().where(
        Profile.status == ProfileStatus.INVITED,
        Seed.digest.is_(None),
        Seed.email != "",
    )


def _forgetful() -> Select[Seed]:
    moment = now()
    return _whole_seeds().where(
        Profile.status == ProfileStatus.INVITED,
        Seed.digest.is_not(None),
        Seed.reminded_at.is_(None),
        Seed.invited_at <= moment - REMIND_AFTER,
        Seed.expires_at > moment + REMIND_BEFORE,
    )


def allowance(session: Session, per_hour: int) -> int:
    """Return how many letters may leave now: so many an hour, spread over it."""
    sent = select(func.count()).where(mail.Letter.template.in_(TEMPLATES))
    moment = now()
    per_minute = -(-per_hour // 60)
    last_hour = sent.where(mail.Letter.created_at > moment - timedelta(hours=1))
    last_minute = sent.where(mail.Letter.created_at > moment - timedelta(minutes=1))
    return max(
        0,
        min(
            per_hour - (session.scalar(last_hour) or 0),
            per_minute - (session.scalar(last_minute) or 0),
        ),
    )


def list_asking(session: Session, pace: Pace) -> list[int]:
    """Return whose letter is next and quotes a question, to count who could answer."""
    room = allowance(session, pace.per_hour)
    asked = select(Attendance.id).where(
        Attendance.profile_id == Seed.profile_id,
        Attendance.event_id == Seed.event_id,
        Attendance.question != "",
    )
    found: list[int] = []
    for due in (_waiting(), _forgetful()) if room else ():
        ids = due.where(asked.exists()).with_only_columns(Seed.profile_id)
        found += session.scalars(ids.order_by(Seed.profile_id).limit(room))
    return found


def send_due_invitations(
    session: Session, pace: Pace, answers: Mapping[int, int]
) -> int:
    """Write the invitations whose turn it is; return how many.

    Parameters
    ----------
    answers
        By profile how many members could answer the question of the event; who is not
        in it gets no sentence about it.
    """
    seeds = _next(session, _waiting(), pace)
    for seed in seeds:
        seed.invited_at = now()
        seed.expires_at = seed.invited_at + link_life(pace)
        _write(session, seed, INVITATION, pace.key, answers)
    return len(seeds)


def remind_due(session: Session, pace: Pace, answers: Mapping[int, int]) -> int:
    """Write the one reminder to those who did nothing for ten days."""
    seeds = _next(session, _forgetful(), pace)
    for seed in seeds:
        seed.reminded_at = now()
        _write(session, seed, REMINDER, pace.key, answers)
    return len(seeds)


def _next(session: Session, due: Select[Seed], pace: Pace) -> list[Seed]:
    room = allowance(session, pace.per_hour)
    if not room:
        return []
    seeds = session.scalars(
        due.order_by(Seed.profile_id)
        .limit(room)
        .with_for_update(of=Seed, skip_locked=True)
    ).all()
    refused = [seed for seed in seeds if is_never(session, pace.key, seed.email)]
    _set_status(session, [seed.profile_id for seed in refused], ProfileStatus.DRAFT)
    return [seed for seed in seeds if seed not in refused]


def _write(
    session: Session,
    seed: Seed,
    template: str,
    key: str,
    answers: Mapping[int, int],
) -> None:
    secret = claim_secret(key, seed)
    seed.digest = digest(secret)
    notice = make_notice(session, seed, seed.locale)
    mail.queue_letter(
        session,
        to=seed.email,
        template=template,
        locale=seed.locale,
        context=letter_context(
            notice,
            secret=secret,
            expires_at=seed.expires_at,
            answers=answers.get(seed.profile_id, 0),
            locale=seed.locale,
        ),
    )
    session.flush()


def link_life(pace: Pace) -> timedelta:
    """Return how long the link of a letter is good."""
    return timedelta(days=pace.days)


def claim_secret(key: str, seed: Seed) -> str:
    """Return the 256-bit secret of an invitation's link.

    It is made of the site's key instead of drawn, so that the reminder can carry the
    same link: otherwise *never write again* in the first letter would stop working on
    the day of the second. Who reads the database without the key learns nothing.
    """
    sent = seed.invited_at.timestamp() if seed.invited_at else 0.0
    words = f"claim:{seed.profile.public_id}:{sent}"
    made = hmac.new(key.encode(), words.encode(), hashlib.sha256).digest()
    return urlsafe_b64encode(made).rstrip(b"=").decode()
