"""Alembic environment: models of every room, the engine from whoever calls."""

from alembic import context

import matchmaker.cli  # noqa: F401  knows every room, so every table
from matchmaker.db import Base, UTCDateTime, make_engine
from matchmaker.settings import load_settings


def render_item(kind: str, item: object, _context: object) -> str | bool:
    """Write plain SQLAlchemy types, so old migrations never import our code."""
    if kind == "type" and isinstance(item, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    return False


engine = context.config.attributes.get("engine") or make_engine(
    load_settings()["DATABASE_URL"]
)
with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        compare_server_default=True,
        render_as_batch=True,  # what SQLite needs is no harm to PostgreSQL
        render_item=render_item,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()
