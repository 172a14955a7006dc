"""Everything about one person as plain rows, by the registry. Reads only.

A row is every column of its table less numbers and what the registry hides; what
points to a person says their name, what points to a thing what it is called.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any, Final

from sqlalchemy import (
    Column,
    ColumnElement,
    LargeBinary,
    RowMapping,
    Table,
    and_,
    or_,
    select,
)
from sqlalchemy.orm import Session

from matchmaker.accounts.models import User
from matchmaker.db import Base
from matchmaker.digest import models as _digest  # noqa: F401  the registry names it
from matchmaker.events.models import Event
from matchmaker.matching.models import Introduction, IntroductionState
from matchmaker.messaging.models import FollowUp
from matchmaker.owndata.registry import By, Kind
from matchmaker.profiles.models import Profile
from matchmaker.trust.models import Block

Row = dict[str, Any]
ME: Final = "you"
#: What stands for a row that another one points to; its name, where it is one column.
REFERENCES: Final[Mapping[str, tuple[str, ...]]] = {
    "event": ("names",),
    "event_group": ("name",),
    "introduction": ("public_id",),
    "opportunity": ("public_id",),
    "organisation": ("name", "website", "founded", "size"),
    "saved_search": ("name",),
    "import_batch": ("file_name", "basis", "created_at"),
    "approval": ("outcome", "reason", "note", "decided_at"),
    "moderation_case": ("public_id",),
}


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose data it is."""

    user_id: int
    profile_id: int
    email: str
    locale: str


def find_owner(session: Session, user_id: int) -> Owner | None:
    """Return somebody by their account; None if it is gone."""
    row = session.execute(
        select(User.id, Profile.id, User.email, User.locale)
        .outerjoin(Profile, Profile.user_id == User.id)
        .where(User.id == user_id)
    ).first()
    if row is None:
        return None
    return Owner(row[0], row[1] or 0, row[2], row[3])


def collect(session: Session, kind: Kind, owner: Owner) -> list[Row]:
    """Return the rows of one kind, oldest first."""
    table = Base.metadata.tables[kind.table]
    found = (
        session.execute(
            select(table)
            .where(_is_theirs(table, kind, owner))
            .order_by(*table.primary_key.columns)
        )
        .mappings()
        .all()
    )
    told = _Told(session, owner, table, found)
    return [_finish(kind, owner, row, told.row(row, kind.hidden)) for row in found]


def _is_theirs(table: Table, kind: Kind, owner: Owner) -> ColumnElement[bool]:
    mine = own_value(kind.by, owner)
    if kind.via is not None:
        column, parent_name, key = kind.via
        parent = Base.metadata.tables[parent_name]
        theirs = or_(*(parent.c[name] == mine for name in kind.whose))
        return table.c[column].in_(select(parent.c[key]).where(theirs))
    theirs = or_(*(table.c[name] == mine for name in kind.whose))
    if kind.table == Introduction.__tablename__:
        # What waits in a queue is not before its receiver yet.
        queued = Introduction.state == IntroductionState.QUEUED
        return and_(theirs, or_(Introduction.seeker_id == mine, ~queued))
    if kind.table == FollowUp.__tablename__:
        return or_(
            theirs, and_(FollowUp.shared, FollowUp.introduction_id.in_(_met(mine)))
        )
    return theirs


def _met(profile_id: Any) -> Any:  # noqa: ANN401  SQL expressions
    return select(Introduction.id).where(
        or_(
            Introduction.seeker_id == profile_id,
            Introduction.candidate_id == profile_id,
        )
    )


def own_value(by: By, owner: Owner) -> int | str:
    """Return what of a person columns of a kind hold."""
    if by is By.ADDRESS:
        return owner.email
    return owner.user_id if by is By.USER else owner.profile_id


def _finish(kind: Kind, owner: Owner, row: RowMapping, told: Row) -> Row:
    """Take away what only the other side said."""
    if (
        kind.table == Introduction.__tablename__
        and row["seeker_id"] == owner.profile_id
    ):
        told.pop("reason")  # of a no: the sender never learns it
    return told


class _Told:
    """Rows of a table in words: each thing pointed to is looked up once for all."""

    def __init__(
        self,
        session: Session,
        owner: Owner,
        table: Table,
        rows: Iterable[RowMapping],
    ) -> None:
        self._session, self._owner = session, owner
        self._columns = list(table.columns)
        self._known: dict[str, dict[int, Any]] = {}
        for column in self._columns:
            target = _target(column)
            if target is None:
                continue
            ids = {row[column.name] for row in rows} - {None}
            if target == "profile":
                self._known.setdefault(target, {}).update(self._names(ids))
            elif target in REFERENCES:
                self._known.setdefault(target, {}).update(self._look_up(target, ids))

    def row(self, row: RowMapping, hidden: frozenset[str]) -> Row:
        """Return one row in words."""
        told: Row = {}
        for column in self._columns:
            value = row[column.name]
            target = _target(column)
            if column.name in hidden or isinstance(column.type, LargeBinary):
                continue
            if target == "user":
                if value == self._owner.user_id and not column.primary_key:
                    told[_short(column)] = ME
            elif target in self._known:
                told[_short(column)] = self._known[target].get(value, "")
            elif target is None and not _is_number(column):
                told[column.name] = plain(value)
        return told

    def _names(self, ids: set[int]) -> dict[int, str]:
        """Return names; who blocked the person has none here either."""
        me = self._owner.profile_id
        blocking = select(Block.blocker_id).where(Block.blocked_id == me)
        rows = self._session.execute(
            select(Profile.id, Profile.full_name).where(
                Profile.id.in_(ids), Profile.id.not_in(blocking)
            )
        )
        return {row[0]: row[1] for row in rows} | {me: ME}

    def _look_up(self, table_name: str, ids: set[int]) -> dict[int, Any]:
        table = Base.metadata.tables[table_name]
        names = REFERENCES[table_name]
        rows = self._session.execute(
            select(table.c.id, *(table.c[name] for name in names)).where(
                table.c.id.in_(ids)
            )
        )
        if table_name == Event.__tablename__:
            return {row[0]: _one_name(row[1], self._owner.locale) for row in rows}
        return {
            row[0]: plain(row[1])
            if len(names) == 1
            else {name: plain(row[at]) for at, name in enumerate(names, 1)}
            for row in rows
        }


def _one_name(names: Mapping[str, str], locale: str) -> str:
    return names.get(locale) or next(iter(names.values()), "")


def _target(column: Column[Any]) -> str | None:
    """Return the table that a column points to."""
    return next((key.column.table.name for key in column.foreign_keys), None)


def _short(column: Column[Any]) -> str:
    return column.name.removesuffix("_id")


def _is_number(column: Column[Any]) -> bool:
    """Tell whether a column only numbers rows of the database."""
    return column.primary_key and column.name == "id"


def plain(value: Any) -> Any:  # noqa: ANN401  a value of any column
    """Return a value as JSON has it."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value
