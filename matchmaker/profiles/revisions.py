"""Offers and requests that wait for an organiser before they are listed.

Flush, never commit. What is listed stays as it was until then.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matchmaker.clock import now
from matchmaker.profiles.models import (
    Opportunity,
    Profile,
    ProfileStatus,
    Revision,
    RevisionState,
    Side,
)

LISTED = frozenset({ProfileStatus.ACTIVE, ProfileStatus.PAUSED})
_OPEN = (RevisionState.WAITING, RevisionState.REFUSED)


@dataclass(frozen=True, slots=True)
class Words:
    """What a member says in an offer or request."""

    collaboration: str
    text: str
    lang: str
    valid_until: date | None = None


def holds(profile: Profile) -> bool:
    """Tell whether what a member writes now has to wait.

    Of a profile that is not listed nothing has to: letting it in reads all of it.
    """
    return profile.items_held and profile.status in LISTED


def list_open(session: Session, profile_id: int) -> Sequence[Revision]:
    """Return a member's words that wait or were refused, the oldest first."""
    return session.scalars(
        select(Revision)
        .where(Revision.profile_id == profile_id, Revision.state.in_(_OPEN))
        .order_by(Revision.written_at, Revision.id)
    ).all()


def count_new(session: Session, profile_id: int) -> int:
    """Return how many of them are items of their own, not changes."""
    return (
        session.scalar(
            select(func.count(Revision.id)).where(
                Revision.profile_id == profile_id,
                Revision.opportunity_id.is_(None),
                Revision.state.in_(_OPEN),
            )
        )
        or 0
    )


def find_new(session: Session, profile_id: int, public_id: str) -> Revision | None:
    """Return something new of a member's own that is not listed yet."""
    return session.scalar(
        select(Revision).where(
            Revision.profile_id == profile_id,
            Revision.public_id == public_id,
            Revision.opportunity_id.is_(None),
            Revision.state.in_(_OPEN),
        )
    )


def find_change(session: Session, item: Opportunity) -> Revision | None:
    """Return the change of an item, whether it waits, was refused or was applied."""
    return session.scalar(select(Revision).where(Revision.opportunity_id == item.id))


def find_open_change(session: Session, item: Opportunity) -> Revision | None:
    """Return the change of an item that is not listed."""
    found = find_change(session, item)
    return found if found is not None and found.state in _OPEN else None


def hold(
    session: Session,
    profile: Profile,
    item: Opportunity | Revision | None,
    *,
    side: Side,
    words: Words,
) -> Revision | Opportunity:
    """Keep words until an organiser has seen them; what is listed already needs none.

    Returns
    -------
    Revision | Opportunity
        The words that wait, or the item if they say what it says.
    """
    change = find_change(session, item) if isinstance(item, Opportunity) else item
    if isinstance(item, Opportunity) and _words(item) == words:
        if change is not None and change.state in _OPEN:
            session.delete(change)
            session.flush()
        return item
    if change is None:
        change = Revision(profile_id=profile.id, side=side)
        change.opportunity_id = item.id if item is not None else None
        session.add(change)
    _put(change, words)
    change.state, change.written_at = RevisionState.WAITING, now()
    change.before, change.decision = None, ""
    session.flush()
    return change


def apply(session: Session, profile: Profile, change: Revision) -> None:
    """List the words of a revision; the caller indexes the profile."""
    item = change.opportunity
    if item is None:
        change.before = None
        item = Opportunity(side=change.side, position=len(profile.opportunities))
        profile.opportunities.append(item)
        change.opportunity = item
    else:
        before = asdict(_words(item))
        until = item.valid_until
        change.before = {**before, "valid_until": until.isoformat() if until else None}
    _put(item, _words(change))
    change.state = RevisionState.APPLIED
    session.flush()


def take_back(session: Session, profile: Profile, change: Revision) -> bool:
    """Undo :func:`apply`; False when the member has written since, and wins."""
    item = change.opportunity
    if change.state is not RevisionState.APPLIED or item is None:
        return False
    if _words(item) != _words(change):
        return False
    if change.before is None:
        change.opportunity_id = None
        session.flush()
        session.expire(change, ["opportunity"])
        profile.opportunities.remove(item)
    else:
        _put(item, _restored(change.before))
        change.before = None
    change.state, change.decision = RevisionState.WAITING, ""
    session.flush()
    return True


def _restored(before: dict[str, Any]) -> Words:
    until = before["valid_until"]
    return Words(
        **{**before, "valid_until": date.fromisoformat(until) if until else None}
    )


def _words(item: Opportunity | Revision) -> Words:
    return Words(item.collaboration, item.text, item.lang, item.valid_until)


def _put(item: Opportunity | Revision, words: Words) -> None:
    for name, value in asdict(words).items():
        setattr(item, name, value)
