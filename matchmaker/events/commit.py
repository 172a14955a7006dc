"""Writing an import: all of it in one transaction, or nothing.

What stood there before is kept row by row, so that ``undo`` can put it back. The
event is locked meanwhile: of two organisers who import at once the second one finds
the people of the first.
"""

import gc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from matchmaker.clock import now
from matchmaker.errors import DomainError
from matchmaker.events import imports, judging, rules
from matchmaker.events import lines as batch_lines
from matchmaker.events.admission import settle
from matchmaker.events.formats import Limits
from matchmaker.events.known import Stored
from matchmaker.events.lines import Line
from matchmaker.events.models import Event
from matchmaker.events.reading import LIMITS, Originals, Understood, find_people
from matchmaker.events.roster import (
    Basis,
    BatchState,
    Choice,
    ImportBatch,
    Verdict,
)
from matchmaker.events.writing import Writer, load_organisations
from matchmaker.progress import Progress

FAILED: Final = "failed"  # option of an import whose writing broke off


#: Rows that are written within the request; of more the worker counts as it goes.
AT_ONCE: Final = 1_000
STEP: Final = 250  # rows compared between two counts
Tell = Callable[[Progress], None]


def ask(session: Session, batch: ImportBatch) -> None:
    """Let the worker write a previewed import. Asked twice it is written once.

    Raises
    ------
    DomainError
        As :func:`commit_batch`.
    """
    _lock(session, batch)
    if batch.state is BatchState.UNDONE:
        raise DomainError("import-closed")
    if batch.state is BatchState.STAGED:
        raise DomainError("import-not-ready")
    if batch.state is BatchState.READY:
        batch.asked_at = batch.asked_at or now()
        batch.options = {n: v for n, v in batch.options.items() if n != FAILED}
    session.flush()


def take_back(session: Session, batch_id: int, *, failed: bool = False) -> None:
    """Do not write an import after all; ``failed`` says that it was our fault."""
    batch = session.get_one(ImportBatch, batch_id)
    _lock(session, batch)
    if batch.state is BatchState.READY:
        batch.asked_at = None
        batch.options = dict(batch.options) | ({FAILED: True} if failed else {})
    session.flush()


def next_asked(session: Session) -> ImportBatch | None:
    """Return the import that waits longest to be written."""
    return session.scalar(
        select(ImportBatch)
        .where(ImportBatch.state == BatchState.READY, ImportBatch.asked_at.is_not(None))
        .order_by(ImportBatch.asked_at, ImportBatch.id)
        .limit(1)
        .options(defer(ImportBatch.content))
    )


def silent(_progress: Progress) -> None:
    """Tell nobody how far it has come."""


def commit_batch(
    session: Session, batch: ImportBatch, *, key: str, tell: Tell = silent
) -> dict[str, int]:
    """Write the people of a previewed import; return its rows by verdict.

    ``tell`` hears how far it has come, and may raise: then nothing is written.

    Pressed twice it changes nothing the second time. Everybody is looked up anew:
    since the preview somebody else may have imported, claimed or asked to be left
    alone.

    Raises
    ------
    DomainError
        ``import-not-ready`` before the preview is complete, ``import-closed`` after
        it was undone.
    """
    event = _lock(session, batch)
    if batch.state is BatchState.DONE:
        return {name: int(number) for name, number in batch.counts.items()}
    if batch.state is BatchState.UNDONE:
        raise DomainError("import-closed")
    if batch.state is not BatchState.READY:
        raise DomainError("import-not-ready")
    tell(Progress("load", 0, batch.all_rows))
    lines = batch_lines.load_lines(session, batch)
    tell(Progress("known", 0, batch.all_rows))
    batch_lines.forget_lines(session, batch.id)
    with collecting_later():
        return _write(session, batch, event, lines, key=key, tell=tell)


def import_file(  # noqa: PLR0913  each by name
    session: Session,
    event: Event,
    *,
    author_id: int | None,
    file_name: str,
    data: bytes,
    basis: Basis,
    key: str,
    options: Mapping[str, Any] | None = None,
    limits: Limits = LIMITS,
    alike: Choice = Choice.ANOTHER,
) -> ImportBatch:
    """Read and write a file in one go, for the command line.

    ``alike`` says what becomes of people who only look like somebody known.

    Raises
    ------
    FileRefused
        When the file cannot be read.
    """
    batch, found = imports.stage_file(
        session,
        event,
        author_id=author_id,
        file_name=file_name,
        data=data,
        basis=basis,
        options=options,
        limits=limits,
    )
    batch.content = None  # nobody comes back to it
    with collecting_later():
        _write_read(session, batch, event, found, key=key, alike=alike)
    return batch


@contextmanager
def collecting_later() -> Iterator[None]:
    """Look for no garbage meanwhile: a long list makes a million objects, no rings.

    Going through them again and again takes a third of the time of an import.
    """
    active = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if active:
            gc.enable()


def _write_read(  # noqa: PLR0913  each by name
    session: Session,
    batch: ImportBatch,
    event: Event,
    found: Understood,
    *,
    key: str,
    alike: Choice,
) -> None:
    people = find_people(found)
    lines = batch_lines.make_lines(people, Originals(found))
    for line in lines:
        line.choice = alike if line.person is not None else None
    _lock(session, batch)
    batch.options = dict(batch.options) | {"warnings": list(people.warnings)}
    batch.all_rows = batch.done_rows = len(lines)
    _write(session, batch, event, lines, key=key, again=False)


def _lock(session: Session, batch: ImportBatch) -> Event:
    """Lock the event, then read the import as it is now."""
    event = session.execute(
        select(Event).where(Event.id == batch.event_id).with_for_update()
    ).scalar_one()
    session.refresh(batch)
    return event


def _write(  # noqa: PLR0913  each by name
    session: Session,
    batch: ImportBatch,
    event: Event,
    lines: list[Line],
    *,
    key: str,
    again: bool = True,
    tell: Tell = silent,
) -> dict[str, int]:
    asks = (
        any(line.verdict is Verdict.REVIEW for line in lines)
        if again
        else any(line.choice not in {None, Choice.ANOTHER} for line in lines)
    )
    judge = batch_lines.make_judge(session, event.id, key, lines, asks=asks)
    writer = Writer(session, batch, event, load_organisations(session, event.id))
    for done, line in enumerate(lines):
        if done % STEP == 0:
            tell(Progress("compare", done, len(lines)))
        if line.person is None:
            continue
        shown = line.verdict
        batch_lines.judge_line(line, judge)
        _settle(line, shown=shown if again else None, known=judge.known)
        writer.take(line)
    writer.flush(tell)
    settle(
        session, [x.stored.profile_id for x in lines if x.stored and x.stored.claimed]
    )
    batch_lines.store_lines(session, batch.id, lines, emptied=True)
    tell(Progress("close", len(lines), len(lines)))
    batch.counts = batch_lines.count(lines)
    batch.state = BatchState.DONE
    batch.finished_at = now()
    batch.content = None
    # What the columns were called is kept for the file of rejected rows only.
    kept = ("header", "format", "encoding", "sheet", "warnings")
    batch.options = {n: v for n, v in batch.options.items() if n in kept}
    session.flush()
    return dict(batch.counts)


def _settle(line: Line, *, shown: Verdict | None, known: Mapping[int, Stored]) -> None:
    """Turn a question into what was decided about it; nobody is merged unasked."""
    if line.verdict is not Verdict.REVIEW:
        return
    if shown not in {None, Verdict.REVIEW}:
        line.verdict, line.reason = Verdict.NEW, ""  # the resemblance is younger
    elif line.choice is Choice.ANOTHER:
        line.verdict, line.reason = Verdict.NEW, ""
    elif line.choice is Choice.SAME_PERSON and line.stored is None:
        line.verdict, line.reason = Verdict.DUPLICATE, rules.SAME_IN_FILE
    elif line.choice is Choice.SAME_PERSON and line.entry is not None:
        line.stored = known.get(line.stored.profile_id) if line.stored else None
        if line.stored is not None:
            line.verdict, line.reason = judging.judge_stored(line.stored, line.entry)
    else:
        left_out = line.choice is Choice.LEAVE_OUT
        line.verdict = Verdict.SKIPPED
        line.reason = rules.LEFT_OUT if left_out else rules.UNDECIDED
