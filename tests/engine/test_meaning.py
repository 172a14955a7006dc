"""What an encoder changes in a community; the encoder is a table made by hand."""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from matchmaker.engine.artefact import ArtefactError
from matchmaker.engine.community import Community
from matchmaker.engine.fusion import VectorArray
from matchmaker.engine.members import Member

Make = Callable[..., Member]

TRADES = ("ship", "bake", "paint")
MEANINGS = {
    "ocean freight": "ship",
    "sending goods overseas": "ship",
    "bread ovens": "bake",
    "sending bread overseas": "bake",
    "murals": "paint",
}


class TradeEncoder:
    """Stands for a model: texts of one trade mean the same, others nothing."""

    def __init__(self, name: str = "by-hand") -> None:
        self.name = name

    def encode(self, texts: Sequence[str]) -> VectorArray:
        """Return the trade of each text as a vector."""
        return np.array(
            [[MEANINGS.get(text) == trade for trade in TRADES] for text in texts],
            np.float32,
        )


@pytest.fixture
def members(member: Make) -> list[Member]:
    return [
        member("asks", needs=["sending goods overseas"]),
        member("ships", offers=["ocean freight", "murals"]),
        member("bakes", offers=["sending bread overseas"]),
        member("paints", offers=["murals"], needs=["bread ovens"]),
        member("silent"),
    ]


@pytest.fixture
def known(members: list[Member]) -> Community:
    return Community(encoder=TradeEncoder()).fit(members)


def test_a_need_finds_what_is_meant_before_what_is_worded_alike(
    known: Community, members: list[Member]
) -> None:
    worded = Community().fit(members)
    assert worded.top("asks", k=1, by="fit_for_me")[0].candidate_id == "bakes"
    assert known.top("asks", k=1, by="fit_for_me")[0].candidate_id == "ships"


def test_an_encoder_never_lowers_a_score(
    known: Community, members: list[Member]
) -> None:
    worded = Community().fit(members)
    for one in known.ids:
        with_it, without = known.score(one), worded.score(one)
        assert (with_it.fit_for_me >= without.fit_for_me).all()
        assert (with_it.fit_for_them >= without.fit_for_them).all()


def test_an_encoder_that_reads_nothing_changes_nothing(members: list[Member]) -> None:
    strange = [
        replace(one, needs=(), offers=(), about=f"{one.id} трубы") for one in members
    ]
    worded = Community().fit(strange)
    read = Community(encoder=TradeEncoder()).fit(strange)
    for one in read.ids:
        assert read.top(one, k=9) == worded.top(one, k=9)


def test_a_reason_by_meaning_quotes_both_texts_and_marks_no_word(
    known: Community,
) -> None:
    reason = known.explain("asks", "ships").reasons[0]
    assert (reason.code, reason.direction) == ("need-offer", "for_me")
    assert reason.evidence["relation"] == "meaning"
    assert reason.evidence["need_text"] == "sending goods overseas"
    assert reason.evidence["offer_text"] == "ocean freight"
    assert reason.evidence["need_spans"] == reason.evidence["offer_spans"] == []


def test_a_reason_by_words_keeps_its_marks(known: Community) -> None:
    reason = known.explain("asks", "bakes").reasons[0]
    assert reason.evidence["relation"] == "term"
    assert reason.evidence["need_spans"]


def test_a_reason_by_meaning_is_what_the_score_owes_to_the_text(
    known: Community, member: Make
) -> None:
    told = known.explain("asks", "ships")
    known.put(member("ships", offers=["murals"]))
    left = known.explain("asks", "ships")

    def logit(fit: float) -> float:
        return math.log(fit / (1 - fit))

    lost = logit(told.fit_for_me) - logit(left.fit_for_me)
    assert told.reasons[0].contribution == pytest.approx(lost, abs=1e-6)
    assert lost > 1


def test_scores_of_a_pair_agree_everywhere_with_an_encoder(known: Community) -> None:
    for member_id, ranked in known.all_top(k=4):
        for one in ranked:
            told = known.explain(member_id, one.candidate_id)
            assert told.joint == one.joint
            assert told.fit_for_me == one.fit_for_me


def test_a_saved_community_keeps_what_its_texts_mean(
    known: Community, tmp_path: Path
) -> None:
    known.save(tmp_path / "model.npz")
    for encoder in (TradeEncoder(), None):
        loaded = Community.load(tmp_path / "model.npz", encoder=encoder)
        assert loaded.top("asks", k=9) == known.top("asks", k=9)


def test_vectors_of_another_encoder_are_refused(
    known: Community, members: list[Member], tmp_path: Path
) -> None:
    known.save(tmp_path / "model.npz")
    with pytest.raises(ArtefactError, match="made by by-hand"):
        Community.load(tmp_path / "model.npz", encoder=TradeEncoder("another"))
    Community().fit(members).save(tmp_path / "plain.npz")
    with pytest.raises(ArtefactError, match="made by no encoder"):
        Community.load(tmp_path / "plain.npz", encoder=TradeEncoder())


def test_who_is_put_where_no_encoder_runs_matches_by_words(
    known: Community, tmp_path: Path, member: Make
) -> None:
    known.save(tmp_path / "model.npz")
    loaded = Community.load(tmp_path / "model.npz")
    loaded.put(member("new", offers=["sending goods overseas"]))
    loaded.settle()
    worded = Community.load(tmp_path / "model.npz").explain("asks", "ships")
    assert loaded.explain("asks", "ships") == worded
    assert loaded.explain("asks", "new").reasons[0].evidence["relation"] == "term"
