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
from matchmaker.matching import clockwork, lists, promotion, states, versions
from matchmaker.matching.bridge import Matcher
from matchmaker.matching.models import ListState, MatchRun
from matchmaker.matching.reach import refresh_reach
from matchmaker.profiles import service as profiles

BATCH = 200  # lists written in one transaction: others wait a fraction of a second


def refresh(  # noqa: PLR0913  each by name
    sessions: Sessions,
    matcher: Matcher,
    policy: lists.Policy,
    *,
    progress: Callable[[int, int], None],
    comparing: Callable[[int, int], None] | None = None,
    cluster: str = "",
) -> int:
    """Compute every list anew; return how many. Pages keep working meanwhile.

    Parameters
    ----------
    progress, comparing
        Called with the lists written and to write, and before with the pairs compared.
    cluster
        Address of a Dask cluster, or ``local:N``; empty works in this process.
    """
    if matcher.has_old_terms():
        reindex(sessions)
    with sessions.write.begin() as session:
        run_id = lists.start_run(session, kind="full").id
    done = 0
    with sessions.read() as reader:
        policy = promotion.as_dialled(reader, policy)
        total = len(matcher.refit(reader).ids)
        forbidden = lists.list_forbidden(reader, policy)
        waiting = lists.count_waiting(reader)
        found = matcher.market(
            reader,
            policy.shape,
            forbidden=forbidden,
            waiting=waiting,
            cluster=cluster,
            progress=comparing,
        )
        while batch := list(islice(found, BATCH)):
            with sessions.write.begin() as session:
                run = session.get_one(MatchRun, run_id)
                lists.store_lists(session, run, batch, policy)
            done += len(batch)
            progress(done, total)
    with sessions.write.begin() as session:
        lists.finish_run(session, session.get_one(MatchRun, run_id), done)
        states.note_all_answers(session)
    return done


def is_refresh_due(sessions: Sessions, every: timedelta) -> bool:
    """Tell whether the last full run is too long ago, or of another model."""
    with sessions.read() as session:
        last = session.execute(
            select(MatchRun.finished_at, MatchRun.model_version_id)
            .where(MatchRun.kind == "full", MatchRun.finished_at.is_not(None))
            .order_by(MatchRun.id.desc())
            .limit(1)
        ).first()
        listed = session.scalar(select(func.count(ListState.profile_id)))
        live = versions.find_live(session)
        turned = promotion.dialled_since(session, last[0] if last else None)
    if not listed or live is None:
        return False
    if last is None or last[0] is None or last[1] != live.id or turned:
        return True
    return now() - last[0] >= every


def reindex(sessions: Sessions) -> None:
    """Rebuild the directory's index: a changed glossary gives texts other keys."""
    last: int | None = 0
    while last is not None:
        with sessions.write.begin() as session:
            last = profiles.reindex_next(session, after=last)


def expire(sessions: Sessions) -> int:
    """Do what time brings to requests: deliver, put before again, remind, close."""
    with sessions.read() as session:
        if not clockwork.is_due(session):
            return 0
    with sessions.write.begin() as session:
        return clockwork.move_due(session)


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
