"""Decisions about introductions and lists. Plain values in, plain values out."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

from matchmaker.errors import DomainError
from matchmaker.matching.models import IntroductionState

T = TypeVar("T")

STAGE_VALUES = {
    1: ("not_held", "no_interest", "informative", "cooperation_possible"),
    2: ("no_contact", "knowledge", "valuable_contact", "negotiation", "agreement"),
}
SECOND_STAGE_AFTER = timedelta(days=60)  # asked once a contact had time to grow
FARTHEST_DUE = timedelta(days=3653)  # ten years: beyond it is a slip of the finger


@dataclass(frozen=True, slots=True)
class Placed:
    """A candidate at a place of a list, with the chance it had to stand there."""

    rank: int
    position: int
    propensity: float


def pair_key(one: int, other: int) -> str:
    """Return the same text for a pair whoever asks."""
    low, high = sorted((one, other))
    return f"{low}-{high}"


def check_open(
    state: IntroductionState, expires_at: datetime, moment: datetime
) -> None:
    """Refuse to answer what is answered, withdrawn or past its time.

    Raises
    ------
    DomainError
        ``introduction-closed``.
    """
    if state is not IntroductionState.PENDING or expires_at <= moment:
        raise DomainError("introduction-closed")


def check_outcome(stage: int, value: str) -> None:
    """Refuse a value that is no step of its scale.

    Raises
    ------
    DomainError
        ``outcome-unknown``.
    """
    if value not in STAGE_VALUES.get(stage, ()):
        raise DomainError("outcome-unknown", status=422)


def check_due(due: date, today: date) -> None:
    """Refuse a due date that is years away or years ago.

    Raises
    ------
    DomainError
        ``date-far``.
    """
    if abs(due - today) > FARTHEST_DUE:
        raise DomainError("date-far", status=422)


def place(count: int, *, shown: int, share: float, seed: str) -> list[Placed]:
    """Place ranked candidates, drawing a share of the shown places.

    The last ``share`` of the first ``shown`` places is filled by a draw without
    replacement from all candidates below the ranked ones; the rest keeps its
    order. A drawn place had the same chance for everybody in the draw, so its
    propensity is 1 over their number (Horvitz & Thompson 1952, as in Swaminathan
    & Joachims 2015); a ranked place is certain.

    Parameters
    ----------
    count
        Candidates of the list, ranked from 1.
    shown
        Places of the first page.
    share
        Share of those places that is drawn, in [0, 1].
    seed
        The same seed gives the same list.

    Returns
    -------
    list of Placed
        In order of position; ranks are a permutation of 1..count.
    """
    drawn = round(min(shown, count) * share)
    if count <= shown:
        drawn = 0  # nobody waits below: every place is certain
    ranked = min(shown, count) - drawn
    pool = list(range(ranked + 1, count + 1))
    picked = random.Random(seed).sample(pool, drawn)  # noqa: S311  not a secret
    below = [rank for rank in pool if rank not in set(picked)]
    placed = [Placed(rank, rank, 1.0) for rank in range(1, ranked + 1)]
    chance = 1 / len(pool) if pool else 1.0
    placed += [Placed(rank, ranked + n, chance) for n, rank in enumerate(picked, 1)]
    start = ranked + drawn
    placed += [Placed(rank, start + n, 1.0) for n, rank in enumerate(below, 1)]
    return placed


def without(items: Sequence[T], unwanted: set[T]) -> list[T]:
    """Return ``items`` in order, less the unwanted ones."""
    return [item for item in items if item not in unwanted]
