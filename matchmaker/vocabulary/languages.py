"""Languages that members speak, named by CLDR in the reader's language."""

from functools import cache

from babel import Locale

#: ISO 639 codes; the interface languages first, then by region.
SPOKEN: tuple[str, ...] = (
    *("en", "ru", "zh", "kk", "uz", "ky", "tg", "tk", "fa", "ps", "ur", "hi", "bn"),
    *("ta", "te", "mr", "ne", "si", "tr", "az", "ar", "he", "hy", "ka", "be", "uk"),
    *("mn", "tt", "ba", "ug", "bo", "my", "th", "lo", "km", "vi", "ms", "id", "tl"),
    *("ja", "ko", "de", "fr", "es", "it", "pt", "nl", "pl", "cs", "sk", "hu", "ro"),
    *("bg", "sr", "hr", "el", "fi", "sv", "no", "da", "et", "lv", "lt", "sw", "am"),
    *("ha", "af"),
)
_RIGHT_TO_LEFT = frozenset({"ar", "fa", "ur", "ps", "he", "ug"})


#: Names that CLDR gives in an older form, see ``countries``.
_CALLED = {("ru", "ky"): "кыргызский"}


@cache
def language_names(locale: str) -> dict[str, str]:
    """Return code: name, the interface languages first, the others by name."""
    names = Locale.parse(locale).languages
    first = {code: names[code] for code in SPOKEN[:3]}
    rest = {
        code: _CALLED.get((locale, code)) or names.get(code, code)
        for code in SPOKEN[3:]
    }
    return first | dict(sorted(rest.items(), key=lambda pair: pair[1]))


def language_name(code: str, locale: str) -> str:
    """Return the name of a language, or the code itself when it is unknown."""
    return language_names(locale).get(code, code)


def direction(code: str) -> str:
    """Return ``rtl`` or ``ltr``."""
    return "rtl" if code in _RIGHT_TO_LEFT else "ltr"


def guess_language(text: str, fallback: str) -> str:
    """Return ``zh``, ``ru`` or ``fallback`` by the script most letters are in."""
    han = sum("\u4e00" <= char <= "\u9fff" for char in text)
    cyrillic = sum("\u0400" <= char <= "\u04ff" for char in text)
    latin = sum(char.isascii() and char.isalpha() for char in text)
    if han and han * 2 >= latin:
        return "zh"
    if cyrillic > latin:
        return fallback if fallback in _CYRILLIC else "ru"
    if latin and fallback in {"zh", *_CYRILLIC}:
        return "en"
    return fallback


_CYRILLIC = frozenset(
    {"ru", "kk", "ky", "tg", "mn", "uk", "be", "tt", "ba", "sr", "bg"}
)
