"""A cell as it is meant: marks of spreadsheets and words for "nothing" taken off."""

import re
import unicodedata
from functools import lru_cache
from typing import Final

from matchmaker.events.formats.word_lists import sign_words

#: Marks nobody sees: zero-width characters, direction marks, soft hyphens.
_UNSEEN: Final[dict[int, str | None]] = {
    **dict.fromkeys(range(0x200B, 0x2010)),
    **dict.fromkeys(range(0x202A, 0x202F)),
    **dict.fromkeys(range(0x2060, 0x206A)),
    **dict.fromkeys(range(0xD800, 0xE000)),  # halves of characters
    **dict.fromkeys(range(0x7F, 0xA0)),
    **dict.fromkeys(c for c in range(32) if chr(c) not in "\t\n\r"),
    0xFEFF: None,
    0xAD: None,
    0xA0: " ",
    0x202F: " ",
    0x3000: " ",
    0x2028: "\n",
}
_TEXT_FORMULA: Final = re.compile(r'^=\s*"((?:[^"]|"")*)"$')
_LINK_FORMULA: Final = re.compile(r'^=\s*HYPERLINK\(.*"([^"]*)"\s*\)$', re.IGNORECASE)
_EXCEL_ESCAPE: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")
_SPACES: Final = re.compile(r"[^\S\n\r]+")
_MARKED: Final = "=+-@\t＝＋－＠"

_NOTHING: Final = frozenset(sign_words("nothing"))
_NO_QUESTION: Final = frozenset(sign_words("no question"))
_LONGEST_NOTHING: Final = 24


def unmark(value: str) -> str:
    """Strip what a spreadsheet or an exporter put around a value."""
    value = value.strip()
    if not value:
        return ""
    first = value[0]
    if first == "'" and len(value) > 1 and _is_marked(value[1]):
        value = value[1:].strip()
    elif first == "=":
        found = _TEXT_FORMULA.match(value) or _LINK_FORMULA.match(value)
        if found:
            value = found[1].replace('""', '"').strip()
    return value


def _is_marked(char: str) -> bool:
    return char in _MARKED or char.isdigit()


@lru_cache(maxsize=50_000)
def text(value: str) -> str:
    """Return a cell's words on tidy lines, or "" when they say that there are none."""
    value = unmark(value)
    if not value.isascii() or not value.isprintable():
        value = unicodedata.normalize("NFC", value.translate(_UNSEEN))
    if "_x" in value:
        value = _EXCEL_ESCAPE.sub(_escaped, value)
    if "  " in value or "\t" in value:
        value = _SPACES.sub(" ", value)
    if "\r" in value:
        value = value.replace("\r\n", "\n").replace("\r", "\n")
    value = value.strip()
    return "" if is_nothing(value) else value


def _escaped(found: re.Match[str]) -> str:
    code = int(found[1], 16)
    return chr(code) if code in {9, 10} else " " if code in {13, 32, 160} else ""


def is_nothing(value: str) -> bool:
    """Tell whether a value only says that there is none."""
    if not value:
        return True
    if len(value) > _LONGEST_NOTHING:
        return False
    if not value.isascii():
        value = unicodedata.normalize("NFKC", value)
    return value.casefold().replace(" ", "-") in _NOTHING


def is_no_question(value: str) -> bool:
    """Tell whether an answer to "your question?" asks nothing."""
    return value.casefold().strip(" .!").replace(" ", "-") in _NO_QUESTION


_YES: Final = frozenset(sign_words("yes"))
_NO: Final = frozenset(sign_words("no"))


@lru_cache(maxsize=4_000)
def yes_or_no(value: str) -> bool | None:
    """Return what a yes-or-no cell says, None when it says neither."""
    word = unmark(value).casefold().replace(" ", "-")
    if word in _YES:
        return True
    if word in _NO:
        return False
    first = re.split(r"[,;:.!\s-]", word, maxsplit=1)[0]
    if first in {"yes", "да", "是", "oui", "ja", "evet", "sí"} or word[:1] == "是":
        return True
    if first in {"no", "нет", "nein", "non"} or word[:1] in {"否", "不"}:
        return False
    if word.startswith(
        ("i-agree", "i-accept", "i-consent", "согла", "同意", "я-соглас")
    ):
        return True
    return None
