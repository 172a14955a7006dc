"""Work of matching that needs no request. Each step is its own transaction.

What is to be done stands in the database (the stale marks, the expiry dates), so
a job that dies loses nothing and one that runs twice changes nothing.
"""

from collections.abc import Callable
from datetime import timedelta
from itertools import islice

from sqlalchemy import func, select

from matchmaker.clock import now
from matchmaker.db import Sessions
from matchmaker.matching import introductions, lists
from matchmaker.matching.bridge import Matcher
from matchmaker.matching.models import ListState, MatchRun
from matchmaker.matching.reach import refresh_reach

BATCH = 200  # lists written in one transaction: others wait a fraction of a second


def refresh(
    sessions: Sessions,
    matcher: Matcher,
    policy: lists.Policy,
    *,
    progress: Callable[[int, int], None],
) -> int:
    """Compute every list anew; return how many. Pages keep working meanwhile."""
    with sessions.write.begin() as session:
        run_id = lists.start_run(session, kind="full").id
    done = 0
    with sessions.read() as reader:
        total = len(matcher.refit(reader).ids)
        forbidden = lists.list_forbidden(reader, policy)
        waiting = lists.count_waiting(reader)
        found = matcher.market(
            reader, policy.shape, forbidden=forbidden, waiting=waiting
        )
        while batch := list(islice(found, BATCH)):
            with sessions.write.begin() as session:
                run = session.get_one(MatchRun, run_id)
                lists.store_lists(session, run, batch, policy)
            done += len(batch)
            progress(done, total)
    with sessions.write.begin() as session:
        lists.finish_run(session, session.get_one(MatchRun, run_id), done)
    return done


def is_refresh_due(sessions: Sessions, every: timedelta) -> bool:
    """Tell whether the last full run is too long ago, or died before its end."""
    with sessions.read() as session:
        last = session.scalar(
            select(func.max(MatchRun.finished_at)).where(MatchRun.kind == "full")
        )
        listed = session.scalar(select(func.count(ListState.profile_id)))
    return bool(listed) and (last is None or now() - last >= every)


def expire(sessions: Sessions) -> int:
    """Close requests whose time is over."""
    with sessions.read() as session:
        if not introductions.count_due(session):
            return 0
    with sessions.write.begin() as session:
        return introductions.expire_due(session)


def refresh_stale(sessions: Sessions, matcher: Matcher, policy: lists.Policy) -> bool:
    """Bring the lists of one changed member up to date; False if none waits."""
    with sessions.read() as session:
        stale = lists.next_stale(session)
    if stale is None:
        return False
    profile_id, own, reach = stale
    with sessions.write.begin() as session:
        if own:
            lists.refresh_member(session, matcher, policy, profile_id)
        if reach:
            refresh_reach(session, matcher, policy, profile_id)
    return True
