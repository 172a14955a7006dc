"""How a conversation is laid out, and words found in it. Plain values only."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from matchmaker.vocabulary.analyzer import fold, stem

_HAN = "\u3400-\u9fff"
# Han characters and the punctuation of their line end an address: between Chinese
# words nobody types a space.
_LINK = re.compile(
    rf"https?://[^\s<>\"'`«»“”‘’…\u3000-\u303f\uff00-\uffef{_HAN}]+", re.IGNORECASE
)
_HOST = re.compile(r"https?://[^/?#]*\w", re.IGNORECASE)
_TAIL = ".,;:!?*_|}]"
_WORD = re.compile(rf"[{_HAN}]+|[^\W{_HAN}]+")
#: What counts as a letter of a word that has spaces around it.
_LETTER = rf"[^\W{_HAN}]"
_FEWEST = 3  # letters that a shortened word must keep to stand for its forms
MOST_WORDS = 8  # of a query; the rest would not narrow it any more
#: Letters and signs by their category that leave the paper white.
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
_UNSEEN = frozenset({"Cc", "Cf", "Mn", "Zs", "Zl", "Zp"})


def is_seen(char: str) -> bool:
    """Tell whether a character leaves something to be seen."""
    return char not in _BLANK and unicodedata.category(char) not in _UNSEEN


class Spoken(Protocol):
    """What is needed of a message to lay it out."""

    @property
    def author_id(self) -> int:
        """Who wrote it."""

    @property
    def sent_at(self) -> datetime:
        """When."""

    @property
    def read_at(self) -> datetime | None:
        """When the other side saw it."""


@dataclass(frozen=True, slots=True)
class Line:
    """One message where it stands in the conversation."""

    number: int
    message: Spoken
    mine: bool
    day: date | None
    new: bool


def arrange(
    messages: Sequence[Spoken],
    *,
    first: int,
    reader_id: int,
    zone: str,
    before: Spoken | None = None,
) -> list[Line]:
    """Return messages as lines: numbered, with the days and the first unread marked.

    Parameters
    ----------
    first
        Number of the first message; a conversation begins with 1.
    zone
        The reader's time zone, an IANA name: days begin there.
    before
        The message above the first one, where there is one on the page.
    """
    here = ZoneInfo(zone)
    day = before.sent_at.astimezone(here).date() if before else None
    unread = False
    lines = []
    for number, message in enumerate(messages, first):
        today = message.sent_at.astimezone(here).date()
        mine = message.author_id == reader_id
        is_new = not (mine or unread) and message.read_at is None
        unread = unread or is_new
        lines.append(
            Line(number, message, mine, today if today != day else None, is_new)
        )
        day = today
    return lines


def split_links(text: str) -> list[tuple[str, bool]]:
    """Return a text in pieces, and for each whether it is an http(s) address."""
    pieces: list[tuple[str, bool]] = []
    at = 0
    for found in _LINK.finditer(text):
        address = _without_tail(found.group())
        if not _HOST.match(address):
            continue
        if found.start() > at:
            pieces.append((text[at : found.start()], False))
        pieces.append((address, True))
        at = found.start() + len(address)
    if at < len(text):
        pieces.append((text[at:], False))
    return pieces


def _without_tail(address: str) -> str:
    """Return an address without the punctuation of the sentence around it."""
    while address:
        last = address[-1]
        unopened = last == ")" and address.count(")") > address.count("(")
        if last not in _TAIL and not unopened:
            break
        address = address[:-1]
    return address


def word_patterns(query: str) -> list[re.Pattern[str]]:
    """Return what finds each word of a query in its other forms too.

    A Han word is found anywhere, another one where a word begins, without its ending.
    """
    patterns = []
    for word in _WORD.findall(query)[:MOST_WORDS]:
        if re.match(rf"[{_HAN}]", word):
            patterns.append(re.compile(re.escape(word)))
            continue
        folded = fold(word)
        letters = re.escape(_beginning(folded)).replace("е", "[её]")
        patterns.append(
            re.compile(rf"(?<!{_LETTER}){letters}{_LETTER}*", re.IGNORECASE)
        )
    return patterns


def _beginning(folded: str) -> str:
    """Return the part of a word that its other forms begin with too."""
    kept = 0
    for ours, other in zip(folded, stem(folded), strict=False):
        if ours != other:
            break
        kept += 1
    if folded[:kept].endswith("i"):
        kept -= 1  # the stem of both "company" and "companies" ends in an i
    return folded[:kept] if kept >= _FEWEST else folded


def find_spans(text: str, patterns: Sequence[re.Pattern[str]]) -> list[list[int]]:
    """Return where the words stand in a text; nothing unless each one does."""
    spans: list[list[int]] = []
    for pattern in patterns:
        found = [list(match.span()) for match in pattern.finditer(text)]
        if not found:
            return []
        spans += found
    return sorted(spans)
