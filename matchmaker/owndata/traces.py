"""What a person said to others, and what others were told of them: taken out.

Flush, never commit.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from matchmaker.clock import now
from matchmaker.mail import Letter, LetterState
from matchmaker.matching.models import Introduction
from matchmaker.messaging.models import FollowUp, Message, MessageDraft
from matchmaker.notices.models import Notification
from matchmaker.owndata import rules
from matchmaker.owndata.collect import Owner
from matchmaker.profiles.models import Profile
from matchmaker.trust.models import Report, SentText


def forget_told(
    session: Session,
    owner: Owner,
    *,
    public_id: str,
    words: rules.Redactor,
) -> None:
    """Erase what others were told of the person, in notices and waiting letters."""
    known = _known_introductions(session, owner.profile_id)
    seekers = select(Introduction.seeker_id).where(
        Introduction.candidate_id == owner.profile_id
    )
    asked = select(Introduction.candidate_id).where(
        Introduction.seeker_id == owner.profile_id
    )
    partners = select(Profile.user_id).where(
        or_(Profile.id.in_(seekers), Profile.id.in_(asked)),
        Profile.user_id.is_not(None),
    )
    notices = session.scalars(
        select(Notification).where(
            or_(Notification.user_id.in_(partners), Notification.about.in_(known))
        )
    )
    gone = [one.id for one in notices if one.about in known or words.finds(one.context)]
    _delete_ids(session, Notification, gone)
    ids = {public_id, *known}
    letters = session.scalars(
        select(Letter).where(
            Letter.state == LetterState.WAITING, Letter.recipient != owner.email
        )
    )
    naming = [
        one.id
        for one in letters
        if words.finds(one.context) or ids & _strings(one.context)
    ]
    _delete_ids(session, Letter, naming)


def _strings(value: Any) -> set[str]:  # noqa: ANN401  JSON
    """Return every text in a value."""
    if isinstance(value, str):
        return {value}
    if isinstance(value, dict):
        value = value.values()
    elif not isinstance(value, list):
        return set()
    return set().union(*(_strings(one) for one in value))


def _delete_ids(session: Session, model: Any, ids: Iterable[int]) -> None:  # noqa: ANN401
    session.execute(
        delete(model)
        .where(model.id.in_(list(ids)))
        .execution_options(synchronize_session=False)
    )


def clean_others(session: Session, pid: int, words: rules.Redactor) -> None:
    """Take name, addresses and quotes out of what others wrote in the conversations."""
    mine = select(Introduction.id).where(_side(pid))
    texts: list[tuple[Any, tuple[str, ...]]] = [
        (
            select(Introduction).where(_side(pid)),
            ("note", "original", "seeker_cites", "candidate_cites"),
        ),
        (select(Message).where(Message.recipient_id == pid), ("text",)),
        (
            select(MessageDraft).where(MessageDraft.introduction_id.in_(mine)),
            ("text",),
        ),
        (
            select(FollowUp).where(
                FollowUp.introduction_id.in_(mine), FollowUp.author_id != pid
            ),
            ("what", "next_step"),
        ),
        (select(Report).where(Report.reporter_id == pid), ("excerpt",)),
    ]
    for chosen, names in texts:
        for row in session.scalars(chosen).all():
            for name in names:
                _clean(row, name, words)

    session.flush()


def _clean(row: Any, name: str, words: rules.Redactor) -> None:  # noqa: ANN401  a model
    old = getattr(row, name)
    if (fresh := words.clean(old)) != old:
        setattr(row, name, fresh)


def empty_talk(session: Session, pid: int) -> None:
    """Empty what the person wrote to others; that they wrote stays."""
    quiet = {"synchronize_session": False}
    session.execute(
        update(Introduction)
        .where(Introduction.seeker_id == pid)
        .values(
            note="",
            original="",
            original_lang="",
            seeker_cites="",
            form_key=None,
            version=Introduction.version + 1,
        )
        .execution_options(**quiet)
    )
    session.execute(
        update(Introduction)
        .where(Introduction.candidate_id == pid)
        .values(candidate_cites="", reason=None)
        .execution_options(**quiet)
    )
    session.execute(
        update(Message)
        .where(Message.author_id == pid)
        .values(text="", lang="")
        .execution_options(**quiet)
    )
    session.execute(  # nobody is called to read what is empty
        update(Message)
        .where(Message.author_id == pid, Message.read_at.is_(None))
        .values(read_at=now())
        .execution_options(**quiet)
    )
    session.execute(
        update(SentText)
        .where(SentText.recipient_id == pid)
        .values(recipient_id=None)
        .execution_options(**quiet)
    )


def _side(pid: int) -> Any:  # noqa: ANN401  an SQL expression
    return or_(Introduction.seeker_id == pid, Introduction.candidate_id == pid)


def _known_introductions(session: Session, pid: int) -> list[str]:
    return list(session.scalars(select(Introduction.public_id).where(_side(pid))))
