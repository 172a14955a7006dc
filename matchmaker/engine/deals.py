"""What a candidate's earlier deals say about a new seeker, as numbers.

A deal is a seeker whom a candidate once took on, with its day. Everything here counts;
what the counts are worth is learned in ``learning``.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array, csr_array

from matchmaker.engine.members import Member
from matchmaker.vocabulary.analyzer import tokenize

FloatArray = NDArray[np.float64]

# Half-lives of a candidate's activity in years: this year, these years, ever.
_HALF_LIVES: Final = (0.7, 2.0, 6.0, 1e9)
# An earlier taste fades more slowly than activity does.
_TASTE_HALF_LIFE: Final = 8.0
# Deals of the whole market mixed into a candidate's own before a share is taken.
_MARKET_DEALS: Final = 5.0
_DAYS_IN_A_YEAR: Final = 365.25
# Activity of a candidate without deals, in deals.
_NO_DEAL: Final = 0.05


@dataclass(frozen=True, slots=True)
class Deal:
    """An earlier deal: a seeker was taken on by a candidate on a day."""

    seeker: Member
    candidate_id: str
    day: date


def _sectors(member: Member) -> list[str]:
    return [label.casefold() for label in member.sectors]


def _place(name: str) -> Callable[[Member], list[str]]:
    def values(member: Member) -> list[str]:
        place = str(getattr(member, name))
        return [f"{member.country}/{place}".casefold()] if place else []

    return values


def _sector_at_place(member: Member) -> list[str]:
    place = (member.region or member.city or member.country).casefold()
    return [f"{label}@{place}" for label in _sectors(member)] if place else []


def _words(member: Member) -> list[str]:
    return list(dict.fromkeys(token.term for token in tokenize(member.organisation)))


_TRAITS: Final[dict[str, Callable[[Member], list[str]]]] = {
    "sector": _sectors,
    "country": _place("country"),
    "state": _place("state"),
    "region": _place("region"),
    "city": _place("city"),
    "sector at place": _sector_at_place,
}
_SHARED: Final = ("country", "city")
FEATURES: Final = (
    *(f"activity {years}" for years in _HALF_LIVES),
    *(f"took {name}" for name in _TRAITS),
    "sectors alike",
    "rarest sector shared",
    "sector affinity",
    *(f"same {name}" for name in _SHARED),
    "name alike",
)


class Shelf:
    """Which candidates carry which labels, and how rare each label is."""

    def __init__(self, lists: Sequence[Sequence[str]]) -> None:
        counts = Counter(label for labels in lists for label in set(labels))
        self.column = {label: at for at, label in enumerate(sorted(counts))}
        total = len(lists)
        self.idf = np.array(
            [
                math.log(1 + (total - counts[label] + 0.5) / (counts[label] + 0.5))
                for label in self.column
            ]
        )
        self.lengths = np.maximum([len(set(labels)) for labels in lists], 1)
        pairs = [
            (at, self.column[x]) for at, labels in enumerate(lists) for x in set(labels)
        ]
        self.carried = _counted(pairs, np.ones(len(pairs)), (total, len(self.column)))

    def shared(self, labels: Iterable[str]) -> FloatArray:
        """Return the rarity of each shared label, shape ``(candidates, labels)``."""
        known = [self.column[label] for label in labels if label in self.column]
        if not known:
            return np.zeros((len(self.lengths), 1))
        return np.asarray(self.carried[:, known].toarray() * self.idf[known])


def _counted(
    pairs: Sequence[tuple[int, int]], weights: FloatArray, shape: tuple[int, int]
) -> csc_array:
    """Return a matrix of summed weights; at least one column wide."""
    rows, columns = np.array(pairs, np.int64).reshape(-1, 2).T
    width = (shape[0], max(shape[1], 1))
    return csr_array((weights, (rows, columns)), shape=width).tocsc()


class DealHistory:
    """Counts of deals up to a day, and the features of any seeker against them."""

    def __init__(self, candidates: Sequence[Member]) -> None:
        self.candidates = list(candidates)
        self._place_of = {member.id: at for at, member in enumerate(self.candidates)}
        self._sectors = Shelf([_sectors(member) for member in self.candidates])
        self._names = Shelf([_words(member) for member in self.candidates])
        self._places = {
            name: Shelf([_TRAITS[name](member) for member in self.candidates])
            for name in _SHARED
        }

    def place_of(self, candidate_id: str) -> int:
        """Return the place of a candidate in every feature array."""
        return self._place_of[candidate_id]

    def count(self, deals: Sequence[Deal], until: date) -> "DealHistory":
        """Count the deals as they look on a day; later ones must not be among them."""
        who = np.array([self._place_of[deal.candidate_id] for deal in deals], np.int64)
        days = np.array([(until - deal.day).days for deal in deals], float)
        ages = np.maximum(days, 0) / _DAYS_IN_A_YEAR
        size = len(self.candidates)
        activity = [
            np.bincount(who, 0.5 ** (ages / years), size) for years in _HALF_LIVES
        ]
        self._activity = np.log(np.array(activity).T + _NO_DEAL)
        taste = 0.5 ** (ages / _TASTE_HALF_LIFE)
        self._taken = {
            name: self._count_trait(values, deals, who, taste)
            for name, values in _TRAITS.items()
        }
        self._affinity = self._count_affinity(deals, who)
        return self

    def _count_trait(
        self,
        values: Callable[[Member], list[str]],
        deals: Sequence[Deal],
        who: NDArray[np.int64],
        taste: FloatArray,
    ) -> tuple[dict[str, int], csc_array]:
        column: dict[str, int] = {}
        pairs, weights = [], []
        for deal, candidate, weight in zip(deals, who.tolist(), taste, strict=True):
            found = values(deal.seeker)
            for value in found:
                pairs.append((candidate, column.setdefault(value, len(column))))
                weights.append(weight / len(found))
        shape = (len(self.candidates), len(column))
        return column, _counted(pairs, np.array(weights), shape)

    def _count_affinity(
        self, deals: Sequence[Deal], who: NDArray[np.int64]
    ) -> tuple[dict[str, int], FloatArray]:
        """Return how much more often than by chance one label takes another on."""
        column: dict[str, int] = {}
        pairs, weights = [], []
        for deal, candidate in zip(deals, who.tolist(), strict=True):
            asking = _sectors(deal.seeker)
            taking = _sectors(self.candidates[candidate])
            for one in asking:
                for other in taking:
                    at = column.setdefault(one, len(column))
                    pairs.append((at, self._sectors.column[other]))
                    weights.append(1 / len(asking) / len(taking))
        shape = (max(len(column), 1), len(self._sectors.column))
        counts = _counted(pairs, np.array(weights), shape).toarray()
        market = (counts.sum(axis=0) + 0.5) / (counts.sum() + 0.5 * counts.shape[1])
        mixed = counts + _MARKET_DEALS * market
        totals = counts.sum(axis=1, keepdims=True) + _MARKET_DEALS
        return column, mixed / totals / market

    def features(self, seeker: Member) -> FloatArray:
        """Return the features of a seeker, shape ``(candidates, len(FEATURES))``.

        All are higher where the candidate suits better, and 0 where nothing is known.
        """
        columns = [*self._activity.T]
        columns.extend(
            self._took(name, values(seeker)) for name, values in _TRAITS.items()
        )
        labels = _sectors(seeker)
        shared = self._sectors.shared(labels)
        columns.append(shared.sum(axis=1) / np.sqrt(self._sectors.lengths))
        columns.append(shared.max(axis=1))
        columns.append(self._drawn_to(labels))
        for name, shelf in self._places.items():
            columns.append((shelf.shared(_TRAITS[name](seeker)) > 0).any(axis=1) * 1.0)
        columns.append(self._names.shared(_words(seeker)).sum(axis=1))
        return np.stack(columns, axis=1)

    def _took(self, trait: str, values: Sequence[str]) -> FloatArray:
        """Return the log ratio of a candidate's share of such deals to the market's."""
        column, counts = self._taken[trait]
        known = [column[value] for value in values if value in column]
        if not known:
            return np.zeros(len(self.candidates))
        totals = np.asarray(counts.sum(axis=0)).ravel()
        market = totals[known].mean() / totals.sum()
        mine = np.asarray(counts[:, known].sum(axis=1)).ravel() / len(known)
        whole = np.asarray(counts.sum(axis=1)).ravel()
        share = (mine + _MARKET_DEALS * market) / (whole + _MARKET_DEALS)
        return np.asarray(np.log(share / market))

    def _drawn_to(self, labels: Sequence[str]) -> FloatArray:
        column, ratio = self._affinity
        known = [column[label] for label in labels if label in column]
        if not known or not self._sectors.column:
            return np.zeros(len(self.candidates))
        mean = (
            self._sectors.carried @ ratio[known].mean(axis=0)
        ) / self._sectors.lengths
        return np.asarray(np.log(np.maximum(mean, _NO_DEAL)))
