"""Answers to requests: yes, later, no, a colleague; and taking one back.

Flush, never commit. The answer of a side that may not give it, or comes too late,
changes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload

from matchmaker.clock import now
from matchmaker.errors import DomainError
from matchmaker.events import groups
from matchmaker.matching import clockwork, rules
from matchmaker.matching.introductions import get_introduction
from matchmaker.matching.models import (
    OPEN_STATES,
    DeclineReason,
    Introduction,
    IntroductionState,
)
from matchmaker.matching.states import move, note_answers, tell
from matchmaker.profiles.models import Profile, ProfileStatus
from matchmaker.trust import blocks

MOST_COLLEAGUES = 50  # offered to hand a request to


@dataclass(frozen=True, slots=True)
class Terms:
    """Times of requests; see config.py."""

    days: int
    rematch_days: int


def accept(session: Session, profile_id: int, public_id: str) -> Introduction:
    """Say yes: contact details and the conversation open. Twice changes nothing.

    Raises
    ------
    DomainError
        ``introduction-unknown`` if it was not asked of this member,
        ``introduction-closed`` if it is no longer open.
    """
    introduction = _asked_of(session, profile_id, public_id)
    if _is_new(introduction, IntroductionState.ACCEPTED):
        moment = now()
        if move(session, introduction, IntroductionState.ACCEPTED, answered_at=moment):
            seeker, candidate = introduction.seeker, introduction.candidate
            tell(session, "accepted", introduction, to=seeker, about=candidate)
            note_answers(session, profile_id)
    return introduction


def decline(
    session: Session, profile_id: int, public_id: str, *, reason: DeclineReason | None
) -> Introduction:
    """Say no; the seeker learns only that it did not work out this time.

    Raises
    ------
    DomainError
        ``introduction-unknown``, ``introduction-closed``.
    """
    introduction = _asked_of(session, profile_id, public_id)
    if _is_new(introduction, IntroductionState.DECLINED):
        moved = move(
            session,
            introduction,
            IntroductionState.DECLINED,
            answered_at=now(),
            reason=reason,
        )
        if moved:
            seeker, candidate = introduction.seeker, introduction.candidate
            tell(session, "declined", introduction, to=seeker, about=candidate)
            note_answers(session, profile_id)
    return introduction


def put_off(
    session: Session, profile_id: int, public_id: str, *, day: date, days: int
) -> Introduction:
    """Ask the seeker to wait: the request comes back on a day, its end moves behind.

    Raises
    ------
    DomainError
        ``introduction-unknown``, ``introduction-closed``, ``later-over``,
        ``later-far``.
    """
    introduction = _asked_of(session, profile_id, public_id)
    rules.check_open(introduction.state, introduction.expires_at, now())
    zone = clockwork.zone_of(introduction.candidate)
    rules.check_later(day, now().astimezone(ZoneInfo(zone)).date())
    returns_at = rules.morning(day, zone)
    if _already_put_off(introduction, returns_at):
        return introduction
    move(
        session,
        introduction,
        IntroductionState.LATER,
        returns_at=returns_at,
        expires_at=returns_at + timedelta(days=days),
        reminded_at=None,
    )
    seeker, candidate = introduction.seeker, introduction.candidate
    on = day.isoformat()
    tell(session, "put_off", introduction, to=seeker, about=candidate, on=on)
    note_answers(session, profile_id)
    return introduction


def _already_put_off(introduction: Introduction, returns_at: datetime) -> bool:
    return (
        introduction.state is IntroductionState.LATER
        and introduction.returns_at == returns_at
    )


def hand_over(
    session: Session, profile_id: int, public_id: str, *, to: str, terms: Terms
) -> Introduction:
    """Pass a request on to a colleague, who answers as if asked directly.

    Returns
    -------
    Introduction
        The colleague's request.

    Raises
    ------
    DomainError
        ``introduction-unknown``, ``introduction-closed``, ``colleague-unknown``.
    """
    introduction = _asked_of(session, profile_id, public_id)
    rules.check_open(introduction.state, introduction.expires_at, now())
    found = list_colleagues(session, introduction, rematch_days=terms.rematch_days)
    colleague = next((one for one in found if one.public_id == to), None)
    if colleague is None:
        raise DomainError("colleague-unknown", status=422)
    if not move(
        session, introduction, IntroductionState.HANDED_OVER, answered_at=now()
    ):
        raise DomainError("introduction-closed")
    successor = _successor(introduction, colleague, terms.days)
    try:
        with session.begin_nested():
            session.add(successor)
    except IntegrityError as error:  # the two asked each other at this very moment
        raise DomainError("colleague-unknown") from error
    seeker, candidate = introduction.seeker, introduction.candidate
    by, on_to = candidate.full_name, colleague.full_name
    tell(session, "handed_on", successor, to=colleague, about=seeker, colleague=by)
    tell(session, "handed_over", successor, to=seeker, about=candidate, colleague=on_to)
    note_answers(session, profile_id)
    return successor


def _successor(
    introduction: Introduction, colleague: Profile, days: int
) -> Introduction:
    """Return the request as the colleague gets it: the same words, new time."""
    return Introduction(
        pair_key=rules.pair_key(introduction.seeker_id, colleague.id),
        seeker=introduction.seeker,
        candidate=colleague,
        seeker_item_id=introduction.seeker_item_id,
        seeker_cites=introduction.seeker_cites,
        candidate_cites=introduction.candidate_cites,
        note=introduction.note,
        lang=introduction.lang,
        original=introduction.original,
        original_lang=introduction.original_lang,
        handed_from=introduction,
        expires_at=now() + timedelta(days=days),
    )


def list_colleagues(
    session: Session, introduction: Introduction, *, rematch_days: int
) -> Sequence[Profile]:
    """Return to whom a request may be handed: listed people of the same organisation.

    Left out is who is hidden from the seeker, kept apart from them by an event, or was
    in a request with them that is open or rests.
    """
    candidate, seeker_id = introduction.candidate, introduction.seeker_id
    if candidate.organisation_id is None:
        return []
    ended = func.coalesce(Introduction.answered_at, Introduction.expires_at)
    rests = ended > now() - timedelta(days=rematch_days)
    known = or_(Introduction.state.in_(OPEN_STATES), rests)
    asked = select(Introduction.candidate_id).where(
        Introduction.seeker_id == seeker_id, known
    )
    asking = select(Introduction.seeker_id).where(
        Introduction.candidate_id == seeker_id, known
    )
    return session.scalars(
        select(Profile)
        .where(
            Profile.organisation_id == candidate.organisation_id,
            Profile.status == ProfileStatus.ACTIVE,
            Profile.user_id.is_not(None),
            Profile.id.not_in((candidate.id, seeker_id)),
            Profile.id.not_in(asked),
            Profile.id.not_in(asking),
            Profile.id.not_in(blocks.hidden_from(seeker_id)),
            Profile.id.not_in(blocks.hidden_from(candidate.id)),
            Profile.id.not_in(groups.apart_from(seeker_id)),
        )
        .order_by(Profile.full_name, Profile.id)
        .limit(MOST_COLLEAGUES)
        .options(joinedload(Profile.user))
    ).all()


def withdraw(session: Session, profile_id: int, public_id: str) -> Introduction:
    """Take back one's own request.

    Raises
    ------
    DomainError
        ``introduction-unknown`` or ``introduction-closed``.
    """
    introduction = get_introduction(session, profile_id, public_id)
    if introduction.seeker_id != profile_id:
        raise DomainError("introduction-unknown", status=404)
    if introduction.state is not IntroductionState.QUEUED and not _is_new(
        introduction, IntroductionState.WITHDRAWN
    ):
        return introduction
    move(session, introduction, IntroductionState.WITHDRAWN, answered_at=now())
    return introduction


def set_pace(session: Session, profile_id: int, pace: int | None) -> Profile:
    """Store how many new requests a week a member wants; the queue follows at once.

    Raises
    ------
    DomainError
        ``pace-unknown``.
    """
    if pace is not None and pace not in rules.PACES:
        raise DomainError("pace-unknown", status=422)
    profile = session.get_one(Profile, profile_id)
    if profile.weekly_contacts != pace:
        profile.weekly_contacts = pace
        clockwork.requeue(session, profile)
    return profile


def _asked_of(session: Session, profile_id: int, public_id: str) -> Introduction:
    introduction = get_introduction(session, profile_id, public_id)
    if introduction.candidate_id != profile_id:
        raise DomainError("introduction-unknown", status=404)
    return introduction


def _is_new(introduction: Introduction, to: IntroductionState) -> bool:
    """Tell whether a request is not in a state yet, and may still be brought there."""
    if introduction.state is to:
        return False
    rules.check_open(introduction.state, introduction.expires_at, now())
    return True
