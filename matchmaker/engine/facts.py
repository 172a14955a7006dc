"""What is known of a member beside texts: types, sectors, places, languages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from matchmaker.engine.members import Member
from matchmaker.engine.profile import type_profile
from matchmaker.vocabulary.collaboration import COLLABORATION_TYPES, UNRELATED, answers
from matchmaker.vocabulary.sectors import match_label, sector_codes, sector_distance

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

# A complement of types alone says more when the type is itself the thing looked for
# (money, a mentor) than when the goods decide (supply of what?).
_GOODS: Final = frozenset(
    {"supply", "purchase", "manufacturing", "technology", "project"}
)
_OF_GOODS: Final = 0.3


def _complement(need: str, offer: str) -> float:
    share = max(0.0, answers(need, offer) - UNRELATED) / (1 - UNRELATED)
    return share * (_OF_GOODS if need in _GOODS else 1.0)


COMPLEMENTS: Final = np.array(
    [
        [_complement(need, offer) for offer in COLLABORATION_TYPES]
        for need in COLLABORATION_TYPES
    ]
)
SECTORS: Final = sector_codes()
_SECTOR: Final = {code: at for at, code in enumerate(SECTORS)}
# The last row and column, index -1, stand for "no sector" and are near to nothing.
CLOSENESS: Final = np.zeros((len(SECTORS) + 1, len(SECTORS) + 1))
CLOSENESS[:-1, :-1] = 1 - np.array(
    [[sector_distance(a, b) for b in SECTORS] for a in SECTORS]
)

# Widths of the padded arrays. A member who names more is cut; nobody serves 40 markets.
_WIDTHS: Final = {"sectors": 8, "place": 3, "languages": 10, "markets": 40}
_TYPES: Final = len(COLLABORATION_TYPES)

# Columns of the evidence that comes from facts.
EVIDENCE: Final = ("collaboration", "sector", "market", "language", "place")
_MARKET_OF_THE_OTHER: Final = 0.5
_SAME_COUNTRY: Final = 0.4
_SAME_REGION: Final = 0.7


def sectors_of(member: Member) -> list[int]:
    """Return the numbers of a member's sectors; free labels are mapped if possible."""
    found = (match_label(label) for label in member.sectors)
    return list(dict.fromkeys(_SECTOR[code] for code in found if code))


@dataclass(slots=True)
class Facts:
    """Facts of members as arrays, one row per member; -1 fills empty places.

    Tables that were numbered together share ``words`` and can be compared.
    """

    words: dict[str, dict[str, int]]
    needs: NDArray[np.bool_]
    offers: NDArray[np.bool_]
    numbers: dict[str, IntArray]

    @classmethod
    def build(cls, members: Sequence[Member], words: dict[str, dict[str, int]]) -> Self:
        """Return the facts of members; new words get the next numbers."""
        needs = [type_profile(member.needs) for member in members]
        offers = [type_profile(member.offers) for member in members]
        values = {
            "sectors": [sectors_of(m) for m in members],
            "place": [_place(m, words) for m in members],
            "languages": [_numbered(words, "language", m.languages) for m in members],
            "markets": [_numbered(words, "country", m.markets) for m in members],
        }
        numbers = {
            name: np.array(
                [_padded(name, numbers) for numbers in values[name]], np.int64
            ).reshape(-1, width)
            for name, width in _WIDTHS.items()
        }
        return cls(
            words,
            np.array(needs, bool).reshape(-1, _TYPES),
            np.array(offers, bool).reshape(-1, _TYPES),
            numbers,
        )

    def __len__(self) -> int:
        """Return the number of members."""
        return len(self.needs)

    def take(self, members: IntArray) -> "Facts":
        """Return the facts of some members, in the order given."""
        numbers = {name: array[members] for name, array in self.numbers.items()}
        return Facts(self.words, self.needs[members], self.offers[members], numbers)

    def join(self, other: "Facts") -> "Facts":
        """Return the members of both tables, these first."""
        return Facts(
            self.words,
            np.concatenate([self.needs, other.needs]),
            np.concatenate([self.offers, other.offers]),
            {
                name: np.concatenate([array, other.numbers[name]])
                for name, array in self.numbers.items()
            },
        )

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return all numbers as named arrays, to be saved beside ``words``."""
        return {"needs": self.needs, "offers": self.offers, **self.numbers}

    @classmethod
    def from_arrays(
        cls, words: dict[str, dict[str, int]], arrays: Mapping[str, NDArray[Any]]
    ) -> Self:
        """Return facts from their words and the arrays of :meth:`arrays`."""
        numbers = {name: arrays[name] for name in _WIDTHS}
        return cls(words, arrays["needs"], arrays["offers"], numbers)


def _numbered(
    words: dict[str, dict[str, int]], kind: str, values: Sequence[str]
) -> list[int]:
    known = words.setdefault(kind, {})
    folded = [value.casefold() for value in values if value]
    return [known.setdefault(value, len(known)) for value in folded]


def _place(member: Member, words: dict[str, dict[str, int]]) -> list[int]:
    """Return numbers of country, region and city; a city of one land is no other's."""
    found = _numbered(words, "country", [member.country]) or [-1]
    for kind in ("region", "city"):
        name = getattr(member, kind)
        full = [f"{member.country}\n{name}"] if name else []
        found.extend(_numbered(words, kind, full) or [-1])
    return found


def _padded(name: str, values: Sequence[int]) -> list[int]:
    width = _WIDTHS[name]
    return [*values[:width], *[-1] * (width - len(values))]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Evidence of facts between seekers and others, arrays ``(seekers, others)``.

    The pairs of arrays are for the seeker and for the other. All lie in [0, 1].
    """

    collaboration: tuple[FloatArray, FloatArray]
    sector: FloatArray
    market: tuple[FloatArray, FloatArray]
    language: FloatArray
    place: FloatArray

    def logits(self, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the weighted sums, weights in the order of :data:`EVIDENCE`."""
        shared = (
            weights[1] * self.sector
            + weights[3] * self.language
            + weights[4] * self.place
        )
        mine, theirs = (
            shared
            + weights[0] * self.collaboration[way]
            + weights[2] * self.market[way]
            for way in (0, 1)
        )
        return mine, theirs

    def of_pair(self, at: int, other: int) -> tuple[FloatArray, FloatArray]:
        """Return the evidence of one pair, both ways, each ``(len(EVIDENCE),)``."""
        shared = [one[at, other] for one in (self.sector, self.language, self.place)]
        mine, theirs = (
            np.array(
                [
                    self.collaboration[way][at, other],
                    shared[0],
                    self.market[way][at, other],
                    *shared[1:],
                ]
            )
            for way in (0, 1)
        )
        return mine, theirs


def fact_evidence(seekers: Facts, others: Facts) -> Evidence:
    """Return the evidence of facts for seekers against others, both ways.

    Parameters
    ----------
    seekers, others
        Facts of ``s`` and ``n`` members with the same numbering.
    """
    mine, theirs = seekers.numbers, others.numbers
    aim = _aimed(theirs["place"][:, 0], mine["markets"]).T
    wish = _aimed(mine["place"][:, 0], theirs["markets"])
    return Evidence(
        (
            _complements(seekers.needs, others.offers),
            _complements(others.needs, seekers.offers).T,
        ),
        _near(mine["sectors"], theirs["sectors"]),
        (
            np.maximum(aim, _MARKET_OF_THE_OTHER * wish),
            np.maximum(wish, _MARKET_OF_THE_OTHER * aim),
        ),
        _shared(mine["languages"], theirs["languages"]),
        _together(mine["place"], theirs["place"]),
    )


def _complements(needs: NDArray[np.bool_], offers: NDArray[np.bool_]) -> FloatArray:
    """Return how well stated types answer each other, ``(needing, offering)``.

    Members with the same stated types are looked at once.
    """
    asking, which = _distinct(needs)
    answering, what = _distinct(offers)
    wanted = (asking[:, :, None] * COMPLEMENTS).max(axis=1, initial=0.0)
    table = (wanted[:, None, :] * answering).max(axis=2, initial=0.0)
    return np.asarray(table[which[:, None], what])


def _distinct(stated: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], IntArray]:
    codes = stated @ (1 << np.arange(stated.shape[1]))
    _, first, which = np.unique(codes, return_index=True, return_inverse=True)
    return stated[first], which


def _near(mine: IntArray, theirs: IntArray) -> FloatArray:
    """Return the closeness of the nearest two sectors, ``(mine, theirs)``."""
    near: FloatArray = CLOSENESS[mine].max(axis=1)
    found = np.asarray(near[:, theirs[:, 0]])
    for column in range(1, theirs.shape[1]):
        more = np.flatnonzero(theirs[:, column] >= 0)
        if not len(more):
            break
        found[:, more] = np.maximum(found[:, more], near[:, theirs[more, column]])
    return found


def _aimed(countries: IntArray, markets: IntArray) -> FloatArray:
    """Return 1 where a country is among the markets, ``(countries, markets)``."""
    known, which = np.unique(countries, return_inverse=True)
    found = [(markets == one).any(axis=1) & (one >= 0) for one in known]
    return np.asarray(found, float).reshape(len(known), len(markets))[which]


def _shared(mine: IntArray, theirs: IntArray) -> FloatArray:
    """Return 1 where a language is shared, ``(mine, theirs)``."""
    spoken = np.unique(mine[mine >= 0])
    ours, others = (
        np.array([(side == one).any(axis=1) for one in spoken], np.float32).reshape(
            len(spoken), len(side)
        )
        for side in (mine, theirs)
    )
    return np.asarray(ours.T @ others > 0, float)


def _together(mine: IntArray, theirs: IntArray) -> FloatArray:
    """Return how near two places are: same city, region, country, or 0."""
    found = np.zeros((len(mine), len(theirs)))
    for column, worth in enumerate((_SAME_COUNTRY, _SAME_REGION, 1.0)):
        known = mine[:, column]
        if (known >= 0).any():
            same = np.where(known >= 0, known, -2)[:, None] == theirs[:, column]
            found[same] = worth
    return found
