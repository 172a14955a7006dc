"""Lists for a synthetic market, made with the engine's own candidates and ranking.

    python benchmarks/market.py MARKET.npz LISTS.npy [--k 10] [--fairness 0.5]

MARKET.npz holds ``need`` and ``offer`` (n, d) and ``popularity`` (n,); the engine sees
P(i says yes to j) = sigmoid(3 need_i.offer_j + popularity_j - 3), with ``--noise``
blurred on the logit. LISTS.npy gets (n, k) int32, -1 = empty. One JSON line tells the
CPU seconds of both steps and the peak memory.
"""

import argparse
import json
import resource
import sys
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from matchmaker.engine.candidates import corrected_top
from matchmaker.engine.ranking import congestion_lists, make_pairs


class Market:
    """Preferences of a market, noise included."""

    def __init__(self, path: Path, *, noise: float, seed: int) -> None:
        with np.load(path, allow_pickle=False) as stored:
            self.need, self.offer = stored["need"], stored["offer"]
            self.popularity = stored["popularity"]
        self.noise = noise
        self.seed = seed

    def logit(self, rows: slice, columns: slice) -> NDArray[np.float32]:
        """Return the logits with which rows like columns."""
        clean = (
            3 * self.need[rows] @ self.offer[columns].T + self.popularity[columns] - 3
        )
        if self.noise:
            # Each row draws its own noise, so that a pair looks the same in any tile.
            for at, member in enumerate(range(rows.start, rows.stop)):
                rng = np.random.default_rng((self.seed, member))
                drawn = rng.normal(0, self.noise, len(self.need))
                clean[at] += drawn[columns]
        return np.asarray(clean, np.float32)

    def both(self, rows: slice, columns: slice) -> NDArray[np.float32]:
        """Return log P(both say yes), symmetric."""
        return -np.log1p(np.exp(-self.logit(rows, columns))) - np.log1p(
            np.exp(-self.logit(columns, rows).T)
        )

    def chances(
        self, ids: NDArray[np.int64]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return P(seeker says yes) and P(candidate says yes) for candidate lists."""
        size = len(ids)
        mine, theirs = np.zeros(ids.shape, np.float32), np.zeros(ids.shape, np.float32)
        everybody = slice(0, size)
        for start in range(0, size, 512):
            rows = slice(start, min(start + 512, size))
            at = np.maximum(ids[rows], 0)
            for to, logit in (
                (mine, self.logit(rows, everybody)),
                (theirs, self.logit(everybody, rows).T),
            ):
                to[rows] = 1 / (1 + np.exp(-np.take_along_axis(logit, at, axis=1)))
        return mine, theirs


def main() -> None:
    """Read a market, write lists."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("market", type=Path)
    parser.add_argument("lists", type=Path)
    parser.add_argument("--k", type=int, default=10)
    parser.add_argument("--fairness", type=float, default=0.5)
    parser.add_argument("--candidates", type=int, default=90)
    parser.add_argument("--passes", type=int, default=10)
    parser.add_argument("--noise", type=float, default=0.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--policy", choices=["congestion", "product", "own"], default="congestion"
    )
    args = parser.parse_args()
    market = Market(args.market, noise=args.noise, seed=args.seed)
    started = time.process_time()
    size = len(market.need)
    if args.policy == "congestion":
        ids, _ = corrected_top(size, market.both, k=args.candidates).sorted()
    else:
        from matchmaker.engine.candidates import two_way_top

        ids, _ = two_way_top(size, market.both, k=args.candidates).sorted()
    mine, theirs = market.chances(ids)
    found = time.process_time()
    if args.policy == "congestion":
        pairs = make_pairs(ids, mine, theirs)
        lists = congestion_lists(
            pairs, k=args.k, fairness=args.fairness, passes=args.passes
        )
    else:
        lists = ids[:, : args.k]
    ranked = time.process_time()
    np.save(args.lists, lists.astype(np.int32))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    seconds = {
        "candidates": round(found - started, 3),
        "ranking": round(ranked - found, 3),
    }
    print(json.dumps({"members": size, "cpu_seconds": seconds, "peak_mb": round(peak)}))


if __name__ == "__main__":
    main()
