"""The migrations and the models tell the same story, up and down, with data."""

from collections.abc import Callable
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from matchmaker import schema
from matchmaker.db import make_engine
from matchmaker.errors import SetupError
from matchmaker.profiles.models import Profile
from tests.conftest import add_introduction, add_member

MakeEngine = Callable[[], Engine]


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Engine:
    """Give an empty database of each kind."""
    if request.param == "sqlite":
        return make_engine(f"sqlite:///{tmp_path}/test.db")
    server = make_engine(request.getfixturevalue("postgres_url"))
    with server.connect() as connection:
        raw = connection.execution_options(isolation_level="AUTOCOMMIT")
        raw.execute(text("DROP DATABASE IF EXISTS migrations"))
        raw.execute(text("CREATE DATABASE migrations"))
    url = server.url.set(database="migrations")
    server.dispose()
    return make_engine(url.render_as_string(hide_password=False))


def test_there_is_one_head(empty: Engine) -> None:
    script = ScriptDirectory.from_config(schema.alembic_config(empty))
    assert len(script.get_heads()) == 1
    empty.dispose()


def test_models_need_no_further_migration(empty: Engine) -> None:
    schema.upgrade(empty)
    command.check(schema.alembic_config(empty))
    empty.dispose()


def test_every_migration_goes_up_and_down_and_up_again(empty: Engine) -> None:
    config = schema.alembic_config(empty)
    revisions = list(ScriptDirectory.from_config(config).walk_revisions())
    for revision in reversed(revisions):
        command.upgrade(config, revision.revision)
        command.downgrade(config, "-1")
        command.upgrade(config, revision.revision)
    with Session(empty) as session:
        one, other = add_member(session), add_member(session)
        add_introduction(session, one, other)
        session.commit()
        assert session.scalar(select(func.count(Profile.id))) == 2
    command.downgrade(config, "base")
    assert schema.current_revision(empty) is None
    empty.dispose()


def test_a_database_of_another_version_is_refused_with_the_command(
    empty: Engine,
) -> None:
    with pytest.raises(SetupError, match="matchmaker init"):
        schema.check_revision(empty)
    schema.upgrade(empty)
    schema.check_revision(empty)
    with empty.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'ffffff'"))
    with pytest.raises(SetupError, match="newer release"):
        schema.check_revision(empty)
    empty.dispose()
