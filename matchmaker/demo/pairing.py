"""Finds who can answer whom: an offer of one side, a request of the other.

This reads the tags the archetypes were written with. It is deliberately not the
engine, so that the history can serve to judge the engine.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from random import Random

from matchmaker.demo.library import topics
from matchmaker.demo.model import DemoPerson, Language
from matchmaker.demo.people import Member

# Nobody drowns in requests, and nobody asks the whole room.
MOST_PER_PERSON = 4
# Types that may answer each other although their names differ.
_ACROSS = frozenset(
    {
        ("marketing", "distribution"),
        ("marketing", "project"),
        ("technology", "project"),
        ("expertise", "project"),
        ("mentoring", "project"),
        ("project", "jointventure"),
        ("jointventure", "project"),
        ("investment", "jointventure"),
        ("project", "investment"),
        ("talent", "jointventure"),
        ("manufacturing", "supply"),
        ("supply", "manufacturing"),
    }
)
# Its requests name the market; only a request for China is answered by it.
_CHINESE_CHANNEL = "cn-promotion"
_CONVERSATION: tuple[Language, ...] = ("ru", "zh", "en")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two members and the two items that belong together."""

    requester: Member
    request: int
    provider: Member
    offer: int

    @property
    def topic(self) -> str:
        """Return the tag of what is offered."""
        return self.provider.tags[self.offer]

    @property
    def keys(self) -> frozenset[str]:
        """Return the two people, whoever asks first."""
        return frozenset({self.requester.person.key, self.provider.person.key})


def find_pairs(members: Iterable[Member]) -> list[Pair]:
    """Return all complementary pairs of active people who can talk."""
    active = [m for m in members if m.person.state == "active"]
    offers = [
        (member, index, tag)
        for member in active
        for index, tag in enumerate(member.tags)
        if member.person.opportunities[index].side == "offer"
    ]
    found: list[Pair] = []
    for member in active:
        for index, tag in enumerate(member.tags):
            if member.person.opportunities[index].side != "request":
                continue
            for provider, offer, offered in offers:
                pair = Pair(member, index, provider, offer)
                if tag in topics()[offered].answers and _fits(pair):
                    found.append(pair)
    return found


def choose_pairs(pairs: list[Pair], count: int, *, rng: Random) -> list[Pair]:
    """Return the best of the pairs, each two people once, everybody a few times."""
    order = pairs.copy()
    rng.shuffle(order)
    order.sort(key=_quality, reverse=True)
    used: Counter[str] = Counter()
    subjects: Counter[str] = Counter()
    met: set[frozenset[str]] = set()
    chosen: list[Pair] = []
    # Rounds raise the ceiling slowly, so that first nobody is used twice.
    for ceiling in range(1, MOST_PER_PERSON + 1):
        for pair in order:
            if len(chosen) == count:
                return chosen
            free = all(used[key] < ceiling for key in pair.keys)
            if free and pair.keys not in met and subjects[pair.topic] < ceiling * 4:
                chosen.append(pair)
                met.add(pair.keys)
                used.update(pair.keys)
                subjects[pair.topic] += 1
    return chosen


def shared_language(one: DemoPerson, other: DemoPerson) -> bool:
    """Say whether two people have a language of the platform in common."""
    common = set(one.languages) & set(other.languages)
    return bool(common & set(_CONVERSATION))


def _fits(pair: Pair) -> bool:
    requester, provider = pair.requester.person, pair.provider.person
    if requester.organisation == provider.organisation:
        return False
    if not shared_language(requester, provider):
        return False
    if pair.topic == _CHINESE_CHANNEL and requester.markets[:1] != ("CN",):
        return False
    wanted = requester.opportunities[pair.request].type
    given = provider.opportunities[pair.offer].type
    return wanted == given or (given, wanted) in _ACROSS


def _quality(pair: Pair) -> int:
    requester, provider = pair.requester.person, pair.provider.person
    abroad = 2 if requester.country != provider.country else 0
    into = 2 if requester.country in provider.markets else 0
    out = 2 if provider.country in requester.markets else 0
    # A request names the first market, so somebody from there answers it best.
    named = 3 if requester.markets[:1] == (provider.country,) else 0
    exact = pair.requester.tags[pair.request] == pair.topic
    return abroad + into + out + named + (1 if exact else 0)
