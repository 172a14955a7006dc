"""Where in a sheet the tables of people stand: preambles, sections, headers.

A header is a row whose cells are words that headers consist of, with at least one
that identifies people. Rows above are the preamble; a lone cell before another
header is the title of a new section.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from matchmaker.events.formats.cells import text
from matchmaker.events.formats.headers import IDENTITY, header_key, match_header
from matchmaker.events.formats.model import Row, Section, Sheet

#: Rows among which the first header is looked for.
_SEARCHED: Final = 100
_ENOUGH: Final = 2  # known words that make a header
_SHARE: Final = 0.3  # of its cells that must be known words
_DATUM: Final = re.compile(
    r"[{}<>`]|@[\w-]+\.|^https?://|^[+(]?\d[\d\s().+-]{4,}$|^\d{1,4}[./-]\d{1,2}[./-]\d{2,4}|^\d+:\d\d"
)


@dataclass(frozen=True, slots=True)
class _Header:
    """A header that begins at a row: how many rows it takes and what it says."""

    at: int
    size: int
    cells: tuple[str, ...]
    people: bool


@lru_cache(maxsize=8_000)
def _is_datum(cell: str) -> bool:
    return bool(_DATUM.search(cell))


def _filled(row: Row) -> list[str]:
    return [cell for cell in row if cell and not cell.isspace()]


def find_sections(sheet: Sheet) -> tuple[tuple[str, ...], tuple[Section, ...]]:
    """Return the preamble's cells and the tables of people of a sheet.

    A sheet without any header is one section with an empty header.
    """
    rows = sheet.rows
    first = next(
        (
            h
            for at in range(min(len(rows), _SEARCHED))
            if (h := _header_at(rows, at)) and h.people
        ),
        None,
    )
    if first is None:
        return (), _headerless(sheet)
    preamble = tuple(cell.strip() for row in rows[: first.at] for cell in _filled(row))
    return preamble, tuple(_sections(sheet, first))


def _sections(sheet: Sheet, first: _Header) -> Iterable[Section]:
    rows = sheet.rows
    header, title = first, _title_above(rows, first.at)
    start = first.at + first.size
    for at, following in _later_headers(rows, start, first):
        if header.people:
            yield _section(sheet, header, title, _end(rows, start, at))
        header, title, start = following, _title_above(rows, at), at + following.size
    if header.people:
        yield _section(sheet, header, title, len(rows))


def _later_headers(
    rows: Sequence[Row], start: int, first: _Header
) -> Iterable[tuple[int, _Header]]:
    """Yield headers below the first: repeated ones and those after a break."""
    repeated = {_folded(rows[first.at])}
    marker = rows[first.at][0] if rows[first.at] else ""
    loose, skip_to = False, start
    for at in range(start, len(rows)):
        row = rows[at]
        # The quick way for the hundred thousand rows that are only rows.
        if not loose and row[2:3] and row[0] and row[1] and row[0] != marker:
            continue
        if at < skip_to:
            continue
        filled = _filled(row)
        if len(filled) <= 1:
            loose = True
            continue
        if (loose or _folded(row) in repeated) and (header := _header_at(rows, at)):
            yield at, header
            repeated.add(_folded(row))
            skip_to = at + header.size
        loose = False


def _folded(row: Row) -> tuple[str, ...]:
    return tuple(cell.strip().casefold() for cell in row if cell and not cell.isspace())


def _title_above(rows: Sequence[Row], at: int) -> str:
    for above in range(at - 1, max(-1, at - 3), -1):
        filled = _filled(rows[above])
        if len(filled) == 1:
            return filled[0].strip()
        if filled:
            return ""
    return ""


def _end(rows: Sequence[Row], start: int, following: int) -> int:
    """Return where a section ends: before the title and blanks above the next one."""
    end = following
    if end > start and len(_filled(rows[end - 1])) == 1:
        end -= 1
    while end > start and not _filled(rows[end - 1]):
        end -= 1
    return end


def _section(sheet: Sheet, header: _Header, title: str, end: int) -> Section:
    start = header.at + header.size
    return Section(
        title=title,
        header_row=sheet.first_row + header.at,
        header=header.cells,
        first_row=sheet.first_row + start,
        rows=sheet.rows[start:end],
        sheet=sheet.name,
    )


def _header_at(rows: Sequence[Row], at: int) -> _Header | None:
    judged = _judge(rows[at])
    if judged is None:
        return None
    hits, people, filled = judged
    weak = hits < _ENOUGH or hits < filled * _SHARE
    if weak and not (people and _is_borne_out(rows, at, filled)):
        return None
    if weak and filled < _ENOUGH and hits == 0:
        return None
    cells, size = tuple(cell.strip() for cell in rows[at]), 1
    below = _judge(rows[at + 1]) if at + 1 < len(rows) else None
    if below is not None and below[0] >= _ENOUGH and not _is_numbering(rows[at + 1]):
        cells, size = _combined(cells, rows[at + 1]), 2
        people = people or below[1]
    while at + size < len(rows) and _is_numbering(rows[at + size]):
        size += 1
    return _Header(at, size, cells, people)


def _judge(row: Row) -> tuple[int, bool, int] | None:
    """Return the known words of a row, whether they are of people, and its cells."""
    filled = _filled(row)
    if not filled or any(_is_datum(cell) for cell in filled):
        return None
    fields = [match_header(text(cell))[0] for cell in filled]
    if fields.count("summary") >= _ENOUGH:
        return len(fields), False, len(filled)
    known = [name for name in fields if name]
    return len(known), any(name in IDENTITY for name in known), len(filled)


def _is_borne_out(rows: Sequence[Row], at: int, filled: int) -> bool:
    """Tell whether the row below a doubtful header holds what a header does not."""
    below = next((row for row in rows[at + 1 : at + 4] if _filled(row)), ())
    data = any(_is_datum(cell.strip()) for cell in below if cell)
    return data and len(_filled(below)) >= min(filled, 2)


def _is_numbering(row: Row) -> bool:
    """Tell whether a row only counts the columns, as Russian lists do."""
    cells = [cell.strip().rstrip(".") for cell in row if cell and not cell.isspace()]
    return len(cells) > 2 and cells == [str(n) for n in range(1, len(cells) + 1)]  # noqa: PLR2004


def _combined(upper: tuple[str, ...], lower: Row) -> tuple[str, ...]:
    """Return one header of two rows: the lower says what, the upper of whom."""
    cells, group = [], ""
    for at in range(max(len(upper), len(lower))):
        above = upper[at] if at < len(upper) else ""
        below = lower[at].strip() if at < len(lower) else ""
        group = above or group
        if not below or header_key(below) == header_key(above):
            cells.append(above)
        elif match_header(below)[0]:
            told = match_header(group)[0] if group else ""
            strange = told in {"never", "other_person"}
            cells.append(f"{group} {below}" if strange else below)
        else:
            cells.append(f"{group} {below}".strip())
    return tuple(cells)


def _headerless(sheet: Sheet) -> tuple[Section, ...]:
    """Return the sheet as one section, from the first row as wide as most are."""
    widths = [len(_filled(row)) for row in sheet.rows]
    filled = sorted(width for width in widths if width)
    if not filled:
        return ()
    usual = filled[len(filled) // 2]
    start = next(at for at, width in enumerate(widths) if width and width * 2 >= usual)
    columns = max(len(row) for row in sheet.rows)
    header = ("",) * columns
    first = sheet.first_row + start
    return (Section("", 0, header, first, sheet.rows[start:], sheet.name),)
