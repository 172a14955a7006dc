"""What somebody answers to an invitation: correct, or confirm.

Flush, never commit. Erasing and *never again* are in ``erasure``, adding a draft to a
profile that is there in ``joining``.
"""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.accounts.claims import open_account
from matchmaker.accounts.models import User
from matchmaker.accounts.rules import digest
from matchmaker.clock import now
from matchmaker.errors import DomainError
from matchmaker.events.admission import settle
from matchmaker.events.erasure import (
    drop_employer,
    forget_letters,
)
from matchmaker.events.joining import (
    Texts,
    absorb,
    keep_items,
    list_siblings,
    spread,
)
from matchmaker.events.roster import Seed
from matchmaker.profiles.models import Organisation, Profile, ProfileStatus

#: What the person may correct without an account, of the profile itself.
CORRECTABLE: Final = (
    *("full_name", "latin_name", "job_title", "country", "city", "languages"),
)


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
    kinds: Texts | None = None,
) -> None:
    """Store what the person said about themselves, without an account."""
    profile = seed.profile
    for name in CORRECTABLE:
        setattr(profile, name, changes[name])
    _employ(session, profile, organisation)
    seed.phone = phone
    keep_items(session, profile, items, kinds=kinds)
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


def claim(  # noqa: PLR0913  each by name
    session: Session,
    seed: Seed,
    password: str,
    *,
    locale: str,
    time_zone: str,
    items: Texts,
    kinds: Texts | None = None,
) -> User:
    """Make the draft the profile of a new, confirmed account.

    Drafts of other events with the same address join it. Nobody else sees it before
    its owner has gone through the first step: the status is only *claimed*, and the
    next save makes it active.

    Raises
    ------
    DomainError
        ``email-taken``, or a refusal of the password.
    """
    user = open_account(
        session, seed.email, password, locale=locale, time_zone=time_zone
    )
    profile_id, others = seed.profile_id, list_siblings(session, seed)
    every = [seed, *others]
    items, kinds = spread(every, items), spread(every, kinds or {})
    own = session.scalar(select(Profile).where(Profile.user_id == user.id))
    if own is not None:
        absorb(session, own.id, every, items=items, kinds=kinds)
        return user
    keep_items(session, seed.profile, items, kinds=kinds)
    seed.profile.contacts = _contacts(seed, seed.profile.contacts)
    # Before it is claimed: joining is an edit, and an edit lists what is claimed.
    absorb(session, profile_id, others, items=items, kinds=kinds)
    seed = session.get_one(Seed, profile_id)
    profile = seed.profile
    profile.user_id = user.id
    profile.status = ProfileStatus.CLAIMED
    profile.version += 1
    profile.changed_at = now()
    forget_letters(session, seed.email)
    session.delete(seed)
    session.flush()
    settle(session, [profile.id])
    return user


def _contacts(seed: Seed, known: Mapping[str, Any]) -> dict[str, Any]:
    """Return contact details with those of the seed, open to nobody unasked."""
    found = dict(known)
    for kind, value in (("email", seed.email), ("phone", seed.phone)):
        if value and kind not in found:
            found[kind] = {"value": value, "visibility": "connections"}
    return found
