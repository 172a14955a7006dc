"""Words that a name of a concept meets although something else is meant.

Names are found by their stems, so "reduce" would meet the reducer of a gearbox,
"customers" the customs, and 和服务 (and services) the kimono 和服. ``misleading.csv``
says for a concept and a language in which forms, or inside which words, it is not
meant (``never``), or in which alone it is (``only``).
"""

import csv
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Final

from matchmaker.vocabulary.analyzer import is_han

if TYPE_CHECKING:
    from matchmaker.vocabulary.terms import Unit

COLUMNS: Final = ("code", "lang", "never", "only")
# Written differently, the same word.
_ALIKE: Final = str.maketrans({"ё": "е", "-": " ", "‑": " ", "\n": " ", "\xa0": " "})

Key = tuple[str, ...]
# Cuts a text into keys with their places, as the glossary does.
Cut = Callable[[str], "list[Unit]"]


@dataclass(frozen=True, slots=True)
class Sense:
    """One line of the file: phrases around a name that decide what it means."""

    code: str
    lang: str
    never: tuple[str, ...]
    only: tuple[str, ...]


@dataclass(slots=True)
class _Phrases:
    """Forms of a name, and phrases in which it stands at an offset."""

    forms: set[str] = field(default_factory=set)
    around: list[tuple[int, str]] = field(default_factory=list)

    def hold(self, text: str, start: int, form: str) -> bool:
        return form in self.forms or any(
            _stands(phrase, text, start - offset) for offset, phrase in self.around
        )


@dataclass(slots=True)
class Doubt:
    """What is known of the places where a name stands for a concept."""

    never: _Phrases = field(default_factory=_Phrases)
    only: _Phrases = field(default_factory=_Phrases)

    def means(self, text: str, start: int, end: int) -> bool:
        """Tell whether the concept is meant at a place where its name was found."""
        form = plain(text[start:end])
        if self.never.hold(text, start, form):
            return False
        told = self.only.forms or self.only.around
        return not told or self.only.hold(text, start, form)


# By name and by concept.
Doubts = dict[Key, dict[str, Doubt]]


def plain(text: str) -> str:
    """Return a text as it is compared: hyphens are spaces; the length is kept."""
    lowered = text.lower()
    return (lowered if len(lowered) == len(text) else text).translate(_ALIKE)


def _stands(phrase: str, text: str, start: int) -> bool:
    """Tell whether a phrase stands at a place of a text, as whole words."""
    end = start + len(phrase)
    if start < 0 or plain(text[start:end]) != phrase:
        return False
    if is_han(phrase[0]):
        return True
    return not (text[start - 1 : start].isalnum() or text[end : end + 1].isalnum())


def read_senses(lines: Iterable[str]) -> list[Sense]:
    """Read the lines of a file; what is wrong in them ``terms-check`` names."""
    return [
        Sense(row["code"], row["lang"], _phrases(row["never"]), _phrases(row["only"]))
        for row in csv.DictReader(lines)
    ]


def _phrases(cell: str) -> tuple[str, ...]:
    return tuple(plain(phrase) for phrase in cell.split("|") if phrase)


def misleading_file() -> Path:
    """Return the file of the project."""
    return Path(str(resources.files("matchmaker.vocabulary"))) / "misleading.csv"


@lru_cache(maxsize=1)
def senses() -> tuple[Sense, ...]:
    """Return the lines of the project's file, read once per process."""
    with misleading_file().open(encoding="utf-8", newline="") as lines:
        return tuple(read_senses(lines))


@lru_cache(maxsize=1)
def general_concepts() -> frozenset[str]:
    """Return the concepts that are met everywhere and tell no field: new, with, use."""
    with general_file().open(encoding="utf-8", newline="") as lines:
        return frozenset(row["code"] for row in csv.DictReader(lines))


def general_file() -> Path:
    """Return the file that lists them."""
    return misleading_file().with_name("general.csv")


@lru_cache(maxsize=1)
def trade_talk_concepts() -> frozenset[str]:
    """Return the concepts that deals of any trade are written with: buy, contract."""
    with trade_talk_file().open(encoding="utf-8", newline="") as lines:
        return frozenset(row["code"] for row in csv.DictReader(lines))


def trade_talk_file() -> Path:
    """Return the file that lists them."""
    return misleading_file().with_name("trade_talk.csv")


@lru_cache(maxsize=1)
def everyday_words() -> tuple[str, ...]:
    """Return words of every day, no concepts of ours, that no subject is told by."""
    path = misleading_file().with_name("everyday.csv")
    with path.open(encoding="utf-8", newline="") as lines:
        rows = [row["words"].split("|") for row in csv.DictReader(lines)]
    return tuple(word for row in rows for word in row)


def doubted(
    told: Iterable[Sense], names: Mapping[Key, Collection[str]], cut: Cut
) -> Doubts:
    """Return the doubtful names with their concepts.

    Parameters
    ----------
    names
        The concepts that each name stands for.
    """
    found: Doubts = {}
    for sense in told:
        for phrase in (*sense.never, *sense.only):
            for key, start, end in _named(phrase, sense.code, names, cut):
                doubt = found.setdefault(key, {}).setdefault(sense.code, Doubt())
                said = doubt.never if phrase in sense.never else doubt.only
                if end - start == len(phrase):
                    said.forms.add(phrase)
                else:
                    said.around.append((start, phrase))
    return found


def _named(
    phrase: str, code: str, names: Mapping[Key, Collection[str]], cut: Cut
) -> Iterable[tuple[Key, int, int]]:
    """Yield the names of a concept inside a phrase, with their places."""
    pieces = cut(phrase)
    for first in range(len(pieces)):
        for last in range(first, len(pieces)):
            key = tuple(piece.key for piece in pieces[first : last + 1])
            if code in names.get(key, ()):
                yield key, pieces[first].start, pieces[last].end
