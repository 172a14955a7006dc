"""Who would match whom if an event's drafts were members. Read only, for organisers.

Drafts are compared here and nowhere else: in a community of their own that lives for
one answer, beside the members as the site knows them. Nothing of it is stored, and no
member's list is touched.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from matchmaker.clock import now
from matchmaker.events.models import Attendance
from matchmaker.matching import versions
from matchmaker.matching.bridge import Matcher
from matchmaker.matching.inputs import make_member
from matchmaker.profiles.models import Profile, ProfileStatus
from matchmaker.progress import Progress
from matchmaker.vocabulary import sectors

if TYPE_CHECKING:
    from matchmaker.engine.calibration import Bands
    from matchmaker.engine.community import Community, Ranked

SHOWN: Final = 3  # candidates named of each person
COUNTED: Final = 20  # candidates looked at; more are "20 or more"
ANSWERS: Final = 10  # members read for a true count of who can answer a question
EXPLAINED: Final = 300  # people whose first candidate comes with the words that met
LARGEST: Final = 1500  # people compared; about a minute of one core with 10,000 members
KEPT_FOR: Final = timedelta(minutes=10)
EVENTS_KEPT: Final = 8
_DRAFTS: Final = (ProfileStatus.DRAFT, ProfileStatus.INVITED)
_PEOPLE: Final = (*_DRAFTS, ProfileStatus.ACTIVE)


@dataclass(frozen=True, slots=True)
class Likely:
    """A candidate as an organiser sees one: who, how well, and the words that met."""

    profile_id: int
    name: str
    organisation: str
    country: str
    band: str
    is_draft: bool
    told: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class PersonMatches:
    """One of an event's people and the good candidates there are."""

    profile_id: int
    name: str
    organisation: str
    country: str
    sector: str
    is_draft: bool
    count: int
    best: tuple[Likely, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """People of a country or sector, and how many of them have a good candidate."""

    code: str
    people: int
    matched: int


@dataclass(frozen=True, slots=True)
class EventMatches:
    """What a preview answers, and when it was computed."""

    people: tuple[PersonMatches, ...]
    computed_at: datetime
    left_out: int = 0

    @property
    def matched(self) -> int:
        """People with at least one good candidate."""
        return sum(1 for one in self.people if one.count)

    def counts(self) -> dict[int, int]:
        """Return the number of good candidates by profile."""
        return {one.profile_id: one.count for one in self.people}

    def by_country(self) -> list[Coverage]:
        """Return the coverage of each country, the largest first."""
        return _coverage((one.country, one.count) for one in self.people)

    def by_sector(self) -> list[Coverage]:
        """Return the coverage of each main sector, the largest first."""
        return _coverage((one.sector, one.count) for one in self.people)


def _coverage(rows: Iterable[tuple[str, int]]) -> list[Coverage]:
    found: dict[str, Coverage] = {}
    for code, count in rows:
        old = found.get(code, Coverage(code, 0, 0))
        found[code] = Coverage(code, old.people + 1, old.matched + bool(count))
    return sorted(found.values(), key=lambda one: (-one.people, one.code))


class Preview:
    """Answers what-if questions of organisers. Safe to use from several threads.

    Parameters
    ----------
    folder
        Where the matcher keeps the fitted community; it is read, never written.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._members = Matcher(folder)
        self._comparing = threading.Lock()
        self._kept: dict[int, tuple[tuple[Any, ...], EventMatches]] = {}
        #: How far the comparison of an event has come, while it lasts.
        self.progress: dict[int, Progress] = {}

    def find(self, session: Session, event_id: int) -> EventMatches | None:
        """Return what is known of an event as it is now, however old."""
        known, found = self._kept.get(event_id, (None, None))
        return found if known == _stamp(session, event_id) else None

    def is_fresh(self, found: EventMatches) -> bool:
        """Tell whether members cannot have changed much since a comparison."""
        return now() - found.computed_at < KEPT_FOR

    def of_event(self, session: Session, event_id: int) -> EventMatches:
        """Return who would match whom, from memory while the event has not changed."""
        with self._comparing:
            found = self.find(session, event_id)
            if found and self.is_fresh(found):
                return found
            stamp = _stamp(session, event_id)
            try:
                found = self._compute(session, event_id)
            finally:
                self.progress.pop(event_id, None)
            self._kept.pop(event_id, None)
            while len(self._kept) >= EVENTS_KEPT:
                self._kept.pop(next(iter(self._kept)))
            self._kept[event_id] = stamp, found
            return found

    def count_answers(self, session: Session, profile_id: int) -> int:
        """Return how many members offer what a draft asks for, ``ANSWERS`` at most.

        Counted are those who fit well and whose offer shares a word with the request,
        in any language: the letter promises an answer, so a guess is not enough.
        """
        draft = _load(session, [profile_id])
        if not draft:
            return 0
        member = make_member(draft[0])
        # What the draft offers itself says nothing about who can answer.
        asking = replace(member, offers=(), about="", sectors=())
        if not asking.needs:
            return 0
        with self._lock:
            community = self._members.sync(session)
            community.put(asking)
            try:
                best = community.top(asking.id, k=ANSWERS, by="fit_for_me")
                least = versions.bands(session).good
                good = [one for one in best if one.fit_for_me >= least]
                return sum(
                    _answers(community, asking.id, one.candidate_id) for one in good
                )
            finally:
                community.remove(asking.id)

    def _compute(self, session: Session, event_id: int) -> EventMatches:
        """Compare an event's drafts in a copy of the community that is then dropped."""
        there = select(Attendance.profile_id).where(Attendance.event_id == event_id)
        everybody = _load(session, list(session.scalars(there)))
        profiles = everybody[:LARGEST]
        self.progress[event_id] = Progress("compare", 0, len(profiles))
        community = Matcher(self._folder).sync(session)
        bands = versions.bands(session)
        drafts = {p.id for p in profiles if p.status in _DRAFTS}
        for profile in profiles:
            if profile.id in drafts:
                community.put(make_member(profile))
        people = []
        for at, profile in enumerate(profiles):
            self.progress[event_id] = Progress("compare", at, len(profiles))
            people.append(
                self._of_person(
                    (community, bands), profile, profiles, drafts, at < EXPLAINED
                )
            )
        return EventMatches(tuple(people), now(), len(everybody) - len(profiles))

    @staticmethod
    def _of_person(
        model: tuple[Community, Bands],
        profile: Profile,
        profiles: list[Profile],
        drafts: set[int],
        explain: bool,  # noqa: FBT001
    ) -> PersonMatches:
        community, bands = model
        colleagues = [
            str(other.id)
            for other in profiles
            if other.organisation_id is not None
            and other.organisation_id == profile.organisation_id
        ]
        own = str(profile.id)
        best = [
            one
            for one in community.top(own, k=COUNTED, forbidden=colleagues)
            if _is_good(one, bands)
        ]
        return PersonMatches(
            profile_id=profile.id,
            name=profile.full_name,
            organisation=profile.organisation_name,
            country=profile.country,
            sector=_main_sector(profile),
            is_draft=profile.id in drafts,
            count=len(best),
            best=tuple(
                _likely(model, own, one, drafts, explain=explain and not at)
                for at, one in enumerate(best[:SHOWN])
            ),
        )


def _stamp(session: Session, event_id: int) -> tuple[Any, ...]:
    row = session.execute(
        select(func.count(Profile.id), func.sum(Profile.version))
        .join(Attendance, Attendance.profile_id == Profile.id)
        .where(Attendance.event_id == event_id, Profile.status.in_(_PEOPLE))
    ).one()
    return tuple(row)


def _load(session: Session, ids: list[int]) -> list[Profile]:
    """Return the people among these ids that matching could read, by name."""
    found: list[Profile] = []
    for start in range(0, len(ids), 900):
        found += session.scalars(
            select(Profile)
            .where(
                Profile.id.in_(ids[start : start + 900]), Profile.status.in_(_PEOPLE)
            )
            .options(
                joinedload(Profile.organisation), selectinload(Profile.opportunities)
            )
        )
    return sorted(found, key=lambda profile: (profile.full_name, profile.id))


def _likely(
    model: tuple[Community, Bands],
    own: str,
    one: Ranked,
    drafts: set[int],
    *,
    explain: bool,
) -> Likely:
    community, bands = model
    other = community.member(one.candidate_id)
    told = None
    if explain:
        explained = community.explain(own, one.candidate_id)
        told = {
            "interpreter": explained.interpreter_needed,
            "reasons": [asdict(reason) for reason in explained.reasons],
        }
    return Likely(
        profile_id=int(one.candidate_id),
        name=other.name,
        organisation=other.organisation,
        country=other.country,
        band=bands.word(one.joint),
        is_draft=int(one.candidate_id) in drafts,
        told=told,
    )


def _is_good(one: Ranked, bands: Bands) -> bool:
    """Tell whether one direction alone fits well.

    A draft often knows only a question: then nothing is there that the other side could
    want, the joint score is low, and still this is who could answer it.
    """
    return max(one.fit_for_me, one.fit_for_them) >= bands.good


def _answers(community: Community, asking: str, candidate: str) -> bool:
    return any(
        reason.code == "need-offer"
        and reason.direction == "for_me"
        and reason.evidence["need_spans"]
        and reason.evidence["offer_spans"]
        for reason in community.explain(asking, candidate).reasons
    )


def _main_sector(profile: Profile) -> str:
    """Return the first sector's branch; labels of the member's own have none."""
    for code in profile.sectors:
        found = code if sectors.is_sector(code) else sectors.match_label(code)
        while found and (parent := sectors.sector_parent(found)):
            found = parent
        if found:
            return found
    return ""
