"""How one changed member moves through the lists of the others, exactly.

Every list has a floor: the standing that a newcomer must beat. So one product tells
all lists that a member enters or leaves, and nobody else's is computed again, unless
somebody leaves a full list: who takes the empty place must be looked for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from matchmaker.db import new_public_id
from matchmaker.matching import lists, wishes
from matchmaker.matching.bridge import Matcher, Pair, Standing
from matchmaker.matching.models import ListState, MatchRun, Proposal
from matchmaker.profiles.models import Profile

_PART = 200  # seekers whose lists are read in one statement


@dataclass(frozen=True, slots=True)
class _Newcomer:
    """A changed member on the way into the lists of others."""

    profile_id: int
    pairs: Mapping[int, Pair]
    unwanted_by: set[int]
    standings: Mapping[int, Standing]


def refresh_reach(
    session: Session, matcher: Matcher, policy: lists.Policy, profile_id: int
) -> int:
    """Bring up to date the lists that a changed member leaves, enters or moves in.

    Returns
    -------
    int
        How many lists changed.
    """
    pairs, hubness = matcher.seen_by_others(session, profile_id)
    session.execute(
        update(ListState)
        .where(ListState.profile_id == profile_id)
        .values(hubness=hubness)
    )
    forbidden = lists.list_forbidden(session, policy, profile_id)
    unwanted_by = {one for one, banned in forbidden.items() if profile_id in banned}
    wished = wishes.load(session, profile_id)
    unwanted_by |= {one for one in pairs if not wished.agree(one, profile_id)}
    newcomer = _Newcomer(profile_id, pairs, unwanted_by, lists.list_standings(session))
    run = lists.start_run(session, kind="member")
    touched = _touched(session, newcomer)
    # Whose wishes move the order gets a list of their own when they look next.
    wishes.mark_lists(session, touched)
    seekers = [one for one in touched if one not in wished.wants]
    for start in range(0, len(seekers), _PART):
        part = seekers[start : start + _PART]
        for seeker_id, held in _held(session, part).items():
            _move(session, matcher, policy, run, (seeker_id, held, newcomer))
    session.execute(
        update(Profile).where(Profile.id == profile_id).values(reach_stale_since=None)
    )
    lists.finish_run(session, run, len(seekers))
    return len(seekers)


def _touched(session: Session, newcomer: _Newcomer) -> list[int]:
    """Return whose lists hold the member, or must."""
    holding = session.scalars(
        select(Proposal.seeker_id).where(Proposal.candidate_id == newcomer.profile_id)
    )
    touched = set(holding)
    floors = session.execute(select(ListState.profile_id, ListState.floor))
    for seeker_id, floor in floors:
        pair = newcomer.pairs.get(seeker_id)
        if pair is None or seeker_id in newcomer.unwanted_by:
            continue
        if floor is None or pair.standing >= floor:
            touched.add(seeker_id)
    return sorted(touched)


def _held(session: Session, seekers: Sequence[int]) -> dict[int, list[Proposal]]:
    """Return the lists of some seekers, by rank."""
    rows = session.scalars(
        select(Proposal)
        .where(Proposal.seeker_id.in_(seekers))
        .order_by(Proposal.seeker_id, Proposal.rank)
    )
    held: dict[int, list[Proposal]] = {seeker_id: [] for seeker_id in seekers}
    for row in rows:
        held[row.seeker_id].append(row)
    return held


def _move(
    session: Session,
    matcher: Matcher,
    policy: lists.Policy,
    run: MatchRun,
    change: tuple[int, list[Proposal], _Newcomer],
) -> None:
    """Bring one list up to date with the newcomer."""
    seeker_id, held, newcomer = change
    pair = newcomer.pairs.get(seeker_id)
    welcome = pair is not None and seeker_id not in newcomer.unwanted_by
    others = [row for row in held if row.candidate_id != newcomer.profile_id]
    was_full = len(held) >= policy.shape.kept
    stayed = len(others) < len(held)
    if was_full and stayed:
        floor = min((row.standing for row in others), default=0.0)
        if pair is None or not welcome or pair.standing <= floor:
            lists.recompute(session, matcher, policy, run, seeker_id)
            return
    ranked = [_kept(row) for row in others]
    if pair is not None and welcome:
        at = _rank_of(pair, ranked, newcomer.standings)
        ranked.insert(at, lists.Ranked(pair, new_public_id(), run.id, {}))
    if len(ranked) > policy.shape.kept:
        # Of equals the one with the higher id goes, as everywhere in the engine.
        least = min(one.pair.standing for one in ranked)
        equals = [one for one in ranked if one.pair.standing == least]
        ranked.remove(max(equals, key=lambda one: str(one.pair.candidate_id)))
    _rewrite(session, policy, seeker_id, ranked)


def _kept(row: Proposal) -> lists.Ranked:
    fits = row.fit_for_me, row.fit_for_them, row.joint, row.band.value, row.standing
    pair = Pair(row.candidate_id, *fits)
    return lists.Ranked(pair, row.public_id, row.run_id, row.reasons)


def _rank_of(
    pair: Pair, ranked: Sequence[lists.Ranked], standings: Mapping[int, Standing]
) -> int:
    """Return how many of a list stand before a newcomer: all that are worth more."""
    worth = lists.worth_of(pair, standings)
    for at, one in enumerate(ranked):
        if lists.worth_of(one.pair, standings) < worth:
            return at
    return len(ranked)


def _rewrite(
    session: Session, policy: lists.Policy, seeker_id: int, ranked: list[lists.Ranked]
) -> None:
    """Store a list with its places drawn as before for this day."""
    rows: list[dict[str, Any]] = list(
        lists.place_rows(seeker_id, ranked, lists.SEED, policy)
    )
    session.execute(delete(Proposal).where(Proposal.seeker_id == seeker_id))
    if rows:
        session.execute(insert(Proposal), rows)
    session.execute(
        update(ListState)
        .where(ListState.profile_id == seeker_id)
        .values(floor=lists.floor_of([one.pair for one in ranked], policy))
    )
