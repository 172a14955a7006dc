import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from matchmaker.engine.deals import Deal
from matchmaker.engine.evaluation import (
    METRICS,
    bootstrap,
    measure,
    order,
    paired_difference,
)
from matchmaker.engine.evaluation_set import EvaluationSetError, read_evaluation_set
from matchmaker.engine.learning import DealRanker
from matchmaker.engine.members import Member, MembersFileError, read_members

Make = Callable[..., Member]


def test_metrics_of_a_known_ranking() -> None:
    ids = ["a", "b", "c", "d"]
    found = dict(
        zip(
            METRICS,
            measure(np.array([4.0, 3, 2, 1]), ids, {"b": 1, "d": 1}),
            strict=True,
        )
    )
    ideal = 1 + 1 / np.log2(3)
    assert found["ndcg@10"] == pytest.approx((1 / np.log2(3) + 1 / np.log2(5)) / ideal)
    assert found["mrr"] == 0.5
    assert found["recall@10"] == found["hit@10"] == 1


def test_ties_are_resolved_by_id_even_at_the_cut() -> None:
    assert order(np.zeros(5), ["e", "d", "c", "b", "a"], 2) == [4, 3]


def test_an_interval_holds_its_mean_and_narrows_with_more_seekers() -> None:
    rng = np.random.default_rng(0)
    few, many = (bootstrap(rng.random(size)) for size in (20, 2000))
    for one in (few, many):
        assert one.low < one.value < one.high
    assert many.high - many.low < few.high - few.low


def test_a_paired_difference_of_the_same_is_zero() -> None:
    values = np.random.default_rng(0).random(50)
    found = paired_difference(values, values)
    assert (found.value, found.low, found.high) == (0, 0, 0)


FILES = {
    "set.json": '{"name": "toy"}',
    "candidates.jsonl": '{"id": "c1", "offers": [{"text": "tea"}]}\n{"id": "c2"}\n',
    "dev/queries.jsonl": '{"id": "q1", "needs": [{"text": "tea"}]}\n',
    "dev/qrels.tsv": "query\tcandidate\tgain\nq1\tc1\t1\n",
}


def write_set(folder: Path, **changed: str | None) -> Path:
    (folder / "dev").mkdir()
    for name, content in {**FILES, **changed}.items():
        if content is not None:
            (folder / name).write_text(content, "utf-8")
    return folder


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("set.json", None, "set.json"),
        ("set.json", "[]", "name"),
        ("candidates.jsonl", None, "candidates.jsonl"),
        ("candidates.jsonl", '{"id": "c1"}\n{"id": "c1"}\n', "line 2"),
        ("candidates.jsonl", '{"id": "c1"}\n{oops\n', "line 2: not JSON"),
        ("candidates.jsonl", '{"id": "c1", "needs": "tea"}\n', 'line 1: "needs"'),
        ("dev/queries.jsonl", '{"id": "q1"}\n{"id": "q2"}\n', '"q2" has no relevant'),
        ("dev/qrels.tsv", "q1\tc1\t1\n", "line 1: the header"),
        (
            "dev/qrels.tsv",
            "query\tcandidate\tgain\nq1\tc9\t1\n",
            'line 2: unknown candidate "c9"',
        ),
        ("dev/qrels.tsv", "query\tcandidate\tgain\nq1\tc1\tx\n", 'line 2: gain "x"'),
        ("dev/qrels.tsv", "query\tcandidate\tgain\nq1\tc1\n", "line 2: 2 columns"),
        (
            "dev/qrels.tsv",
            "query\tcandidate\tgain\nq1\tc1\t0\n",
            '"q1" has no relevant',
        ),
    ],
)
def test_a_broken_set_is_named_by_file_and_line(
    tmp_path: Path, name: str, content: str | None, told: str
) -> None:
    folder = write_set(tmp_path, **{name: content})
    with pytest.raises(EvaluationSetError) as refused:
        read_evaluation_set(folder, "dev")
    assert told in str(refused.value)


def test_a_whole_set_is_read(tmp_path: Path) -> None:
    found = read_evaluation_set(write_set(tmp_path), "dev")
    assert found.gains == {"q1": {"c1": 1.0}}


def test_a_file_that_is_no_text_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "members.jsonl"
    path.write_bytes(b'{"id": "a"}\n\xff\xfe\n')
    with pytest.raises(MembersFileError, match="line 2: not UTF-8"):
        read_members(path)


def test_unknown_keys_are_ignored_and_missing_ones_fine(tmp_path: Path) -> None:
    path = tmp_path / "members.jsonl"
    path.write_text(
        json.dumps({"id": "a", "shoe": 42, "country": "kz"}) + "\n\n", "utf-8"
    )
    assert read_members(path) == [Member("a", country="KZ")]


def test_a_candidate_who_took_such_seekers_before_is_found(member: Make) -> None:
    fields = ("food", "ai", "mining", "health")
    candidates = [member(f"c{at}") for at in range(12)]
    deals = [
        Deal(
            member(f"s{at}", country="KZ", sectors=(fields[at % 4],)),
            f"c{at % 4 + 4 * (at % 3 == 0)}",
            date(2020, 1, 1) + timedelta(days=at),
        )
        for at in range(400)
    ]
    ranker = DealRanker().fit(candidates, deals)
    for number, sector in enumerate(fields):
        scores = ranker.score([member("new", country="KZ", sectors=(sector,))])[0]
        assert int(scores.argmax()) % 4 == number
        assert ((scores > 0) & (scores < 1)).all()


def test_a_handful_of_deals_teaches_nothing(member: Make) -> None:
    deal = Deal(member("s"), "c", date(2020, 1, 1))
    with pytest.raises(ValueError, match="earlier deals"):
        DealRanker().fit([member("c")], [deal] * 3)
