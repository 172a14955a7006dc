import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from matchmaker.engine.deals import Deal
from matchmaker.engine.evaluation import (
    METRICS,
    bootstrap,
    measure,
    order,
    paired_differences,
    slices,
    summary,
    top_places,
)
from matchmaker.engine.evaluation_set import EvaluationSetError, read_evaluation_set
from matchmaker.engine.learning import DealRanker
from matchmaker.engine.members import Member, MembersFileError, read_members

Make = Callable[..., Member]


def test_metrics_of_a_known_ranking() -> None:
    measured = measure(
        np.array([[4.0, 3, 2, 1]]), ["a", "b", "c", "d"], [{"b": 1, "d": 1}]
    )
    found = dict(zip(METRICS, measured[0], strict=True))
    ideal = 1 + 1 / np.log2(3)
    assert found["ndcg@10"] == pytest.approx((1 / np.log2(3) + 1 / np.log2(5)) / ideal)
    assert found["mrr"] == 0.5
    assert found["recall@10"] == found["hit@10"] == 1


def test_a_larger_gain_further_up_is_worth_more() -> None:
    ids, gains = ["a", "b", "c"], [{"a": 3, "b": 1}] * 2
    right, wrong = measure(np.array([[3.0, 2, 1], [2.0, 3, 1]]), ids, gains)
    ideal = 3 + 1 / np.log2(3)
    assert right[0] == pytest.approx(1)
    assert wrong[0] == pytest.approx((1 + 3 / np.log2(3)) / ideal)


def test_a_seeker_for_whom_nobody_is_right_counts_as_zero() -> None:
    assert not measure(np.zeros((1, 2)), ["a", "b"], [{"a": 0}]).any()


def test_ties_are_resolved_by_id_even_at_the_cut() -> None:
    assert order(np.zeros(5), ["e", "d", "c", "b", "a"], 2) == [4, 3]


SCORES = st.integers(1, 30).flatmap(
    lambda many: st.tuples(
        arrays(float, (3, many), elements=st.sampled_from([0.0, 0.25, 0.5, 1.0])),
        st.permutations([f"c{at}" for at in range(many)]),
        st.lists(st.integers(0, 2), min_size=many, max_size=many),
    )
)


@given(SCORES)
@settings(max_examples=60, deadline=None)
def test_all_seekers_at_once_are_measured_like_a_sorted_list(
    known: tuple[np.ndarray, list[str], list[int]],
) -> None:
    scores, ids, gained = known
    gains = dict(zip(ids, map(float, gained), strict=True))
    measured = measure(scores, ids, [gains] * 3)
    for row, found in zip(scores, measured, strict=True):
        places = order(row, ids)
        got = np.array([gains[ids[at]] for at in places])
        discount = 1 / np.log2(np.arange(2, 12))[: len(got)]
        best = np.sort(got)[::-1][:10] @ discount
        relevant = got > 0
        assert found[0] == pytest.approx(got[:10] @ discount / best if best else 0)
        assert found[1] == pytest.approx(relevant[:10].sum() / max(relevant.sum(), 1))
        first = 1 / (relevant.argmax() + 1) if relevant.any() else 0
        assert found[3] == pytest.approx(first)
    for depth in (1, 4):
        listed = top_places(scores, ids, depth).tolist()
        assert listed == [order(row, ids, depth) for row in scores]


def test_a_score_that_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="not a number"):
        measure(np.array([[np.nan, 1.0]]), ["a", "b"], [{"a": 1}])


def test_an_interval_holds_its_mean_and_narrows_with_more_seekers() -> None:
    rng = np.random.default_rng(0)
    few, many = (bootstrap(rng.random(size)) for size in (20, 2000))
    for one in (few, many):
        assert one.low < one.value < one.high
    assert many.high - many.low < few.high - few.low


def test_an_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    held = 0
    for seed in range(200):
        values = np.random.default_rng(seed).exponential(size=80)
        one = bootstrap(values, random_state=seed)
        held += one.low <= 1 <= one.high
    assert 178 <= held <= 199


def test_the_same_ranker_twice_shows_no_difference() -> None:
    values = np.random.default_rng(0).random((50, len(METRICS)))
    for one in paired_differences(values, values).values():
        assert (one.value, one.low, one.high) == (0, 0, 0)
        assert one.verdict == "no difference seen"


def test_a_small_gain_is_seen_when_the_same_seekers_are_compared() -> None:
    rng = np.random.default_rng(0)
    theirs = rng.random((100, len(METRICS)))
    ours = theirs + rng.normal(0.03, 0.05, theirs.shape)
    assert paired_differences(ours, theirs)["mrr"].verdict == "differs"
    apart = summary(ours)["mrr"].low, summary(theirs)["mrr"].high
    assert apart[0] < apart[1]  # unpaired intervals do not tell


def test_noise_seldom_passes_for_a_difference() -> None:
    found = 0
    for seed in range(100):
        noise = np.random.default_rng(seed).normal(size=(60, len(METRICS)))
        differences = paired_differences(noise, np.zeros_like(noise))
        found += differences["mrr"].verdict == "differs"
    assert found <= 14


def test_a_dozen_seekers_prove_nothing() -> None:
    better = np.ones((12, len(METRICS)))
    found = paired_differences(better, np.zeros_like(better))
    assert found["ndcg@10"].verdict == "too few seekers"


def test_small_slices_are_put_together() -> None:
    labels = [("KZ",)] * 3 + [("CN", "KZ")] * 2 + [("UZ",)] + [()]
    found = {name: at.tolist() for name, at in slices(labels, least=2).items()}
    assert found == {"KZ": [0, 1, 2, 3, 4], "CN": [3, 4], "other": [5, 6]}
    assert list(slices(labels, least=1))[-1] == "not stated"


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
        ("set.json", '{\n"name" 1}', "set.json, line 2: not JSON"),
        ("set.json", "[" * 100_000, "set.json: not JSON"),
        ("candidates.jsonl", "", "no candidates"),
        ("candidates.jsonl", '{"id": "c1"}\n{"name": "x"}\n', 'line 2: "id"'),
        ("dev/queries.jsonl", "\n \n", "no seekers"),
        (
            "dev/queries.jsonl",
            '{"id": "q1"}\n\n{"id": "q2"}\n',
            'queries.jsonl, line 3: "q2" has no relevant',
        ),
        ("dev/queries.jsonl", '{"id": "q1"}\n' * 2, 'line 2: id "q1" repeats line 1'),
        ("dev/qrels.tsv", None, "qrels.tsv"),
        ("dev/qrels.tsv", "", "line 1: the header"),
        (
            "dev/qrels.tsv",
            "query\tcandidate\tgain\nq1\tc1\t1\nq7\tc1\t1\n",
            'line 3: unknown query "q7"',
        ),
        ("dev/qrels.tsv", "query\tcandidate\tgain\nq1\tc1\tnan\n", 'gain "nan"'),
        ("dev/qrels.tsv", "query\tcandidate\tgain\nq1\tc1\t-1\n", 'gain "-1"'),
        (
            "dev/qrels.tsv",
            "query\tcandidate\tgain\nq1\tc1\t1\nq1\tc1\t1\n",
            "line 3: this pair was given before",
        ),
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


def test_a_broken_table_of_earlier_deals_is_named(tmp_path: Path) -> None:
    folder = write_set(tmp_path)
    people = folder / "train_seekers.jsonl"
    people.write_text('{"id": "s1"}\n', "utf-8")
    for row, told in (
        ("s2\tc1\t2020-01-01", 'line 2: unknown query "s2"'),
        ("s1\tc9\t2020-01-01", 'line 2: unknown candidate "c9"'),
        ("s1\tc1\tyesterday", 'line 2: date "yesterday"'),
    ):
        text = f"query\tcandidate\tdate\n{row}\n"
        (folder / "train.tsv").write_text(text, "utf-8")
        with pytest.raises(EvaluationSetError) as refused:
            read_evaluation_set(folder, "dev", with_deals=True)
        assert told in str(refused.value)


def test_a_table_that_is_no_text_is_refused_with_its_line(tmp_path: Path) -> None:
    folder = write_set(tmp_path)
    (folder / "dev" / "qrels.tsv").write_bytes(b"query\tcandidate\tgain\nq1\t\xff\n")
    with pytest.raises(EvaluationSetError, match="line 2: not UTF-8"):
        read_evaluation_set(folder, "dev")


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
