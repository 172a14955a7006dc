"""Steps, kinds and shares of the quality page. Plain values in, plain values out."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import inf

from matchmaker.vocabulary.sectors import match_label

#: What is counted of a proposal, in the order of the columns.
STEPS = (
    "shown",
    "interested",
    "asked",
    "due",
    "answered",
    "accepted",
    "settled",
    "followed_up",
    "good",
    "agreed",
)
#: Each step of the chain and of what it is a share.
BASES: Mapping[str, str | None] = {
    "shown": None,
    "interested": "shown",
    "asked": "shown",
    "answered": "due",
    "accepted": "answered",
    "followed_up": "settled",
    "good": "accepted",
    "agreed": "accepted",
}
DIMENSIONS = (
    "all",
    "rank",
    "countries",
    "sector",
    "languages",
    "event",
    "model",
    "seeker_since",
    "candidate_since",
    "band",
    "score",
    "reason",
    "directory",
)
NEW_DAYS = 30  # a member is new for so long
FOLLOW_UP_DAYS = 14  # a follow-up counts within so many days after the yes
ANSWER_DAYS = 7  # and an answer within so many
LEAST = 30  # cases below which a share says nothing: its interval is 35 points wide
WEEK = timedelta(days=7)
_RANKS = ((1, "1"), (3, "2-3"), (10, "4-10"), (inf, "11+"))


@dataclass(frozen=True, slots=True)
class Person:
    """What of a member the kinds of proposals are told by."""

    country: str
    sector: str
    languages: frozenset[str]
    since: date
    events: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Shown:
    """How a candidate was first shown to a seeker."""

    day: date
    position: int
    joint: float
    band: str
    version: int
    kinds: str


def branch(labels: Sequence[str]) -> str:
    """Return the branch of the sector tree that is named first, or nothing."""
    found = (match_label(label) for label in labels)
    return next((code.split(".")[0] for code in found if code), "")


def kinds_of(
    shown: Shown, seeker: Person, candidate: Person
) -> Iterator[tuple[str, str]]:
    """Yield in which cells a proposal is counted: dimension and kind.

    Once in each dimension, but in one cell for each event of the seeker and for each
    kind of reason.
    """
    yield "all", ""
    yield "rank", next(word for most, word in _RANKS if shown.position <= most)
    yield "countries", country_pair(seeker.country, candidate.country)
    yield "sector", seeker.sector
    yield "languages", languages_of(seeker.languages, candidate.languages)
    for event in seeker.events or ("",):
        yield "event", str(event)
    yield "model", str(shown.version)
    yield "seeker_since", _since(seeker, shown.day)
    yield "candidate_since", _since(candidate, shown.day)
    yield "band", shown.band
    yield "score", str(min(int(shown.joint * 10), 9))
    if shown.kinds:
        yield "reason", ""  # all of which the reasons are known
    for kind in shown.kinds.split():
        yield "reason", kind


def country_pair(one: str, other: str) -> str:
    """Return the same text whoever seeks; empty if a country is not known."""
    return "-".join(sorted((one, other))) if one and other else ""


def languages_of(one: Collection[str], other: Collection[str]) -> str:
    """Return whether two people share a language; empty if it is not known."""
    if not one or not other:
        return ""
    return "none" if set(one).isdisjoint(other) else "shared"


def monday(day: date) -> date:
    """Return the first day of a day's week."""
    return day - timedelta(days=day.weekday())


def _since(person: Person, day: date) -> str:
    return "new" if (day - person.since).days < NEW_DAYS else "old"
