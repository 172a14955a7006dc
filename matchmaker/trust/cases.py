"""Cases: what moderators look at, grouped by the person. Flush, never commit."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload, selectinload

from matchmaker.clock import now
from matchmaker.errors import DomainError
from matchmaker.profiles.models import Profile
from matchmaker.trust.models import Case, Measure, MeasureKind, Report, Signal
from matchmaker.trust.models import SignalKind as Kind

PAGE = 50  # cases on a page of the queue, the oldest first


@dataclass(frozen=True, slots=True)
class History:
    """What happened around a person before, in numbers only."""

    reports: int
    reporters: int
    reports_made: int
    measures: dict[MeasureKind, int]


def open_case(session: Session, subject_id: int) -> Case:
    """Return the open case about a person; there is one at most, and now there is."""
    wanted = select(Case).where(Case.open_key == subject_id)
    known = session.scalar(wanted)
    if known is not None:
        return known
    try:
        with session.begin_nested():
            case = Case(subject_id=subject_id, open_key=subject_id)
            session.add(case)
    except IntegrityError:  # somebody else opened it at this very moment
        return session.execute(wanted).scalar_one()
    return case


def note_signal(  # noqa: PLR0913  each by name
    session: Session,
    subject_id: int,
    *,
    kind: Kind,
    key: str,
    figures: dict[str, Any],
    other_id: int | None = None,
) -> None:
    """Put something the site noticed before moderators; nothing else happens.

    What was noticed and decided before is not brought up again.
    """
    before = (
        select(Signal.id)
        .join(Case, Case.id == Signal.case_id)
        .where(Case.subject_id == subject_id, Signal.kind == kind, Signal.key == key)
    )
    if session.scalar(before.limit(1)) is not None:
        return
    case = open_case(session, subject_id)
    session.add(
        Signal(case_id=case.id, kind=kind, key=key, figures=figures, other_id=other_id)
    )
    session.flush()


def list_open(session: Session) -> list[Case]:
    """Return the cases that wait, the oldest first."""
    return list(
        session.scalars(
            select(Case)
            .where(Case.open_key.is_not(None))
            .order_by(Case.opened_at, Case.id)
            .limit(PAGE)
            .options(
                joinedload(Case.subject).joinedload(Profile.organisation),
                selectinload(Case.reports),
                selectinload(Case.signals),
            )
        )
    )


def count_open(session: Session) -> int:
    """Return how many cases wait."""
    waiting = select(func.count()).where(Case.open_key.is_not(None))
    return session.scalar(waiting) or 0


def get_case(session: Session, public_id: str, *, lock: bool = False) -> Case:
    """Return a case with all that was said in it.

    Raises
    ------
    DomainError
        ``case-unknown``.
    """
    wanted = (
        select(Case)
        .where(Case.public_id == public_id)
        .options(
            selectinload(Case.subject).joinedload(Profile.organisation),
            selectinload(Case.reports).joinedload(Report.reporter),
            selectinload(Case.signals).joinedload(Signal.other),
            selectinload(Case.measures),
        )
    )
    if lock:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    case = session.scalar(wanted)
    if case is None:
        raise DomainError("case-unknown", status=404)
    return case


def close(session: Session, case: Case) -> None:
    """Take a case off the queue; what comes later opens a new one."""
    case.open_key = None
    case.closed_at = now()
    session.flush()


def history(session: Session, subject_id: int, *, but: int) -> History:
    """Return what happened around a person besides one case."""
    reports, reporters = session.execute(
        select(func.count(), func.count(func.distinct(Report.reporter_id)))
        .join(Case, Case.id == Report.case_id)
        .where(Case.subject_id == subject_id, Case.id != but)
    ).one()
    made = session.scalar(select(func.count()).where(Report.reporter_id == subject_id))
    measures = session.execute(
        select(Measure.kind, func.count())
        .join(Case, Case.id == Measure.case_id)
        .where(Case.subject_id == subject_id, Case.id != but)
        .group_by(Measure.kind)
    )
    return History(reports, reporters, made or 0, {row[0]: row[1] for row in measures})


def list_appeals(session: Session) -> list[Measure]:
    """Return the appeals that wait for an answer, the oldest first."""
    return list(
        session.scalars(
            select(Measure)
            .where(Measure.appealed_at.is_not(None), Measure.answered_at.is_(None))
            .order_by(Measure.appealed_at)
            .options(joinedload(Measure.case).joinedload(Case.subject))
        )
    )
