"""The trilingual glossary: which business concepts a text speaks of.

The entries are the CSV files in ``terms/``, one row per concept with its English,
Russian and Chinese names and synonyms. A request for «логистика» finds "freight
forwarding" and 物流 because all three lead to shared concept keys.
"""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Final

from matchmaker.vocabulary.analyzer import is_han, stem, words
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


@dataclass(slots=True)
class Glossary:
    """Concepts by code, and the index that finds their names in a text."""

    entries: dict[str, Entry]
    _codes: dict[tuple[str, ...], tuple[str, ...]] = field(init=False, repr=False)
    _lengths: dict[str, tuple[int, ...]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        codes: dict[tuple[str, ...], dict[str, None]] = {}
        for entry in self.entries.values():
            for names in entry.names.values():
                for name in names:
                    key = tuple(u.key for u in units(_PARENTHESES.sub("", name)))
                    if key:
                        codes.setdefault(key, {})[entry.code] = None
        lengths: dict[str, set[int]] = {}
        for key in codes:
            lengths.setdefault(key[0], set()).add(len(key))
        self._codes = {key: tuple(found) for key, found in codes.items()}
        self._lengths = {
            first: tuple(sorted(found, reverse=True))
            for first, found in lengths.items()
        }

    def with_extra(self, path: Path) -> "Glossary":
        """Return a glossary that also knows the terms of one more CSV file.

        Raises
        ------
        OSError
            If the file cannot be read.
        """
        with path.open(encoding="utf-8-sig", newline="") as lines:
            extra = {entry.code: entry for entry in read_entries(lines)}
        return Glossary({**self.entries, **extra})

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
            length = self._longest(keys, at, len(keys) - at, sequence, text)
            if not length:
                at += 1
                continue
            found.extend(self._matches(keys, sequence, at, length, part=False))
            if length > 1:
                found.extend(self._parts(keys, sequence, at, length))
            at += length
        return found

    def _longest(
        self, keys: tuple[str, ...], at: int, room: int, sequence: list[Unit], text: str
    ) -> int:
        for length in self._lengths.get(keys[at], ()):
            if length > room or keys[at : at + length] not in self._codes:
                continue
            gaps = zip(sequence[at:], sequence[at + 1 : at + length], strict=False)
            if all(
                right.start - left.end <= 1
                or not _CLAUSE_END.search(text[left.end : right.start])
                for left, right in gaps
            ):
                return length
        return 0

    def _matches(
        self,
        keys: tuple[str, ...],
        sequence: list[Unit],
        at: int,
        length: int,
        *,
        part: bool,
    ) -> Iterator[ConceptMatch]:
        start, end = sequence[at].start, sequence[at + length - 1].end
        for code in self._codes[keys[at : at + length]]:
            yield ConceptMatch(code, start, end, part)

    def _parts(
        self, keys: tuple[str, ...], sequence: list[Unit], at: int, length: int
    ) -> Iterator[ConceptMatch]:
        for first in range(at, at + length):
            for size in self._lengths.get(keys[first], ()):
                inside = first + size <= at + length and size < length
                if inside and keys[first : first + size] in self._codes:
                    yield from self._matches(keys, sequence, first, size, part=True)


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
            yield Entry(row["code"], row["sector"] or None, names)


def glossary_files() -> list[Path]:
    """Return the CSV files of the glossary in the order of their names."""
    folder = Path(str(resources.files("matchmaker.vocabulary"))) / "terms"
    return sorted(folder.glob("*.csv"))


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


@lru_cache(maxsize=1)
def glossary() -> Glossary:
    """Return the glossary that comes with the project, read once per process."""
    entries: list[Entry] = []
    for path in glossary_files():
        with path.open(encoding="utf-8", newline="") as lines:
            entries.extend(read_entries(lines))
    return Glossary(_merge([*entries, *_sector_entries()]))


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
