"""Learning of weights on communities whose true weights are known by construction."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from numpy.typing import NDArray

from matchmaker.engine.community import Community
from matchmaker.engine.examples import (
    COLUMNS,
    STATEMENTS,
    Example,
    Examples,
    Stage,
    Statement,
    examples_of,
)
from matchmaker.engine.members import Member
from matchmaker.engine.scoring import DEFAULT_WEIGHTS, Weights, fits
from matchmaker.engine.training import (
    INFORMATION,
    LEAST_SHOWN,
    PRIOR_SPREAD,
    STRENGTH,
    compare,
    fit_weights,
    log_loss,
    split_by_time,
    weighed,
)

FloatArray = NDArray[np.float64]
MakeMember = Callable[..., Member]
TODAY = date(2026, 11, 22)
# A community that heeds trade and market more, and texts less, than the prior thinks.
TRUE = Weights(
    bias=-2.0,
    text=1.2,
    collaboration=0.2,
    sector=1.4,
    market=1.0,
    language=0.6,
    place=0.5,
    unknown=0.1,
)
TOLERANCE = 0.35  # about three standard errors of the rarest evidence at 5,000


def evidence(rng: np.random.Generator, count: int) -> FloatArray:
    """Return evidence as communities have it: texts vary, facts are there or not."""
    text = np.where(rng.random(count) < 0.5, rng.gamma(2.0, 0.5, count), 0.0)
    facts = rng.random((count, 5)) < 0.4
    unknown = rng.random((count, 1)) < 0.2
    return np.concatenate([text[:, None], facts, unknown], axis=1).astype(float)


def chance(gains: FloatArray, weights: Weights) -> FloatArray:
    values = np.array([getattr(weights, name) for name in COLUMNS])
    return np.asarray(1 / (1 + np.exp(-(weights.bias + gains @ values))))


def table(
    gains: FloatArray,
    label: FloatArray,
    *,
    shown: FloatArray | float = 1.0,
    examined: FloatArray | float = 1.0,
    stage: Stage = Stage.SHOWN,
) -> Examples:
    count = len(label)
    return Examples(
        gains=gains,
        returns=gains,
        label=label.astype(float),
        weight=np.ones(count),
        helped=label.astype(float),
        stage=np.full(count, stage, np.int64),
        shown=np.broadcast_to(np.asarray(shown, float), count),
        examined=np.broadcast_to(np.asarray(examined, float), count),
        day=TODAY.toordinal() + np.arange(count) // 100,
        group=np.arange(count) // 5,
    )


def joined(*parts: Examples) -> Examples:
    names = Examples.__dataclass_fields__
    whole = {n: np.concatenate([getattr(p, n) for p in parts]) for n in names}
    return Examples(**whole)


def nothing() -> Examples:
    return Examples.build([], np.zeros(0), np.zeros(0))


def distance(found: Weights, other: Weights = TRUE) -> dict[str, float]:
    names = ("bias", *COLUMNS)
    return {name: abs(getattr(found, name) - getattr(other, name)) for name in names}


def test_without_examples_the_weights_are_the_prior_exactly() -> None:
    found = fit_weights(nothing())
    assert found.weights == DEFAULT_WEIGHTS
    assert found.offsets == (0, 0)
    assert (found.examples, found.effective) == (0, 0)
    assert list(found.errors.values()) == pytest.approx([PRIOR_SPREAD] * 8)


@pytest.mark.parametrize(
    ("word", "most_of_text", "most_else"),
    [("refused", 0.05, 0.05), ("declined", 0.1, 0.1), ("no_contact", 0.2, 0.2)],
)
def test_five_contradicting_examples_move_hardly_anything(
    word: str, most_of_text: float, most_else: float
) -> None:
    perfect = np.tile([1.5, 1, 1, 1, 1, 1, 0], (5, 1))
    said = [Example("a", "b", STATEMENTS[word], TODAY)] * 5
    found = fit_weights(Examples.build(said, perfect, perfect))
    assert found.weights != DEFAULT_WEIGHTS
    moved = distance(found.weights, DEFAULT_WEIGHTS)
    assert moved["text"] < most_of_text * DEFAULT_WEIGHTS.text
    assert max(moved[name] for name in moved if name != "text") < most_else


def test_one_yes_from_a_hidden_place_counts_as_one_and_no_more() -> None:
    gains = np.ones((1, len(COLUMNS)))
    hidden = fit_weights(table(gains, np.ones(1), shown=0.01, examined=0.01)).weights
    assert hidden == fit_weights(table(gains, np.ones(1))).weights
    one_whole = 1 / (STRENGTH * INFORMATION)
    assert 0 < max(distance(hidden, DEFAULT_WEIGHTS).values()) < one_whole


def test_silence_says_less_the_fewer_look() -> None:
    gains = np.ones((50, len(COLUMNS)))
    moved = [
        distance(
            fit_weights(table(gains, np.zeros(50), examined=looked)).weights,
            DEFAULT_WEIGHTS,
        )["text"]
        for looked in (1e-12, 0.1, 0.5, 1.0)
    ]
    assert moved[0] < 1e-6
    assert moved[0] < moved[1] < moved[2] < moved[3]


def test_five_thousand_examples_find_the_weights_of_another_community() -> None:
    rng = np.random.default_rng(1)
    gains = evidence(rng, 5000)
    label = rng.random(5000) < chance(gains, TRUE)
    found = fit_weights(table(gains, label))
    assert found.effective == pytest.approx(5000)
    assert max(distance(found.weights).values()) < TOLERANCE
    assert max(distance(DEFAULT_WEIGHTS).values()) > 2 * TOLERANCE
    before, after = (
        sum(distance(one).values()) for one in (DEFAULT_WEIGHTS, found.weights)
    )
    assert after < before / 4


def test_standard_errors_say_how_far_from_the_truth_the_weights_are() -> None:
    rng = np.random.default_rng(2)
    apart = []
    for _ in range(20):
        gains = evidence(rng, 2000)
        label = rng.random(2000) < chance(gains, TRUE)
        found = fit_weights(table(gains, label), TRUE)
        away = distance(found.weights)
        apart.extend(away[name] / found.errors[name] for name in away)
    # The prior is the truth here, so the errors may be too wide, but not too narrow.
    assert np.mean(np.array(apart) < 1.96) > 0.93
    assert np.mean(np.array(apart) < 0.3) < 0.6


def test_evidence_that_speaks_against_a_pair_gets_no_negative_weight() -> None:
    rng = np.random.default_rng(3)
    gains = evidence(rng, 4000)
    against = replace(TRUE, place=-2.0)
    label = rng.random(4000) < chance(gains, against)
    assert fit_weights(table(gains, label)).weights.place == 0


def ranked_lists(rng: np.random.Generator) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return lists of ten by the prior's score, what was asked, and the positions.

    Place r is looked at with chance 1/r; who does not look does not ask.
    """
    lists = 1500
    gains = evidence(rng, lists * 10).reshape(lists, 10, -1)
    order = np.argsort(-chance(gains, DEFAULT_WEIGHTS), axis=1)
    gains = np.take_along_axis(gains, order[:, :, None], axis=1).reshape(lists * 10, -1)
    position = np.tile(np.arange(1, 11), lists)
    looked = rng.random(lists * 10) < 1 / position
    asked = looked & (rng.random(lists * 10) < chance(gains, TRUE))
    return gains, asked, position


def test_who_did_not_look_is_no_refusal() -> None:
    gains, asked, position = ranked_lists(np.random.default_rng(4))
    corrected = fit_weights(table(gains, asked, examined=1 / position)).weights
    naive = fit_weights(table(gains, asked)).weights
    assert max(distance(corrected).values()) < TOLERANCE
    assert distance(naive)["text"] > TOLERANCE
    assert distance(naive)["bias"] > TOLERANCE
    assert naive.text > corrected.text  # it praises what brought pairs to the top


def test_pairs_that_were_seldom_shown_speak_for_those_that_were_not() -> None:
    rng = np.random.default_rng(5)
    count = 40_000
    gains = evidence(rng, count)
    label = rng.random(count) < chance(gains, TRUE)
    # The policy knows something that the evidence does not tell: it shows half of what
    # is liked for its place, and a quarter of the rest of it.
    lucky = label & (gains[:, COLUMNS.index("place")] > 0)
    shown = np.where(lucky, 0.8, 0.2)
    seen = rng.random(count) < shown
    known = gains[seen], label[seen]
    corrected = fit_weights(table(*known, shown=shown[seen])).weights
    naive = fit_weights(table(*known)).weights
    assert distance(corrected)["place"] < TOLERANCE
    assert distance(naive)["place"] > 2 * TOLERANCE


def test_chances_of_being_shown_are_clipped_and_normalised() -> None:
    gains = np.zeros((3, len(COLUMNS)))
    chances = np.array([1, 1, LEAST_SHOWN / 100])
    said = weighed(table(gains, np.zeros(3), shown=chances))
    assert said.weight[2] == pytest.approx(said.weight[0] / LEAST_SHOWN)
    assert said.weight.sum() == pytest.approx(said.effective)
    assert 1 < said.effective < 3
    scaled = weighed(table(gains, np.zeros(3), shown=0.2))
    assert scaled.weight.tolist() == pytest.approx([1, 1, 1])
    assert scaled.effective == pytest.approx(3)


def test_the_slope_of_the_loss_is_that_of_the_likelihood() -> None:
    gains = np.zeros((6, len(COLUMNS)))
    label = np.array([0, 0, 0.5, 0.5, 1, 1])
    looked = np.array([1, 0.3, 1, 0.3, 1, 0.3])
    said = weighed(table(gains, label, examined=looked))
    for logit in (-40.0, -2.0, 0.0, 3.0):
        at = np.full(6, logit)
        p = 1 / (1 + np.exp(-at))
        expected = -label * np.log(p) - (1 - label) * np.log(1 - looked * p)
        assert log_loss(at, said) == pytest.approx(expected, abs=1e-9)
    assert np.isfinite(log_loss(np.full(6, 800.0), said)).all()


def test_that_most_requests_are_accepted_does_not_raise_the_evidence() -> None:
    rng = np.random.default_rng(6)
    gains = evidence(rng, 6000)
    eager = replace(TRUE, bias=TRUE.bias + 2.5)
    shown = table(gains[:4000], rng.random(4000) < chance(gains[:4000], TRUE))
    asked = table(
        gains[4000:],
        rng.random(2000) < chance(gains[4000:], eager),
        stage=Stage.ASKED,
    )
    found = fit_weights(joined(shown, asked))
    assert max(distance(found.weights).values()) < TOLERANCE
    assert found.offsets[0] == pytest.approx(2.5, abs=0.3)


def test_an_outcome_weighs_more_than_an_answer_and_that_more_than_interest() -> None:
    gains = np.zeros((40, len(COLUMNS)))
    gains[:20, COLUMNS.index("sector")] = 1
    level = replace(DEFAULT_WEIGHTS, bias=0.0)  # a yes surprises as much as a no
    moved = []
    for yes, no in (
        ("asked", "refused"),
        ("accepted", "declined"),
        ("cooperation_possible", "no_interest"),
        ("agreement", "no_contact"),
    ):
        words = [yes] * 20 + [no] * 20
        said = [Example("a", "b", STATEMENTS[word], TODAY) for word in words]
        found = fit_weights(Examples.build(said, gains, gains), level)
        moved.append(found.weights.sector - level.sector)
    assert moved == sorted(moved)
    assert 0 < moved[0] < 0.5 * moved[-1]


@pytest.mark.parametrize("stage", [Stage.SHOWN, Stage.ASKED])
def test_yes_and_no_weigh_the_same_so_that_levels_stay_true(stage: Stage) -> None:
    told = [one for one in STATEMENTS.values() if one.stage is stage]
    assert {0.0, 1.0} <= {one.label for one in told}
    assert len({one.weight for one in told}) == 1


def test_learning_is_judged_on_later_statements_only() -> None:
    rng = np.random.default_rng(7)
    gains = evidence(rng, 6000)
    examples = table(gains, rng.random(6000) < chance(gains, TRUE))
    before, after = split_by_time(examples)
    assert before.day.max() < after.day.min()
    found = compare(examples)
    assert found is not None
    assert (found.learned, found.judged) == (len(before), len(after))
    assert found.is_better
    assert found.difference == pytest.approx(found.fitted - found.prior)


def test_what_the_prior_knows_already_is_not_called_better() -> None:
    rng = np.random.default_rng(8)
    gains = evidence(rng, 2000)
    found = compare(table(gains, rng.random(2000) < chance(gains, DEFAULT_WEIGHTS)))
    assert found is not None
    assert not found.is_better


@pytest.mark.parametrize("count", [0, 1, 50])
def test_statements_of_one_day_cannot_be_judged(count: int) -> None:
    gains = np.zeros((count, len(COLUMNS)))
    assert compare(table(gains, np.zeros(count))) is None


def test_a_prior_without_strength_is_refused() -> None:
    with pytest.raises(ValueError, match="positive"):
        fit_weights(nothing(), strength=0)


def test_the_evidence_of_pairs_adds_up_to_their_scores(member: MakeMember) -> None:
    community = Community().fit(
        [
            member("a", needs=["rail freight"], country="KZ", markets=("CN",)),
            member("b", offers=[("logistics", "rail freight")], country="CN"),
            member("c", about="grain", languages=("ru",), sectors=("food",)),
            member("d"),
        ]
    )
    rows = [
        Example(one, other, Statement(Stage.SHOWN, 0.0, 1.0), TODAY)
        for one in "dcba"
        for other in "abcd"
        if one != other
    ]
    rows.append(replace(rows[0], other="gone"))
    examples = examples_of(community, rows)
    assert len(examples) == len(rows) - 1
    mine, theirs = fits(community.base_, community.base_, community.weights)
    apart = ~np.eye(4, dtype=bool)
    weights = community.weights
    assert chance(examples.gains, weights) == pytest.approx(mine[apart], abs=1e-9)
    assert chance(examples.returns, weights) == pytest.approx(theirs[apart], abs=1e-9)
    assert examples.group.tolist() == [0] * 3 + [1] * 3 + [2] * 3 + [3] * 3
    assert examples_of(Community().fit([]), rows).gains.shape == (0, len(COLUMNS))


def test_days_of_examples_are_kept(member: MakeMember) -> None:
    community = Community().fit([member("a"), member("b")])
    later = TODAY + timedelta(days=1)
    said = STATEMENTS["accepted"]
    rows = [Example("a", "b", said, later, helped=0.5), Example("a", "b", said, TODAY)]
    found = examples_of(community, rows)
    assert found.day.tolist() == [TODAY.toordinal(), later.toordinal()]
    assert found.helped.tolist() == [1, 0.5]
