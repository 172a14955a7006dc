"""What accounts leave to the worker. Doing it twice changes nothing."""

from datetime import timedelta
from typing import Final

from sqlalchemy import delete, exists, or_, select

from matchmaker.accounts import service
from matchmaker.accounts.models import (
    MailChange,
    PendingSignIn,
    Registration,
    ResetRequest,
    Token,
    UserSession,
)
from matchmaker.clock import now
from matchmaker.db import Sessions

#: How long ended sessions and dead links are kept, for questions after a break-in.
_KEPT: Final = timedelta(days=90)


def answer_requests(
    sessions: Sessions, *, confirm_seconds: int, reset_seconds: int
) -> int:
    """Open accounts and write the letters people asked for; return how many asked.

    The seconds are how long the links in those letters are good.
    """
    asked = or_(
        exists().where(Registration.id > 0), exists().where(ResetRequest.id > 0)
    )
    with sessions.read() as session:
        if not session.scalar(select(asked)):
            return 0
    with sessions.write.begin() as session:
        done = service.answer_registrations(session, seconds=confirm_seconds)
        return done + service.answer_resets(session, seconds=reset_seconds)


def tidy(sessions: Sessions, *, maximum: int) -> None:
    """Erase what nobody can use any more; ``maximum`` seconds a session may live."""
    moment = now()
    with sessions.write.begin() as session:
        session.execute(delete(PendingSignIn).where(PendingSignIn.expires_at < moment))
        # With it goes the last trace of an address that somebody left behind.
        session.execute(delete(MailChange).where(MailChange.expires_at < moment))
        session.execute(delete(Token).where(Token.expires_at < moment - _KEPT))
        oldest = moment - timedelta(seconds=maximum) - _KEPT
        session.execute(delete(UserSession).where(UserSession.created_at < oldest))
