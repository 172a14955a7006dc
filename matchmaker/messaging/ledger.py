"""Follow-ups: what took place, what comes next and when. Flush, never commit."""

from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from sqlalchemy import Select, delete, inspect, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload

from matchmaker.clock import now
from matchmaker.errors import DomainError
from matchmaker.matching import rules as matching_rules
from matchmaker.matching.models import Introduction
from matchmaker.messaging import rules
from matchmaker.messaging.models import (
    CancelledStep,
    ContactChoice,
    ContactKind,
    FollowUp,
    StepOwner,
)
from matchmaker.messaging.service import add_once, check_connected
from matchmaker.trust import blocks


@dataclass(frozen=True, slots=True)
class Noted:
    """What somebody notes of a contact."""

    kind: ContactKind
    happened_on: date
    what: str = ""
    next_step: str = ""
    due_on: date | None = None
    owner: StepOwner = StepOwner.ME
    shared: bool = False


NOTED = tuple(field.name for field in fields(Noted))


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


def find_open_step(
    session: Session, introduction_id: int, author_id: int
) -> FollowUp | None:
    """Return the step a member means to take next, if one is noted."""
    return session.scalar(
        _open_steps(introduction_id, author_id).order_by(FollowUp.id.desc()).limit(1)
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
    owner: StepOwner = StepOwner.ME,
    planned: bool = False,
    finishes: bool = False,
) -> FollowUp | None:
    """Record a contact that took place; a new next step replaces the open one.

    Parameters
    ----------
    planned
        Nothing took place; only the next step is noted.
    finishes
        The open step was done with it.

    Returns
    -------
    FollowUp or None
        The new row; None when the form was sent before.

    Raises
    ------
    DomainError
        ``conversation-closed``, ``date-future``, ``date-far``, ``date-over``.
    """
    check_connected(introduction)
    rules.check_past(happened_on, today)
    if due_on is not None:
        matching_rules.check_due(due_on, today)
    earlier = list(session.scalars(_open_steps(introduction.id, author_id)))
    follow_up = FollowUp(
        introduction_id=introduction.id,
        author_id=author_id,
        kind=kind,
        happened_on=happened_on,
        what=what,
        next_step=next_step,
        due_on=due_on,
        owner=owner,
        shared=shared,
        planned=planned,
        form_key=form_key,
    )
    add_once(session, follow_up)
    if not inspect(follow_up).persistent:
        return None
    if finishes or next_step or due_on is not None:
        for step in earlier:
            _finish(step)
        session.flush()
    return follow_up


def _open_steps(introduction_id: int, author_id: int) -> Select[FollowUp]:
    return select(FollowUp).where(
        FollowUp.introduction_id == introduction_id,
        FollowUp.author_id == author_id,
        *is_open_step(FollowUp),
    )


def is_open_step(table: Any) -> tuple[Any, ...]:  # noqa: ANN401  a model or its alias
    """Return the conditions that a follow-up names a step which is not done."""
    return (
        table.done_at.is_(None),
        or_(table.next_step != "", table.due_on.is_not(None)),
    )


def get_own(session: Session, author_id: int, public_id: str) -> FollowUp:
    """Return one's own follow-up, locked until the end of the transaction.

    Raises
    ------
    DomainError
        ``introduction-unknown``, also for those of others and where a block stands.
    """
    found = session.scalar(
        select(FollowUp)
        .where(FollowUp.public_id == public_id, FollowUp.author_id == author_id)
        .with_for_update()
    )
    if found is None or blocks.is_blocked(
        session, found.introduction.seeker_id, found.introduction.candidate_id
    ):
        raise DomainError("introduction-unknown", status=404)
    return found


def edit_follow_up(  # noqa: PLR0913  each by name
    session: Session,
    author_id: int,
    public_id: str,
    *,
    noted: Noted,
    version: int,
    today: date,
) -> FollowUp:
    """Change what one noted; who began from an older state is told so.

    Raises
    ------
    DomainError
        ``introduction-unknown``, ``edited-elsewhere``, ``date-future``, ``date-far``,
        ``date-over`` (a day that was noted before may be over by now).
    """
    follow_up = get_own(session, author_id, public_id)
    if follow_up.version != version:
        raise DomainError("edited-elsewhere")
    if noted.happened_on != follow_up.happened_on:
        rules.check_past(noted.happened_on, today)
    if noted.due_on is not None and noted.due_on != follow_up.due_on:
        matching_rules.check_due(noted.due_on, today)
    before = follow_up.due_on
    changed = False
    for name in NOTED:
        value = getattr(noted, name)
        if getattr(follow_up, name) != value:
            setattr(follow_up, name, value)
            changed = True
    if changed:
        _note_change(session, follow_up, due_before=before)
    return follow_up


def remove_follow_up(session: Session, author_id: int, public_id: str) -> Introduction:
    """Remove what one noted, for everybody and for good; return the introduction.

    Raises
    ------
    DomainError
        ``introduction-unknown``.
    """
    follow_up = get_own(session, author_id, public_id)
    introduction = follow_up.introduction
    if follow_up.due_on is not None:
        _cancel(session, follow_up, follow_up.due_on, version=follow_up.version + 1)
    session.delete(follow_up)
    session.flush()
    return introduction


def finish_step(
    session: Session, author_id: int, public_id: str, *, done: bool
) -> FollowUp:
    """Mark the next step of one's own follow-up as done, or as open again.

    Raises
    ------
    DomainError
        ``introduction-unknown``.
    """
    follow_up = get_own(session, author_id, public_id)
    if (follow_up.done_at is not None) != done:
        _finish(follow_up, done=done)
        session.flush()
    return follow_up


def move_step(  # noqa: PLR0913  each by name
    session: Session,
    author_id: int,
    public_id: str,
    *,
    days: int,
    seen: date | None,
    version: int,
    today: date,
) -> FollowUp:
    """Put a step off; the same press sent twice puts it off once.

    Parameters
    ----------
    seen, version
        The day and the version of the step on the page that was pressed.

    Raises
    ------
    DomainError
        ``introduction-unknown``, ``edited-elsewhere``.
    """
    follow_up = get_own(session, author_id, public_id)
    target = rules.moved(seen, today, days)
    if follow_up.version != version:
        if follow_up.due_on == target:
            return follow_up  # the second press of a double one
        raise DomainError("edited-elsewhere")
    before = follow_up.due_on
    follow_up.due_on = target
    _note_change(session, follow_up, due_before=before)
    return follow_up


def _finish(step: FollowUp, *, done: bool = True) -> None:
    step.changed_at = now()
    step.done_at = step.changed_at if done else None
    step.version += 1


def _note_change(
    session: Session, follow_up: FollowUp, *, due_before: date | None
) -> None:
    """Count a change, and keep what calendars must hear of it."""
    follow_up.version += 1
    follow_up.edited_at = follow_up.changed_at = now()
    if follow_up.due_on is not None:
        # Whatever was cancelled stands in calendars again, with a later version.
        session.execute(
            delete(CancelledStep).where(CancelledStep.uid == follow_up.public_id)
        )
    elif due_before is not None:
        _cancel(session, follow_up, due_before, version=follow_up.version)
    session.flush()


def _cancel(
    session: Session, follow_up: FollowUp, due_on: date, *, version: int
) -> None:
    session.add(
        CancelledStep(
            uid=follow_up.public_id,
            author_id=follow_up.author_id,
            due_on=due_on,
            version=version,
        )
    )


def set_quiet(
    session: Session, introduction_id: int, profile_id: int, *, quiet: bool
) -> None:
    """Leave a contact in peace, or let reminders come again."""
    choice = session.scalar(_choice(introduction_id, profile_id))
    if choice is None:
        choice = ContactChoice(introduction_id=introduction_id, profile_id=profile_id)
        try:
            with session.begin_nested():
                session.add(choice)
        except IntegrityError:  # the other press of a double one
            choice = session.scalars(_choice(introduction_id, profile_id)).one()
    if (choice.quiet_since is not None) != quiet:
        choice.quiet_since = now() if quiet else None
    session.flush()


def is_quiet(session: Session, introduction_id: int, profile_id: int) -> bool:
    """Tell whether a member wants no reminders of a contact."""
    choice = session.scalar(_choice(introduction_id, profile_id))
    return choice is not None and choice.quiet_since is not None


def _choice(introduction_id: int, profile_id: int) -> Select[ContactChoice]:
    return select(ContactChoice).where(
        ContactChoice.introduction_id == introduction_id,
        ContactChoice.profile_id == profile_id,
    )
