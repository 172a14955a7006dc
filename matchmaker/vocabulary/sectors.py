"""The sector tree: names in three languages, parents, distance, free labels.

Reads ``taxonomy.csv`` once. Collaboration types of the same file are in
``collaboration``.
"""

import csv
import re
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Final

from matchmaker.vocabulary.analyzer import tokenize

LOCALES: Final = ("en", "ru", "zh")
_COLLABORATION_ROOTS: Final = ("collab", "offer", "seek")
# A label of several words must share most of them with a sector's name to be taken
# for it; below this it stays an ordinary term.
_LABEL_OVERLAP: Final = 0.6
# What forms and registers put where nobody chose a sector.
# To whom somebody sells is not in which field: half of all startups are "B2B".
_KINDS_OF_CUSTOMERS: Final = frozenset({"b2b", "b2c", "b2g", "consumer", "consumers"})
_NO_LABELS: Final = frozenset(
    """
    any|misc|miscellaneous|n a|na|no|nil|none|not applicable|not available|not specified
    null|other|other industries|other industry|other sector|others|tba|tbd|to be defined
    uncategorised|uncategorized|undefined|unknown|unspecified|various
    другая|другие|другое|другой|иное|н д|не известно|не определен|не определено
    не указан|не указана|не указано|неизвестно|нет|нет данных|прочая|прочее|прочие
    разное|другая отрасль|прочие отрасли
    不详|其他|其他行业|其它|其它行业|无|暂无|未分类|未填写|未定|未指定|未知|未选择
    """.strip()
    .replace("\n", "|")
    .replace("    ", "")
    .split("|")
)


@dataclass(frozen=True, slots=True)
class TaxonomyRow:
    """One line of the taxonomy."""

    code: str
    parent: str | None
    names: dict[str, str]

    def name(self, locale: str) -> str:
        """Return the name in a locale, English when the locale is unknown."""
        return self.names.get(locale[:2].lower()) or self.names["en"]


@lru_cache(maxsize=1)
def taxonomy() -> dict[str, TaxonomyRow]:
    """Return every row of the taxonomy by its code."""
    source = resources.files("matchmaker.vocabulary").joinpath("taxonomy.csv")
    with source.open(encoding="utf-8") as lines:
        return {
            row["code"]: TaxonomyRow(
                row["code"], row["parent"] or None, {key: row[key] for key in LOCALES}
            )
            for row in csv.DictReader(lines)
        }


@lru_cache(maxsize=1)
def _sectors() -> dict[str, TaxonomyRow]:
    return {
        code: row
        for code, row in taxonomy().items()
        if code.split(".")[0] not in _COLLABORATION_ROOTS
    }


def sector_codes() -> tuple[str, ...]:
    """Return all sector codes in the order of the tree."""
    return tuple(_sectors())


def is_sector(code: str) -> bool:
    """Tell whether a string is a sector code."""
    return code in _sectors()


def sector_name(code: str, locale: str) -> str:
    """Return a sector's name in a locale.

    Raises
    ------
    KeyError
        If the code is no sector.
    """
    return _sectors()[code].name(locale)


def sector_parent(code: str) -> str | None:
    """Return the parent of a sector, None for a top sector or an unknown code."""
    row = _sectors().get(code)
    return row.parent if row else None


@lru_cache(maxsize=256)
def sector_children(code: str) -> tuple[str, ...]:
    """Return the sub-sectors of a sector."""
    return tuple(child for child, row in _sectors().items() if row.parent == code)


def sector_distance(a: str, b: str) -> float:
    """Return how far two sectors lie apart in the tree, in [0, 1].

    0 = the same, 0.3 = one is the parent of the other, 0.5 = siblings, 1 = no common
    parent or an unknown code.
    """
    if a == b:
        return 0.0
    above_a, above_b = sector_parent(a), sector_parent(b)
    if above_a == b or above_b == a:
        return 0.3
    if above_a is not None and above_a == above_b:
        return 0.5
    return 1.0


def says_nothing(label: str) -> bool:
    """Tell whether a free label such as "Other" or «не указано» names no sector."""
    plain = " ".join(re.findall(r"\w+", label.casefold()))
    return not plain or plain in _NO_LABELS


@lru_cache(maxsize=1)
def _label_index() -> tuple[
    dict[frozenset[str], str], list[tuple[frozenset[str], str]]
]:
    exact: dict[frozenset[str], str] = {}
    parts: list[tuple[frozenset[str], str]] = []
    for code, row in _sectors().items():
        for name in row.names.values():
            key = frozenset(token.term for token in tokenize(name))
            exact.setdefault(key, code)
            parts.append((key, code))
    return exact, parts


@lru_cache(maxsize=10_000)
def match_label(label: str) -> str | None:
    """Map a free label such as "Solar energy" or «Хлопок» to a sector, or None.

    A code maps to itself. Otherwise the words of the label are compared with the names
    of the sectors in all three languages; the best overlap wins, the earlier sector in
    the tree when two are equal.
    """
    folded = label.strip().casefold()
    if is_sector(folded):
        return folded
    if says_nothing(label) or folded in _KINDS_OF_CUSTOMERS:
        return None
    wanted = frozenset(token.term for token in tokenize(label))
    if not wanted:
        return None
    exact, parts = _label_index()
    if wanted in exact:
        return exact[wanted]
    best, best_code = 0.0, None
    for names, code in parts:
        shared = len(wanted & names)
        overlap = 2 * shared / (len(wanted) + len(names))
        if overlap > best:
            best, best_code = overlap, code
    return best_code if best >= _LABEL_OVERLAP else None
