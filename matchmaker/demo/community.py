"""Puts the demo community together: one call, the same result every time."""

from datetime import date, timedelta
from random import Random

from matchmaker.demo.decisions import build_decisions
from matchmaker.demo.history import Historian
from matchmaker.demo.identity import Register
from matchmaker.demo.model import DemoCommunity, DemoEvent
from matchmaker.demo.occasions import (
    build_events,
    seat_attendance,
    special_attendance,
)
from matchmaker.demo.people import (
    Member,
    call_roll,
    seated_members,
    special_members,
)
from matchmaker.demo.seats import deal

# Any number would do; changing it makes other people, so it stays.
SEED = 20261121
# The three with logins were there two weeks before the webinar.
SPECIAL_LEAD_DAYS = 14


def build_community(*, today: date) -> DemoCommunity:
    """Return the demo community as it stands in the first minute of `today`.

    Two calls with the same day give equal values. On another day the people are
    the same, and the history may differ in details: who sleeps at what hour
    depends on the calendar.
    """
    rng = Random(SEED)
    events, members = call_members(today, rng=rng)
    introductions = Historian(today, rng).introductions(members)
    decisions = build_decisions(members, introductions, today=today, rng=rng)
    return DemoCommunity(
        events=events,
        people=tuple(member.person for member in members),
        introductions=introductions,
        decisions=decisions,
    )


def call_members(
    today: date, *, rng: Random
) -> tuple[tuple[DemoEvent, ...], list[Member]]:
    """Return the events and everybody who is there, with the tags of their items."""
    events = build_events(today)
    seats = deal(rng)
    register = Register()
    attendance = seat_attendance(seats, events, rng=rng)
    roll = call_roll(seats, register, attendance=attendance, rng=rng)
    joined = events[0].starts_at - timedelta(days=SPECIAL_LEAD_DAYS)
    members = special_members(special_attendance(events), joined)
    members += seated_members(roll, register, events=events, rng=rng)
    return events, members
