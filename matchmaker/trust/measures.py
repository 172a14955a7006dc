"""What moderators decide about a person, and appeals. Flush, never commit.

Letters about decisions go out whatever somebody chose about notices: who is judged
must learn of it, and of the way to object.
"""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from matchmaker.accounts import rules as secrets
from matchmaker.accounts.models import User
from matchmaker.accounts.sessions import end_sessions
from matchmaker.clock import now
from matchmaker.errors import DomainError
from matchmaker.mail import queue_letter
from matchmaker.profiles import service as profiles
from matchmaker.profiles.models import Profile, ProfileStatus
from matchmaker.trust import cases
from matchmaker.trust.models import Case, Measure, MeasureKind, Restraint


def decide(
    session: Session,
    case: Case,
    *,
    moderator_id: int,
    kind: MeasureKind,
    reason: str,
) -> Measure:
    """Decide a case: do it, tell the person with the reason, and close the case.

    Nobody is told of a dismissal.

    Raises
    ------
    DomainError
        ``case-closed``, ``case-own``, ``reason-missing``.
    """
    if case.open_key is None:
        raise DomainError("case-closed")
    if case.subject.user_id == moderator_id:
        raise DomainError("case-own", status=403)
    if not reason and kind is not MeasureKind.DISMISSED:
        raise DomainError("reason-missing", status=422)
    measure = Measure(
        case_id=case.id, kind=kind, reason=reason, moderator_id=moderator_id
    )
    session.add(measure)
    if kind is MeasureKind.SUSPENDED:
        _suspend(session, case.subject)
    elif kind is MeasureKind.TEXTS_HELD:
        _restraint(session, case.subject.id).texts_held = True
    if kind is not MeasureKind.DISMISSED:
        secret = secrets.new_secret()
        measure.digest = secrets.digest(secret)
        _write(session, case.subject, "measure", measure, secret=secret)
    cases.close(session, case)
    return measure


def _restraint(session: Session, profile_id: int) -> Restraint:
    known = session.get(Restraint, profile_id)
    if known is None:
        known = Restraint(profile_id=profile_id, texts_held=False)
        session.add(known)
    return known


def _suspend(session: Session, subject: Profile) -> None:
    """Close the account and take the profile out of sight."""
    restraint = _restraint(session, subject.id)
    if restraint.status_before is None:
        restraint.status_before = subject.status
    if subject.user is not None:
        subject.user.disabled_at = subject.user.disabled_at or now()
        end_sessions(session, subject.user.id)
    subject.status = ProfileStatus.PAUSED
    profiles.bring_in_line(session, subject)


def lift(session: Session, measure: Measure) -> None:
    """Take back a decision; what it closed is open again. Twice changes nothing."""
    if measure.lifted_at is not None:
        return
    measure.lifted_at = now()
    session.flush()
    subject = measure.case.subject
    if _is_in_force(session, subject.id, measure.kind):
        return  # another decision of the kind still stands
    restraint = _restraint(session, subject.id)
    if measure.kind is MeasureKind.TEXTS_HELD:
        restraint.texts_held = False
    elif measure.kind is MeasureKind.SUSPENDED and restraint.status_before:
        if subject.user is not None:
            subject.user.disabled_at = None
        subject.status = restraint.status_before
        restraint.status_before = None
        profiles.bring_in_line(session, subject)


def _is_in_force(session: Session, subject_id: int, kind: MeasureKind) -> bool:
    return (
        session.scalar(
            select(Measure.id)
            .join(Measure.case)
            .where(
                Case.subject_id == subject_id,
                Measure.kind == kind,
                Measure.lifted_at.is_(None),
            )
            .limit(1)
        )
        is not None
    )


def list_about(session: Session, profile_id: int) -> list[Measure]:
    """Return what was decided about a member and told to them, newest first."""
    return list(session.scalars(_told(profile_id).order_by(Measure.id.desc())))


def get_about(session: Session, profile_id: int, public_id: str) -> Measure:
    """Return one decision about a member.

    Raises
    ------
    DomainError
        ``measure-unknown``.
    """
    return _known(
        session.scalar(_told(profile_id).where(Measure.public_id == public_id))
    )


def _told(profile_id: int) -> Any:  # noqa: ANN401  a SELECT
    return (
        select(Measure)
        .join(Measure.case)
        .where(Case.subject_id == profile_id, Measure.kind != MeasureKind.DISMISSED)
    )


def get_by_secret(session: Session, secret: str) -> Measure:
    """Return the decision whose letter carried a link.

    Raises
    ------
    DomainError
        ``measure-unknown``.
    """
    return _known(
        session.scalar(
            select(Measure)
            .where(Measure.digest == secrets.digest(secret))
            .options(joinedload(Measure.case).joinedload(Case.subject))
        )
    )


def get_measure(session: Session, public_id: str) -> Measure:
    """Return any decision, for moderators.

    Raises
    ------
    DomainError
        ``measure-unknown``.
    """
    return _known(
        session.scalar(
            select(Measure)
            .where(Measure.public_id == public_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )


def _known(found: Measure | None) -> Measure:
    if found is None:
        raise DomainError("measure-unknown", status=404)
    return found


def appeal(session: Session, measure: Measure, words: str) -> None:
    """Take the person's one appeal; the same words sent twice are one appeal.

    Raises
    ------
    DomainError
        ``appeal-made`` if there is another one, ``appeal-late`` if it is lifted.
    """
    if measure.appealed_at is not None:
        if measure.appeal == words:
            return
        raise DomainError("appeal-made")
    if measure.lifted_at is not None:
        raise DomainError("appeal-late")
    measure.appeal = words
    measure.appealed_at = now()
    session.flush()


def answer(
    session: Session, measure: Measure, *, moderator_id: int, text: str, grant: bool
) -> None:
    """Answer an appeal; by another moderator than who decided, if there is one.

    Raises
    ------
    DomainError
        ``appeal-none``, ``appeal-other``, ``case-own``, ``reason-missing``.
    """
    subject = measure.case.subject
    if measure.appealed_at is None or measure.answered_at is not None:
        raise DomainError("appeal-none")
    if subject.user_id == moderator_id:
        raise DomainError("case-own", status=403)
    if measure.moderator_id == moderator_id and _has_other(
        session, moderator_id, subject
    ):
        raise DomainError("appeal-other", status=403)
    if not text:
        raise DomainError("reason-missing", status=422)
    measure.answer = text
    measure.answered_at = now()
    measure.answered_by_id = moderator_id
    if grant:
        lift(session, measure)
    _write(session, subject, "appeal_answered", measure, granted=grant, answer=text)
    session.flush()


def _has_other(session: Session, moderator_id: int, subject: Profile) -> bool:
    others = select(User.id).where(
        User.is_admin, User.disabled_at.is_(None), User.id != moderator_id
    )
    return any(found != subject.user_id for found in session.scalars(others))


def _write(
    session: Session,
    subject: Profile,
    template: str,
    measure: Measure,
    **context: Any,  # noqa: ANN401
) -> None:
    if subject.user is not None:
        queue_letter(
            session,
            to=subject.user.email,
            template=template,
            locale=subject.user.locale,
            context={"kind": measure.kind.value, "reason": measure.reason, **context},
        )
