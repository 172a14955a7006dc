"""Deals out who sits where: country, city, language, state and kind of business.

No text is written here; `people` turns each seat into a person.
"""

from collections import Counter
from dataclasses import dataclass, field, replace
from random import Random

from matchmaker.demo.library import (
    ArchetypeRecord,
    City,
    archetypes,
    cities,
    places,
    specials,
)
from matchmaker.demo.model import Language, PersonState

DRAFTS = 60
PARTIALS = 40
COLLEAGUES = 25
# Small countries keep every person, so that each of the 45 is really there.
SMALL_COUNTRY = 4
# Below this a second person of the same organisation would be half the country.
COLLEAGUE_COUNTRY = 6
# Every archetype writes four variants of its slots; a fifth would repeat a text.
VARIANTS = 4
# Some people in Russian-speaking places prefer to do business in English.
ENGLISH_SHARE = 0.1
# The capital or the largest trade city comes up more often than the others.
FIRST_CITY_SHARE = 0.35
WOMEN = (1, 3)  # Of every five people of a country, these are women.


@dataclass(frozen=True, slots=True)
class Seat:
    """What is decided about a person before anything is written."""

    number: int
    country: str
    female: bool
    state: PersonState
    lang: Language
    city: City
    archetype: ArchetypeRecord
    variant: int
    lead: int | None  # The number of the seat whose organisation is shared.


@dataclass(slots=True)
class _Deck:
    """Counts how often each archetype has been dealt."""

    by_lang: Counter[tuple[str, Language]] = field(default_factory=Counter)
    by_country: Counter[tuple[str, str]] = field(default_factory=Counter)
    total: Counter[str] = field(default_factory=Counter)

    def take(self, archetype: ArchetypeRecord, *, country: str, lang: Language) -> int:
        """Count one use and return the variant it gets."""
        key = archetype["key"]
        variant = self.by_lang[key, lang]
        self.by_lang[key, lang] += 1
        self.by_country[key, country] += 1
        self.total[key] += 1
        return variant

    def has_room(self, archetype: ArchetypeRecord, lang: Language) -> bool:
        """Say whether a variant is left in this language."""
        return self.by_lang[archetype["key"], lang] < VARIANTS

    def draw(self, country: str, lang: Language) -> ArchetypeRecord:
        """Return the least used archetype that is plausible in a country."""
        free = [a for a in archetypes() if self.has_room(a, lang)]
        local = [a for a in free if country in a["where"]] or free
        return min(
            local,
            key=lambda a: (
                self.by_country[a["key"], country],
                self.total[a["key"]],
                len(a["where"]),
            ),
        )


@dataclass(frozen=True, slots=True)
class _Chair:
    number: int
    country: str
    female: bool
    state: PersonState = "active"
    colleague: bool = False


def deal(rng: Random) -> tuple[Seat, ...]:
    """Return all seats but those of the people with printed logins."""
    deck = _Deck()
    seats: dict[int, Seat] = {}
    chairs = _chairs(rng)
    # The countries with the fewest people choose first: big ones have more choice.
    chairs.sort(key=lambda c: (c.colleague, places()[c.country]["n"], c.number))
    for chair in chairs:
        seats[chair.number] = _seat(chair, deck, seats=seats, rng=rng)
    return tuple(seats[number] for number in sorted(seats))


def _chairs(rng: Random) -> list[_Chair]:
    taken = Counter(person["country"] for person in specials())
    chairs = [
        (country, index)
        for country, place in places().items()
        for index in range(place["n"] - taken[country])
    ]
    plain = [
        _Chair(number=number, country=country, female=index % 5 in WOMEN)
        for number, (country, index) in enumerate(chairs)
    ]
    order = [c.number for c in plain if places()[c.country]["n"] >= SMALL_COUNTRY]
    rng.shuffle(order)
    for number in order[:DRAFTS]:
        plain[number] = replace(plain[number], state="draft")
    for number in order[DRAFTS : DRAFTS + PARTIALS]:
        plain[number] = replace(plain[number], state="partial")
    rest = [
        number
        for number in order[DRAFTS + PARTIALS :]
        if places()[plain[number].country]["n"] >= COLLEAGUE_COUNTRY
    ]
    for number in rest[:COLLEAGUES]:
        plain[number] = replace(plain[number], colleague=True)
    return plain


def _seat(chair: _Chair, deck: _Deck, *, seats: dict[int, Seat], rng: Random) -> Seat:
    lead = _lead(chair, deck, seats=seats) if chair.colleague else None
    if lead is not None:
        lang, city, archetype = lead.lang, lead.city, lead.archetype
    else:
        lang, city = _language(chair, rng), _city(chair.country, rng)
        archetype = _archetype(chair, deck, lang=lang, rng=rng)
    # A draft shows no text of its own, so it uses up no variant.
    variant = 0
    if chair.state != "draft":
        variant = deck.take(archetype, country=chair.country, lang=lang)
    return Seat(
        number=chair.number,
        country=chair.country,
        female=chair.female,
        state=chair.state,
        lang=lang,
        city=city,
        archetype=archetype,
        variant=variant,
        lead=None if lead is None else lead.number,
    )


def _lead(chair: _Chair, deck: _Deck, *, seats: dict[int, Seat]) -> Seat | None:
    shared = {seat.lead for seat in seats.values()}
    for seat in seats.values():
        fits = seat.country == chair.country and seat.state == "active"
        alone = seat.lead is None and seat.number not in shared
        if fits and alone and deck.has_room(seat.archetype, seat.lang):
            return seat
    return None


def _archetype(
    chair: _Chair, deck: _Deck, *, lang: Language, rng: Random
) -> ArchetypeRecord:
    if chair.state == "draft":
        return rng.choice([a for a in archetypes() if chair.country in a["where"]])
    return deck.draw(chair.country, lang)


def _language(chair: _Chair, rng: Random) -> Language:
    lang = places()[chair.country]["lang"]
    if lang == "ru" and chair.country != "RU" and rng.random() < ENGLISH_SHARE:
        return "en"
    return lang


def _city(country: str, rng: Random) -> City:
    found = cities(country)
    if rng.random() < FIRST_CITY_SHARE:
        return found[0]
    return rng.choice(found)
