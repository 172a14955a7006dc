"""What a worker of a cluster does: it scores a block and leaves the lists in a file.

Everything lies in the folder of a run, so that a task is told names and numbers only.
"""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from matchmaker.engine.artefact import read_artefact, write_artefact
from matchmaker.engine.candidates import (
    TILE,
    TileScores,
    TopLists,
    corrected,
    feed_block,
    hubness,
)
from matchmaker.engine.community import Community
from matchmaker.engine.dense import TwoWayVectors, load_vectors
from matchmaker.engine.pairing import TILE as PAIR_TILE
from matchmaker.engine.pairing import PairScores

FloatArray = NDArray[np.floating[Any]]
Numbers = NDArray[np.float64]
# The ends of a range of members.
Side = tuple[int, int]

SOURCE: Final = "source.npz"
MEAN: Final = "mean.npz"
REFUSED: Final = "refused.json"


@dataclass(frozen=True, slots=True)
class Run:
    """All that a worker has to be told; the rest lies in the folder of the run."""

    folder: str
    kind: Literal["pairs", "vectors"]
    k: int
    spread: bool

    def file(self, name: str) -> Path:
        """Return the path of a file of this run."""
        return Path(self.folder) / name

    def floors(self, members: Side) -> Path:
        """Return the path of what the members' lists need at least, as known so far.

        What a block leaves out because of it would be refused by the client: the lists
        of a block depend on what is known when it begins, those of the run do not.
        """
        return self.file(f"floors-{members[0]}.npz")


@dataclass(frozen=True, slots=True)
class Source:
    """Scores by tiles, and what lists of them look like."""

    scores: PairScores | TwoWayVectors
    kept: int
    tile: int
    dtype: type[np.floating[Any]]

    def lists(self, size: int, k: int) -> TopLists:
        """Return empty lists."""
        return TopLists(size, k, kept=self.kept, tile=self.tile, dtype=self.dtype)


def mean_of_strip(run: Run, rows: Side, _: Side) -> str:
    """Write the hubness of some members; return the name of the file."""
    source = _open(run)
    size = len(source.scores)
    scores = source.scores
    near: TileScores = scores.of_all if isinstance(scores, PairScores) else scores
    mean = hubness(size, near, tile=source.tile, rows=slice(*rows))
    name = f"mean-{rows[0]}.npz"
    write_artefact(run.file(name), {}, {"mean": mean})
    return name


def lists_of_block(run: Run, rows: Side, columns: Side) -> str:
    """Write the lists that the members of two ranges make of each other."""
    source = _open(run)
    scores: TileScores = source.scores
    if run.spread:
        scores = corrected(scores, _mean(run))
    # The members of the block are numbered from 0, the rows first.
    down = slice(0, rows[1] - rows[0])
    across = slice(down.stop, down.stop + columns[1] - columns[0])
    sides, names = [down, across], [np.arange(*rows), np.arange(*columns)]
    if rows == columns:
        across, sides, names = down, [down], names[:1]
    shift = columns[0] - across.start

    def shifted(mine: slice, theirs: slice) -> tuple[FloatArray, ...]:
        return scores(_moved(mine, rows[0]), _moved(theirs, shift))

    lists = source.lists(across.stop, run.k)
    for part, members in zip(sides, (rows, columns), strict=False):
        if run.floors(members).exists():
            lists.raise_floors(part, read_artefact(run.floors(members))[1]["floors"])
    feed_block(lists, shifted, down, across)
    if rows == columns:  # the next blocks begin before the client has seen this one
        write_artefact(run.floors(rows), {}, {"floors": lists.floors(down)})
    ids, kept = lists.unsorted()
    ids = np.concatenate([*names, [-1]])[ids]  # -1 stays what it is
    name = f"lists-{rows[0]}-{columns[0]}.npz"
    arrays: dict[str, NDArray[Any]] = {}
    for side, part in enumerate(sides):
        arrays[f"ids.{side}"] = ids[part]
        arrays |= {f"kept{at}.{side}": one[part] for at, one in enumerate(kept)}
    write_artefact(run.file(name), {}, arrays)
    return name


def pairs(scores: PairScores) -> Source:
    """Return joint scores with what each side gains."""
    return Source(scores, 3, PAIR_TILE, np.float64)


def vectors(folder: Path) -> Source:
    """Return the scores of the two-way vectors of a run."""
    return Source(load_vectors(folder / SOURCE), 1, TILE, np.float32)


def pair_scores(folder: Path) -> PairScores:
    """Return the scores of the community of a run, without the pairs refused."""
    community = Community.load(folder / SOURCE)
    refused = json.loads((folder / REFUSED).read_text("utf-8"))
    forbidden = (lambda one: refused.get(one, ())) if refused else None
    return PairScores(community.base_, community.ids, community.weights, forbidden)


@lru_cache(maxsize=1)
def _open(run: Run) -> Source:
    """Return the source of a run, opened once in each process."""
    folder = Path(run.folder)
    return pairs(pair_scores(folder)) if run.kind == "pairs" else vectors(folder)


@lru_cache(maxsize=1)
def _mean(run: Run) -> Numbers:
    mean: Numbers = read_artefact(run.file(MEAN))[1]["mean"]
    return mean


def _moved(members: slice, by: int) -> slice:
    return slice(members.start + by, members.stop + by)
