"""Work of trust that needs no request: copies, bursts, forgetting.

What is found becomes a case for a person to look at, never a punishment. Each step is
its own transaction; doing it twice changes nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

import numpy as np
from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session, selectinload

from matchmaker.clock import now
from matchmaker.db import Sessions
from matchmaker.profiles.models import Profile, ProfileStatus
from matchmaker.trust import cases, rules, seen
from matchmaker.trust.holds import Limits
from matchmaker.trust.models import ProfileSketch, SentText, SignalKind

BATCH = 100  # sketches written in one transaction
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


@dataclass(slots=True)
class _Sketches:
    """Sketches of the listed profiles, in memory while some are compared with all."""

    of: dict[int, tuple[int, bytes]]  # profile id: organisation's id, sketch

    @classmethod
    def read(cls, session: Session) -> Self:
        rows = session.execute(
            select(
                ProfileSketch.profile_id,
                func.coalesce(Profile.organisation_id, 0),
                ProfileSketch.sketch,
            )
            .join(Profile, Profile.id == ProfileSketch.profile_id)
            .where(
                ProfileSketch.sketch.is_not(None),
                Profile.status == ProfileStatus.ACTIVE,
            )
        )
        return cls({row[0]: (row[1], row[2]) for row in rows if row[2]})

    def put(self, profile: Profile, made: bytes | None) -> tuple[int, float] | None:
        """Take a profile in; return the other that it is most like, and how much.

        Colleagues may offer the same: people of one organisation are not compared.
        """
        self.of.pop(profile.id, None)
        if made is None:
            return None
        own = profile.organisation_id or -1
        others = [key for key, (employer, _) in self.of.items() if employer != own]
        likeness = rules.alike(made, [self.of[key][1] for key in others])
        self.of[profile.id] = (profile.organisation_id or 0, made)
        if not others:
            return None
        best = int(np.argmax(likeness))
        return others[best], float(likeness[best])


def compare_profiles(sessions: Sessions, limits: Limits) -> int:
    """Compare the profiles that changed since with all others; return how many."""
    done = 0
    sketches: _Sketches | None = None
    while True:
        with sessions.read() as session:
            due = list(session.scalars(_changed()))
            if not due:
                return done
            sketches = sketches or _Sketches.read(session)
        found = [_Compared.of(profile, sketches) for profile in due]
        with sessions.write.begin() as session:
            for one in found:
                one.store(session, limits)
        done += len(due)


def _changed() -> Any:  # noqa: ANN401  a SELECT
    return (
        select(Profile)
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
        .options(selectinload(Profile.opportunities))
    )


@dataclass(frozen=True, slots=True)
class _Compared:
    """One profile with its sketch, and the other that it is most like."""

    profile_id: int
    made_of: datetime
    sketch: bytes | None
    nearest: tuple[int, float] | None

    @classmethod
    def of(cls, profile: Profile, sketches: _Sketches) -> Self:
        made = rules.sketch("\n".join(item.text for item in profile.opportunities))
        nearest = sketches.put(profile, made)
        return cls(profile.id, profile.changed_at, made, nearest)

    def store(self, session: Session, limits: Limits) -> None:
        """Keep the sketch, and note a copy: a case of the younger account."""
        known = session.get(ProfileSketch, self.profile_id)
        if known is None:
            if session.get(Profile, self.profile_id) is None:
                return  # erased meanwhile
            known = ProfileSketch(profile_id=self.profile_id)
            session.add(known)
        known.sketch, known.made_of = self.sketch, self.made_of
        session.flush()
        if self.nearest is None or self.nearest[1] < limits.alike:
            return
        subject, other = sorted((self.profile_id, self.nearest[0]), reverse=True)
        cases.note_signal(
            session,
            subject,
            kind=SignalKind.ALIKE,
            key=str(other),
            figures={"percent": round(100 * self.nearest[1])},
            other_id=other,
        )


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
