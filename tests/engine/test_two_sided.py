from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from matchmaker.engine.two_sided import count_envy, two_sided_attention

PREFERENCES = (
    Path(__file__).parents[3] / "shared" / "measures" / "tomita_yokoyama_2024.npz"
)


class Published(NamedTuple):
    """One experiment of the paper, its expected matches as printed."""

    size: str
    aim: str
    matches: float


PUBLISHED = [
    Published("15x10", "sum", 7.384),
    Published("15x10", "nash", 6.924),
    Published("30x20", "sum", 16.510),
    Published("30x20", "nash", 15.762),
]
# Members who envy another, left and right, as published for 30 x 20.
ENVY = {"sum": (28, 7), "nash": (0, 0)}


def preferences(size: str) -> tuple[np.ndarray, np.ndarray]:
    if not PREFERENCES.exists():
        pytest.skip("the published preferences are not beside the project")
    with np.load(PREFERENCES) as stored:
        return stored[f"left_{size}"], stored[f"right_{size}"]


@pytest.mark.parametrize("published", PUBLISHED, ids=lambda one: one.size + one.aim)
def test_the_published_matches_come_out_to_the_last_printed_digit(
    published: Published,
) -> None:
    left, right = preferences(published.size)
    found = two_sided_attention(left, right, nash=published.aim == "nash")
    assert round(found.matches, 3) == published.matches


@pytest.mark.parametrize("aim", ENVY)
def test_the_published_envy_comes_out(aim: str) -> None:
    left, right = preferences("30x20")
    found = two_sided_attention(left, right, nash=aim == "nash")
    assert count_envy(left, right, found) == ENVY[aim]


def test_everybody_shares_out_the_attention_of_one_list() -> None:
    rng = np.random.default_rng(1)
    found = two_sided_attention(rng.random((5, 3)), rng.random((3, 5)))
    np.testing.assert_allclose(found.left.sum(axis=1), 1 + 1 / 2 + 1 / 3)
    np.testing.assert_allclose(found.right.sum(axis=1), (1 / np.arange(1, 6)).sum())


def test_a_longer_search_leads_to_more_matches() -> None:
    rng = np.random.default_rng(2)
    left, right = rng.random((12, 8)), rng.random((8, 12))
    short, long = (
        two_sided_attention(left, right, tolerance=change) for change in (0.1, 0.001)
    )
    assert long.rounds > short.rounds
    assert long.matches > short.matches


def test_who_is_shown_first_is_envied() -> None:
    # Everybody likes everybody alike, but left 0 stands first in every list.
    alike = np.full((2, 2), 0.5)
    first = two_sided_attention(alike, alike)
    assert count_envy(alike, alike, first) == (1, 1)
