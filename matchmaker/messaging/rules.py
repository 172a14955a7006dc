"""Order in the ledger of contacts. Plain values only."""

from datetime import date, timedelta
from enum import StrEnum

from matchmaker.errors import DomainError

FARTHEST_PAST = timedelta(days=3653)  # ten years: beyond it is a slip of the finger
SLEEPING_AFTER = timedelta(days=30)  # without a word or a follow-up


class Shelf(StrEnum):
    """Where a contact stands in the ledger."""

    OVERDUE = "overdue"
    TODAY = "today"
    NEXT = "next"
    TOUCH = "touch"
    NEW = "new"
    SLEEPING = "sleeping"


def shelf(
    *, due: date | None, last_contact: date, followed_up: bool, today: date
) -> Shelf:
    """Return where a contact belongs: what is due decides, then how long ago."""
    if due is not None:
        if due < today:
            return Shelf.OVERDUE
        return Shelf.TODAY if due == today else Shelf.NEXT
    if today - last_contact > SLEEPING_AFTER:
        return Shelf.SLEEPING
    return Shelf.TOUCH if followed_up else Shelf.NEW


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
