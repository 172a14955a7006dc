"""Erasing a person by their own wish. Flush, never commit; the caller owns it.

What stays is a profile that says nothing, so that the other side keeps its own words,
and counts stay what they were. Files of the model hold texts too: the worker makes
them anew, see ``jobs``.
"""

from collections.abc import Iterable
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
from matchmaker.mail import Letter, LetterState
from matchmaker.matching import ties
from matchmaker.matching.models import Introduction, Proposal
from matchmaker.messaging.models import FollowUp, Message, MessageDraft
from matchmaker.notices.models import Notification
from matchmaker.owndata import rules
from matchmaker.owndata.collect import Owner, own_value
from matchmaker.owndata.models import DataRequest, Erasure
from matchmaker.owndata.registry import KINDS, By, Fate, Kind
from matchmaker.profiles.models import Opportunity, Profile, ProfileStatus, Revision
from matchmaker.trust.models import Case, Report, SentText, Signal

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
    known = _known_introductions(session, pid)
    _forget_told(session, owner, known=known, public_id=public_id, words=words)
    _renew_lists(session, pid)
    ties.end_all(session, pid)
    _clean_others(session, pid, words)
    _empty_talk(session, pid)
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


def _known_introductions(session: Session, pid: int) -> list[str]:
    return list(session.scalars(select(Introduction.public_id).where(_side(pid))))


def _side(pid: int) -> Any:  # noqa: ANN401  an SQL expression
    return or_(Introduction.seeker_id == pid, Introduction.candidate_id == pid)


def _forget_told(
    session: Session,
    owner: Owner,
    *,
    known: list[str],
    public_id: str,
    words: rules.Redactor,
) -> None:
    """Erase what others were told of the person, in notices and waiting letters."""
    seekers = select(Introduction.seeker_id).where(
        Introduction.candidate_id == owner.profile_id
    )
    asked = select(Introduction.candidate_id).where(
        Introduction.seeker_id == owner.profile_id
    )
    partners = select(Profile.user_id).where(
        or_(Profile.id.in_(seekers), Profile.id.in_(asked)),
        Profile.user_id.is_not(None),
    )
    notices = session.scalars(
        select(Notification).where(
            or_(Notification.user_id.in_(partners), Notification.about.in_(known))
        )
    )
    gone = [one.id for one in notices if one.about in known or words.finds(one.context)]
    _delete_ids(session, Notification, gone)
    ids = {public_id, *known}
    letters = session.scalars(
        select(Letter).where(
            Letter.state == LetterState.WAITING, Letter.recipient != owner.email
        )
    )
    naming = [
        one.id
        for one in letters
        if words.finds(one.context) or ids & _strings(one.context)
    ]
    _delete_ids(session, Letter, naming)


def _strings(value: Any) -> set[str]:  # noqa: ANN401  JSON
    """Return every text in a value."""
    if isinstance(value, str):
        return {value}
    if isinstance(value, dict):
        value = value.values()
    elif not isinstance(value, list):
        return set()
    return set().union(*(_strings(one) for one in value))


def _delete_ids(session: Session, model: Any, ids: Iterable[int]) -> None:  # noqa: ANN401
    session.execute(
        delete(model)
        .where(model.id.in_(list(ids)))
        .execution_options(synchronize_session=False)
    )


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


def _empty_talk(session: Session, pid: int) -> None:
    """Empty what the person wrote to others; that they wrote stays."""
    quiet = {"synchronize_session": False}
    session.execute(
        update(Introduction)
        .where(Introduction.seeker_id == pid)
        .values(
            note="",
            original="",
            original_lang="",
            seeker_cites="",
            form_key=None,
            version=Introduction.version + 1,
        )
        .execution_options(**quiet)
    )
    session.execute(
        update(Introduction)
        .where(Introduction.candidate_id == pid)
        .values(candidate_cites="", reason=None)
        .execution_options(**quiet)
    )
    session.execute(
        update(Message)
        .where(Message.author_id == pid)
        .values(text="", lang="")
        .execution_options(**quiet)
    )
    session.execute(
        update(SentText)
        .where(SentText.recipient_id == pid)
        .values(recipient_id=None)
        .execution_options(**quiet)
    )


def _clean_others(session: Session, pid: int, words: rules.Redactor) -> None:
    """Take name, addresses and quotes out of what others wrote in the conversations."""
    mine = select(Introduction.id).where(_side(pid))
    texts: list[tuple[Any, tuple[str, ...]]] = [
        (
            select(Introduction).where(_side(pid)),
            ("note", "original", "seeker_cites", "candidate_cites"),
        ),
        (select(Message).where(Message.recipient_id == pid), ("text",)),
        (
            select(MessageDraft).where(MessageDraft.introduction_id.in_(mine)),
            ("text",),
        ),
        (
            select(FollowUp).where(
                FollowUp.introduction_id.in_(mine), FollowUp.author_id != pid
            ),
            ("what", "next_step"),
        ),
        (select(Report).where(Report.reporter_id == pid), ("excerpt",)),
    ]
    for chosen, names in texts:
        for row in session.scalars(chosen).all():
            for name in names:
                _clean(row, name, words)

    session.flush()


def _clean(row: Any, name: str, words: rules.Redactor) -> None:  # noqa: ANN401  a model
    old = getattr(row, name)
    if (fresh := words.clean(old)) != old:
        setattr(row, name, fresh)


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
