"""How the tables of exports in the tests beside are written and checked."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pytest
from _pytest.mark import ParameterSet

from tests.events.formats.made import (
    Cell,
    assert_people,
    make_xlsx,
    people_of,
    reading_of,
    reasons_of,
)

_CORE = ("email", "country", "company", "title", "phone", "attended")


class Export(NamedTuple):
    """An export and what a person reading it would take down."""

    format: str
    content: str | Mapping[str, Sequence[Sequence[Cell]]]
    people: Sequence[Mapping[str, object]]
    reasons: Sequence[str] = ()
    encoding: str = "utf-8"
    filename: str = "list.csv"
    merged: Sequence[str] = ()


def case(name: str, export: Export) -> ParameterSet:
    return pytest.param(export, id=name)


def assert_read(export: Export) -> None:
    """Check everybody in the file, and that what is not told of them is left empty."""
    if isinstance(export.content, str):
        content: str | bytes = export.content
    else:
        content = make_xlsx(export.content, merged=export.merged)
    reading = reading_of(content, export.filename, encoding=export.encoding)
    assert reading.format == export.format
    empty = dict.fromkeys(_CORE)
    assert_people(reading, *({**empty, **person} for person in export.people))
    assert reasons_of(reading) == list(export.reasons), people_of(reading)
