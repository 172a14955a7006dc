"""Work of the digest that needs no request.

What is due stands in the database: a job that dies loses nothing, and two that run
at once write one letter, because the letter, what it told and the next time are one
transaction under the lock of the member's row.
"""

from datetime import datetime, timedelta

import structlog
from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from matchmaker.accounts.models import User
from matchmaker.clock import now
from matchmaker.db import Sessions
from matchmaker.digest.service import Gathered, gather, write
from matchmaker.matching.bridge import Matcher
from matchmaker.notices import service as notices
from matchmaker.notices.models import NoticeSettings

log = structlog.get_logger()
BATCH = 50  # members between two looks at other work
AGAIN = timedelta(hours=1)  # after a digest that could not be written


def send_digests(
    sessions: Sessions, matcher: Matcher, *, moment: datetime | None = None
) -> int:
    """Write the digests that are due; return how many members were looked at."""
    moment = moment or now()
    due = (
        select(NoticeSettings.id)
        .where(NoticeSettings.next_at <= moment)
        .order_by(NoticeSettings.next_at, NoticeSettings.id)
        .limit(BATCH)
    )
    with sessions.read() as session:
        ids = list(session.scalars(due))
    for settings_id in ids:
        try:
            _send(sessions, matcher, settings_id, moment)
        except Exception:
            # Whatever is wrong with one member's digest: the others want theirs.
            log.exception("digest-failed", settings=settings_id)
            with sessions.write.begin() as session:
                session.execute(
                    update(NoticeSettings)
                    .where(NoticeSettings.id == settings_id)
                    .values(next_at=moment + AGAIN)
                )
    return len(ids)


def _send(
    sessions: Sessions, matcher: Matcher, settings_id: int, moment: datetime
) -> None:
    """Gather without a lock, because reasons take their time; then write at once."""
    with sessions.read() as session:
        settings = session.get(NoticeSettings, settings_id)
        if settings is None:  # the account was erased at this very moment
            return
        user = session.get_one(User, settings.user_id)
        reads = user.disabled_at is None and settings.stopped_at is None
        # Else it is not that hour where the member is now.
        here = settings.time_zone == user.time_zone
        found = None
        if reads and here:
            found = gather(session, matcher, settings, user, moment=moment)
    with sessions.write.begin() as session:
        _write(session, settings_id, found, moment)


def _write(
    session: Session, settings_id: int, found: Gathered | None, moment: datetime
) -> None:
    settings = session.scalar(
        select(NoticeSettings)
        .where(NoticeSettings.id == settings_id, NoticeSettings.next_at <= moment)
        .with_for_update(skip_locked=True)
    )
    if settings is None:  # another worker has it, or had it
        return
    user = session.get_one(User, settings.user_id)
    if found is not None and write(session, found, settings, user, moment=moment):
        settings.sent_at = moment
    notices.plan(settings, user, after=moment)


def plan_digests(sessions: Sessions, *, moment: datetime | None = None) -> int:
    """Reckon the next digest of members who are new or changed their time zone."""
    unplanned = (
        select(User.id)
        .outerjoin(NoticeSettings, NoticeSettings.user_id == User.id)
        .where(
            User.confirmed_at.is_not(None),
            User.disabled_at.is_(None),
            or_(
                NoticeSettings.time_zone.is_(None),
                NoticeSettings.time_zone != User.time_zone,
            ),
        )
        .limit(BATCH * 10)
    )
    with sessions.read() as session:
        ids = list(session.scalars(unplanned))
    if ids:
        with sessions.write.begin() as session:
            for user_id in ids:
                settings = notices.get_settings(session, user_id)
                user = session.get_one(User, user_id)
                notices.plan(settings, user, after=moment)
    return len(ids)
