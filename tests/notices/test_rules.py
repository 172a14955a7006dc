"""When a digest is due and when letters wait, around the clocks of the world."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.notices import rules
from matchmaker.notices.models import Rhythm

BERLIN = "Europe/Berlin"  # its clocks skip 02:00 on 29 March 2026, repeat it in October
ZONES = (
    "UTC",
    BERLIN,
    "Asia/Almaty",
    "Asia/Kolkata",
    "America/New_York",
    "America/Sao_Paulo",
    "Australia/Lord_Howe",
    "Pacific/Kiritimati",
    "Pacific/Niue",
)


def at(text: str, zone: str = "UTC") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def following(
    after: datetime,
    zone: str,
    hour: int = 8,
    sent_at: datetime | None = None,
    weekday: int | None = None,
) -> datetime:
    due = rules.next_digest(
        after,
        zone=zone,
        rhythm=Rhythm.DAILY if weekday is None else Rhythm.WEEKLY,
        weekday=weekday or 0,
        hour=hour,
        sent_at=sent_at,
    )
    assert due is not None
    return due


def run(start: datetime, days: int, zone: str, hour: int) -> list[datetime]:
    """Return the digests of some days, each sent the moment it is due."""
    sent: list[datetime] = []
    while not sent or sent[-1] < start + timedelta(days=days):
        last = sent[-1] if sent else None
        sent.append(following(last or start, zone, hour, last))
    return sent


def test_the_digest_comes_at_the_hour_of_the_members_clock() -> None:
    assert following(at("2026-11-22 00:00"), "Asia/Almaty") == at("2026-11-22 03:00")
    assert following(at("2026-11-22 03:00"), "Asia/Almaty") == at("2026-11-23 03:00")
    assert following(at("2026-11-22 03:00"), "America/New_York") == at(
        "2026-11-22 13:00"
    )


@pytest.mark.parametrize(
    ("start", "what"),
    [("2026-03-26", "an hour is skipped"), ("2026-10-22", "an hour comes twice")],
)
@pytest.mark.parametrize("hour", [1, 2, 3, 8])
def test_each_day_has_one_digest_also_when_clocks_change(
    start: str, what: str, hour: int
) -> None:
    sent = run(at(f"{start} 12:00"), 6, BERLIN, hour)
    days = [moment.astimezone(ZoneInfo(BERLIN)).date() for moment in sent]
    assert all(b - a == timedelta(days=1) for a, b in pairwise(days)), what


def test_a_skipped_hour_comes_when_the_clock_jumps() -> None:
    due = following(at("2026-03-28 12:00"), BERLIN, hour=2)
    assert due == at("2026-03-29 01:00")
    assert due.astimezone(ZoneInfo(BERLIN)).hour == 3


@given(
    before=st.sampled_from(ZONES),
    after=st.sampled_from(ZONES),
    hour=st.integers(0, 23),
    wait=st.integers(0, 47),
)
def test_a_change_of_zone_brings_no_second_digest_of_a_day_and_loses_none_for_long(
    before: str, after: str, hour: int, wait: int
) -> None:
    sent = following(at("2026-03-28 00:00"), before, hour)
    changed = sent + timedelta(hours=wait)
    due = following(changed, after, hour, sent)
    assert due - sent >= rules.BETWEEN_DIGESTS
    assert due - max(changed, sent + rules.BETWEEN_DIGESTS) <= timedelta(hours=25)
    assert due.astimezone(ZoneInfo(after)).hour in {hour, hour + 1}


@pytest.mark.parametrize("weekday", range(7))
def test_a_weekly_digest_comes_on_its_day_only(weekday: int) -> None:
    due = following(at("2026-11-22 09:00"), "Asia/Shanghai", weekday=weekday)
    assert due.astimezone(ZoneInfo("Asia/Shanghai")).weekday() == weekday
    assert due - at("2026-11-22 09:00") <= timedelta(days=7)
    assert following(due, "Asia/Shanghai", sent_at=due, weekday=weekday) == due + (
        timedelta(days=7)
    )


def test_without_a_rhythm_nothing_is_due() -> None:
    assert (
        rules.next_digest(
            at("2026-11-22 09:00"),
            zone="UTC",
            rhythm=Rhythm.NEVER,
            weekday=0,
            hour=8,
            sent_at=None,
        )
        is None
    )


@pytest.mark.parametrize(
    ("moment", "quiet", "leaves"),
    [
        ("2026-11-22 23:30", (22, 7), "2026-11-23 07:00"),
        ("2026-11-22 06:59", (22, 7), "2026-11-22 07:00"),
        ("2026-11-22 07:00", (22, 7), "2026-11-22 07:00"),
        ("2026-11-22 12:00", (22, 7), "2026-11-22 12:00"),
        ("2026-11-22 12:30", (12, 14), "2026-11-22 14:00"),
        ("2026-11-22 14:00", (12, 14), "2026-11-22 14:00"),
        ("2026-11-22 23:00", (0, 0), "2026-11-22 23:00"),
        ("2026-11-22 23:00", (None, None), "2026-11-22 23:00"),
        ("2026-03-29 01:30", (22, 2), "2026-03-29 03:00"),
    ],
)
def test_letters_wait_for_the_end_of_quiet_hours(
    moment: str, quiet: tuple[int | None, int | None], leaves: str
) -> None:
    found = rules.quiet_until(
        at(moment, BERLIN), zone=BERLIN, quiet_from=quiet[0], quiet_to=quiet[1]
    )
    assert found == at(leaves, BERLIN)


def test_a_zone_that_no_longer_exists_counts_as_utc() -> None:
    assert following(at("2026-11-22 00:00"), "Mars/Olympus") == at("2026-11-22 08:00")
    assert str(rules.zone_of("../etc/passwd")) == "UTC"


@pytest.mark.parametrize("what", sorted(rules.ENDINGS))
def test_a_link_that_ends_letters_says_for_whom_and_what(what: str) -> None:
    token = rules.make_token("key", "a-b_c", what)
    assert rules.read_token("key", token) == ("a-b_c", what)


@pytest.mark.parametrize(
    "token",
    ["", ".", "..", "a.all", "a.all.", "a.all.x", "a.всё.x", "a" * 9000],
)
def test_a_link_that_was_not_signed_here_ends_nothing(token: str) -> None:
    assert rules.read_token("key", token) is None


def test_a_signed_link_serves_nobody_else_and_nothing_else() -> None:
    token = rules.make_token("key", "abc", "message")
    mac = token.rpartition(".")[2]
    for forged in (f"abd.message.{mac}", f"abc.all.{mac}", token + "A", token[:-1]):
        assert rules.read_token("key", forged) is None
    assert rules.read_token("other key", token) is None
    assert rules.read_token("key", rules.make_token("key", "abc", "reset")) is None
