"""Reads the content files into plain typed values.

Nothing is decided here: people, texts and dates are composed in the modules
beside this one.
"""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import NotRequired, TypedDict, cast

from matchmaker.demo.model import EventKind, Language, MessengerKind, Role, Side

LANGUAGES: tuple[Language, ...] = ("en", "ru", "zh")


class PlaceRecord(TypedDict):
    """A country as `places.json` writes it."""

    n: int
    dial: str
    tz: str
    culture: str
    lang: Language
    en: str
    ru: str
    zh: str
    cities: list[str]


class CultureRecord(TypedDict):
    """Names of one culture: `native|Latin`, with women's forms where they differ."""

    own: str
    also: list[str]
    m: list[str]
    f: list[str]
    s: list[str]
    brands: list[str]
    sg: NotRequired[int]


class ArchetypeRecord(TypedDict):
    """One kind of business; texts are in the order English, Russian, Chinese."""

    key: str
    sectors: list[str]
    where: list[str]
    word: list[str]
    markets: list[str]
    slots: dict[str, list[str]]
    about: list[str]
    offers: list[list[str]]
    requests: list[list[str]]
    sizes: NotRequired[list[str]]
    plain: NotRequired[bool]


class DialogueRecord(TypedDict):
    """A script between the one who requests (R) and the one who offers (O)."""

    kind: str
    langs: str
    lines: list[str]


class EventRecord(TypedDict):
    """An event, placed by its distance from the demo's today."""

    key: str
    kind: EventKind
    days_ago: int
    start: str
    minutes: int
    days: int
    tz: str
    country: str
    city: str
    name: list[str]
    description: list[str]


class OrganisationRecord(TypedDict):
    """The organisation of a special person."""

    key: str
    name: str
    latin_name: str
    website: str
    founded: int
    size_band: str


class SpecialRecord(TypedDict):
    """One of the three people who own a printed login."""

    key: str
    full_name: str
    latin_name: str
    gender: str
    role: Role
    locale: Language
    country: str
    city: str
    languages: list[str]
    job_title: str
    phone: str
    messenger_kind: MessengerKind
    messenger: str
    organisation: OrganisationRecord
    sectors: list[str]
    markets: list[str]
    about: str
    opportunities: list[list[str]]


@dataclass(frozen=True, slots=True)
class Item:
    """An offer or request of an archetype; the tag says what answers what."""

    side: Side
    type: str
    tag: str
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Topic:
    """What an offer is about, and which requests it answers besides its own."""

    names: tuple[str, ...]
    answers: frozenset[str]


@dataclass(frozen=True, slots=True)
class City:
    """A city with the Russian forms that texts need."""

    en: str
    ru: str
    ru_from: str
    ru_in: str
    zh: str
    time_zone: str


def _read(name: str) -> object:
    path = files("matchmaker.demo.content").joinpath(name)
    return cast("object", json.loads(path.read_text(encoding="utf-8")))


@cache
def places() -> dict[str, PlaceRecord]:
    """Return the countries by code."""
    return cast("dict[str, PlaceRecord]", _read("places.json"))


@cache
def cultures() -> dict[str, CultureRecord]:
    """Return the names by culture."""
    return cast("dict[str, CultureRecord]", _read("names.json"))


@cache
def archetypes() -> tuple[ArchetypeRecord, ...]:
    """Return all archetypes in the order of their files' names."""
    folder = files("matchmaker.demo.content")
    names = sorted(f.name for f in folder.iterdir() if f.name.startswith("archetypes_"))
    found: list[ArchetypeRecord] = []
    for name in names:
        found += cast("list[ArchetypeRecord]", _read(name))
    return tuple(found)


@cache
def topics() -> dict[str, Topic]:
    """Return the subject of each kind of offer."""
    rows = cast("dict[str, tuple[str, str, str, list[str]]]", _read("topics.json"))
    return {
        tag: Topic(names=(en, ru, zh), answers=frozenset({tag, *others}))
        for tag, (en, ru, zh, others) in rows.items()
    }


@cache
def phrases(name: str) -> dict[str, list[str]]:
    """Return sentences by language from one of the simple files."""
    return cast("dict[str, list[str]]", _read(f"{name}.json"))


@cache
def notes() -> dict[str, dict[str, list[str]]]:
    """Return notes by language and by the sender's role, `need` or `offer`."""
    return cast("dict[str, dict[str, list[str]]]", _read("notes.json"))


@cache
def follow_up_texts() -> dict[str, list[list[str]]]:
    """Return pairs of what happened and the next step, by language."""
    return cast("dict[str, list[list[str]]]", _read("followups.json"))


@cache
def dialogues() -> tuple[DialogueRecord, ...]:
    """Return the conversation scripts."""
    return tuple(cast("list[DialogueRecord]", _read("dialogues.json")))


@cache
def event_records() -> tuple[EventRecord, ...]:
    """Return the events."""
    return tuple(cast("list[EventRecord]", _read("events.json")))


@cache
def specials() -> tuple[SpecialRecord, ...]:
    """Return the three people with printed logins."""
    return tuple(cast("list[SpecialRecord]", _read("special.json")))


@cache
def legal_forms() -> dict[str, str]:
    """Return `pattern|Latin form` by country."""
    return cast("dict[str, str]", _read("forms.json"))


def items_of(archetype: ArchetypeRecord) -> tuple[Item, ...]:
    """Return the offers, then the requests of an archetype."""
    sides: tuple[tuple[Side, list[list[str]]], ...] = (
        ("offer", archetype["offers"]),
        ("request", archetype["requests"]),
    )
    return tuple(
        Item(side=side, type=row[0], tag=row[1], texts=tuple(row[2:]))
        for side, rows in sides
        for row in rows
    )


@cache
def cities(country: str) -> tuple[City, ...]:
    """Return the cities of a country, the largest first."""
    found: list[City] = []
    for line in places()[country]["cities"]:
        en, ru, ru_from, ru_in, zh, *zone = line.split(";")
        zone_name = zone[0] if zone else places()[country]["tz"]
        found.append(City(en, ru, ru_from, ru_in, zh, zone_name))
    return tuple(found)
