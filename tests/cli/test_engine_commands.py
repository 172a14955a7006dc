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


@pytest.fixture(autouse=True)
def _nobody_s_own_terms(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MATCHMAKER_INSTANCE", str(tmp_path / "instance"))


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


@pytest.mark.parametrize(
    ("lang", "told"),
    [
        (
            "en",
            ["mill | Kazakhstan", 'You look for: "*wheat*"', 'They offer: "*пшеница*"'],
        ),
        (
            "ru",
            ["mill | Казахстан", "Вы ищете: «*wheat*»", "Точки соприкосновения: пшен"],
        ),
        ("zh", ["mill | 哈萨克斯坦", "您需要：“*wheat*”", "共同点：小麦"]),
    ],
)
def test_recommend_tells_in_words_why(
    members: Path, lang: str, told: list[str]
) -> None:
    result = run("recommend", members, "--lang", lang)
    assert result.exit_code == 0
    for words in told:
        assert words in result.stdout


COMMUNITIES: dict[str, list[dict[str, object]]] = {
    "nobody": [],
    "one": [{"id": "a", "needs": [{"text": "tea"}]}],
    "two": [{"id": "a", "needs": [{"text": "tea"}]}, {"id": "b"}],
    "alike": [
        {"id": f"m{at}", "needs": [{"text": "tea"}], "offers": [{"text": "rail"}]}
        for at in range(1000)
    ],
    "silent": [{"id": f"m{at}"} for at in range(40)],
    "facts only": [
        {"id": f"m{at}", "country": "KZ", "sectors": ["food"], "languages": ["ru"]}
        for at in range(40)
    ],
    "strange": [
        {"id": f"m{at}", "about": text, "needs": [{"text": text}]}
        for at, text in enumerate(["🙂🙂🙂", "х" * 10_000, "a茶b чай ت", "   ", "的了"])
    ],
}


@pytest.mark.parametrize("policy", ["congestion", "product", "own"])
@pytest.mark.parametrize("kind", COMMUNITIES)
def test_any_community_gets_lists_as_far_as_they_make_sense(
    tmp_path: Path, kind: str, policy: str
) -> None:
    people = COMMUNITIES[kind]
    if policy != "congestion":  # a thousand are a matter of the congestion alone
        people = people[:60]
    path = tmp_path / "members.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in people), "utf-8")
    result = run("recommend", path, "--k", "3", "--policy", policy, "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    lists = {
        one["id"]: [proposal["candidate"] for proposal in one["proposals"]]
        for one in json.loads(result.stdout)["lists"]
    }
    assert sorted(lists) == sorted(str(one["id"]) for one in people)
    room = max(0, min(3, len(people) - 1))
    for own, found in lists.items():
        assert own not in found
        assert len(found) == len(set(found)) == room


@pytest.mark.parametrize("kind", ["nobody", "one", "silent", "strange"])
def test_strange_communities_are_told_in_words_too(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "members.jsonl"
    lines = (json.dumps(one) + "\n" for one in COMMUNITIES[kind])
    path.write_text("".join(lines), "utf-8")
    result = run("recommend", path)
    assert result.exit_code == 0
    assert ("nobody fits so far" in result.stdout) == (kind == "one")


def test_no_text_of_a_member_moves_the_cursor_or_stops_the_command(
    tmp_path: Path,
) -> None:
    path = tmp_path / "members.jsonl"
    half = "\\ud83d"  # half of a surrogate pair, as some exports cut them
    first = (
        f'{{"id": "a", "name": "x{half}\\u001b[2J\\ny", "needs": [{{"text": "tea"}}]}}'
    )
    second = f'{{"id": "b", "offers": [{{"text": "tea {half}\\u0007"}}]}}'
    path.write_text(f"{first}\n{second}\n", "utf-8")
    told = run("recommend", path)
    assert told.exit_code == 0
    assert told.stdout.startswith("a | x [2J y\n")
    assert "\x07" not in told.stdout
    assert run("recommend", path, "--json").exit_code == 0


def test_evaluate_measures_beside_the_baselines(folder: Path) -> None:
    rankings = folder / "rankings.tsv"
    result = run("evaluate", folder, "--json", "--rankings", rankings)
    assert result.exit_code == 0
    report = json.loads(result.stdout)
    assert report["metrics"]["ndcg@10"] == {"value": 1, "low": 1, "high": 1}
    assert report["baselines"].keys() == {"bm25", "random"}
    assert report["differences"].keys() == {"bm25", "random"}
    assert report["differences"]["bm25"]["mrr"]["verdict"] == "too few seekers"
    assert report["seconds"].keys() == {"fit", "rank"}
    lines = rankings.read_text("utf-8").splitlines()
    assert lines[0] == "query\tcandidate\trank\tscore"
    assert lines[1].startswith("q\tfarm\t1\t")


def write_seekers(folder: Path, countries: str) -> None:
    seekers = [
        {"id": f"q{at}", "country": country, "needs": [{"text": "пшеница"}]}
        for at, country in enumerate(countries.split())
    ]
    lines = "".join(json.dumps(one) + "\n" for one in seekers)
    (folder / "dev" / "queries.jsonl").write_text(lines, "utf-8")
    rows = "".join(f"{one['id']}\tfarm\t1\n" for one in seekers)
    (folder / "dev" / "qrels.tsv").write_text(
        f"query\tcandidate\tgain\n{rows}", "utf-8"
    )


def test_slices_of_at_least_twenty_seekers_are_reported(folder: Path) -> None:
    write_seekers(folder, "KZ " * 25 + "CN " * 20 + "UZ TJ")
    report = json.loads(run("evaluate", folder, "--slices", "--json").stdout)
    slices = report["slices"]
    assert [(one["name"], one["seekers"]) for one in slices["country"]] == [
        ("KZ", 25),
        ("CN", 20),
        ("other", 2),
    ]
    assert [one["name"] for one in slices["language"]] == ["ru"]
    assert [one["name"] for one in slices["sector"]] == ["not stated"]
    assert slices["country"][0]["metrics"]["mrr"]["value"] == 1
    assert report["exposure"]["engine"]["coverage"] == 1  # three, all in the first ten
    assert report["reliability"]["table"]


def test_the_report_is_readable_without_json(folder: Path) -> None:
    write_seekers(folder, "KZ " * 25)
    result = run("evaluate", folder, "--slices")
    assert result.exit_code == 0
    for words in ("engine less bm25", "no difference seen", "by country", "coverage"):
        assert words in result.stdout


@pytest.mark.parametrize(
    "arguments", [("evaluate", "nowhere"), ("recommend", "nowhere")]
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


def test_a_broken_set_is_one_line_and_exit_two(folder: Path) -> None:
    with (folder / "dev" / "qrels.tsv").open("a", encoding="utf-8") as rows:
        rows.write("q\tnobody\t1\n")
    result = run("evaluate", folder)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.endswith('qrels.tsv, line 3: unknown candidate "nobody"\n')


def test_an_encoder_that_is_not_installed_is_not_pretended(folder: Path) -> None:
    result = run("evaluate", folder, "--encoder", "neural", "--model", "no/such")
    assert result.exit_code == 2
    assert "neural" in result.stderr


def test_training_without_earlier_deals_is_refused(folder: Path) -> None:
    result = run("evaluate", folder, "--train")
    assert result.exit_code == 2
    assert "train" in result.stderr
