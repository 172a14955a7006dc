"""Work of events that needs no request. Each step is its own transaction.

What is to be done stands in the database, so a job that dies loses nothing and one
that runs twice changes nothing.
"""

from collections.abc import Callable

from sqlalchemy.orm import Session

from matchmaker.db import Sessions
from matchmaker.errors import DomainError
from matchmaker.events import commit, erasure, imports, invitations
from matchmaker.events.roster import ImportBatch
from matchmaker.progress import Board, Progress

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


class Stopped(Exception):  # noqa: N818  named as what happened
    """Somebody wants the work given up."""


def write_imports(sessions: Sessions, board: Board, *, key: str) -> int:
    """Write the import that waits longest, if one does; return how many were written.

    The counts go to the board, because nobody sees into a transaction. If it breaks
    off nothing is written, and the organiser is told instead of tried again and again.
    """
    with sessions.read() as session:
        batch = commit.next_asked(session)
    if batch is None:
        return 0
    name = import_key(batch)

    def tell(progress: Progress) -> None:
        if board.is_stopped(name):
            raise Stopped
        board.tell(name, progress)

    try:
        with sessions.write.begin() as session:
            fresh = session.get_one(ImportBatch, batch.id)
            commit.commit_batch(session, fresh, key=key, tell=tell)
    except Exception as error:
        failed = not isinstance(error, Stopped | DomainError)
        with sessions.write.begin() as session:
            commit.take_back(session, batch.id, failed=failed)
        if failed:
            raise
        return 0
    finally:
        board.clear(name)
    return 1


def import_key(batch: ImportBatch) -> str:
    """Return under what name the counts of an import are shown."""
    return f"import-{batch.public_id}"


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
