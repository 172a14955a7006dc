"""Web pages that old systems call .xls: their tables into rows."""

from html.parser import HTMLParser
from typing import Final

from matchmaker.events.formats.model import FormatError, Limits, Sheet

_CELLS: Final = frozenset({"td", "th"})
_SILENT: Final = frozenset({"script", "style", "head", "title"})
_SPAN: Final = 1_000  # columns or rows one cell may be said to span


class _Tables(HTMLParser):
    """Collects the rows of the outermost tables."""

    def __init__(self, limits: Limits) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[list[str]]] = []
        self._limits = limits
        self._depth = 0
        self._silent = 0
        self._cell: list[str] | None = None
        self._span = 1
        self._count = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a table, row or cell."""
        self._silent += tag in _SILENT
        if tag == "table":
            self._depth += 1
            if self._depth == 1:
                self.tables.append([])
        elif self._depth == 1 and tag == "tr":
            self._close()
            self._count += 1
            if self._count > self._limits.rows + 60:
                raise FormatError("too_many_rows", limit=self._limits.rows)
            self.tables[-1].append([])
        elif self._depth == 1 and tag in _CELLS:
            self._close()
            self._cell = []
            span = dict(attrs).get("colspan") or "1"
            self._span = min(int(span), _SPAN) if span.isdigit() else 1
        elif tag in {"br", "p", "div"} and self._cell:
            self._cell.append("\n")

    def handle_endtag(self, tag: str) -> None:
        """Close what was opened."""
        self._silent -= tag in _SILENT and self._silent > 0
        if tag in _CELLS or tag == "tr":
            self._close()
        elif tag == "table" and self._depth:
            self._close()
            self._depth -= 1

    def handle_data(self, data: str) -> None:
        """Keep the text of a cell."""
        if self._cell is not None and not self._silent:
            self._cell.append(data)

    def _close(self) -> None:
        if self._cell is None:
            return
        text = " ".join("".join(self._cell).split(" ")).strip()
        if not self.tables[-1]:
            self.tables[-1].append([])
        row = self.tables[-1][-1]
        row += [text, *[""] * (self._span - 1)]
        if len(row) > self._limits.columns * 2:
            raise FormatError(
                "too_many_columns", row=self._count, limit=self._limits.columns
            )
        if len(text) > self._limits.cell_chars:
            raise FormatError(
                "cell_too_long", row=self._count, limit=self._limits.cell_chars
            )
        self._cell, self._span = None, 1


def is_html(text: str) -> bool:
    """Tell whether a text is a web page with a table."""
    head = text[:2_000].lstrip().casefold()
    return head.startswith(("<html", "<!doctype html", "<table", "<head", "<meta")) or (
        head.startswith("<") and "<table" in text[:20_000].casefold()
    )


def read_html(text: str, limits: Limits) -> tuple[Sheet, ...]:
    """Return the tables of a web page as sheets.

    Raises
    ------
    FormatError
        When there is no table with rows, or a limit is exceeded.
    """
    parser = _Tables(limits)
    parser.feed(text)
    parser.close()
    tables = [rows for rows in parser.tables if any(any(row) for row in rows)]
    if not tables:
        raise FormatError("no_table")
    return tuple(Sheet("", rows) for rows in tables)
