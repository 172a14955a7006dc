"""The chain of one event, person by person: counted whole and by kinds of people."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.admin.service import GOOD_OUTCOMES
from matchmaker.events.models import Attendance, Event, EventGroup
from matchmaker.events.roster import Seed
from matchmaker.matching.models import Introduction, IntroductionState, Outcome
from matchmaker.messaging.models import FollowUp
from matchmaker.profiles.models import Profile, ProfileStatus
from matchmaker.vocabulary.sectors import match_label

#: The steps in order; each person is counted once on each they reached.
STEPS = (
    "listed",
    "invited",
    "claimed",
    "complete",
    "asked",
    "answered",
    "accepted",
    "followed_up",
    "good",
)
KINDS = ("group", "sector", "country", "language")
_CLAIMED = {ProfileStatus.CLAIMED, ProfileStatus.ACTIVE, ProfileStatus.PAUSED}
_COMPLETE = {ProfileStatus.ACTIVE, ProfileStatus.PAUSED}
_ANSWERED = {IntroductionState.ACCEPTED, IntroductionState.DECLINED}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody on the list of an event, as far as the report asks."""

    id: int
    status: ProfileStatus
    country: str
    sectors: Sequence[str]
    languages: Sequence[str]
    group: str
    invited: bool


@dataclass(frozen=True, slots=True)
class Reached:
    """How many people reached each step."""

    label: str
    counts: dict[str, int]

    def share(self, step: str) -> float | None:
        """Return the part of all people who reached a step, 0 to 1; None for nobody."""
        everybody = self.counts[STEPS[0]]
        return self.counts[step] / everybody if everybody else None


@dataclass(frozen=True, slots=True)
class Report:
    """What came of an event so far.

    Attributes
    ----------
    whole
        Everybody on the list of the event.
    parts
        By kind of people: those parts, the largest first.
    introductions
        Requests that people of the event sent, and how many were accepted.
    pairs
        Countries whose people said yes to each other, most often first.
    """

    whole: Reached
    parts: dict[str, list[Reached]]
    introductions: tuple[int, int]
    pairs: list[tuple[str, str, int]] = field(default_factory=list)


def report(session: Session, event: Event) -> Report:
    """Return the chain of an event as it stands now."""
    people = _people(session, event)
    sent = _sent(session, event)
    steps = _steps(session, people, sent)
    accepted = [one for one in sent if one[2] is IntroductionState.ACCEPTED]
    return Report(
        whole=_reached("", (person.id for person in people), steps),
        parts={kind: _parts(people, steps, label) for kind, label in _LABELS.items()},
        introductions=(len(sent), len(accepted)),
        pairs=_pairs(session, accepted),
    )


def _people(session: Session, event: Event) -> list[Person]:
    rows = session.execute(
        select(
            Profile.id,
            Profile.status,
            Profile.country,
            Profile.sectors,
            Profile.languages,
            EventGroup.name,
            Seed.invited_at,
        )
        .join(Attendance, Attendance.profile_id == Profile.id)
        .outerjoin(EventGroup, EventGroup.id == Attendance.group_id)
        .outerjoin(Seed, Seed.profile_id == Profile.id)
        .where(Attendance.event_id == event.id)
    )
    return [
        Person(
            row[0],
            row[1],
            row[2],
            row[3],
            row[4],
            group=row[5] or "",
            invited=row[6] is not None or row[1] in _CLAIMED,
        )
        for row in rows
    ]


def _sent(
    session: Session, event: Event
) -> list[tuple[int, int, IntroductionState, int]]:
    """Return what people of the event asked: seeker, candidate, state, id."""
    own = select(Attendance.profile_id).where(Attendance.event_id == event.id)
    rows = session.execute(
        select(
            Introduction.seeker_id,
            Introduction.candidate_id,
            Introduction.state,
            Introduction.id,
        ).where(Introduction.seeker_id.in_(own))
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows]


def _steps(
    session: Session,
    people: Sequence[Person],
    sent: Sequence[tuple[int, int, IntroductionState, int]],
) -> dict[str, set[int]]:
    """Return who reached each step."""
    accepted = {one[3]: one[0] for one in sent if one[2] is IntroductionState.ACCEPTED}
    took_place = select(FollowUp.introduction_id).where(FollowUp.planned.is_(False))
    talked = session.scalars(took_place.distinct())
    good = session.scalars(
        select(Outcome.introduction_id)
        .where(Outcome.value.in_(GOOD_OUTCOMES))
        .distinct()
    )
    return {
        "listed": {person.id for person in people},
        "invited": {person.id for person in people if person.invited},
        "claimed": {person.id for person in people if person.status in _CLAIMED},
        "complete": {person.id for person in people if person.status in _COMPLETE},
        "asked": {one[0] for one in sent},
        "answered": {one[0] for one in sent if one[2] in _ANSWERED},
        "accepted": set(accepted.values()),
        "followed_up": {accepted[one] for one in talked if one in accepted},
        "good": {accepted[one] for one in good if one in accepted},
    }


def _reached(label: str, ids: Iterable[int], steps: dict[str, set[int]]) -> Reached:
    own = set(ids)
    return Reached(label, {step: len(own & steps[step]) for step in STEPS})


def _parts(
    people: Sequence[Person],
    steps: dict[str, set[int]],
    label: Callable[[Person], str],
) -> list[Reached]:
    by_label: dict[str, set[int]] = {}
    for person in people:
        by_label.setdefault(label(person), set()).add(person.id)
    found = [_reached(name, ids, steps) for name, ids in by_label.items()]
    return sorted(found, key=lambda one: (-one.counts[STEPS[0]], one.label))


def _sector(person: Person) -> str:
    """Return the branch of the sector tree a person named first, or nothing."""
    found = (match_label(name) for name in person.sectors)
    return next((code.split(".")[0] for code in found if code), "")


_LABELS: dict[str, Callable[[Person], str]] = {
    "group": lambda person: person.group,
    "sector": _sector,
    "country": lambda person: person.country,
    "language": lambda person: next(iter(person.languages), ""),
}


def _pairs(
    session: Session, accepted: Sequence[tuple[int, int, IntroductionState, int]]
) -> list[tuple[str, str, int]]:
    ids = {side for one in accepted for side in one[:2]}
    rows = session.execute(
        select(Profile.id, Profile.country).where(Profile.id.in_(ids))
    )
    country = {row[0]: row[1] for row in rows}
    counts: Counter[tuple[str, str]] = Counter()
    for seeker_id, candidate_id, _state, _id in accepted:
        one, other = sorted((country[seeker_id], country[candidate_id]))
        if one and other:
            counts[one, other] += 1
    return [(*pair, count) for pair, count in counts.most_common()]
