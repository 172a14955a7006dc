"""Reports of one member about another. Flush, never commit."""

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from matchmaker.errors import DomainError
from matchmaker.trust import cases
from matchmaker.trust.models import Case, Report, ReportKind

EXCERPT_LIMIT = 4000  # characters a reporter may quote
NOTE_LIMIT = 2000  # characters of the reporter's own words


def file_report(  # noqa: PLR0913  each by name
    session: Session,
    *,
    reporter_id: int,
    subject_id: int,
    kind: ReportKind,
    excerpt: str,
    note: str,
    about: str,
) -> Report:
    """Put a report before the moderators; they see this excerpt and nothing else.

    Reporting the same thing again while it is being looked at replaces the words.

    Parameters
    ----------
    kind
        Also as its value, a plain string.
    about
        ``person``, ``request:<public id>`` or ``message:<public id>``.

    Raises
    ------
    DomainError
        ``report-self``.
    """
    if reporter_id == subject_id:
        raise DomainError("report-self")
    case = cases.open_case(session, subject_id)
    report = session.scalar(
        select(Report).where(
            Report.case_id == case.id,
            Report.reporter_id == reporter_id,
            Report.about == about,
        )
    )
    if report is None:
        report = Report(case_id=case.id, reporter_id=reporter_id, about=about)
        session.add(report)
    report.kind = ReportKind(kind)
    report.excerpt = excerpt[:EXCERPT_LIMIT]
    report.note = note[:NOTE_LIMIT]
    session.flush()
    return report


def list_own(session: Session, reporter_id: int) -> list[Report]:
    """Return what a member reported, newest first, with the cases' states."""
    return list(
        session.scalars(
            select(Report)
            .where(Report.reporter_id == reporter_id)
            .order_by(Report.id.desc())
            .options(
                joinedload(Report.case).joinedload(Case.subject),
            )
        )
    )
