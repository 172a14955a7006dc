"""Spreadsheets into rows: .xlsx, .xls and .ods, checked before they are unpacked."""

import io
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import IO, Final, TypeAlias

from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from matchmaker.events.formats.apart import Merged, read_apart
from matchmaker.events.formats.extents import extent
from matchmaker.events.formats.model import FormatError, Limits, Row, Sheet

_Value: TypeAlias = int | float | str | bool | time | date | datetime | timedelta
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
_SMALL: Final = 200_000  # bytes; what is so small when unpacked is no bomb
_STRAY: Final = 3  # times the limit at which a stray cell may stand
_PREAMBLE: Final = 60  # rows above a table that are no rows of data
_FILES: Final = 2_000  # parts of an archive
_EXACT: Final = 1e15  # floats below it hold every integer


def is_workbook(data: bytes) -> bool:
    """Tell whether the bytes are a spreadsheet, whatever the file is called."""
    return data.startswith((b"PK\x03\x04", b"PK\x05\x06", _OLE))


def read_workbook(
    data: bytes, limits: Limits, chosen: str | None = None
) -> tuple[tuple[Sheet, ...], tuple[str, ...]]:
    """Return the sheets with something on them, and warnings.

    Raises
    ------
    FormatError
        When the file is damaged, encrypted, a bomb or beyond a limit.
    """
    _check(data, limits)
    if data.startswith(_OLE):
        sheets, warnings = _old_sheets(data, limits, chosen)
    else:
        sheets, warnings = _guarded(data, limits, chosen)
    found = tuple(sheet for sheet in sheets if sheet.rows)
    if not found:
        raise FormatError("empty")
    return found, warnings


def _guarded(
    data: bytes, limits: Limits, chosen: str | None
) -> tuple[list[Sheet], tuple[str, ...]]:
    try:
        return _sheets(data, limits, chosen)
    except PasswordError as error:
        raise FormatError("encrypted") from error
    except (CalamineError, ValueError, OSError, KeyError, OverflowError) as error:
        raise FormatError("damaged_workbook") from error
    except BaseException as error:
        # A panic of the Rust reader is no Exception; what else is none goes on.
        if type(error).__name__ != "PanicException":
            raise
        raise FormatError("damaged_workbook") from error


def _sheets(
    data: bytes, limits: Limits, chosen: str | None
) -> tuple[list[Sheet], tuple[str, ...]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    every = [e for e in book.sheets_metadata if e.typ == SheetTypeEnum.WorkSheet]
    shown = [e.name for e in every if e.visible == SheetVisibleEnum.Visible]
    names, warnings = _wanted([e.name for e in every], shown, chosen)
    sheets = []
    for name in names:
        sheet = book.get_sheet_by_name(name)
        # Rows and columns are counted from A1, as a person sees them.
        values = sheet.to_python(skip_empty_area=False)
        sheets.append(_sheet(name, values, sheet.merged_cell_ranges or (), limits))
    return sheets, warnings


def _old_sheets(
    data: bytes, limits: Limits, chosen: str | None
) -> tuple[list[Sheet], tuple[str, ...]]:
    """Read an .xls in a process of its own: its counts cannot be checked before."""
    found = read_apart(data)
    shown = [sheet["name"] for sheet in found if sheet["visible"]]
    names, warnings = _wanted([sheet["name"] for sheet in found], shown, chosen)
    sheets = [
        _sheet(sheet["name"], sheet["rows"], sheet["merged"], limits)
        for sheet in found
        if sheet["name"] in names
    ]
    return sheets, warnings


def _wanted(
    every: list[str], shown: list[str], chosen: str | None
) -> tuple[list[str], tuple[str, ...]]:
    if chosen is not None and chosen not in every:
        raise FormatError("no_such_sheet", sheet=chosen[:80])
    warnings = ("hidden_sheets",) if len(shown) < len(every) else ()
    return [chosen] if chosen is not None else shown, warnings


def _check(data: bytes, limits: Limits) -> None:
    if data.startswith(_OLE):
        if _ENCRYPTED in data:
            raise FormatError("encrypted")
        return
    if not data.startswith(b"PK"):
        return
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_archive(archive, len(data), limits)
    except (zipfile.BadZipFile, zlib.error, ValueError, OSError, EOFError) as error:
        raise FormatError("damaged_workbook") from error
    except (NotImplementedError, RuntimeError) as error:
        raise FormatError("encrypted") from error


def _check_archive(archive: zipfile.ZipFile, packed: int, limits: Limits) -> None:
    """Check what the archive says it unpacks to, and that it does not lie."""
    infos = archive.infolist()
    names = {info.filename for info in infos}
    if not {"xl/workbook.xml", "content.xml"} & names:
        raise FormatError("not_a_workbook")
    total = sum(info.file_size for info in infos)
    if len(infos) > _FILES or total > limits.unpacked_bytes:
        raise FormatError("too_big_unpacked", limit=limits.unpacked_bytes)
    if total > _SMALL and total > packed * limits.unpacked_ratio:
        raise FormatError("too_big_unpacked", limit=limits.unpacked_bytes)
    for info in infos:
        if info.flag_bits & 1:
            raise FormatError("encrypted")
        if info.filename.endswith((".xml", ".rels")):
            with archive.open(info) as part:
                _check_part(info.filename, part, limits)


def _check_part(name: str, part: IO[bytes], limits: Limits) -> None:
    """Refuse a part with a document type, with a password, or with cells far apart.

    The reader lays out the whole rectangle between the outermost cells, so one cell
    in the last row and column would fill the memory of any machine.
    """
    body = part.read()  # its size was checked; one that lies fails its checksum
    if name == "META-INF/manifest.xml" and b"encryption-data" in body:
        raise FormatError("encrypted")
    rows, columns = extent(body)
    if columns > limits.columns * _STRAY:
        raise FormatError("too_many_columns", row=1, limit=limits.columns)
    if rows > limits.rows * _STRAY:
        raise FormatError("too_many_rows", limit=limits.rows)


def _sheet(
    name: str, values: Iterable[Sequence[_Value]], merged: Merged, limits: Limits
) -> Sheet:
    rows: list[Row] = []
    filled = 0
    for number, cells in enumerate(values, 1):
        row = [_text(value) for value in cells]
        while row and not row[-1]:
            row.pop()
        _check_row(row, number, limits)
        filled += bool(row)
        if filled > limits.rows + _PREAMBLE:
            raise FormatError("too_many_rows", limit=limits.rows)
        rows.append(row)
    while rows and not rows[-1]:
        rows.pop()
    _fill_down(rows, merged)
    return Sheet(name, rows)


def _check_row(row: Sequence[str], number: int, limits: Limits) -> None:
    if len(row) > limits.columns:
        raise FormatError("too_many_columns", row=number, limit=limits.columns)
    longest = limits.cell_chars
    if any(len(cell) > longest for cell in row):
        raise FormatError("cell_too_long", row=number, limit=longest)


def _fill_down(rows: list[Row], merged: Merged) -> None:
    """Repeat what stands in cells merged downwards: one company for three people."""
    for (at, index), (end, last) in merged:
        if last != index or end == at or at >= len(rows) or index >= len(rows[at]):
            continue
        for below in range(at + 1, min(end + 1, len(rows))):
            row = [*rows[below], *[""] * (index + 1 - len(rows[below]))]
            row[index] = row[index] or rows[at][index]
            rows[below] = row


def _text(value: _Value) -> str:
    """Return a cell as a person sees it; phones come as floats."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, float):
        whole = value.is_integer() and abs(value) < _EXACT
        return str(int(value)) if whole else repr(value)
    if isinstance(value, timedelta):
        seconds = int(value.total_seconds())
        return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return str(value)
