"""Things of moderation for the table of who may do what."""

from sqlalchemy.orm import Session

from matchmaker.accounts.rules import digest
from matchmaker.matching.models import Introduction
from matchmaker.profiles.models import Profile
from matchmaker.trust.cases import open_case
from matchmaker.trust.models import HeldText, Measure, MeasureKind, TextPurpose

APPEAL = "a-secret-of-a-letter"


def add_moderation(
    session: Session, member: Profile, other: Profile, accepted: Introduction
) -> dict[str, str]:
    """Add a case, a decision and a held text of a member; return their ids."""
    case = open_case(session, member.id)
    measure = Measure(
        case_id=case.id,
        kind=MeasureKind.WARNED,
        reason="Too many texts",
        digest=digest(APPEAL),
    )
    held = HeldText(
        author_id=member.id,
        recipient_id=other.id,
        purpose=TextPurpose.MESSAGE,
        text="Buy now",
        rest={"introduction": accepted.public_id, "lang": "en"},
        recipients=6,
    )
    session.add_all([measure, held])
    session.flush()
    return {
        "case_id": case.public_id,
        "measure_id": measure.public_id,
        "text_id": held.public_id,
        "blocked_id": other.public_id,
        "appeal<secret> secret": APPEAL,
    }
