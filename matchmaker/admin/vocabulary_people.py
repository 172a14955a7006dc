"""Whom the preview of a draft names. Its file holds public ids only."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.profiles.models import Profile, ProfileStatus


def named(session: Session, preview: dict[str, Any] | None) -> dict[str, str]:
    """Return the names of the people of a preview who are listed still."""
    pairs = [*(preview or {}).get("gain", ()), *(preview or {}).get("lose", ())]
    ids = {pair[side] for pair in pairs for side in ("a", "b")}
    found = session.execute(
        select(Profile.public_id, Profile.full_name).where(
            Profile.public_id.in_(ids), Profile.status == ProfileStatus.ACTIVE
        )
    )
    return {row[0]: row[1] for row in found}
