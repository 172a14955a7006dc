"""Putting what several lists say of one person into one profile. Flush, never commit.

The person's own words win, nothing is there twice, and each attendance stays.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from matchmaker.events.admission import settle
from matchmaker.events.entries import ITEM
from matchmaker.events.erasure import (
    UNCLAIMED,
    forget_letters,
    forget_rows,
    remove_draft,
)
from matchmaker.events.models import Attendance, Event
from matchmaker.events.roster import ImportRow, Seed
from matchmaker.profiles import service as profiles
from matchmaker.profiles.models import Opportunity, Profile, Side
from matchmaker.profiles.rules import ITEMS_LIMIT
from matchmaker.vocabulary.collaboration import COLLABORATION_TYPES
from matchmaker.vocabulary.languages import guess_language

#: Fields that a member's blank ones may take over from a draft.
JOINABLE: Final = (
    *("latin_name", "job_title", "country", "city", "languages", "sectors", "about"),
    "phone",
)

Texts = Mapping[str, str]  # public id of an offer or request: its text, as kept


def list_siblings(session: Session, seed: Seed) -> Sequence[Seed]:
    """Return the other drafts with the address of a draft, the latest event first."""
    if not seed.email:
        return ()
    return session.scalars(
        select(Seed)
        .join(Seed.profile)
        .join(Seed.event)
        .where(
            Seed.email == seed.email,
            Seed.profile_id != seed.profile_id,
            Profile.status.in_(UNCLAIMED),
        )
        .order_by(Event.starts_at.desc(), Seed.profile_id)
    ).all()


def items_of(seeds: Sequence[Seed]) -> list[Opportunity]:
    """Return what drafts of one person offer and ask for, each text once."""
    found: dict[tuple[Side, str], Opportunity] = {}
    for seed in seeds:
        for item in seed.profile.opportunities:
            found.setdefault(_sense(item), item)
    return list(found.values())


def spread(seeds: Sequence[Seed], said: Texts) -> dict[str, str]:
    """Return what was said of items, also for those that say the same elsewhere."""
    shown = {_sense(item): item.public_id for item in items_of(seeds)}
    found = {}
    for seed in seeds:
        for item in seed.profile.opportunities:
            answer = said.get(shown[_sense(item)])
            if answer is not None:
                found[item.public_id] = answer
    return found


def _sense(item: Opportunity) -> tuple[Side, str]:
    return item.side, item.text.casefold()


def absorb(
    session: Session,
    profile_id: int,
    seeds: Sequence[Seed],
    *,
    items: Texts,
    kinds: Texts,
) -> None:
    """Add drafts of a person to the profile that stays; they go, nothing is doubled."""
    for seed_id in [seed.profile_id for seed in seeds]:
        seed = session.get_one(Seed, seed_id)
        keep_items(session, seed.profile, items, kinds=kinds)
        own = profiles.get_own(session, profile_id)
        known = {_sense(item) for item in own.opportunities}
        new = [
            item.public_id
            for item in seed.profile.opportunities
            if _sense(item) not in known
        ]
        room = ITEMS_LIMIT - len(own.opportunities)
        join(session, seed, profile_id, fields=JOINABLE, items=new[:room])


def keep_items(
    session: Session, profile: Profile, items: Texts, *, kinds: Texts | None = None
) -> None:
    """Keep the offers and requests that are named, with these words; drop the rest.

    ``kinds`` are the collaboration types chosen for some; one nobody knows is none.
    """
    words = {item.text: items.get(item.public_id, "") for item in profile.opportunities}
    for item in list(profile.opportunities):
        text = words[item.text]
        kind = (kinds or {}).get(item.public_id, item.collaboration)
        item.collaboration = kind if kind in COLLABORATION_TYPES else ""
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
    mine = {item.text for item in own.opportunities}
    kept = {
        x.text: x.text if x.public_id in items or x.text in mine else ""
        for x in draft.opportunities
    }
    _reword_questions(session, draft.id, kept)
    forget_rows(session, seed)
    _move_attendance(session, draft.id, profile_id)
    forget_letters(session, seed.email)
    session.flush()
    remove_draft(session, draft.id, draft.organisation_id)
    settle(session, [profile_id])
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
