"""How the site itself is: jobs of the worker, letters, database, disk, model."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from matchmaker.admin.models import JobState
from matchmaker.clock import now
from matchmaker.db import Sessions
from matchmaker.mail import Letter, LetterState
from matchmaker.matching.models import MatchRun

HEARTBEAT = "heartbeat"
WORKER_SILENT = timedelta(minutes=15)
FAILED_SHOWN = 50  # letters that never left, on the page


@dataclass(frozen=True, slots=True)
class Outbox:
    """Letters that have not left."""

    waiting: int
    oldest: datetime | None
    failed: int


@dataclass(frozen=True, slots=True)
class Storage:
    """Bytes of the database, and free on the disk of the instance folder."""

    database: int
    free: int
    model: int | None


def note_run(sessions: Sessions, name: str, *, took: float, done: int) -> None:
    """Write down that a job went well."""
    with sessions.write.begin() as session:
        state = _state(session, name)
        state.ran_at, state.took, state.done = now(), took, done


def note_failure(sessions: Sessions, name: str, error: Exception) -> None:
    """Write down that a job failed; its text may name people, so only its class."""
    with sessions.write.begin() as session:
        state = _state(session, name)
        state.failed_at, state.error = now(), type(error).__name__


def _state(session: Session, name: str) -> JobState:
    state = session.get(JobState, name)
    if state is None:
        state = JobState(name=name)
        session.add(state)
    return state


def list_jobs(session: Session) -> Sequence[JobState]:
    """Return the jobs of the worker as they went last, by name."""
    return session.scalars(
        select(JobState).where(JobState.name != HEARTBEAT).order_by(JobState.name)
    ).all()


def find_heartbeat(session: Session) -> datetime | None:
    """Return when a worker last said that it is there."""
    return session.scalar(select(JobState.ran_at).where(JobState.name == HEARTBEAT))


def is_silent(session: Session) -> bool:
    """Tell whether no worker has said for a while that it is there."""
    seen = find_heartbeat(session)
    return seen is None or now() - seen > WORKER_SILENT


def outbox(session: Session) -> Outbox:
    """Return how many letters wait, since when, and how many never left."""
    row = session.execute(
        select(func.count(), func.min(Letter.due_at)).where(
            Letter.state == LetterState.WAITING
        )
    ).one()
    failed = session.scalar(
        select(func.count()).where(Letter.state == LetterState.FAILED)
    )
    return Outbox(row[0], row[1], failed or 0)


def list_waiting(session: Session) -> Sequence[Letter]:
    """Return letters whose delivery failed and is tried again, the oldest first."""
    return session.scalars(
        select(Letter)
        .where(Letter.state == LetterState.WAITING, Letter.attempts > 0)
        .order_by(Letter.created_at)
        .limit(FAILED_SHOWN)
    ).all()


def send_at_once(session: Session) -> int:
    """Let letters that wait for their next try leave now; return how many."""
    result: Any = session.execute(
        update(Letter)
        .where(Letter.state == LetterState.WAITING, Letter.attempts > 0)
        .values(due_at=now(), leased_until=None)
    )
    return int(result.rowcount)


def last_run(session: Session) -> MatchRun | None:
    """Return the last full run of the model that came to its end."""
    return session.scalar(
        select(MatchRun)
        .where(MatchRun.kind == "full", MatchRun.finished_at.is_not(None))
        .order_by(MatchRun.id.desc())
        .limit(1)
    )


def storage(session: Session, folder: Path) -> Storage:
    """Return how large the database and the fitted community are, and what is free."""
    if session.get_bind().dialect.name == "sqlite":
        size = session.scalar(
            text(
                "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
            )
        )
    else:
        size = session.scalar(text("SELECT pg_database_size(current_database())"))
    model = folder / "model" / "community.npz"
    return Storage(
        database=int(size or 0),
        free=shutil.disk_usage(folder).free,
        model=model.stat().st_size if model.exists() else None,
    )
