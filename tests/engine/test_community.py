import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from matchmaker.engine.artefact import ArtefactError
from matchmaker.engine.community import Community, band
from matchmaker.engine.lists import Policy, policy_lists
from matchmaker.engine.members import Member

Make = Callable[..., Member]


@pytest.fixture
def known(member: Make) -> Community:
    return Community().fit(
        [
            member(
                "de",
                country="DE",
                needs=["Freight forwarding to Asia"],
                offers=["machine tools"],
            ),
            member(
                "kz",
                country="KZ",
                needs=[("supply", "станки")],
                offers=["логистика, перевозки"],
            ),
            member(
                "cn",
                country="CN",
                needs=["小麦"],
                offers=["物流 仓储"],
                languages=("zh",),
            ),
            member(
                "ru", country="RU", offers=[("supply", "пшеница")], languages=("ru",)
            ),
        ]
    )


def test_a_need_finds_its_offer_in_another_language(known: Community) -> None:
    assert {one.candidate_id for one in known.top("de", k=2)} == {"kz", "cn"}
    assert known.explain("cn", "ru").fit_for_me > known.explain("cn", "kz").fit_for_me


def test_a_reason_quotes_both_sides(known: Community) -> None:
    reason = known.explain("cn", "ru").reasons[0]
    assert (reason.code, reason.direction) == ("need-offer", "for_me")
    evidence = reason.evidence
    assert (evidence["need_id"], evidence["offer_id"]) == ("cn-needs-0", "ru-offers-0")
    for side in ("need", "offer"):
        text, spans = evidence[f"{side}_text"], evidence[f"{side}_spans"]
        assert isinstance(text, str)
        assert isinstance(spans, list)
        assert spans == [[0, len(text)]]
    assert evidence["relation"] == "concept"
    assert evidence["concepts"]


def test_evidence_is_plain_json(known: Community) -> None:
    for one in known.ids:
        for other in known.ids:
            for reason in known.explain(one, other).reasons:
                assert json.loads(json.dumps(reason.evidence)) == reason.evidence


def test_an_interpreter_is_needed_only_when_both_named_other_languages(
    known: Community,
) -> None:
    assert known.explain("cn", "ru").interpreter_needed
    assert not known.explain("cn", "kz").interpreter_needed


def test_nobody_is_proposed_to_themselves_or_where_forbidden(known: Community) -> None:
    found = {
        one.candidate_id for one in known.top("de", k=10, forbidden=["kz", "unknown"])
    }
    assert found == {"cn", "ru"}


def test_scores_of_a_pair_agree_everywhere(known: Community) -> None:
    for member_id, ranked in known.all_top(k=3):
        for one in ranked:
            told = known.explain(member_id, one.candidate_id)
            assert told.joint == pytest.approx(one.joint, abs=1e-9)
            assert told.fit_for_me == pytest.approx(one.fit_for_me, abs=1e-9)


def test_a_changed_member_scores_as_a_stranger_with_that_profile_would(
    known: Community, member: Make
) -> None:
    changed = member("ru", country="RU", needs=["дерево"], offers=["упаковка"])
    expected = known.score_member(
        member("new", country="RU", needs=["дерево"], offers=["упаковка"])
    )
    known.put(changed)
    at = [place for place, member_id in enumerate(known.ids) if member_id != "ru"]
    np.testing.assert_allclose(
        known.score("ru").joint[at], expected.joint[at], atol=1e-9
    )


def test_who_was_removed_is_gone_and_may_come_back(known: Community) -> None:
    before = {m: known.top(m, k=9) for m in known.ids}
    gone = known.member("kz")
    known.remove("kz")
    assert all(one.candidate_id != "kz" for one in known.top("de", k=9))
    known.put(gone)
    assert {m: known.top(m, k=9) for m in known.ids} == before


def test_a_saved_community_answers_the_same(known: Community, tmp_path: Path) -> None:
    known.save(tmp_path / "model.npz")
    loaded = Community.load(tmp_path / "model.npz")
    for one in known.ids:
        assert loaded.top(one, k=9) == known.top(one, k=9)
        assert loaded.explain(one, "ru") == known.explain(one, "ru")


@pytest.mark.parametrize("cut", [0, 1, 100, 1000, -1])
def test_a_truncated_file_is_refused(
    known: Community, tmp_path: Path, cut: int
) -> None:
    path = tmp_path / "model.npz"
    known.save(path)
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(ArtefactError, match="model"):
        Community.load(path)


def test_a_flipped_bit_is_refused(known: Community, tmp_path: Path) -> None:
    path = tmp_path / "model.npz"
    known.save(path)
    content = bytearray(path.read_bytes())
    for at in range(0, len(content), len(content) // 40):
        damaged = content.copy()
        damaged[at] ^= 1
        path.write_bytes(damaged)
        try:
            loaded = Community.load(path)
        except ArtefactError:
            continue
        # Some bytes of the container carry nothing; then the content is whole.
        assert [loaded.member(one) for one in loaded.ids] == [
            known.member(one) for one in known.ids
        ]


@pytest.mark.parametrize("size", [0, 1, 2])
@pytest.mark.parametrize("policy", ["congestion", "product", "own"])
def test_a_tiny_community_gets_lists_as_far_as_they_go(
    member: Make, size: int, policy: Policy
) -> None:
    known = Community().fit([member(str(at)) for at in range(size)])
    lists = dict(policy_lists(known, policy, k=5))
    assert [len(ranked) for ranked in lists.values()] == [size - 1] * size


def test_equal_members_without_text_are_ranked_by_id(member: Make) -> None:
    known = Community().fit([member(f"{at:03}") for at in range(60)])
    assert [one.candidate_id for one in known.top("000", k=3)] == ["001", "002", "003"]


def test_a_repeated_id_is_refused(member: Make) -> None:
    with pytest.raises(ValueError, match="share an id"):
        Community().fit([member("a"), member("a")])


@pytest.mark.parametrize(
    ("joint", "word"), [(0.9, "strong"), (0.3, "good"), (0.01, "possible")]
)
def test_a_score_has_a_word(joint: float, word: str) -> None:
    assert band(joint) == word
