"""What the words of a text say: much about a subject, little, or next to nothing.

"Looking for a dealer with a warehouse: we deliver drip lines, payment after
acceptance" is about drip lines. Words that every deal is written with, general words
and names of countries are met in texts of any trade, and where words are few one of
them would carry a match by itself.
"""

from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from typing import Final

from matchmaker.engine.lexicon import (
    BEGINNING,
    CONCEPT,
    JOINED,
    SECTOR,
    Occurrence,
    concept_of,
)
from matchmaker.vocabulary.analyzer import is_han
from matchmaker.vocabulary.countries import country_names, country_spellings
from matchmaker.vocabulary.misleading import (
    everyday_words,
    general_concepts,
    trade_talk_concepts,
)
from matchmaker.vocabulary.sectors import LOCALES
from matchmaker.vocabulary.terms import glossary, kept_with_glossary, terms_of, units

# What a key says about the field of a member; a concept with a sector says 1. One
# without ("durable", "trust") is met in every field, and a word that is no concept may
# be a subject or a verb of the day ("guess"). Chosen by ``Vectors._field``'s measure.
_SAYS_LESS: Final = 0.6

# The same in a need. With these true pairs among the demo's first proposals rose by a
# tenth. Markets are facts, so the name of a country in a text is hardly evidence.
_UNKNOWN: Final = 0.5
_OF_TRADE: Final = 0.35
_GENERAL: Final = 0.2
# A need without a type is often a line about a business and no letter of trade: there
# the worth is taken to this power. nDCG@10 of startups and consortia is 0.667, 0.164
# with 0, 0.668, 0.164 with 0.15, 0.668, 0.161 with 0.3; with 1 startups lose 0.01.
UNTYPED_POWER: Final = 0.15
# "LED lights for our 3 hectares of strawberries": what the seeker writes of themselves
# and offers too (strawberries) tells whose need it is, the rest what is needed. Without
# this another grower of strawberries comes before the maker of lights.
_OWN: Final = 0.2


def field_worth(found: list[Occurrence]) -> dict[str, float]:
    """Return what the words and concepts of a text say about its field, in [0, 1].

    A word says as much as the best concept it stands in; a general one says nothing.
    """
    general, known = _hardly_telling(), glossary()
    worth: dict[str, float] = {}
    covered: dict[int, float] = {}
    for one in found:
        code = concept_of(one.key)
        if code is not None and one.key not in general:
            worth[one.key] = told = 1.0 if known.sector(code) else _SAYS_LESS
            _cover(covered, one, told)
    for one in found:
        if ":" not in one.key and one.key not in general:
            told = covered.get(one.start, _SAYS_LESS)
            worth[one.key] = max(told, worth.get(one.key, 0.0))
    return worth


def subjects(found: Iterable[Occurrence]) -> frozenset[str]:
    """Return the words and concepts of a text, in whatever language it is written."""
    return frozenset(subject_of(one.key) for one in found)


def subject_of(key: str) -> str:
    """Return the concept of a key, or the key itself: one for all languages."""
    return concept_of(key) or key


def asking_worth(
    found: Iterable[Occurrence],
    power: float = 1.0,
    *,
    own: frozenset[str] = frozenset(),
) -> dict[str, float]:
    """Return what the keys of a need say about what is needed, in (0, 1].

    Parameters
    ----------
    power
        Exponent: 1 takes the worth as it is, 0 makes all keys alike.
    own
        Subjects that describe the seeker rather than what they lack.
    """
    occurrences = [one for one in found if not one.key.startswith(SECTOR)]
    covered: dict[int, float] = {}
    worth: dict[str, float] = {}
    for one in occurrences:
        if one.key.startswith(CONCEPT):
            worth[one.key] = _concept_worth(one.key)
            _cover(covered, one, worth[one.key])
    for one in occurrences:
        if ":" not in one.key:
            told = _word_worth(one, covered)
            worth[one.key] = max(told, worth.get(one.key, 0.0))
            _cover(covered, one, told)
    for one in occurrences:
        if one.key.startswith((BEGINNING, JOINED)):
            ends = covered.get(one.start, _UNKNOWN), covered.get(one.end - 1, _UNKNOWN)
            worth[one.key] = max(min(ends), worth.get(one.key, 0.0))
    return {
        key: told**power * (_OWN if subject_of(key) in own else 1.0)
        for key, told in worth.items()
    }


def telling_subjects(found: Iterable[Occurrence]) -> frozenset[str]:
    """Return the words and concepts of a text that say something about a subject."""
    worth = asking_worth(found)
    return frozenset(subject_of(key) for key, told in worth.items() if told > _OF_TRADE)


def bridged_worth(key: str, power: float = 1.0) -> float:
    """Return what a word in another language says that a need was translated to."""
    told: float = (_GENERAL if key in _hardly_telling() else 1.0) ** power
    return told


def _cover(covered: dict[int, float], one: Occurrence, told: float) -> None:
    for at in range(one.start, one.end):
        covered[at] = max(told, covered.get(at, 0.0))


def _concept_worth(key: str) -> float:
    code = concept_of(key) or ""
    if key in general_keys():
        return _GENERAL
    if code in trade_talk_concepts():
        return _OF_TRADE
    return 1.0 if glossary().sector(code) else _UNKNOWN


def _word_worth(one: Occurrence, covered: Mapping[int, float]) -> float:
    """Return the worth of a word: that of the best concept over it, if there is one."""
    told = covered.get(one.start)
    if told is None or (is_han(one.key) and one.end - 1 not in covered):
        told = _UNKNOWN
    # A country inside a name ("China clay") tells what the name tells.
    return min(told, _GENERAL) if told <= _UNKNOWN and _hardly(one.key) else told


def _hardly(key: str) -> bool:
    return key in _hardly_telling()


@kept_with_glossary
@lru_cache(maxsize=1)
def general_keys() -> frozenset[str]:
    """Return the keys of the concepts that tell no field, and of their names."""
    known = glossary().entries
    general = [known[code] for code in general_concepts() if code in known]
    names = (
        name for entry in general for each in entry.names.values() for name in each
    )
    words = (sequence[0].key for name in names if len(sequence := units(name)) == 1)
    concepts = (
        f"{CONCEPT}{language}:{entry.code}" for entry in general for language in LOCALES
    )
    return frozenset((*words, *concepts))


@kept_with_glossary
@lru_cache(maxsize=1)
def _hardly_telling() -> frozenset[str]:
    """Return general keys, those of words of every day and of names of countries."""
    everyday = (key for word in everyday_words() for key, *_ in terms_of(units(word)))
    return general_keys() | _country_keys() | frozenset(everyday)


@cache
def _country_keys() -> frozenset[str]:
    """Return the keys of names of one word, and all pairs of Han in a name.

    哈萨克斯坦 and 乌兹别克斯坦 would meet in 斯坦 otherwise.
    """
    names = (name for code in country_names("en") for name in country_spellings(code))
    cut = [[key for key, _, _ in terms_of(units(name))] for name in names]
    return frozenset(
        key for keys in cut for key in keys if len(keys) == 1 or is_han(key)
    )
