"""A staged file read again by the choices made so far. No database.

Every step of the wizard reads the file anew: what is shown is always what would be
imported.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, Final

from matchmaker.events.formats import (
    Choices,
    Column,
    Columns,
    FormatError,
    Limits,
    Opened,
    Person,
    Skipped,
    Table,
    apply_mapping,
    find_table,
    guess_mapping,
    open_tables,
    read_people,
)
from matchmaker.events.formats.headers import NEVER
from matchmaker.events.rules import FileRefused

LIMITS: Final = Limits()
#: Choices about the file itself; changing one makes a chosen mapping void.
FILE_CHOICES: Final = ("format", "encoding", "delimiter", "sheet", "header_row")
_NAME: Final = 120  # characters of a file's name that are kept


@dataclass(frozen=True, slots=True)
class Understood:
    """A file with its table and columns."""

    opened: Opened
    table: Table
    columns: tuple[Columns, ...]
    warnings: tuple[str, ...]

    @property
    def widest(self) -> Columns:
        """The columns that a person maps."""
        return max(self.columns, key=len)


@dataclass(frozen=True, slots=True)
class People:
    """The people of a file and the rows that are none."""

    people: tuple[Person, ...]
    skipped: tuple[Skipped, ...]
    warnings: tuple[str, ...]


def understand(
    data: bytes,
    file_name: str,
    options: Mapping[str, Any],
    *,
    limits: Limits = LIMITS,
) -> Understood:
    """Return what a file is, by the guesses and the choices in ``options``.

    Raises
    ------
    FileRefused
        When it cannot be read.
    """
    choices = Choices(**{name: options.get(name) for name in FILE_CHOICES})
    try:
        opened = open_tables(data, file_name, choices=choices, limits=limits)
        table, warnings = find_table(opened, file_name, choices=choices)
        mapping = mapping_columns(options.get("mapping") or [])
        columns = apply_mapping(table, mapping) if mapping else guess_mapping(table)
    except FormatError as error:
        raise FileRefused(error.code, dict(error.details)) from error
    return Understood(opened, table, columns, (*opened.warnings, *warnings))


def find_people(found: Understood) -> People:
    """Return who is in a file.

    Raises
    ------
    FileRefused
        When its rows cannot be read.
    """
    try:
        people, skipped, warnings = read_people(found.table, found.columns)
    except FormatError as error:
        raise FileRefused(error.code, dict(error.details)) from error
    return People(people, skipped, (*found.warnings, *warnings))


def mapping_columns(mapping: list[Mapping[str, Any]]) -> Columns:
    """Return a stored mapping as columns."""
    return tuple(
        Column(
            each["index"],
            each["header"],
            each["field"],
            1.0,
            choice=each.get("choice", ""),
        )
        for each in mapping
    )


def mapping_values(columns: Columns) -> list[dict[str, Any]]:
    """Return columns as they are stored."""
    return [
        {
            "index": each.index,
            "header": each.header,
            "field": each.field,
            "choice": each.choice,
        }
        for each in columns
    ]


def tidy_file_name(name: str) -> str:
    """Return the last part of a name, for people to recognise it; never a path."""
    last = PurePath(name.replace("\\", "/")).name
    return "".join(char for char in last if char.isprintable())[-_NAME:] or "file"


class Originals:
    """The rows as they stood in the file, less the columns that are never kept."""

    def __init__(self, found: Understood) -> None:
        self._sheets = {sheet.name: sheet for sheet in found.opened.sheets}
        self._secret = frozenset(
            column.index
            for columns in found.columns
            for column in columns
            if column.field in NEVER
        )
        self._first = found.opened.sheets[0].name
        self.offsets: dict[str, int] = {}
        names = dict.fromkeys(section.sheet for section in found.table.sections)
        total = 0
        for name in names:
            self.offsets[name] = total
            total += self._length(name)

    def _length(self, name: str) -> int:
        sheet = self._sheets.get(name, self._sheets[self._first])
        return sheet.first_row + len(sheet.rows)

    def cells(self, sheet_name: str, number: int) -> list[str]:
        """Return the cells of a row of a sheet, with secrets blank."""
        sheet = self._sheets.get(sheet_name, self._sheets[self._first])
        at = number - sheet.first_row
        if not 0 <= at < len(sheet.rows):
            return []
        row = sheet.rows[at]
        if not self._secret:
            return list(row)
        return ["" if index in self._secret else cell for index, cell in enumerate(row)]
