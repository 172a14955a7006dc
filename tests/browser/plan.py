"""Which page is looked at in which language, colours and width: every pair once.

Four things vary besides the page: language, light or dark, who chose that (the
system or the site's switch), and width. All 24 combinations of all pages would
take minutes and find what the pairs find.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

LANGUAGES = ("en", "ru", "zh")
COLOURS = ("light", "dark")
CHOOSERS = ("system", "switch")
WIDTHS = (390, 1280)
#: Three visits of a page; each row holds both values of each of the three factors
#: and the rows together hold every pair of them.
_VISITS = (
    ((0, 0, 0), (1, 1, 0), (0, 1, 1)),
    ((1, 0, 1), (0, 0, 0), (1, 1, 0)),
    ((0, 1, 1), (1, 0, 1), (0, 0, 0)),
    ((1, 1, 0), (0, 1, 1), (1, 0, 1)),
)


@dataclass(frozen=True, slots=True)
class Look:
    """One page as one person sees it."""

    page: str
    language: str
    colours: str
    chooser: str
    width: int


def looks(pages: Sequence[str]) -> Iterator[Look]:
    """Return three looks at each page, one in each language."""
    for number, page in enumerate(pages):
        visits = _VISITS[number % len(_VISITS)]
        for language, (colours, chooser, width) in zip(LANGUAGES, visits, strict=True):
            yield Look(
                page, language, COLOURS[colours], CHOOSERS[chooser], WIDTHS[width]
            )


def missing_pairs(plan: Sequence[Look], pages: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the pairs of values that no look of the plan has."""
    factors = {
        "page": pages,
        "language": LANGUAGES,
        "colours": COLOURS,
        "chooser": CHOOSERS,
        "width": WIDTHS,
    }
    return [
        (f"{one}={a}", f"{other}={b}")
        for one, other in combinations(factors, 2)
        for a in factors[one]
        for b in factors[other]
        if not any(getattr(x, one) == a and getattr(x, other) == b for x in plan)
    ]
