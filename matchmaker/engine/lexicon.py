"""Texts as sparse vectors: keys, inverse document frequencies, length normalisation.

One occurrence of a key is a stem, a pair of Han characters, a concept of the glossary
(``c:``) or the sector above it (``s:``). What matches what is decided in ``scoring``.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from matchmaker.engine.members import JSON
from matchmaker.vocabulary.terms import (
    SECTOR_PREFIX,
    Glossary,
    glossary,
    terms_of,
    units,
)

FloatArray = NDArray[np.float64]

CONCEPT: Final = "c:"


@dataclass(frozen=True, slots=True)
class TextWeights:
    """Parameters of the text model; how words become numbers.

    Attributes
    ----------
    saturation
        k1 of BM25: how fast repetition of a key stops counting.
    length
        Exponent of the length normalisation, in [0, 0.75]; see :func:`Lexicon.offer`.
    pivot
        Length at which a text is neither raised nor lowered, in units of the mean.
    concept, part
        Weight of a concept, and of a concept inside a longer one, beside a stem's 1.
    """

    saturation: float = 1.2
    length: float = 0.5
    pivot: float = 0.6
    concept: float = 0.6
    part: float = 0.3


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A key at a place of a text, with its weight beside a plain stem."""

    key: str
    start: int
    end: int
    weight: float


def occurrences(
    text: str, weights: TextWeights, terms: Glossary | None = None
) -> list[Occurrence]:
    """Return every key of a text with its place."""
    known = terms or glossary()
    sequence = units(text)
    found = [Occurrence(key, start, end, 1.0) for key, start, end in terms_of(sequence)]
    for match in known.find_units(sequence, text):
        if not match.code.startswith(SECTOR_PREFIX):
            weight = weights.part if match.part else weights.concept
            found.append(
                Occurrence(CONCEPT + match.code, match.start, match.end, weight)
            )
    return found


def frequencies(found: Iterable[Occurrence]) -> dict[str, float]:
    """Sum the weights of each key."""
    total: dict[str, float] = {}
    for one in found:
        total[one.key] = total.get(one.key, 0.0) + one.weight
    return total


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
        """Count in how many documents each key stands.

        Parameters
        ----------
        documents
            Weight of each key for every text, as from :func:`frequencies`.
        """
        counts: Counter[str] = Counter()
        self.documents_ = 0
        for document in documents:
            counts.update(document.keys())
            self.documents_ += 1
        keys = sorted(counts)
        self.columns_: dict[str, int] = {key: column for column, key in enumerate(keys)}
        self._idf = [self._rarity(counts[key]) for key in keys]
        self.mean_length_ = 1.0
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
        lexicon._idf = list(state["idf"])  # noqa: SLF001 - our own instance
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

    def vector(
        self, document: dict[str, float]
    ) -> tuple[NDArray[np.int32], FloatArray]:
        """Return the raw weights ``idf * saturated frequency`` of a text."""
        k1 = self.weights.saturation
        columns = np.array([self.column(key) for key in document], np.int32)
        counts = np.fromiter(document.values(), float, len(document))
        idf = np.array([self._idf[column] for column in columns], float)
        order = np.argsort(columns)
        return columns[order], (idf * counts * (k1 + 1) / (counts + k1))[order]

    def calibrate(self, documents: Iterable[dict[str, float]]) -> None:
        """Set the mean length from the texts that are searched in."""
        sums = [
            float(self.vector(document)[1].sum()) for document in documents if document
        ]
        self.mean_length_ = float(np.mean(sums)) if sums else 1.0

    def offer(self, document: dict[str, float]) -> tuple[NDArray[np.int32], FloatArray]:
        """Return the vector of a text that may answer a need.

        Each weight is divided by ``(pivot + L / mean L) ** length`` with ``L`` the sum
        of all weights. BM25 puts the length inside the saturation, where one more
        matching word can lower the score of the others by more than it adds; with the
        length measured in the same weights as the match and an exponent below 1 the
        whole can only grow.
        """
        columns, values = self.vector(document)
        weights = self.weights
        relative = float(values.sum()) / self.mean_length_
        return columns, values / (weights.pivot + relative) ** weights.length

    def need(self, document: dict[str, float]) -> tuple[NDArray[np.int32], FloatArray]:
        """Return the vector of a need: saturated frequencies, at most 4/3 each."""
        columns = np.array([self.column(key) for key in document], np.int32)
        counts = np.fromiter(document.values(), float, len(document))
        order = np.argsort(columns)
        return columns[order], (counts * (4 / 3) / (counts + 1 / 3))[order]
