"""From words of one language to words of another, learned from our own glossary.

The glossary names thousands of concepts in three languages. Aligning the words of
those names gives a dictionary of single words and Han characters, so that compounds
which are no entry are matched by their parts (IBM model 1: Brown et al., "The
Mathematics of Statistical Machine Translation", 1993). Words that are in no glossary
but travel between languages (софтбол, диспенсер) are met by transliteration.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

import numpy as np
from anyascii import anyascii
from numpy.typing import NDArray

from matchmaker.engine.lexicon import language_of
from matchmaker.vocabulary.analyzer import is_cyrillic, is_han
from matchmaker.vocabulary.terms import (
    Unit,
    glossary,
    kept_with_glossary,
    terms_of,
    units,
)

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Table = dict[str, list[tuple[str, float]]]

_ROUNDS: Final = 8
# Half a count in the denominator: a word seen once proves less than one seen often.
_SMOOTHING: Final = 0.5
_LEAST: Final = 0.08
_MOST_TRANSLATIONS: Final = 6
_NAMES_EACH: Final = 3

# Spellings that differ between an English word and its Russian loan, made equal.
_SOUNDS: Final = (
    ("ck", "k"), ("ph", "f"), ("kh", "h"), ("ks", "x"), ("ts", "c"), ("shch", "sh"),
    ("ch", "h"), ("y", "i"), ("j", "i"), ("w", "v"), ("c", "k"), ("q", "k"),
    ("z", "s"), ("ou", "u"), ("oo", "u"), ("ee", "i"), ("ea", "i"), ("ei", "i"),
)  # fmt: skip
_DOUBLED: Final = re.compile(r"(.)\1")
_ALIKE: Final = 0.5
_MOST_ALIKE: Final = 3
_SHORTEST_LOAN: Final = 4


def pieces(sequence: list[Unit]) -> list[tuple[str, int, int]]:
    """Return what is translated: stems, single Han characters and their pairs."""
    found = [(unit.key, unit.start, unit.end) for unit in sequence]
    found.extend(
        term for term in terms_of(sequence) if is_han(term[0]) and len(term[0]) > 1
    )
    return found


def _sides(source: str, target: str) -> tuple[list[list[str]], list[list[str]]]:
    """Return the words of all pairs of names of a concept in two languages."""
    left, right = [], []
    for entry in glossary().entries.values():
        ours, theirs = (
            [
                list(dict.fromkeys(key for key, _, _ in pieces(units(name))))
                for name in entry.names[language][:_NAMES_EACH]
            ]
            for language in (source, target)
        )
        for one in filter(None, ours):
            for other in filter(None, theirs):
                left.append(one)
                right.append(other)
    return left, right


def _numbered(sides: list[list[str]]) -> tuple[list[str], list[list[int]]]:
    numbers: dict[str, int] = {}
    found = [
        [numbers.setdefault(word, len(numbers)) for word in side] for side in sides
    ]
    return list(numbers), found


def _aligned(links: IntArray, width: int) -> FloatArray:
    """Return P(target | source) for each distinct link after a few rounds of EM.

    Parameters
    ----------
    links
        Columns: pair of names, source word, target word; one row for each link.
    width
        Number of target words.
    """
    pair, source, target = links.T
    _, kinds = np.unique(source * width + target, return_inverse=True)
    _, slots = np.unique(pair * width + target, return_inverse=True)
    owner = np.zeros(kinds.max() + 1, np.int64)
    owner[kinds] = source
    chance = np.ones(len(owner))
    for _ in range(_ROUNDS):
        weight = chance[kinds]
        share = weight / np.bincount(slots, weight)[slots]
        counts = np.bincount(kinds, share)
        chance = counts / (np.bincount(owner, counts)[owner] + _SMOOTHING)
    return chance[kinds]


@kept_with_glossary
@lru_cache(maxsize=3)
def _strengths(source: str, target: str) -> dict[tuple[str, str], float]:
    """Return how strongly words of two languages belong together."""
    left, right = _sides(source, target)
    if not left:
        return {}
    ours, left_numbers = _numbered(left)
    theirs, right_numbers = _numbered(right)
    links = np.array(
        [
            (at, one, other)
            for at, (mine, yours) in enumerate(
                zip(left_numbers, right_numbers, strict=True)
            )
            for one in mine
            for other in yours
        ],
        np.int64,
    )
    forward = _aligned(links, len(theirs))
    backward = _aligned(links[:, [0, 2, 1]], len(ours))
    strength = np.sqrt(forward * backward)
    kept = np.flatnonzero(strength >= _LEAST)
    return {
        (ours[links[at, 1]], theirs[links[at, 2]]): float(strength[at])
        for at in kept.tolist()
    }


@kept_with_glossary
@lru_cache(maxsize=6)
def translations(source: str, target: str) -> Table:
    """Return likely translations of single words, best first, with their strength.

    The strength is the geometric mean of both directions, in (0, 1]; the table of the
    other direction holds the same pairs.
    """
    first, second = sorted((source, target))
    table: Table = {}
    for pair, strength in _strengths(first, second).items():
        one, other = pair if source == first else pair[::-1]
        table.setdefault(one, []).append((other, strength))
    for word, found in table.items():
        found.sort(key=lambda known: (-known[1], known[0]))
        table[word] = found[:_MOST_TRANSLATIONS]
    return table


@lru_cache(maxsize=100_000)
def sound(word: str) -> str:
    """Return a word in Latin letters, spelled alike in every language."""
    latin = anyascii(word).lower().replace("'", "")
    for written, heard in _SOUNDS:
        latin = latin.replace(written, heard)
    return _DOUBLED.sub(r"\1", latin)


def _grams(word: str) -> set[str]:
    """Return the pairs and triples of letters of a word's sound."""
    marked = "^" + sound(word)
    return {
        marked[at : at + size]
        for size in (2, 3)
        for at in range(len(marked) - size + 1)
    }


@dataclass(slots=True)
class SoundIndex:
    """Latin words by their sound, to find what a Cyrillic word may be a loan of."""

    words: list[str]
    _grams: dict[str, IntArray] = field(default_factory=dict)
    _sizes: FloatArray = field(default_factory=lambda: np.zeros(0))

    def __post_init__(self) -> None:
        standing: dict[str, list[int]] = {}
        self._sizes = np.zeros(len(self.words))
        for at, word in enumerate(self.words):
            grams = _grams(word)
            self._sizes[at] = len(grams)
            for gram in grams:
                standing.setdefault(gram, []).append(at)
        self._grams = {gram: np.array(found) for gram, found in standing.items()}

    def alike(self, word: str) -> list[tuple[str, float]]:
        """Return words of similar sound with their Dice coefficient, best first."""
        wanted = _grams(word)
        places = [self._grams[gram] for gram in wanted if gram in self._grams]
        if not places:
            return []
        shared = np.bincount(np.concatenate(places), minlength=len(self.words))
        dice = 2 * shared / (self._sizes + len(wanted))
        best = np.argsort(-dice, kind="stable")[:_MOST_ALIKE]
        return [(self.words[at], float(dice[at])) for at in best if dice[at] >= _ALIKE]


class Bridges:
    """Translations of the words of a need into words that a community uses.

    Parameters
    ----------
    words
        All keys of the community's texts.
    """

    def __init__(self, words: Iterable[str]) -> None:
        self._known = {word for word in words if ":" not in word}
        self._languages = sorted({language_of(word) for word in self._known})
        self._sounds: SoundIndex | None = None
        self._remembered: dict[str, dict[str, float]] = {}

    def is_word(self, key: str) -> bool:
        """Tell whether a key is a word that the community uses."""
        return key in self._known

    def across(self, word: str) -> dict[str, float]:
        """Return words of other languages for one word, strength in (0, 1]."""
        found = self._remembered.get(word)
        if found is None:
            found = self._remembered[word] = self._find(word)
        return found

    def _find(self, word: str) -> dict[str, float]:
        own = language_of(word)
        found: dict[str, float] = {}
        for other in self._languages:
            if other == own:
                continue
            for translated, strength in translations(own, other).get(word, ()):
                if translated in self._known:
                    found[translated] = max(strength, found.get(translated, 0.0))
        if not found and is_cyrillic(word) and len(word) >= _SHORTEST_LOAN:
            found.update(self._loans(word))
        return found

    def _loans(self, word: str) -> Iterable[tuple[str, float]]:
        if self._sounds is None:
            short = _SHORTEST_LOAN - 1
            latin = sorted(w for w in self._known if w.isascii() and len(w) >= short)
            self._sounds = SoundIndex(latin)
        for like, dice in self._sounds.alike(word):
            # From 0.23 at the least likeness to 1 for the same sound.
            yield like, (dice - _ALIKE + 0.15) / (1 - _ALIKE + 0.15)


def bridged(
    sequence: list[Unit], bridges: Bridges, weight: float
) -> list[tuple[str, int, int, float]]:
    """Return the translated keys of a text: key, place of the source, weight."""
    return [
        (key, start, end, weight * strength)
        for piece, start, end in pieces(sequence)
        for key, strength in bridges.across(piece).items()
    ]
