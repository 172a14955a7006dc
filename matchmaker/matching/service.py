"""Use cases of matching. Flush, never commit; the caller owns the transaction."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session, contains_eager, joinedload, with_expression

from matchmaker.clock import now
from matchmaker.matching import rules
from matchmaker.matching.models import (
    OPEN_STATES,
    Decision,
    DecisionKind,
    DecisionReason,
    Impression,
    Introduction,
    Proposal,
)
from matchmaker.profiles.models import Profile, ProfileStatus
from matchmaker.trust import blocks

#: A proposal put off comes back after this time, if it still stands in the list.
SKIPPED_FOR = timedelta(days=14)


def list_proposals(
    session: Session, seeker_id: int, *, limit: int, offset: int = 0
) -> list[Proposal]:
    """Return the seeker's open proposals in their order, candidates loaded."""
    decided = exists().where(
        Decision.seeker_id == seeker_id,
        Decision.candidate_id == Proposal.candidate_id,
        Decision.kind != DecisionKind.INTERESTED,
        or_(
            Decision.kind != DecisionKind.SKIPPED,
            Decision.decided_at > now() - SKIPPED_FOR,
        ),
    )
    interesting = exists().where(
        Decision.seeker_id == seeker_id,
        Decision.candidate_id == Proposal.candidate_id,
        Decision.kind == DecisionKind.INTERESTED,
    )
    introduced = exists().where(
        Introduction.state.in_(OPEN_STATES),
        or_(
            and_(
                Introduction.seeker_id == seeker_id,
                Introduction.candidate_id == Proposal.candidate_id,
            ),
            and_(
                Introduction.candidate_id == seeker_id,
                Introduction.seeker_id == Proposal.candidate_id,
            ),
        ),
    )
    return list(
        session.scalars(
            select(Proposal)
            .join(Proposal.candidate)
            .outerjoin(Profile.organisation)
            .where(
                Proposal.seeker_id == seeker_id,
                Profile.status == ProfileStatus.ACTIVE,
                ~decided,
                ~introduced,
                Proposal.candidate_id.not_in(blocks.hidden_from(seeker_id)),
            )
            .order_by(Proposal.position)
            .limit(limit)
            .offset(offset)
            .options(
                contains_eager(Proposal.candidate).contains_eager(Profile.organisation),
                with_expression(Proposal.interesting, interesting),
            )
        )
    )


def list_tokens() -> dict[str, Callable[[Any], Any]]:
    """Return what a member's page of proposals depends on, as scalar subqueries.

    As long as all of them are the same, the page is the same: the latest change of
    any profile, the member's own list, what the member said, whom they are
    introduced to. Each takes the expression of the member's profile id.
    """

    def community(_profile_id: Any) -> Any:  # noqa: ANN401  SQL expressions
        return select(func.max(Profile.changed_at)).scalar_subquery()

    def own_list(profile_id: Any) -> Any:  # noqa: ANN401
        return (
            select(func.max(Proposal.id))
            .where(Proposal.seeker_id == profile_id)
            .scalar_subquery()
        )

    def said(profile_id: Any) -> Any:  # noqa: ANN401
        return (
            select(func.count() * 10**9 + func.coalesce(func.max(Decision.id), 0))
            .where(Decision.seeker_id == profile_id)
            .scalar_subquery()
        )

    def introduced(profile_id: Any) -> Any:  # noqa: ANN401
        return (
            select(
                func.count() * 10**9 + func.coalesce(func.sum(Introduction.version), 0)
            )
            .where(
                or_(
                    Introduction.seeker_id == profile_id,
                    Introduction.candidate_id == profile_id,
                )
            )
            .scalar_subquery()
        )

    def said_at(profile_id: Any) -> Any:  # noqa: ANN401
        return (
            select(func.max(Decision.decided_at))
            .where(Decision.seeker_id == profile_id)
            .scalar_subquery()
        )

    return {
        "token_said_at": said_at,
        "token_community": community,
        "token_list": own_list,
        "token_said": said,
        "token_introduced": introduced,
    }


def log_impressions(session: Session, proposals: Sequence[Proposal]) -> None:
    """Note what a seeker was shown; the same list seen again today counts once."""
    if not proposals:
        return
    moment = now()
    rows = [
        {
            "run_id": proposal.run_id,
            "seeker_id": proposal.seeker_id,
            "candidate_id": proposal.candidate_id,
            "position": proposal.position,
            "propensity": proposal.propensity,
            "joint": proposal.joint,
            "kinds": rules.reason_kinds(proposal.reasons),
            "shown_on": moment.date(),
            "shown_at": moment,
        }
        for proposal in proposals
    ]
    dialect = session.get_bind().dialect.name
    upsert = sqlite_insert if dialect == "sqlite" else postgresql_insert
    session.execute(upsert(Impression).on_conflict_do_nothing(), rows)


def decide(
    session: Session,
    seeker_id: int,
    candidate_id: int,
    *,
    kind: DecisionKind,
    reason: DecisionReason | None = None,
) -> Decision:
    """Record what the seeker says to a candidate; a second word replaces the first."""
    decision = session.scalar(
        select(Decision)
        .where(Decision.seeker_id == seeker_id, Decision.candidate_id == candidate_id)
        .with_for_update()
    )
    if decision is None:
        decision = Decision(seeker_id=seeker_id, candidate_id=candidate_id)
        session.add(decision)
    decision.kind = kind
    decision.reason = reason
    decision.decided_at = now()
    session.flush()
    return decision


def undo_decision(session: Session, seeker_id: int, candidate_public_id: str) -> None:
    """Take back what the seeker said to a candidate."""
    decision = session.scalar(
        select(Decision)
        .join(Decision.candidate)
        .where(
            Decision.seeker_id == seeker_id, Profile.public_id == candidate_public_id
        )
    )
    if decision is not None:
        session.delete(decision)
        session.flush()


def list_saved(session: Session, seeker_id: int) -> list[Profile]:
    """Return whom a seeker saved or finds interesting, newest first."""
    return list(
        session.scalars(
            select(Profile)
            .join(Decision, Decision.candidate_id == Profile.id)
            .where(
                Decision.seeker_id == seeker_id,
                Decision.kind.in_((DecisionKind.SAVED, DecisionKind.INTERESTED)),
                Profile.status == ProfileStatus.ACTIVE,
                Profile.id.not_in(blocks.hidden_from(seeker_id)),
            )
            .order_by(Decision.decided_at.desc())
            .options(joinedload(Profile.organisation))
        )
    )
