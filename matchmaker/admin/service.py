"""Use cases of admins. Flush, never commit; the caller owns the transaction."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import distinct, func, select
from sqlalchemy.orm import Session

from matchmaker import mail
from matchmaker.admin.models import AuditEntry
from matchmaker.events.models import Attendance
from matchmaker.matching.models import (
    Impression,
    Introduction,
    IntroductionState,
    MatchRun,
    ModelVersion,
    Outcome,
    Proposal,
)
from matchmaker.messaging.models import FollowUp
from matchmaker.profiles.models import Profile, ProfileStatus

_ANSWERED = (IntroductionState.ACCEPTED, IntroductionState.DECLINED)
GOOD_OUTCOMES = ("cooperation_possible", "valuable_contact", "negotiation", "agreement")


@dataclass(frozen=True, slots=True)
class Funnel:
    """Counts along the chain; people for the first two, introductions after."""

    members: int
    proposed: int
    shown: int
    asked: int
    answered: int
    accepted: int
    followed_up: int
    good: int


@dataclass(frozen=True, slots=True)
class Overview:
    """What an admin sees first."""

    statuses: dict[ProfileStatus, int]
    without_proposals: int
    funnel: Funnel
    runs: list[MatchRun]
    model: ModelVersion | None
    letters_waiting: int


def note_access(
    session: Session,
    user_id: int,
    action: str,
    **subject: Any,  # noqa: ANN401
) -> None:
    """Write a privileged read or change into the audit log."""
    session.add(AuditEntry(user_id=user_id, action=action, subject=subject))


def overview(session: Session) -> Overview:
    """Return the state of the community and of matching."""
    statuses = {
        row[0]: row[1]
        for row in session.execute(
            select(Profile.status, func.count()).group_by(Profile.status)
        )
    }
    active = statuses.get(ProfileStatus.ACTIVE, 0)
    proposed = _count(session, select(func.count(distinct(Proposal.seeker_id))))
    return Overview(
        statuses=statuses,
        without_proposals=max(active - proposed, 0),
        funnel=funnel(session),
        runs=list(
            session.scalars(
                select(MatchRun)
                .where(MatchRun.kind == "full")
                .order_by(MatchRun.id.desc())
                .limit(5)
            )
        ),
        model=session.scalar(select(ModelVersion).where(ModelVersion.live)),
        letters_waiting=mail.count_waiting(session),
    )


def funnel(session: Session, *, event_id: int | None = None) -> Funnel:
    """Return the counts along the chain, of one event's people or of all."""
    people = select(Profile.id).where(Profile.status == ProfileStatus.ACTIVE)
    if event_id is not None:
        people = people.join(Attendance, Attendance.profile_id == Profile.id).where(
            Attendance.event_id == event_id
        )
    group = people.scalar_subquery()
    introductions = select(func.count(distinct(Introduction.id))).where(
        Introduction.seeker_id.in_(group)
    )
    accepted = introductions.where(Introduction.state == IntroductionState.ACCEPTED)
    return Funnel(
        members=_count(session, select(func.count()).select_from(people.subquery())),
        proposed=_count(
            session,
            select(func.count(distinct(Proposal.seeker_id))).where(
                Proposal.seeker_id.in_(group)
            ),
        ),
        shown=_count(
            session,
            select(func.count(distinct(Impression.seeker_id))).where(
                Impression.seeker_id.in_(group)
            ),
        ),
        asked=_count(session, introductions),
        answered=_count(
            session, introductions.where(Introduction.state.in_(_ANSWERED))
        ),
        accepted=_count(session, accepted),
        followed_up=_count(
            session,
            accepted.join(
                FollowUp,
                (FollowUp.introduction_id == Introduction.id)
                & FollowUp.planned.is_(False),
            ),
        ),
        good=_count(
            session,
            accepted.join(Outcome, Outcome.introduction_id == Introduction.id).where(
                Outcome.value.in_(GOOD_OUTCOMES)
            ),
        ),
    )


def _count(session: Session, statement: Any) -> int:  # noqa: ANN401  any SELECT
    return int(session.scalar(statement) or 0)
