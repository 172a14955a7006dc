"""What the quality page shows of a period: a few sums of what the worker counted."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matchmaker.events.models import Event
from matchmaker.matching.models import ModelVersion, Proposal
from matchmaker.matching.quality_figures import (
    NOTHING,
    AnswerTimes,
    Counts,
    Effect,
    Share,
    Spread,
    answer_times,
    effect,
    spread,
)
from matchmaker.matching.quality_models import AnswerTime, FunnelCell, MemberWeek
from matchmaker.matching.quality_rules import STEPS, WEEK, monday
from matchmaker.profiles.models import Profile, ProfileStatus

LEAST_WEEKS = 13  # a trend is drawn over a quarter at least
_SUMS = [func.sum(getattr(FunnelCell, step)) for step in STEPS]
Cells = dict[str, dict[str, Counts]]


@dataclass(frozen=True, slots=True)
class Period:
    """Days from the first to the last, both counted."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    def year_before(self) -> "Period":
        """Return the same weeks of a year before: 364 days, so that weekdays agree."""
        year = timedelta(days=364)
        return Period(self.first - year, self.last - year)

    def before(self) -> "Period":
        """Return the period of the same length that ends where this one begins."""
        last = self.first - timedelta(days=1)
        return Period(last - timedelta(days=self.days - 1), last)


@dataclass(frozen=True, slots=True)
class Side:
    """The figures of one period.

    Attributes
    ----------
    cells
        Counts by dimension and kind.
    shown, asked
        How impressions and requests were shared out, by whole weeks.
    reasons
        What kinds of reasons did, the clearest first.
    """

    period: Period
    cells: Cells
    answers: AnswerTimes
    shown: Spread
    asked: Spread
    reasons: list[Effect]

    @property
    def whole(self) -> Counts:
        """The counts of all proposals first shown in the period."""
        return self.cells.get("all", {}).get("", NOTHING)

    @property
    def beside(self) -> Counts:
        """The counts of requests that no proposal came before."""
        return self.cells.get("directory", {}).get("", NOTHING)

    def of(self, dimension: str, value: str) -> Counts:
        """Return the counts of one kind; noughts where there are none."""
        return self.cells.get(dimension, {}).get(value, NOTHING)


@dataclass(frozen=True, slots=True)
class Report:
    """Everything the page shows.

    Attributes
    ----------
    since
        First day of which anything was counted; None: nothing yet.
    weeks
        Counts by week, the oldest first.
    members, without_list
        Listed members, and how many of them have no proposals now.
    """

    now: Side
    before: Side
    since: date | None
    weeks: list[tuple[date, Counts]]
    members: int
    without_list: Share
    names: Mapping[str, Mapping[str, str]]


def report(
    session: Session, period: Period, before: Period, *, today: date, locale: str
) -> Report:
    """Return the figures of a period and of one to compare it with."""
    listed = set(
        session.scalars(
            select(Profile.id).where(Profile.status == ProfileStatus.ACTIVE)
        )
    )
    with_list = set(session.scalars(select(Proposal.seeker_id).distinct()))
    return Report(
        now=_side(session, period, listed, today),
        before=_side(session, before, listed, today),
        since=first_day(session),
        weeks=list_weeks(session, period),
        members=len(listed),
        without_list=Share(len(listed - with_list), len(listed)),
        names=_names(session, locale),
    )


def first_day(session: Session) -> date | None:
    """Return the first day of which anything was counted."""
    return session.scalar(
        select(func.min(FunnelCell.day)).where(
            FunnelCell.dimension.in_(("all", "directory"))
        )
    )


def _side(session: Session, period: Period, listed: set[int], today: date) -> Side:
    cells = _cells(session, period)
    shown, asked = _member_sums(session, period)
    return Side(
        period=period,
        cells=cells,
        answers=_answers(session, period, today),
        shown=spread(shown, listed),
        asked=spread(asked, listed),
        reasons=_reasons(cells),
    )


def _cells(session: Session, period: Period) -> Cells:
    rows = session.execute(
        select(FunnelCell.dimension, FunnelCell.value, *_SUMS)
        .where(FunnelCell.day.between(period.first, period.last))
        .group_by(FunnelCell.dimension, FunnelCell.value)
    )
    found: Cells = defaultdict(dict)
    for dimension, value, *numbers in rows:
        found[dimension][value] = Counts.of([int(number) for number in numbers])
    return dict(found)


def chain(session: Session, period: Period) -> Counts:
    """Return the counts of all proposals first shown in a period, and no more."""
    numbers = session.execute(
        select(*_SUMS).where(
            FunnelCell.dimension == "all",
            FunnelCell.day.between(period.first, period.last),
        )
    ).one()
    return Counts.of([int(number or 0) for number in numbers])


def list_weeks(session: Session, period: Period) -> list[tuple[date, Counts]]:
    """Return the counts by week, of the period's weeks and some before."""
    last = monday(period.last)
    first = min(monday(period.first), last - (LEAST_WEEKS - 1) * WEEK)
    sums: dict[date, list[int]] = defaultdict(lambda: [0] * len(STEPS))
    for day, *numbers in session.execute(
        select(FunnelCell.day, *(getattr(FunnelCell, step) for step in STEPS)).where(
            FunnelCell.dimension == "all",
            FunnelCell.day.between(first, period.last),
        )
    ):
        known = sums[monday(day)]
        sums[monday(day)] = [a + b for a, b in zip(known, numbers, strict=True)]
    weeks = (first + n * WEEK for n in range((last - first).days // 7 + 1))
    return [(week, Counts.of(sums[week])) for week in weeks]


def _answers(session: Session, period: Period, today: date) -> AnswerTimes:
    rows = session.execute(
        select(AnswerTime.day, AnswerTime.hours, AnswerTime.count).where(
            AnswerTime.day.between(period.first, period.last)
        )
    )
    return answer_times(((row[0], row[1], row[2]) for row in rows), today=today)


def _member_sums(
    session: Session, period: Period
) -> tuple[dict[int, int], dict[int, int]]:
    rows = session.execute(
        select(
            MemberWeek.profile_id,
            func.sum(MemberWeek.shown),
            func.sum(MemberWeek.asked),
        )
        .where(MemberWeek.week.between(monday(period.first), monday(period.last)))
        .group_by(MemberWeek.profile_id)
    ).all()
    return {row[0]: int(row[1]) for row in rows}, {row[0]: int(row[2]) for row in rows}


def _reasons(cells: Cells) -> list[Effect]:
    """Return the effects of reasons on answers, the most frequent reason first."""
    shares = {
        kind: Share(counts["accepted"], counts["answered"])
        for kind, counts in cells.get("reason", {}).items()
    }
    everything = shares.pop("", Share(0, 0))
    found = [effect(kind, one, everything) for kind, one in shares.items() if one.of]
    return sorted(found, key=lambda one: (-one.beside.of, one.kind))


def _names(session: Session, locale: str) -> dict[str, dict[str, str]]:
    """Return what events and model versions are called."""
    events = session.scalars(select(Event))
    versions = session.execute(select(ModelVersion.id, ModelVersion.name))
    return {
        "event": {str(one.id): one.name(locale) for one in events},
        "model": {str(row[0]): row[1] for row in versions},
    }
