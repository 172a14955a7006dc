"""Shares with their intervals, answer times, inequality. Knows no database."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from matchmaker.matching.quality_rules import ANSWER_DAYS, BASES, LEAST, STEPS

NO_ANSWER = -1  # hours of a request without an answer


@dataclass(frozen=True, slots=True)
class Share:
    """A part of some cases. Of no cases there is no share and no interval."""

    count: int
    of: int

    @property
    def value(self) -> float | None:
        """The share, 0 to 1; None of no cases."""
        return self.count / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % interval (Wilson 1927); None of no cases."""
        from matchmaker.engine.calibration import wilson  # noqa: PLC0415

        return wilson(self.count / self.of, self.of) if self.of else None

    @property
    def says_something(self) -> bool:
        """Whether there are cases enough for the interval to be of use."""
        return self.of >= LEAST


@dataclass(frozen=True, slots=True)
class Counts:
    """Proposals of one kind along the chain."""

    numbers: Mapping[str, int]

    def __getitem__(self, step: str) -> int:
        """Return how many came to a step."""
        return self.numbers[step]

    def share(self, step: str) -> Share | None:
        """Return a step as a part of the one it is compared with, if there is one."""
        base = BASES[step]
        return None if base is None else Share(self.numbers[step], self.numbers[base])

    @classmethod
    def of(cls, numbers: Sequence[int]) -> "Counts":
        """Return counts in the order of the steps."""
        return cls(dict(zip(STEPS, numbers, strict=True)))


NOTHING = Counts.of([0] * len(STEPS))


def difference(one: Share, other: Share) -> tuple[float, float] | None:
    """Return the 95 % interval of the difference of two shares, if both have one.

    Newcombe, "Interval estimation for the difference between independent proportions"
    (1998), method 10: the Wilson intervals of both.
    """
    if one.value is None or other.value is None:
        return None
    low, high = one.interval or (0.0, 1.0)
    other_low, other_high = other.interval or (0.0, 1.0)
    apart = one.value - other.value
    down = ((one.value - low) ** 2 + (other_high - other.value) ** 2) ** 0.5
    up = ((high - one.value) ** 2 + (other.value - other_low) ** 2) ** 0.5
    return apart - down, apart + up


def change(one: Share, other: Share) -> str:
    """Return ``up`` or ``down`` where a share surely changed, else nothing."""
    found = difference(one, other)
    if found is None or found[0] <= 0 <= found[1]:
        return ""
    return "up" if found[0] > 0 else "down"


@dataclass(frozen=True, slots=True)
class AnswerTimes:
    """How soon requests were answered.

    Attributes
    ----------
    median, p90
        Whole hours within which half and nine tenths of those answered were; None
        where nothing was answered.
    in_time
        Answered within seven days, of the requests asked at least seven days ago.
    """

    requests: int
    answered: int
    median: int | None
    p90: int | None
    in_time: Share


def answer_times(rows: Iterable[tuple[date, int, int]], *, today: date) -> AnswerTimes:
    """Return the figures of requests given as (day asked, hours, how many)."""
    hours: dict[int, int] = {}
    requests = ripe = in_time = 0
    for day, taken, count in rows:
        requests += count
        if taken != NO_ANSWER:
            hours[taken] = hours.get(taken, 0) + count
        if day <= today - timedelta(days=ANSWER_DAYS):
            ripe += count
            in_time += count if 0 <= taken < ANSWER_DAYS * 24 else 0
    answered = sum(hours.values())
    return AnswerTimes(
        requests,
        answered,
        quantile(hours, 0.5),
        quantile(hours, 0.9),
        Share(in_time, ripe),
    )


def quantile(counted: Mapping[int, int], share: float) -> int | None:
    """Return the least value that at least a share of the cases do not exceed."""
    total, so_far = sum(counted.values()), 0
    for value, count in sorted(counted.items()):
        so_far += count
        if so_far >= share * total:
            return value
    return None


@dataclass(frozen=True, slots=True)
class Spread:
    """How something is shared out among members.

    Attributes
    ----------
    gini
        0: all alike, towards 1: one has everything; None where there is nothing.
    top
        Part of it that the best-served 5 % have, 0 to 1; None likewise.
    none
        Members who have none of it, of all.
    """

    total: int
    gini: float | None
    top: float | None
    none: Share


def spread(amounts: Mapping[int, int], members: Collection[int]) -> Spread:
    """Return how amounts by member are shared out among these members."""
    import numpy as np  # noqa: PLC0415

    from matchmaker.engine.exposure import gini, top_share  # noqa: PLC0415

    all_of_them = [amounts.get(one, 0) for one in members]
    total = sum(all_of_them)
    nothing = Share(all_of_them.count(0), len(all_of_them))
    if not total:
        return Spread(0, None, None, nothing)
    found = np.array(all_of_them, float)
    return Spread(total, gini(found), top_share(found), nothing)


@dataclass(frozen=True, slots=True)
class Effect:
    """What a kind of reason did to answers, as far as the figures tell.

    Attributes
    ----------
    beside, without
        Accepted of answered, where the reason stood beside the proposal, and not.
    odds
        Odds ratio with its 95 % interval; None where one of the four counts is none.
    """

    kind: str
    beside: Share
    without: Share
    odds: tuple[float, float, float] | None

    @property
    def leads(self) -> str:
        """``up`` or ``down`` where the interval leaves no doubt, else nothing."""
        if self.odds is None or self.odds[1] <= 1 <= self.odds[2]:
            return ""
        return "up" if self.odds[1] > 1 else "down"


def effect(kind: str, beside: Share, everything: Share) -> Effect:
    """Compare answers to proposals with a reason with those to all others."""
    from scipy.stats.contingency import odds_ratio  # noqa: PLC0415

    without = Share(everything.count - beside.count, everything.of - beside.of)
    table = [[one.count, one.of - one.count] for one in (beside, without)]
    if min(min(row) for row in table) <= 0:
        return Effect(kind, beside, without, None)
    found = odds_ratio(table, kind="sample")
    low, high = found.confidence_interval()
    odds = (float(found.statistic), float(low), float(high))
    return Effect(kind, beside, without, odds)
