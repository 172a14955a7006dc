"""The steps of reading a file, each of which a wizard can stop at and correct.

``open_tables`` says what a file is made of, ``find_table`` where in it the people
stand and whose export it is, ``guess_mapping`` what the columns are, and
``people.read_people`` who is in it. ``read`` does all four.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from matchmaker.events.formats import cells, encodings
from matchmaker.events.formats.delimited import read_delimited
from matchmaker.events.formats.finder import find_sections
from matchmaker.events.formats.headers import IDENTITY, is_known_word, match_header
from matchmaker.events.formats.html_tables import is_html, read_html
from matchmaker.events.formats.mapping import guess_columns
from matchmaker.events.formats.model import (
    Columns,
    FormatError,
    Limits,
    Opened,
    Person,
    Reading,
    Section,
    Sheet,
    Skipped,
    Table,
)
from matchmaker.events.formats.people import read_people
from matchmaker.events.formats.tools import BY_NAME, Tool, View, recognise
from matchmaker.events.formats.vcards import is_vcard, read_vcards
from matchmaker.events.formats.workbooks import is_workbook, read_workbook
from matchmaker.vocabulary.place_names import find_country


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person decided instead of the guess; empty where nobody did."""

    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    header_row: int | None = None
    format: str | None = None


_NO_CHOICES: Final = Choices()
_LIMITS: Final = Limits()
_OTHER_KINDS: Final = (
    (b"%PDF", "pdf"),
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"GIF8", "picture"),
    (b"\x1f\x8b", "archive"),
    (b"Rar!", "archive"),
    (b"7z\xbc\xaf", "archive"),
    (b"{\\rtf", "document"),
    (b"\x7fELF", "program"),
    (b"MZ\x90", "program"),
    (b"SQLite format 3", "database"),
)
_BINARY: Final = 0.05  # share of control characters that no text has


def open_tables(
    data: bytes,
    filename: str,
    *,
    choices: Choices = _NO_CHOICES,
    limits: Limits = _LIMITS,
) -> Opened:
    """Return the sheets of a file, whatever its name says it is.

    Raises
    ------
    FormatError
        When the file cannot be read or exceeds a limit; nothing else is raised.
    """
    del filename  # Names lie: an .xlsx called .csv is read as what it is.
    if len(data) > limits.file_bytes:
        raise FormatError("too_big", limit=limits.file_bytes, size=len(data))
    if not data.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise FormatError("empty")
    if is_workbook(data):
        sheets, warnings = read_workbook(data, limits, choices.sheet)
        return Opened("workbook", sheets, warnings=warnings)
    _refuse_other_kinds(data)
    text, encoding, others, warnings = encodings.decode(
        data, choices.encoding, known=_is_telling
    )
    _refuse_binary(text)
    if is_vcard(text):
        cards = read_vcards(text, encoding, limits)
        return Opened("vcard", (cards,), encoding, None, others, warnings)
    if is_html(text):
        return Opened("html", read_html(text, limits), encoding, None, others, warnings)
    if text[:2_000].lstrip().startswith("<?xml"):
        raise FormatError("xml_spreadsheet")
    sheet, delimiter, more = read_delimited(text, limits, choices.delimiter)
    if not any(any(row) for row in sheet.rows):
        raise FormatError("empty")
    return Opened(
        "delimited", (sheet,), encoding, delimiter, others, (*warnings, *more)
    )


def _is_telling(word: str) -> bool:
    return is_known_word(word) or (len(word) > 3 and find_country(word) is not None)  # noqa: PLR2004


def _refuse_other_kinds(data: bytes) -> None:
    for mark, kind in _OTHER_KINDS:
        if data.startswith(mark):
            raise FormatError("not_a_table", kind=kind)
    if b"\0\0\0\0\0\0\0\0" in data[:4_096]:
        raise FormatError("not_a_table", kind="binary")


def _refuse_binary(text: str) -> None:
    head = text[:20_000]
    strange = sum(1 for char in head if char < " " and char not in "\t\n\r\x0b\x0c\x1a")
    if strange > max(3, len(head) * _BINARY):
        raise FormatError("not_a_table", kind="binary")


def find_table(
    opened: Opened, filename: str, *, choices: Choices = _NO_CHOICES
) -> tuple[Table, tuple[str, ...]]:
    """Return the table of people of an opened file, and warnings.

    Raises
    ------
    FormatError
        When there is no table, or the format somebody chose does not exist.
    """
    if choices.format not in {None, *BY_NAME}:
        raise FormatError("no_such_format", format=str(choices.format)[:40])
    if opened.kind == "vcard":
        tool = BY_NAME["vcard"]
        rows = opened.sheets[0].rows
        return Table(
            "vcard", (Section("", 0, tuple(tool.headers.values()), 1, rows),)
        ), ()
    found = [_looked_through(sheet, filename, choices) for sheet in opened.sheets]
    found = [each for each in found if each.sections]
    if not found:
        raise FormatError("no_table")
    best = _best(found)
    same = [each for each in found if each is not best and each.shape == best.shape]
    sections = best.sections
    if not best.tool.first_sheet:
        sections += tuple(section for each in same for section in each.sections)
    left = len(found) - 1 - len(same)
    warnings = []
    if left and opened.kind == "workbook":
        warnings.append("other_sheets")
    if not best.headed:
        warnings.append("no_header")
    return Table(best.tool.name, sections, best.preamble), tuple(warnings)


@dataclass(frozen=True, slots=True)
class _Found:
    """What one sheet holds."""

    tool: Tool
    preamble: tuple[str, ...]
    sections: tuple[Section, ...]

    @property
    def headed(self) -> bool:
        return any(self.sections[0].header)

    @property
    def shape(self) -> tuple[str, ...]:
        return tuple(cell.strip().casefold() for cell in self.sections[0].header)

    @property
    def worth(self) -> tuple[bool, int, int]:
        fields = {match_header(cell)[0] for cell in self.sections[0].header if cell}
        rows = sum(len(section.rows) for section in self.sections)
        return bool(fields & IDENTITY), len(fields), rows


def _best(found: Sequence[_Found]) -> _Found:
    """Return the sheet to read: the first of a tool that repeats, else the fullest."""
    for each in found:
        if each.tool.first_sheet and each.headed:
            return each
    return max(found, key=lambda each: each.worth)


def _looked_through(sheet: Sheet, filename: str, choices: Choices) -> _Found:
    if choices.header_row is not None:
        preamble, sections = _from_row(sheet, choices.header_row)
    else:
        preamble, sections = find_sections(sheet)
    view = View.of(preamble, sections, filename)
    tool = BY_NAME[choices.format] if choices.format else recognise(view)
    wanted = tool.only_sections
    if wanted is not None and any(wanted.search(section.title) for section in sections):
        sections = tuple(s for s in sections if wanted.search(s.title))
    elif wanted is not None:
        sections = sections[:1]
    return _Found(tool, preamble, sections)


def _from_row(
    sheet: Sheet, header_row: int
) -> tuple[tuple[str, ...], tuple[Section, ...]]:
    """Return one section under the header a person pointed at; 0 means none."""
    at = header_row - sheet.first_row
    if header_row == 0:
        at = -1
    elif not 0 <= at < len(sheet.rows):
        raise FormatError("no_such_row", row=header_row)
    width = max((len(row) for row in sheet.rows), default=0)
    header = (
        tuple(cell.strip() for cell in sheet.rows[at]) if at >= 0 else ("",) * width
    )
    first = sheet.first_row + at + 1
    section = Section(
        "", max(header_row, 0), header, first, sheet.rows[at + 1 :], sheet.name
    )
    return (), (section,)


def guess_mapping(table: Table) -> tuple[Columns, ...]:
    """Return the columns of each section of a table as they are guessed."""
    tool = BY_NAME[table.format]
    return tuple(guess_columns(section, tool) for section in table.sections)


def apply_mapping(table: Table, chosen: Columns) -> tuple[Columns, ...]:
    """Return the columns of each section with a person's mapping put over them.

    ``chosen`` belongs to the widest section; in the others its headers are found
    again by their words.
    """
    by_header = {cells.text(c.header).casefold(): c for c in chosen if c.header}
    by_index = {c.index: c for c in chosen}
    found = []
    for columns in guess_mapping(table):
        widest = len(columns) == len(chosen)
        found.append(
            tuple(
                replace(
                    column, field=own.field, certainty=own.certainty, choice=own.choice
                )
                if (
                    own := (
                        by_index.get(column.index)
                        if widest
                        else by_header.get(cells.text(column.header).casefold())
                    )
                )
                else column
                for column in columns
            )
        )
    return tuple(found)


def read(
    data: bytes,
    filename: str,
    *,
    choices: Choices = _NO_CHOICES,
    mapping: Columns | None = None,
    limits: Limits = _LIMITS,
) -> Reading:
    """Return everything found in a file.

    Parameters
    ----------
    data, filename
        The file; its name is only a hint at the tool and never a path.
    choices
        What a person decided instead of the guesses.
    mapping
        A mapping chosen or remembered for files of this shape.
    limits
        The most that is read.

    Raises
    ------
    FormatError
        With a code and details; nothing else is raised for any bytes.
    """
    opened = open_tables(data, filename, choices=choices, limits=limits)
    table, warnings = find_table(opened, filename, choices=choices)
    columns = apply_mapping(table, mapping) if mapping else guess_mapping(table)
    if not mapping and not any(c.field in IDENTITY for each in columns for c in each):
        raise FormatError("no_table")
    people, skipped, more = read_people(table, columns)
    warnings = tuple(dict.fromkeys((*opened.warnings, *warnings, *more)))
    return _reading(opened, table, columns, (people, skipped, warnings))


def _reading(
    opened: Opened,
    table: Table,
    columns: tuple[Columns, ...],
    found: tuple[tuple[Person, ...], tuple[Skipped, ...], tuple[str, ...]],
) -> Reading:
    widest = max(range(len(columns)), key=lambda at: len(columns[at]))
    first = table.sections[widest]
    people, skipped, warnings = found
    return Reading(
        format=table.format,
        encoding=opened.encoding,
        delimiter=opened.delimiter,
        sheet=first.sheet,
        header_row=first.header_row,
        first_row=first.first_row,
        shape_key=table.shape_key,
        columns=columns[widest],
        people=people,
        skipped=skipped,
        warnings=warnings,
    )
