import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from matchmaker.cli.engine import COMMANDS

MEMBERS = [
    {
        "id": "mill",
        "country": "KZ",
        "needs": [{"type": "supply", "text": "wheat", "lang": "en"}],
    },
    {"id": "farm", "country": "RU", "offers": [{"type": "supply", "text": "пшеница"}]},
    {"id": "road", "offers": [{"type": "logistics", "text": "物流"}]},
]


def run(*arguments: object) -> Result:
    group = click.Group(commands={command.name or "": command for command in COMMANDS})
    return CliRunner().invoke(group, [str(one) for one in arguments])


@pytest.fixture
def members(tmp_path: Path) -> Path:
    path = tmp_path / "members.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in MEMBERS), "utf-8")
    return path


@pytest.fixture
def folder(tmp_path: Path, members: Path) -> Path:
    (tmp_path / "dev").mkdir()
    (tmp_path / "set.json").write_text('{"name": "toy"}', "utf-8")
    members.rename(tmp_path / "candidates.jsonl")
    need = {"id": "q", "needs": [{"text": "зерно пшеницы"}]}
    (tmp_path / "dev" / "queries.jsonl").write_text(json.dumps(need) + "\n", "utf-8")
    (tmp_path / "dev" / "qrels.tsv").write_text(
        "query\tcandidate\tgain\nq\tfarm\t1\n", "utf-8"
    )
    return tmp_path


@pytest.mark.parametrize("policy", ["congestion", "product", "own"])
def test_recommend_prints_lists_with_reasons(members: Path, policy: str) -> None:
    result = run("recommend", members, "--k", "1", "--policy", policy, "--json")
    assert result.exit_code == 0
    lists = {one["id"]: one["proposals"] for one in json.loads(result.stdout)["lists"]}
    assert lists["mill"][0]["candidate"] == "farm"
    assert lists["mill"][0]["reasons"][0]["code"] == "need-offer"


def test_recommend_is_readable_without_json(members: Path) -> None:
    result = run("recommend", members)
    assert "farm  joint" in result.stdout


def test_evaluate_measures_beside_the_baselines(folder: Path) -> None:
    rankings = folder / "rankings.tsv"
    result = run("evaluate", folder, "--json", "--rankings", rankings)
    assert result.exit_code == 0
    report = json.loads(result.stdout)
    assert report["metrics"]["ndcg@10"] == {"value": 1, "low": 1, "high": 1}
    assert report["baselines"].keys() == {"bm25", "random"}
    assert report["seconds"].keys() == {"fit", "rank"}
    lines = rankings.read_text("utf-8").splitlines()
    assert lines[0] == "query\tcandidate\trank\tscore"
    assert lines[1].startswith("q\tfarm\t1\t")


@pytest.mark.parametrize(
    "arguments",
    [("evaluate", "nowhere"), ("recommend", "nowhere"), ("terms-check", "nowhere")],
)
def test_a_missing_file_is_one_line_and_exit_two(arguments: tuple[str, str]) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert "nowhere" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_a_broken_line_is_named(members: Path) -> None:
    members.write_text(members.read_text("utf-8") + "{oops\n", "utf-8")
    result = run("recommend", members)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "line 4" in result.stderr


def test_an_encoder_that_is_not_installed_is_not_pretended(folder: Path) -> None:
    result = run("evaluate", folder, "--encoder", "neural")
    assert result.exit_code == 2
    assert "neural" in result.stderr


def test_training_without_earlier_deals_is_refused(folder: Path) -> None:
    result = run("evaluate", folder, "--train")
    assert result.exit_code == 2
    assert "train" in result.stderr


def test_the_terms_check_tells_good_from_bad(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text("code,sector,en,ru,zh\ntea,food,tea,чай,茶\n", "utf-8")
    assert run("terms-check", path).exit_code == 0
    path.write_text("code,sector,en,ru,zh\ntea,food,tea,,茶\n", "utf-8")
    result = run("terms-check", path)
    assert result.exit_code == 1
    assert "line 2: an empty name in ru" in result.stderr
