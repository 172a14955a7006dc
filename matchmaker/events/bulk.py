"""Many rows at once: numbers set aside, inserts and updates in a few statements."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import Table, bindparam, delete, func, insert, select, text, update
from sqlalchemy.orm import Session

from matchmaker.db import Base
from matchmaker.events.known import chunks

M = TypeVar("M", bound=Base)


def table_of(model: type[Base]) -> Table:
    """Return the table of a model, whose statements skip the ORM."""
    table = model.__table__
    if not isinstance(table, Table):
        raise TypeError(model)
    return table


def take_ids(session: Session, model: type[Base], count: int) -> Sequence[int]:
    """Return numbers for new rows that nobody else will use.

    SQLite has one writer at a time, so the numbers after the last one are free;
    PostgreSQL hands them out by its sequence.
    """
    if not count:
        return []
    table = table_of(model)
    if session.get_bind().dialect.name == "postgresql":
        found = session.scalars(
            text(
                "SELECT nextval(pg_get_serial_sequence(:name, 'id')) "
                "FROM generate_series(1, :count)"
            ),
            {"name": table.name, "count": count},
        )
        return list(found)
    last = session.scalar(select(func.max(table.c.id))) or 0
    return range(last + 1, last + 1 + count)


def insert_rows(
    session: Session, model: type[Base], rows: Sequence[Mapping[str, Any]]
) -> None:
    """Insert rows that all name the same columns."""
    if rows:
        session.execute(insert(table_of(model)), [dict(row) for row in rows])


def update_rows(
    session: Session,
    model: type[Base],
    rows: Iterable[tuple[Mapping[str, Any], Mapping[str, Any]]],
) -> None:
    """Set values of rows, each given as (which row, new values)."""
    table = table_of(model)
    alike: dict[tuple[tuple[str, ...], tuple[str, ...]], list[dict[str, Any]]] = {}
    for where, values in rows:
        shape = (tuple(sorted(where)), tuple(sorted(values)))
        told = {f"w_{name}": value for name, value in where.items()}
        told |= {f"v_{name}": value for name, value in values.items()}
        alike.setdefault(shape, []).append(told)
    for (where_names, names), told_rows in alike.items():
        if not names:
            continue
        statement = (
            update(table)
            .where(*(table.c[name] == bindparam(f"w_{name}") for name in where_names))
            .values({name: bindparam(f"v_{name}") for name in names})
        )
        session.execute(statement, told_rows)


def delete_rows(session: Session, model: type[Base], ids: Iterable[int]) -> None:
    """Delete rows by their numbers."""
    table = table_of(model)
    key = next(iter(table.primary_key.columns))
    for chunk in chunks(ids):
        session.execute(delete(table).where(key.in_(chunk)))
