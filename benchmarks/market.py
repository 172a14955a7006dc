"""Lists for a synthetic market, made with the engine's own candidates and ranking.

    python benchmarks/market.py MARKET.npz LISTS.npy [--k 10] [--fairness 0.5]

MARKET.npz holds ``need`` and ``offer`` (n, d) and ``popularity`` (n,); the engine sees
P(i says yes to j) = sigmoid(3 need_i.offer_j + popularity_j - 3), with ``--noise``
blurred on the logit, and takes it for an estimate with a standard error of at most
``--uncertainty`` on the logit. The policies ``product`` and ``own`` take it as it is.
LISTS.npy gets (n, k) int32, -1 = empty. One JSON line tells the CPU seconds of the
steps and the peak memory.
"""

import argparse
import json
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from matchmaker.engine.bounds import Bounds
from matchmaker.engine.candidates import TileScores, corrected, hubness, two_way_top
from matchmaker.engine.ranking import congestion_lists, make_pairs
from matchmaker.engine.shrinkage import Shrinkage, find_shrinkage


class Market:
    """Preferences of a market, noise included."""

    def __init__(self, path: Path, *, noise: float, seed: int) -> None:
        with np.load(path, allow_pickle=False) as stored:
            self.need, self.offer = stored["need"], stored["offer"]
            self.popularity = stored["popularity"]
        self.noise = noise
        self.seed = seed
        self.shrinkage: Shrinkage | None = None

    def shrink(self, uncertainty: float) -> None:
        """Believe the logits from now on as far as they should be."""
        self.shrinkage = find_shrinkage(
            len(self.need), self.logit, uncertainty=uncertainty
        )

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
        seen = np.asarray(clean, np.float32)
        return self.shrinkage.apply(rows, columns, seen) if self.shrinkage else seen

    def tile(self, rows: slice, columns: slice) -> tuple[NDArray[np.float32], ...]:
        """Return log P(both say yes), symmetric."""
        mine, theirs = self.logit(rows, columns), self.logit(columns, rows).T
        return (-np.log1p(np.exp(-mine)) - np.log1p(np.exp(-theirs)),)

    def chances(
        self, ids: NDArray[np.int64]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return P(seeker says yes) and P(candidate says yes) for candidate lists."""
        mine, theirs = np.zeros(ids.shape, np.float32), np.zeros(ids.shape, np.float32)
        for rows, everybody in self.blocks():
            at = np.maximum(ids[rows], 0)
            for to, logit in (
                (mine, self.logit(rows, everybody)),
                (theirs, self.logit(everybody, rows).T),
            ):
                to[rows] = 1 / (1 + np.exp(-np.take_along_axis(logit, at, axis=1)))
        return mine, theirs

    def dearest(self, k: int) -> NDArray[np.int64]:
        """Return for every member the ``k`` whom the member itself likes best."""
        lists = np.zeros((len(self.need), k), np.int64)
        for rows, everybody in self.blocks():
            logit = self.logit(rows, everybody)
            np.fill_diagonal(logit[:, rows], -np.inf)
            lists[rows] = np.argsort(-logit, axis=1, kind="stable")[:, :k]
        return lists

    def blocks(self) -> Iterator[tuple[slice, slice]]:
        """Yield runs of 512 rows, each with all columns."""
        size = len(self.need)
        for start in range(0, size, 512):
            yield slice(start, min(start + 512, size)), slice(0, size)


def read_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("market", type=Path)
    parser.add_argument("lists", type=Path)
    parser.add_argument("--k", type=int, default=10)
    parser.add_argument("--fairness", type=float, default=0.5)
    parser.add_argument("--uncertainty", type=float, default=0.5)
    parser.add_argument("--capacity", type=int, help="lists a member stands in at most")
    parser.add_argument("--candidates", type=int, default=90)
    parser.add_argument("--passes", type=int, default=10)
    parser.add_argument("--noise", type=float, default=0.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--policy", choices=["congestion", "product", "own"], default="congestion"
    )
    return parser.parse_args()


def make_lists(
    market: Market, args: argparse.Namespace
) -> tuple[NDArray[np.int64], list[float]]:
    """Return the lists of a policy and the CPU clock after each step."""
    size, clock = len(market.need), [time.process_time()]
    tiles: TileScores = market.tile
    if args.policy == "congestion":
        market.shrink(args.uncertainty)
    clock.append(time.process_time())
    if args.policy == "own":
        lists = market.dearest(args.k)
        return lists, [*clock, time.process_time(), time.process_time()]
    if args.policy == "congestion":
        tiles = corrected(tiles, hubness(size, tiles))
    ids, _ = two_way_top(size, tiles, k=args.candidates).sorted()
    lists = ids[:, : args.k]
    mine, theirs = market.chances(ids)
    clock.append(time.process_time())
    if args.policy == "congestion":
        lists = congestion_lists(
            make_pairs(ids, mine, theirs),
            k=args.k,
            fairness=args.fairness,
            passes=args.passes,
            bounds=Bounds(capacity=args.capacity),
        )
    return lists, [*clock, time.process_time()]


def main() -> None:
    """Read a market, write lists."""
    args = read_arguments()
    market = Market(args.market, noise=args.noise, seed=args.seed)
    lists, clock = make_lists(market, args)
    np.save(args.lists, lists.astype(np.int32))
    steps = zip(("estimates", "candidates", "ranking"), np.diff(clock), strict=True)
    seconds = {name: round(float(spent), 3) for name, spent in steps}
    peak = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    told = {"members": len(lists), "cpu_seconds": seconds, "peak_mb": peak}
    print(json.dumps(told))


if __name__ == "__main__":
    main()
