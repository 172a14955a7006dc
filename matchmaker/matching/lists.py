"""Computing and storing lists of proposals. The caller owns the transaction."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, insert, or_, select, update
from sqlalchemy.orm import Session

from matchmaker.clock import now
from matchmaker.db import new_public_id
from matchmaker.matching import rules
from matchmaker.matching.bridge import MODEL_NAME, Matcher, Pair, model_weights
from matchmaker.matching.models import (
    Decision,
    DecisionKind,
    Introduction,
    IntroductionState,
    MatchRun,
    ModelVersion,
    Proposal,
)
from matchmaker.profiles.models import Profile

SEED = 20261121  # of runs; a list is the same for the same seed
REACH_LIMIT = 400  # lists brought up to date after one edit, the best first


@dataclass(frozen=True, slots=True)
class Policy:
    """How lists are made; see config.py."""

    shown: int
    kept: int
    exploration: float
    rematch_days: int


def live_version(session: Session) -> ModelVersion:
    """Return the model version that proposals are made with now."""
    weights = model_weights()
    digest = hashlib.sha256(json.dumps(weights, sort_keys=True).encode()).hexdigest()
    version = session.scalar(select(ModelVersion).where(ModelVersion.digest == digest))
    if version is None:
        session.execute(update(ModelVersion).values(live=False))
        count = session.scalar(select(func.count(ModelVersion.id))) or 0
        name = MODEL_NAME if not count else f"{MODEL_NAME}.{count}"
        version = ModelVersion(name=name, digest=digest, weights=weights, live=True)
        session.add(version)
        session.flush()
    return version


def store_lists(
    session: Session,
    run: MatchRun,
    found: Sequence[tuple[int, list[Pair]]],
    policy: Policy,
) -> None:
    """Replace the lists of some seekers by those of a full run."""
    seekers = [seeker_id for seeker_id, _pairs in found]
    session.execute(delete(Proposal).where(Proposal.seeker_id.in_(seekers)))
    for seeker_id, pairs in found:
        _store(session, run, seeker_id, pairs, policy)
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


def refresh_member(
    session: Session, matcher: Matcher, policy: Policy, profile_id: int
) -> None:
    """Compute one member's own list."""
    run = start_run(session, kind="member")
    _recompute(session, matcher, policy, run, profile_id)
    session.execute(
        update(Profile).where(Profile.id == profile_id).values(list_stale_since=None)
    )
    finish_run(session, run, 1)


def refresh_reach(
    session: Session, matcher: Matcher, policy: Policy, profile_id: int
) -> int:
    """Compute the lists that a changed member leaves, enters or moves in."""
    holding = set(
        session.scalars(
            select(Proposal.seeker_id).where(Proposal.candidate_id == profile_id)
        )
    )
    thresholds = {
        row[0]: (row[1], row[2])
        for row in session.execute(
            select(Proposal.seeker_id, func.min(Proposal.joint), func.count()).group_by(
                Proposal.seeker_id
            )
        )
    }
    scores = matcher.admirers(session, profile_id)
    entered = [
        other
        for other, joint in sorted(scores.items(), key=lambda pair: -pair[1])
        if other in thresholds
        and (joint > thresholds[other][0] or thresholds[other][1] < policy.kept)
    ][:REACH_LIMIT]
    seekers = sorted(holding | set(entered))
    run = start_run(session, kind="member")
    for seeker_id in seekers:
        _recompute(session, matcher, policy, run, seeker_id)
    session.execute(
        update(Profile).where(Profile.id == profile_id).values(reach_stale_since=None)
    )
    finish_run(session, run, len(seekers))
    return len(seekers)


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
    introduced = select(Introduction.seeker_id, Introduction.candidate_id).where(
        or_(
            Introduction.state.in_(
                (IntroductionState.PENDING, IntroductionState.ACCEPTED)
            ),
            Introduction.asked_at > recent,
        )
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
        refused = refused.where(Decision.seeker_id == profile_id)
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
    return forbidden


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


def _recompute(
    session: Session, matcher: Matcher, policy: Policy, run: MatchRun, profile_id: int
) -> None:
    forbidden = list_forbidden(session, policy, profile_id)
    pairs = matcher.top(
        session, profile_id, k=policy.kept, forbidden=forbidden.get(profile_id, set())
    )
    session.execute(delete(Proposal).where(Proposal.seeker_id == profile_id))
    _store(session, run, profile_id, pairs, policy)


def _store(
    session: Session,
    run: MatchRun,
    seeker_id: int,
    pairs: Sequence[Pair],
    policy: Policy,
) -> None:
    placed = rules.place(
        len(pairs),
        shown=policy.shown,
        share=policy.exploration,
        seed=f"{run.seed}:{seeker_id}:{now().date()}",
    )
    rows: list[dict[str, Any]] = []
    for at in placed:
        pair = pairs[at.rank - 1]
        rows.append(
            {
                "public_id": new_public_id(),
                "run_id": run.id,
                "seeker_id": seeker_id,
                "candidate_id": pair.candidate_id,
                "position": at.position,
                "rank": at.rank,
                "propensity": at.propensity,
                "fit_for_me": pair.fit_for_me,
                "fit_for_them": pair.fit_for_them,
                "joint": pair.joint,
                "band": pair.band,
                "reasons": {},
                "computed_at": now(),
            }
        )
    if rows:
        session.execute(insert(Proposal), rows)


def start_run(session: Session, *, kind: str) -> MatchRun:
    """Open a run of the live model version."""
    run = MatchRun(
        model_version_id=live_version(session).id, kind=kind, seed=SEED, members=0
    )
    session.add(run)
    session.flush()
    return run


def finish_run(session: Session, run: MatchRun, members: int) -> None:
    """Note that a run is over, and how many lists it made."""
    run.members = members
    run.finished_at = now()
    session.flush()
