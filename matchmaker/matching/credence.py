"""Whose word about a pair counts when weights are learned: no closed ring's.

Twenty fresh accounts can accept each other and report agreements as often as they
like; what they cannot make by themselves is acceptance by people whom others know.
Trust therefore enters a group only by its ties to the rest, as in SybilRank (Cao et
al., NSDI 2012), here with one step: a newcomer counts once two established people said
yes to being introduced, until they have judged more newcomers than that.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from matchmaker.accounts.models import User
from matchmaker.clock import now
from matchmaker.engine.examples import Example
from matchmaker.events.models import Attendance
from matchmaker.profiles.models import Profile

#: An account of this age is established: it has outlived what is found and closed.
SETTLED = timedelta(days=30)
#: Established people who must have said yes before a newcomer's word counts.
VOUCHERS = 2


def list_established(session: Session) -> set[int]:
    """Return whom others know: seen at an event by its organiser, or here for long."""
    came = exists().where(Attendance.profile_id == Profile.id, Attendance.attended)
    return set(
        session.scalars(
            select(Profile.id)
            .outerjoin(User, User.id == Profile.user_id)
            .where(or_(came, User.created_at < now() - SETTLED))
        )
    )


def keep_credible(
    rows: Sequence[Example],
    accepted: Iterable[tuple[int, int]],
    established: set[int],
) -> list[Example]:
    """Return the statements of those whose word counts.

    Every statement is kept or left out as a whole: within a stage all weigh the same.
    In a community where nobody is established yet there is nothing to measure against,
    and all are kept.

    Parameters
    ----------
    accepted
        Pairs who both said yes, as profile ids.
    """
    if not established:
        return list(rows)
    vouchers: dict[int, set[int]] = defaultdict(set)
    for one, other in accepted:
        for person, partner in ((one, other), (other, one)):
            if partner in established:
                vouchers[person].add(partner)
    judged: dict[int, set[int]] = defaultdict(set)

    def counts(row: Example) -> bool:
        judge, other = int(row.gainer), int(row.other)
        if judge in established:
            return True
        if len(vouchers[judge]) < VOUCHERS:
            return False
        if other not in established:
            if len(vouchers[other]) < VOUCHERS:
                return False
            judged[judge].add(other)
        return len(judged[judge]) <= len(vouchers[judge])

    return [row for row in rows if counts(row)]
