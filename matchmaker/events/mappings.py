"""How organisers mapped the columns of a kind of file, kept for the next one."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.clock import now
from matchmaker.events.roster import SavedMapping


def find_mapping(
    session: Session, user_id: int | None, shape_key: str
) -> list[dict[str, Any]] | None:
    """Return how somebody mapped the columns of this kind of file last time."""
    saved = session.scalar(
        select(SavedMapping).where(
            SavedMapping.user_id == user_id, SavedMapping.shape_key == shape_key
        )
    )
    return list(saved.mapping["columns"]) if saved else None


def remember_mapping(
    session: Session, user_id: int, shape_key: str, mapping: list[dict[str, Any]]
) -> None:
    """Keep a mapping for the next file of this shape."""
    saved = session.scalar(
        select(SavedMapping).where(
            SavedMapping.user_id == user_id, SavedMapping.shape_key == shape_key
        )
    )
    if saved is None:
        saved = SavedMapping(user_id=user_id, shape_key=shape_key)
        session.add(saved)
    saved.mapping = {"columns": mapping}
    saved.saved_at = now()
    session.flush()
