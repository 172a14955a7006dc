"""Answers of several choices in one cell, taken apart into the labels ticked.

Options may contain the very comma that joins them ("Textiles, apparel & leather").
Known labels of the taxonomy are matched first, the longest one wins; then what the
other cells of the column show.
"""

import re
from collections import Counter
from collections.abc import Iterable
from functools import cache
from typing import Final

from matchmaker.vocabulary.sectors import LOCALES, sector_codes, sector_name

_HARD: Final = re.compile(r"[┋;；|\n•·⏐❘]")
_HAN_COMMA: Final = re.compile(r"[、，]")
_SOFT: Final = re.compile(r",\s+|，|、")
_OPTION: Final = re.compile(
    r"^(?:[A-Za-zА-Яа-я][.、)）]|\d{1,2}[.、)）]|[-–•✓])\s*(?=\S)"
)
_OTHER: Final = re.compile(
    r"^(?:其他|其它|другое|other)\s*[〖:：(（]\s*(.+?)\s*[〗)）]?$", re.IGNORECASE
)


@cache
def _known_labels() -> dict[str, int]:
    """Return folded sector names that contain a comma, with their count of commas."""
    names = (sector_name(code, loc) for code in sector_codes() for loc in LOCALES)
    return {_fold(name): name.count(",") for name in names if "," in name}


def _fold(label: str) -> str:
    return re.sub(r"\W+", " ", label.casefold().replace("ё", "е")).strip()


def split_hard(cell: str) -> tuple[str, ...]:
    """Split at separators no option contains; a whole without any stays whole."""
    return _labels(_HARD.split(cell))


def _labels(parts: Iterable[str]) -> tuple[str, ...]:
    found = []
    for part in parts:
        bare = _OPTION.sub("", part.strip())
        other = _OTHER.match(bare)
        bare = (other[1] if other else bare).strip(" ,;.")
        if bare:
            found.append(bare)
    return tuple(dict.fromkeys(found))


class ChoiceColumn:
    """The labels of one column, learnt from all its cells.

    Parameters
    ----------
    cells
        All cells of the column, to see which pieces only occur together.
    """

    def __init__(self, cells: Iterable[str]) -> None:
        self._after: dict[str, Counter[str]] = {}
        self._alone: set[str] = set()
        self._splits: dict[str, tuple[str, ...]] = {}
        for cell in set(cells):
            if _HARD.search(cell):
                continue
            parts = [part.strip() for part in _SOFT.split(cell) if part.strip()]
            if len(parts) == 1:
                self._alone.add(_fold(cell))
            for before, part in zip(["", *parts], parts, strict=False):
                self._after.setdefault(_fold(part), Counter())[_fold(before)] += 1

    def split(self, cell: str) -> tuple[str, ...]:
        """Return the labels of a cell of this column."""
        if cell not in self._splits:
            self._splits[cell] = self._split(cell)
        return self._splits[cell]

    def _split(self, cell: str) -> tuple[str, ...]:
        if _HARD.search(cell.strip(" ;；\n")) or cell.rstrip().endswith(
            (";", "；", "┋")
        ):
            return split_hard(cell)
        if _HAN_COMMA.search(cell) and "," not in cell:
            return _labels(_HAN_COMMA.split(cell))
        parts = [part.strip() for part in _SOFT.split(cell) if part.strip()]
        labels: list[str] = []
        at = 0
        while at < len(parts):
            size = self._size(parts, at)
            labels.append(", ".join(parts[at : at + size]))
            at += size
        return _labels(labels)

    def _size(self, parts: list[str], at: int) -> int:
        """Return of how many pieces the label that starts here consists."""
        for size in range(min(5, len(parts) - at), 1, -1):
            if _fold(", ".join(parts[at : at + size])) in _known_labels():
                return size
        size = 1
        while at + size < len(parts) and self._goes_on(parts, at + size):
            size += 1
        return size

    def _goes_on(self, parts: list[str], at: int) -> bool:
        """Tell whether a piece continues the label before it.

        It does when it begins small in a cell of capitals, never stands alone and
        has always followed the same piece.
        """
        part = parts[at]
        key = _fold(part)
        # A list typed in small letters throughout says nothing by its case.
        capitals = sum(1 for piece in parts if piece[:1].isupper())
        bound = part[:1].islower() and capitals > 0 and parts[0][:1].isupper()
        only = len(self._after.get(key, ())) == 1
        return (
            bound and only and key not in self._alone and capitals + 1 >= len(parts) / 2
        )
