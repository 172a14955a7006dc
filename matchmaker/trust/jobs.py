"""Work of trust that needs no request: copies, bursts, forgetting.

What is found becomes a case for a person to look at, never a punishment. Each step is
its own transaction; doing it twice changes nothing.
"""

from datetime import timedelta
from typing import Any

import numpy as np
from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from matchmaker.clock import now
from matchmaker.db import Sessions
from matchmaker.profiles.models import Profile, ProfileStatus
from matchmaker.trust import cases, rules, seen
from matchmaker.trust.holds import Limits
from matchmaker.trust.models import ProfileSketch, SentText, SignalKind

BATCH = 100  # profiles compared in one transaction
LEAST = 10  # texts a day below which nothing is a burst
WEEKS = 4  # over which somebody's usual day is taken


def look_around(sessions: Sessions, limits: Limits, *, seen_days: int) -> int:
    """Compare changed profiles, look for bursts, forget; return what was compared."""
    done = compare_profiles(sessions, limits)
    with sessions.write.begin() as session:
        find_bursts(session, limits)
        session.execute(
            delete(SentText).where(
                SentText.sent_at < now() - timedelta(days=limits.kept_days)
            )
        )
        seen.forget(session, days=seen_days)
    return done


def compare_profiles(sessions: Sessions, limits: Limits) -> int:
    """Compare the profiles that changed since with all others; return how many."""
    with sessions.read() as session:
        due = list(session.scalars(_changed()))
    if not due:
        return 0
    with sessions.write.begin() as session:
        for profile_id in due:
            _compare(session, profile_id, limits)
    return len(due)


def _changed() -> Any:  # noqa: ANN401  a SELECT
    return (
        select(Profile.id)
        .outerjoin(ProfileSketch, ProfileSketch.profile_id == Profile.id)
        .where(
            Profile.status == ProfileStatus.ACTIVE,
            or_(
                ProfileSketch.profile_id.is_(None),
                ProfileSketch.made_of < Profile.changed_at,
            ),
        )
        .order_by(Profile.changed_at, Profile.id)
        .limit(BATCH)
    )


def _compare(session: Session, profile_id: int, limits: Limits) -> None:
    """Sketch a profile, and note the one that it is most like, if it is a copy.

    Colleagues may offer the same: people of one organisation are not compared.
    """
    profile = session.scalar(
        select(Profile)
        .where(Profile.id == profile_id)
        .options(joinedload(Profile.organisation), selectinload(Profile.opportunities))
    )
    if profile is None:
        return
    made = rules.sketch("\n".join(item.text for item in profile.opportunities))
    known = session.get(ProfileSketch, profile_id)
    if known is None:
        known = ProfileSketch(profile_id=profile_id)
        session.add(known)
    known.sketch = made
    known.made_of = profile.changed_at
    session.flush()
    if made is None:
        return
    others = _others(session, profile)
    if not others:
        return
    likeness = rules.alike(made, [row[1] for row in others])
    best = int(np.argmax(likeness))
    if likeness[best] < limits.alike:
        return
    # The younger account is the one to look at.
    subject, other = sorted((profile_id, others[best][0]), reverse=True)
    cases.note_signal(
        session,
        subject,
        kind=SignalKind.ALIKE,
        key=str(other),
        figures={"percent": round(100 * float(likeness[best]))},
        other_id=other,
    )


def _others(session: Session, profile: Profile) -> list[tuple[int, bytes]]:
    rows = session.execute(
        select(ProfileSketch.profile_id, ProfileSketch.sketch)
        .join(Profile, Profile.id == ProfileSketch.profile_id)
        .where(
            ProfileSketch.profile_id != profile.id,
            ProfileSketch.sketch.is_not(None),
            Profile.status == ProfileStatus.ACTIVE,
            func.coalesce(Profile.organisation_id, 0)
            != (profile.organisation_id or -1),
        )
    )
    return [(row[0], row[1]) for row in rows if row[1]]


def find_bursts(session: Session, limits: Limits) -> None:
    """Note who wrote far more texts within a day than is usual for them."""
    moment = now()
    day = moment - timedelta(days=1)
    today = _count(session, SentText.sent_at > day, least=LEAST)
    if not today:
        return
    before = _count(
        session,
        SentText.author_id.in_(today),
        SentText.sent_at <= day,
        SentText.sent_at > day - timedelta(weeks=WEEKS),
    )
    for author_id, count in today.items():
        usual = before.get(author_id, 0) / (7 * WEEKS)
        if rules.is_burst(count, usual, least=LEAST, times=limits.burst_times):
            cases.note_signal(
                session,
                author_id,
                kind=SignalKind.BURST,
                key=f"texts:{moment.date().isoformat()}",
                figures={"what": "texts", "count": count, "usual": round(usual, 1)},
            )


def _count(session: Session, *which: Any, least: int = 1) -> dict[int, int]:  # noqa: ANN401
    """Return how many texts authors sent, of those who sent some."""
    rows = session.execute(
        select(SentText.author_id, func.count())
        .where(*which)
        .group_by(SentText.author_id)
        .having(func.count() >= least)
    )
    return {row[0]: row[1] for row in rows}
