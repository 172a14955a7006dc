"""What somebody answers to an invitation: correct, confirm, or join to what is there.

Flush, never commit. Erasing and *never again* are in ``erasure``.
"""

from collections.abc import Collection, Mapping
from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from matchmaker.accounts.claims import open_account
from matchmaker.accounts.models import User
from matchmaker.accounts.rules import digest
from matchmaker.clock import now
from matchmaker.errors import DomainError
from matchmaker.events.entries import ITEM
from matchmaker.events.erasure import (
    drop_employer,
    forget_letters,
    forget_rows,
    remove_draft,
)
from matchmaker.events.models import Attendance
from matchmaker.events.roster import ImportRow, Seed
from matchmaker.profiles import service as profiles
from matchmaker.profiles.models import Organisation, Profile, ProfileStatus, Side
from matchmaker.vocabulary.languages import guess_language

#: Fields that a member's blank ones may take over from a draft.
JOINABLE: Final = (
    *("latin_name", "job_title", "country", "city", "languages", "sectors", "about"),
    "phone",
)
#: What the person may correct without an account, of the profile itself.
CORRECTABLE: Final = (
    *("full_name", "latin_name", "job_title", "country", "city", "languages"),
)

Texts = Mapping[str, str]  # public id of an offer or request: its text, as kept


def get_claim(session: Session, secret: str, *, lock: bool = False) -> Seed:
    """Return the draft behind a link that is still good.

    Raises
    ------
    DomainError
        ``claim-over`` past its time, ``claim-unknown`` else: nothing is kept of a link
        that was used, so a used one cannot be told from a wrong one.
    """
    return _check(_find(session, Seed.digest == digest(secret), lock=lock))


def get_own_claim(session: Session, email: str, *, lock: bool = False) -> Seed:
    """Return a draft with the address that a signed-in person confirmed.

    Raises
    ------
    DomainError
        ``claim-unknown``, ``claim-over``.
    """
    invited = Seed.digest.is_not(None)
    return _check(_find(session, (Seed.email == email) & invited, lock=lock))


def _find(session: Session, condition: Any, *, lock: bool) -> Seed | None:  # noqa: ANN401
    wanted = select(Seed).where(condition).order_by(Seed.profile_id).limit(1)
    if lock:
        wanted = wanted.with_for_update()
    return session.scalar(wanted)


def _check(seed: Seed | None) -> Seed:
    if seed is None or seed.profile.status is not ProfileStatus.INVITED:
        raise DomainError("claim-unknown", status=404)
    if seed.expires_at is None or seed.expires_at <= now():
        raise DomainError("claim-over", status=410)
    return seed


def correct(  # noqa: PLR0913  each by name
    session: Session,
    seed: Seed,
    *,
    changes: Mapping[str, Any],
    organisation: str,
    phone: str,
    items: Texts,
) -> None:
    """Store what the person said about themselves, without an account."""
    profile = seed.profile
    for name in CORRECTABLE:
        setattr(profile, name, changes[name])
    _employ(session, profile, organisation)
    seed.phone = phone
    keep_items(session, profile, items)
    profile.version += 1
    session.flush()


def _employ(session: Session, profile: Profile, name: str) -> None:
    if name == profile.organisation_name:
        return
    # Colleagues may share the old one; theirs is not this person's to rename.
    before = profile.organisation_id
    profile.organisation = Organisation(name=name) if name else None
    session.flush()
    drop_employer(session, before)


def keep_items(session: Session, profile: Profile, items: Texts) -> None:
    """Keep the offers and requests that are named, with these words; drop the rest."""
    words = {item.text: items.get(item.public_id, "") for item in profile.opportunities}
    for item in list(profile.opportunities):
        text = words[item.text]
        if not text:
            profile.opportunities.remove(item)
        elif text != item.text:
            item.text = text
            item.lang = guess_language(text, item.lang)
    _reword_questions(session, profile.id, words)


def _reword_questions(session: Session, profile_id: int, words: Texts) -> None:
    """Say a question as its request says it now: what was dropped is gone here too."""
    asked = select(Attendance).where(
        Attendance.profile_id == profile_id, Attendance.question != ""
    )
    for attendance in session.scalars(asked):
        lines = [line.strip() for line in attendance.question.split("\n")]
        kept = [words.get(line[:ITEM], line) for line in lines]
        attendance.question = "\n".join(line for line in kept if line)


def claim(  # noqa: PLR0913  each by name
    session: Session,
    seed: Seed,
    password: str,
    *,
    locale: str,
    time_zone: str,
    items: Texts,
) -> User:
    """Make the draft the profile of a new, confirmed account.

    Nobody else sees it before its owner has gone through the first step: the status
    is only *claimed*, and the next save makes it active.

    Raises
    ------
    DomainError
        ``email-taken``, or a refusal of the password.
    """
    user = open_account(
        session, seed.email, password, locale=locale, time_zone=time_zone
    )
    profile = seed.profile
    own = session.scalar(select(Profile).where(Profile.user_id == user.id))
    if own is not None:
        join(session, seed, own.id, fields=JOINABLE, items=list(items))
        return user
    keep_items(session, profile, items)
    profile.contacts = _contacts(seed, profile.contacts)
    profile.user_id = user.id
    profile.status = ProfileStatus.CLAIMED
    profile.version += 1
    profile.changed_at = now()
    forget_letters(session, seed.email)
    session.delete(seed)
    session.flush()
    return user


def _contacts(seed: Seed, known: Mapping[str, Any]) -> dict[str, Any]:
    """Return contact details with those of the seed, open to nobody unasked."""
    found = dict(known)
    for kind, value in (("email", seed.email), ("phone", seed.phone)):
        if value and kind not in found:
            found[kind] = {"value": value, "visibility": "connections"}
    return found


def offered_fields(seed: Seed, own: Profile) -> list[str]:
    """Return what the draft knows and the member's profile leaves blank."""
    draft = seed.profile
    found = [
        name
        for name in JOINABLE
        if name != "phone" and getattr(draft, name) and not getattr(own, name)
    ]
    if seed.phone and "phone" not in own.contacts:
        found.append("phone")
    return found


def join(
    session: Session,
    seed: Seed,
    profile_id: int,
    *,
    fields: Collection[str],
    items: Collection[str],
) -> Profile:
    """Add to a member's profile what they ticked of a draft; the draft goes.

    The member's own words win: only what is blank is filled. Attendance moves.

    Raises
    ------
    DomainError
        ``items-limit``.
    """
    draft, own = seed.profile, profiles.get_own(session, profile_id)
    changes = {
        name: getattr(draft, name)
        for name in offered_fields(seed, own)
        if name in fields and name != "phone"
    }
    if "phone" in fields and "phone" in offered_fields(seed, own):
        contact = {"value": seed.phone, "visibility": "connections"}
        changes["contacts"] = {**own.contacts, "phone": contact}
    if "about" in changes:
        changes["about_lang"] = draft.about_lang
    own = profiles.save_profile(
        session, profile_id, version=own.version, changes=changes
    )
    _add_items(session, draft, profile_id, items)
    kept = {x.text: x.text if x.public_id in items else "" for x in draft.opportunities}
    _reword_questions(session, draft.id, kept)
    forget_rows(session, seed)
    _move_attendance(session, draft.id, profile_id)
    forget_letters(session, seed.email)
    session.flush()
    remove_draft(session, draft.id, draft.organisation_id)
    return own


def _add_items(
    session: Session, draft: Profile, profile_id: int, items: Collection[str]
) -> None:
    for item in list(draft.opportunities):
        if item.public_id in items:
            profiles.save_item(
                session,
                profile_id,
                None,
                side=Side(item.side),
                collaboration=item.collaboration,
                text=item.text,
                lang=item.lang,
            )


def _move_attendance(session: Session, draft_id: int, profile_id: int) -> None:
    there = set(
        session.scalars(
            select(Attendance.event_id).where(Attendance.profile_id == profile_id)
        )
    )
    drafted = session.scalars(
        select(Attendance).where(Attendance.profile_id == draft_id)
    )
    for attendance in drafted:
        if attendance.event_id in there:
            session.delete(attendance)
        else:
            attendance.profile_id = profile_id
    # Whoever would undo the import sees that somebody has made it their own.
    session.execute(
        update(ImportRow)
        .where(ImportRow.profile_id == draft_id)
        .values(profile_id=profile_id)
    )
