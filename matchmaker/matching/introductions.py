"""Requests to be introduced, their answers and outcomes. Flush, never commit."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload

from matchmaker.clock import now
from matchmaker.errors import DomainError
from matchmaker.events import groups
from matchmaker.matching import lists, rules
from matchmaker.matching.models import (
    OPEN_STATES,
    Introduction,
    IntroductionState,
    Outcome,
)
from matchmaker.notices.models import NoticeKind
from matchmaker.notices.service import notify
from matchmaker.profiles.models import Opportunity, Profile, ProfileStatus
from matchmaker.trust import blocks
from matchmaker.vocabulary.countries import country_name


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
) -> Introduction:
    """Ask to be introduced; the database lets one open request stand for a pair.

    Raises
    ------
    DomainError
        ``introduction-self``, ``profile-incomplete``, ``introduction-open``,
        ``introduction-recent``, ``too-many-open``, ``meeting-not-allowed``,
        ``quota-reached``.
    """
    if seeker.id == candidate.id:
        raise DomainError("introduction-self")
    if seeker.status is not ProfileStatus.ACTIVE:
        raise DomainError("profile-incomplete")
    if blocks.is_blocked(session, seeker.id, candidate.id):
        raise DomainError("profile-unknown", status=404)
    expire_due(session)
    latest = find_between(session, seeker.id, candidate.id)
    if latest is not None and latest.state in OPEN_STATES:
        raise DomainError("introduction-open")
    if latest is not None and latest.asked_at > now() - timedelta(days=rematch_days):
        raise DomainError("introduction-recent")
    _check_limits(session, seeker.id, candidate.id, open_limit)
    proposal = lists.find_proposal(session, seeker.id, candidate.id)
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
        run_id=proposal.run_id if proposal else None,
        expires_at=now() + timedelta(days=days),
    )
    try:
        with session.begin_nested():
            session.add(introduction)
    except IntegrityError as error:  # the other side asked at this very moment
        raise DomainError("introduction-open") from error
    _tell(session, "asked", introduction, to=candidate, about=seeker)
    return introduction


def _check_limits(
    session: Session, seeker_id: int, candidate_id: int, open_limit: int
) -> None:
    """Refuse what the site's limit or the rules of a shared event do not let."""
    limits = groups.limits_between(session, seeker_id, candidate_id)
    if limits is None:
        raise DomainError("meeting-not-allowed", status=403)
    asked = select(func.count()).where(Introduction.seeker_id == seeker_id)
    waiting = asked.where(Introduction.state == IntroductionState.PENDING)
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


def _tell(
    session: Session,
    code: str,
    introduction: Introduction,
    *,
    to: Profile,
    about: Profile,
) -> None:
    """Tell one side what the other did."""
    if to.user is None:
        return
    locale = to.user.locale
    notify(
        session,
        to.user,
        kind=NoticeKind.REQUEST if code == "asked" else NoticeKind.ANSWER,
        code=code,
        once_key=f"{code}:{introduction.public_id}",
        context={
            "name": about.full_name,
            "organisation": about.organisation_name
            or country_name(about.country, locale),
            "introduction": introduction.public_id,
        },
    )


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
    if introduction is None or blocks.is_blocked(
        session, introduction.seeker_id, introduction.candidate_id
    ):
        raise DomainError("introduction-unknown", status=404)
    return introduction


def answer(
    session: Session, profile_id: int, public_id: str, *, accept: bool
) -> Introduction:
    """Answer a request; of two answers at once the first one counts.

    Answering again with the same word changes nothing.

    Raises
    ------
    DomainError
        ``introduction-unknown`` if it was not asked of this member,
        ``introduction-closed`` if it is no longer open.
    """
    introduction = get_introduction(session, profile_id, public_id)
    if introduction.candidate_id != profile_id:
        raise DomainError("introduction-unknown", status=404)
    state = IntroductionState.ACCEPTED if accept else IntroductionState.DECLINED
    if introduction.state is state:
        return introduction
    rules.check_open(introduction.state, introduction.expires_at, now())
    _close(session, introduction, state)
    return introduction


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
    if introduction.state is not IntroductionState.WITHDRAWN:
        rules.check_open(introduction.state, introduction.expires_at, now())
        _close(session, introduction, IntroductionState.WITHDRAWN)
    return introduction


def _close(
    session: Session, introduction: Introduction, state: IntroductionState
) -> None:
    version = introduction.version
    accepted = state is IntroductionState.ACCEPTED
    changed: Any = session.execute(
        update(Introduction)
        .where(
            Introduction.id == introduction.id,
            Introduction.version == version,
            Introduction.state == IntroductionState.PENDING,
        )
        .values(
            state=state,
            version=version + 1,
            answered_at=now(),
            pair_key=Introduction.pair_key if accepted else None,
        )
        .execution_options(synchronize_session=False)
    )
    session.refresh(introduction)
    if changed.rowcount == 0 and introduction.state is not state:
        raise DomainError("introduction-closed")
    if changed.rowcount and accepted:
        seeker, candidate = introduction.seeker, introduction.candidate
        _tell(session, "accepted", introduction, to=seeker, about=candidate)


def count_due(session: Session) -> int:
    """Return how many requests wait although their time is over."""
    due = select(func.count()).where(
        Introduction.state == IntroductionState.PENDING,
        Introduction.expires_at <= now(),
    )
    return session.scalar(due) or 0


def expire_due(session: Session) -> int:
    """Close the requests whose time to answer is over; never a rejection."""
    result: Any = session.execute(
        update(Introduction)
        .where(
            Introduction.state == IntroductionState.PENDING,
            Introduction.expires_at <= now(),
        )
        .values(
            state=IntroductionState.EXPIRED,
            pair_key=None,
            version=Introduction.version + 1,
        )
        .execution_options(synchronize_session="fetch")
    )
    return int(result.rowcount)


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
                    Introduction.candidate_id == profile_id,
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


def record_outcome(
    session: Session,
    introduction: Introduction,
    author_id: int,
    *,
    stage: int,
    value: str,
) -> Outcome:
    """Store what one side says came of an accepted introduction.

    Raises
    ------
    DomainError
        ``outcome-unknown``, ``conversation-closed``.
    """
    rules.check_outcome(stage, value)
    if introduction.state is not IntroductionState.ACCEPTED:
        raise DomainError("conversation-closed")
    outcome = session.scalar(
        select(Outcome).where(
            Outcome.introduction_id == introduction.id,
            Outcome.author_id == author_id,
            Outcome.stage == stage,
        )
    )
    if outcome is None:
        outcome = Outcome(
            introduction_id=introduction.id, author_id=author_id, stage=stage
        )
        session.add(outcome)
    outcome.value = value
    outcome.recorded_at = now()
    session.flush()
    return outcome


def list_outcomes(session: Session, introduction_id: int) -> list[Outcome]:
    """Return what both sides said so far, oldest first."""
    return list(
        session.scalars(
            select(Outcome)
            .where(Outcome.introduction_id == introduction_id)
            .order_by(Outcome.stage, Outcome.recorded_at)
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
