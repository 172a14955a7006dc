"""Countries by ISO 3166-1 alpha-2, named by CLDR in the reader's language."""

from collections.abc import Mapping
from functools import cache
from typing import Final

from babel import Locale

#: CLDR lists these two-letter codes beside the countries: unions, islands under
#: another code, and placeholders.
_NOT_COUNTRIES = frozenset(
    {"AC", "CP", "CQ", "CC", "CX", "DG", "EA", "EU", "EZ", "HM", "IC", "QO", "TA"}
    | {"UM", "UN", "XA", "XB", "ZZ", "BV", "TF", "AQ", "GS", "IO", "SJ"}
)


#: Names that CLDR gives in an older form than people there use.
_CALLED = {("ru", "KG"): "Кыргызстан"}
#: (locale, code): the name that this site shows instead, see ``own``.
_own: Final[dict[tuple[str, str], str]] = {}


@cache
def standard_names(locale: str) -> dict[str, str]:
    """Return code: name as CLDR has it, whatever this site shows instead."""
    territories = Locale.parse(locale).territories
    return {
        code: _CALLED.get((locale, code), name)
        for code, name in territories.items()
        if len(code) == 2 and code.isalpha() and code not in _NOT_COUNTRIES  # noqa: PLR2004
    }


@cache
def country_names(locale: str) -> dict[str, str]:
    """Return code: name as it is shown, sorted by name."""
    standard = standard_names(locale)
    names = {code: _own.get((locale, code), name) for code, name in standard.items()}
    return dict(sorted(names.items(), key=lambda pair: pair[1]))


def use_own_names(names: Mapping[tuple[str, str], str]) -> None:
    """Show names of this site's own, by (locale, code), instead of the usual ones."""
    if names != _own:
        _own.clear()
        _own.update(names)
        country_names.cache_clear()


def countries_called(text: str) -> set[str]:
    """Return the countries whose own name on this site stands in a text."""
    told = text.casefold()
    return {code for (_, code), name in _own.items() if name.casefold() in told}


def country_name(code: str, locale: str) -> str:
    """Return the name of a country, or the code itself when it is unknown."""
    return country_names(locale).get(code, code)


def is_country(code: str) -> bool:
    """Tell whether ``code`` is a country."""
    return code in standard_names("en")


#: What people also call a country, beside the names of CLDR.
_ALSO = {
    "BY": "Белоруссия",
    "CN": "КНР",
    "CZ": "Чехия",
    "GB": "UK Англия Великобритания",
    "KG": "Киргизия Кыргызская",
    "KR": "Корея 韩国",
    "MD": "Молдавия",
    "RU": "РФ",
    "TM": "Туркмения",
    "TR": "Turkey Турция",
    "AE": "UAE ОАЭ Эмираты 阿联酋",
    "US": "USA США",
}


def country_spellings(code: str) -> tuple[str, ...]:
    """Return the names under which a country is looked for, in three languages."""
    if not is_country(code):
        return ()
    names = [standard_names(locale)[code] for locale in ("en", "ru", "zh")]
    return (*dict.fromkeys(names), *_ALSO.get(code, "").split())
