"""Names of countries and territories as this site shows them. Files, no rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from matchmaker.errors import DomainError
from matchmaker.vocabulary import countries, own
from matchmaker.vocabulary.sectors import LOCALES

LONGEST_NAME: Final = 80  # characters


@dataclass(frozen=True, slots=True)
class Place:
    """A country with its usual names and those of this site, by language."""

    code: str
    usual: Mapping[str, str]
    own: Mapping[str, str]

    def name(self, locale: str) -> str:
        """Return the name that is shown in a language."""
        return self.own.get(locale) or self.usual[locale]


def list_places(folder: Path, *, query: str, locale: str) -> list[Place]:
    """Return the countries that one of whose names has a word, renamed ones first."""
    names = own.read_places(folder / own.PLACES)
    told = query.casefold()
    found = [
        place
        for code in countries.standard_names("en")
        if told in " ".join(_spellings(place := _place(code, names))).casefold()
    ]
    return sorted(found, key=lambda one: (not one.own, one.name(locale)))


def get_place(folder: Path, code: str) -> Place:
    """Return a country.

    Raises
    ------
    DomainError
        ``place-unknown``.
    """
    if not countries.is_country(code):
        raise DomainError("place-unknown", status=404)
    return _place(code, own.read_places(folder / own.PLACES))


def rename(folder: Path, code: str, wanted: Mapping[str, str]) -> None:
    """Show a country under other names; an empty one is the usual one again.

    Raises
    ------
    DomainError
        ``place-unknown``; ``place-name-taken`` if another country is called so.
    """
    place = get_place(folder, code)
    path = folder / own.PLACES
    names = own.read_places(path)
    for locale in LOCALES:
        name = wanted.get(locale, "")[:LONGEST_NAME]
        names.pop((locale, code), None)
        if not name or name == place.usual[locale]:
            continue
        for other in countries.standard_names("en"):
            taken = _place(other, names).name(locale)
            if other != code and taken.casefold() == name.casefold():
                raise DomainError("place-name-taken")
        names[locale, code] = name
    own.write_places(path, names)


def _place(code: str, names: own.Names) -> Place:
    return Place(
        code,
        {locale: countries.standard_names(locale)[code] for locale in LOCALES},
        {locale: names[locale, code] for locale in LOCALES if (locale, code) in names},
    )


def _spellings(place: Place) -> list[str]:
    return [place.code, *place.usual.values(), *place.own.values()]
