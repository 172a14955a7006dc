"""Taking people out who never became members. Flush, never commit.

What stays of somebody erased is that one more person was at an event: an attendance
of a profile that says nothing.
"""

from datetime import timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Text, cast, delete, func, or_, select, update
from sqlalchemy.orm import Session

from matchmaker.accounts.models import User
from matchmaker.clock import now
from matchmaker.events.models import Attendance
from matchmaker.events.notice import stored_rows
from matchmaker.events.roster import ImportBatch, ImportRow, Never, Seed
from matchmaker.events.rules import never_digest
from matchmaker.mail import Letter
from matchmaker.profiles.models import Opportunity, Organisation, Profile, ProfileStatus

UNCLAIMED: Final = (ProfileStatus.DRAFT, ProfileStatus.INVITED)
BATCH: Final = 20  # people erased in one transaction: others wait a fraction of it


def erase_address(session: Session, seed: Seed) -> list[str]:
    """Erase somebody, on the lists of all events; return what kinds of data went.

    Without an address only this one draft can be told to be theirs.
    """
    seeds = [seed]
    if seed.email:
        same = select(Seed).where(Seed.email == seed.email).order_by(Seed.profile_id)
        seeds = list(session.scalars(same.with_for_update()))
    gone = [code for one in seeds for code in erase(session, one)]
    return list(dict.fromkeys(gone))


def never_again(session: Session, seed: Seed, *, key: str) -> list[str]:
    """Erase somebody and keep the keyed hash of the address: it beats later imports."""
    digest = never_digest(key, seed.email)
    if session.get(Never, digest) is None:
        session.add(Never(digest=digest))
    return erase_address(session, seed)


def erase(session: Session, seed: Seed) -> list[str]:
    """Erase one draft from every table; return what kinds of data went."""
    profile, email = seed.profile, seed.email
    profile_id, organisation_id = profile.id, profile.organisation_id
    attendances = session.scalars(
        select(Attendance).where(Attendance.profile_id == profile_id)
    ).all()
    rows = stored_rows(seed, attendances[0] if attendances else None, "en")
    gone = list(dict.fromkeys(code for code, _text in rows))
    forget_rows(session, seed)
    forget_letters(session, email)
    if attendances:
        nobody = Profile(status=ProfileStatus.ERASED)
        session.add(nobody)
        session.flush()
        for attendance in attendances:
            attendance.profile_id = nobody.id
            attendance.question = ""
            attendance.minutes = None
    session.flush()
    remove_draft(session, profile_id, organisation_id)
    return gone


def remove_draft(
    session: Session, profile_id: int, organisation_id: int | None
) -> None:
    """Delete a draft with all that hangs on it, and an employer nobody else has."""
    session.execute(delete(Seed).where(Seed.profile_id == profile_id))
    session.execute(delete(Opportunity).where(Opportunity.profile_id == profile_id))
    session.execute(delete(Profile).where(Profile.id == profile_id))
    drop_employer(session, organisation_id)
    session.expire_all()


def drop_employer(session: Session, organisation_id: int | None) -> None:
    """Delete an organisation to which nobody belongs any more."""
    if organisation_id is not None:
        others = select(Profile.id).where(Profile.organisation_id == organisation_id)
        session.execute(
            delete(Organisation).where(
                Organisation.id == organisation_id, ~others.exists()
            )
        )


def forget_letters(session: Session, email: str) -> None:
    """Take letters to an address out of the outbox, sent ones too.

    A member's letters stay: they may have been asked for a minute ago.
    """
    if not email:
        return
    member = select(User.id).where(User.email == email).exists()
    ours = Letter.template.in_(("invitation", "reminder"))
    session.execute(delete(Letter).where(Letter.recipient == email, or_(ours, ~member)))


def forget_rows(session: Session, seed: Seed) -> None:
    """Empty the imported rows of a person, and those that repeat address or phone."""
    theirs: list[ColumnElement[bool]] = [ImportRow.profile_id == seed.profile_id]
    for text in (seed.email, seed.phone):
        if text:
            theirs += [says(ImportRow.cells, text), says(ImportRow.person, text)]
    event = select(ImportBatch.id).where(ImportBatch.event_id == seed.event_id)
    mine = or_(*theirs) & ImportRow.batch_id.in_(event)
    batches = select(ImportRow.batch_id).where(mine)
    session.execute(
        update(ImportBatch)
        .where(ImportBatch.id.in_(batches), ImportBatch.finished_at.is_not(None))
        .values(content=None)
    )
    session.execute(
        update(ImportRow)
        .where(mine)
        .values(cells=[], person={}, before=None, like_id=None)
        .execution_options(synchronize_session=False)
    )


def says(column: Any, text: str) -> ColumnElement[bool]:  # noqa: ANN401  a JSON column
    """Return the condition that a text of plain letters stands somewhere in a value."""
    return func.lower(cast(column, Text)).contains(text.lower(), autoescape=True)


# What the worker does --------------------------------------------------------


def erase_expired(session: Session, *, days: int, limit: int = BATCH) -> int:
    """Erase people whose time is over; return how many.

    Whoever was invited has until the end of the link; whoever was not has the same
    time from the import, because a notice may not come later than a month after it.
    """
    due = session.scalars(
        select(Seed)
        .join(Seed.profile)
        .where(is_over(days))
        .order_by(Seed.profile_id)
        .limit(limit)
        .with_for_update(of=Seed, skip_locked=True)
    ).all()
    for seed in due:
        erase(session, seed)
    return len(due)


def is_over(days: int) -> ColumnElement[bool]:
    """Return the condition on seeds and their profiles whose time is over."""
    moment = now()
    uninvited = (Profile.status == ProfileStatus.DRAFT) & (
        Seed.created_at <= moment - timedelta(days=days)
    )
    return or_(Seed.expires_at <= moment, uninvited) & Profile.status.in_(UNCLAIMED)


def is_erasure_due(session: Session, *, days: int) -> bool:
    """Tell whether somebody's time is over."""
    due = select(Seed.profile_id).join(Seed.profile).where(is_over(days)).limit(1)
    return session.scalar(due) is not None
