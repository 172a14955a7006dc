"""Countries by ISO 3166-1 alpha-2, named by CLDR in the reader's language."""

from functools import cache

from babel import Locale

#: CLDR lists these two-letter codes beside the countries: unions, islands under
#: another code, and placeholders.
_NOT_COUNTRIES = frozenset(
    {"AC", "CP", "CQ", "CC", "CX", "DG", "EA", "EU", "EZ", "HM", "IC", "QO", "TA"}
    | {"UM", "UN", "XA", "XB", "ZZ", "BV", "TF", "AQ", "GS", "IO", "SJ"}
)


#: Names that CLDR gives in an older form than people there use.
_CALLED = {("ru", "KG"): "Кыргызстан"}


@cache
def country_names(locale: str) -> dict[str, str]:
    """Return code: name, sorted by name."""
    territories = Locale.parse(locale).territories
    names = {
        code: _CALLED.get((locale, code), name)
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
    names = [country_name(code, locale) for locale in ("en", "ru", "zh")]
    return (*dict.fromkeys(names), *_ALSO.get(code, "").split())
