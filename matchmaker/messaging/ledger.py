"""The ledger of contacts: follow-ups, next steps, who is due. Flush, never commit."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import case, func, or_, select, update
from sqlalchemy.orm import Session, joinedload

from matchmaker.clock import now
from matchmaker.errors import DomainError
from matchmaker.matching import rules as matching_rules
from matchmaker.matching.models import Introduction
from matchmaker.messaging import rules
from matchmaker.messaging.models import ContactKind, FollowUp, Message
from matchmaker.messaging.service import (
    add_once,
    check_connected,
    connected_to,
    partner_of,
    with_people,
)
from matchmaker.profiles.models import Profile


@dataclass(frozen=True, slots=True)
class Contact:
    """One line of the ledger."""

    introduction: Introduction
    partner: Profile
    shelf: rules.Shelf
    next_step: str
    due_on: date | None
    last_contact: date


def list_follow_ups(
    session: Session, introduction_id: int, viewer_id: int
) -> list[FollowUp]:
    """Return the follow-ups a member may see: their own and the shared ones."""
    return list(
        session.scalars(
            select(FollowUp)
            .where(
                FollowUp.introduction_id == introduction_id,
                or_(FollowUp.author_id == viewer_id, FollowUp.shared),
            )
            .order_by(FollowUp.happened_on.desc(), FollowUp.id.desc())
            .options(joinedload(FollowUp.author))
        )
    )


def add_follow_up(  # noqa: PLR0913  each by name
    session: Session,
    introduction: Introduction,
    author_id: int,
    *,
    kind: ContactKind,
    happened_on: date,
    what: str,
    next_step: str,
    due_on: date | None,
    shared: bool,
    form_key: str,
    today: date,
) -> None:
    """Record a contact that took place; earlier open steps of the author are done.

    Raises
    ------
    DomainError
        ``conversation-closed``, ``date-future``, ``date-far``.
    """
    check_connected(introduction)
    rules.check_past(happened_on, today)
    if due_on is not None:
        matching_rules.check_due(due_on, today)
    session.execute(
        update(FollowUp)
        .where(
            FollowUp.introduction_id == introduction.id,
            FollowUp.author_id == author_id,
            FollowUp.form_key != form_key,
            FollowUp.done_at.is_(None),
        )
        .values(done_at=now())
    )
    follow_up = FollowUp(
        introduction_id=introduction.id,
        author_id=author_id,
        kind=kind,
        happened_on=happened_on,
        what=what,
        next_step=next_step,
        due_on=due_on,
        shared=shared,
        form_key=form_key,
    )
    add_once(session, follow_up)


def finish_step(
    session: Session, author_id: int, public_id: str, *, done: bool
) -> FollowUp:
    """Mark the next step of one's own follow-up as done, or as open again.

    Raises
    ------
    DomainError
        ``introduction-unknown``.
    """
    follow_up = session.scalar(
        select(FollowUp).where(
            FollowUp.public_id == public_id, FollowUp.author_id == author_id
        )
    )
    if follow_up is None:
        raise DomainError("introduction-unknown", status=404)
    follow_up.done_at = now() if done else None
    return follow_up


def list_contacts(session: Session, profile_id: int, *, today: date) -> list[Contact]:
    """Return the ledger: what is due first, then by the day of the last contact."""
    open_step = (
        select(
            FollowUp.introduction_id,
            func.max(case((FollowUp.done_at.is_(None), FollowUp.id))).label("open_id"),
            func.max(FollowUp.happened_on).label("followed_on"),
        )
        .where(FollowUp.author_id == profile_id)
        .group_by(FollowUp.introduction_id)
        .subquery()
    )
    spoken = (
        select(Message.introduction_id, func.max(Message.sent_at).label("spoken_at"))
        .where(or_(Message.author_id == profile_id, Message.recipient_id == profile_id))
        .group_by(Message.introduction_id)
        .subquery()
    )
    rows = session.execute(
        select(Introduction, FollowUp, open_step.c.followed_on, spoken.c.spoken_at)
        .outerjoin(open_step, open_step.c.introduction_id == Introduction.id)
        .outerjoin(FollowUp, FollowUp.id == open_step.c.open_id)
        .outerjoin(spoken, spoken.c.introduction_id == Introduction.id)
        .where(connected_to(profile_id))
        .options(*with_people())
    ).all()
    contacts = [
        _contact(row[0], row[1], row[2], row[3], profile_id=profile_id, today=today)
        for row in rows
    ]
    order = {shelf: place for place, shelf in enumerate(rules.Shelf)}
    contacts.sort(
        key=lambda one: (
            order[one.shelf],
            one.due_on or date.max,
            -one.last_contact.toordinal(),
        )
    )
    return contacts


def _contact(  # noqa: PLR0913  the columns of a row
    introduction: Introduction,
    step: FollowUp | None,
    followed_on: date | None,
    spoken_at: datetime | None,
    *,
    profile_id: int,
    today: date,
) -> Contact:
    since = introduction.answered_at or introduction.asked_at
    days = [since.date(), followed_on, spoken_at.date() if spoken_at else None]
    last_contact = max(day for day in days if day is not None)
    due = step.due_on if step else None
    return Contact(
        introduction=introduction,
        partner=partner_of(introduction, profile_id),
        shelf=rules.shelf(
            due=due,
            last_contact=last_contact,
            followed_up=followed_on is not None,
            today=today,
        ),
        next_step=step.next_step if step else "",
        due_on=due,
        last_contact=last_contact,
    )
