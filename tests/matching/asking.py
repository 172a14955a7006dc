"""How tests of introductions ask and answer."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.clock import now
from matchmaker.matching import answers, introductions
from matchmaker.matching.models import Introduction
from matchmaker.notices.models import Notification
from matchmaker.profiles.models import Profile

DAYS = 7
WHEAT = (("supply", "Wheat"),)
TERMS = answers.Terms(days=DAYS, rematch_days=90)


def ask(
    session: Session, seeker: Profile, candidate: Profile, **values: Any
) -> Introduction:
    """Ask to be introduced, with the site's usual limits."""
    wanted: dict[str, Any] = {
        "seeker_item": next(iter(seeker.opportunities), None),
        "candidate_item": next(iter(candidate.opportunities), None),
        "note": "Shall we talk?",
        "lang": "en",
        "days": DAYS,
        "open_limit": 20,
        "rematch_days": 90,
        **values,
    }
    return introductions.request_introduction(session, seeker, candidate, **wanted)


def in_days(days: int) -> date:
    """Return the date some days from today, in UTC."""
    return now().date() + timedelta(days=days)


def let_pass(introduction: Introduction, days: float) -> None:
    """Move a request so many days into the past."""
    for name in ("asked_at", "expires_at", "answered_at", "returns_at"):
        moment = getattr(introduction, name)
        if moment is not None:
            setattr(introduction, name, moment - timedelta(days=days))


def told(session: Session, profile: Profile) -> list[str]:
    """Return the codes of what somebody was told, oldest first."""
    return list(
        session.scalars(
            select(Notification.code)
            .where(Notification.user_id == profile.user_id)
            .order_by(Notification.id)
        )
    )
