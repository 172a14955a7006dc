"""Blocks: mutual invisibility, at once and everywhere. Flush, never commit.

The one who is blocked is told nothing: to them the other is simply not there.
"""

from collections import defaultdict
from typing import Any, Protocol

from sqlalchemy import Select, and_, func, or_, select, union_all
from sqlalchemy.orm import Session, joinedload

from matchmaker.errors import DomainError
from matchmaker.profiles.models import Profile
from matchmaker.trust.models import Block


class Ties(Protocol):
    """What rooms above know of two people; ``matching.ties`` does."""

    def get_partner(
        self, session: Session, viewer_id: int, public_id: str, /
    ) -> Profile:
        """Return a profile if the viewer can see it, or refuse."""

    def quote_request(
        self, session: Session, viewer_id: int, introduction_id: str, /
    ) -> str:
        """Return what the other side wrote in a request to the viewer, or nothing."""

    def part(self, session: Session, one: int, other: int, /) -> None:
        """Close what is open between two people who become invisible."""

    def rejoin(self, session: Session, one: int, other: int, /) -> None:
        """Bring what depends on their being invisible in line again."""


def block(session: Session, blocker_id: int, blocked_id: int) -> None:
    """Make two people invisible to each other; doing it twice changes nothing.

    Raises
    ------
    DomainError
        ``block-self``.
    """
    if blocker_id == blocked_id:
        raise DomainError("block-self")
    known = select(Block.id).where(
        Block.blocker_id == blocker_id, Block.blocked_id == blocked_id
    )
    if session.scalar(known) is None:
        session.add(Block(blocker_id=blocker_id, blocked_id=blocked_id))
        session.flush()


def unblock(
    session: Session, blocker_id: int, blocked_public_id: str
) -> Profile | None:
    """Take back one's own block; the other side's stands. Return who was blocked."""
    block = session.scalar(_own(blocker_id, blocked_public_id))
    if block is None:
        return None
    person = block.blocked
    session.delete(block)
    session.flush()
    return person


def has_blocked(session: Session, blocker_id: int, blocked_public_id: str) -> bool:
    """Tell whether one person blocked another, whatever the other did."""
    return session.scalar(_own(blocker_id, blocked_public_id)) is not None


def _own(blocker_id: int, blocked_public_id: str) -> Select[Block]:
    return (
        select(Block)
        .join(Block.blocked)
        .where(Block.blocker_id == blocker_id, Profile.public_id == blocked_public_id)
    )


def token(profile_id: Any) -> Any:  # noqa: ANN401  SQL expressions
    """Return a scalar subquery that changes when a block of a member comes or goes."""
    return (
        select(func.count() * 10**9 + func.coalesce(func.max(Block.id), 0))
        .where(or_(Block.blocker_id == profile_id, Block.blocked_id == profile_id))
        .scalar_subquery()
    )


def is_blocked(session: Session, one: int, other: int) -> bool:
    """Tell whether either of two people blocked the other."""
    return (
        session.scalar(
            select(Block.id)
            .where(
                or_(
                    and_(Block.blocker_id == one, Block.blocked_id == other),
                    and_(Block.blocker_id == other, Block.blocked_id == one),
                )
            )
            .limit(1)
        )
        is not None
    )


def hidden_from(profile_id: Any) -> Select[int]:  # noqa: ANN401  an id or a column
    """Return whom a member cannot see, as a SELECT of profile ids."""
    both = union_all(
        select(Block.blocked_id.label("id")).where(Block.blocker_id == profile_id),
        select(Block.blocker_id.label("id")).where(Block.blocked_id == profile_id),
    ).subquery()
    return select(both.c.id)


def list_pairs(session: Session, profile_id: int | None = None) -> dict[int, set[int]]:
    """Return who is invisible to whom, both ways; of one member or of all."""
    pairs = select(Block.blocker_id, Block.blocked_id)
    if profile_id is not None:
        pairs = pairs.where(
            or_(Block.blocker_id == profile_id, Block.blocked_id == profile_id)
        )
    found: dict[int, set[int]] = defaultdict(set)
    for one, other in session.execute(pairs):
        found[one].add(other)
        found[other].add(one)
    return found


def list_blocked(session: Session, blocker_id: int) -> list[Block]:
    """Return whom a member has blocked, newest first."""
    return list(
        session.scalars(
            select(Block)
            .where(Block.blocker_id == blocker_id)
            .order_by(Block.id.desc())
            .options(joinedload(Block.blocked))
        )
    )
