import json
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from matchmaker.cli import engine, terms
from matchmaker.vocabulary.terms import index_terms, use_own_terms

HEADER = "code,sector,en,ru,zh\n"
OWN = HEADER + "wumple,manufacturing,wumple,кистрога,蛐蟆\n"
TEA = HEADER + "tea-of-ours,food,house tea,наш чай,本家茶\n"


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path / "instance"
    monkeypatch.setenv("MATCHMAKER_INSTANCE", str(folder))
    yield folder
    use_own_terms(tmp_path / "none")


@pytest.fixture
def own(tmp_path: Path) -> Path:
    path = tmp_path / "press.csv"
    path.write_text(OWN, "utf-8")
    return path


def run(*arguments: object) -> Result:
    commands = (*terms.COMMANDS, *engine.COMMANDS)
    group = click.Group(commands={command.name or "": command for command in commands})
    return CliRunner().invoke(group, [str(one) for one in arguments])


def best_of(members: Path) -> str:
    """Return who is proposed first to the seeker."""
    lists = json.loads(run("recommend", members, "--json", "--policy", "own").stdout)
    first = next(one for one in lists["lists"] if one["id"] == "seeker")
    return str(first["proposals"][0]["candidate"])


@pytest.mark.usefixtures("instance")
@pytest.mark.parametrize("need", ["Ищем две кистроги", "寻找蛐蟆"])
def test_a_request_finds_an_offer_by_an_own_term(
    tmp_path: Path, own: Path, need: str
) -> None:
    people = [
        {"id": "a", "offers": [{"text": "Zymotic kettles from stock"}]},
        {"id": "seeker", "needs": [{"text": need}]},
        {"id": "z", "offers": [{"text": "Two wumples from stock"}]},
    ]
    members = tmp_path / "members.jsonl"
    lines = (json.dumps(one) + "\n" for one in people)
    members.write_text("".join(lines), "utf-8")
    assert best_of(members) == "a"
    added = run("terms-add", own)
    assert added.exit_code == 0
    assert "matchmaker refresh" in added.stdout
    assert best_of(members) == "z"
    assert run("terms-list", "--remove", "press").exit_code == 0
    assert best_of(members) == "a"


def test_the_directory_knows_an_own_term_in_each_language(
    instance: Path, own: Path
) -> None:
    texts = ("some wumples", "без кистроги", "大蛐蟆")
    key = "c:wumple"
    assert not any(key in index_terms(text) for text in texts)
    assert run("terms-add", own).exit_code == 0
    assert use_own_terms(instance / "terms") == 1
    assert all(key in index_terms(text) for text in texts)


def test_own_terms_are_listed_and_removed_by_name(instance: Path, own: Path) -> None:
    assert "0 files" in run("terms-list").stdout
    run("terms-add", own)
    assert "press.csv: 1 concept\n" in run("terms-list").stdout
    assert run("terms-list", "--remove", "press.csv").exit_code == 0
    assert list((instance / "terms").iterdir()) == []


@pytest.mark.parametrize("name", ["../press", "nothing", "", "."])
def test_only_a_listed_file_can_be_removed(
    instance: Path, own: Path, name: str
) -> None:
    run("terms-add", own)
    result = run("terms-list", "--remove", name)
    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 1
    assert (instance / "terms" / "press.csv").exists()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "line 1: the header"),
        (HEADER, "no terms"),
        (OWN.replace(",", ";"), "line 1: the header"),
        (HEADER + "quorbax,,quorbax,кворбакс,\n", "line 2: an empty name in zh"),
        (HEADER + "logistics,,hauling goods,извоз,运货\n", 'code "logistics" repeats'),
        (HEADER + "my-tea,,tea|teas,чай,茶\n", None),
        (
            HEADER + "q-a,,quorbax,слово,词\nq-b,,quorbax,другое,别\n",
            "line 3: the same",
        ),
        (
            HEADER + "quorbax,,quorbax; press,кворбакс,阔巴\n",
            "names are told apart by |",
        ),
        (HEADER + "quorbax,nowhere,quorbax,кворбакс,阔巴\n", 'sector "nowhere"'),
        (HEADER + "quorbax,,the of,кворбакс,阔巴\n", "no search heeds"),
        (HEADER + "quorbax,,quorbax,quorbax,阔巴\n", '"quorbax" is not written as ru'),
        (HEADER + "quorbax,,quorbax,кворбакс\n", "line 2: 4 columns"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_changes(
    instance: Path, tmp_path: Path, content: str, told: str | None
) -> None:
    path = tmp_path / "own.csv"
    path.write_text(content, "utf-8")
    result = run("terms-add", path)
    if told is None:
        assert result.exit_code == 0
        return
    assert (result.exit_code, result.stdout) == (2, "")
    assert told in result.stderr
    assert str(path) in result.stderr
    assert not (instance / "terms").exists()


def test_a_refused_file_leaves_the_one_in_use(
    instance: Path, tmp_path: Path, own: Path
) -> None:
    run("terms-add", own)
    own.write_text(HEADER + "broken row\n", "utf-8")
    assert run("terms-add", own).exit_code == 2
    assert (instance / "terms" / "press.csv").read_text("utf-8") == OWN
    own.write_text(OWN.replace("wumple,к", "wumple|wumpler,к"), "utf-8")
    assert run("terms-add", own).exit_code == 0  # it does not repeat itself
    second = tmp_path / "second.csv"
    second.write_text(OWN, "utf-8")
    result = run("terms-add", second)
    assert result.exit_code == 2
    assert 'code "wumple" repeats' in result.stderr


@pytest.mark.usefixtures("instance")
@pytest.mark.parametrize("name", ["missing.csv", "own.txt", ".own.csv"])
def test_what_is_no_file_of_terms_is_one_line(tmp_path: Path, name: str) -> None:
    result = run("terms-add", tmp_path / name)
    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 1
    assert name in result.stderr


@pytest.mark.usefixtures("instance")
@pytest.mark.parametrize("command", ["terms-add", "terms-check"])
def test_a_file_that_is_no_text_is_named_with_its_line(
    tmp_path: Path, command: str
) -> None:
    path = tmp_path / "own.csv"
    path.write_bytes(TEA.encode("utf-8") + "чай\n".encode("cp1251"))
    result = run(command, path)
    assert result.exit_code == 2
    assert f"{path}, line 3: not UTF-8 text" in result.stderr


def test_the_terms_check_tells_good_from_bad(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text(TEA, "utf-8")
    assert run("terms-check", path).exit_code == 0
    path.write_text(TEA.replace("наш чай", ""), "utf-8")
    result = run("terms-check", path)
    assert result.exit_code == 1
    assert "line 2: an empty name in ru" in result.stderr
    assert run("terms-check", tmp_path / "nowhere").exit_code == 2
