"""Requests to be introduced: asking, finding, listing. Flush, never commit.

Answers are in `answers`, what time brings is in `clockwork`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload

from matchmaker.clock import now
from matchmaker.errors import DomainError
from matchmaker.events import groups
from matchmaker.matching import clockwork, lists, rules
from matchmaker.matching.clockwork import expire_due
from matchmaker.matching.models import (
    OPEN_STATES,
    Introduction,
    IntroductionState,
)
from matchmaker.matching.outcomes import list_outcomes, record_outcome
from matchmaker.matching.states import tell
from matchmaker.profiles.models import Opportunity, Profile, ProfileStatus
from matchmaker.trust import blocks

__all__ = [
    "WAITING",
    "Delivery",
    "check_free",
    "check_visible",
    "count_waiting",
    "expire_due",
    "find_between",
    "find_successor",
    "get_introduction",
    "list_introductions",
    "list_outcomes",
    "next_delivery",
    "record_outcome",
    "request_introduction",
]

#: States in which a request is neither answered for good nor over.
WAITING = (
    IntroductionState.PENDING,
    IntroductionState.LATER,
    IntroductionState.QUEUED,
)


@dataclass(frozen=True, slots=True)
class Delivery:
    """When a request comes before its receiver, and until when it can be answered."""

    at: datetime
    expires_at: datetime
    queued: bool


def find_between(session: Session, one: int, other: int) -> Introduction | None:
    """Return the latest introduction of two people, whoever asked."""
    return session.scalar(
        select(Introduction)
        .where(
            or_(
                and_(Introduction.seeker_id == one, Introduction.candidate_id == other),
                and_(Introduction.seeker_id == other, Introduction.candidate_id == one),
            )
        )
        .order_by(Introduction.asked_at.desc(), Introduction.id.desc())
        .limit(1)
    )


def check_visible(
    session: Session, viewer_id: int, profile_id: int, known: Introduction | None
) -> None:
    """Refuse to show whom a block hides, or an event keeps apart before they met.

    Raises
    ------
    DomainError
        ``profile-unknown``.
    """
    if blocks.is_blocked(session, viewer_id, profile_id):
        raise DomainError("profile-unknown", status=404)
    if known is None and groups.limits_between(session, viewer_id, profile_id) is None:
        raise DomainError("profile-unknown", status=404)


def request_introduction(  # noqa: PLR0913  each by name
    session: Session,
    seeker: Profile,
    candidate: Profile,
    *,
    seeker_item: Opportunity | None,
    candidate_item: Opportunity | None,
    note: str,
    lang: str,
    days: int,
    open_limit: int,
    rematch_days: int,
    original: str = "",
    original_lang: str = "",
    form_key: str | None = None,
) -> Introduction:
    """Ask to be introduced; the database lets one open request stand for a pair.

    The same form sent again returns what it made. Where the other side's own request
    waits in the seeker's queue, that one is delivered now and returned: they meet.

    Raises
    ------
    DomainError
        ``introduction-self``, ``profile-incomplete``, ``introduction-open``,
        ``introduction-recent``, ``too-many-open``, ``meeting-not-allowed``,
        ``quota-reached``, ``receiver-full``.
    """
    if seeker.id == candidate.id:
        raise DomainError("introduction-self")
    if seeker.held_since is not None and seeker.held:
        raise DomainError("profile-held")
    if seeker.status is not ProfileStatus.ACTIVE:
        raise DomainError("profile-incomplete")
    if blocks.is_blocked(session, seeker.id, candidate.id):
        raise DomainError("profile-unknown", status=404)
    _lock(session, seeker.id, candidate.id)
    known = _find_same(session, seeker.id, candidate.id, form_key)
    if known is None:
        known = _met_in_queue(session, seeker.id, candidate.id, rematch_days)
    if known is not None:
        return known
    _check_limits(session, seeker.id, candidate.id, open_limit)
    delivery = next_delivery(session, candidate, days=days)
    proposal = lists.find_proposal(session, seeker.id, candidate.id)
    queued = delivery.queued
    introduction = Introduction(
        pair_key=rules.pair_key(seeker.id, candidate.id),
        seeker=seeker,
        candidate=candidate,
        seeker_item=seeker_item,
        candidate_item=candidate_item,
        seeker_cites=seeker_item.text if seeker_item else "",
        candidate_cites=candidate_item.text if candidate_item else "",
        note=note,
        lang=lang,
        original=original,
        original_lang=original_lang,
        form_key=form_key,
        run_id=proposal.run_id if proposal else None,
        state=IntroductionState.QUEUED if queued else IntroductionState.PENDING,
        returns_at=delivery.at if queued else None,
        expires_at=delivery.expires_at,
    )
    try:
        with session.begin_nested():
            session.add(introduction)
    except IntegrityError as error:  # the other side asked at this very moment
        same = _find_same(session, seeker.id, candidate.id, form_key)
        if same is None:
            raise DomainError("introduction-open") from error
        return same
    if not queued:
        tell(session, "asked", introduction, to=candidate, about=seeker)
    return introduction


def _lock(session: Session, one: int, other: int) -> None:
    """Let the requests of two people pass one after the other, where rows lock."""
    session.execute(
        select(Profile.id)
        .where(Profile.id.in_((one, other)))
        .order_by(Profile.id)
        .with_for_update()
    )


def _find_same(
    session: Session, seeker_id: int, candidate_id: int, form_key: str | None
) -> Introduction | None:
    """Return what the very same form made before."""
    if not form_key:
        return None
    return session.scalar(
        select(Introduction).where(
            Introduction.seeker_id == seeker_id,
            Introduction.candidate_id == candidate_id,
            Introduction.form_key == form_key,
        )
    )


def _met_in_queue(
    session: Session, seeker_id: int, candidate_id: int, rematch_days: int
) -> Introduction | None:
    """Refuse to ask where an open or fresh request stands between two people.

    Who was asked and did not answer may turn to the other at any time; who asked
    waits ``rematch_days`` from its end, whatever the end was.
    """
    latest = find_between(session, seeker_id, candidate_id)
    if latest is None:
        return None
    if latest.state is IntroductionState.PENDING and latest.expires_at <= now():
        clockwork.expire(session, latest)
    if latest.state is IntroductionState.QUEUED and latest.candidate_id == seeker_id:
        clockwork.deliver(session, latest)
        return latest
    if latest.state in OPEN_STATES:
        raise DomainError("introduction-open")
    _check_rest(latest, seeker_id, rematch_days)
    return None


def _check_rest(latest: Introduction, seeker_id: int, rematch_days: int) -> None:
    ended = latest.answered_at or latest.expires_at
    rests = ended > now() - timedelta(days=rematch_days)
    if rests and latest.seeker_id == seeker_id:
        raise DomainError("introduction-recent")


def check_free(
    session: Session,
    seeker_id: int,
    candidate_id: int,
    *,
    open_limit: int,
    rematch_days: int,
) -> None:
    """Refuse what asking would refuse anyhow, before somebody writes a text.

    Raises
    ------
    DomainError
        ``introduction-recent``, ``too-many-open``, ``meeting-not-allowed``,
        ``quota-reached``.
    """
    latest = find_between(session, seeker_id, candidate_id)
    if latest is not None and latest.state not in OPEN_STATES:
        _check_rest(latest, seeker_id, rematch_days)
    _check_limits(session, seeker_id, candidate_id, open_limit)


def next_delivery(session: Session, candidate: Profile, *, days: int) -> Delivery:
    """Return when a request sent now would come before its receiver.

    Raises
    ------
    DomainError
        ``receiver-full``.
    """
    pace = candidate.weekly_contacts
    weeks = 0
    if pace is not None:
        weeks = rules.weeks_to_wait(
            pace,
            received=clockwork.count_received(session, candidate),
            queued=clockwork.count_queued(session, candidate.id),
        )
    at = now()
    if weeks:
        at = rules.week_start(at, clockwork.zone_of(candidate), weeks=weeks)
    return Delivery(at, at + timedelta(days=days), queued=weeks > 0)


def _check_limits(
    session: Session, seeker_id: int, candidate_id: int, open_limit: int
) -> None:
    """Refuse what the site's limit or the rules of a shared event do not let."""
    limits = groups.limits_between(session, seeker_id, candidate_id)
    if limits is None:
        raise DomainError("meeting-not-allowed", status=403)
    asked = select(func.count()).where(Introduction.seeker_id == seeker_id)
    unanswered = (IntroductionState.PENDING, IntroductionState.QUEUED)
    waiting = asked.where(Introduction.state.in_(unanswered))
    most = min(open_limit, limits.open_limit or open_limit)
    if (session.scalar(waiting) or 0) >= most:
        raise DomainError("too-many-open")
    if limits.quota is not None:
        used = asked.where(
            Introduction.state.in_(OPEN_STATES),
            Introduction.candidate_id.in_(limits.quota_ids),
        )
        if (session.scalar(used) or 0) >= limits.quota:
            raise DomainError("quota-reached")


def get_introduction(session: Session, profile_id: int, public_id: str) -> Introduction:
    """Return an introduction of which a member is one of the two sides.

    Raises
    ------
    DomainError
        ``introduction-unknown``, also for introductions of others.
    """
    introduction = session.scalar(
        select(Introduction)
        .where(
            Introduction.public_id == public_id,
            or_(
                Introduction.seeker_id == profile_id,
                Introduction.candidate_id == profile_id,
            ),
        )
        .options(
            joinedload(Introduction.seeker).joinedload(Profile.organisation),
            joinedload(Introduction.candidate).joinedload(Profile.organisation),
        )
    )
    if (
        introduction is None
        or not _is_shown(introduction, profile_id)
        or blocks.is_blocked(session, introduction.seeker_id, introduction.candidate_id)
    ):
        raise DomainError("introduction-unknown", status=404)
    return introduction


def _is_shown(introduction: Introduction, profile_id: int) -> bool:
    """Tell whether a side may know of a request: what is queued is for its sender."""
    queued = introduction.state is IntroductionState.QUEUED
    return introduction.seeker_id == profile_id or not queued


def find_handed_by(
    session: Session, introduction: Introduction, *, viewer_id: int
) -> Profile | None:
    """Return who passed a request on, unless a block hides them from the viewer."""
    if introduction.handed_from is None:
        return None
    found = introduction.handed_from.candidate
    return None if blocks.is_blocked(session, found.id, viewer_id) else found


def find_successor(
    session: Session, introduction_id: int, *, viewer_id: int
) -> Introduction | None:
    """Return the request that a handed over one became, unless a block hides it."""
    return session.scalar(
        select(Introduction)
        .where(
            Introduction.handed_from_id == introduction_id,
            Introduction.candidate_id.not_in(blocks.hidden_from(viewer_id)),
        )
        .options(joinedload(Introduction.candidate).joinedload(Profile.organisation))
    )


def list_introductions(
    session: Session, profile_id: int, *, states: Sequence[IntroductionState]
) -> list[Introduction]:
    """Return a member's introductions in some states, newest first."""
    return list(
        session.scalars(
            select(Introduction)
            .where(
                or_(
                    Introduction.seeker_id == profile_id,
                    and_(
                        Introduction.candidate_id == profile_id,
                        Introduction.state != IntroductionState.QUEUED,
                    ),
                ),
                Introduction.state.in_(states),
                Introduction.seeker_id.not_in(blocks.hidden_from(profile_id)),
                Introduction.candidate_id.not_in(blocks.hidden_from(profile_id)),
            )
            .order_by(Introduction.asked_at.desc())
            .options(
                joinedload(Introduction.seeker).joinedload(Profile.organisation),
                joinedload(Introduction.candidate).joinedload(Profile.organisation),
            )
        )
    )


def count_waiting(user_profile_id: Any) -> Any:  # noqa: ANN401  SQL expressions
    """Return a scalar subquery: requests that wait for this member's answer."""
    return (
        select(func.count())
        .where(
            Introduction.candidate_id == user_profile_id,
            Introduction.state == IntroductionState.PENDING,
        )
        .scalar_subquery()
    )
