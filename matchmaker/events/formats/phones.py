"""Phone numbers into E.164; local ones are completed by the country of their row."""

import re
import unicodedata
from functools import cache, lru_cache
from typing import Final

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat

_FLOAT: Final = re.compile(r"^\+?(\d+)\.0+$")
_SCIENTIFIC: Final = re.compile(r"^\+?(\d)[.,](\d+)[eEеЕ]\+?(\d{1,2})$")
_EXTENSION: Final = re.compile(
    r"(?:доб(?:авочный)?\.?|вн(?:утр)?\.?|ext(?:ension)?\.?|доп\.?|x|#|分机|转)\s*\.?:?\s*"
    r"\d{1,6}\)?\s*$",
    re.IGNORECASE,
)
#: One number in a text: a digit run with the usual marks between.
NUMBER: Final = re.compile(
    r"(?<![\w@.])[+＋]?\(?\d[\d\s().\u2010-\u2015‑–-]{5,22}\d(?!\w)"
)
_AREA: Final = 6  # digits; shorter pieces are no numbers of their own
_LONGEST_TEXT: Final = 300  # characters in which a number is looked for
_DIGITS: Final = re.compile(r"\D+")
_SHORTEST, _LONGEST_DIGITS = 7, 15  # digits, E.164
#: A trunk 8 before ten digits is written only in Russia (9) and Kazakhstan (7).
_TRUNK_8: Final = re.compile(r"^8[79]\d{9}$")
_CHINESE_MOBILE: Final = re.compile(r"^1[3-9]\d{9}$")


@cache
def _possible_lengths() -> dict[str, frozenset[int]]:
    """Return dial code: lengths of its national numbers, for the quick way."""
    found: dict[str, set[int]] = {}
    for code, regions in phonenumbers.COUNTRY_CODE_TO_REGION_CODE.items():
        for region in regions:
            about = phonenumbers.PhoneMetadata.metadata_for_region(region, None)
            if about is not None and about.general_desc is not None:
                lengths = about.general_desc.possible_length
                found.setdefault(str(code), set()).update(lengths)
    return {code: frozenset(lengths) for code, lengths in found.items()}


def parse_phone(text: str, country: str | None, fallback: str = "") -> str | None:
    """Return the number as ``+77010000001``, or None if it cannot be completed.

    Parameters
    ----------
    text
        As written: with words before it, as a spreadsheet's float, with an
        extension after it; of several numbers the first is taken.
    country
        ISO code of the row's country, which completes a local number.
    fallback
        ISO code tried when the row has no country: that of the tool's home.
    """
    if text[:1] == "+" and text[1:].isdigit() and (quick := _international(text)):
        return quick
    if text.isdigit() and text.isascii():
        # The two local forms that most lists are full of.
        if country in {"RU", "KZ"} and _TRUNK_8.match(text):
            return "+7" + text[1:]
        if country == "CN" and _CHINESE_MOBILE.match(text):
            return "+86" + text
    return _parse(text[:_LONGEST_TEXT], country or "", fallback)


def _international(text: str) -> str | None:
    digits = text[1:]
    lengths = _possible_lengths()
    for size in (1, 2, 3):
        if (known := lengths.get(digits[:size])) is not None:
            return text if len(digits) - size in known else None
    return None


@lru_cache(maxsize=20_000)
def _parse(text: str, country: str, fallback: str) -> str | None:
    tidy = _unfloat(unicodedata.normalize("NFKC", text).strip())
    tidy = _EXTENSION.sub("", tidy).strip()
    if "/" in tidy and any(len(_DIGITS.sub("", p)) < _AREA for p in tidy.split("/")):
        tidy = tidy.replace("/", " ")  # 0171/0000001: the area's code before it
    for piece in re.split(r"[;,/\n|]|\s{3,}| или | or ", tidy):
        number = _one(piece, country, fallback)
        if number:
            return number
    found = NUMBER.search(tidy)
    return _one(found[0], country, fallback) if found else None


def _unfloat(text: str) -> str:
    if found := _FLOAT.match(text):
        return found[1]
    if found := _SCIENTIFIC.match(text):
        lead, rest, power = found[1], found[2], int(found[3])
        # Fewer digits than the power says were rounded away: no number any more.
        if power <= _LONGEST_DIGITS and len(rest) >= power - 1:
            return lead + rest[:power].ljust(power, "0")
        return ""
    return text


def _one(text: str, country: str, fallback: str) -> str | None:
    digits = _DIGITS.sub("", text)
    if not _SHORTEST <= len(digits) <= _LONGEST_DIGITS + 3:
        return None
    letters = sum(char.isalpha() for char in text)
    if letters > 20:  # noqa: PLR2004 - a sentence with a number in it
        return None
    if "+" in text:
        return _checked("+" + digits.removeprefix("00"), None)
    if digits.startswith("00") and (number := _checked("+" + digits[2:], None)):
        return number
    if country and (
        number := _checked(digits, country) or _checked("+" + digits, None)
    ):
        return number
    return None if country else _homeless(digits, fallback)


def _homeless(digits: str, fallback: str) -> str | None:
    """Complete a number without a country only where one reading is possible."""
    if _TRUNK_8.match(digits):
        return "+7" + digits[1:]
    if fallback == "CN" and _CHINESE_MOBILE.match(digits):
        return "+86" + digits
    if len(digits) > 10 and (number := _checked("+" + digits, None, strict=True)):  # noqa: PLR2004
        return number
    return _checked(digits, fallback, strict=True) if fallback else None


def _checked(text: str, region: str | None, *, strict: bool = False) -> str | None:
    try:
        number: PhoneNumber = phonenumbers.parse(text, region)
    except NumberParseException:
        return None
    sound = phonenumbers.is_valid_number if strict else phonenumbers.is_possible_number
    if not sound(number):
        return None
    return str(phonenumbers.format_number(number, PhoneNumberFormat.E164))


def find_phones(text: str, country: str | None, fallback: str = "") -> list[str]:
    """Return every number in a free text, in order and once."""
    found = []
    for match in NUMBER.finditer(text):
        for piece in re.split(r"\s{2,}|\n", match[0]):
            number = parse_phone(piece.strip(), country, fallback)
            if number:
                found.append(number)
    return list(dict.fromkeys(found))
