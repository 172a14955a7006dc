"""Use cases of admins. Flush, never commit; the caller owns the transaction."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import distinct, func, select
from sqlalchemy.orm import Session

from matchmaker import mail
from matchmaker.admin.models import AuditEntry
from matchmaker.clock import now
from matchmaker.matching import quality_facts, quality_report
from matchmaker.matching.models import MatchRun, ModelVersion, Proposal
from matchmaker.matching.quality_figures import Counts
from matchmaker.matching.quality_report import Period
from matchmaker.profiles.models import Profile, ProfileStatus

_NOTED = "noted"  # what a session remembers of its entries
GOOD_OUTCOMES = quality_facts.GOOD
FRONT = timedelta(days=29)  # with today: the days of the chain on the front


@dataclass(frozen=True, slots=True)
class Overview:
    """What an admin sees first."""

    statuses: dict[ProfileStatus, int]
    without_proposals: int
    chain: Counts
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
    session.info[_NOTED] = True


def has_noted(session: Session) -> bool:
    """Tell whether an entry was written in this session; see ``audit_watch``."""
    return _NOTED in session.info


def overview(session: Session) -> Overview:
    """Return the state of the community and of matching."""
    statuses = {
        row[0]: row[1]
        for row in session.execute(
            select(Profile.status, func.count()).group_by(Profile.status)
        )
    }
    today = now().date()
    active = statuses.get(ProfileStatus.ACTIVE, 0)
    proposed = _count(session, select(func.count(distinct(Proposal.seeker_id))))
    return Overview(
        statuses=statuses,
        without_proposals=max(active - proposed, 0),
        chain=quality_report.chain(session, Period(today - FRONT, today)),
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


def _count(session: Session, statement: Any) -> int:  # noqa: ANN401  any SELECT
    return int(session.scalar(statement) or 0)
