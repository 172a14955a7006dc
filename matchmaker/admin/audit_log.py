"""Searching the audit log. What is in it is written by ``service.note_access``."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Select, String, cast, func, or_, select
from sqlalchemy.orm import Session

from matchmaker.accounts.models import User
from matchmaker.admin.models import AuditEntry
from matchmaker.profiles.models import Profile

PAGE_SIZE: Final = 50
MOST_IN_FILE: Final = 50_000  # rows of a file; a spreadsheet opens no million
LONGEST: Final = 120  # characters of what is searched for


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries are looked for; an empty value takes all."""

    who: str = ""
    what: str = ""
    about: str = ""
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One entry, with whose it is as far as that is still known."""

    happened_at: datetime
    action: str
    subject: Mapping[str, Any]
    name: str
    profile_id: str
    user_id: int | None


@dataclass(frozen=True, slots=True)
class Found:
    """One page of entries, the newest first."""

    lines: list[Line]
    total: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are; one also of nothing."""
        return max(1, -(-self.total // PAGE_SIZE))


def search(session: Session, wanted: Wanted, *, zone: str, page: int) -> Found:
    """Return a page of the entries that are looked for; the last if there is none."""
    entries = _entries(wanted, zone)
    counted = select(func.count()).select_from(entries.subquery())
    total = session.scalar(counted) or 0
    page = min(max(page, 1), max(1, -(-total // PAGE_SIZE)))
    rows = entries.limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)
    return Found(list(_lines(session, rows)), total, page)


def all_lines(session: Session, wanted: Wanted, *, zone: str) -> Iterator[Line]:
    """Yield the entries that are looked for, the newest first, for a file."""
    return _lines(session, _entries(wanted, zone).limit(MOST_IN_FILE))


def list_actions(session: Session) -> list[str]:
    """Return every action that stands in the log."""
    found = select(AuditEntry.action).distinct().order_by(AuditEntry.action)
    return list(session.scalars(found))


def _entries(wanted: Wanted, zone: str) -> Select[Any]:
    found = (
        select(
            AuditEntry.happened_at,
            AuditEntry.action,
            AuditEntry.subject,
            Profile.full_name,
            Profile.public_id,
            AuditEntry.user_id,
        )
        .outerjoin(Profile, Profile.user_id == AuditEntry.user_id)
        .order_by(AuditEntry.id.desc())
    )
    if wanted.who:
        found = found.where(AuditEntry.user_id.in_(_people(wanted.who)))
    if wanted.what:
        found = found.where(AuditEntry.action == wanted.what)
    if wanted.about:
        # Addresses of pages end in the public id of what they show.
        token = wanted.about.rstrip("/").rpartition("/")[2]
        told = cast(AuditEntry.subject, String)
        found = found.where(told.contains(token, autoescape=True))
    if wanted.first:
        found = found.where(AuditEntry.happened_at >= _midnight(wanted.first, zone))
    if wanted.last and wanted.last < date.max:
        following = wanted.last + timedelta(days=1)
        found = found.where(AuditEntry.happened_at < _midnight(following, zone))
    return found


def _people(who: str) -> Select[Any]:
    """Return the accounts of a name, an address or a public id, as a subquery."""
    # SQLite folds the case of Latin letters only: a name is tried as people write it.
    spellings = {who, who.lower(), who.title()}
    return (
        select(User.id)
        .outerjoin(Profile, Profile.user_id == User.id)
        .where(
            or_(
                func.lower(User.email) == who.lower(),
                Profile.public_id == who,
                *(
                    Profile.full_name.icontains(spelling, autoescape=True)
                    for spelling in sorted(spellings)
                ),
            )
        )
    )


def _midnight(day: date, zone: str) -> datetime:
    """Return when a day began where the reader is."""
    if day.year <= date.min.year or day.year >= date.max.year:
        return datetime.combine(day, time.min, tzinfo=UTC)
    return datetime.combine(day, time.min, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def _lines(session: Session, rows: Select[Any]) -> Iterator[Line]:
    for happened_at, action, subject, name, profile_id, user_id in session.execute(
        rows
    ):
        yield Line(
            happened_at, action, subject or {}, name or "", profile_id or "", user_id
        )
