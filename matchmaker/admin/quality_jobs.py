"""Keeps the counts of the quality page exact, a day a transaction."""

from collections.abc import Callable

from sqlalchemy import func, select

from matchmaker.clock import now
from matchmaker.db import Sessions
from matchmaker.matching import quality
from matchmaker.messaging.models import FollowUp

#: Introductions with the day of their first follow-up that took place.
FOLLOWED = (
    select(FollowUp.introduction_id, func.min(FollowUp.happened_on))
    .where(FollowUp.planned.is_(False))
    .group_by(FollowUp.introduction_id)
)


def update(
    sessions: Sessions,
    *,
    afresh: bool = False,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> int:
    """Count anew what changed since the last time; return how many days that were.

    Killed on the way, it has counted some days, and finds the others the next time.
    """
    with sessions.read() as session:
        made = quality.plan(session, FOLLOWED, today=now().date(), afresh=afresh)
    for done, day in enumerate(made.days, 1):
        with sessions.write.begin() as session:
            quality.store_day(session, made, day)
        progress(done, len(made.days))
    for week in made.weeks:
        with sessions.write.begin() as session:
            quality.store_week(session, made.facts, week)
    with sessions.write.begin() as session:
        quality.store_answers(session, made.facts)
    return len(made.days)
