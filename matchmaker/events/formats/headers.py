"""What a column header means, in the languages that lists arrive in.

The words stand in ``words/headers.csv`` (a header is exactly one of them) and
``words/phrases.csv`` (a question contains one of them; the first line that fits
wins, so that "which partners does your company look for" is no company name).
"""

import re
import unicodedata
from functools import cache, lru_cache
from typing import Final

from matchmaker.events.formats.model import CERTAIN, GUESSED, LIKELY
from matchmaker.events.formats.word_lists import word_rows

#: Any of these makes a table one of people.
IDENTITY: Final = frozenset(
    {"name", "given", "family", "display", "name_original", "name_display"}
    | {"email", "phone", "contacts", "upn", "whatsapp", "telegram", "wechat"}
)
#: Columns that are read past: never stored and never shown.
NEVER: Final = frozenset({"never", "other_person"})
#: Known columns that carry nothing about a person which is kept.
IGNORED: Final = NEVER | {"summary", "time", "number", "address", "organization_type"}

_NUMBERING: Final = re.compile(
    r"^\s*(?:q(?:uestion)?\s*\.?\s*\d+|вопрос\s*\d+|\d{1,3}|[a-z])\s*[.、．)）:：]\s*(?=\D)",
    re.IGNORECASE,
)
_HINT: Final = re.compile(r"[【\[〔][^】\]〕]*[】\]〕]|\*+")
_BRACKETS: Final = re.compile(r"\([^()]*\)|（[^（）]*）")
_NOT_WORD: Final = re.compile(r"[^\w]+|_")
_APART: Final = re.compile(r"\s*[/|\n]\s*")
_SCRIPTS: Final = re.compile(r"[\u3400-\u9fff\u3040-\u30ff\uac00-\ud7a3]+")
_SHORT: Final = 2  # words
_LONGEST: Final = 600  # characters of a question that are looked at


@lru_cache(maxsize=4_000)
def header_key(text: str) -> str:
    """Fold a header: case, accents of typing, numbering and punctuation."""
    folded = unicodedata.normalize("NFKC", text[:_LONGEST]).casefold()
    folded = folded.replace("ё", "е").replace("№", " no ")
    folded = _HINT.sub(" ", _NUMBERING.sub("", folded))
    return _NOT_WORD.sub(" ", folded).strip()


@cache
def _words() -> dict[str, str]:
    found: dict[str, str] = {}
    for field, words in word_rows("headers"):
        for word in words.split("|"):
            found.setdefault(header_key(word), field)
    found.pop("", None)
    return found


@cache
def _phrases() -> tuple[tuple[str, re.Pattern[str]], ...]:
    found = []
    for field, phrases in word_rows("phrases"):
        patterns = [_phrase(header_key_loose(phrase)) for phrase in phrases.split("|")]
        name = "messenger" if field == "whatsapp_any" else field
        found.append((name, re.compile("|".join(patterns))))
    return tuple(found)


def header_key_loose(phrase: str) -> str:
    """Fold a phrase but keep the blank at its end, which ends a word."""
    return header_key(phrase) + (" " if phrase.endswith(" ") else "")


def _phrase(phrase: str) -> str:
    # Han has no blanks between words; elsewhere a phrase starts where a word does.
    edge = "" if _SCRIPTS.match(phrase) else r"(?<!\w)"
    return edge + re.escape(phrase)


@lru_cache(maxsize=8_000)
def match_header(text: str) -> tuple[str, float]:
    """Return the field a header names and how sure that is, or ``("", 0.0)``."""
    text = re.sub(r"[ \t\r]+", " ", text[:_LONGEST]).strip()
    key = header_key(text)
    words = _words()
    if not key:
        # "№" and "#" are whole headers.
        return ("number", CERTAIN) if text.strip() in {"№", "#"} else ("", 0.0)
    if field := words.get(key):
        return field, CERTAIN
    bare = header_key(_BRACKETS.sub(" ", text))
    if field := words.get(bare):
        return field, (CERTAIN + LIKELY) / 2
    if field := _of_parts(text):
        return field, LIKELY
    padded = f"{key} "
    for field, pattern in _phrases():
        if pattern.search(padded):
            return field, (LIKELY + GUESSED) / 2
    return "", 0.0


def _of_parts(text: str) -> str:
    """Return the field of a header said in two languages: "姓名 Name", "Имя / Name"."""
    words = _words()
    parts = [part for part in _APART.split(text) if header_key(part)]
    if len(parts) > 1 and not all(header_key(part) in words for part in parts):
        parts = []
    if han := _SCRIPTS.findall(text):
        parts += ["".join(han), _SCRIPTS.sub(" ", text)]
    # A short header may say in brackets what it is; a sentence lists examples there.
    short = len(_BRACKETS.sub(" ", text).split()) <= _SHORT
    inner = re.findall(r"[(（]([^()（）]+)[)）]", text) if short else []
    found = [
        words[key] for part in (*parts, *inner) if (key := header_key(part)) in words
    ]
    if set(found) == {"given", "name"}:
        return "name"  # "Имя / Name" asks for the whole name
    return found[0] if len(set(found)) == 1 else ""


def is_known_word(word: str) -> bool:
    """Tell whether a word is one that headers of such files consist of."""
    return header_key(word) in _words()
