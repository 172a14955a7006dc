"""Tables into people: every row is somebody, a join of somebody, or has a reason."""

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from matchmaker.events.formats import cells
from matchmaker.events.formats.choices import split_hard
from matchmaker.events.formats.merging import Group, merge, settle_orders
from matchmaker.events.formats.model import (
    Columns,
    Person,
    Row,
    Section,
    Skipped,
    Table,
)
from matchmaker.events.formats.names import looks_like_name, name_key
from matchmaker.events.formats.refusals import refusal
from matchmaker.events.formats.rows import Draft, RowReader
from matchmaker.events.formats.signs import is_total
from matchmaker.events.formats.times import minutes_attended
from matchmaker.events.formats.tools import BY_NAME, Tool
from matchmaker.vocabulary.place_names import find_country, names_country

#: A lone cell in a table of so many columns is a heading or a remark.
_WIDE: Final = 3
_CODE: Final = 3  # letters of a country's code at most
_LABEL: Final = 80  # characters of a row's label in a report


def read_people(
    table: Table, mapping: Sequence[Columns]
) -> tuple[tuple[Person, ...], tuple[Skipped, ...], tuple[str, ...]]:
    """Return the people of a table, the rows that are none, and warnings.

    Parameters
    ----------
    table
        As found by ``find_table``.
    mapping
        The columns of each section, guessed or chosen by a person.
    """
    with _no_collector():
        return _people(table, mapping)


@contextmanager
def _no_collector() -> Iterator[None]:
    """Keep Python from looking for cycles, of which rows and people form none.

    It would look through all of them again and again: half the time of 100,000 rows.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _people(
    table: Table, mapping: Sequence[Columns]
) -> tuple[tuple[Person, ...], tuple[Skipped, ...], tuple[str, ...]]:
    tool = BY_NAME[table.format]
    read = _Read()
    for section, columns in zip(table.sections, mapping, strict=True):
        _read_section(read, section, RowReader(section, columns, tool))
    drafts, skipped, warnings = _settle_unreached(read.drafts, read.unreached)
    skipped += read.skipped
    settle_orders(
        [d for d in drafts if "order_email" in d.cells or "order_phone" in d.cells]
    )
    groups, shared = merge(drafts, tool)
    groups.sort(key=lambda group: _is_later(group, table, tool))
    people = tuple(_person(group) for group in groups)
    if not people and not skipped and not shared:
        warnings = (*warnings, "no_people")
    return people, _in_order((*skipped, *shared)), warnings


def _in_order(skipped: Iterable[Skipped]) -> tuple[Skipped, ...]:
    return tuple(sorted(skipped, key=lambda each: (each.sheet, each.row)))


@dataclass(slots=True)
class _Read:
    drafts: list[Draft] = field(default_factory=list)
    unreached: list[Draft] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)


def _read_section(read: _Read, section: Section, reader: RowReader) -> None:
    # A sheet or a part of a list is often called what its people have in common.
    context = _named_country(section.title) or _named_country(section.sheet)
    wide = sum(1 for cell in section.header if cell) >= _WIDE
    for number, row in enumerate(section.rows, section.first_row):
        kind = ""
        if len(row) < 2 or not row[0] or not row[1]:  # noqa: PLR2004 - or it is full
            kind, context = _lone(row, wide=wide, context=context)
        elif is_total(row[0]) and not any("@" in cell for cell in row):
            kind = "total_row"
        if kind not in {"", "blank", "heading"}:
            label = next(cell for cell in row if cell and not cell.isspace())
            read.skipped.append(_skip(number, kind, label, section))
        if kind:
            continue
        draft = reader.read(number, row, context)
        reason = refusal(draft, reader.fields, reader.tool)
        if reason == "no_email":
            read.unreached.append(draft)
        elif reason:
            label = draft.email or draft.name or next((c for c in row if c), "")
            read.skipped.append(_skip(number, reason, label, section))
        else:
            read.drafts.append(draft)


def _named_country(title: str) -> str | None:
    tidy = title.strip(" :.")
    # A sheet called "ID" or "IN" is not about Indonesia or India.
    short = tidy.isascii() and len(tidy) <= _CODE
    return find_country(tidy) if not short and names_country(tidy) else None


def _skip(number: int, reason: str, label: str, section: Section) -> Skipped:
    return Skipped(number, reason, label.strip()[:_LABEL], section.sheet)


def _lone(row: Row, *, wide: bool, context: str | None) -> tuple[str, str | None]:
    """Tell what a row with next to nothing in it is, and the country it heads.

    Lists are often cut into parts by a lone cell with a country's name.
    """
    filled = [cell for cell in row if cell and not cell.isspace()]
    if not filled:
        return "blank", context
    first = cells.text(filled[0])
    if is_total(first):
        return "total_row", context
    if len(filled) > 1 or not wide or "@" in first:
        return "", context
    if country := find_country(first.rstrip(":")):
        return "heading", country
    if looks_like_name(first):
        return "", context
    return ("remark" if first else "heading"), context


def _settle_unreached(
    drafts: list[Draft], unreached: list[Draft]
) -> tuple[list[Draft], list[Skipped], tuple[str, ...]]:
    """Decide on people of a meeting report whom no address leads to.

    Such a row is a join of the person of that name who has one. Where nobody has an
    address they are kept by name; otherwise they cannot be written to.
    """
    if not any(draft.email for draft in drafts):
        kept = drafts + unreached
        return kept, [], ("no_addresses",) if kept else ()
    known = {name_key(draft.name) for draft in drafts if draft.email}
    joins = [draft for draft in unreached if name_key(draft.name) in known]
    skipped = [
        Skipped(draft.row, "no_email", draft.name[:_LABEL], draft.sheet)
        for draft in unreached
        if name_key(draft.name) not in known
    ]
    return drafts + joins, skipped, ()


def _is_later(group: Group, table: Table, tool: Tool) -> bool:
    """Tell whether a person stands in a section that comes after the others."""
    if tool.later_sections is None or len(table.sections) == 1:
        return False
    row = group.first.row
    section = next(
        (s for s in reversed(table.sections) if s.first_row <= row), table.sections[0]
    )
    return bool(tool.later_sections.search(section.title))


def _combined(group: Group) -> Draft:
    """Return the rows of a person as one: what the first leaves blank is filled."""
    first = group.first
    if len(group.drafts) == 1:
        return first
    later = group.drafts[1:]
    filled: dict[str, str] = {}
    for draft in reversed(group.drafts):
        filled.update(draft.cells)
    first.cells = filled
    first.name = _best_name(group)
    first.attended = _attended(group.drafts)
    for draft in later:
        for name in (
            "country",
            "phone",
            "role",
            "status",
            "display",
            "linkedin",
            "website",
        ):
            setattr(first, name, getattr(first, name) or getattr(draft, name))
        first.joins += draft.joins
        first.problems += draft.problems
        first.messengers = draft.messengers | first.messengers
        for name, ticked in draft.choices.items():
            first.choices.setdefault(name, []).extend(ticked)
    asked = dict.fromkeys(
        d.cells["question"] for d in group.drafts if "question" in d.cells
    )
    if asked:
        filled["question"] = "\n".join(asked)
    return first


def _best_name(group: Group) -> str:
    """Return the first name given; a fuller one of a later join is better."""
    names = [draft.name for draft in group.drafts if draft.name]
    if not names:
        return ""
    full = [name for name in names if " " in name or not name.isascii()]
    return names[0] if names[0] in full or not full else full[0]


def _attended(drafts: Sequence[Draft]) -> bool | None:
    said = {draft.attended for draft in drafts}
    return True if True in said else False if False in said else None


def _person(group: Group) -> Person:
    one = _combined(group)
    said = one.cells.get
    stayed = one.joins and one.attended is not False
    return Person(
        full_name=one.name or None,
        email=one.email,
        country=one.country,
        company=said("company"),
        title=said("title"),
        phone=one.phone,
        attended=one.attended,
        minutes=minutes_attended(one.joins) if stayed else None,
        role=one.role or None,
        status=one.status or None,
        display=one.display or None,
        city=said("city"),
        website=said("website") or one.website,
        linkedin=said("linkedin") or one.linkedin,
        whatsapp=one.messengers.get("whatsapp"),
        telegram=one.messengers.get("telegram"),
        wechat=one.messengers.get("wechat"),
        viber=one.messengers.get("viber"),
        languages=said("languages"),
        sector_raw=said("sector"),
        sectors=_choices(one, "sector"),
        offers=said("offers"),
        offer_choices=_choices(one, "offers"),
        requests=said("seeks"),
        request_choices=_choices(one, "seeks"),
        question=_question(one),
        about=said("about"),
        title_company_raw=said("title_company"),
        country_raw=None if one.country else said("country"),
        consent=cells.yes_or_no(said("consent", "")),
        note=one.note or None,
        problems=tuple(dict.fromkeys(one.problems)),
        rows=tuple(draft.row for draft in group.drafts),
        sheet=one.sheet,
    )


def _choices(one: Draft, name: str) -> tuple[str, ...]:
    """Return the ticked choices, or what stands between hard separators of a cell."""
    if ticked := one.choices.get(name):
        return tuple(dict.fromkeys(ticked)) if len(ticked) > 1 else (ticked[0],)
    said = one.cells.get(name)
    return split_hard(said) if said else ()


def _question(one: Draft) -> str | None:
    """Return the questions a person asked, on lines of their own."""
    asked = one.cells.get("question")
    if asked is None:
        return None
    kept = [line for line in asked.split("\n") if not cells.is_no_question(line)]
    return "\n".join(kept) or None
