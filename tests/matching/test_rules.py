"""Places of a list, closing times, and the order of things. Plain values."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.errors import DomainError
from matchmaker.matching import rules
from matchmaker.matching.models import IntroductionState
from matchmaker.profiles.models import Answers

#: Zones far apart, and some whose clocks skip midnight in spring.
ZONES = (
    "UTC",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
    "Africa/Cairo",
    "Asia/Beirut",
    "America/Asuncion",
    "Asia/Kolkata",
)
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


@given(
    count=st.integers(0, 60),
    shown=st.integers(1, 20),
    share=st.floats(0, 1),
    seed=st.text(max_size=5),
)
def test_a_list_holds_every_candidate_once_at_one_place_each(
    count: int, shown: int, share: float, seed: str
) -> None:
    placed = rules.place(count, shown=shown, share=share, seed=seed)
    assert sorted(at.rank for at in placed) == list(range(1, count + 1))
    assert [at.position for at in placed] == list(range(1, count + 1))
    assert all(0 < at.propensity <= 1 for at in placed)


@given(seed=st.text(max_size=8))
def test_the_same_seed_gives_the_same_list(seed: str) -> None:
    one = rules.place(30, shown=10, share=0.2, seed=seed)
    assert one == rules.place(30, shown=10, share=0.2, seed=seed)


def test_a_drawn_place_has_the_chance_that_is_written_beside_it() -> None:
    draws = 4000
    last = Counter(
        rules.place(30, shown=10, share=0.1, seed=str(n))[9].rank for n in range(draws)
    )
    chance = rules.place(30, shown=10, share=0.1, seed="x")[9].propensity
    assert chance == pytest.approx(1 / 21)
    assert set(last) == set(range(10, 31))
    # Five standard deviations of a binomial count, so that this never fails by chance.
    spread = 5 * (draws * chance * (1 - chance)) ** 0.5
    assert all(abs(count - draws * chance) < spread for count in last.values())


def test_a_short_list_is_not_drawn_at_all() -> None:
    placed = rules.place(6, shown=10, share=0.5, seed="x")
    assert [(at.rank, at.propensity) for at in placed] == [
        (n, 1.0) for n in range(1, 7)
    ]


@pytest.mark.parametrize(
    ("state", "minutes_left", "open_"),
    [
        (IntroductionState.PENDING, 1, True),
        (IntroductionState.PENDING, 0, False),
        (IntroductionState.PENDING, -1, False),
        (IntroductionState.ACCEPTED, 1, False),
        (IntroductionState.DECLINED, 1, False),
        (IntroductionState.WITHDRAWN, 1, False),
        (IntroductionState.EXPIRED, 1, False),
    ],
)
def test_only_a_pending_request_in_time_can_be_answered(
    state: IntroductionState, minutes_left: int, *, open_: bool
) -> None:
    until = NOON + timedelta(minutes=minutes_left)
    if open_:
        rules.check_open(state, until, NOON)
        return
    with pytest.raises(DomainError, match="introduction-closed"):
        rules.check_open(state, until, NOON)


@pytest.mark.parametrize(
    ("stage", "value"),
    [(1, "agreement"), (2, "informative"), (3, "agreement"), (1, "")],
)
def test_an_outcome_is_a_step_of_its_own_scale(stage: int, value: str) -> None:
    with pytest.raises(DomainError, match="outcome-unknown"):
        rules.check_outcome(stage, value)


def test_a_due_date_in_2190_is_a_slip() -> None:
    today = NOON.date()
    rules.check_due(today + timedelta(days=3000), today)
    with pytest.raises(DomainError, match="date-far"):
        rules.check_due(today.replace(year=2190), today)


@pytest.mark.parametrize(
    ("answered", "word"),
    [
        ("11111", None),
        ("000000", Answers.RARELY),
        ("111111", Answers.ALMOST_ALWAYS),
        ("000111", Answers.SOMETIMES),
        ("111000", Answers.USUALLY),
        ("1111111111" + "0" * 20, Answers.USUALLY),
        ("0" + "1" * 20, Answers.USUALLY),
        ("00000" + "1" * 20, Answers.SOMETIMES),
    ],
)
def test_answers_are_told_in_words_and_the_newest_count_most(
    answered: str, word: Answers | None
) -> None:
    assert rules.answers_word([one == "1" for one in answered]) is word


@given(st.lists(st.booleans(), min_size=6, max_size=30))
def test_one_more_answer_never_lowers_the_word(answered: list[bool]) -> None:
    order = list(Answers)
    before, after = rules.answers_word(answered), rules.answers_word([True, *answered])
    assert before is not None
    assert after is not None
    assert order.index(after) >= order.index(before)


@given(st.dates(date(2020, 1, 1), date(2036, 12, 31)), st.sampled_from(ZONES))
def test_a_day_begins_on_that_day_everywhere(day: date, zone: str) -> None:
    assert rules.morning(day, zone).astimezone(ZoneInfo(zone)).date() == day


def test_a_day_without_its_midnight_begins_an_hour_later() -> None:
    skipped = rules.morning(date(2026, 4, 24), "Africa/Cairo", at=time(0))
    assert skipped.astimezone(ZoneInfo("Africa/Cairo")).isoformat() == (
        "2026-04-24T01:00:00+03:00"
    )


@given(st.integers(0, 10 * 365 * 24), st.sampled_from(ZONES))
def test_a_week_begins_on_a_monday_at_most_seven_days_ago(
    hours: int, zone: str
) -> None:
    aware = NOON + timedelta(hours=hours)
    start = rules.week_start(aware, zone)
    assert start.astimezone(ZoneInfo(zone)).weekday() == 0
    assert timedelta(0) <= aware - start < timedelta(days=7, hours=2)
    following = rules.week_start(aware, zone, weeks=1)
    assert following > aware
    assert following.astimezone(ZoneInfo(zone)).weekday() == 0


@pytest.mark.parametrize(
    ("pace", "received", "queued", "weeks"),
    [
        (None, 99, 0, 0),
        (3, 2, 0, 0),
        (3, 3, 0, 1),
        (3, 0, 1, 1),
        (3, 3, 2, 1),
        (3, 3, 3, 2),
        (1, 1, 3, 4),
    ],
)
def test_a_request_waits_for_its_turn(
    pace: int | None, received: int, queued: int, weeks: int
) -> None:
    assert rules.weeks_to_wait(pace, received=received, queued=queued) == weeks


def test_every_state_has_its_ways_and_an_end_has_none() -> None:
    assert set(rules.TRANSITIONS) == set(IntroductionState)
    ends = {state for state, ways in rules.TRANSITIONS.items() if not ways}
    assert ends == {
        IntroductionState.ACCEPTED,
        IntroductionState.DECLINED,
        IntroductionState.HANDED_OVER,
        IntroductionState.EXPIRED,
        IntroductionState.WITHDRAWN,
    }
