"""Drawing the pairs of a week for blind review, each with its chance."""

import secrets
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from matchmaker.clock import now
from matchmaker.db import Sessions
from matchmaker.engine.sampling import draw_evenly
from matchmaker.errors import DomainError
from matchmaker.matching import versions
from matchmaker.matching.bridge import Matcher, Pair
from matchmaker.matching.lists import Policy, list_forbidden, list_standings
from matchmaker.matching.models import Band, Proposal
from matchmaker.matching.review_models import ReviewPair, ReviewRound, Source
from matchmaker.profiles.models import Profile, ProfileStatus

#: Members of a large community whose pairs are looked at. Their pairs stand for all,
#: and a review of twenty pairs has no use for more.
MOST_SEEKERS = 60
BELOW = 30  # places under a list's last that count as just missed
#: Parts of a round. What was not proposed is half: it is far more, and only it tells
#: what was missed.
PARTS: Mapping[Source, float] = {
    Source.FIRST: 0.35,
    Source.LISTED: 0.15,
    Source.BELOW: 0.25,
    Source.UNLISTED: 0.25,
}


@dataclass(frozen=True, slots=True)
class _Traits:
    country: str
    languages: frozenset[str]


@dataclass(frozen=True, slots=True)
class Unit:
    """A directed pair that may be drawn: a seeker and somebody they might meet."""

    seeker_id: int
    candidate_id: int
    source: Source
    band: Band
    joint: float
    same_country: bool
    shared_language: bool

    @property
    def cell(self) -> tuple[str, bool, bool]:
        """What pairs of one source are told apart by when they are drawn."""
        return self.band, self.same_country, self.shared_language


def monday(day: date | None = None) -> date:
    """Return the first day of a week, of this one by default."""
    day = day or now().date()
    return day - timedelta(days=day.weekday())


def find_round(session: Session, week: date) -> ReviewRound | None:
    """Return the round of a week, if it was drawn."""
    return session.scalar(select(ReviewRound).where(ReviewRound.week == week))


def draw_round(
    session: Session,
    matcher: Matcher,
    policy: Policy,
    *,
    pairs: int,
    seed: int | None = None,
) -> ReviewRound:
    """Draw this week's pairs.

    First members are drawn, then of all pairs they could be in some of every source:
    the first page of a list, its rest, just below it, everybody else. Within a source
    bands, same or other country and shared or no language are as likely to be seen. A
    pair's chance is the product of both steps.

    Raises
    ------
    DomainError
        ``review-drawn`` if this week's were drawn, ``review-nothing`` if nobody has
        proposals.
    """
    week = monday()
    if find_round(session, week) is not None:
        raise DomainError("review-drawn")
    seed = secrets.randbits(31) if seed is None else seed
    rng = np.random.default_rng(seed)
    traits = _list_traits(session)
    count = min(MOST_SEEKERS, len(traits))
    seekers = [int(one) for one in rng.choice(sorted(traits), count, replace=False)]
    units = _list_units(session, matcher, policy, seekers, traits)
    if not any(unit.source in {Source.FIRST, Source.LISTED} for unit in units):
        raise DomainError("review-nothing")
    drawn, part = _drawn(units, pairs, rng), count / len(traits)
    made = ReviewRound(
        week=week,
        model_version_id=versions.live_version(session).id,
        seed=seed,
        members=len(traits),
        sizes={
            source.value: sum(unit.source is source for unit in units) / part
            for source in Source
        },
    )
    try:
        with session.begin_nested():
            session.add(made)
            session.flush()
    except IntegrityError as error:  # somebody else drew at this very moment
        raise DomainError("review-drawn") from error
    session.add_all(
        _pair(made, unit, chance * part, swapped=bool(rng.integers(2)))
        for unit, chance in drawn
    )
    session.flush()
    return made


def draw_when_due(
    sessions: Sessions, matcher: Matcher, policy: Policy, *, pairs: int
) -> int:
    """Draw the pairs of a new week where an admin began with reviews; return rounds."""
    with sessions.read() as session:
        latest = session.scalar(select(func.max(ReviewRound.week)))
    if latest is None or latest >= monday():
        return 0
    try:
        with sessions.write.begin() as session:
            draw_round(session, matcher, policy, pairs=pairs)
    except DomainError:  # drawn by hand meanwhile, or nobody has proposals any more
        return 0
    return 1


def _pair(made: ReviewRound, unit: Unit, chance: float, *, swapped: bool) -> ReviewPair:
    return ReviewPair(
        round=made,
        seeker_id=unit.seeker_id,
        candidate_id=unit.candidate_id,
        source=unit.source,
        band=unit.band,
        joint=unit.joint,
        same_country=unit.same_country,
        shared_language=unit.shared_language,
        chance=min(chance, 1.0),
        swapped=swapped,
    )


def _list_traits(session: Session) -> dict[int, _Traits]:
    rows = session.execute(
        select(Profile.id, Profile.country, Profile.languages).where(
            Profile.status == ProfileStatus.ACTIVE
        )
    )
    return {row[0]: _Traits(row[1], frozenset(row[2])) for row in rows}


def _list_units(
    session: Session,
    matcher: Matcher,
    policy: Policy,
    seekers: Sequence[int],
    traits: Mapping[int, _Traits],
) -> list[Unit]:
    """Return every pair the seekers could be proposed, with where it stands."""
    places = _list_places(session, seekers)
    hubness = {key: one.hubness for key, one in list_standings(session).items()}
    units = []
    for seeker in seekers:
        forbidden = list_forbidden(session, policy, seeker).get(seeker, set())
        looks, _ = matcher.seen_by_others(session, seeker)
        known = {
            other: pair
            for other, pair in looks.items()
            if other in traits and other not in forbidden
        }
        sources = _sources(known, places[seeker], hubness, policy.shape.shown)
        mine = traits[seeker]
        for other, source in sources.items():
            theirs, pair = traits[other], known[other]
            units.append(
                Unit(
                    seeker,
                    other,
                    source,
                    Band(pair.band),
                    pair.joint,
                    mine.country == theirs.country,
                    not mine.languages.isdisjoint(theirs.languages),
                )
            )
    return units


def _list_places(session: Session, seekers: Sequence[int]) -> dict[int, dict[int, int]]:
    places: dict[int, dict[int, int]] = defaultdict(dict)
    for seeker, candidate, position in session.execute(
        select(Proposal.seeker_id, Proposal.candidate_id, Proposal.position).where(
            Proposal.seeker_id.in_(seekers)
        )
    ):
        places[seeker][candidate] = position
    return places


def _sources(
    known: Mapping[int, Pair],
    places: Mapping[int, int],
    hubness: Mapping[int, float],
    shown: int,
) -> dict[int, Source]:
    """Return where each candidate stands: on the list, just below it, or nowhere."""

    def standing(other: int) -> float:
        return known[other].joint - hubness.get(other, 0.0) / 2

    others = sorted(known.keys() - places.keys(), key=lambda one: (-standing(one), one))
    below = set(others[:BELOW]) if places else set()
    return {
        other: Source.BELOW
        if other in below
        else Source.UNLISTED
        if other not in places
        else Source.FIRST
        if places[other] <= shown
        else Source.LISTED
        for other in known
    }


def _drawn(
    units: Sequence[Unit], pairs: int, rng: np.random.Generator
) -> list[tuple[Unit, float]]:
    """Return the units drawn with their chance, in an order that tells nothing."""
    by_source = {
        source: found
        for source in Source
        if (found := [unit for unit in units if unit.source is source])
    }
    drawn: dict[frozenset[int], tuple[Unit, float]] = {}
    for source, count in _counts(by_source, pairs).items():
        found = by_source[source]
        places, chances = draw_evenly([unit.cell for unit in found], count, rng)
        for at in places:
            unit = found[at]
            # Seen from both sides a pair would be judged twice; the first one stays.
            key = frozenset({unit.seeker_id, unit.candidate_id})
            drawn.setdefault(key, (unit, float(chances[at])))
    kept = list(drawn.values())
    return [kept[at] for at in rng.permutation(len(kept))]


def _counts(
    by_source: Mapping[Source, Sequence[Unit]], pairs: int
) -> dict[Source, int]:
    """Return how many of each source, as near to the parts as its size allows."""
    counts = dict.fromkeys(by_source, 0)
    for _ in range(min(pairs, sum(map(len, by_source.values())))):
        free = [one for one in by_source if counts[one] < len(by_source[one])]
        # The one that is furthest behind its part gets the next.
        counts[min(free, key=lambda one: (counts[one] + 0.5) / PARTS[one])] += 1
    return counts
