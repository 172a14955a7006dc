"""What a block or a report has to know of introductions. Flush, never commit.

Blocks and reports live in a room below this one; it is given these functions.
"""

from typing import Any

from sqlalchemy import Select, and_, delete, or_, select, update
from sqlalchemy.orm import Session, aliased

from matchmaker.accounts.models import User
from matchmaker.clock import now
from matchmaker.errors import DomainError
from matchmaker.mail import Letter, LetterState
from matchmaker.matching import introductions
from matchmaker.matching.models import (
    OPEN_STATES,
    Introduction,
    IntroductionState,
)
from matchmaker.notices.models import Notification
from matchmaker.profiles import service as profiles
from matchmaker.profiles.models import Profile, ProfileStatus
from matchmaker.trust import blocks

UNANSWERED = tuple(
    state for state in OPEN_STATES if state is not IntroductionState.ACCEPTED
)


def get_partner(session: Session, viewer_id: int, public_id: str) -> Profile:
    """Return somebody whom a member can see: listed, or once introduced.

    Raises
    ------
    DomainError
        ``profile-unknown``, also for those who are invisible to the member.
    """
    found = session.scalar(select(Profile).where(Profile.public_id == public_id))
    if found is None or found.id == viewer_id:
        raise DomainError("profile-unknown", status=404)
    between = introductions.find_between(session, viewer_id, found.id)
    if between is None and found.status is not ProfileStatus.ACTIVE:
        raise DomainError("profile-unknown", status=404)
    introductions.check_visible(session, viewer_id, found.id, between)
    return found


def get_candidate(session: Session, seeker_id: int, public_id: str) -> Profile:
    """Return a listed person about whom a member may say or ask something.

    Raises
    ------
    DomainError
        ``profile-unknown``, also between blocked people; ``introduction-self``.
    """
    found = profiles.get_listed(session, public_id, viewer_id=seeker_id)
    if found.id == seeker_id:
        raise DomainError("introduction-self")
    if blocks.is_blocked(session, seeker_id, found.id):
        raise DomainError("profile-unknown", status=404)
    return found


def quote_request(session: Session, viewer_id: int, introduction_id: str) -> str:
    """Return what the other side wrote when they asked; nothing of anybody else's.

    The original stands below what was written in the reader's language.
    """
    asked = session.execute(
        select(Introduction.note, Introduction.original).where(
            Introduction.public_id == introduction_id,
            Introduction.candidate_id == viewer_id,
        )
    ).first()
    return "\n\n".join(text for text in asked or () if text)


def part(session: Session, one: int, other: int) -> None:
    """Close what is open between two people, and forget what they were told of it.

    A request ends as one that nobody answered: neither side can tell it from that.
    Accepted introductions stay, out of sight, and are there again after an unblock.
    """
    _end(session, _pair(one, other))
    _forget_told(session, one, other)
    rejoin(session, one, other)


def _forget_told(session: Session, one: int, other: int) -> None:
    """Erase the notices about each other, and the letters that have not left."""
    known = session.scalars(
        select(Introduction.public_id).where(_pair(one, other))
    ).all()
    users = session.execute(
        select(User.id, User.email)
        .join(Profile, Profile.user_id == User.id)
        .where(Profile.id.in_((one, other)))
    ).all()
    session.execute(
        delete(Notification)
        .where(
            Notification.user_id.in_([row[0] for row in users]),
            or_(
                Notification.about.in_(known),
                # These name the one who passed a request on, who is none of its sides.
                and_(
                    Notification.code.in_(("handed_on", "handed_over")),
                    Notification.about.in_(_handed(one, other)),
                ),
            ),
        )
        .execution_options(synchronize_session=False)
    )
    session.execute(
        delete(Letter)
        .where(
            Letter.recipient.in_([row[1] for row in users]),
            Letter.state == LetterState.WAITING,
            Letter.context["introduction"].as_string().in_(known),
        )
        .execution_options(synchronize_session=False)
    )


def _handed(one: int, other: int) -> Select[str]:
    """Return the requests that one of two handed on to, or asked of, the other."""
    first = aliased(Introduction)
    both = (one, other)
    return (
        select(Introduction.public_id)
        .join(first, Introduction.handed_from_id == first.id)
        .where(
            first.candidate_id.in_(both),
            or_(Introduction.candidate_id.in_(both), Introduction.seeker_id.in_(both)),
        )
    )


def end_all(session: Session, profile_id: int) -> None:
    """Close what a suspended person has open with anybody."""
    _end(
        session,
        or_(
            Introduction.seeker_id == profile_id,
            Introduction.candidate_id == profile_id,
        ),
    )


def _end(session: Session, whose: Any) -> None:  # noqa: ANN401  an SQL expression
    session.execute(
        update(Introduction)
        .where(whose, Introduction.state.in_(UNANSWERED))
        .values(
            state=IntroductionState.EXPIRED,
            pair_key=None,
            version=Introduction.version + 1,
        )
        .execution_options(synchronize_session="fetch")
    )


def rejoin(session: Session, one: int, other: int) -> None:
    """Have both lists of proposals computed anew."""
    session.execute(
        update(Profile)
        .where(or_(Profile.id == one, Profile.id == other))
        .values(list_stale_since=now())
        .execution_options(synchronize_session="fetch")
    )


def _pair(one: int, other: int) -> Any:  # noqa: ANN401  an SQL expression
    return or_(
        and_(Introduction.seeker_id == one, Introduction.candidate_id == other),
        and_(Introduction.seeker_id == other, Introduction.candidate_id == one),
    )
