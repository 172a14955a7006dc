import numpy as np
import pytest

from matchmaker.engine.reliability import reliability


def test_true_probabilities_have_hardly_any_calibration_error() -> None:
    rng = np.random.default_rng(0)
    said = rng.random(50_000)
    came = (rng.random(50_000) < said).astype(float)
    found = reliability(said, came)
    assert found.error < 0.01
    assert found.brier == pytest.approx(1 / 6, abs=0.01)  # E[p (1 - p)]


def test_a_boast_of_twenty_points_is_measured_as_such() -> None:
    rng = np.random.default_rng(0)
    said = rng.uniform(0.2, 1, 50_000)
    came = (rng.random(50_000) < said - 0.2).astype(float)
    for equal in (False, True):
        assert reliability(said, came, equal=equal).error == pytest.approx(
            0.2, abs=0.01
        )


def test_the_table_holds_every_pair_once_with_what_came_of_it() -> None:
    found = reliability(np.array([0.05, 0.05, 0.95, 1.0]), np.array([0.0, 1, 1, 1]))
    assert [(one.count, one.said, one.came) for one in found.table] == [
        (2, pytest.approx(0.05), 0.5),
        (2, pytest.approx(0.975), 1),
    ]
    assert found.error == pytest.approx((0.45 + 0.025) / 2)


def test_bins_of_equal_size_part_what_lies_close_together() -> None:
    said = np.linspace(0, 0.05, 100)
    came = np.zeros(100)
    assert len(reliability(said, came).table) == 1
    assert len(reliability(said, came, equal=True).table) == 10


def test_one_probability_for_all_is_one_bin() -> None:
    found = reliability(np.full(8, 0.5), np.array([0.0, 1] * 4), equal=True)
    assert (len(found.table), found.error) == (1, 0)


def test_no_pairs_give_zeros_and_nonsense_is_refused() -> None:
    assert reliability(np.array([]), np.array([])).table == ()
    with pytest.raises(ValueError, match="outside"):
        reliability(np.array([1.2]), np.array([1.0]))
    with pytest.raises(ValueError, match="as many"):
        reliability(np.array([0.2]), np.array([1.0, 0.0]))
