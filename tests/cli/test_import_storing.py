"""The import command with an event: counts, refusals in one line, nobody twice."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select

from matchmaker.cli import group
from matchmaker.cli.common import open_site
from matchmaker.events.models import EventStaff, StaffRole
from matchmaker.events.roster import Basis, ImportBatch, Never, Seed
from matchmaker.events.rules import never_digest
from tests.conftest import add_member
from tests.events.lists import AIGERIM, HEADER, OLEG, make_event


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder with a list, and a database with the event "spring"."""
    monkeypatch.setenv("MATCHMAKER_INSTANCE", str(tmp_path / "instance"))
    monkeypatch.setenv("MATCHMAKER_ENVIRONMENT", "test")
    monkeypatch.setenv("MATCHMAKER_SECRET_KEY", "x" * 40)
    monkeypatch.chdir(tmp_path)
    Path("list.csv").write_text(HEADER + AIGERIM + OLEG, encoding="utf-8")
    assert run("init").exit_code == 0
    with open_site().sessions.write.begin() as session:
        event = make_event(session, "spring")
        for role in (StaffRole.OWNER, StaffRole.HELPER):
            person = add_member(session, email=f"{role.value}@example.org")
            assert person.user_id is not None
            session.add(
                EventStaff(event_id=event.id, user_id=person.user_id, role=role)
            )
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(group, list(words))


def refused(result: Result, *words: str) -> None:
    """Check that a command failed with one line and status 2."""
    assert result.exit_code == 2
    assert len(result.stderr.strip().splitlines()) == 1
    for word in words:
        assert word in result.stderr


def count_seeds() -> int:
    with open_site().sessions.read() as session:
        return session.scalar(select(func.count()).select_from(Seed)) or 0


def test_an_import_prints_counts_and_adds_nobody_twice() -> None:
    assert run("import", "list.csv", "--event", "spring").output == "spring: 2 new\n"
    again = run("import", "list.csv", "--event", "spring", "--json")
    assert json.loads(again.output)["rows"] == {"same": 2}
    assert count_seeds() == 2


def test_who_imports_and_why_is_noted() -> None:
    words = ("--as", "Owner@example.org", "--basis", "contract")
    assert run("import", "list.csv", "--event", "spring", *words).exit_code == 0
    with open_site().sessions.read() as session:
        batch = session.scalars(select(ImportBatch)).one()
        assert (batch.basis, batch.author_id) == (Basis.CONTRACT, 1)
        assert (batch.file_name, batch.content) == ("list.csv", None)


def test_a_dry_run_stores_nothing_and_needs_no_event() -> None:
    assert "2 people" in run("import", "list.csv", "--dry-run").output
    assert count_seeds() == 0


def test_bad_input_is_one_line_and_status_2() -> None:
    refused(run("import", "list.csv"), "--event")
    refused(run("import", "list.csv", "--event", "autumn"), "autumn")
    helper = ("--as", "helper@example.org")
    refused(run("import", "list.csv", "--event", "spring", *helper), "helper@")
    Path("empty.csv").write_bytes(b"")
    refused(run("import", "empty.csv", "--event", "spring"), "empty.csv", "empty")
    assert count_seeds() == 0


def test_without_the_key_nobody_who_said_never_can_be_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with open_site().sessions.write.begin() as session:
        session.add(Never(digest=never_digest("x" * 40, "oleg@example.org")))
    done = run("import", "list.csv", "--event", "spring")
    assert done.output == "spring: 1 new, 1 skipped\n"
    monkeypatch.delenv("MATCHMAKER_SECRET_KEY")
    refused(run("import", "list.csv", "--event", "spring"), "MATCHMAKER_SECRET_KEY")


@pytest.mark.parametrize(
    ("alike", "told"),
    [("another", "1 new"), ("same-person", "1 same"), ("leave-out", "1 skipped")],
)
def test_what_is_done_with_people_alike_is_said_on_the_line(
    alike: str, told: str
) -> None:
    run("import", "list.csv", "--event", "spring")
    row = AIGERIM.replace("aigerim@", "bekova@")
    Path("more.csv").write_text(HEADER + row, encoding="utf-8")
    done = run("import", "more.csv", "--event", "spring", "--alike", alike)
    assert done.output == f"spring: {told}\n"
