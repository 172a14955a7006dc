"""Agreement of reviewers and shares of samples, on published and made-up examples."""

import numpy as np
import pytest

from matchmaker.engine.agreement import kappa, ordinal_alpha, weighted_share
from matchmaker.engine.sampling import draw_evenly, inclusion

#: Krippendorff (2011), "Computing Krippendorff's Alpha-Reliability", example C: four
#: observers, twelve units, five values; a dot is a gap. Ordinal alpha 0.815.
PUBLISHED = ("123321412...", "1233224125.3", ".3332342251.", "12332441251.")


def counted(rows: tuple[str, ...], values: str) -> np.ndarray:
    """Count how many observers gave each value to each unit."""
    return np.array(
        [
            [[row[unit] for row in rows].count(value) for value in values]
            for unit in range(len(rows[0]))
        ],
        float,
    )


def test_alpha_is_that_of_the_published_example() -> None:
    found = ordinal_alpha(counted(PUBLISHED, "12345"))
    assert found is not None
    assert found.value == pytest.approx(0.815, abs=0.0006)
    assert found.units == 11
    assert found.low < found.value <= found.high


def test_kappa_is_that_of_a_table_worked_out_by_hand() -> None:
    # 20 both yes, 15 both no, 5 and 10 differ: observed 0.7, by chance 0.5.
    first = [1] * 20 + [1] * 5 + [0] * 10 + [0] * 15
    second = [1] * 20 + [0] * 5 + [1] * 10 + [0] * 15
    found = kappa(first, second)
    assert found is not None
    assert found.value == pytest.approx(0.4)
    assert found.low < 0.4 < found.high


@pytest.mark.parametrize(
    "counts",
    [np.zeros((0, 3)), np.array([[1.0, 0, 0]]), np.array([[2.0, 0, 0], [2.0, 0, 0]])],
    ids=["nothing", "one reviewer", "all alike"],
)
def test_where_no_disagreement_could_be_seen_there_is_no_figure(
    counts: np.ndarray,
) -> None:
    assert ordinal_alpha(counts) is None


def test_kappa_of_people_who_only_ever_say_one_thing_is_no_figure() -> None:
    assert kappa([2, 2, 2], [2, 2, 2]) is None
    assert kappa([], []) is None


def test_reviewers_who_guess_agree_no_better_than_chance() -> None:
    rng = np.random.default_rng(3)
    words = rng.integers(0, 3, size=(400, 2))
    counts = np.stack([(words == value).sum(axis=1) for value in range(3)], axis=1)
    found = ordinal_alpha(counts.astype(float))
    assert found is not None
    assert found.low < 0 < found.high


def test_missing_by_one_step_is_a_smaller_disagreement_than_by_two() -> None:
    base = [[2, 0, 0], [0, 2, 0], [0, 0, 2]] * 4
    near = ordinal_alpha(np.array([*base, [1, 1, 0]], float))
    far = ordinal_alpha(np.array([*base, [1, 0, 1]], float))
    assert near is not None
    assert far is not None
    assert near.value > far.value


def test_every_unit_is_drawn_as_often_as_its_chance_says() -> None:
    cells = ["many"] * 30 + ["few"] * 3 + ["one"]
    rng, times = np.random.default_rng(1), np.zeros(34)
    for _ in range(4000):
        places, chances = draw_evenly(cells, 6, rng)
        assert len(places) == 6
        times[places] += 1
    assert np.abs(times / 4000 - chances).max() < 0.04
    assert chances[-1] == 1.0
    assert chances.sum() == pytest.approx(6)


def test_more_cells_than_draws_leave_no_unit_without_a_chance() -> None:
    cells = [str(number) for number in range(12)]
    places, chances = draw_evenly(cells, 5, np.random.default_rng(0))
    assert len(places) == 5
    assert chances.min() == pytest.approx(5 / 12)


def test_asking_for_more_than_there_is_takes_everything() -> None:
    places, chances = draw_evenly(["a", "a", "b"], 20, np.random.default_rng(0))
    assert places == [0, 1, 2]
    assert chances.tolist() == [1, 1, 1]
    assert draw_evenly([], 5, np.random.default_rng(0))[0] == []
    assert inclusion(np.ones(4), 2).tolist() == [0.5] * 4


def test_a_share_is_that_of_the_population_not_of_the_sample() -> None:
    # A community of 1,000 pairs, 900 of a kind that is never good; half of the sample
    # is of the other kind, of which 80 % are good: 8 % of all.
    rng = np.random.default_rng(7)
    rare = rng.random(100) < 0.8
    found = []
    for _ in range(300):
        picked = rare[rng.choice(100, 20, replace=False)]
        good = np.concatenate([np.zeros(20), picked.astype(float)])
        chances = np.repeat([20 / 900, 20 / 100], 20)
        share = weighted_share(good, chances)
        assert share is not None
        found.append((share.value, share.low <= rare.sum() / 1000 <= share.high))
    values, inside = zip(*found, strict=True)
    assert np.mean(values) == pytest.approx(rare.sum() / 1000, abs=0.003)
    assert np.mean(inside) > 0.9


def test_a_share_of_nothing_is_nothing_and_of_few_is_no_certainty() -> None:
    assert weighted_share(np.array([]), np.array([])) is None
    found = weighted_share(np.ones(3), np.full(3, 0.5))
    assert found is not None
    assert (found.value, found.judged) == (1.0, 3)
    assert found.low < 0.5
