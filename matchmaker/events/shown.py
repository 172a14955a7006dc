"""The rows of an import as pages show them: filtered, in pages, side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matchmaker.events import rules
from matchmaker.events.imports import list_rows
from matchmaker.events.models import Attendance
from matchmaker.events.reading import Understood
from matchmaker.events.roster import ImportBatch, ImportRow, Seed, Verdict
from matchmaker.profiles.models import Organisation, Profile

PAGE: Final = 50  # rows of a page
SAMPLE_ROWS: Final = 6  # rows of the table that are shown to recognise it
SAMPLE_CELL: Final = 60  # characters of such a cell
_SEARCHED: Final = ("full_name", "email", "company", "phone", "country_raw")


@dataclass(frozen=True, slots=True)
class Shown:
    """One page of the rows with a verdict."""

    rows: Sequence[ImportRow]
    total: int
    page: int
    pages: int
    reasons: dict[str, int]


def show_rows(  # noqa: PLR0913  each by name
    session: Session,
    batch: ImportBatch,
    *,
    verdict: Verdict,
    words: str = "",
    reason: str = "",
    page: int = 1,
) -> Shown:
    """Return a page of the rows with a verdict that hold all the words."""
    reasons = count_reasons(session, batch, verdict)
    wanted = select(ImportRow).where(
        ImportRow.batch_id == batch.id, ImportRow.verdict == verdict
    )
    if reason:
        wanted = wanted.where(ImportRow.reason == reason)
    wanted = wanted.order_by(ImportRow.number)
    if words:
        # In the rows and not by the database: it keeps JSON with letters escaped.
        needles = words.casefold().split()
        every = [row for row in session.scalars(wanted) if _holds(row, needles)]
        total = len(every)
    else:
        every = []
        counted = wanted.order_by(None).subquery()
        total = session.scalar(select(func.count()).select_from(counted)) or 0
    pages = max(1, -(-total // PAGE))
    page = min(max(page, 1), pages)
    start = (page - 1) * PAGE
    rows = (
        every[start : start + PAGE]
        if words
        else session.scalars(wanted.offset(start).limit(PAGE)).all()
    )
    return Shown(rows, total, page, pages, reasons)


def _holds(row: ImportRow, needles: Sequence[str]) -> bool:
    told = " ".join(str(row.person.get(name, "")) for name in _SEARCHED).casefold()
    return all(needle in told for needle in needles)


def count_reasons(
    session: Session, batch: ImportBatch, verdict: Verdict
) -> dict[str, int]:
    """Return rows with a verdict by reason, the most frequent first."""
    rows = session.execute(
        select(ImportRow.reason, func.count())
        .where(ImportRow.batch_id == batch.id, ImportRow.verdict == verdict)
        .group_by(ImportRow.reason)
        .order_by(func.count().desc(), ImportRow.reason)
    )
    return {row[0]: row[1] for row in rows}


def find_alike(
    session: Session, batch: ImportBatch, rows: Sequence[ImportRow]
) -> dict[int, dict[str, Any]]:
    """Return, by row, what stands on the other side of a question.

    The address of a member is not told: an organiser never learns it by a list.
    """
    stored = _describe(
        session, batch.event_id, [row.like_id for row in rows if row.like_id]
    )
    in_file = {
        row.number: row.person
        for row in (
            list_rows(session, batch)
            if any(row.reason == rules.ALIKE_IN_FILE for row in rows)
            else ()
        )
    }
    found = {}
    for row in rows:
        if row.like_id in stored:
            found[row.number] = stored[row.like_id]
        elif row.person.get("like_row") in in_file:
            found[row.number] = in_file[row.person["like_row"]]
    return found


def _describe(
    session: Session, event_id: int, ids: Sequence[int]
) -> dict[int | None, dict[str, Any]]:
    rows = session.execute(
        select(
            Profile.id,
            Profile.full_name,
            Organisation.name,
            Profile.job_title,
            Profile.country,
            Seed.email,
            Seed.phone,
        )
        .outerjoin(Organisation, Organisation.id == Profile.organisation_id)
        .outerjoin(Seed, Seed.profile_id == Profile.id)
        .outerjoin(Attendance, Attendance.profile_id == Profile.id)
        .where(
            Profile.id.in_(ids),
            (Attendance.event_id == event_id) | (Seed.event_id == event_id),
        )
    )
    names = ("full_name", "company", "title", "country", "email", "phone")
    return {row[0]: dict(zip(names, row[1:], strict=True)) for row in rows}


def sample(understood: Understood) -> list[tuple[int, list[str]]]:
    """Return the first rows below the headings, shortened, with their numbers."""
    section = max(understood.table.sections, key=lambda each: len(each.header))
    found = []
    for number, row in enumerate(section.rows, section.first_row):
        if any(cell.strip() for cell in row):
            missing = [""] * (len(section.header) - len(row))
            found.append((number, [cell[:SAMPLE_CELL] for cell in row] + missing))
        if len(found) == SAMPLE_ROWS:
            break
    return found
