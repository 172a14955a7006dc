"""Countries by ISO 3166-1 alpha-2, named by CLDR in the reader's language."""

from functools import cache

from babel import Locale

#: CLDR lists these two-letter codes beside the countries: unions, islands under
#: another code, and placeholders.
_NOT_COUNTRIES = frozenset(
    {"AC", "CP", "CQ", "CC", "CX", "DG", "EA", "EU", "EZ", "HM", "IC", "QO", "TA"}
    | {"UM", "UN", "XA", "XB", "ZZ", "BV", "TF", "AQ", "GS", "IO", "SJ"}
)


@cache
def country_names(locale: str) -> dict[str, str]:
    """Return code: name, sorted by name."""
    territories = Locale.parse(locale).territories
    names = {
        code: name
        for code, name in territories.items()
        if len(code) == 2 and code.isalpha() and code not in _NOT_COUNTRIES  # noqa: PLR2004
    }
    return dict(sorted(names.items(), key=lambda pair: pair[1]))


def country_name(code: str, locale: str) -> str:
    """Return the name of a country, or the code itself when it is unknown."""
    return country_names(locale).get(code, code)


def is_country(code: str) -> bool:
    """Tell whether ``code`` is a country."""
    return code in country_names("en")
