"""The people an event knows already, as an import compares with them.

Drafts belong to the event whose organiser brought them: an import into one event
never learns who is on the list of another. Members are found by the address they
confirmed, wherever they are.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from matchmaker.accounts.models import User
from matchmaker.events.bulk import chunks
from matchmaker.events.models import Attendance
from matchmaker.events.roster import Never, Seed
from matchmaker.events.rules import never_digest
from matchmaker.profiles.models import (
    Opportunity,
    Organisation,
    Profile,
    ProfileStatus,
)

_UNCLAIMED: Final = frozenset({ProfileStatus.DRAFT, ProfileStatus.INVITED})
_PROFILE: Final = (
    *("full_name", "latin_name", "job_title", "country", "city", "languages"),
    *("sectors", "about", "about_lang", "contacts", "organisation_id", "version"),
)
_SEED: Final = ("email", "phone")
_ATTENDANCE: Final = ("attended", "minutes", "role", "question")


@dataclass(slots=True)
class Stored:
    """Somebody who is in the tables, with what an import may fill in."""

    profile_id: int
    claimed: bool
    organisation: str = ""
    profile: dict[str, Any] = field(default_factory=dict)
    seed: dict[str, Any] | None = None
    attendance: dict[str, Any] | None = None
    items: set[tuple[str, str]] = field(default_factory=set)
    emails: set[str] = field(default_factory=set)
    phone: str = ""


def load_known(session: Session, event_id: int) -> dict[int, Stored]:
    """Return everybody at an event and everybody drafted for it, by profile."""
    found: dict[int, Stored] = {}
    rows = session.execute(
        select(
            Profile.id,
            Profile.status,
            Profile.user_id,
            Organisation.name,
            User.email,
            *(getattr(Profile, name) for name in _PROFILE),
            Seed.profile_id,
            *(getattr(Seed, name) for name in _SEED),
            Attendance.id,
            *(getattr(Attendance, name) for name in _ATTENDANCE),
        )
        .outerjoin(Organisation, Organisation.id == Profile.organisation_id)
        .outerjoin(User, User.id == Profile.user_id)
        .outerjoin(Seed, Seed.profile_id == Profile.id)
        .outerjoin(
            Attendance,
            (Attendance.profile_id == Profile.id) & (Attendance.event_id == event_id),
        )
        .where(or_(Attendance.id.is_not(None), Seed.event_id == event_id))
        .order_by(Profile.id)
    )
    for row in rows:
        found[row[0]] = _stored(row)
    _add_items(session, found)
    return found


def _stored(row: Sequence[Any]) -> Stored:
    profile_id, status, user_id, organisation, account_email, *rest = row
    seed_at = len(_PROFILE)
    attendance_at = seed_at + 1 + len(_SEED)
    profile = dict(zip(_PROFILE, rest, strict=False))
    seed = None
    if rest[seed_at] is not None:
        seed = dict(zip(_SEED, rest[seed_at + 1 :], strict=False))
    attendance = None
    if rest[attendance_at] is not None:
        attendance = dict(zip(_ATTENDANCE, rest[attendance_at + 1 :], strict=False))
    contacts = profile["contacts"]
    mails = [account_email, (seed or {}).get("email"), _value(contacts, "email")]
    return Stored(
        profile_id,
        claimed=user_id is not None or status not in _UNCLAIMED,
        organisation=organisation or "",
        profile=profile,
        seed=seed,
        attendance=attendance,
        emails={mail.lower() for mail in mails if mail},
        phone=(seed or {}).get("phone") or _value(contacts, "phone"),
    )


def _value(contacts: dict[str, Any], kind: str) -> str:
    return str(contacts.get(kind, {}).get("value", ""))


def _add_items(session: Session, found: dict[int, Stored]) -> None:
    drafts = [one.profile_id for one in found.values() if not one.claimed]
    for ids in chunks(drafts):
        rows = session.execute(
            select(Opportunity.profile_id, Opportunity.side, Opportunity.text).where(
                Opportunity.profile_id.in_(ids)
            )
        )
        for profile_id, side, text in rows:
            found[profile_id].items.add((side.value, text.casefold()))


def find_members(session: Session, emails: Iterable[str]) -> dict[str, int]:
    """Return profile by address, of people who confirmed that address as theirs."""
    found: dict[str, int] = {}
    for wanted in chunks(emails):
        rows = session.execute(
            select(User.email, Profile.id)
            .join(Profile, Profile.user_id == User.id)
            .where(User.email.in_(wanted), User.confirmed_at.is_not(None))
        )
        found.update((row[0], row[1]) for row in rows)
    return found


def find_never(session: Session, key: str, emails: Iterable[str]) -> set[str]:
    """Return those of the addresses that asked never to be written to."""
    if session.scalar(select(Never.digest).limit(1)) is None:
        return set()
    found: set[str] = set()
    for wanted in chunks(emails):
        digests = {never_digest(key, email): email for email in wanted}
        known = session.scalars(select(Never.digest).where(Never.digest.in_(digests)))
        found.update(digests[digest] for digest in known)
    return found
