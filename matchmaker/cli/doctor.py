"""What a healthy site looks like, examined point by point."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final

from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import DBAPIError

from matchmaker import schema
from matchmaker.admin import upkeep
from matchmaker.app import Site
from matchmaker.clock import now
from matchmaker.errors import SetupError
from matchmaker.mail import Letter, LetterState
from matchmaker.matching.jobs import is_refresh_due
from matchmaker.settings import check_settings, load_settings

LEAST_FREE: Final = 500 * 2**20  # bytes below which a disk should be looked at
LETTER_OLD: Final = timedelta(minutes=30)  # a due letter should have left by then
CLOCK_OFF: Final = 5.0  # seconds between this machine and the database


class Verdict(StrEnum):
    """How bad it is, best first: the exit status of the command."""

    FINE = "fine"
    LOOK = "look"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Finding:
    """One point: what was looked at, how it is, and what to do."""

    what: str
    verdict: Verdict
    text: str


def examine(site: Site) -> Iterator[Finding]:
    """Yield one finding after the other; without a database only the first few."""
    yield _settings()
    folder = Path(str(site.app.config["INSTANCE"]))
    yield _disk(folder)
    yield _key(folder)
    database = _database(site.sessions.engine)
    yield database
    if database.verdict is Verdict.BROKEN:
        return
    for point in (_integrity, _clock, _worker, _jobs, _letters, _lists, _model):
        yield point(site)


def _fine(what: str, told: str) -> Finding:
    return Finding(what, Verdict.FINE, told)


def _settings() -> Finding:
    settings = load_settings()
    try:
        check_settings(settings)
    except SetupError as error:
        # A demo needs none of them; a site that is to serve refuses to start.
        return Finding("settings", Verdict.LOOK, str(error))
    return _fine("settings", "fit to serve.")


def _disk(folder: Path) -> Finding:
    free = shutil.disk_usage(folder).free
    told = f"{free / 2**30:.1f} GB free at {folder}."
    if free < LEAST_FREE:
        return Finding("disk", Verdict.LOOK, f"{told} Make room.")
    return _fine("disk", told)


def _key(folder: Path) -> Finding:
    key = folder / "secret_key"
    if key.exists() and key.stat().st_mode & 0o077:
        told = f"{key} can be read by others: chmod 600 {key}"
        return Finding("files", Verdict.LOOK, told)
    return _fine("files", "no secret lies open.")


def _database(engine: Engine) -> Finding:
    try:
        schema.check_revision(engine)
    except SetupError as error:
        return Finding("database", Verdict.BROKEN, str(error))
    return _fine("database", f"version {schema.head_revision(engine)}.")


def _integrity(site: Site) -> Finding:
    engine = site.sessions.engine
    if engine.dialect.name != "sqlite":
        return _fine("integrity", "PostgreSQL looks after its own.")
    try:
        with engine.connect() as connection:
            told = connection.exec_driver_sql("PRAGMA integrity_check").scalar()
            loose = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    except DBAPIError as error:
        told, loose = str(error.orig), None
    if told != "ok" or loose is not None:
        return Finding(
            "integrity",
            Verdict.BROKEN,
            f"{told if told != 'ok' else 'a row points to nothing'}. Stop the site, "
            "keep a copy of the file, restore the last backup.",
        )
    return _fine("integrity", "the file is whole.")


def _clock(site: Site) -> Finding:
    engine = site.sessions.engine
    if engine.dialect.name == "sqlite":
        return _fine("clock", "one machine, one clock.")
    with engine.connect() as connection:
        theirs = connection.scalar(text("SELECT clock_timestamp()"))
    off = abs((now() - theirs).total_seconds())
    if off > CLOCK_OFF:
        told = f"the database's differs by {off:.0f} s: set both by NTP."
        return Finding("clock", Verdict.LOOK, told)
    return _fine("clock", "the same as the database's.")


def _worker(site: Site) -> Finding:
    with site.sessions.read() as session:
        seen, silent = upkeep.find_heartbeat(session), upkeep.is_silent(session)
    if seen is None:
        told = "never ran here. Start one: matchmaker serve, or matchmaker work"
        return Finding("worker", Verdict.LOOK, told)
    if silent:
        told = f"silent since {seen:%Y-%m-%d %H:%M} UTC. Start it: matchmaker work"
        return Finding("worker", Verdict.LOOK, told)
    return _fine("worker", f"at work at {seen:%Y-%m-%d %H:%M} UTC.")


def _jobs(site: Site) -> Finding:
    with site.sessions.read() as session:
        failing = [one for one in upkeep.list_jobs(session) if one.is_failing]
    if failing:
        names = ", ".join(f"{one.name} ({one.error})" for one in failing)
        return Finding("jobs", Verdict.LOOK, f"failed last time: {names}. See the log.")
    return _fine("jobs", "none failed last time.")


def _letters(site: Site) -> Finding:
    with site.sessions.read() as session:
        oldest = session.scalar(
            select(func.min(Letter.due_at)).where(Letter.state == LetterState.WAITING)
        )
        failed = session.scalar(
            select(func.count()).where(Letter.state == LetterState.FAILED)
        )
    if oldest is not None and now() - oldest > LETTER_OLD:
        told = f"one is due since {oldest:%Y-%m-%d %H:%M} UTC: check SMTP_URL, worker."
        return Finding("letters", Verdict.LOOK, told)
    if failed:
        told = f"{failed} never left: see the page Operations."
        return Finding("letters", Verdict.LOOK, told)
    return _fine("letters", "none waits too long.")


def _lists(site: Site) -> Finding:
    every = timedelta(seconds=site.app.config["REFRESH_EVERY"])
    if is_refresh_due(site.sessions, every * 2):
        told = "proposals were computed long ago. Run: matchmaker refresh"
        return Finding("proposals", Verdict.LOOK, told)
    return _fine("proposals", "computed in time, or by the first visit.")


def _model(site: Site) -> Finding:
    look: Callable[[], str | None] = site.matcher.damage
    told = look()
    if told is not None:
        return Finding("model", Verdict.LOOK, f"{told} Run: matchmaker refresh")
    return _fine("model", "what is kept of it is whole, or is made anew.")
