"""Saving, restoring and examining a site, as its operator does it."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from matchmaker.admin import upkeep
from matchmaker.cli import group
from matchmaker.cli.common import open_site
from matchmaker.clock import now
from matchmaker.mail import queue_letter


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("MATCHMAKER_INSTANCE", str(tmp_path / "instance"))
    monkeypatch.setenv("MATCHMAKER_ENVIRONMENT", "test")
    monkeypatch.setenv("MATCHMAKER_SECRET_KEY", "x" * 40)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*words: str) -> Result:
    result = CliRunner().invoke(group, list(words))
    assert "\nTraceback" not in result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


def findings() -> dict[str, tuple[str, str]]:
    told = json.loads(run("doctor", "--json").stdout)
    return {one["what"]: (one["verdict"], one["text"]) for one in told}


def test_a_site_is_saved_and_brought_back(place: Path) -> None:
    assert run("init").exit_code == 0
    saved = run("backup", "site.backup")
    assert saved.exit_code == 0, saved.output
    assert "Saved" in saved.stdout
    assert run("restore", "site.backup").exit_code == 0
    (place / "site.backup").write_bytes(b"nothing")
    broken = run("restore", "site.backup", "--force")
    assert broken.exit_code == 1
    assert broken.stderr.count("\n") == 1


def test_the_doctor_names_what_is_missing_and_what_to_do() -> None:
    assert findings()["database"][0] == "broken"
    assert run("doctor").exit_code == 2
    run("init")
    found = findings()
    assert found["database"][0] == found["integrity"][0] == "fine"
    assert "matchmaker work" in found["worker"][1]
    assert run("doctor").exit_code == 1


def test_the_doctor_sees_a_worker_at_work_and_a_letter_that_waits() -> None:
    run("init")
    assert run("work", "--once").exit_code == 0
    assert findings()["worker"][0] == "fine"
    site = open_site()
    with site.sessions.write.begin() as session:
        letter = queue_letter(
            session,
            to="a@example.org",
            template="reset",
            locale="en",
            context={"secret": "s"},
        )
        letter.due_at = now() - timedelta(hours=2)
    assert findings()["letters"][0] == "look"


def test_the_doctor_sees_a_damaged_model(place: Path) -> None:
    run("init")
    folder = place / "instance" / "model"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "seen.json").write_text("{", "utf-8")
    verdict, told = findings()["model"]
    assert verdict == "look"
    assert "matchmaker refresh" in told


def test_a_job_that_fails_is_named_and_stops_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run("init")

    def fail(*_any: object, **_more: object) -> int:
        raise ValueError("a secret that belongs into no log line of ours")

    monkeypatch.setattr("matchmaker.matching.searches.look_again", fail)
    result = run("work", "--once")
    assert result.exit_code == 1
    assert "Failed: searches." in result.stderr
    site = open_site()
    with site.sessions.read() as session:
        states = {one.name: one for one in upkeep.list_jobs(session)}
    assert states["searches"].is_failing
    assert states["searches"].error == "ValueError"
    assert not states["old-sessions"].is_failing
    assert "searches" in findings()["jobs"][1]
