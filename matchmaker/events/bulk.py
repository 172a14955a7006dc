"""Many rows at once: numbers set aside, inserts and updates in a few statements."""

import base64
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from operator import itemgetter
from typing import Any, Final, TypeVar

from sqlalchemy import (
    JSON,
    Column,
    Dialect,
    Table,
    bindparam,
    delete,
    func,
    select,
    text,
    update,
)
from sqlalchemy.orm import Session

from matchmaker.db import Base

T = TypeVar("T")
CHUNK: Final = 900  # values of an IN list; SQLite once took no more than 999


def chunks(values: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """Return the values in lists that a statement can carry."""
    source = iter(values)
    while chunk := list(islice(source, size)):
        yield chunk


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
    """Insert rows that all name the same columns.

    The values go to the driver as they are, in one call: building a statement for
    each row costs more than the database needs to write it.
    """
    if not rows:
        return
    session.flush()
    connection = session.connection()
    dialect = connection.dialect
    columns = [table_of(model).c[name] for name in rows[0]]
    values = [
        _driver_values(column, list(map(itemgetter(column.name), rows)), dialect)
        for column in columns
    ]
    names = ", ".join(f'"{column.name}"' for column in columns)
    table = table_of(model).name
    if dialect.name == "postgresql":
        raw = connection.connection.driver_connection
        if raw is None:
            raise TypeError(table)
        with raw.cursor().copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
            for row in zip(*values, strict=True):
                copy.write_row(row)
        return
    marks = ", ".join("?" * len(columns))
    statement = f'INSERT INTO "{table}" ({names}) VALUES ({marks})'  # noqa: S608  our names
    connection.exec_driver_sql(statement, list(zip(*values, strict=True)))


def _driver_values(
    column: Column[Any], values: list[Any], dialect: Dialect
) -> list[Any]:
    """Return the values of a column as its driver takes them."""
    convert = column.type.dialect_impl(dialect).bind_processor(dialect)
    if convert is None:
        return values
    if values.count(values[0]) == len(values):
        return [convert(values[0])] * len(values)
    if not isinstance(column.type, JSON):
        return [convert(value) for value in values]
    nothing = {list: convert([]), dict: convert({}), type(None): convert(None)}
    return [convert(value) if value else nothing[type(value)] for value in values]


def new_public_ids(count: int) -> list[str]:
    """Return many ids at once, each with the 72 random bits of ``new_public_id``."""
    text = base64.urlsafe_b64encode(secrets.token_bytes(9 * count)).decode()
    return [text[at : at + 12] for at in range(0, len(text), 12)]


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
