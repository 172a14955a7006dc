"""The word lists of this folder, which are data: ``words/*.csv``."""

import csv
import io
from functools import cache
from importlib import resources
from typing import Final

_FOLDER: Final = "words"


@cache
def word_rows(name: str) -> tuple[tuple[str, ...], ...]:
    """Return the rows of a list; the last cell of each is words between bars."""
    path = resources.files(__package__).joinpath(_FOLDER, f"{name}.csv")
    text = path.read_text(encoding="utf-8")
    return tuple(tuple(row) for row in csv.reader(io.StringIO(text)))


@cache
def sign_words(group: str, key: str = "") -> tuple[str, ...]:
    """Return the words of one row of ``signs.csv``."""
    return next(
        tuple(words.split("|"))
        for name, kind, words in word_rows("signs")
        if (name, kind) == (group, key)
    )


@cache
def sign_tables(group: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the rows of a group of ``signs.csv`` in order: (key, words)."""
    return tuple(
        (kind, tuple(words.split("|")))
        for name, kind, words in word_rows("signs")
        if name == group
    )
