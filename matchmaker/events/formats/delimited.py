"""Text into rows: which delimiter, broken quotes, and what Excel adds."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from typing import Final

from matchmaker.events.formats.headers import match_header
from matchmaker.events.formats.model import FormatError, Limits, Row, Sheet

_DELIMITERS: Final = (",", ";", "\t", "|")
_OTHER_DELIMITERS: Final = ("，", "；", "^", "~", "¦")
_SEP: Final = re.compile(r'^"?sep=(.)"?\s*$', re.IGNORECASE)
_LINES: Final = 60  # that are tried to find the delimiter
#: So many lines in one cell mean that a quote was never closed.
_RUNAWAY: Final = 40
_HEAD: Final = 200_000  # characters among which the lines for trying are taken


def read_delimited(
    content: str, limits: Limits, chosen: str | None = None
) -> tuple[Sheet, str, tuple[str, ...]]:
    """Return the rows of a text, its delimiter and warnings.

    Raises
    ------
    FormatError
        When the text exceeds a limit.
    """
    content = content.replace("\r\n", "\n").replace("\r", "\n")
    first, newline, rest = content.partition("\n")
    delimiter = chosen
    if found := _SEP.match(first):
        # Excel's own line; it shows the next one as row 1.
        delimiter, content = chosen or found[1], rest
    elif not newline and not first.strip():
        raise FormatError("empty")
    delimiter = delimiter or _delimiter(content)
    rows, warnings = _rows(content, delimiter, limits)
    if _is_wrapped(rows):
        rows = [_split(row[0], delimiter) if row else row for row in rows]
        warnings = (*warnings, "lines_quoted")
    _check_width(rows, limits)
    return Sheet("", rows), delimiter, warnings


def _delimiter(content: str) -> str:
    """Return the delimiter under which most headers are known, then the steadiest."""
    lines = [line for line in content[:_HEAD].split("\n")[:_LINES] if line.strip()]
    candidates = _DELIMITERS + tuple(
        d for d in _OTHER_DELIMITERS if any(d in x for x in lines[:5])
    )
    return max(candidates, key=lambda each: _fitness(lines, each))


def _fitness(lines: Sequence[str], delimiter: str) -> tuple[float, float, int]:
    rows = list(_tried(lines, delimiter))
    wide = [row for row in rows if len(row) > 1]
    if not wide:
        return 0.0, 0.0, -_rank(delimiter)
    known = max(
        sum(1 for cell in row if cell.strip() and match_header(cell)[0]) for row in wide
    )
    widths = [len(row) for row in wide]
    steady = max(widths.count(width) * min(width, 8) for width in set(widths)) / len(
        rows
    )
    return float(known if known > 1 else 0), steady, -_rank(delimiter)


def _rank(delimiter: str) -> int:
    return (*_DELIMITERS, *_OTHER_DELIMITERS).index(delimiter)


def _tried(lines: Sequence[str], delimiter: str) -> Iterator[list[str]]:
    try:
        yield from csv.reader(lines, delimiter=delimiter)
    except csv.Error:
        return


def _rows(
    content: str, delimiter: str, limits: Limits
) -> tuple[list[Row], tuple[str, ...]]:
    csv.field_size_limit(max(131_072, limits.cell_chars * 4))
    rows: list[Row] = []
    try:
        for row in csv.reader(io.StringIO(content, newline=""), delimiter=delimiter):
            if len(rows) >= limits.rows + _RUNAWAY:
                _refuse_more(rows, limits)
            rows.append(row)
            if any(len(cell) > _SHORT and cell.count("\n") >= _RUNAWAY for cell in row):
                return _line_by_line(content, delimiter, limits)
    except csv.Error:
        return _line_by_line(content, delimiter, limits)
    _refuse_more(rows, limits)
    return rows, ()


_SHORT: Final = 2 * _RUNAWAY


def _line_by_line(
    content: str, delimiter: str, limits: Limits
) -> tuple[list[Row], tuple[str, ...]]:
    """Read every line for itself where a quote was opened and never closed."""
    rows: list[Row] = []
    for line in io.StringIO(content):
        rows.append(_split(line.rstrip("\n"), delimiter))
        if len(rows) >= limits.rows + _RUNAWAY:
            _refuse_more(rows, limits)
    _refuse_more(rows, limits)
    return rows, ("quotes_broken",)


def _split(line: str, delimiter: str) -> Row:
    try:
        if line.count('"') % 2 == 0:
            return next(iter(csv.reader([line], delimiter=delimiter)), [])
    except csv.Error:
        pass
    return [cell.strip().strip('"') for cell in line.split(delimiter)]


def _refuse_more(rows: Sequence[Row], limits: Limits) -> None:
    filled = sum(1 for row in rows if row)
    if filled > limits.rows + 1:  # the header is no row of data
        raise FormatError("too_many_rows", limit=limits.rows)


def _is_wrapped(rows: Sequence[Row]) -> bool:
    """Tell whether whole lines stand in quotes, as Excel leaves them at times."""
    head = [row for row in rows[:_LINES] if row]
    return bool(head) and all(
        len([cell for cell in row if cell]) == 1
        and row[0].count(",") + row[0].count(";") > 1
        for row in head
    )


def _check_width(rows: Sequence[Row], limits: Limits) -> None:
    longest = limits.cell_chars
    for number, row in enumerate(rows, 1):
        if len(row) > limits.columns and len([c for c in row if c]) > limits.columns:
            raise FormatError("too_many_columns", row=number, limit=limits.columns)
        if sum(map(len, row)) > longest and any(len(cell) > longest for cell in row):
            raise FormatError("cell_too_long", row=number, limit=longest)
