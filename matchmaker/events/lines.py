"""The rows of an import, in memory and stored."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from matchmaker.events import rules
from matchmaker.events.bulk import insert_rows
from matchmaker.events.entries import Entry, make_entry, person_values, stored_person
from matchmaker.events.formats import Person, Skipped
from matchmaker.events.judging import Finding, Judge
from matchmaker.events.known import Stored, find_members, find_never, load_known
from matchmaker.events.reading import Originals, People
from matchmaker.events.roster import Choice, ImportBatch, ImportRow, Verdict

#: Verdicts whose rows end up as somebody of the event; nothing of them is kept.
TAKEN = frozenset({Verdict.NEW, Verdict.UPDATE, Verdict.SAME, Verdict.DUPLICATE})


@dataclass(slots=True)
class Line:
    """One row of a file on its way in."""

    number: int
    cells: list[str]
    person: Person | None = None
    told: dict[str, Any] = field(default_factory=dict)
    verdict: Verdict = Verdict.NEW
    reason: str = ""
    choice: Choice | None = None
    like_id: int | None = None
    profile_id: int | None = None
    before: dict[str, Any] | None = None
    entry: Entry | None = None
    stored: Stored | None = None


def make_lines(people: People, originals: Originals) -> list[Line]:
    """Return every row that says something, people first, none judged yet."""
    lines: list[Line] = []
    seen: set[int] = set()
    for person in people.people:
        first = _place(person.sheet, person.rows[0], originals, seen)
        cells = originals.cells(person.sheet, person.rows[0])
        lines.append(Line(first, cells, person))
        for row in person.rows[1:]:
            number = _place(person.sheet, row, originals, seen)
            told = {"full_name": person.full_name or "", "like_row": person.rows[0]}
            joined = Line(number, [], told=told, verdict=Verdict.DUPLICATE)
            joined.reason = rules.JOINED
            lines.append(joined)
    lines += (_left_out(each, originals, seen) for each in people.skipped)
    return lines


def _place(sheet: str, row: int, originals: Originals, seen: set[int]) -> int:
    """Return a number of its own for a row; sheets are counted one after another."""
    number = row + originals.offsets.get(sheet, 0)
    if number in seen:
        number = max(seen) + 1
    seen.add(number)
    return number


def _left_out(skipped: Skipped, originals: Originals, seen: set[int]) -> Line:
    number = _place(skipped.sheet, skipped.row, originals, seen)
    cells = originals.cells(skipped.sheet, skipped.row)
    told = {"full_name": skipped.label}
    line = Line(number, cells, told=told, verdict=Verdict.SKIPPED)
    line.reason = skipped.reason
    return line


def make_judge(
    session: Session,
    event_id: int,
    key: str,
    lines: Sequence[Line],
    *,
    asks: bool = True,
) -> Judge:
    """Return a judge who knows the event's people and the members in a file."""
    emails = [line.person.email for line in lines if line.person and line.person.email]
    return Judge(
        load_known(session, event_id),
        members=find_members(session, emails),
        never=find_never(session, key, emails),
        asks=asks,
    )


def judge_line(line: Line, judge: Judge) -> Finding | None:
    """Judge a line that holds a person; others have their verdict already."""
    if line.person is None:
        return None
    if line.entry is None:
        line.entry = make_entry(line.person)
    finding = judge.judge(line.entry, row=line.number, consent=line.person.consent)
    line.verdict, line.reason = finding.verdict, finding.reason
    line.stored = finding.stored
    line.like_id = finding.stored.profile_id if finding.stored else None
    if finding.row:
        line.told = {"like_row": finding.row}
    return finding


def count(lines: Iterable[Line]) -> dict[str, int]:
    """Return rows by verdict."""
    return dict(Counter(line.verdict.value for line in lines))


def store_lines(
    session: Session, batch_id: int, lines: Sequence[Line], *, emptied: bool = False
) -> None:
    """Write rows; ``emptied`` keeps nothing of those that were taken in."""
    insert_rows(
        session,
        ImportRow,
        [_values(batch_id, line, emptied=emptied) for line in lines],
    )


def _values(batch_id: int, line: Line, *, emptied: bool) -> dict[str, Any]:
    bare = emptied and line.verdict in TAKEN
    told = {} if bare else line.told
    if line.person is not None and not bare:
        told = person_values(line.person) | told
    return {
        "batch_id": batch_id,
        "number": line.number,
        "cells": [] if bare else line.cells,
        "person": told,
        "verdict": line.verdict,
        "reason": line.reason,
        "choice": line.choice,
        "like_id": line.like_id,
        "profile_id": line.profile_id,
        "before": line.before,
    }


def load_lines(session: Session, batch: ImportBatch) -> list[Line]:
    """Return the stored rows of an import, in the order of the file."""
    rows = session.execute(
        select(
            ImportRow.number,
            ImportRow.cells,
            ImportRow.person,
            ImportRow.verdict,
            ImportRow.reason,
            ImportRow.choice,
            ImportRow.like_id,
        )
        .where(ImportRow.batch_id == batch.id)
        .order_by(ImportRow.number)
    )
    return [_line(*row) for row in rows]


def _line(  # noqa: PLR0913, PLR0917  the columns of a row
    number: int,
    cells: list[str],
    told: dict[str, Any],
    verdict: Verdict,
    reason: str,
    choice: Choice | None,
    like_id: int | None,
) -> Line:
    person = stored_person(told) if "rows" in told else None
    line = Line(number, cells, person, told if person is None else {}, verdict, reason)
    line.choice, line.like_id = choice, like_id
    return line


def forget_lines(session: Session, batch_id: int) -> None:
    """Remove the rows of an import."""
    session.execute(delete(ImportRow).where(ImportRow.batch_id == batch_id))
