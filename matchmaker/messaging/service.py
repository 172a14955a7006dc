"""What conversations and the ledger share: the two sides, and adding a row once."""

import secrets
from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload

from matchmaker.errors import DomainError
from matchmaker.matching.models import Introduction, IntroductionState
from matchmaker.messaging.models import FollowUp, Message
from matchmaker.profiles.models import Profile, ProfileStatus
from matchmaker.trust import blocks


def partner_of(introduction: Introduction, profile_id: int) -> Profile:
    """Return the other side."""
    if introduction.seeker_id == profile_id:
        return introduction.candidate
    return introduction.seeker


def check_connected(introduction: Introduction) -> None:
    """Refuse what is for people who have both said yes.

    Raises
    ------
    DomainError
        ``conversation-closed``.
    """
    if introduction.state is not IntroductionState.ACCEPTED:
        raise DomainError("conversation-closed")


def check_there(introduction: Introduction, profile_id: int) -> None:
    """Refuse to write to somebody who erased themselves.

    Raises
    ------
    DomainError
        ``member-gone``.
    """
    if partner_of(introduction, profile_id).status is ProfileStatus.ERASED:
        raise DomainError("member-gone")


def add_once(session: Session, row: Message | FollowUp) -> None:
    """Add a row unless its form was sent before with the same content.

    A form that was changed and sent again (the back button) is a new row.
    """
    table = type(row)
    row.form_key = row.form_key or secrets.token_urlsafe(12)
    earlier: Any = session.scalar(
        select(table).where(
            table.author_id == row.author_id, table.form_key == row.form_key
        )
    )
    if earlier is not None:
        if _content(earlier) == _content(row):
            return
        row.form_key = secrets.token_urlsafe(12)
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        known = select(table.id).where(
            table.author_id == row.author_id, table.form_key == row.form_key
        )
        if session.scalar(known) is None:
            raise


def _content(row: Message | FollowUp) -> tuple[object, ...]:
    if isinstance(row, Message):
        return row.introduction_id, row.text
    names = ("kind", "happened_on", "what", "next_step", "due_on", "shared", "owner")
    return row.introduction_id, *(getattr(row, name) for name in names)


def connected_to(profile_id: int) -> Any:  # noqa: ANN401  an SQL expression
    """Return the condition that an introduction is an accepted one of a member."""
    return and_(
        Introduction.state == IntroductionState.ACCEPTED,
        or_(
            Introduction.seeker_id == profile_id,
            Introduction.candidate_id == profile_id,
        ),
        Introduction.seeker_id.not_in(blocks.hidden_from(profile_id)),
        Introduction.candidate_id.not_in(blocks.hidden_from(profile_id)),
    )


def with_people() -> Sequence[Any]:
    """Return the options that load both sides with their organisations."""
    return (
        joinedload(Introduction.seeker).joinedload(Profile.organisation),
        joinedload(Introduction.candidate).joinedload(Profile.organisation),
    )
