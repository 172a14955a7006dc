"""A person of a file as our tables will hold one. Pure: no rows, no web."""

import re
import unicodedata
from dataclasses import dataclass, field, fields
from functools import cache, lru_cache
from typing import Any, Final

from anyascii import anyascii
from babel import Locale, UnknownLocaleError

from matchmaker.errors import DomainError
from matchmaker.events.formats import Person
from matchmaker.profiles.models import Side
from matchmaker.profiles.rules import check_website
from matchmaker.vocabulary.languages import SPOKEN, guess_language, language_names
from matchmaker.vocabulary.sectors import match_label

LINE: Final = 200  # characters of a one-line field, as in the forms
TEXT: Final = 2_000  # characters of the description
ITEM: Final = 600  # characters of an offer or request
ITEMS: Final = 5  # items of a side and kind that one row may bring
SECTORS: Final = 5
LANGUAGES: Final = 10
_MESSENGERS: Final = ("wechat", "telegram", "whatsapp")
_CHINESE: Final = frozenset({"CN", "TW", "HK", "MO"})
#: Countries where a letter in Russian is read by most who do business abroad.
_RUSSIAN: Final = frozenset({"RU", "BY", "KZ", "KG", "UZ", "TJ", "TM"})
_APART: Final = re.compile(r"[,;/|\n、，;]|\s+(?:and|и|和)\s+")
_LEVEL: Final = re.compile(r"[(（\[].*?[)）\]]|\s[-–—:].*$")
_HUMP: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")

Item = tuple[Side, str, str]  # side, text, language


@dataclass(slots=True)
class Entry:
    """What the tables will say of a person; empty where the file is silent."""

    full_name: str = ""
    latin_name: str = ""
    job_title: str = ""
    country: str = ""
    city: str = ""
    languages: list[str] = field(default_factory=list)
    sectors: list[str] = field(default_factory=list)
    about: str = ""
    about_lang: str = ""
    contacts: dict[str, Any] = field(default_factory=dict)
    organisation: str = ""
    website: str = ""
    email: str = ""
    phone: str = ""
    locale: str = "en"
    items: list[Item] = field(default_factory=list)
    attended: bool | None = None
    minutes: int | None = None
    role: str = "participant"
    question: str = ""


_NAMES: Final = tuple(each.name for each in fields(Person))
_LISTS: Final = frozenset(
    {"sectors", "offer_choices", "request_choices", "problems", "rows"}
)


def person_values(person: Person) -> dict[str, Any]:
    """Return what a person says, for a column of JSON."""
    found = {}
    for name in _NAMES:
        value = getattr(person, name)
        if value is not None and value not in ((), ""):
            found[name] = value
    return found


def stored_person(values: dict[str, Any]) -> Person:
    """Return the person that ``person_values`` put down."""
    told: dict[str, Any] = {
        name: tuple(value) if name in _LISTS else value
        for name, value in values.items()
        if name in _NAMES
    }
    return Person(**told)


def make_entry(person: Person) -> Entry:
    """Return a person in the words of our tables."""
    name = (person.full_name or person.display or "")[:LINE]
    spoken = read_languages(person.languages) if person.languages else []
    country = person.country or ""
    locale = _locale(spoken, name, country)
    return Entry(
        full_name=name,
        latin_name=latin_name(name),
        job_title=(person.title or person.title_company_raw or "")[:LINE],
        country=country,
        city=(person.city or "")[:100],
        languages=spoken,
        sectors=_sectors(person),
        about=(person.about or "")[:TEXT],
        about_lang=guess_language(person.about, locale) if person.about else "",
        contacts=_contacts(person),
        organisation=(person.company or "")[:LINE],
        website=_website(person.website) if person.website else "",
        email=person.email or "",
        phone=person.phone or "",
        locale=locale,
        items=_items(person, locale),
        attended=person.attended,
        minutes=person.minutes,
        role=person.role or "participant",
        question=(person.question or "")[:TEXT],
    )


@lru_cache(maxsize=20_000)
def latin_name(name: str) -> str:
    """Return how others read a name in another script, "" for a Latin one."""
    if name.isascii() or not _is_foreign(name):
        return ""
    if all("\u3400" <= char <= "\u9fff" for char in name) and len(name) <= 4:  # noqa: PLR2004
        family, *given = (anyascii(char).strip() for char in name)
        return f"{family} {''.join(given).capitalize()}".strip()
    spaced = _HUMP.sub(" ", anyascii(name))
    return " ".join(spaced.replace("'", "").split())[:LINE]


def _is_foreign(name: str) -> bool:
    return any(
        char.isalpha() and not unicodedata.name(char, "").startswith("LATIN")
        for char in name
    )


def _locale(spoken: list[str], name: str, country: str) -> str:
    """Guess the language in which to write to somebody."""
    for code in spoken:
        if code in {"en", "ru", "zh"}:
            return code
    script = "en" if name.isascii() else guess_language(name, "en")
    if script != "en":
        return script
    if country in _CHINESE:
        return "zh"
    return "ru" if country in _RUSSIAN else "en"


@cache
def _language_words() -> dict[str, str]:
    """Return code by name, in our three languages and in the language itself."""
    found: dict[str, str] = {}
    for code in SPOKEN:
        found[code] = code
        try:
            own = Locale.parse(code).get_language_name(code) or ""
        except UnknownLocaleError:
            own = ""
        names = [language_names(locale)[code] for locale in ("en", "ru", "zh")]
        for name in (own, *names):
            found.setdefault(name.casefold(), code)
            found.setdefault(name.casefold().removesuffix(" язык"), code)
    found.update({"mandarin": "zh", "putonghua": "zh", "普通话": "zh", "汉语": "zh"})
    found.update({"farsi": "fa", "фарси": "fa", "казахский язык": "kk"})
    return found


@lru_cache(maxsize=4_000)
def _read_languages(text: str) -> tuple[str, ...]:
    words = _language_words()
    parts = (_LEVEL.sub("", part).strip().casefold() for part in _APART.split(text))
    found = (words.get(part) or words.get(part.partition(" ")[0]) for part in parts)
    return tuple(dict.fromkeys(code for code in found if code))[:LANGUAGES]


def read_languages(text: str) -> list[str]:
    """Return the codes of the languages a cell names."""
    return list(_read_languages(text[:LINE]))


def _sectors(person: Person) -> list[str]:
    labels = person.sectors or ((person.sector_raw,) if person.sector_raw else ())
    found = [match_label(label) or label[:100] for label in labels]
    return list(dict.fromkeys(found))[:SECTORS]


def _contacts(person: Person) -> dict[str, Any]:
    return {
        kind: {"value": value[:60], "visibility": "connections"}
        for kind in _MESSENGERS
        if (value := getattr(person, kind))
    }


@lru_cache(maxsize=4_000)
def _website(text: str) -> str:
    try:
        return check_website(text[:LINE])
    except DomainError:
        return ""


def _items(person: Person, locale: str) -> list[Item]:
    """Return what a person offers and asks for; each question is a request too."""
    if not (person.offers or person.requests or person.question):
        offered: tuple[str, ...] = person.offer_choices
        asked: tuple[str, ...] = person.request_choices
        if not offered and not asked:
            return []
    sides = (
        (Side.OFFER, person.offer_choices or _lines(person.offers)),
        (Side.REQUEST, person.request_choices or _lines(person.requests)),
        (Side.REQUEST, _lines(person.question)),
    )
    found: dict[tuple[Side, str], Item] = {}
    for side, texts in sides:
        for text in texts[:ITEMS]:
            short = text.strip()[:ITEM]
            if short:
                # Our languages of letters are three: plain Latin is the first.
                plain = short.isascii()
                lang = "en" if plain else guess_language(short, locale)
                found.setdefault((side, short.casefold()), (side, short, lang))
    return list(found.values())


def _lines(text: str | None) -> tuple[str, ...]:
    return tuple(line for line in text.split("\n") if line.strip()) if text else ()
