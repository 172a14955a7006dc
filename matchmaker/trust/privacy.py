"""What this room knows of a person: to export, and to erase. Flush, never commit.

What others reported stays with moderators as far as it is about others; what a person
wrote, sent, saw or blocked goes with them.
"""

from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from matchmaker.profiles.models import Profile
from matchmaker.trust.models import (
    Block,
    Case,
    ContactView,
    HeldText,
    Measure,
    MeasureKind,
    ProfileSketch,
    Report,
    Restraint,
    SentText,
    Signal,
)


def export(session: Session, profile_id: int) -> dict[str, list[dict[str, Any]]]:
    """Return what is stored here about a person, as plain values.

    Reports about the person are not in it: they would name who made them.
    """
    blocked = session.execute(
        select(Profile.full_name, Block.created_at)
        .join(Block, Block.blocked_id == Profile.id)
        .where(Block.blocker_id == profile_id)
    )
    views = session.execute(
        select(Profile.full_name, ContactView.place, ContactView.seen_on)
        .join(ContactView, ContactView.viewer_id == Profile.id)
        .where(ContactView.viewed_id == profile_id)
    )
    reports = session.scalars(select(Report).where(Report.reporter_id == profile_id))
    held = session.scalars(select(HeldText).where(HeldText.author_id == profile_id))
    measures = session.scalars(
        select(Measure)
        .join(Measure.case)
        .where(Case.subject_id == profile_id, Measure.kind != MeasureKind.DISMISSED)
    )
    return {
        "blocked": [{"name": row[0], "at": row[1].isoformat()} for row in blocked],
        "contact_views": [
            {"viewer": row[0], "place": row[1].value, "on": row[2].isoformat()}
            for row in views
        ],
        "reports": [
            {
                "kind": one.kind.value,
                "about": one.about,
                "excerpt": one.excerpt,
                "note": one.note,
                "at": one.created_at.isoformat(),
            }
            for one in reports
        ],
        "held_texts": [
            {
                "purpose": one.purpose.value,
                "text": one.text,
                "state": one.state.value,
                "reason": one.reason,
                "at": one.created_at.isoformat(),
            }
            for one in held
        ],
        "decisions": [
            {
                "kind": one.kind.value,
                "reason": one.reason,
                "appeal": one.appeal,
                "answer": one.answer,
                "at": one.created_at.isoformat(),
            }
            for one in measures
        ],
    }


def forget(session: Session, profile_id: int) -> None:
    """Erase what is stored here about a person who leaves.

    Their own reports stay as far as they tell what somebody else did, without their
    name; quotes and words in reports about them go, the kind and the day stay.
    """
    for table, columns in (
        (Block, (Block.blocker_id, Block.blocked_id)),
        (ContactView, (ContactView.viewer_id, ContactView.viewed_id)),
        (SentText, (SentText.author_id, SentText.recipient_id)),
        (HeldText, (HeldText.author_id, HeldText.recipient_id)),
        (ProfileSketch, (ProfileSketch.profile_id,)),
        (Restraint, (Restraint.profile_id,)),
        (Signal, (Signal.other_id,)),
    ):
        session.execute(
            delete(table).where(or_(*(column == profile_id for column in columns)))
        )
    session.execute(
        update(Report)
        .where(Report.reporter_id == profile_id)
        .values(reporter_id=None, note="")
    )
    about = select(Case.id).where(Case.subject_id == profile_id)
    session.execute(
        update(Report).where(Report.case_id.in_(about)).values(excerpt="", note="")
    )
    session.execute(
        update(Measure)
        .where(Measure.case_id.in_(about))
        .values(reason="", appeal="", answer="", digest=None)
    )
    session.flush()
