"""What moderators do, each with an entry of the audit log. Flush, never commit.

Moderators see what a reporter quoted and texts that wait for them; never a
conversation.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from matchmaker.admin.service import note_access
from matchmaker.errors import DomainError
from matchmaker.mail import queue_letter
from matchmaker.matching import introductions, sending, ties
from matchmaker.messaging import conversations
from matchmaker.profiles.models import Profile
from matchmaker.trust import cases, holds, measures
from matchmaker.trust.models import (
    Case,
    HeldState,
    HeldText,
    Measure,
    MeasureKind,
    TextPurpose,
)


def open_page(session: Session, moderator_id: int, public_id: str) -> Case:
    """Return a case for reading; that it was read is noted."""
    case = cases.get_case(session, public_id)
    note_access(session, moderator_id, "case-read", case=public_id)
    return case


def decide(
    session: Session,
    moderator_id: int,
    public_id: str,
    *,
    kind: MeasureKind,
    reason: str,
) -> Measure:
    """Decide a case, and note who did."""
    case = cases.get_case(session, public_id, lock=True)
    measure = measures.decide(
        session, case, moderator_id=moderator_id, kind=kind, reason=reason
    )
    if kind is MeasureKind.SUSPENDED:
        ties.end_all(session, case.subject_id)
    note_access(
        session,
        moderator_id,
        f"case-{kind.value}",
        case=public_id,
        profile=case.subject.public_id,
    )
    return measure


def lift(session: Session, moderator_id: int, measure_id: str) -> Measure:
    """Take a decision back, and note who did."""
    measure = measures.get_measure(session, measure_id)
    if measure.case.subject.user_id == moderator_id:
        raise DomainError("case-own", status=403)
    measures.lift(session, measure)
    note_access(session, moderator_id, "measure-lifted", measure=measure_id)
    return measure


def answer_appeal(
    session: Session, moderator_id: int, measure_id: str, *, text: str, grant: bool
) -> Measure:
    """Answer an appeal, and note who did."""
    measure = measures.get_measure(session, measure_id)
    measures.answer(session, measure, moderator_id=moderator_id, text=text, grant=grant)
    note_access(
        session, moderator_id, "appeal-answered", measure=measure_id, granted=grant
    )
    return measure


def list_measures(session: Session, subject_id: int) -> list[Measure]:
    """Return every decision about a person, newest first."""
    return list(
        session.scalars(
            select(Measure)
            .join(Measure.case)
            .where(Case.subject_id == subject_id)
            .order_by(Measure.id.desc())
        )
    )


def load_profiles(session: Session, ids: list[int]) -> dict[int, Profile]:
    """Return profiles with what they offer and look for, to lay side by side."""
    found = session.scalars(
        select(Profile)
        .where(Profile.id.in_(ids))
        .options(
            selectinload(Profile.organisation), selectinload(Profile.opportunities)
        )
    )
    return {profile.id: profile for profile in found}


def refuse_text(
    session: Session, moderator_id: int, public_id: str, reason: str
) -> None:
    """Keep a held text from being sent; its author reads why."""
    if not reason:
        raise DomainError("reason-missing", status=422)
    held, _text, _rest = holds.take(
        session,
        public_id,
        moderator_id=moderator_id,
        state=HeldState.REFUSED,
        reason=reason,
    )
    _tell(session, held, "text_refused", reason=reason)
    note_access(session, moderator_id, "text-refused", text=public_id)


def release_text(
    session: Session, moderator_id: int, public_id: str, *, asking: Mapping[str, Any]
) -> None:
    """Send a held text on, as if it had been sent now.

    Parameters
    ----------
    asking
        Terms of requests: ``days``, ``open_limit``, ``rematch_days``.

    Raises
    ------
    DomainError
        ``held-unknown``; ``held-undeliverable`` if the way is closed meanwhile.
    """
    held, text, rest = holds.take(
        session, public_id, moderator_id=moderator_id, state=HeldState.RELEASED
    )
    try:
        if held.purpose is TextPurpose.MESSAGE:
            conversations.write_message(
                session,
                introductions.get_introduction(
                    session, held.author_id, rest["introduction"]
                ),
                held.author_id,
                text=text,
                lang=rest["lang"],
                form_key=held.public_id,
            )
        else:
            sending.send_held(session, held, text, rest, **asking)
    except DomainError as error:
        raise DomainError("held-undeliverable") from error
    note_access(session, moderator_id, "text-released", text=public_id)


def _tell(session: Session, held: HeldText, template: str, **context: Any) -> None:  # noqa: ANN401
    user = held.author.user
    if user is not None and user.disabled_at is None:
        queue_letter(
            session,
            to=user.email,
            template=template,
            locale=user.locale,
            context=context,
        )
