"""From members to rows of numbers: the fitted part of a community."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, Self

import numpy as np

from matchmaker.engine.bridges import Bridges, bridged
from matchmaker.engine.encoder import TextEncoder
from matchmaker.engine.lexicon import (
    BEGINNING,
    CONCEPT,
    SECTOR,
    Lexicon,
    Occurrence,
    TextWeights,
    concept_of,
    frequencies,
    occurrences,
    wishes,
)
from matchmaker.engine.members import Member
from matchmaker.engine.profile import (
    FIELD,
    UNTYPED,
    Source,
    haves,
    lacks_other_things,
    wants,
)
from matchmaker.engine.table import Row, VectorArray
from matchmaker.engine.worth import (
    UNTYPED_POWER,
    asking_worth,
    bridged_worth,
    field_worth,
    general_keys,
    subject_of,
    subjects,
    telling_subjects,
)
from matchmaker.vocabulary.sectors import LOCALES
from matchmaker.vocabulary.terms import units

# Analysed texts kept at hand while fitting, and for explanations afterwards.
_REMEMBERED: Final = 2_000
# Keys that stand for the field of a member who stated no need.
_TELLING: Final = 40

Relation = Literal["term", "concept", "meaning"]
# How often each key stands in a text, and what it says about the field of the text.
Counted = tuple[dict[str, float], dict[str, float]]


@dataclass(frozen=True, slots=True)
class Link:
    """A key of a need that meets a key of an offer, with all places of both.

    ``telling`` is false for what texts of any trade share.
    """

    weight: float
    relation: Relation
    concept: str | None
    need: list[tuple[int, int]]
    offer: list[tuple[int, int]]
    telling: bool


class Vectors:
    """The vocabulary of a community and the vectors of any member in it."""

    def __init__(
        self,
        weights: TextWeights,
        *,
        random_state: int = 0,
        encoder: TextEncoder | None = None,
    ) -> None:
        self.weights = weights
        self.random_state = random_state
        self.encoder = encoder
        self._fields: dict[str, Counted] = {}
        self._remembered: dict[str, list[Occurrence]] = {}

    def fit(self, members: Sequence[Member]) -> tuple[Self, list[list[Row]]]:
        """Learn the vocabulary from the texts that can answer a need.

        Returns
        -------
        tuple
            The vectors themselves and the rows of what each member has, which fall out
            of the same pass over the texts.
        """
        self.encode(members)
        sources = [haves(member) for member in members]
        counted: list[list[dict[str, float]]] = []
        spoken: set[str] = set()
        for member, found in zip(members, sources, strict=True):
            analysed = [self._analysed(source.text) for source in found]
            counted.append([frequencies(one, self.weights) for one in analysed])
            spoken.update(
                one.key for text in analysed for one in text if ":" not in one.key
            )
            self._remember_field(member)
        # A text that several members share, a joint project say, is one piece of
        # evidence of how rare its words are, not one for each of them.
        distinct = {
            source.text: document
            for found, own in zip(counted, sources, strict=True)
            for document, source in zip(found, own, strict=True)
            if document and source.origin != "need"
        }
        self.lexicon_ = Lexicon(self.weights).fit(distinct.values())
        self.words_ = sorted(spoken)
        self.bridges_ = Bridges(self.words_)
        return self, [
            [
                self._answering(one, source)
                for one, source in zip(found, own, strict=True)
            ]
            for found, own in zip(counted, sources, strict=True)
        ]

    def restore(self, lexicon: Mapping[str, Any], words: list[str]) -> Self:
        """Take over what was learned earlier, as it was saved."""
        self.lexicon_ = Lexicon.from_state(self.weights, lexicon)
        self.words_ = words
        self.bridges_ = Bridges(words)
        return self

    def encode(self, members: Sequence[Member]) -> None:
        """Let the encoder, if there is one, read all texts of members at once."""
        if self.encoder:
            self.encoder.encode(read_texts(members))

    def _meaning(self, source: Source) -> VectorArray:
        """Return the vector of a text; that of a field nobody asked for is empty."""
        if self.encoder is None or source.kind == FIELD:
            return np.zeros(0, np.float32)
        vector: VectorArray = self.encoder.encode([source.text])[0]
        return vector

    def _analysed(self, text: str) -> list[Occurrence]:
        found = self._remembered.get(text)
        if found is None:
            if len(self._remembered) >= _REMEMBERED:
                self._remembered.clear()
            found = self._remembered[text] = occurrences(text, self.weights)
        return found

    def _answering(self, document: dict[str, float], source: Source) -> Row:
        columns, values = self.lexicon_.offer(document)
        meaning = self._meaning(source)
        return Row(columns, values, source.kind, source.weight, meaning)

    def _remember_field(self, member: Member) -> None:
        """Keep the counted text of a member without needs until their want is made."""
        for source in wants(member):
            if source.kind == FIELD:
                self._fields[source.text] = self._counted(source.text)

    def _counted(self, text: str) -> Counted:
        found = self._analysed(text)
        return frequencies(found, self.weights), field_worth(found)

    def forget(self) -> None:
        """Drop what was only kept while fitting."""
        self._fields.clear()

    def wants(self, member: Member) -> list[Row]:
        """Return the rows of what a member looks for."""
        sources = wants(member)
        own: frozenset[str] = frozenset()
        if any(lacks_other_things(source) for source in sources):
            texts = (member.about, *(item.text for item in member.offers))
            own = frozenset().union(*(subjects(self._analysed(one)) for one in texts))
        return [self.want(source, own=own) for source in sources]

    def want(self, source: Source, *, own: frozenset[str] = frozenset()) -> Row:
        """Return the row of one want, its words in other languages included.

        Parameters
        ----------
        own
            Subjects of what the member writes of themselves and offers.
        """
        if source.kind == FIELD:
            return self._field(source)
        found = self._analysed(source.text)
        power = UNTYPED_POWER if source.kind == UNTYPED else 1.0
        described = own if lacks_other_things(source) else frozenset()
        worth = asking_worth(found, power, own=described)
        asked = wishes(found, self.weights, worth)
        across: dict[str, float] = {}
        for key, _, _, weight in self._bridged(source.text):
            told = weight * bridged_worth(key, power)
            across[key] = max(told, across.get(key, 0.0))
        for key, weight in across.items():
            asked[key] = asked.get(key, 0.0) + weight
        return self._asking(asked, source)

    def _field(self, source: Source) -> Row:
        """Return the row of a member's own field: the most telling keys of the text.

        Rare words alone would often be incidental (tedious, bring, worldwide). On 1,000
        startups the industries of the three first agree by 0.292 (weighted Jaccard;
        nothing in common 8.6 %), and by 0.175 if they are hidden; with 24 keys of equal
        weight by 0.281 (10.4 %) and 0.170.
        """
        counted, worth = self._fields.get(source.text) or self._counted(source.text)
        asked: dict[str, float] = {}
        plain = {key: n for key, n in counted.items() if self._says_something(key)}
        for key, told in self.lexicon_.telling(plain, _TELLING, worth=worth):
            for other, weight in self._in_every_language(key):
                asked[other] = max(told * weight, asked.get(other, 0.0))
        return self._asking(asked, source)

    def _asking(self, asked: dict[str, float], source: Source) -> Row:
        columns, values = self.lexicon_.need(asked)
        meaning = self._meaning(source)
        return Row(columns, values, source.kind, source.weight, meaning)

    def _says_something(self, key: str) -> bool:
        """Tell concepts and whole words from sectors, beginnings, joined stems."""
        return key.startswith(CONCEPT) or self.bridges_.is_word(key)

    def _in_every_language(self, key: str) -> Iterable[tuple[str, float]]:
        code = concept_of(key)
        if code is None:
            yield key, 1.0
            for other, strength in self.bridges_.across(key).items():
                yield other, strength * self.weights.bridge
        else:
            own = key.split(":", 2)[1]
            for language in LOCALES:
                weight = self.weights.same_language if language == own else 1.0
                yield f"{CONCEPT}{language}:{code}", weight

    def _bridged(self, text: str) -> list[tuple[str, int, int, float]]:
        return bridged(units(text), self.bridges_, self.weights.bridge)

    def haves(self, member: Member) -> list[Row]:
        """Return the rows of what a member can answer a need with."""
        return [self.have(source) for source in haves(member)]

    def have(self, source: Source) -> Row:
        """Return the row of one text that may answer a need."""
        return self._answering(
            frequencies(self._analysed(source.text), self.weights), source
        )

    def links(self, need: str, offer: str, rows: tuple[Row, Row]) -> list[Link]:
        """Return what two texts share: the strongest first, general words at the end.

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
        asking = self._asking_places(need)
        told = telling_subjects(self._analysed(need))
        translated = {key for key, *_ in self._bridged(need) if bridged_worth(key) == 1}
        answering = _places(
            (one.key, one.start, one.end) for one in self._analysed(offer)
        )
        found = []
        for key, places in answering.items():
            column = self.lexicon_.column(key)
            weight = wanted.get(column, 0.0) * offered.get(column, 0.0)
            if weight > 0:
                asked = asking.get(key, [])
                # "interface" and "interpreter" begin alike, no more.
                telling = subject_of(key) in told or key in translated
                telling = telling and not key.startswith(BEGINNING)
                said = _relation(key), concept_of(key)
                link = Link(weight, *said, asked, places, telling)
                found.append((key in general_keys(), -weight, link))
        return [link for _, _, link in sorted(found, key=lambda one: one[:2])]

    def _asking_places(self, need: str) -> dict[str, list[tuple[int, int]]]:
        """Return where in a need the keys stand that it asks for, in any language."""
        places = _places(
            (f"{CONCEPT}{language}:{concept}", one.start, one.end)
            for one in self._analysed(need)
            if (concept := concept_of(one.key))
            for language in LOCALES
        )
        words = [(one.key, one.start, one.end) for one in self._analysed(need)]
        across = [(key, start, end) for key, start, end, _ in self._bridged(need)]
        for key, found in _places([*words, *across]).items():
            places.setdefault(key, found)
        return places


def read_texts(members: Iterable[Member]) -> list[str]:
    """Return the texts of members that an encoder reads, each once."""
    sources = (one for who in members for one in (*haves(who), *wants(who)))
    return list(dict.fromkeys(one.text for one in sources if one.kind != FIELD))


def _relation(key: str) -> Relation:
    if key.startswith(CONCEPT):
        return "concept"
    return "meaning" if key.startswith((BEGINNING, SECTOR)) else "term"


def _places(found: Iterable[tuple[str, int, int]]) -> dict[str, list[tuple[int, int]]]:
    places: dict[str, list[tuple[int, int]]] = {}
    for key, start, end in found:
        places.setdefault(key, []).append((start, end))
    return places
