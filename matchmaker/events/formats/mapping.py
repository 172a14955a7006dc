"""Which column of a table holds what, with how sure that is.

The tool's own headers decide, then header words, then the values themselves. What
may never be imported shows no samples either.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import islice
from typing import Final

from matchmaker.events.formats.cells import text, yes_or_no
from matchmaker.events.formats.headers import IDENTITY, NEVER, header_key, match_header
from matchmaker.events.formats.mails import find_mails
from matchmaker.events.formats.model import (
    CERTAIN,
    GUESSED,
    LIKELY,
    Column,
    Columns,
    Row,
    Section,
)
from matchmaker.events.formats.names import is_honorific, looks_like_name
from matchmaker.events.formats.phones import NUMBER
from matchmaker.events.formats.tools import Tool
from matchmaker.vocabulary.place_names import find_country

#: Fields that several columns may feed: the first that says something is taken,
#: or all are joined.
SEVERAL: Final = frozenset(
    {"email", "phone", "contacts", "messenger", "sector", "offers", "seeks", "question"}
    | {"country", "consent", "name", "account_name", "account_email", "languages"}
    | {"about", "salutation", "never", "other_person", "time", "summary", "address"}
    | {"title", "company", "opted_out", "order_given", "order_family"}
)
#: Fields whose columns are all kept, however sure each of them is.
_JOINED: Final = frozenset(
    {
        "sector",
        "offers",
        "seeks",
        "question",
        "about",
        "languages",
        "contacts",
        "consent",
    }
)
_CLEAR: Final = 0.3  # of certainty by which one column outdoes another
#: "Name" beside a column of given or family names is the other of the two.
_BARE_NAMES: Final = frozenset(
    {"name", "nom", "nome", "nombre", "nazwisko", "navn", "naam", "名字", "имя", "ad"}
)
_SAMPLES: Final = 3
_LOOKED_AT: Final = 60  # rows that are judged when a header says nothing
_SHARE: Final = 0.6  # of the values that must be of the kind
_ONE_CHOICE: Final = re.compile(
    r"^(.{2,}?)\s*(?:\s[–—-]\s|\[|\(|（|:|：|_|\s?/\s?)\s*([^\[\]()（）]{1,80})[\])）]?\s*$"
)
_LONGEST: Final = 300  # characters of a header that are taken apart
_TICKS: Final = frozenset({"0", "1", "x", "✓", "✔", "v", "+", "true", "false"})
_CHOSEN: Final = frozenset({"sector", "offers", "seeks", "languages"})
_LEGAL: Final = re.compile(
    r"\b(?:llc|ltd|inc|gmbh|s\.?a\.?|co|corp|ооо|оао|зао|ао|пао|ип|тоо|чп|осоо|оcоо|mchj|llp|plc|"
    r"sarl|srl|s\.r\.o|oü|ag|bv|pvt|kft|sp\. z o\.o|a\.ş|şti)\b|公司|集团|企业|"
    r"株式会社",
    re.IGNORECASE,
)
_URL: Final = re.compile(
    r"^(?:https?://|www\.)\S+$|^[\w-]+\.(?:com|ru|kz|uz|cn|org|net)$", re.IGNORECASE
)


def guess_columns(section: Section, tool: Tool) -> Columns:
    """Return every column of a section with the field it most likely is."""
    head = tuple(islice((row for row in section.rows if any(row)), _LOOKED_AT))
    width = max([len(section.header), *(len(row) for row in head)], default=0)
    found: list[Column] = []
    for index in range(width):
        header = section.header[index] if index < len(section.header) else ""
        values = _values(head, index)
        found.append(_column(index, header, values, tool))
    found = _ticked(found, head)
    found = _by_values(found, head)
    return tuple(_settled(_renamed(found), tool))


def _values(rows: Iterable[Row], index: int) -> list[str]:
    return [value for row in rows if index < len(row) and (value := text(row[index]))]


def _column(index: int, header: str, values: list[str], tool: Tool) -> Column:
    own = tool.field_of(header) if header else None
    field, certainty = (own, CERTAIN) if own is not None else match_header(header)
    general = match_header(header)[0]
    # "Title" heads the posts of people and, as often, how they are addressed.
    if field == "title" and values:
        addressed = sum(1 for value in values if is_honorific(value))
        if addressed >= len(values) * _SHARE:
            field = "salutation"
    # What must never be kept stays out, whatever a tool's table calls it.
    secret = field in NEVER or (general in NEVER and own is None)
    samples = () if secret else tuple(dict.fromkeys(values))[:_SAMPLES]
    return Column(index, header, field, certainty, samples)


def _ticked(columns: list[Column], head: Sequence[Row]) -> list[Column]:
    """Find the columns that only tick one choice: "Sector – Logistics: Yes"."""
    parted = [_parted(column) for column in columns]
    groups = Counter(prefix for prefix, _ in parted if prefix)
    found = []
    for column, (prefix, choice) in zip(columns, parted, strict=True):
        said = {row[column.index].strip() for row in head if column.index < len(row)}
        ticks = all(_is_tick(value, choice) for value in said - {""})
        sure = said - {""} or groups[prefix] > 1
        field, certainty = (
            match_header(prefix) if prefix and ticks and sure else ("", 0)
        )
        if field in _CHOSEN:
            certainty = min(certainty, LIKELY)
            column = replace(column, field=field, certainty=certainty, choice=choice)  # noqa: PLW2901
        found.append(column)
    return found


def _parted(column: Column) -> tuple[str, str]:
    found = _ONE_CHOICE.match(column.header[:_LONGEST])
    return (found[1].strip(), found[2].strip()) if found else ("", "")


def _is_tick(value: str, choice: str) -> bool:
    return value == choice or value.casefold() in _TICKS or yes_or_no(value) is not None


def _by_values(columns: list[Column], head: Sequence[Row]) -> list[Column]:
    """Guess the columns whose headers say nothing from what stands in them."""
    taken = {column.field for column in columns}
    headed = any(column.header for column in columns)
    found = []
    for column in columns:
        if column.field or (
            headed and taken & IDENTITY and not _is_open(column, taken)
        ):
            found.append(column)
            continue
        field = _kind(_values(head, column.index), taken, headed=headed)
        taken.add(field)
        certainty = GUESSED if field else 0.0
        found.append(replace(column, field=field, certainty=certainty))
    return found


def _is_open(column: Column, taken: set[str]) -> bool:
    """Tell whether guessing by values can add something that is missing."""
    return not {"email", "account_email", "contacts"} & taken or not column.header


def _kind(values: list[str], taken: set[str], *, headed: bool) -> str:
    if not values:
        return ""
    needed = max(1, len(values) * _SHARE)
    tests = (
        ("email", lambda v: bool(find_mails(v))),
        ("website", lambda v: bool(_URL.match(v))),
        ("phone", lambda v: bool(NUMBER.fullmatch(v)) and not _is_date(v)),
        ("country", lambda v: len(v) > 1 and find_country(v) is not None),
        ("company", lambda v: bool(_LEGAL.search(v))),
        ("name", looks_like_name),
    )
    for field, test in tests:
        several = field == "email" and "contacts" not in taken
        if (field in taken and not several) or (
            headed and field in {"company", "name"}
        ):
            continue
        share = needed / 2 if field == "company" else needed
        if sum(1 for value in values if test(value)) >= share:
            wordy = sum(1 for value in values if len(value.split()) > 1)
            mixed = field == "email" and wordy >= (needed if headed else 1)
            return "contacts" if mixed else "" if field in taken else field
    return ""


def _is_date(value: str) -> bool:
    return bool(re.match(r"^\d{1,4}[./-]\d{1,2}[./-]\d{1,4}", value))


def _renamed(columns: list[Column]) -> list[Column]:
    """Settle what a header means beside the others of its table.

    "Name" beside "Vorname" is the family name; "Имя" alone is the whole name.
    """
    fields = {column.field for column in columns}
    names = {header_key(column.header) for column in columns if column.field == "name"}
    swap: dict[str, str] = {}
    if "given" in fields and names and names <= _BARE_NAMES and "family" not in fields:
        swap = {"name": "family"}
    elif (
        "family" in fields and names and names <= _BARE_NAMES and "given" not in fields
    ):
        swap = {"name": "given"}
    elif "given" in fields and not fields & {"name", "family", "patronymic"}:
        swap = {"given": "name"}
    elif "family" in fields and not fields & {"name", "given", "patronymic"}:
        swap = {"family": "name"}
    return [replace(c, field=swap.get(c.field, c.field)) for c in columns]


def _settled(columns: list[Column], tool: Tool) -> Iterable[Column]:
    """Leave a field that one column feeds to the surest, then to the first."""
    best: dict[str, Column] = {}
    for column in columns:
        if column.choice or not column.field:
            continue
        rival = best.get(column.field)
        if rival is None or column.certainty > rival.certainty:
            best[column.field] = column
    seen: set[tuple[str, str]] = set()
    for column in columns:
        key = (header_key(column.header), column.field)
        again = tool.repeated_headers == "first" and column.header and key in seen
        seen.add(key)
        rival = best.get(column.field, column)
        single = column.field not in SEVERAL and rival is not column
        # "E-mail address verified" is no second address beside "E-mail".
        weak = (
            column.field not in _JOINED and rival.certainty - column.certainty > _CLEAR
        )
        if again or (not column.choice and (single or weak)):
            yield replace(column, field="", certainty=0.0)
        else:
            yield column
