"""Erasing a person by their own wish. Flush, never commit; the caller owns it.

What stays is a profile that says nothing, so that the other side keeps its own words,
and counts stay what they were. Files of the model hold texts too: the worker makes
them anew, see ``jobs``.
"""

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from matchmaker.accounts.models import User
from matchmaker.clock import now
from matchmaker.db import Base, new_public_id
from matchmaker.errors import DomainError
from matchmaker.events import erasure as drafts
from matchmaker.events.models import Approval, Attendance, EventStaff, StaffRole
from matchmaker.events.roster import ImportBatch, ImportRow, Seed
from matchmaker.matching import ties
from matchmaker.matching.models import Introduction, Proposal
from matchmaker.owndata import rules, traces
from matchmaker.owndata.collect import Owner, own_value
from matchmaker.owndata.models import DataRequest, Erasure
from matchmaker.owndata.registry import KINDS, By, Fate, Kind
from matchmaker.profiles.models import Opportunity, Profile, ProfileStatus, Revision
from matchmaker.trust.models import Case, Signal

#: What a profile says of somebody who is gone.
_BLANK: Final[dict[str, Any]] = {
    "user_id": None,
    "organisation_id": None,
    "status": ProfileStatus.ERASED,
    "version": 1,
    "full_name": "",
    "latin_name": "",
    "job_title": "",
    "country": "",
    "city": "",
    "languages": [],
    "sectors": [],
    "markets": [],
    "about": "",
    "about_lang": "",
    "contacts": {},
    "list_stale_since": None,
    "reach_stale_since": None,
    "held": False,
    "held_since": None,
    "items_held": False,
    "weekly_contacts": None,
    "answers": None,
}


@dataclass(frozen=True, slots=True)
class Erased:
    """What has to be done outside of the database, and by which words it is found."""

    words: rules.Redactor
    address: str
    files: tuple[str, ...]


def check_may_leave(session: Session, user_id: int) -> None:
    """Refuse to leave an event without an owner, or the site without an admin.

    Raises
    ------
    DomainError
        ``erase-last-owner``, ``erase-last-admin``.
    """
    owned = select(EventStaff.event_id).where(
        EventStaff.user_id == user_id, EventStaff.role == StaffRole.OWNER
    )
    shared = select(EventStaff.event_id).where(
        EventStaff.user_id != user_id, EventStaff.role == StaffRole.OWNER
    )
    alone = owned.where(EventStaff.event_id.not_in(shared)).limit(1)
    if session.scalar(alone) is not None:
        raise DomainError("erase-last-owner")
    admins = select(User.id).where(User.is_admin, User.disabled_at.is_(None))
    ids = list(session.scalars(admins))
    if ids == [user_id]:
        raise DomainError("erase-last-admin")


def erase(session: Session, owner: Owner) -> Erased:
    """Erase somebody from every table; return what is left to do outside of it."""
    profile = session.get(Profile, owner.profile_id, with_for_update=True)
    words = _words(session, owner, profile)
    files = session.scalars(
        select(DataRequest.file_name).where(DataRequest.user_id == owner.user_id)
    )
    erased = Erased(words, owner.email, tuple(name for name in files if name))
    if profile is None:  # never came in after the address was confirmed
        _delete(session, owner)
        return erased
    pid, public_id = profile.id, profile.public_id
    organisation_id = profile.organisation_id
    traces.forget_told(session, owner, public_id=public_id, words=words)
    _renew_lists(session, pid)
    ties.end_all(session, pid)
    traces.clean_others(session, pid, words)
    traces.empty_talk(session, pid)
    _forget_reports(session, pid)
    _forget_imports(session, owner)
    _forget_decisions_on(session, pid)
    session.flush()
    session.expunge_all()  # what follows is written past what was loaded
    _delete(session, owner)
    session.execute(
        update(Profile)
        .where(Profile.id == pid)
        .values(**_BLANK, public_id=new_public_id(), changed_at=now())
        .execution_options(synchronize_session=False)
    )
    drafts.drop_employer(session, organisation_id)
    _note(session, public_id)
    session.flush()
    return erased


def _note(session: Session, public_id: str) -> None:
    digest = rules.erasure_digest(public_id)
    known = session.get(Erasure, digest)
    if known is None:
        session.add(Erasure(digest=digest))
    else:  # brought back by a backup, and erased again
        known.finished_at = None


def _words(session: Session, owner: Owner, profile: Profile | None) -> rules.Redactor:
    """Return what names the person: names, addresses, phones, texts of the profile."""
    words = [owner.email]
    if profile is not None:
        contacts = [one.get("value") for one in profile.contacts.values()]
        items = session.scalars(
            select(Opportunity.text)
            .where(Opportunity.profile_id == profile.id)
            .union_all(
                select(Revision.text).where(Revision.profile_id == profile.id),
                select(Introduction.seeker_cites).where(
                    Introduction.seeker_id == profile.id
                ),
                select(Introduction.candidate_cites).where(
                    Introduction.candidate_id == profile.id
                ),
            )
        )
        words += [profile.full_name, profile.latin_name, profile.about]
        words += [str(one) for one in contacts if one] + list(items)
        if _is_alone(session, profile):
            words.append(profile.organisation_name)
    return rules.Redactor(words)


def _is_alone(session: Session, profile: Profile) -> bool:
    """Tell whether the organisation goes with the person."""
    colleagues = select(func.count()).where(
        Profile.organisation_id == profile.organisation_id, Profile.id != profile.id
    )
    return profile.organisation_id is not None and not session.scalar(colleagues)


def _renew_lists(session: Session, pid: int) -> None:
    """Have the lists computed anew on which the person stands."""
    session.execute(
        update(Profile)
        .where(
            Profile.id.in_(
                select(Proposal.seeker_id).where(Proposal.candidate_id == pid)
            )
        )
        .values(list_stale_since=now())
        .execution_options(synchronize_session=False)
    )


def _forget_reports(session: Session, pid: int) -> None:
    """Erase what moderators have about the person."""
    session.flush()
    for model, column in ((Signal, Signal.other_id), (Case, Case.subject_id)):
        session.execute(
            delete(model)
            .where(column == pid)
            .execution_options(synchronize_session=False)
        )


def _forget_imports(session: Session, owner: Owner) -> None:
    """Empty the rows of lists that brought the person, and drafts of the address."""
    mine = or_(
        ImportRow.profile_id == owner.profile_id, ImportRow.like_id == owner.profile_id
    )
    if owner.email:  # an empty one would be everybody's
        same = Seed.email == owner.email, Seed.profile_id != owner.profile_id
        for seed in session.scalars(select(Seed).where(*same)).all():
            drafts.erase(session, seed)
        mine = or_(
            mine,
            drafts.says(ImportRow.cells, owner.email),
            drafts.says(ImportRow.person, owner.email),
        )
    batches = select(ImportRow.batch_id).where(mine)
    session.execute(
        update(ImportBatch)
        .where(ImportBatch.id.in_(batches), ImportBatch.finished_at.is_not(None))
        .values(content=None)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(ImportRow)
        .where(mine)
        .values(cells=[], person={}, before=None, like_id=None, profile_id=None)
        .execution_options(synchronize_session=False)
    )


def _forget_decisions_on(session: Session, pid: int) -> None:
    """Empty what an organiser wrote to this person alone."""
    listed, words = Attendance.approval_id, Revision.decision
    about = or_(
        Approval.id.in_(select(listed).where(Attendance.profile_id == pid)),
        Approval.public_id.in_(select(words).where(Revision.profile_id == pid)),
    )
    others = or_(
        Approval.id.in_(
            select(listed).where(Attendance.profile_id != pid, listed.is_not(None))
        ),
        Approval.public_id.in_(select(words).where(Revision.profile_id != pid)),
    )
    session.execute(
        update(Approval)
        .where(about, ~others)
        .values(note="")
        .execution_options(synchronize_session=False)
    )


def _delete(session: Session, owner: Owner) -> None:
    """Do with each kind of data what the registry says, the account last."""
    for kind in KINDS:
        if kind.table not in {"user", "profile"}:
            _apply(session, kind, owner)
    session.execute(
        delete(User)
        .where(User.id == owner.user_id)
        .execution_options(synchronize_session=False)
    )


def _apply(session: Session, kind: Kind, owner: Owner) -> None:
    table = Base.metadata.tables[kind.table]
    mine = own_value(kind.by, owner)
    if kind.by is By.PROFILE and not mine:
        return
    theirs = [table.c[name] == mine for name in kind.whose if name in table.c]
    gone = [table.c[name] == mine for name in kind.gone_by]
    if kind.fate is Fate.DELETED and kind.via is None:
        gone += theirs
    if gone:
        session.execute(delete(table).where(or_(*gone)))
    if kind.emptied:
        session.execute(update(table).where(or_(*theirs)).values(**kind.emptied))
