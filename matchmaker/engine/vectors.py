"""From members to rows of numbers: the fitted part of a community."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, Self

from matchmaker.engine.lexicon import (
    CONCEPT,
    Lexicon,
    Occurrence,
    TextWeights,
    frequencies,
    occurrences,
)
from matchmaker.engine.members import Member
from matchmaker.engine.profile import Source, haves, wants
from matchmaker.engine.table import Row


# Analysed texts kept at hand; enough for one fit of a common community.
_REMEMBERED: Final = 20_000
# Places take more memory and only explanations need them: a few hundred members.
_REMEMBERED_PLACES: Final = 2_000

Relation = Literal["term", "concept", "meaning"]


@dataclass(frozen=True, slots=True)
class Link:
    """A key of a need that meets a key of an offer, with all places of both."""

    weight: float
    relation: Relation
    concept: str | None
    need: list[tuple[int, int]]
    offer: list[tuple[int, int]]


class Vectors:
    """The vocabulary of a community and the vectors of any member in it."""

    def __init__(self, weights: TextWeights, *, random_state: int = 0) -> None:
        self.weights = weights
        self.random_state = random_state
        self._analysed: dict[str, dict[str, float]] = {}
        self._placed: dict[str, list[Occurrence]] = {}

    def fit(self, members: Sequence[Member]) -> Self:
        """Learn the vocabulary from the texts that can answer a need."""
        documents = [
            self._frequencies(source.text)
            for member in members
            for source in haves(member)
            if source.text.strip() and source.origin != "need"
        ]
        self.lexicon_ = Lexicon(self.weights).fit(documents)
        self.lexicon_.calibrate(documents)
        return self

    def _frequencies(self, text: str) -> dict[str, float]:
        """Analyse a text once; fitting asks for the same text several times."""
        found = self._analysed.get(text)
        if found is None:
            if len(self._analysed) > _REMEMBERED:
                self._analysed.clear()
            found = self._analysed[text] = frequencies(occurrences(text, self.weights))
        return found

    def occurrences(self, text: str) -> list[Occurrence]:
        """Return the keys of a text with their places, remembered for explanations."""
        found = self._placed.get(text)
        if found is None:
            if len(self._placed) > _REMEMBERED_PLACES:
                self._placed.clear()
            found = self._placed[text] = occurrences(text, self.weights)
        return found

    def wants(self, member: Member) -> list[Row]:
        """Return the rows of what a member looks for."""
        return [self.want(source) for source in wants(member)]

    def want(self, source: Source) -> Row:
        """Return the row of one want."""
        columns, values = self.lexicon_.need(self._frequencies(source.text))
        return Row(columns, values, source.kind, source.weight)

    def haves(self, member: Member) -> list[Row]:
        """Return the rows of what a member can answer a need with."""
        return [self.have(source) for source in haves(member)]

    def have(self, source: Source) -> Row:
        """Return the row of one text that may answer a need."""
        columns, values = self.lexicon_.offer(self._frequencies(source.text))
        return Row(columns, values, source.kind, source.weight)

    def links(self, need: str, offer: str, rows: tuple[Row, Row]) -> list[Link]:
        """Return what two texts share, the strongest link first.

        Parameters
        ----------
        rows
            The vectors of both texts, as from :meth:`want` and :meth:`have`.
        """
        wanted = dict(
            zip(rows[0].columns.tolist(), rows[0].values.tolist(), strict=True)
        )
        offered = dict(
            zip(rows[1].columns.tolist(), rows[1].values.tolist(), strict=True)
        )
        places_need, places_offer = self._places(need), self._places(offer)
        found = [
            Link(
                wanted[column] * offered[column],
                "concept" if key.startswith(CONCEPT) else "term",
                key.removeprefix(CONCEPT) if key.startswith(CONCEPT) else None,
                places_need.get(key, []),
                places_offer.get(key, []),
            )
            for key in places_need
            if (column := self.lexicon_.column(key)) in wanted.keys() & offered.keys()
        ]
        return sorted(found, key=lambda link: -link.weight)

    def _places(self, text: str) -> dict[str, list[tuple[int, int]]]:
        places: dict[str, list[tuple[int, int]]] = {}
        for one in self.occurrences(text):
            places.setdefault(one.key, []).append((one.start, one.end))
        return places
