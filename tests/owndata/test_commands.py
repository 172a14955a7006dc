"""The commands that remove what is old, and restore without who was erased."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from click.testing import CliRunner, Result
from sqlalchemy import select

from matchmaker import schema
from matchmaker.app import Site
from matchmaker.cli import group
from matchmaker.cli.common import open_site
from matchmaker.db import Base
from matchmaker.mail import Letter, LetterState
from matchmaker.owndata import jobs
from matchmaker.owndata.collect import find_owner
from matchmaker.owndata.erasure import erase
from matchmaker.profiles.models import Profile
from tests.conftest import add_member
from tests.owndata.everything import NAME, add_person
from tests.owndata.test_retention import LONG_AGO


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """Give a site in a folder of its own, as commands find it."""
    monkeypatch.setenv("MATCHMAKER_INSTANCE", str(tmp_path / "instance"))
    monkeypatch.setenv("MATCHMAKER_ENVIRONMENT", "test")
    monkeypatch.setenv("MATCHMAKER_SECRET_KEY", "x" * 40)
    monkeypatch.chdir(tmp_path)
    site = open_site()
    Base.metadata.create_all(site.sessions.engine)
    command.stamp(schema.alembic_config(site.sessions.engine), "head")
    yield site
    site.sessions.engine.dispose()


def run(*words: str) -> Result:
    result = CliRunner().invoke(group, list(words))
    assert result.exit_code == 0, result.output
    return result


def test_tidy_says_what_would_go_and_then_lets_it_go(here: Site) -> None:
    with here.sessions.write.begin() as session:
        session.add(
            Letter(
                recipient="a@example.org",
                template="reset",
                locale="en",
                context={},
                message_id="m",
                state=LetterState.SENT,
                created_at=LONG_AGO,
            )
        )
    tried = run("tidy", "--dry-run").stdout
    assert "letters that left or failed" in tried
    assert tried.endswith("Nothing was changed.\n")
    with here.sessions.read() as session:
        assert session.scalars(select(Letter)).all()
    done = run("tidy").stdout
    assert done.replace("Done.", "") == tried.replace("Nothing was changed.", "")
    with here.sessions.read() as session:
        assert session.scalars(select(Letter)).all() == []


def test_a_restore_brings_nobody_back_who_was_erased_since(
    here: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The tables are those of the models, whatever the last migration is.
    monkeypatch.setattr(schema, "upgrade", Base.metadata.create_all)
    with here.sessions.write.begin() as session:
        user_id = add_person(session).user_id
        add_member(session, name="Somebody else")
    run("backup", "site.backup")
    with here.sessions.write.begin() as session:
        owner = find_owner(session, user_id or 0)
        assert owner is not None
        erase(session, owner)
    jobs.finish_erasures(here.sessions, here.matcher, tmp_path / "instance")
    told = run("restore", "site.backup", "--force").stdout
    assert "Erased again: 1" in told
    with here.sessions.read() as session:
        names = session.scalars(select(Profile.full_name)).all()
    assert sorted(names) == ["", "Somebody else"]
    assert NAME not in names
