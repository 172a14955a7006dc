"""Database base class, column types, engine and session factories. Knows no web."""

import secrets
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated, Any, ClassVar

from sqlalchemy import (
    JSON,
    BigInteger,
    Date,
    DateTime,
    Dialect,
    Engine,
    Enum,
    Integer,
    MetaData,
    String,
    Text,
    create_engine,
    event,
)
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column, sessionmaker
from sqlalchemy.types import TypeDecorator

BUSY_TIMEOUT = 15  # seconds a SQLite writer waits for its turn


class UTCDateTime(TypeDecorator[datetime]):
    """Aware timestamps in UTC on every database; naive ones are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(
        self,
        value: datetime | None,
        dialect: Dialect,  # noqa: ARG002
    ) -> datetime | None:
        """Convert to UTC before storing."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive datetime {value!r}")
        return value.astimezone(UTC)

    def process_result_value(
        self,
        value: Any | None,  # noqa: ANN401  the signature of the base class
        dialect: Dialect,  # noqa: ARG002
    ) -> datetime | None:
        """Mark what SQLite returns without an offset as UTC."""
        if value is None:
            return None
        stamp: datetime = value
        return stamp if stamp.tzinfo else stamp.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    """Base of all models. Constraint names are fixed so migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix__%(table_name)s__%(column_0_N_name)s",
            "uq": "uq__%(table_name)s__%(column_0_N_name)s",
            "ck": "ck__%(table_name)s__%(constraint_name)s",
            "fk": "fk__%(table_name)s__%(column_0_N_name)s__%(referred_table_name)s",
            "pk": "pk__%(table_name)s",
        }
    )
    type_annotation_map: ClassVar = {
        datetime: UTCDateTime(),
        date: Date(),
        str: Text(),
        list[str]: JSON(),
        dict[str, Any]: JSON(),
        StrEnum: Enum(
            StrEnum,
            values_callable=lambda members: [member.value for member in members],
            native_enum=False,
            create_constraint=True,
            length=32,
        ),
    }


def new_public_id() -> str:
    """Return 72 random bits as 12 characters safe in a URL."""
    return secrets.token_urlsafe(9)


#: 64 bits on PostgreSQL; SQLite numbers rows only in a column called INTEGER.
Id = Annotated[
    int,
    mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
]
#: What a URL shows instead of a row's number, so that nobody can count or walk.
PublicId = Annotated[str, mapped_column(String(16), unique=True, default=new_public_id)]


def make_engine(url: str) -> Engine:
    """Return an engine; SQLite gets the settings that keep acknowledged writes.

    SQLite transactions start as ``BEGIN IMMEDIATE`` unless the execution option
    ``sqlite_begin`` says ``DEFERRED``: a transaction that reads first and writes
    later would otherwise fail at once when another writer came between.
    """
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True, hide_parameters=True)
    engine = create_engine(
        url,
        connect_args={"timeout": BUSY_TIMEOUT},
        hide_parameters=True,  # letters and addresses do not belong in a log
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:  # noqa: ANN401
        connection.isolation_level = None  # SQLAlchemy sends BEGIN, see below
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",  # NORMAL loses acknowledged writes in a power cut
            "foreign_keys=ON",
            "secure_delete=ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:  # noqa: ANN401
        mode = connection.get_execution_options().get("sqlite_begin", "IMMEDIATE")
        connection.exec_driver_sql(f"BEGIN {mode}")

    return engine


class Sessions:
    """Session factories of one engine: ``write`` and, without a lock, ``read``."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.write: sessionmaker[Session] = sessionmaker(engine)
        self.reading = engine.execution_options(sqlite_begin="DEFERRED")
        self.read: sessionmaker[Session] = sessionmaker(self.reading)
