"""Work of events that needs no request. Each step is its own transaction.

What is to be done stands in the database, so a job that dies loses nothing and one
that runs twice changes nothing.
"""

from collections.abc import Callable

from sqlalchemy.orm import Session

from matchmaker.db import Sessions
from matchmaker.events import erasure, imports, invitations

#: How many members could answer what a draft asks for: from matching, given in.
CountAnswers = Callable[[Session, int], int]


def send_invitations(
    sessions: Sessions, pace: invitations.Pace, count_answers: CountAnswers
) -> int:
    """Write the invitations and reminders whose turn it is; return how many."""
    with sessions.read() as session:
        if not (
            invitations.is_letter_due(session)
            and invitations.allowance(session, pace.per_hour)
        ):
            return 0
        # Counted before the transaction that writes: matching takes its time.
        answers = {
            profile_id: count_answers(session, profile_id)
            for profile_id in invitations.list_asking(session, pace)
        }
    with sessions.write.begin() as session:
        sent = invitations.send_due_invitations(session, pace, answers)
        return sent + invitations.remind_due(session, pace, answers)


def erase_unclaimed(sessions: Sessions, days: int) -> int:
    """Erase people whose time to claim is over; return how many."""
    with sessions.read() as session:
        if not erasure.is_erasure_due(session, days=days):
            return 0
    with sessions.write.begin() as session:
        return erasure.erase_expired(session, days=days)


def forget_imports(sessions: Sessions, days: int) -> None:
    """Empty rows that imports left out, and drop files nobody came back to."""
    with sessions.write.begin() as session:
        imports.forget_old(session, kept_days=days)


def scrub(sessions: Sessions) -> None:
    """Empty SQLite's log of changes, in which what was erased would still be read."""
    if sessions.engine.dialect.name == "sqlite":
        with sessions.engine.connect() as connection:
            raw = connection.connection.driver_connection
            if raw is not None:
                raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
