"""The values that pass between the steps of reading a file of people.

No parsing lives here, only what the steps hand to each other and the limits of
TRUST C5 that all of them keep.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

#: How sure a guess is: said by the tool's own header, by a word, by the values.
CERTAIN: Final = 1.0
LIKELY: Final = 0.8
GUESSED: Final = 0.5


class FormatError(Exception):
    """A file cannot be read; the code is looked up for the sentence people read.

    Parameters
    ----------
    code
        Stable name of what is wrong.
    details
        Numbers and names that the sentence needs: the limit, the row.
    """

    def __init__(self, code: str, **details: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.details = details

    def __str__(self) -> str:
        """Return the code and its details on one line."""
        told = ", ".join(f"{name}={value}" for name, value in self.details.items())
        return f"{self.code} ({told})" if told else self.code


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that is read; an operator on the command line may allow more."""

    file_bytes: int = 5_000_000
    unpacked_bytes: int = 50_000_000
    unpacked_ratio: int = 200  # a real workbook stays under 50; a bomb is over 1,000
    rows: int = 20_000
    columns: int = 200
    cell_chars: int = 10_000


Row: TypeAlias = Sequence[str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows as a person sees them: ``rows[i]`` is row ``first_row + i`` of the file."""

    name: str
    rows: Sequence[Row]
    first_row: int = 1


@dataclass(frozen=True, slots=True)
class Section:
    """One table of a sheet: the header over it and the rows below."""

    title: str
    header_row: int  # 1-based, 0 when there is no header
    header: tuple[str, ...]
    first_row: int  # 1-based
    rows: Sequence[Row]
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column and what it is taken for.

    ``choice`` names the option of a column that only says yes or no to it.
    """

    index: int
    header: str
    field: str = ""
    certainty: float = 0.0
    samples: tuple[str, ...] = ()
    choice: str = ""


Columns: TypeAlias = tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """The people table of a file: sections that are read one after another."""

    format: str
    sections: tuple[Section, ...]
    preamble: tuple[str, ...] = ()

    @property
    def header(self) -> tuple[str, ...]:
        """The header of the widest section, which the mapping is shown for."""
        widest = max(self.sections, key=lambda section: len(section.header))
        return widest.header

    @property
    def shape_key(self) -> str:
        """A name for files with these headers, to remember a mapping under."""
        joined = "\x1f".join(cell.strip().casefold() for cell in self.header)
        return hashlib.sha256(f"{self.format}\x1e{joined}".encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Opened:
    """A file opened: what it is made of, before anything is understood."""

    kind: str  # delimited, workbook, html, vcard
    sheets: tuple[Sheet, ...]
    encoding: str | None = None
    delimiter: str | None = None
    encodings: tuple[str, ...] = ()  # other encodings that could be meant, best first
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Person:
    """One person of a file, in the words of the file where no code exists."""

    full_name: str | None = None
    email: str | None = None
    country: str | None = None
    company: str | None = None
    title: str | None = None
    phone: str | None = None
    attended: bool | None = None
    minutes: int | None = None
    role: str | None = None
    status: str | None = None
    display: str | None = None
    city: str | None = None
    website: str | None = None
    linkedin: str | None = None
    whatsapp: str | None = None
    telegram: str | None = None
    wechat: str | None = None
    viber: str | None = None
    languages: str | None = None
    sector_raw: str | None = None
    sectors: tuple[str, ...] = ()
    offers: str | None = None
    offer_choices: tuple[str, ...] = ()
    requests: str | None = None
    request_choices: tuple[str, ...] = ()
    question: str | None = None
    about: str | None = None
    title_company_raw: str | None = None
    country_raw: str | None = None
    consent: bool | None = None
    note: str | None = None
    problems: tuple[str, ...] = ()
    rows: tuple[int, ...] = ()
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row that is no person, with the code of the reason and what was in it."""

    row: int
    reason: str
    label: str = ""
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything found in a file."""

    format: str
    encoding: str | None
    delimiter: str | None
    sheet: str
    header_row: int
    first_row: int
    shape_key: str
    columns: Columns
    people: tuple[Person, ...]
    skipped: tuple[Skipped, ...]
    warnings: tuple[str, ...] = ()


def with_field(columns: Columns, index: int, name: str) -> Columns:
    """Return the columns with one of them taken for another field by a person."""
    return tuple(
        replace(column, field=name, certainty=CERTAIN)
        if column.index == index
        else column
        for column in columns
    )
