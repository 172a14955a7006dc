"""Tables as files for spreadsheets, safe to open. Knows no web and no database.

A cell that begins like a formula would be run by the program that opens a CSV file.
Such cells get an apostrophe in front, which spreadsheets hide and our own import
takes off again. In XLSX every cell is written as text, so nothing is changed there.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

import xlsxwriter

_MARK: Final = "'"
#: How formulas begin, with their full-width forms; TAB, CR and LF hide them.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_LONGEST_CELL: Final = 32_767  # characters; the limit of the file format
_WIDEST: Final = 60  # characters of a column as it is shown


def neutral(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return _MARK + cell if cell.lstrip(" ").startswith(_FORMULA) else cell


def csv_file(rows: Iterable[Sequence[str]]) -> bytes:
    """Return rows as CSV; the mark at its start tells spreadsheets it is UTF-8."""
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\r\n")
    writer.writerows([neutral(cell) for cell in row] for row in rows)
    return lines.getvalue().encode("utf-8-sig", "replace")


def xlsx_file(rows: Iterable[Sequence[str]], *, title: str) -> bytes:
    """Return rows as a workbook of one sheet, the first row in bold."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(
        file,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    sheet = book.add_worksheet(title[:31])
    bold = book.add_format({"bold": True})
    for number, row in enumerate(rows):
        for at, cell in enumerate(row):
            whole = cell[:_LONGEST_CELL].encode("utf-8", "replace").decode()
            sheet.write_string(number, at, whole, bold if number == 0 else None)
    sheet.freeze_panes(1, 0)
    sheet.autofit(_WIDEST * 7)
    book.close()
    return file.getvalue()
