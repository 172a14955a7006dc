"""Blocks: mutual invisibility, at once and everywhere. Flush, never commit.

The one who is blocked is told nothing: to them the other is simply not there.
"""

from collections import defaultdict
from typing import Any

from sqlalchemy import Select, and_, delete, or_, select, union_all
from sqlalchemy.orm import Session, joinedload

from matchmaker.errors import DomainError
from matchmaker.profiles.models import Profile
from matchmaker.trust.models import Block


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


def unblock(session: Session, blocker_id: int, blocked_public_id: str) -> None:
    """Take back one's own block; the other side's stands."""
    blocked = select(Profile.id).where(Profile.public_id == blocked_public_id)
    session.execute(
        delete(Block).where(
            Block.blocker_id == blocker_id,
            Block.blocked_id == blocked.scalar_subquery(),
        )
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
