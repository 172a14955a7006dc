"""Model versions of the previous release after the migration, and back."""

import pytest
from alembic import command
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from matchmaker import schema
from tests.test_migrations import empty  # noqa: F401  a fixture

MODELS_ARE_LEARNED = "8c41d07be2a5"
MOMENT = "2026-11-21 00:00:00+00:00"


def test_rows_of_the_previous_release_survive_up_and_down_with_one_live(
    empty: Engine,  # noqa: F811  the fixture
) -> None:
    config = schema.alembic_config(empty)
    command.upgrade(config, MODELS_ARE_LEARNED)
    command.downgrade(config, "-1")
    with empty.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO model_version"
                " (id, name, digest, weights, live, created_at)"
                " VALUES (:id, :name, 'd', '{}', :live, :at)"
            ),
            [
                {"id": number, "name": f"m{number}", "live": live, "at": MOMENT}
                for number, live in ((1, True), (2, True), (3, False))
            ],
        )
        connection.execute(
            text(
                "INSERT INTO match_run"
                " (id, model_version_id, kind, seed, members, started_at)"
                " VALUES (1, 2, 'full', 1, 0, :at)"
            ),
            {"at": MOMENT},
        )
    live = text("SELECT id FROM model_version WHERE live ORDER BY id")
    command.upgrade(config, MODELS_ARE_LEARNED)
    with empty.begin() as connection:
        assert connection.scalars(live).all() == [2]
        count = "SELECT count(*) FROM model_version WHERE promoted_at IS NOT NULL"
        assert connection.scalar(text(count)) == 3
        with pytest.raises(IntegrityError), connection.begin_nested():
            connection.execute(
                text("UPDATE model_version SET live = TRUE WHERE id = 3")
            )
    command.downgrade(config, "-1")
    with empty.begin() as connection:
        assert connection.scalars(live).all() == [2]
        runs = connection.scalars(text("SELECT model_version_id FROM match_run"))
        assert runs.all() == [2]
    empty.dispose()
