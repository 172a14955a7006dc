"""Which country a person means who wrote its name, a code, a dial code or a city.

Names come from CLDR in some fifty languages; old, short and political spellings that it
does not carry stand in ``place_names.csv``. No country is ever guessed from a mail
address or from a phone number.
"""

import csv
import io
import re
import unicodedata
from functools import cache, lru_cache
from importlib import resources
from typing import Final

import phonenumbers
from babel import Locale
from babel.core import get_global
from rapidfuzz import fuzz, process

from matchmaker.vocabulary.countries import is_country, standard_names

#: The languages of the interface first: most lists are in them.
_FIRST: Final = ("en", "ru", "zh")
#: Other languages in which lists of people arrive.
_OTHERS: Final = (
    *("ar", "az", "be", "bn", "bg", "cs", "de", "el", "es", "fa", "fi", "fr", "he"),
    *("hi", "hu", "hy", "id", "it", "ja", "ka", "kk", "ko", "ky", "mn", "nl", "pl"),
    *("pt", "ro", "sr", "sv", "tg", "th", "tk", "tr", "uk", "ur", "uz", "vi"),
    *("zh_Hant", "uz_Cyrl", "hr", "sk", "sl", "lt", "lv", "et", "da", "nb", "sq"),
    *("my", "ne", "ps", "ug", "sw"),
)
_WRAPPING: Final = re.compile(
    r"^(?:the |republic of |the republic of |republica de |repubblica di |"
    r"republique (?:de |du |d')|republik |islamic republic of |kingdom of |"
    r"state of |federal republic of |respublika |республика |королевство )+"
    r"|(?: republic| respublikasi| respublikası| республикасы| республикаси"
    r"| республика| sar|共和国|特别行政区)$"
)
_PIECES: Final = re.compile(r"[,;/|()（），、；\n]|\s[-–—]\s|[–—]|\s*->\s*|:")
_NOT_LETTERS: Final = re.compile(r"[\s.'’`´\"«»_*-]+")
_DIAL: Final = re.compile(r"^(?:\+|00)\s*(\d{1,3})$")
# One dial code for several states tells nothing about which one is meant.
_SHARED_DIALS: Final = frozenset({1, 7})
#: States of the US whose codes are also codes of countries.
_STATES: Final = frozenset(
    {"AL", "AR", "AZ", "CA", "CO", "DE", "GA", "ID", "IL", "IN", "KY", "LA", "MA", "MD"}
    | {"ME", "MN", "MO", "MS", "MT", "NC", "NE", "PA", "SC", "SD", "TN", "VA"}
)
_LONGEST: Final = 80  # characters; longer text names no country
_TYPO_LENGTH: Final = 6  # shorter names differ from each other by one letter
_TYPO_SCORE: Final = 83.0
_TYPO_LEAD: Final = 3.0
_FLAG_A: Final = 0x1F1E6  # the regional indicator letter A
_ALPHA2: Final = 2
_ALPHA3: Final = 3


def _key(name: str) -> str:
    """Fold case, accents and punctuation so that spellings meet."""
    folded = unicodedata.normalize("NFKD", name.casefold().replace("ı", "i"))
    bare = "".join(char for char in folded if not unicodedata.combining(char))
    # NFKD takes й and ё apart as well; both sides are folded alike.
    return _NOT_LETTERS.sub(" ", bare).replace("&", "and").strip()


@cache
def _own_rows() -> tuple[tuple[str, list[str], list[str]], ...]:
    path = resources.files(__package__).joinpath("place_names.csv")
    rows = csv.reader(io.StringIO(path.read_text(encoding="utf-8")))
    return tuple((code, n.split("|"), cities.split("|")) for code, n, cities in rows)


@cache
def _own_spellings() -> dict[str, str]:
    return {
        _key(name): code for code, names, _ in _own_rows() for name in names if name
    }


@cache
def _names(locales: tuple[str, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for locale in locales:
        for code, name in standard_names(locale).items():
            found.setdefault(_key(name), code)
            found.setdefault(_key(re.sub(r"\s*[(（].*", "", name)), code)
    return found


@cache
def _cities() -> dict[str, str]:
    """Return our cities and those that CLDR names time zones after."""
    zones = get_global("zone_territories")
    found = {_key(name): code for code, _, names in _own_rows() for name in names}
    found.pop("", None)
    for locale in _FIRST:
        for zone, names in Locale.parse(locale).time_zones.items():
            country = zones.get(zone, "")
            if is_country(country):
                spelt = names.get("city") or zone.rpartition("/")[2].replace("_", " ")
                found.setdefault(_key(spelt), country)
    return found


def _code(text: str) -> str | None:
    """Return the country of an ISO code, a dial code or a flag."""
    letters = text.strip().upper()
    dial = _DIAL.match(text.strip())
    if dial:
        number = int(dial[1])
        regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(number, ())
        known = regions and number not in _SHARED_DIALS
        return regions[0] if known and is_country(regions[0]) else None
    offsets = [ord(char) - _FLAG_A for char in letters]
    if len(letters) == _ALPHA2 and all(0 <= at < 26 for at in offsets):  # noqa: PLR2004
        letters = "".join(chr(ord("A") + at) for at in offsets)
    if not letters.isascii() or not letters.isalpha():
        return None
    if len(letters) == _ALPHA2:
        old = get_global("territory_aliases").get(letters, [])
        return letters if is_country(letters) else old[0] if len(old) == 1 else None
    if len(letters) == _ALPHA3:
        codes = get_global("territory_aliases").get(letters, [])
        return codes[0] if len(codes) == 1 and is_country(codes[0]) else None
    return None


def _exact(text: str) -> str | None:
    key = _key(text)
    bare = _WRAPPING.sub("", text.casefold().strip())
    for table in (_own_spellings(), _names(_FIRST)):
        for form in (key, _key(bare)):
            if form in table:
                return table[form]
    if code := _code(text):
        return code
    every = _names(_OTHERS)
    return every.get(key) or every.get(_key(bare))


def _misspelt(text: str) -> str | None:
    """Return the one country whose name is nearly this, in the three languages."""
    key = _key(text)
    if len(key) < _TYPO_LENGTH:
        return None
    names = _own_spellings() | _names(_FIRST)
    near = process.extract(key, names.keys(), scorer=fuzz.ratio, limit=6)
    best = near[0][1]
    code = names[near[0][0]]
    rivals = [score for name, score, _ in near if names[name] != code]
    clear = not rivals or best - rivals[0] >= _TYPO_LEAD
    return code if best >= _TYPO_SCORE and clear else None


@lru_cache(maxsize=20_000)
def find_country(text: str) -> str | None:
    """Return the ISO code of the country that ``text`` names, or None.

    Understands names in some fifty languages, ISO codes of two and three letters,
    flags, dial codes, "city, country" in any order, well-known cities and slips of the
    pen. Two countries in one text give None: which is meant cannot be told.
    """
    text = unicodedata.normalize("NFKC", text).strip()
    if not text or len(text) > _LONGEST:
        return None
    if code := _exact(text):
        return code
    pieces = [piece.strip() for piece in _PIECES.split(text) if piece.strip()]
    if len(pieces) > 1 and (named := _named(pieces)):
        return _settled(pieces, named)
    if text.startswith(("中国", "中國")):
        return "CN"
    cities = {code for piece in pieces if (code := _cities().get(_key(piece)))}
    if len(cities) == 1:
        return cities.pop()
    return _misspelt(text)


@lru_cache(maxsize=4_000)
def names_country(text: str) -> bool:
    """Tell whether ``text`` is a country's own name or code, not a city of it."""
    return _exact(unicodedata.normalize("NFKC", text).strip()) is not None


def _named(pieces: list[str]) -> set[str]:
    # "San Jose, CA" names a state of the US by the code of Canada.
    telling = [piece for piece in pieces if piece.upper() not in _STATES]
    return {code for piece in telling if (code := _exact(piece))}


def _settled(pieces: list[str], named: set[str]) -> str | None:
    if len(named) == 1:
        return named.pop()
    if named == {"GE", "US"}:
        return "US"  # Georgia the state
    # "Dushanbe, Tajikistan, RU" comes from a form's default: names outweigh codes.
    spelt = {code for p in pieces if len(p) > _ALPHA3 and (code := _exact(p))}
    return spelt.pop() if len(spelt) == 1 else None
