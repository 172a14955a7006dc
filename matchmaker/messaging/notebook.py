"""The overview of contacts: on which shelf each stands, filters, counts. Reads only.

One statement gives a page of lines together with the number of lines on every shelf,
whatever the size of the notebook; a second one, asked for only when the filters are
open, counts what one can filter by.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.clock import now
from matchmaker.matching.models import Introduction, IntroductionState
from matchmaker.messaging import rules
from matchmaker.messaging.models import StepOwner
from matchmaker.messaging.rules import Shelf
from matchmaker.messaging.service import connected_to, partner_of, with_people
from matchmaker.messaging.shelves import (
    INDEXED,
    Shape,
    choices_statement,
    lines_statement,
    state_statement,
)
from matchmaker.profiles.models import Profile
from matchmaker.profiles.search import facet_key

PAGE = 50  # lines of a page
WHOLE = 20_000  # lines of a file or a printed page
FACETS = ("country", "sector", "event", "language", "kind", "step")
SORTS = ("due", "recent", "oldest", "name")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines, in which order."""

    shelf: Shelf | None = None
    words: str = ""
    sort: str = "due"
    facets: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the notebook; the names of a person are those of a profile.

    Of a request that waits, ``due_on`` is the day on which it ends or comes back.
    """

    shelf: Shelf
    introduction_id: str | None
    public_id: str
    full_name: str
    latin_name: str
    job_title: str
    organisation_name: str
    country: str
    next_step: str
    owner: StepOwner | None
    due_on: date | None
    last_on: date
    last_kind: str | None
    state: IntroductionState | None
    note: str | None
    lang: str | None


@dataclass(frozen=True, slots=True)
class Page:
    """Some lines, and how many there are on each shelf."""

    lines: Sequence[Line]
    counts: Mapping[Shelf, int]
    total: int


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to filter by, and how many lines it has."""

    value: str
    label: Mapping[str, str] | None
    count: int


def list_lines(  # noqa: PLR0913  each by name
    session: Session,
    profile_id: int,
    *,
    today: date,
    wanted: Wanted,
    page: int = 1,
    size: int = PAGE,
) -> Page:
    """Return a page of a member's notebook."""
    shape = _shape(wanted)
    rows = session.execute(
        lines_statement(shape),
        {
            **_values(profile_id, today, wanted),
            "size": size,
            "skipped": (page - 1) * size,
        },
    ).all()
    counts = {Shelf(row.shelf): row.lines for row in rows}
    total = counts.get(wanted.shelf, 0) if wanted.shelf else sum(counts.values())
    return Page(
        lines=[_line(row) for row in rows if row.public_id is not None],
        counts={shelf: counts[shelf] for shelf in Shelf if shelf in counts},
        total=total,
    )


def find_state(session: Session, profile_id: int) -> tuple[Any, ...]:
    """Return values that change whenever a member's notebook may.

    Beside what the frame of every page looks at: introductions, messages, decisions,
    blocks, the community. Requests that end by themselves are told by their number.
    """
    values = {"me": profile_id, "moment": now()}
    return tuple(session.execute(state_statement(), values).one())


def list_choices(
    session: Session, profile_id: int, *, today: date
) -> dict[str, list[Choice]]:
    """Return what the whole notebook can be filtered by, the most frequent first."""
    found: dict[str, list[Choice]] = {facet: [] for facet in FACETS}
    values = _values(profile_id, today, Wanted())
    for facet, value, label, count in session.execute(choices_statement(), values):
        text = value.rsplit(":", 1)[-1] if facet in INDEXED else value
        if text:
            names = json.loads(label) if label else None
            found[facet].append(Choice(text, names, count))
    for choices in found.values():
        choices.sort(key=lambda one: (-one.count, one.value))
    return found


def _line(row: Any) -> Line:  # noqa: ANN401  a row of the statement below
    return Line(
        shelf=Shelf(row.shelf),
        introduction_id=row.introduction_public_id,
        public_id=row.public_id,
        full_name=row.full_name,
        latin_name=row.latin_name,
        job_title=row.job_title,
        organisation_name=row.organisation_name or "",
        country=row.country,
        next_step=row.next_step or "",
        owner=StepOwner(row.owner) if row.owner else None,
        due_on=row.due_on,
        last_on=row.last_on,
        last_kind=row.last_kind,
        state=row.state,
        note=row.note,
        lang=row.lang,
    )


def _shape(wanted: Wanted) -> Shape:
    """Return what decides the text of the statement; values are bound later."""
    facets = tuple(name for name in FACETS if wanted.facets.get(name))
    return wanted.shelf is not None, bool(wanted.words), wanted.sort, facets


def _values(profile_id: int, today: date, wanted: Wanted) -> dict[str, Any]:
    values: dict[str, Any] = {
        "me": profile_id,
        "today": today,
        "awake": today - rules.SLEEPING_AFTER,
        "moment": now(),
    }
    if wanted.shelf:
        values["shelf"] = wanted.shelf.value
    for name, value in wanted.facets.items():
        values[name] = facet_key(name, value) if name in INDEXED else value
    if wanted.words:
        text = wanted.words.replace("\\", "\\\\").replace("%", "\\%")
        text = text.replace("_", "\\_")
        spelt = (text, text.lower(), text.upper(), text.title())
        values |= {f"words_{n}": f"%{one}%" for n, one in enumerate(spelt)}
    return values


def list_partners(
    session: Session, profile_id: int, public_ids: Sequence[str]
) -> list[tuple[str, Profile]]:
    """Return the other side of a member's contacts, in the order of their ids."""
    found = session.scalars(
        select(Introduction)
        .where(connected_to(profile_id), Introduction.public_id.in_(public_ids))
        .options(*with_people())
    ).all()
    partners = {one.public_id: partner_of(one, profile_id) for one in found}
    return [(one, partners[one]) for one in public_ids if one in partners]
