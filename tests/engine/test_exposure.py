import numpy as np
import pytest

from matchmaker.engine.exposure import (
    exposure_figures,
    exposures,
    gini,
    top_share,
)


def test_equal_exposure_has_a_gini_of_zero_and_one_star_the_most() -> None:
    assert gini(np.full(10, 3.0)) == 0
    assert gini(np.array([0.0] * 9 + [5])) == pytest.approx(0.9)


def test_the_gini_is_half_the_mean_difference_over_the_mean() -> None:
    amounts = np.random.default_rng(0).exponential(size=200)
    apart = np.abs(amounts[:, None] - amounts).mean()
    assert gini(amounts) == pytest.approx(apart / (2 * amounts.mean()))


def test_the_best_served_twentieth_gets_its_share() -> None:
    assert top_share(np.array([50.0] + [1.0] * 50)) == pytest.approx(52 / 100, abs=0.01)
    assert top_share(np.array([2.0, 1, 1])) == 0.5  # one at least


def test_exposure_counts_a_place_by_the_attention_it_gets() -> None:
    lists = np.array([[0, 1], [0, -1]])
    assert exposures(lists, 3, np.array([1.0, 0.5])).tolist() == [2, 0.5, 0]


def test_who_is_in_nobody_s_list_and_whose_list_is_empty_are_counted() -> None:
    found = exposure_figures(np.array([[0, 1], [0, -1], [-1, -1], [1, 0]]), 4)
    assert (found.coverage, found.unseen, found.without_list) == (0.5, 0.5, 0.25)


@pytest.mark.parametrize(
    ("lists", "candidates"),
    [(np.zeros((0, 10), int), 5), (np.full((3, 2), -1), 0), (np.full((3, 2), -1), 4)],
)
def test_nothing_shown_gives_figures_and_no_nan(
    lists: np.ndarray, candidates: int
) -> None:
    found = exposure_figures(lists, candidates)
    assert (found.coverage, found.gini, found.top_share) == (0, 0, 0)
