"""What is known of a member beside texts: types, sectors, places, languages."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
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
    """Facts of members as arrays, one row per member; -1 fills empty places."""

    words: dict[str, int] = field(default_factory=dict)
    needs: NDArray[np.bool_] = field(
        default_factory=lambda: np.zeros((0, _TYPES), bool)
    )
    offers: NDArray[np.bool_] = field(
        default_factory=lambda: np.zeros((0, _TYPES), bool)
    )
    numbers: dict[str, IntArray] = field(
        default_factory=lambda: {
            name: np.zeros((0, width), np.int64) for name, width in _WIDTHS.items()
        }
    )

    def __len__(self) -> int:
        """Return the number of members."""
        return len(self.needs)

    def _number(self, *words: str) -> int:
        if not words[-1]:
            return -1
        return self.words.setdefault("\n".join(words).casefold(), len(self.words))

    def _padded(self, name: str, values: Sequence[int]) -> list[int]:
        width = _WIDTHS[name]
        return [*values[:width], *[-1] * (width - len(values))]

    def rows(self, members: Sequence[Member]) -> "Facts":
        """Return the facts of members with the same numbering as this table."""
        made = Facts(self.words)
        needs = [type_profile(member.needs) for member in members]
        offers = [type_profile(member.offers) for member in members]
        made.needs = np.array(needs, bool).reshape(-1, _TYPES)
        made.offers = np.array(offers, bool).reshape(-1, _TYPES)
        values = {
            "sectors": [sectors_of(m) for m in members],
            "place": [self._place(m) for m in members],
            "languages": [
                [self._number("language", c) for c in m.languages] for m in members
            ],
            "markets": [
                [self._number("country", c) for c in m.markets] for m in members
            ],
        }
        for name, lists in values.items():
            padded = [self._padded(name, numbers) for numbers in lists]
            made.numbers[name] = np.array(padded, np.int64).reshape(-1, _WIDTHS[name])
        return made

    def _place(self, member: Member) -> list[int]:
        return [
            self._number("country", member.country),
            self._number("region", member.country, member.region),
            self._number("city", member.country, member.city),
        ]

    def splice(self, at: int, count: int, other: "Facts") -> None:
        """Replace the facts of ``count`` members from position ``at``."""
        self.needs = np.concatenate(
            [self.needs[:at], other.needs, self.needs[at + count :]]
        )
        self.offers = np.concatenate(
            [self.offers[:at], other.offers, self.offers[at + count :]]
        )
        for name, array in self.numbers.items():
            parts = [array[:at], other.numbers[name], array[at + count :]]
            self.numbers[name] = np.concatenate(parts)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return all numbers as named arrays, to be saved beside ``words``."""
        return {"needs": self.needs, "offers": self.offers, **self.numbers}

    @classmethod
    def from_arrays(
        cls, words: dict[str, int], arrays: Mapping[str, NDArray[Any]]
    ) -> Self:
        """Return facts from their words and the arrays of :meth:`arrays`."""
        numbers = {name: arrays[name] for name in _WIDTHS}
        return cls(words, arrays["needs"], arrays["offers"], numbers)

    def part(self, positions: slice) -> "Facts":
        """Return the facts of some members, sharing memory."""
        made = Facts(self.words, self.needs[positions], self.offers[positions])
        made.numbers = {name: array[positions] for name, array in self.numbers.items()}
        return made


def _among(own: IntArray, theirs: IntArray, size: int) -> NDArray[np.bool_]:
    """Tell for each row of ``theirs`` whether it shares a number with ``own``."""
    known = np.zeros(size + 1, bool)
    known[own[own >= 0]] = True
    known[-1] = False
    return np.asarray(known[theirs].any(axis=-1))


def fact_evidence(seeker: Facts, others: Facts) -> tuple[FloatArray, FloatArray]:
    """Return the evidence of facts for one seeker against others, both ways.

    Parameters
    ----------
    seeker
        Facts of exactly one member.
    others
        Facts of ``n`` members with the same numbering.

    Returns
    -------
    tuple
        Two arrays ``(n, len(EVIDENCE))`` in [0, 1]: for the seeker and for the others.
    """
    size = len(seeker.words)
    mine, theirs = seeker.numbers, others.numbers
    near = CLOSENESS[mine["sectors"][0]].max(axis=0)
    sector = near[theirs["sectors"]].max(axis=1)
    language = _among(mine["languages"][0], theirs["languages"], size)
    same = (mine["place"][0] == theirs["place"]) & (theirs["place"] >= 0)
    place = np.select(
        [same[:, 2], same[:, 1], same[:, 0]], [1.0, _SAME_REGION, _SAME_COUNTRY]
    )
    into_theirs = _among(mine["markets"][0], theirs["place"][:, :1], size)
    into_mine = _among(mine["place"][0, :1], theirs["markets"], size)
    shared = [sector, language.astype(float), place]

    def columns(
        needs: FloatArray, aim: NDArray[np.bool_], wish: NDArray[np.bool_]
    ) -> FloatArray:
        market = np.maximum(aim, _MARKET_OF_THE_OTHER * wish)
        return np.stack([needs, shared[0], market, shared[1], shared[2]], axis=1)

    mine_needs = COMPLEMENTS[seeker.needs[0]].max(axis=0, initial=0.0)
    mine_offers = COMPLEMENTS[:, seeker.offers[0]].max(axis=1, initial=0.0)
    for_me = columns((others.offers * mine_needs).max(axis=1), into_theirs, into_mine)
    for_them = columns((others.needs * mine_offers).max(axis=1), into_mine, into_theirs)
    return for_me, for_them


def facts_of(members: Iterable[Member]) -> Facts:
    """Return a table of facts with a numbering of its own."""
    table = Facts()
    listed = list(members)
    table.splice(0, 0, table.rows(listed))
    return table
