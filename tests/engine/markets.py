"""Small markets with known preferences, and what lists lead to in them."""

import numpy as np


def market(size: int, *, seed: int = 0) -> np.ndarray:
    """Chances that row likes column; some members are liked by everybody."""
    rng = np.random.default_rng(seed)
    taste = rng.normal(size=(size, size)) + rng.normal(size=size)
    return 1 / (1 + np.exp(-taste))


def every_pair(likes: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return everybody else as candidates, and both sides' chances."""
    size = len(likes)
    others = [[j for j in range(size) if j != i] for i in range(size)]
    ids = np.array(others, np.int64).reshape(size, max(size - 1, 0))
    rows = np.arange(size)[:, None]
    return ids, likes[rows, ids], likes[ids, rows]


def some_pairs(
    likes: np.ndarray, *, share: float, seed: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return candidates with a part of the edges missing."""
    ids, mine, theirs = every_pair(likes)
    missing = np.random.default_rng(seed).random(ids.shape) < share
    return np.where(missing, -1, ids), mine, theirs


def introductions(likes: np.ndarray, lists: np.ndarray) -> float:
    """Simulate: everybody asks down the list, everybody answers the dearest first."""
    total = 0.0
    asked = np.zeros_like(likes)
    for i, chosen in enumerate(lists):
        for rank, j in enumerate(chosen):
            asked[i, j] = likes[i, j] / (rank + 1)
    for j in range(len(likes)):
        position = 1.0
        for i in np.argsort(-likes[j]):
            total += asked[i, j] * likes[j, i] / position
            position += asked[i, j]
    return total
