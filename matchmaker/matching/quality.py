"""Keeps the counts of the quality page exact. Flush, never commit.

There is no list of what changed: what each day was counted from is compared with what
is stored now, so late answers, decisions taken back and erased people are all seen, and
counting twice changes nothing. A day keeps the countries, sectors and languages that
its people had when it was counted; `rebuild` counts with today's.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, delete, exists, func, insert, or_, select
from sqlalchemy.orm import Session, aliased

from matchmaker.events.models import Attendance
from matchmaker.matching.models import (
    Impression,
    MatchRun,
    ModelVersion,
)
from matchmaker.matching.quality_facts import Directed, Facts, Followed, Way, collect
from matchmaker.matching.quality_models import (
    AnswerTime,
    FunnelCell,
    FunnelDay,
    MemberWeek,
)
from matchmaker.matching.quality_rules import (
    STEPS,
    WEEK,
    Person,
    Shown,
    branch,
    kinds_of,
    monday,
)
from matchmaker.profiles.models import Profile

if TYPE_CHECKING:
    from matchmaker.engine.calibration import Bands

#: A day so long ago stays as it was counted last: soon its impressions are forgotten
#: (IMPRESSIONS_KEPT_DAYS), and its counts must not be.
SETTLED_AFTER = timedelta(days=700)
_NOTHING: Way = (0,) * (len(STEPS) - 1)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be counted anew, and what it is counted from.

    Attributes
    ----------
    days
        Days whose cells are old, the earliest first.
    weeks
        Weeks of which it changed who was shown or asked.
    source
        By day: impressions and the highest id among them.
    """

    days: list[date]
    weeks: list[date]
    facts: Facts
    source: Mapping[date, tuple[int, int]]
    people: Mapping[int, Person] = field(default_factory=dict)
    bands: Mapping[int, "Bands"] = field(default_factory=dict)


def plan(
    session: Session, followed: Followed, *, today: date, afresh: bool = False
) -> Plan:
    """Return which days are counted wrongly now. Reads only.

    Parameters
    ----------
    followed
        Introductions with the day of their first follow-up that took place.
    afresh
        Count every day anew of which there is anything to count.
    """
    facts = collect(session, followed, today=today)
    source = _source(session)
    known = {
        row.day: (row.impressions, row.last_id, row.digest)
        for row in session.scalars(select(FunnelDay))
    }
    candidates = {*source, *facts.days(), *known}
    oldest = today - SETTLED_AFTER
    changed = {
        day
        for day in candidates
        if day >= oldest
        and (afresh or known.get(day) != (*source.get(day, (0, 0)), facts.digest(day)))
    }
    added = {
        day for day in changed if known.get(day, (0, 0))[:2] != source.get(day, (0, 0))
    }
    if not afresh:
        changed |= _later_days(session, added)
    weeks = {monday(day) for day in (changed if afresh else added)}
    weeks |= _weeks_asked(session, facts.received)
    if not changed:
        return Plan([], sorted(weeks), facts, source)
    people, bands = list_people(session), list_bands(session)
    return Plan(sorted(changed), sorted(weeks), facts, source, people, bands)


def _source(session: Session) -> dict[date, tuple[int, int]]:
    rows = session.execute(
        select(Impression.shown_on, func.count(), func.max(Impression.id)).group_by(
            Impression.shown_on
        )
    )
    return {row[0]: (row[1], row[2]) for row in rows}


def _later_days(session: Session, days: Iterable[date]) -> set[date]:
    """Return the days on which pairs were shown again that are new on one of these.

    Impressions come in the order of time, so there are none but after a repair.
    """
    again = aliased(Impression)
    found: set[date] = set()
    for day in days:
        found.update(
            session.scalars(
                select(again.shown_on)
                .join(
                    Impression,
                    (Impression.seeker_id == again.seeker_id)
                    & (Impression.candidate_id == again.candidate_id),
                )
                .where(Impression.shown_on == day, again.shown_on > day)
                .distinct()
            )
        )
    return found


def _weeks_asked(
    session: Session, received: Mapping[tuple[date, int], int]
) -> set[date]:
    """Return the weeks whose stored requests are not those received."""
    stored = {
        (row[0], row[1]): row[2]
        for row in session.execute(
            select(MemberWeek.week, MemberWeek.profile_id, MemberWeek.asked).where(
                MemberWeek.asked > 0
            )
        )
    }
    return {
        key[0]
        for key in stored.keys() | received.keys()
        if stored.get(key, 0) != received.get(key, 0)
    }


def list_people(session: Session) -> dict[int, Person]:
    """Return what of each member the kinds of proposals are told by."""
    events: dict[int, list[int]] = defaultdict(list)
    for profile_id, event_id in session.execute(
        select(Attendance.profile_id, Attendance.event_id).order_by(Attendance.event_id)
    ):
        events[profile_id].append(event_id)
    rows = session.execute(
        select(
            Profile.id,
            Profile.country,
            Profile.sectors,
            Profile.languages,
            Profile.created_at,
        )
    )
    return {
        row[0]: Person(
            country=row[1],
            sector=branch(row[2]),
            languages=frozenset(row[3]),
            since=row[4].date(),
            events=tuple(events.get(row[0], ())),
        )
        for row in rows
    }


def list_bands(session: Session) -> dict[int, "Bands"]:
    """Return from which scores on each version calls a pair strong, and good."""
    from matchmaker.engine.calibration import Calibration  # noqa: PLC0415

    found: dict[int, Bands] = {}
    for version_id, state in session.execute(
        select(ModelVersion.id, ModelVersion.calibration)
    ):
        try:
            known = Calibration.from_state(state) if state else Calibration()
        except ValueError:  # a damaged row; `versions.live_model` tells of it
            known = Calibration()
        found[version_id] = known.bands()
    return found


def store_day(session: Session, made: Plan, day: date) -> None:
    """Replace the cells of one day by what is true now."""
    counts, first_id = count_day(session, made, day), made.source.get(day, (0, 0))
    for table in (FunnelCell, FunnelDay):
        session.execute(delete(table).where(table.day == day))
    if counts:
        session.execute(
            insert(FunnelCell),
            [
                {"day": day, "dimension": key[0], "value": key[1]}
                | dict(zip(STEPS, numbers, strict=True))
                for key, numbers in counts.items()
            ],
        )
    known = {"impressions": first_id[0], "last_id": first_id[1]}
    row = {"day": day, **known, "digest": made.facts.digest(day)}
    session.execute(insert(FunnelDay), row)


def count_day(
    session: Session, made: Plan, day: date
) -> dict[tuple[str, str], list[int]]:
    """Return the counts of a day by dimension and kind."""
    counts: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0] * len(STEPS))
    ways = made.facts.pairs.get(day, {})
    for pair, shown in _first_shown(session, made.bands, day):
        numbers = (1, *ways.get(pair, _NOTHING))
        seeker, candidate = (made.people.get(one) for one in pair)
        if seeker is None or candidate is None:
            continue  # joined after the plan was made; the next one finds the day
        for key in kinds_of(shown, seeker, candidate):
            _add(counts[key], numbers)
    for way in made.facts.beside.get(day, ()):
        _add(counts["directory", ""], (0, *way))
    return counts


def _add(sums: list[int], numbers: Collection[int]) -> None:
    for at, number in enumerate(numbers):
        sums[at] += number


def _first_shown(
    session: Session, bands: Mapping[int, "Bands"], day: date
) -> list[tuple[Directed, Shown]]:
    """Return the pairs that were shown on a day for the first time."""
    before = aliased(Impression)
    earlier = exists().where(
        before.seeker_id == Impression.seeker_id,
        before.candidate_id == Impression.candidate_id,
        or_(
            before.shown_on < day,
            and_(before.shown_on == day, before.id < Impression.id),
        ),
    )
    rows = session.execute(
        select(
            Impression.seeker_id,
            Impression.candidate_id,
            Impression.position,
            Impression.joint,
            MatchRun.model_version_id,
            Impression.kinds,
        )
        .join(MatchRun, MatchRun.id == Impression.run_id)
        .where(Impression.shown_on == day, ~earlier)
    )
    return [
        (
            (seeker, candidate),
            Shown(day, position, joint, bands[version].word(joint), version, kinds),
        )
        for seeker, candidate, position, joint, version, kinds in rows
        if version in bands
    ]


def store_week(session: Session, facts: Facts, week: date) -> None:
    """Replace what is known of who was shown and asked in a week."""
    shown: Counter[int] = Counter()
    for candidate_id, count in session.execute(
        select(Impression.candidate_id, func.count())
        .where(Impression.shown_on >= week, Impression.shown_on < week + WEEK)
        .group_by(Impression.candidate_id)
    ):
        shown[candidate_id] = count
    asked = {key[1]: n for key, n in facts.received.items() if key[0] == week}
    session.execute(delete(MemberWeek).where(MemberWeek.week == week))
    rows: list[dict[str, Any]] = [
        {
            "week": week,
            "profile_id": one,
            "shown": shown.get(one, 0),
            "asked": asked.get(one, 0),
        }
        for one in shown.keys() | asked.keys()
    ]
    if rows:
        session.execute(insert(MemberWeek), rows)


def store_answers(session: Session, facts: Facts) -> int:
    """Bring the answer times in line; return how many days changed."""
    stored: dict[date, dict[int, int]] = defaultdict(dict)
    for one in session.scalars(select(AnswerTime)):
        stored[one.day][one.hours] = one.count
    true: dict[date, dict[int, int]] = defaultdict(dict)
    for (day, hours), count in facts.hours.items():
        true[day][hours] = count
    changed = [
        day for day in stored.keys() | true.keys() if stored.get(day) != true.get(day)
    ]
    for day in changed:
        session.execute(delete(AnswerTime).where(AnswerTime.day == day))
        rows = [
            {"day": day, "hours": hours, "count": count}
            for hours, count in true.get(day, {}).items()
        ]
        if rows:
            session.execute(insert(AnswerTime), rows)
    return len(changed)
