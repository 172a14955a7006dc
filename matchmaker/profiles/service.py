"""Use cases of profiles. Flush, never commit; the caller owns the transaction."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session, joinedload, selectinload

from matchmaker.clock import now
from matchmaker.errors import DomainError
from matchmaker.profiles import revisions, rules, search
from matchmaker.profiles.models import (
    Opportunity,
    Organisation,
    Profile,
    ProfileStatus,
    Revision,
    SearchEntry,
    Side,
)

#: What a form may change; anything else in a form is ignored before it comes here.
EDITABLE = frozenset(
    {
        "full_name",
        "latin_name",
        "job_title",
        "country",
        "city",
        "languages",
        "sectors",
        "markets",
        "about",
        "about_lang",
        "contacts",
    }
)


def create_profile(session: Session, *, user_id: int | None) -> Profile:
    """Add an empty profile: claimed when somebody registered, else a draft."""
    status = ProfileStatus.DRAFT if user_id is None else ProfileStatus.CLAIMED
    profile = Profile(user_id=user_id, status=status)
    session.add(profile)
    session.flush()
    return profile


def get_own(session: Session, profile_id: int) -> Profile:
    """Return a person's own profile with its organisation and items."""
    return session.execute(
        select(Profile)
        .where(Profile.id == profile_id)
        .options(joinedload(Profile.organisation), selectinload(Profile.opportunities))
    ).scalar_one()


def get_listed(session: Session, public_id: str, *, viewer_id: int) -> Profile:
    """Return a listed profile, or the viewer's own.

    Raises
    ------
    DomainError
        ``profile-unknown`` for drafts, paused and erased ones too.
    """
    profile = session.execute(
        select(Profile)
        .where(Profile.public_id == public_id)
        .options(joinedload(Profile.organisation), selectinload(Profile.opportunities))
    ).scalar_one_or_none()
    if profile is None or (
        profile.status is not ProfileStatus.ACTIVE and profile.id != viewer_id
    ):
        raise DomainError("profile-unknown", status=404)
    return profile


def check_version(profile: Profile, version: int) -> None:
    """Refuse an edit that started from an older text.

    Raises
    ------
    DomainError
        ``edited-elsewhere``.
    """
    if profile.version != version:
        raise DomainError("edited-elsewhere")


def save_profile(
    session: Session, profile_id: int, *, version: int, changes: Mapping[str, Any]
) -> Profile:
    """Store fields of a profile, index it, and mark it for matching.

    Raises
    ------
    DomainError
        ``edited-elsewhere`` if ``version`` is not the stored one.
    """
    profile = _lock(session, profile_id)
    check_version(profile, version)
    unknown = set(changes) - EDITABLE
    if unknown:
        raise ValueError(f"not editable: {sorted(unknown)}")
    for name, value in changes.items():
        setattr(profile, name, value)
    note_change(session, profile)
    return profile


def save_organisation(  # noqa: PLR0913  each by name
    session: Session,
    profile_id: int,
    *,
    version: int,
    name: str,
    website: str,
    size: str,
    changes: Mapping[str, Any],
) -> Profile:
    """Store the organisation of a profile together with fields of the profile."""
    website = rules.check_website(website)
    profile = save_profile(session, profile_id, version=version, changes=changes)
    if profile.organisation is None and (name or website):
        profile.organisation = Organisation(name=name)
    if profile.organisation is not None:
        profile.organisation.name = name
        profile.organisation.website = website
        profile.organisation.size = size
    session.flush()
    search.index_profile(session, profile)
    return profile


def save_item(  # noqa: PLR0913  each by name
    session: Session,
    profile_id: int,
    public_id: str | None,
    *,
    side: Side,
    collaboration: str,
    text: str,
    lang: str,
    valid_until: date | None = None,
    version: int | None = None,
) -> Opportunity | Revision:
    """Add an offer or request, or change one of the member's own.

    ``version`` is the profile's when the form was opened; None adds to whatever is
    stored now. Where an organiser looks first, the words wait in a revision.

    Raises
    ------
    DomainError
        ``profile-unknown`` for an item that is not theirs, ``items-limit``,
        ``edited-elsewhere``.
    """
    profile = _lock(session, profile_id)
    if version is not None:
        check_version(profile, version)
    known = get_own_item(session, profile, public_id) if public_id else None
    waiting = revisions.count_new(session, profile_id)
    if known is None and len(profile.opportunities) + waiting >= rules.ITEMS_LIMIT:
        raise DomainError("items-limit")
    words = revisions.Words(collaboration, text, lang, valid_until)
    if revisions.holds(profile):
        profile.version += 1
        return revisions.hold(session, profile, known, side=side, words=words)
    item = _listed(session, profile, known, side)
    item.collaboration = collaboration
    item.text = text
    item.lang = lang
    item.valid_until = valid_until
    note_change(session, profile)
    return item


def _listed(
    session: Session, profile: Profile, known: Opportunity | Revision | None, side: Side
) -> Opportunity:
    """Return the item to write to; words that waited for nobody any more go."""
    stale = (
        revisions.find_change(session, known)
        if isinstance(known, Opportunity)
        else known
    )
    if stale is not None:
        session.delete(stale)
    if isinstance(known, Opportunity):
        return known
    item = Opportunity(side=side, position=len(profile.opportunities))
    profile.opportunities.append(item)
    return item


def get_own_item(
    session: Session, profile: Profile, public_id: str
) -> Opportunity | Revision:
    """Return one of a profile's own items, or a new one that is not listed yet.

    Raises
    ------
    DomainError
        ``profile-unknown``.
    """
    new = revisions.find_new(session, profile.id, public_id)
    return new if new is not None else get_item(profile, public_id)


def newest_words(
    session: Session, item: Opportunity | Revision
) -> Opportunity | Revision:
    """Return what the member wrote last of an item, listed or not."""
    if isinstance(item, Revision):
        return item
    return revisions.find_open_change(session, item) or item


def get_item(profile: Profile, public_id: str) -> Opportunity:
    """Return one of a profile's own items.

    Raises
    ------
    DomainError
        ``profile-unknown``.
    """
    for item in profile.opportunities:
        if item.public_id == public_id:
            return item
    raise DomainError("profile-unknown", status=404)


def remove_item(session: Session, profile_id: int, public_id: str) -> None:
    """Remove one of the member's own items."""
    profile = _lock(session, profile_id)
    item = get_own_item(session, profile, public_id)
    if isinstance(item, Revision):
        session.delete(item)
        session.flush()
        return
    profile.opportunities.remove(item)
    note_change(session, profile)


def set_paused(session: Session, profile_id: int, *, paused: bool) -> None:
    """Take a profile out of the directory and matching, or put it back."""
    profile = _lock(session, profile_id)
    if paused and profile.status is ProfileStatus.ACTIVE:
        profile.status = ProfileStatus.PAUSED
    elif not paused and profile.status is ProfileStatus.PAUSED:
        profile.status = ProfileStatus.ACTIVE
    note_change(session, profile)


def note_change(session: Session, profile: Profile) -> None:
    """Count an edit and bring in line with it what depends on the profile."""
    profile.version += 1
    bring_in_line(session, profile)


def bring_in_line(session: Session, profile: Profile) -> None:
    """Bring status, index and the marks for matching in line with a profile."""
    ready = rules.is_ready(
        name=profile.full_name,
        country=profile.country,
        items=profile.opportunities,
    )
    if profile.held:
        profile.held_since = (profile.held_since or now()) if ready else None
    profile.status = rules.next_status(profile.status, ready=ready and not profile.held)
    profile.changed_at = profile.list_stale_since = profile.reach_stale_since = now()
    session.flush()
    search.index_profile(session, profile)


def completion(profile: Profile) -> rules.Completion:
    """Return how full a profile is."""
    return rules.completion(
        name=profile.full_name,
        country=profile.country,
        organisation=profile.organisation_name,
        sectors=profile.sectors,
        languages=profile.languages,
        markets=profile.markets,
        about=profile.about,
        contacts=[kind for kind, entry in profile.contacts.items() if entry["value"]],
        items=profile.opportunities,
    )


def reindex(session: Session, profiles: Sequence[Profile]) -> None:
    """Build the index of many profiles that have none yet."""
    rows = [
        {"key": key, "profile_id": profile.id, "weight": weight}
        for profile in profiles
        if profile.status is ProfileStatus.ACTIVE
        for key, weight in search.profile_keys(profile).items()
    ]
    ids = [profile.id for profile in profiles]
    session.execute(delete(SearchEntry).where(SearchEntry.profile_id.in_(ids)))
    if rows:
        session.execute(insert(SearchEntry), rows)


def reindex_next(session: Session, *, after: int, limit: int = 200) -> int | None:
    """Rebuild the index of the next profiles by id; return the last of these ids.

    None if nobody follows ``after``; 0 begins. For when the keys of a text have changed
    without an edit, as with new terms. The rows are locked: an edit waits, and is
    indexed after this.
    """
    found = session.scalars(
        select(Profile)
        .where(Profile.id > after)
        .order_by(Profile.id)
        .limit(limit)
        .options(
            selectinload(Profile.organisation), selectinload(Profile.opportunities)
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    if not found:
        return None
    reindex(session, found)
    return found[-1].id


def _lock(session: Session, profile_id: int) -> Profile:
    return session.execute(
        select(Profile)
        .where(Profile.id == profile_id)
        .options(selectinload(Profile.opportunities))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one()
