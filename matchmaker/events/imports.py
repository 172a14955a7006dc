"""Importing attendee lists: from a file to a preview that can be decided on.

Flush, never commit; the caller owns the transaction. Writing the people is in
``commit``, taking them back in ``undo``.
"""

import hashlib
import time
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Text, cast, delete, func, or_, select, update
from sqlalchemy.orm import Session, defer

from matchmaker.clock import now
from matchmaker.errors import DomainError
from matchmaker.events import lines as batch_lines
from matchmaker.events.formats import Limits
from matchmaker.events.mappings import find_mapping
from matchmaker.events.models import Event, EventStaff
from matchmaker.events.reading import (
    LIMITS,
    Originals,
    Understood,
    find_people,
    tidy_file_name,
    understand,
)
from matchmaker.events.roster import (
    Basis,
    BatchState,
    Choice,
    ImportBatch,
    ImportRow,
    Verdict,
)
from matchmaker.events.rules import IMPORTING
from matchmaker.events.service import get_event

SLICE: Final = 2_000  # rows judged between two looks at the clock


def get_import_event(session: Session, user_id: int, slug: str) -> Event:
    """Return an event into which somebody may import.

    Raises
    ------
    DomainError
        ``event-unknown``, or ``import-not-allowed`` for helpers.
    """
    event = get_event(session, user_id, slug)
    if not may_import(session, user_id, event.id):
        raise DomainError("import-not-allowed", status=403)
    return event


def may_import(session: Session, user_id: int, event_id: int) -> bool:
    """Tell whether somebody may import into an event: its owner and its managers."""
    role = session.scalar(
        select(EventStaff.role).where(
            EventStaff.user_id == user_id, EventStaff.event_id == event_id
        )
    )
    return role in IMPORTING


def get_batch(session: Session, user_id: int, public_id: str) -> ImportBatch:
    """Return an import of an event that somebody may import into.

    Raises
    ------
    DomainError
        ``import-unknown``, also for imports of other events and for helpers.
    """
    batch = session.scalar(
        select(ImportBatch)
        .join(EventStaff, EventStaff.event_id == ImportBatch.event_id)
        .where(
            ImportBatch.public_id == public_id,
            EventStaff.user_id == user_id,
            EventStaff.role.in_(IMPORTING),
        )
        .options(defer(ImportBatch.content))
    )
    if batch is None:
        raise DomainError("import-unknown", status=404)
    return batch


def list_batches(session: Session, event_id: int) -> Sequence[ImportBatch]:
    """Return the imports of an event, the latest first; files are not loaded."""
    return session.scalars(
        select(ImportBatch)
        .where(ImportBatch.event_id == event_id)
        .order_by(ImportBatch.id.desc())
        .options(defer(ImportBatch.content))
    ).all()


def stage(  # noqa: PLR0913  each by name
    session: Session,
    event: Event,
    *,
    author_id: int | None,
    file_name: str,
    data: bytes,
    basis: Basis,
) -> ImportBatch:
    """Keep a file that can be read, with the mapping remembered for its shape.

    Raises
    ------
    FileRefused
        When it cannot be read; nothing is stored then.
    """
    batch, _found = stage_file(
        session,
        event,
        author_id=author_id,
        file_name=file_name,
        data=data,
        basis=basis,
    )
    session.flush()
    return batch


def stage_file(  # noqa: PLR0913  each by name
    session: Session,
    event: Event,
    *,
    author_id: int | None,
    file_name: str,
    data: bytes,
    basis: Basis,
    options: Mapping[str, Any] | None = None,
    limits: Limits = LIMITS,
) -> tuple[ImportBatch, Understood]:
    """Add an import of a file, not flushed yet, and return what the file is.

    Raises
    ------
    FileRefused
        When it cannot be read.
    """
    name = tidy_file_name(file_name)
    chosen = dict(options or {})
    found = understand(data, name, chosen, limits=limits)
    remembered = find_mapping(session, author_id, found.table.shape_key)
    if remembered and "mapping" not in chosen:
        chosen |= {"mapping": remembered, "remembered": True}
        found = understand(data, name, chosen, limits=limits)
    batch = ImportBatch(
        event_id=event.id,
        author_id=author_id,
        file_name=name,
        file_digest=hashlib.sha256(data).hexdigest(),
        content=data,
        options=chosen | {"header": list(found.table.header)},
        basis=basis,
        all_rows=sum(len(section.rows) for section in found.table.sections),
    )
    session.add(batch)
    return batch, found


def find_earlier(session: Session, batch: ImportBatch) -> ImportBatch | None:
    """Return the last finished import of the very same file into the event."""
    return session.scalar(
        select(ImportBatch)
        .where(
            ImportBatch.event_id == batch.event_id,
            ImportBatch.file_digest == batch.file_digest,
            ImportBatch.state == BatchState.DONE,
            ImportBatch.id != batch.id,
        )
        .order_by(ImportBatch.id.desc())
        .limit(1)
    )


def read_batch(batch: ImportBatch, *, limits: Limits = LIMITS) -> Understood:
    """Return what the file of an open import is.

    Raises
    ------
    DomainError
        ``import-closed`` once it is done or given up.
    """
    check_open(batch)
    return understand(
        batch.content or b"", batch.file_name, batch.options, limits=limits
    )


def sheet_names(batch: ImportBatch) -> list[str]:
    """Return the sheets of a staged workbook that have something on them."""
    options = {"format": batch.options.get("format")}
    found = understand(batch.content or b"", batch.file_name, options)
    return [sheet.name for sheet in found.opened.sheets]


def is_running(batch: ImportBatch) -> bool:
    """Tell whether the worker writes an import, or will."""
    return batch.state is BatchState.READY and batch.asked_at is not None


def check_open(batch: ImportBatch) -> None:
    """Refuse to change an import that is over, or that is being written.

    Raises
    ------
    DomainError
        ``import-closed``, ``import-running``.
    """
    if is_running(batch):
        raise DomainError("import-running")
    if batch.content is None or batch.state not in {
        BatchState.STAGED,
        BatchState.READY,
    }:
        raise DomainError("import-closed")


def preview(
    session: Session, batch: ImportBatch, *, key: str, seconds: float | None = None
) -> bool:
    """Judge the rows of a file, and tell whether all are judged.

    Parameters
    ----------
    key
        The site's key, for the list of addresses never to be written to.
    seconds
        After so long of judging the work stops; the next call goes on where it ended.

    Raises
    ------
    DomainError
        ``import-closed``; FileRefused when the file cannot be read.
    """
    if batch.state is not BatchState.STAGED:
        return True
    found = read_batch(batch)
    people = find_people(found)
    every = batch_lines.make_lines(people, Originals(found))
    judge = batch_lines.make_judge(session, batch.event_id, key, every)
    batch.all_rows = len(every)
    for line in every[: batch.done_rows]:
        batch_lines.judge_line(line, judge)
    counts = dict(batch.counts)
    # Reading the file takes the same time whatever is left to judge: it is not counted.
    started = time.monotonic()
    while batch.done_rows < len(every):
        part = every[batch.done_rows : batch.done_rows + SLICE]
        for line in part:
            batch_lines.judge_line(line, judge)
        batch_lines.store_lines(session, batch.id, part)
        for verdict, number in batch_lines.count(part).items():
            counts[verdict] = counts.get(verdict, 0) + number
        batch.done_rows += len(part)
        if seconds is not None and time.monotonic() - started > seconds:
            break
    batch.counts = counts
    if batch.done_rows >= len(every):
        batch.state = BatchState.READY
        batch.options = dict(batch.options) | {"warnings": list(people.warnings)}
    session.flush()
    return batch.state is BatchState.READY


def list_rows(
    session: Session, batch: ImportBatch, *, verdict: Verdict | None = None
) -> Sequence[ImportRow]:
    """Return the rows of an import in the order of the file."""
    wanted = select(ImportRow).where(ImportRow.batch_id == batch.id)
    if verdict is not None:
        wanted = wanted.where(ImportRow.verdict == verdict)
    return session.scalars(wanted.order_by(ImportRow.number)).all()


def decide(session: Session, batch: ImportBatch, choices: Mapping[int, Choice]) -> None:
    """Note what the organiser said about rows that look like somebody known.

    Raises
    ------
    DomainError
        ``import-closed``.
    """
    check_open(batch)
    for number, choice in choices.items():
        session.execute(
            update(ImportRow)
            .where(
                ImportRow.batch_id == batch.id,
                ImportRow.number == number,
                ImportRow.verdict == Verdict.REVIEW,
            )
            .values(choice=choice)
        )


def count_undecided(session: Session, batch: ImportBatch) -> int:
    """Return how many rows still wait for a decision."""
    return (
        session.scalar(
            select(func.count()).where(
                ImportRow.batch_id == batch.id,
                ImportRow.verdict == Verdict.REVIEW,
                ImportRow.choice.is_(None),
            )
        )
        or 0
    )


def give_up(session: Session, batch: ImportBatch) -> None:
    """Forget a file that was not imported, with everything read from it."""
    check_open(batch)
    session.execute(delete(ImportBatch).where(ImportBatch.id == batch.id))
    session.expunge(batch)


def forget_old(
    session: Session, *, kept_days: int, moment: datetime | None = None
) -> int:
    """Empty rejected rows and drop files nobody came back to; return how many.

    A worker calls it once a day or oftener; doing it twice changes nothing.
    """
    before = (moment or now()) - timedelta(days=kept_days)
    left = session.execute(
        delete(ImportBatch).where(
            ImportBatch.state.in_((BatchState.STAGED, BatchState.READY)),
            ImportBatch.created_at < before,
        )
    )
    over = select(ImportBatch.id).where(ImportBatch.finished_at < before)
    emptied = session.execute(
        update(ImportRow)
        .where(
            ImportRow.batch_id.in_(over),
            or_(
                cast(ImportRow.cells, Text) != "[]",
                cast(ImportRow.person, Text) != "{}",
            ),
        )
        .values(cells=[], person={})
        .execution_options(synchronize_session=False)
    )
    return int(left.rowcount) + int(emptied.rowcount)  # type: ignore[attr-defined]
