"""A person about whom every table has a row, whatever tables there are."""

import secrets
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Enum,
    Float,
    Integer,
    LargeBinary,
    Table,
    insert,
    select,
)
from sqlalchemy.orm import Session
from sqlalchemy.types import JSON

import matchmaker.cli  # noqa: F401  loads every room, and with it every table
from matchmaker.clock import now
from matchmaker.db import Base, UTCDateTime
from matchmaker.owndata.collect import Owner, find_owner, own_value
from matchmaker.owndata.registry import KINDS, By, Fate, Kind
from matchmaker.profiles.models import Profile
from tests.conftest import add_member

NAME: Final = "Zuhra Tosheva"
MAIL: Final = "zuhra.t@example.org"
PHONE: Final = "+998 90 123 45 67"
OFFER: Final = "Marble blocks from the quarry of Nurata, 200 t a month"
#: What may be found nowhere: each word of the person, in any case of letters.
TRACES: Final = (
    "zuhra",
    "tosheva",
    "1234567",
    "123 45 67",
    "marble",
    "nurata",
    "says ",
)
WORDS: Final = f"{NAME} says it, {MAIL}, {PHONE}"
DEAR: Final = f"Dear {NAME}, thank you. I call {PHONE}."
#: Columns of texts that hold a code and not what somebody typed.
CODES: Final = {
    *("form_key", "pair_key", "open_key", "once_key"),
    *("role", "reason", "lang", "original_lang", "about"),
}


def add_person(session: Session) -> Profile:
    """Add somebody with a full profile."""
    return add_member(
        session,
        email=MAIL,
        name=NAME,
        organisation="Tosheva Marble",
        city="Nurata",
        country="UZ",
        about="Zuhra says: we cut marble since 1998.",
        offers=(("supply", OFFER),),
        requests=(("supply", "Diamond wire for marble of Nurata"),),
        contacts={"phone": {"value": PHONE, "visibility": "connections"}},
    )


def fill(session: Session, person: Profile, other: Profile) -> Owner:
    """Give every table a row about a person, made from its columns alone."""
    owner = find_owner(session, person.user_id or 0)
    assert owner is not None
    rows = _Rows(session, owner, other)
    case = rows.add("moderation_case", {"subject_id": person.id, "open_key": None})
    rows.add("signal", {"case_id": case, "other_id": person.id})
    rows.parents["moderation_case"] = case
    rows.made["moderation_case"] = rows.add("moderation_case", {"open_key": None})
    for kind in KINDS:
        if kind.table not in {"user", "profile"}:
            rows.add_kind(kind)
    session.flush()
    session.expire_all()
    return owner


class _Rows:
    """Makes rows of any table; what they point to is made when it is missing."""

    def __init__(self, session: Session, owner: Owner, other: Profile) -> None:
        self.session, self.owner, self.other = session, owner, other
        self.made: dict[str, int] = {}
        self.parents = dict(self.made)

    def add_kind(self, kind: Kind) -> None:
        """Add one row for each column by which rows are the person's."""
        mine = own_value(kind.by, self.owner)
        if kind.via is not None:
            column, parent, _key = kind.via
            self.add(
                kind.table, {column: self.parents.get(parent) or self.made[parent]}
            )
            return
        for number, name in enumerate(kind.whose):
            text = DEAR if number or kind.table == "report" else WORDS
            if kind.fate is Fate.STAY:
                text = "x"
            key = self.add(kind.table, {name: mine}, text=text)
            if number == 0 and kind.by is not By.ADDRESS:
                self.made[kind.table] = key

    def add(self, name: str, given: dict[str, Any], *, text: str = "x") -> int:
        """Add a row; return its number, or 0 where rows have none."""
        table = Base.metadata.tables[name]
        values = {
            column.name: given[column.name]
            if column.name in given
            else self._value(table, column, text)
            for column in table.columns
            if column.name != "id"
        }
        found = self.session.execute(insert(table).values(**values))
        key = found.inserted_primary_key
        return int(key[0]) if key is not None and "id" in table.c else 0

    def _value(self, table: Table, column: Column[Any], text: str) -> Any:
        target = next((key.column.table.name for key in column.foreign_keys), None)
        if target is None:
            return _made_up(column, text)
        if target in {"profile", "user"}:
            return self.other.id if target == "profile" else self.other.user_id
        return None if target == table.name else self._one_of(target)

    def _one_of(self, name: str) -> int:
        if name not in self.made:
            table = Base.metadata.tables[name]
            known = self.session.scalar(select(table.c.id).limit(1))
            self.made[name] = known or self.add(name, {})
        return self.made[name]


def _made_up(column: Column[Any], text: str) -> Any:
    """Return a value that a column may hold, with the text where it holds one."""
    kind = column.type
    if isinstance(kind, Enum):
        assert kind.enum_class is not None
        return next(iter(kind.enum_class))
    if isinstance(kind, JSON):
        is_list = column.name in {"cells", "kinds", "countries", "languages"}
        return [text] if is_list else {"name": text}
    if isinstance(kind, Integer) and (column.unique or column.name == "number"):
        return secrets.randbelow(10**9)
    for types, value in (
        (UTCDateTime, now()),
        (Date, now().date()),
        (Boolean, False),
        (Float, 0.5),
        (Integer, 1),
        (LargeBinary, text.encode()),
    ):
        if isinstance(kind, types):
            return value
    return secrets.token_hex(6) if column.unique or column.name in CODES else text


def dump(session: Session) -> str:
    """Return all that is stored, in small letters."""
    session.flush()
    parts: list[str] = []
    for table in Base.metadata.sorted_tables:
        for row in session.execute(select(table)).all():
            parts += [f"{table.name}: {_plain(value)}" for value in row]
    return "\n".join(parts).lower()


def _plain(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)
