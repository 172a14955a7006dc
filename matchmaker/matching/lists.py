"""Computing and storing lists of proposals. The caller owns the transaction."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, insert, or_, select, update
from sqlalchemy.orm import Session

from matchmaker.clock import now
from matchmaker.db import new_public_id
from matchmaker.events import groups
from matchmaker.matching import rules, versions, wishes
from matchmaker.matching.bridge import (
    MarketShape,
    Matcher,
    Pair,
    SeekerList,
    Standing,
)
from matchmaker.matching.models import (
    OPEN_STATES,
    Decision,
    DecisionKind,
    Introduction,
    IntroductionState,
    ListState,
    MatchRun,
    Proposal,
)
from matchmaker.profiles.models import Profile
from matchmaker.trust import blocks

WIDER = 3  # so many times a list is looked through where wishes move its order
SEED = 20261121  # of runs; a list is the same for the same seed


@dataclass(frozen=True, slots=True)
class Policy:
    """How lists are made; see config.py."""

    shape: MarketShape
    exploration: float
    rematch_days: int


def store_lists(
    session: Session, run: MatchRun, found: Sequence[SeekerList], policy: Policy
) -> None:
    """Replace the lists of some seekers by those of a full run."""
    seekers = [one.seeker_id for one in found]
    session.execute(delete(Proposal).where(Proposal.seeker_id.in_(seekers)))
    for one in found:
        _store(session, run, one, policy)
    session.execute(
        update(Profile)
        .where(
            Profile.id.in_(seekers),
            or_(
                Profile.list_stale_since <= run.started_at,
                Profile.reach_stale_since <= run.started_at,
            ),
        )
        .values(list_stale_since=None, reach_stale_since=None)
    )
    wishes.mark_lists(session, seekers)


def refresh_member(
    session: Session, matcher: Matcher, policy: Policy, profile_id: int
) -> None:
    """Compute one member's own list, the others' being as they are."""
    run = start_run(session, kind="member")
    recompute(session, matcher, policy, run, profile_id)
    session.execute(
        update(Profile).where(Profile.id == profile_id).values(list_stale_since=None)
    )
    finish_run(session, run, 1)


def recompute(
    session: Session, matcher: Matcher, policy: Policy, run: MatchRun, profile_id: int
) -> None:
    """Replace the list of one member within a run."""
    forbidden = list_forbidden(session, policy, profile_id)
    market = list_standings(session)
    wished = wishes.load(session, profile_id)
    moved = profile_id in wished.wants
    found = matcher.own_list(
        session,
        profile_id,
        k=policy.shape.kept * (WIDER if moved else 1),
        forbidden=forbidden.get(profile_id, set()) | _unwelcome(wished, profile_id),
        market=market,
    )
    session.execute(delete(Proposal).where(Proposal.seeker_id == profile_id))
    if found is None:
        return
    if moved:
        found = _as_wished(found, wished, market, policy.shape.kept)
    if profile_id in market:
        # Others' lists were made with it; it changes with them, in refresh_reach.
        found = replace(found, hubness=market[profile_id].hubness)
    _store(session, run, found, policy)


def _unwelcome(wished: wishes.Wishes, profile_id: int) -> set[int]:
    """Return with whom the musts of either side do not let a member be."""
    return {one for one in wished.traits if not wished.agree(profile_id, one)}


def _as_wished(
    found: SeekerList,
    wished: wishes.Wishes,
    market: Mapping[int, Standing],
    kept: int,
) -> SeekerList:
    """Return a list in the order of worth as its owner's wishes move it."""
    owner = found.seeker_id
    worth = {
        pair.candidate_id: worth_of(pair, market)
        * wished.factor(owner, pair.candidate_id)
        for pair in found.pairs
    }
    pairs = sorted(found.pairs, key=lambda pair: -worth[pair.candidate_id])
    return replace(found, pairs=pairs[:kept])


def worth_of(pair: Pair, standings: Mapping[int, Standing]) -> float:
    """Return what ``engine.lists.worth`` is for one pair."""
    known = standings.get(pair.candidate_id)
    waiting = known.requests if known else 0.0
    return pair.fit_for_me * pair.fit_for_them / (1 + waiting / 2)


def list_standings(session: Session) -> dict[int, Standing]:
    """Return where each member stands in the market, as far as it is known."""
    rows = session.execute(
        select(ListState.profile_id, ListState.hubness, ListState.requests)
    )
    return {row[0]: Standing(row[1], row[2]) for row in rows}


def next_stale(session: Session) -> tuple[int, bool, bool] | None:
    """Return the member waiting longest: id, own list stale, reach stale."""
    row = session.execute(
        select(Profile.id, Profile.list_stale_since, Profile.reach_stale_since)
        .where(
            or_(
                Profile.list_stale_since.is_not(None),
                Profile.reach_stale_since.is_not(None),
            )
        )
        .order_by(func.coalesce(Profile.list_stale_since, Profile.reach_stale_since))
        .limit(1)
    ).first()
    return None if row is None else (row[0], row[1] is not None, row[2] is not None)


def find_proposal(
    session: Session, seeker_id: int, candidate_id: int
) -> Proposal | None:
    """Return the proposal of one candidate to one seeker, if there is one."""
    return session.scalar(
        select(Proposal).where(
            Proposal.seeker_id == seeker_id, Proposal.candidate_id == candidate_id
        )
    )


def list_forbidden(
    session: Session, policy: Policy, profile_id: int | None = None
) -> dict[int, set[int]]:
    """Return who may not be proposed to whom, both ways where both are meant."""
    forbidden: dict[int, set[int]] = defaultdict(set)
    recent = now() - timedelta(days=policy.rematch_days)
    ended = func.coalesce(Introduction.answered_at, Introduction.expires_at)
    introduced = select(Introduction.seeker_id, Introduction.candidate_id).where(
        or_(Introduction.state.in_(OPEN_STATES), ended > recent)
    )
    refused = select(Decision.seeker_id, Decision.candidate_id).where(
        Decision.kind == DecisionKind.NOT_FOR_ME
    )
    colleagues = select(Profile.organisation_id, Profile.id).where(
        Profile.organisation_id.is_not(None)
    )
    if profile_id is not None:
        introduced = introduced.where(
            or_(
                Introduction.seeker_id == profile_id,
                Introduction.candidate_id == profile_id,
            )
        )
        refused = refused.where(
            or_(Decision.seeker_id == profile_id, Decision.candidate_id == profile_id)
        )
        own = select(Profile.organisation_id).where(Profile.id == profile_id)
        colleagues = colleagues.where(Profile.organisation_id == own.scalar_subquery())
    for one, other in session.execute(introduced):
        forbidden[one].add(other)
        forbidden[other].add(one)
    for seeker_id, candidate_id in session.execute(refused):
        forbidden[seeker_id].add(candidate_id)
    by_organisation: dict[int, set[int]] = defaultdict(set)
    for organisation_id, member_id in session.execute(colleagues):
        by_organisation[organisation_id or 0].add(member_id)
    for members in by_organisation.values():
        for member_id in members:
            forbidden[member_id] |= members - {member_id}
    for one, apart in groups.list_apart(session).items():
        forbidden[one] |= apart
    for one, unseen in blocks.list_pairs(session, profile_id).items():
        forbidden[one] |= unseen
    return forbidden


def count_waiting(session: Session) -> dict[int, int]:
    """Return how many unanswered requests each member has."""
    rows = session.execute(
        select(Introduction.candidate_id, func.count())
        .where(
            Introduction.state.in_(
                (IntroductionState.PENDING, IntroductionState.QUEUED)
            )
        )
        .group_by(Introduction.candidate_id)
    )
    return {row[0]: row[1] for row in rows}


def fill_reasons(
    session: Session, matcher: Matcher, proposals: Sequence[Proposal]
) -> None:
    """Give reasons to proposals that have none yet: those about to be shown."""
    bare = [proposal for proposal in proposals if not proposal.reasons]
    if not bare:
        return
    told = matcher.explain(
        session, bare[0].seeker_id, [proposal.candidate_id for proposal in bare]
    )
    for proposal in bare:
        proposal.reasons = told.get(proposal.candidate_id, {})
    session.flush()


def _store(session: Session, run: MatchRun, found: SeekerList, policy: Policy) -> None:
    ranked = [Ranked(pair, new_public_id(), run.id, {}) for pair in found.pairs]
    rows = list(place_rows(found.seeker_id, ranked, run.seed, policy))
    if rows:
        session.execute(insert(Proposal), rows)
    state = {
        "profile_id": found.seeker_id,
        "floor": floor_of(found.pairs, policy),
        "hubness": found.hubness,
        "requests": found.requests,
    }
    session.execute(delete(ListState).where(ListState.profile_id == found.seeker_id))
    session.execute(insert(ListState), state)


@dataclass(frozen=True, slots=True)
class Ranked:
    """An entry of a list before it is placed: the pair and what is kept of its row."""

    pair: Pair
    public_id: str
    run_id: int
    reasons: dict[str, Any]


def floor_of(pairs: Sequence[Pair], policy: Policy) -> float | None:
    """Return what a newcomer must beat to enter a list; None while it has room."""
    if len(pairs) < policy.shape.kept:
        return None
    return min(pair.standing for pair in pairs)


def place_rows(
    seeker_id: int, ranked: Sequence[Ranked], seed: int, policy: Policy
) -> Iterator[dict[str, Any]]:
    """Yield the rows of a list, some of its shown places drawn; the same all day."""
    placed = rules.place(
        len(ranked),
        shown=policy.shape.shown,
        share=policy.exploration,
        seed=f"{seed}:{seeker_id}:{now().date()}",
    )
    for at in placed:
        one = ranked[at.rank - 1]
        yield {
            "public_id": one.public_id,
            "run_id": one.run_id,
            "seeker_id": seeker_id,
            "candidate_id": one.pair.candidate_id,
            "position": at.position,
            "rank": at.rank,
            "propensity": at.propensity,
            "fit_for_me": one.pair.fit_for_me,
            "fit_for_them": one.pair.fit_for_them,
            "joint": one.pair.joint,
            "standing": one.pair.standing,
            "band": one.pair.band,
            "reasons": one.reasons,
            "computed_at": now(),
        }


def start_run(session: Session, *, kind: str) -> MatchRun:
    """Open a run of the live model version."""
    run = MatchRun(
        model_version_id=versions.live_version(session).id,
        kind=kind,
        seed=SEED,
        members=0,
    )
    session.add(run)
    session.flush()
    return run


def finish_run(session: Session, run: MatchRun, members: int) -> None:
    """Note that a run is over, and how many lists it made."""
    run.members = members
    run.finished_at = now()
    session.flush()
