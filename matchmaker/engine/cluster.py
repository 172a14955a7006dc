"""Candidate lists on several processes or machines, with Dask: the same block function.

A community is cut into ranges of whole tiles; a task is a pair of ranges. Nothing large
travels: a worker maps the saved community by its path, writes the lists of its block to
a file in a folder beside it, and the client takes the files in, in a fixed order. A
block has no memory of others, so a lost worker costs a repetition and no more.
"""

import itertools
import json
import logging
import math
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from matchmaker.engine.artefact import read_artefact, write_artefact
from matchmaker.engine.blocks import (
    MEAN,
    REFUSED,
    SOURCE,
    Run,
    Side,
    Source,
    lists_of_block,
    mean_of_strip,
    pair_scores,
    pairs,
    vectors,
)
from matchmaker.engine.candidates import TopLists
from matchmaker.engine.community import Community
from matchmaker.engine.pairing import (
    Candidates,
    Forbidden,
    cut_lists,
    longest_refusal,
)

if TYPE_CHECKING:
    from distributed import Client

FloatArray = NDArray[np.floating[Any]]
IntArray = NDArray[np.int64]
Progress = Callable[[int, int], None]

# A task costs the scheduler milliseconds: beside two seconds that is nothing.
TASK_SECONDS: Final = 2.0
# Tasks for each worker, so that the last ones do not wait long for each other.
_TASKS_EACH: Final = 4
# Members of a range at most: lists of 100 with three scores for the two ranges of a
# block take 0.8 GB.
_LONGEST_RANGE: Final = 131_072
# Errors of a shared disk that a task survives; lost workers are counted by Dask.
_RETRIES: Final = 2
# Of workers on this machine. By default Dask has them give freed memory back at once,
# and the system then clears each array of a tile anew: 0.58 s for a task of 0.22 s, and
# 0.19 s with these (names of glibc; elsewhere without effect). Its profiler and
# its other watches, up to a hundred times a second, cost eight percent more.
_SETTINGS: Final = {
    "distributed.nanny.pre-spawn-environ": {
        "MALLOC_TRIM_THRESHOLD_": str(1 << 30),
        "MALLOC_MMAP_THRESHOLD_": str(1 << 25),
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    },
    "distributed.worker.profile.enabled": False,
    "distributed.admin.tick.interval": "1s",
    "distributed.admin.system-monitor.interval": "5s",
}
# Seconds; the clock of a thread ticks slowly on some systems.
_SHORTEST: Final = 1e-4
_PATIENCE: Final = 30  # seconds
_LOCAL: Final = "local:"


class ClusterError(RuntimeError):
    """A cluster that cannot be used, or Dask that is not installed."""


def cluster_candidates(  # noqa: PLR0913 - the choices of candidates and of a cluster
    path: Path | str,
    *,
    k: int,
    forbidden: Forbidden | None = None,
    spread: bool = True,
    address: str = "local:2",
    progress: Progress | None = None,
    task_seconds: float = TASK_SECONDS,
) -> Candidates:
    """Return what ``Community.candidates`` returns, to the last bit, from a cluster.

    Parameters
    ----------
    path
        Of a saved community. A run keeps its files in a folder beside it, which every
        worker must see under the same name and be allowed to write to.
    k, forbidden, spread
        As in ``Community.candidates``.
    address
        Of a Dask scheduler, or ``local:N`` for N processes on this machine.
    progress
        Called with the blocks done and the blocks to do.
    task_seconds
        Least length of a task where the community is large enough.

    Raises
    ------
    ClusterError
        If Dask is not installed, or there is no cluster at this address.
    ArtefactError
        If the community cannot be read.
    """
    with _run_folder(Path(path)) as folder:
        refused: dict[str, list[str]] = {}
        if forbidden:
            ids = Community.load(folder / SOURCE).ids
            refused = {one: sorted(forbidden(one)) for one in ids}
        (folder / REFUSED).write_text(json.dumps(refused), "utf-8")
        scores = pair_scores(folder)
        run = Run(str(folder), "pairs", k + longest_refusal(scores), spread)
        source = pairs(scores)
        with open_client(address) as client:
            lists, mean = _collect(client, run, source, progress, task_seconds)
        return cut_lists(lists, scores.one_way, k, mean)


def cluster_vector_top(
    path: Path | str,
    *,
    k: int,
    address: str = "local:2",
    progress: Progress | None = None,
    task_seconds: float = TASK_SECONDS,
) -> tuple[IntArray, FloatArray]:
    """Return the exact best ``k`` partners by two-way vectors, and their scores.

    Parameters
    ----------
    path
        Of vectors saved by ``dense.save_vectors``; the rest as in
        :func:`cluster_candidates`.
    """
    with _run_folder(Path(path)) as folder:
        run = Run(str(folder), "vectors", k, spread=False)
        source = vectors(folder)
        with open_client(address) as client:
            lists, _ = _collect(client, run, source, progress, task_seconds)
    ids, kept = lists.sorted()
    return ids, kept[0]


@contextmanager
def _run_folder(source: Path) -> Iterator[Path]:
    """Yield a folder that holds the source itself: it may be replaced meanwhile."""
    source = source.absolute()
    with tempfile.TemporaryDirectory(dir=source.parent, prefix=".run-") as name:
        try:
            os.link(source, Path(name) / SOURCE)
        except OSError:  # a file system without hard links
            shutil.copyfile(source, Path(name) / SOURCE)
        yield Path(name)


@contextmanager
def open_client(address: str) -> "Iterator[Client]":
    """Yield a client of a Dask cluster, started here for ``local:N``.

    Raises
    ------
    ClusterError
        If Dask is not installed, the address makes no sense, or nobody answers there.
    """
    try:
        import dask  # noqa: PLC0415 - an extra
        from distributed import Client, LocalCluster  # noqa: PLC0415
    except ImportError as error:
        raise ClusterError(
            "A cluster needs Dask: pip install 'matchmaker[cluster]'"
        ) from error
    if address.startswith(_LOCAL):
        count = address.removeprefix(_LOCAL)
        if not count.isdecimal() or not int(count):
            raise ClusterError(f"{address}: write local:N, N processes from 1 upwards")
        # The community is mapped, not loaded: limits of memory would count it.
        with (
            dask.config.set(_SETTINGS),
            LocalCluster(
                n_workers=int(count),
                threads_per_worker=1,
                memory_limit=None,
                dashboard_address=":0",  # any free port: two runs may meet
                silence_logs=logging.CRITICAL,  # what a task fails of comes with it
            ) as cluster,
            Client(cluster) as client,
        ):
            yield client
        return
    try:
        client = Client(address, timeout=_PATIENCE)
    except (OSError, ValueError, MemoryError) as error:
        # Another server's answer may read as the announcement of exabytes.
        raise ClusterError(f"{address}: no Dask scheduler ({error})") from error
    with client:
        try:
            client.wait_for_workers(1, timeout=_PATIENCE)
        except TimeoutError as error:
            raise ClusterError(f"{address}: the cluster has no workers") from error
        yield client


def _collect(
    client: "Client",
    run: Run,
    source: Source,
    progress: Progress | None,
    task_seconds: float,
) -> tuple[TopLists, NDArray[np.float64]]:
    """Have the lists made by the cluster, the correction of hubness first."""
    size, workers = len(source.scores), sum(client.nthreads().values())
    edge = _edge(size, workers, task_seconds * _pace(source), source.tile)
    ranges = _ranges(size, edge)
    itself = [(one, one) for one in ranges]
    # The lists of each range by itself tell the other blocks what is not worth a place.
    blocks = itself + list(itertools.combinations(ranges, 2))
    strips = itself if run.spread else []
    done = 0

    def count() -> None:
        nonlocal done
        done += 1
        if progress:
            progress(done, len(strips) + len(blocks))

    mean = np.zeros(size)
    if strips:
        found = _in_order(client, mean_of_strip, run, strips, count)
        mean = np.concatenate([arrays["mean"] for _, arrays in found])
        write_artefact(run.file(MEAN), {}, {"mean": mean})
    lists = source.lists(size, run.k)
    for sides, arrays in _in_order(client, lists_of_block, run, blocks, count):
        for side, members in enumerate(dict.fromkeys(sides)):
            kept = [arrays[f"kept{one}.{side}"] for one in range(source.kept)]
            lists.absorb(slice(*members), arrays[f"ids.{side}"], kept)
            floors = lists.floors(slice(*members))
            write_artefact(run.floors(members), {}, {"floors": floors})
    return lists, mean


def _in_order(
    client: "Client",
    task: Callable[[Run, Side, Side], str],
    run: Run,
    pieces: Sequence[tuple[Side, Side]],
    count: Callable[[], None],
) -> Iterator[tuple[tuple[Side, Side], dict[str, NDArray[Any]]]]:
    """Yield the arrays of each piece in the order of the pieces, as they get ready."""
    from distributed import KilledWorker, as_completed  # noqa: PLC0415 - an extra

    futures = [
        client.submit(task, run, *piece, pure=False, retries=_RETRIES)
        for piece in pieces
    ]
    number = {future.key: at for at, future in enumerate(futures)}
    ready: dict[int, str] = {}
    after = 0
    try:
        for future in as_completed(futures):
            ready[number[future.key]] = future.result()
            # Otherwise it would be done again should its worker die afterwards.
            future.release()
            count()
            while after in ready:
                file = run.file(ready.pop(after))
                yield pieces[after], read_artefact(file)[1]
                file.unlink()
                after += 1
    except KilledWorker as error:
        raise ClusterError(f"workers died again and again ({error})") from error


def _pace(source: Source) -> float:
    """Return the pairs scored in a second of work, by trying a tile."""
    size = len(source.scores)
    last = slice(max(size - source.tile, 0), size)
    first = slice(0, min(source.tile, size))
    source.scores(first, last)  # the first time arrays are made that are kept
    started = time.thread_time()
    count = source.scores(first, last)[0].size
    seconds = time.thread_time() - started
    return max(count, 1) / max(seconds, _SHORTEST)


def _edge(size: int, workers: int, pairs: float, tile: int) -> int:
    """Return the length of a range: tasks of so many pairs, and enough of them."""
    even = size / math.sqrt(2 * _TASKS_EACH * workers)
    edge = min(max(math.sqrt(pairs), even), _LONGEST_RANGE)
    return max(round(edge / tile), 1) * tile


def _ranges(size: int, edge: int) -> list[Side]:
    return [(start, min(start + edge, size)) for start in range(0, size, edge)]
