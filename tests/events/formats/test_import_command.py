"""The command as a person at a terminal meets it."""

import json
from pathlib import Path

from click.testing import CliRunner

from matchmaker.cli.imports import import_people


def test_a_dry_run_prints_people_and_reasons_as_json(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("Имя;Почта\nАнна Ли;anna@example.org\nБо;нет@\n", encoding="cp1251")
    done = CliRunner().invoke(import_people, [str(file), "--dry-run", "--json"])
    told = json.loads(done.stdout)
    assert (told["format"], told["encoding"]) == ("generic_table", "cp1251")
    assert told["people"][0]["full_name"] == "Анна Ли"
    assert (told["skipped"][0]["row"], told["skipped"][0]["reason"]) == (3, "bad_email")


def test_what_cannot_be_read_is_one_line_and_exit_2(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes(b"")
    done = CliRunner().invoke(import_people, [str(file), "--dry-run", "--json"])
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == "Error: list.csv: empty\n"


def test_a_format_nobody_knows_is_refused_by_name(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("Name,E-mail\nAnn Lee,ann@example.org\n", encoding="utf-8")
    done = CliRunner().invoke(import_people, [str(file), "--dry-run", "--format", "x"])
    assert done.exit_code == 2
    assert "no_such_format" in done.stderr
