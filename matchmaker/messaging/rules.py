"""Order in the ledger of contacts, days of steps and reminders. Plain values only."""

from datetime import date, datetime, timedelta
from enum import StrEnum

from matchmaker.errors import DomainError

FARTHEST_PAST = timedelta(days=3653)  # ten years: beyond it is a slip of the finger
FARTHEST_DUE = timedelta(days=3653)  # the same, ahead
SLEEPING_AFTER = timedelta(days=30)  # without a word or a follow-up
#: A step that is over stays in the calendars that read it, as cancelled, this long.
CANCELLED_FOR = timedelta(days=30)
#: Days without a word after which a member is reminded, and of what.
NUDGES = {
    2: "nudge_talked",
    14: "nudge_next",
    90: "nudge_quiet",
    180: "nudge_result",
}
#: How late a reminder may come. Notices are kept longer, so none is told twice.
NUDGED_WITHIN = timedelta(days=30)


class Shelf(StrEnum):
    """Where a contact stands in the ledger, in the order of its pages."""

    ASKED = "asked"
    OVERDUE = "overdue"
    TODAY = "today"
    NEXT = "next"
    WAITING = "waiting"
    NEW = "new"
    TOUCH = "touch"
    SLEEPING = "sleeping"
    SAVED = "saved"


def check_past(happened_on: date, today: date) -> None:
    """Refuse a follow-up that has not happened yet, or in another decade.

    Raises
    ------
    DomainError
        ``date-future``, ``date-far``. A day's grace is left for time zones ahead.
    """
    if happened_on > today + timedelta(days=1):
        raise DomainError("date-future", status=422)
    if today - happened_on > FARTHEST_PAST:
        raise DomainError("date-far", status=422)


def moved(due: date | None, today: date, days: int) -> date:
    """Return the new day of a step that is put off: counted from today at least.

    An overdue step moved by a day is due tomorrow, not yesterday.
    """
    start = max(due, today) if due else today
    return min(start + timedelta(days=days), today + FARTHEST_DUE)


def nudge_stage(since: datetime, moment: datetime) -> int | None:
    """Return which reminder is due after a silence, if its time is now.

    Whoever was away gets the latest one, not all that were missed; one that is more
    than `NUDGED_WITHIN` late is not made up for.
    """
    silent = moment - since
    due = (
        stage
        for stage in NUDGES
        if timedelta(days=stage) <= silent < timedelta(days=stage) + NUDGED_WITHIN
    )
    return max(due, default=None)
