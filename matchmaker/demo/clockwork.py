"""Moments at which people are awake, on the demo's own calendar."""

from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

FIRST_HOUR = 8
LAST_HOUR = 20


def midnight(today: date) -> datetime:
    """Return the start of today; everything in the history lies before it."""
    return datetime.combine(today, time(), tzinfo=UTC)


def awake(moment: datetime, zone: str, *, rng: Random) -> datetime:
    """Return the moment, or the next morning hour if it falls into the night."""
    local = moment.astimezone(ZoneInfo(zone))
    if local.hour >= LAST_HOUR:
        local += timedelta(days=1)
    if not FIRST_HOUR <= local.hour < LAST_HOUR:
        local = local.replace(hour=FIRST_HOUR + rng.randrange(3))
    local = local.replace(minute=rng.randrange(60), second=rng.randrange(60))
    return max(local.astimezone(UTC), moment).replace(microsecond=0)


def on_day(day: date, zone: str, *, rng: Random) -> datetime:
    """Return a waking moment of a day."""
    hour = rng.randrange(FIRST_HOUR, LAST_HOUR)
    local = datetime.combine(
        day, time(hour, rng.randrange(60), rng.randrange(60)), tzinfo=ZoneInfo(zone)
    )
    return local.astimezone(UTC)


def local_moment(day: date, clock: str, zone: str) -> datetime:
    """Return the moment when a clock of a zone shows `HH:MM` on a day."""
    start = datetime.combine(day, time.fromisoformat(clock), tzinfo=ZoneInfo(zone))
    return start.astimezone(UTC)
