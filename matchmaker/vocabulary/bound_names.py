"""Names that mean something else without a word that searching leaves out.

A can opener is nothing that opens, IT support is no support, «без сахара» no sugar.
Such a name stands for its concept only where that word stands beside it.
"""

import re
from dataclasses import dataclass
from typing import Final

from matchmaker.vocabulary.analyzer import fold, stem

# Of the stop words of the analyzer those that change what a name means; the others
# (of, for, «для») only glue.
_TELLING: Final = frozenset(
    {
        *("all", "can", "d", "down", "how", "i", "it", "no", "not", "off", "out"),
        *("own", "t", "than", "under", "up", "will", "без", "не", "по", "под"),
    }
)
_WORD: Final = re.compile(r"\w+")
_NEAR: Final = 24  # characters looked at on each side of a name


@dataclass(frozen=True, slots=True)
class BoundName:
    """A name of a concept with the words that must stand around it."""

    code: str
    before: tuple[str, ...]
    after: tuple[str, ...]

    def holds(self, text: str, start: int, end: int) -> bool:
        """Tell whether the words stand where the name has them."""
        left = _WORD.findall(text[max(0, start - _NEAR) : start])
        right = _WORD.findall(text[end : end + _NEAR])
        close = left[max(0, len(left) - len(self.before)) :], right[: len(self.after)]
        return all(
            len(found) == len(told) and all(map(_is_same, found, told))
            for found, told in zip(close, (self.before, self.after), strict=True)
        )


def _is_same(found: str, told: str) -> bool:
    """Compare words; what is written in capitals, as IT, is another word than it."""
    return found == told if told.isupper() else stem(fold(found)) == stem(fold(told))


def bound_name(code: str, name: str, start: int, end: int) -> BoundName | None:
    """Return what a name is bound to, None if to nothing.

    Parameters
    ----------
    start, end
        The part of the name that searching heeds.
    """
    before, after = _WORD.findall(name[:start]), _WORD.findall(name[end:])
    if any(word.casefold() in _TELLING for word in (*before, *after)):
        return BoundName(code, tuple(before), tuple(after))
    return None
