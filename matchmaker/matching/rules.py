"""Decisions about introductions and lists. Plain values in, plain values out."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from matchmaker.errors import DomainError
from matchmaker.matching.models import IntroductionState
from matchmaker.vocabulary import sectors

TEXT_REASONS = frozenset({"need-offer", "field"})
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
    """Refuse a due date that is over, or years away.

    Raises
    ------
    DomainError
        ``date-over``, ``date-far``. A day's grace is left for time zones.
    """
    if due < today - timedelta(days=1):
        raise DomainError("date-over", status=422)
    if due - today > FARTHEST_DUE:
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


def quotable(reasons: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the text reasons worth quoting: one each way, each saying something.

    A pair of texts without a marked word shows nothing, the name of a sector is
    nobody's own words, and the second direction must not repeat the first.
    """
    chosen: list[Mapping[str, Any]] = []
    quoted: list[set[str]] = []
    for direction in ("for_me", "for_them"):
        for reason in reasons:
            told = reason["evidence"]
            if (
                reason["direction"] != direction
                or reason["code"] not in TEXT_REASONS
                or not (told["need_spans"] and told["offer_spans"])
            ):
                continue
            texts = {told["need_text"], told["offer_text"]}
            if texts & _sector_names() or texts in quoted:
                continue
            chosen.append(reason)
            quoted.append(texts)
            break
    return chosen


@cache
def _sector_names() -> frozenset[str]:
    return frozenset(
        sectors.sector_name(code, locale)
        for code in sectors.sector_codes()
        for locale in ("en", "ru", "zh")
    )
