import numpy as np
import pytest

from matchmaker.engine.ranking import congestion_lists, make_pairs
from matchmaker.engine.shrinkage import Shrinkage, find_shrinkage
from tests.engine.markets import every_pair, introductions

SIZE = 200
ERROR = 0.5


def tastes(*, own: float = 0.0, size: int = SIZE) -> np.ndarray:
    """Return logits of shared tastes and popularity, and each pair's own taste."""
    rng = np.random.default_rng(5)
    shared = rng.normal(size=(size, 4)) @ rng.normal(size=(4, size)) / 2
    pairs = rng.normal(0, own, (size, size))
    return (shared + rng.normal(size=size) - 2 + pairs).astype(np.float32)


def blurred(logits: np.ndarray) -> np.ndarray:
    rng = np.random.default_rng(6)
    return (logits + rng.normal(0, ERROR, logits.shape)).astype(np.float32)


def find(logits: np.ndarray, *, uncertainty: float = ERROR) -> Shrinkage:
    return find_shrinkage(
        len(logits), lambda r, c: logits[r, c], uncertainty=uncertainty
    )


def shrunk(logits: np.ndarray, *, uncertainty: float = ERROR) -> np.ndarray:
    whole = slice(0, len(logits))
    return find(logits, uncertainty=uncertainty).apply(whole, whole, logits)


def rmse(left: np.ndarray, right: np.ndarray) -> float:
    return float(np.sqrt(np.mean((left - right) ** 2)))


def test_most_of_the_error_of_estimates_goes() -> None:
    true = tastes()
    # Five directions hold 5 / 100 of the variance of an error among 200 members.
    assert rmse(shrunk(blurred(true)), true) < 0.3 * ERROR


def test_the_error_goes_too_where_only_a_sample_is_searched() -> None:
    true = tastes(size=2300)
    assert rmse(shrunk(blurred(true)), true) < 0.1 * ERROR


def test_weak_structure_is_believed_less_than_errors_make_it_look() -> None:
    # Its strength is 12, by chance it shows as 16, and errors alone reach 14.
    true = np.full((SIZE, SIZE), 12 / SIZE)
    assert np.linalg.norm(shrunk(blurred(true))) < np.linalg.norm(true)


def test_exact_preferences_stay_although_they_are_called_uncertain() -> None:
    true = tastes()
    assert rmse(shrunk(true), true) < 1e-4


def test_known_preferences_are_not_touched() -> None:
    seen = blurred(tastes())
    np.testing.assert_array_equal(shrunk(seen, uncertainty=0), seen)


def test_what_exceeds_the_stated_error_is_believed_to_be_taste() -> None:
    # A pair's own deviation has variance 1 + 0.25, of which 0.25 are error.
    kept = find(blurred(tastes(own=1.0))).kept
    assert kept == pytest.approx(0.8, abs=0.05)


def test_shrinking_helps_where_pairs_have_tastes_of_their_own() -> None:
    true = tastes(own=1.0)
    seen = blurred(true)
    assert rmse(shrunk(seen), true) < rmse(seen, true)


def test_a_community_too_small_to_show_structure_keeps_its_logits() -> None:
    seen = blurred(tastes())[:7, :7]
    np.testing.assert_array_equal(shrunk(seen), seen)


def test_tiles_are_shrunk_as_the_whole_is() -> None:
    seen = blurred(tastes())
    rows, columns = slice(30, 80), slice(100, 200)
    tile = find(seen).apply(rows, columns, seen[rows, columns])
    np.testing.assert_allclose(tile, shrunk(seen)[rows, columns], atol=1e-5)


def test_the_same_seed_finds_the_same_shrinkage() -> None:
    seen = blurred(tastes())
    np.testing.assert_array_equal(find(seen).left, find(seen).left)


def test_lists_by_shrunk_estimates_lead_to_more_introductions() -> None:
    likes = 1 / (1 + np.exp(-tastes()))
    seen = blurred(tastes())

    def reached(logits: np.ndarray) -> float:
        pairs = make_pairs(*every_pair(1 / (1 + np.exp(-logits))))
        return introductions(likes, congestion_lists(pairs, k=5))

    assert reached(shrunk(seen)) > 1.05 * reached(seen)
