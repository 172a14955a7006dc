"""Gathering what a member's digest says. Flush, never commit.

The letter holds values only; its sentences are written when it is sent, in the
language the member has then.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session, selectinload

from matchmaker.accounts.models import User
from matchmaker.digest.models import DigestMention
from matchmaker.mail import queue_letter
from matchmaker.matching import rules as matching_rules
from matchmaker.matching import service as matching
from matchmaker.matching.bridge import Matcher
from matchmaker.matching.models import Impression, Introduction, Proposal
from matchmaker.messaging.models import FollowUp, Message
from matchmaker.messaging.service import connected_to, partner_of, with_people
from matchmaker.notices import rules
from matchmaker.notices import service as notices
from matchmaker.notices.models import (
    Delivery,
    NoticeKind,
    NoticeSettings,
    Notification,
)
from matchmaker.profiles.models import Profile, ProfileStatus
from matchmaker.trust import blocks

NOTICES = 12  # listed in one letter; the others are counted
STEPS = 6
PROPOSALS = 3
WRITERS = 5
LONGEST = 160  # characters of somebody's own text in a letter
FRESH = timedelta(days=14)  # older notices are not worth a letter any more


@dataclass(slots=True)
class Digest:
    """What one letter says, in plain JSON, and what is told by it."""

    day: str
    notices: list[dict[str, Any]] = field(default_factory=list)
    more_notices: int = 0
    steps: list[dict[str, Any]] = field(default_factory=list)
    more_steps: int = 0
    proposals: list[dict[str, Any]] = field(default_factory=list)
    writers: list[dict[str, Any]] = field(default_factory=list)
    unread: int = 0


@dataclass(slots=True)
class Gathered:
    """A digest before it is written: reading takes its time, writing must not."""

    digest: Digest
    #: Whether anything in it is new; overdue steps alone were told before.
    news: bool = False
    #: Notices that are told by it, or not worth a letter any more.
    notice_ids: list[int] = field(default_factory=list)
    #: Who is proposed in it: (seeker, candidate).
    mentions: list[tuple[int, int]] = field(default_factory=list)


def gather(
    session: Session,
    matcher: Matcher,
    settings: NoticeSettings,
    user: User,
    *,
    moment: datetime,
) -> Gathered:
    """Read what a member's digest would say now. Nothing is written."""
    today = moment.astimezone(rules.zone_of(user.time_zone)).date()
    wanted = notices.list_deliveries(session, user.id)
    found = Gathered(Digest(day=today.isoformat()))
    _add_notices(session, found, user.id, wanted=wanted, moment=moment)
    profile = session.scalar(select(Profile).where(Profile.user_id == user.id))
    if profile is None:
        return found
    if wanted[NoticeKind.FOLLOW_UP] is Delivery.DIGEST:
        _add_steps(session, found, profile.id, today=today, since=settings)
    if wanted[NoticeKind.MESSAGE] is Delivery.DIGEST:
        _add_unread(session, found, profile.id, since=settings.sent_at)
    if wanted[NoticeKind.PROPOSALS] is Delivery.DIGEST:
        _add_proposals(session, found, profile, matcher)
    return found


def write(
    session: Session,
    found: Gathered,
    settings: NoticeSettings,
    user: User,
    *,
    moment: datetime,
) -> bool:
    """Put a digest into the outbox; tell whether there was anything new.

    What is left out of it counts as mailed too, because it was seen or is no longer
    wanted: a change of mind must not bring it up weeks later.
    """
    session.execute(
        update(Notification)
        .where(Notification.id.in_(found.notice_ids))
        .values(mailed_at=moment)
        .execution_options(synchronize_session=False)
    )
    if not found.news:
        return False
    session.add_all(
        DigestMention(seeker_id=seeker_id, candidate_id=candidate_id)
        for seeker_id, candidate_id in found.mentions
    )
    queue_letter(
        session,
        to=user.email,
        template="digest",
        locale=user.locale,
        context={
            **asdict(found.digest),
            "way_out": [settings.public_id, rules.DIGEST],
        },
    )
    return True


def _add_notices(
    session: Session,
    found: Gathered,
    user_id: int,
    *,
    wanted: dict[NoticeKind, Delivery],
    moment: datetime,
) -> None:
    """List what was not seen in the site. Messages are told by their conversations."""
    unmailed = list(
        session.scalars(
            select(Notification)
            .where(Notification.user_id == user_id, Notification.mailed_at.is_(None))
            .order_by(Notification.id)
        )
    )
    told: dict[tuple[str, str | None], dict[str, Any]] = {}
    for notice in unmailed:
        if (
            notice.seen_at is None
            and notice.created_at > moment - FRESH
            and notice.kind is not NoticeKind.MESSAGE
            and wanted[notice.kind] is not Delivery.NEVER
        ):
            # The same thing about the same matter once, as it stands last.
            key = notice.code, notice.about or notice.public_id
            told[key] = {
                "code": notice.code,
                "values": notice.context,
                "notice": notice.public_id,
            }
    found.notice_ids = [notice.id for notice in unmailed]
    hidden = _hidden_matters(session, user_id, [about for _code, about in told])
    shown = [value for (_c, about), value in told.items() if about not in hidden]
    found.digest.notices = shown[:NOTICES]
    found.digest.more_notices = len(shown[NOTICES:])
    found.news = found.news or bool(shown)


def _hidden_matters(
    session: Session, user_id: int, about: Sequence[str | None]
) -> set[str]:
    """Return which of some introductions are with people the member cannot see."""
    own = select(Profile.id).where(Profile.user_id == user_id).scalar_subquery()
    hidden = blocks.hidden_from(own)
    return set(
        session.scalars(
            select(Introduction.public_id).where(
                Introduction.public_id.in_([one for one in about if one]),
                or_(
                    Introduction.seeker_id.in_(hidden),
                    Introduction.candidate_id.in_(hidden),
                ),
            )
        )
    )


def _add_steps(
    session: Session,
    found: Gathered,
    profile_id: int,
    *,
    today: date,
    since: NoticeSettings,
) -> None:
    """List the member's own open steps that are due today or overdue."""
    rows = session.execute(
        select(FollowUp, Introduction)
        .join(Introduction, Introduction.id == FollowUp.introduction_id)
        .where(
            FollowUp.author_id == profile_id,
            FollowUp.done_at.is_(None),
            FollowUp.due_on <= today,
            connected_to(profile_id),
        )
        .order_by(FollowUp.due_on.desc(), FollowUp.id)
        .options(*with_people())
    ).all()
    steps: list[dict[str, Any]] = [
        {
            "name": partner_of(introduction, profile_id).full_name,
            "step": _short(step.next_step),
            "due": step.due_on.isoformat(),
            "today": step.due_on == today,
            "introduction": introduction.public_id,
        }
        for step, introduction in rows
        if step.due_on is not None
    ]
    told_on = (
        since.sent_at.astimezone(rules.zone_of(since.time_zone or "UTC")).date()
        if since.sent_at
        else date.min
    )
    found.digest.steps = steps[:STEPS]
    found.digest.more_steps = len(steps[STEPS:])
    found.news = found.news or any(step["due"] > told_on.isoformat() for step in steps)


def _add_unread(
    session: Session, found: Gathered, profile_id: int, *, since: datetime | None
) -> None:
    """Count unread conversations, and name who wrote last."""
    rows = session.execute(
        select(
            Introduction,
            func.count(Message.id),
            func.max(Message.sent_at).label("latest"),
        )
        .join(Message, Message.introduction_id == Introduction.id)
        .where(
            Message.recipient_id == profile_id,
            Message.read_at.is_(None),
            connected_to(profile_id),
        )
        .group_by(Introduction.id)
        .order_by(func.max(Message.id).desc())
        .options(
            selectinload(Introduction.seeker), selectinload(Introduction.candidate)
        )
    ).all()
    found.digest.unread = len(rows)
    found.digest.writers = [
        {
            "name": partner_of(row[0], profile_id).full_name,
            "count": row[1],
            "introduction": row[0].public_id,
        }
        for row in rows[:WRITERS]
    ]
    found.news = found.news or any(since is None or row[2] > since for row in rows)


def _add_proposals(
    session: Session, found: Gathered, profile: Profile, matcher: Matcher
) -> None:
    """Name up to three people that were on no page yet and in no digest."""
    if profile.status is not ProfileStatus.ACTIVE:
        return
    known = select(Impression.candidate_id).where(Impression.seeker_id == profile.id)
    told = select(DigestMention.candidate_id).where(
        DigestMention.seeker_id == profile.id
    )
    seen = set(session.scalars(known)) | set(session.scalars(told))
    shown = [
        proposal
        for proposal in matching.list_proposals(session, profile.id, limit=10)
        if proposal.candidate_id not in seen
    ][:PROPOSALS]
    bare = [one.candidate_id for one in shown if not one.reasons]
    told_now = matcher.explain(session, profile.id, bare) if bare else {}
    found.mentions = [(profile.id, one.candidate_id) for one in shown]
    found.digest.proposals = [
        _proposal(one, one.reasons or told_now.get(one.candidate_id, {}))
        for one in shown
    ]
    found.news = found.news or bool(shown)


def _proposal(proposal: Proposal, reasons: dict[str, Any]) -> dict[str, Any]:
    person = proposal.candidate
    told: list[dict[str, Any]] = reasons.get("reasons", [])
    return {
        "profile": person.public_id,
        "name": person.full_name,
        "latin": person.latin_name,
        "organisation": person.organisation_name,
        "country": person.country,
        "band": proposal.band.value,
        "quoted": [_quoted(one) for one in matching_rules.quotable(told)[:1]],
        "also": [one for one in told if "need_text" not in one["evidence"]][:3],
    }


def _quoted(reason: Any) -> dict[str, Any]:  # noqa: ANN401  JSON of the engine
    """Return both texts of a reason, cut to what a letter can carry."""
    evidence = {
        key: _short(value) if key.endswith("_text") else value
        for key, value in reason["evidence"].items()
        if not key.endswith("_spans")
    }
    return {**reason, "evidence": evidence}


def _short(text: str) -> str:
    words = " ".join(text.split())
    if len(words) <= LONGEST:
        return words
    return words[:LONGEST].rpartition(" ")[0].rstrip(" ,;") + " …"
