"""Reading files of people: bytes in, people and reasons out.

Pure: no web, no database. One small declaration per tool in ``tools``, everything
else is shared.
"""

from matchmaker.events.formats.model import (
    Column,
    Columns,
    FormatError,
    Limits,
    Opened,
    Person,
    Reading,
    Skipped,
    Table,
    with_field,
)
from matchmaker.events.formats.opening import (
    Choices,
    apply_mapping,
    find_table,
    guess_mapping,
    open_tables,
    read,
)
from matchmaker.events.formats.people import read_people
from matchmaker.events.formats.report import person_values, reading_values

__all__ = [
    "Choices",
    "Column",
    "Columns",
    "FormatError",
    "Limits",
    "Opened",
    "Person",
    "Reading",
    "Skipped",
    "Table",
    "apply_mapping",
    "find_table",
    "guess_mapping",
    "open_tables",
    "person_values",
    "read",
    "read_people",
    "reading_values",
    "with_field",
]
