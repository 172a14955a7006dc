"""Keys of a text, how rare they are, and a text as a sparse vector.

A text stands under several kinds of keys at once, told apart by how they begin:

========================  =====================================================
``word`` or 汉字           a stem, or a pair of Han characters
``j:healthcar``           two neighbouring stems joined: order matters, and
                          "health care" meets "healthcare"
``p:autom``               the beginning of a long stem: "automated", "automation"
``c:en:freight``          a concept of the glossary, with the language it was in
``s:logistics``           the sector above a concept
========================  =====================================================

What a need is translated to is in ``bridges``; what a match is worth in ``scoring``.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from matchmaker.engine.members import JSON
from matchmaker.vocabulary.analyzer import is_cyrillic, is_han
from matchmaker.vocabulary.sectors import LOCALES
from matchmaker.vocabulary.terms import (
    SECTOR_PREFIX,
    Glossary,
    Unit,
    glossary,
    sector_keys,
    terms_of,
    units,
)

FloatArray = NDArray[np.float64]

CONCEPT: Final = "c:"
SECTOR: Final = "s:"
BEGINNING: Final = "p:"
JOINED: Final = "j:"
_HAN: Final = re.compile(r"[\u3040-\u9fff]")
_LONG_STEM: Final = 5
# Small and round figures and single letters: "120 т в месяц" meets every other amount.
# The grade of a steel (304) or of a cement (M500) stays.
_SAYS_NOTHING: Final = re.compile(r"\d{1,2}|\d+[05]|[^\W\d_\u3040-\u9fff]")


@dataclass(frozen=True, slots=True)
class TextWeights:
    """How words become numbers. Chosen on the development parts, see RESULTS.md.

    Attributes
    ----------
    saturation
        k1 of BM25: how fast repetition of a key in an answering text stops counting.
    repetition
        k3 of BM25: the same for a need. A long need says by repetition what it is
        about, so it is let count for longer.
    length
        Exponent of the length normalisation, in [0, 1); see :meth:`Lexicon.offer`.
    pivot
        Added to the relative length of a text before the exponent.
    opening, opening_reach
        A text says first what it is about: a key at its very beginning counts
        ``1 + opening`` times, falling by e each ``opening_reach`` characters.
    joined, beginning
        Weight of two joined stems and of a stem's beginning beside a stem's 1.
    part
        Weight of a concept inside a longer one.
    same_language
        Weight of a concept in a need when the other text names it in the same
        language, where the words themselves match already; 1 across languages.
    sector
        Weight of a shared sector of two concepts.
    bridge
        Weight of a translated or transliterated word.
    """

    saturation: float = 1.2
    repetition: float = 8.0
    length: float = 0.5
    pivot: float = 1.5
    opening: float = 1.0
    opening_reach: float = 150.0
    joined: float = 0.25
    beginning: float = 0.3
    part: float = 0.7
    same_language: float = 0.4
    sector: float = 0.5
    bridge: float = 0.8


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A key at a place of a text, with its weight beside a plain stem."""

    key: str
    start: int
    end: int
    weight: float


def language_of(surface: str) -> str:
    """Return the glossary language of a piece of text by its script."""
    if _HAN.search(surface):
        return "zh"
    return "ru" if is_cyrillic(surface) else "en"


def _spelled(sequence: list[Unit], weights: TextWeights) -> list[Occurrence]:
    found: list[Occurrence] = []
    left, left_start = "", 0
    for key, start, end in terms_of(sequence):
        if _SAYS_NOTHING.fullmatch(key):
            left = ""
            continue
        found.append(Occurrence(key, start, end, 1.0))
        if is_han(key):
            left = ""
            continue
        if len(key) > _LONG_STEM:
            beginning = BEGINNING + key[:_LONG_STEM]
            found.append(Occurrence(beginning, start, end, weights.beginning))
        if left:
            found.append(
                Occurrence(JOINED + left + key, left_start, end, weights.joined)
            )
        left, left_start = key, start
    return found


def occurrences(
    text: str, weights: TextWeights, terms: Glossary | None = None
) -> list[Occurrence]:
    """Return every key of a text with its places.

    A name that stands for several concepts gives each an equal share.
    """
    known = terms or glossary()
    sequence = units(text)
    found = _spelled(sequence, weights)
    matches = known.find_units(sequence, text)
    names = Counter((match.start, match.end) for match in matches)
    for match in matches:
        place = (match.start, match.end)
        share = (weights.part if match.part else 1.0) / names[place]
        if not match.code.startswith(SECTOR_PREFIX):
            language = language_of(text[match.start : match.end])
            found.append(Occurrence(f"{CONCEPT}{language}:{match.code}", *place, share))
        found.extend(
            Occurrence(key, *place, weight * share)
            for key, weight in sector_keys(known.sector(match.code)).items()
        )
    return found


def concept_of(key: str) -> str | None:
    """Return the concept code of a key, None for a key of another kind."""
    return key.split(":", 2)[2] if key.startswith(CONCEPT) else None


def frequencies(found: Iterable[Occurrence], weights: TextWeights) -> dict[str, float]:
    """Return how often each key stands in an answering text, openings counting more.

    A sector counts once, however many concepts lie in it.
    """
    total: dict[str, float] = {}
    for one in found:
        if one.key.startswith(SECTOR):
            total[one.key] = max(one.weight, total.get(one.key, 0.0))
        else:
            early = weights.opening * math.exp(-one.start / weights.opening_reach)
            total[one.key] = total.get(one.key, 0.0) + one.weight * (1 + early)
    return total


def wishes(
    found: Iterable[Occurrence], weights: TextWeights, worth: Mapping[str, float]
) -> dict[str, float]:
    """Return what a need asks for: each key, and its concepts in every language.

    Parameters
    ----------
    worth
        What each key says about the subject of the need; 1 where it is not named.
    """
    total: dict[str, float] = {}
    for one in found:
        if one.key.startswith(SECTOR):
            weight = weights.sector * one.weight
            total[one.key] = max(weight, total.get(one.key, 0.0))
        elif one.key.startswith(CONCEPT):
            _, language, code = one.key.split(":", 2)
            told = one.weight * worth.get(one.key, 1.0)
            for other in LOCALES:
                key = f"{CONCEPT}{other}:{code}"
                weight = told * (weights.same_language if other == language else 1.0)
                total[key] = total.get(key, 0.0) + weight
        else:
            # The weight of joined stems and beginnings is in the answering text.
            for key in _spellings(one.key):
                total[key] = total.get(key, 0.0) + worth.get(one.key, 1.0)
    return total


def _spellings(key: str) -> tuple[str, ...]:
    """Return a key and how it is found when written apart, or as one word."""
    if key.startswith(JOINED):
        return key, key.removeprefix(JOINED)
    return (key,) if ":" in key or is_han(key) else (key, JOINED + key)


class Lexicon:
    """Columns and inverse document frequencies of the keys of a community.

    The frequencies are smoothed by a pseudo community of ``prior`` texts in which a key
    is rare, so that in a community of ten one more mention does not turn everything
    over.
    """

    def __init__(self, weights: TextWeights, *, prior: float = 50.0) -> None:
        self.weights = weights
        self.prior = prior

    def fit(self, documents: Iterable[dict[str, float]]) -> Self:
        """Count in how many documents each key stands, and how long they are.

        Parameters
        ----------
        documents
            Weight of each key for every text, as from :func:`frequencies`; a text that
            several members share is given once, see :meth:`Vectors.fit`.
        """
        known = list(documents)
        counts: Counter[str] = Counter()
        for document in known:
            counts.update(document.keys())
        self.documents_ = len(known)
        keys = sorted(counts)
        self.columns_: dict[str, int] = {key: column for column, key in enumerate(keys)}
        self._idf = [self._rarity(counts[key]) for key in keys]
        self.mean_length_ = 1.0
        lengths = [length for *_, length in map(self._raw, known) if length]
        self.mean_length_ = float(np.mean(lengths)) if lengths else 1.0
        return self

    def state(self) -> dict[str, JSON]:
        """Return what was learned as plain JSON, to be saved."""
        return {
            "keys": list(self.columns_),
            "idf": list(self._idf),
            "documents": self.documents_,
            "mean_length": self.mean_length_,
            "prior": self.prior,
        }

    @classmethod
    def from_state(cls, weights: TextWeights, state: Mapping[str, Any]) -> Self:
        """Return a lexicon from what :meth:`state` gave."""
        lexicon = cls(weights, prior=state["prior"])
        lexicon.columns_ = {key: column for column, key in enumerate(state["keys"])}
        lexicon._idf = list(state["idf"])
        lexicon.documents_ = state["documents"]
        lexicon.mean_length_ = state["mean_length"]
        return lexicon

    def _rarity(self, count: float) -> float:
        total = self.documents_ + self.prior
        return math.log(1 + (total - count + 0.5) / (count + 0.5))

    def column(self, key: str) -> int:
        """Return the column of a key; an unseen key gets a new one and full rarity."""
        found = self.columns_.get(key)
        if found is None:
            found = len(self.columns_)
            self.columns_[key] = found
            self._idf.append(self._rarity(0.5))
        return found

    @property
    def size(self) -> int:
        """Number of columns."""
        return len(self._idf)

    def _raw(
        self, document: dict[str, float]
    ) -> tuple[NDArray[np.int32], FloatArray, float]:
        """Return ``idf * saturated frequency`` of a text, and its length in that."""
        k1 = self.weights.saturation
        columns = np.fromiter(map(self.column, document), np.int32, len(document))
        counts = np.fromiter(document.values(), float, len(document))
        idf = np.array([self._idf[column] for column in columns], float)
        values = idf * counts * (k1 + 1) / (counts + k1)
        plain = np.array([":" not in key for key in document], bool)
        return columns, values, float(values[plain].sum()) if document else 0.0

    def telling(
        self, document: dict[str, float], most: int, *, worth: Mapping[str, float]
    ) -> list[tuple[str, float]]:
        """Return the keys that say most about a text with their weight, ties by key.

        The weight is the worth times the square root of how telling the key is beside
        the most telling one.

        Parameters
        ----------
        worth
            What each key says about a subject, in [0, 1]; without worth it is left out.
        """
        _, values, _ = self._raw(document)
        ranked = sorted(
            (-value * worth[key], key)
            for value, key in zip(values.tolist(), document, strict=True)
            if worth.get(key, 0.0) > 0
        )[:most]
        return [
            (key, worth[key] * math.sqrt(value / ranked[0][0])) for value, key in ranked
        ]

    def offer(self, document: dict[str, float]) -> tuple[NDArray[np.int32], FloatArray]:
        """Return the vector of a text that may answer a need.

        Each weight is divided by ``(pivot + L / mean L) ** length`` with ``L`` the sum
        of the weights of its words. BM25 puts the length inside the saturation, where
        one more matching word can lower the score of the others by more than it adds;
        with the length measured in the same weights as the match, and an exponent
        below 1, the whole can only grow.
        """
        columns, values, length = self._raw(document)
        order = np.argsort(columns, kind="stable")
        norm = (self.weights.pivot + length / self.mean_length_) ** self.weights.length
        return columns[order], values[order] / norm

    def need(self, document: dict[str, float]) -> tuple[NDArray[np.int32], FloatArray]:
        """Return the vector of a need: repeated keys saturate, see ``repetition``."""
        k3 = self.weights.repetition
        columns = np.fromiter(map(self.column, document), np.int32, len(document))
        counts = np.fromiter(document.values(), float, len(document))
        order = np.argsort(columns, kind="stable")
        values = np.where(counts > 1, counts * (k3 + 1) / (counts + k3), counts)
        return columns[order], values[order]
