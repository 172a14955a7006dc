"""What tests of the ledger note of a contact."""

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from matchmaker.matching.models import Introduction
from matchmaker.messaging import ledger
from matchmaker.messaging.ledger import Noted
from matchmaker.messaging.models import ContactKind, FollowUp
from matchmaker.profiles.models import Profile

TODAY = date(2026, 11, 21)


def noted(**values: Any) -> Noted:
    """Return a call of today, or as told."""
    return Noted(**{"kind": ContactKind.CALL, "happened_on": TODAY, **values})


def note(
    session: Session, introduction: Introduction, author: Profile, **values: Any
) -> FollowUp | None:
    """Note a call of today, or as told; what is overdue was noted in time."""
    day = min(values.get("due_on") or TODAY, TODAY)
    told: dict[str, Any] = {
        "kind": ContactKind.CALL,
        "happened_on": day,
        "what": "",
        "next_step": "",
        "due_on": None,
        "shared": False,
        "form_key": f"{introduction.id}-{values}",
        "today": day,
        **values,
    }
    return ledger.add_follow_up(session, introduction, author.id, **told)
