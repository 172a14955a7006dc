"""The trilingual glossary: which business concepts a text speaks of.

The entries are the CSV files in ``terms/``, one row per concept with its English,
Russian and Chinese names and synonyms. A request for «логистика» finds "freight
forwarding" and 物流 because all three lead to shared concept keys.
"""

import csv
import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from itertools import chain
from pathlib import Path
from typing import Final, Protocol, TypeVar

from matchmaker.vocabulary import misleading
from matchmaker.vocabulary.analyzer import is_han, stem, words
from matchmaker.vocabulary.bound_names import BoundName, bound_name
from matchmaker.vocabulary.sectors import (
    LOCALES,
    sector_codes,
    sector_name,
    sector_parent,
    taxonomy,
)

COLUMNS: Final = ("code", "sector", *LOCALES)
# Weights of directory keys: a concept counts as a word, the parts of a longer term
# half, and the sector above it is a hint only.
PART_WEIGHT: Final = 0.5
SECTOR_WEIGHT: Final = 0.3
# A glossary term may not reach over the end of a clause.
_CLAUSE_END: Final = re.compile(r"[.,;:!?()\[\]{}\n。，；：！？、（）【】|/]")
_PARENTHESES: Final = re.compile(r"\([^)]*\)|（[^）]*）")
_COMPOUND_NAME: Final = re.compile(r"[,&/、与和]| и ")
SECTOR_PREFIX: Final = "sector:"


class TermsFileError(ValueError):
    """A file of terms that cannot be read; the message names the file."""


class _Cache(Protocol):
    def cache_clear(self) -> None: ...


_Kept = TypeVar("_Kept", bound=_Cache)
# What was computed from the glossary of this process, and whose own terms it knows.
_kept: Final[list[Callable[[], None]]] = []
_own: Final[list["Entry"]] = []


def kept_with_glossary(cached: _Kept) -> _Kept:
    """Clear a cache when the glossary changes; for what is computed from it."""
    _kept.append(cached.cache_clear)
    return cached


@dataclass(frozen=True, slots=True)
class Entry:
    """One concept: its code, nearest sector and names by language, best first."""

    code: str
    sector: str | None
    names: dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class ConceptMatch:
    """A concept found in a text; ``part`` marks a piece of a longer match."""

    code: str
    start: int
    end: int
    part: bool = False


@dataclass(frozen=True, slots=True)
class Unit:
    """The smallest thing the glossary compares: a stem or one Han character."""

    key: str
    start: int
    end: int


def units(text: str) -> list[Unit]:
    """Split a text into stems and single Han characters with original offsets."""
    found: list[Unit] = []
    for word, start, end in words(text):
        if is_han(word):
            found.extend(
                Unit(char, start + at, start + at + 1) for at, char in enumerate(word)
            )
        else:
            found.append(Unit(stem(word), start, end))
    return found


def _bound(code: str, name: str, sequence: list[Unit]) -> BoundName | None:
    if not sequence:
        return None
    return bound_name(code, name, sequence[0].start, sequence[-1].end)


@dataclass(slots=True)
class Glossary:
    """Concepts by code, and the index that finds their names in a text."""

    entries: dict[str, Entry]
    senses: tuple[misleading.Sense, ...] = ()
    _codes: dict[tuple[str, ...], tuple[str, ...]] = field(init=False, repr=False)
    _bounds: dict[tuple[str, ...], list[BoundName]] = field(init=False, repr=False)
    _lengths: dict[str, tuple[int, ...]] = field(init=False, repr=False)
    _doubts: misleading.Doubts = field(init=False, repr=False)

    def __post_init__(self) -> None:
        codes: dict[tuple[str, ...], dict[str, None]] = {}
        self._bounds = {}
        for entry in self.entries.values():
            for name in chain.from_iterable(entry.names.values()):
                plain = _PARENTHESES.sub("", name)
                sequence = units(plain)
                key = tuple(unit.key for unit in sequence)
                bound = _bound(entry.code, plain, sequence)
                if bound:
                    codes.setdefault(key, {})
                    self._bounds.setdefault(key, []).append(bound)
                elif key:
                    codes.setdefault(key, {})[entry.code] = None
        lengths: dict[str, set[int]] = {}
        for key in codes:
            lengths.setdefault(key[0], set()).add(len(key))
        self._codes = {key: tuple(found) for key, found in codes.items()}
        self._lengths = {
            first: tuple(sorted(found, reverse=True))
            for first, found in lengths.items()
        }
        named = {
            key: {*found, *(bound.code for bound in self._bounds.get(key, ()))}
            for key, found in codes.items()
        }
        self._doubts = misleading.doubted(self.senses, named, units)

    def name(self, code: str, locale: str) -> str:
        """Return the best name of a concept in a locale, English when there is none."""
        if code.startswith(SECTOR_PREFIX):
            return sector_name(code.removeprefix(SECTOR_PREFIX), locale)
        names = self.entries[code].names
        return (names.get(locale[:2].lower()) or names["en"])[0]

    def sector(self, code: str) -> str | None:
        """Return the sector nearest to a concept."""
        entry = self.entries.get(code)
        return entry.sector if entry else None

    def find(self, text: str) -> list[ConceptMatch]:
        """Find concepts in a text: the longest terms, then the parts inside them."""
        return self.find_units(units(text), text)

    def find_units(self, sequence: list[Unit], text: str) -> list[ConceptMatch]:
        """Find concepts in a text that was already cut into units."""
        keys = tuple(unit.key for unit in sequence)
        found: list[ConceptMatch] = []
        at = 0
        while at < len(keys):
            length, codes = self._longest(keys, at, sequence, text)
            if not length:
                at += 1
                continue
            start, end = sequence[at].start, sequence[at + length - 1].end
            found.extend(ConceptMatch(code, start, end) for code in codes)
            if length > 1:
                found.extend(self._parts(keys, sequence, at, length, text))
            at += length
        return found

    def _longest(
        self, keys: tuple[str, ...], at: int, sequence: list[Unit], text: str
    ) -> tuple[int, tuple[str, ...]]:
        """Return how many units the longest name takes, and what it stands for."""
        for length in self._lengths.get(keys[at], ()):
            if length > len(keys) - at:
                continue
            codes = self._named(keys, at, length, sequence, text)
            if not codes:
                continue
            gaps = zip(sequence[at:], sequence[at + 1 : at + length], strict=False)
            if all(
                right.start - left.end <= 1
                or not _CLAUSE_END.search(text[left.end : right.start])
                for left, right in gaps
            ):
                return length, codes
        return 0, ()

    def _named(
        self,
        keys: tuple[str, ...],
        at: int,
        length: int,
        sequence: list[Unit],
        text: str,
    ) -> tuple[str, ...]:
        """Return the concepts of some units that stand in a row."""
        key = keys[at : at + length]
        codes = self._codes.get(key)
        if codes is None or not (key in self._bounds or key in self._doubts):
            return codes or ()
        start, end = sequence[at].start, sequence[at + length - 1].end
        bounds = self._bounds.get(key, ())
        told = (*codes, *(one.code for one in bounds if one.holds(text, start, end)))
        doubts = self._doubts.get(key, {})
        return tuple(
            code
            for code in dict.fromkeys(told)
            if code not in doubts or doubts[code].means(text, start, end)
        )

    def _parts(
        self,
        keys: tuple[str, ...],
        sequence: list[Unit],
        at: int,
        length: int,
        text: str,
    ) -> Iterator[ConceptMatch]:
        for first in range(at, at + length):
            for size in self._lengths.get(keys[first], ()):
                if first + size > at + length or size >= length:
                    continue
                start, end = sequence[first].start, sequence[first + size - 1].end
                for code in self._named(keys, first, size, sequence, text):
                    yield ConceptMatch(code, start, end, part=True)


def read_entries(lines: Iterable[str]) -> Iterator[Entry]:
    """Read glossary rows; a row half written is left out (``terms-check`` names it)."""
    for row in csv.DictReader(lines):
        if not row.get("code") or not all(row.get(key) for key in LOCALES):
            continue
        names = {
            key: tuple(name.strip() for name in row[key].split("|") if name.strip())
            for key in LOCALES
        }
        if all(names.values()):
            yield Entry(row["code"], row.get("sector") or None, names)


def glossary_files() -> list[Path]:
    """Return the CSV files of the glossary in the order of their names."""
    folder = Path(str(resources.files("matchmaker.vocabulary"))) / "terms"
    return sorted(folder.glob("*.csv"))


def own_files(folder: Path) -> list[Path]:
    """Return an organisation's own files of terms; none without the folder."""
    return sorted(path for path in folder.glob("*.csv") if path.name[0] != ".")


def use_own_terms(folder: Path) -> int:
    """Let this process also know the terms of a folder; return how many concepts.

    To be called at start: what was analysed before keeps the keys it was given. Files
    that were checked by ``terms-add`` are read whole; a row half written is left out.

    Raises
    ------
    TermsFileError
        If a file cannot be read; the terms known so far stay in use.
    """
    found = [entry for path in own_files(folder) for entry in _read_own(path)]
    if found != _own:
        _own[:] = found
        for clear in _kept:
            clear()
    return len({entry.code for entry in found})


def _read_own(path: Path) -> list[Entry]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            return list(read_entries(lines))
    except OSError as error:
        raise TermsFileError(f"{path}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise TermsFileError(f"{path}: not UTF-8 text") from error
    except csv.Error as error:
        raise TermsFileError(f"{path}: not CSV ({error})") from error


def _sector_entries() -> Iterator[Entry]:
    """Sectors are concepts too, where their name is one thing and not a list."""
    for code in sector_codes():
        names: dict[str, tuple[str, ...]] = {
            key: () if _COMPOUND_NAME.search(name) else (name,)
            for key, name in taxonomy()[code].names.items()
        }
        if any(names.values()):
            yield Entry(SECTOR_PREFIX + code, code, names)


def _merge(entries: Iterable[Entry]) -> dict[str, Entry]:
    """Join rows of several files that share a code."""
    merged: dict[str, Entry] = {}
    for entry in entries:
        known = merged.get(entry.code)
        if known:
            names = {
                key: tuple(dict.fromkeys(known.names[key] + entry.names[key]))
                for key in LOCALES
            }
            merged[entry.code] = Entry(entry.code, known.sector or entry.sector, names)
        else:
            merged[entry.code] = entry
    return merged


@kept_with_glossary
@lru_cache(maxsize=1)
def glossary() -> Glossary:
    """Return the glossary of the project with own terms, read once per process."""
    return Glossary(_merge([*_entries(), *_sector_entries()]), misleading.senses())


def _entries() -> list[Entry]:
    """Read the entries of the project; the organisation's own follow."""
    entries: list[Entry] = []
    for path in glossary_files():
        with path.open(encoding="utf-8", newline="") as lines:
            entries.extend(read_entries(lines))
    return [*entries, *_own]


@kept_with_glossary
@lru_cache(maxsize=1)
def glossary_digest() -> str:
    """Return a hash of all terms known; another one means that texts have other keys.

    What is kept between starts and was made from texts is old when this has changed.
    """
    known = [(entry.code, entry.sector, entry.names) for entry in _entries()]
    general, trade = misleading.general_concepts(), misleading.trade_talk_concepts()
    lists = map(sorted, (general, trade, misleading.everyday_words()))
    told = (known, misleading.senses(), *lists)
    return hashlib.sha256(repr(told).encode()).hexdigest()


def sector_keys(sector: str | None) -> dict[str, float]:
    """Return the directory keys of a sector and of those above it."""
    keys: dict[str, float] = {}
    weight = SECTOR_WEIGHT
    while sector:
        keys["s:" + sector] = weight
        weight /= 2
        sector = sector_parent(sector)
    return keys


def index_terms(text: str) -> dict[str, float]:
    """Return the keys under which a text is found, with their weights.

    Stems count 1, concepts (``c:<code>``) 1 and their parts less, the sectors above a
    concept (``s:<sector>``) a fraction; a key found again keeps its highest weight.
    Empty for a text without letters or digits.
    """
    known = glossary()
    sequence = units(text)
    keys = dict.fromkeys(stems_of(sequence), 1.0)
    for match in known.find_units(sequence, text):
        weight = PART_WEIGHT if match.part else 1.0
        if not match.code.startswith(SECTOR_PREFIX):
            key = "c:" + match.code
            keys[key] = max(weight, keys.get(key, 0.0))
        for key, share in sector_keys(known.sector(match.code)).items():
            keys[key] = max(share * weight, keys.get(key, 0.0))
    return keys


def stems_of(sequence: list[Unit]) -> Iterator[str]:
    """Turn glossary units into the terms of ``analyzer.tokenize``."""
    for term, _, _ in terms_of(sequence):
        yield term


def terms_of(sequence: list[Unit]) -> Iterator[tuple[str, int, int]]:
    """Turn units into terms with offsets: stems, pairs of Han characters."""
    for at, unit in enumerate(sequence):
        if not is_han(unit.key):
            yield unit.key, unit.start, unit.end
            continue
        following = sequence[at + 1] if at + 1 < len(sequence) else None
        before = sequence[at - 1] if at else None
        if following and following.start == unit.end and is_han(following.key):
            yield unit.key + following.key, unit.start, following.end
        elif not (before and before.end == unit.start and is_han(before.key)):
            yield unit.key, unit.start, unit.end
