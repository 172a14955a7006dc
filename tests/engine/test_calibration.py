"""What a score means: chances, bands, and a model as text."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.engine.calibration import (
    Bands,
    Calibration,
    Curve,
    calibrate,
    fit_curve,
    judge_chances,
    model_from_json,
    model_to_json,
    scores_of,
    weights_from_state,
    wilson,
)
from matchmaker.engine.examples import COLUMNS, Examples, Stage
from matchmaker.engine.scoring import DEFAULT_WEIGHTS, Weights, band
from matchmaker.engine.training import plainly

EVERYWHERE = np.linspace(0.001, 0.999, 200)


def requests(count: int, *, sure: float, seed: int = 0) -> Examples:
    """Return answered requests whose odds are ``sure`` logits from the joint score."""
    rng = np.random.default_rng(seed)
    gains, returns = rng.gamma(1.5, 0.6, (2, count, 1)) * np.eye(1, len(COLUMNS))
    blank = np.zeros(count)
    examples = Examples(
        gains=gains,
        returns=returns,
        label=blank,
        weight=np.ones(count),
        helped=blank,
        stage=np.full(count, Stage.ASKED, np.int64),
        shown=np.ones(count),
        examined=np.ones(count),
        day=np.full(count, 740_000),
        group=np.arange(count),
    )
    joint = scores_of(examples, DEFAULT_WEIGHTS)[2]
    label = (rng.random(count) < Curve(1.0, sure)(joint)).astype(float)
    return replace(examples, label=label, helped=label)


def test_without_answers_a_score_is_taken_for_the_chance() -> None:
    found = calibrate(requests(0, sure=0.0), DEFAULT_WEIGHTS)
    assert found == Calibration()
    assert found.joint(EVERYWHERE) == pytest.approx(EVERYWHERE)


@pytest.mark.parametrize("joint", [0.0, 0.1, 0.2, 0.3, 0.45, 0.4499, 0.1999, 1.0])
def test_without_answers_bands_are_those_of_the_prior(joint: float) -> None:
    assert Calibration().bands() == Bands()
    assert Calibration().bands().word(joint) == band(joint)


def test_a_few_answers_do_not_overturn_the_prior() -> None:
    found = fit_curve(np.full(3, 0.9), plainly(np.zeros(3)))
    assert found(np.array([0.9]))[0] > 2 / 3
    kept = calibrate(requests(3, sure=-4.0), DEFAULT_WEIGHTS)
    assert abs(kept.average - Calibration().average) < 0.05


def test_many_answers_find_the_chance_of_each_score() -> None:
    examples = requests(4000, sure=1.5)
    found = calibrate(examples, DEFAULT_WEIGHTS)
    expected = Curve(1.0, 1.5)(EVERYWHERE)
    assert np.abs(found.joint(EVERYWHERE) - expected).max() < 0.05
    assert found.average == pytest.approx(examples.helped.mean(), abs=0.02)
    assert found.answers == 4000
    judged = judge_chances(requests(4000, sure=1.5, seed=1), DEFAULT_WEIGHTS, found)
    assert judged.error < 0.03
    assert len(judged.table) == 5
    wrong = judge_chances(examples, DEFAULT_WEIGHTS, Calibration())
    assert wrong.error > 0.1


@given(
    st.lists(
        st.tuples(st.floats(0, 1), st.booleans(), st.floats(0.1, 0.99)), max_size=30
    ),
)
def test_a_higher_score_never_means_a_lower_chance(
    rows: list[tuple[float, bool, float]],
) -> None:
    score, outcome, looked = np.array(rows, float).reshape(-1, 3).T
    said = replace(plainly(outcome), unseen=np.log1p(-looked))
    found = fit_curve(score, said)
    chances = found(EVERYWHERE)
    assert ((chances > 0) & (chances < 1)).all()
    assert (np.diff(chances) >= 0).all()
    assert found.score_at(0.3) <= found.score_at(0.6)


def test_strong_is_thrice_the_odds_of_the_average_request_and_good_is_average() -> None:
    examples = requests(4000, sure=1.5)
    found = calibrate(examples, DEFAULT_WEIGHTS)
    bands = found.bands()
    at_good, at_strong = found.joint(np.array([bands.good, bands.strong]))
    assert at_good == pytest.approx(found.average)
    odds = at_strong / (1 - at_strong) / (at_good / (1 - at_good))
    assert odds == pytest.approx(3.27, abs=0.01)
    joint = scores_of(examples, DEFAULT_WEIGHTS)[2]
    means = {
        word: examples.helped[[bands.word(one) == word for one in joint]].mean()
        for word in ("strong", "good", "possible")
    }
    assert means["strong"] > means["good"] > means["possible"]
    assert means["good"] > examples.helped.mean() > means["possible"]


def test_a_score_that_tells_nothing_makes_nobody_strong() -> None:
    rng = np.random.default_rng(3)
    examples = requests(4000, sure=0.0)
    blind = replace(examples, helped=(rng.random(4000) < 0.5).astype(float))
    bands = calibrate(blind, DEFAULT_WEIGHTS).bands()
    joint = scores_of(blind, DEFAULT_WEIGHTS)[2]
    assert {bands.word(one) for one in joint} <= {"good", "possible"}


def test_interest_answers_and_help_have_curves_of_their_own() -> None:
    asked = requests(500, sure=3.0)
    shown = requests(500, sure=-2.0, seed=1)
    names = Examples.__dataclass_fields__
    parts = asked, replace(shown, stage=np.full(500, Stage.SHOWN, np.int64))
    whole = {n: np.concatenate([getattr(p, n) for p in parts]) for n in names}
    found = calibrate(Examples(**whole), DEFAULT_WEIGHTS)
    assert found.for_them.level > 1 > -1 > found.for_me.level
    helped = replace(asked, helped=np.zeros(500))
    assert calibrate(helped, DEFAULT_WEIGHTS).joint.level < -1


def test_an_interval_covers_the_share_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(4)
    for share, count in ((0.05, 40), (0.5, 10), (0.9, 200)):
        drawn = rng.binomial(count, share, 2000) / count
        held = [low <= share <= high for low, high in (wilson(x, count) for x in drawn)]
        assert 0.9 < np.mean(held) < 0.99
    assert wilson(0.0, 0) == (0.0, 1.0)
    assert wilson(1.0, 5)[1] == 1.0


def test_a_model_comes_back_from_text_as_it_was() -> None:
    weights = replace(DEFAULT_WEIGHTS, text=1.2345678901234567, place=0.0)
    calibration = calibrate(requests(50, sure=1.0), weights)
    assert model_from_json(model_to_json(weights, calibration)) == (
        weights,
        calibration,
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [('"text": 2.5', '"text": 3.5'), ('"average": 0.2', '"average": 0.3')],
)
def test_a_changed_model_is_refused(old: str, new: str) -> None:
    text = model_to_json(Weights(), Calibration())
    assert old in text
    with pytest.raises(ValueError, match="hash"):
        model_from_json(text.replace(old, new))


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"weights": {}}'])
def test_what_is_no_model_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"not a model|Expecting value"):
        model_from_json(text)


@pytest.mark.parametrize(
    "state",
    [
        {"text": -1.0},
        {"bias": float("nan")},
        {"scale": 0.0},
        {"unknown_name": 1.0},
        {"text": "much"},
        {"texts": {"no": 1.0}},
    ],
)
def test_weights_out_of_range_are_refused(state: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="not weights"):
        weights_from_state(state)
    assert weights_from_state({}) == DEFAULT_WEIGHTS


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("average", 0.0),
        ("joint", {"slope": -1.0, "level": 0.0}),
        ("for_me", {"slope": 1.0, "level": float("inf")}),
        ("for_them", {"steep": 1.0}),
        ("more", 1),
    ],
)
def test_a_calibration_out_of_range_is_refused(name: str, value: object) -> None:
    state = json.loads(json.dumps(Calibration().state()))
    assert Calibration.from_state(state) == Calibration()
    with pytest.raises(ValueError, match="not a calibration"):
        Calibration.from_state({**state, name: value})
