"""Plain values of trust: how alike two texts are, and who is new.

Texts are compared by sketches (MinHash; Broder 1997): the share of equal numbers
estimates how many three-letter shingles two texts have in common, and the text cannot
be read back. With 128 numbers the estimate errs by 0.03 (one standard deviation).
"""

import re
import unicodedata
import zlib
from collections.abc import Iterable
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from matchmaker.errors import DomainError

SHINGLE = 3  # characters
PERMUTATIONS = 128
#: A shorter text ("Thank you, see you on Monday") is nobody's mass mailing.
SHORTEST = 60  # letters; a Han character says as much as three
_HAN_WORTH = 3
_PRIME = np.uint64((1 << 31) - 1)  # products of two numbers below it fit in 64 bits
_OTHER = re.compile(r"[\W\d_]+")
_DICE = np.random.default_rng(20261122)  # fixed: sketches of all time are comparable
_FACTORS = _DICE.integers(1, int(_PRIME), PERMUTATIONS, dtype=np.uint64)
_SHIFTS = _DICE.integers(0, int(_PRIME), PERMUTATIONS, dtype=np.uint64)

Sketches = NDArray[np.uint32]


def plain(text: str, *, without: Iterable[str] = ()) -> str:
    """Return a text in lower case without signs, digits, and some names.

    A mailing that only changes the name in its greeting is the same text.
    """
    words = unicodedata.normalize("NFKC", text).casefold()
    for name in without:
        for word in _OTHER.split(unicodedata.normalize("NFKC", name).casefold()):
            if len(word) > 1:
                words = words.replace(word, " ")
    return " ".join(part for part in _OTHER.split(words) if part)


def sketch(text: str, *, without: Iterable[str] = ()) -> bytes | None:
    """Return what a text is compared by; None if it is too short to say anything."""
    words = plain(text, without=without)
    letters = sum(_HAN_WORTH if "一" <= sign <= "鿿" else 1 for sign in words)
    if letters < SHORTEST:
        return None
    shingles = {words[at : at + SHINGLE] for at in range(len(words) - SHINGLE + 1)}
    keys = np.array(
        sorted(zlib.crc32(one.encode()) for one in shingles), dtype=np.uint64
    )
    mixed = (keys % _PRIME)[:, None] * _FACTORS + _SHIFTS
    return bytes((mixed % _PRIME).min(axis=0).astype("<u4").tobytes())


def alike(one: bytes, others: Iterable[bytes]) -> NDArray[np.float64]:
    """Return the share of common shingles (Dice) of a text with each of others."""
    rows = [np.frombuffer(other, "<u4") for other in others]
    if not rows:
        return np.zeros(0)
    same = np.stack(rows) == np.frombuffer(one, "<u4")
    jaccard = same.mean(axis=1)
    return np.asarray(2 * jaccard / (1 + jaccard), float)


def is_new(since: datetime, moment: datetime, days: int) -> bool:
    """Tell whether an account is still in its first days."""
    return moment - since < timedelta(days=days)


def check_first_contacts(used: int, most: int, *, new: bool) -> None:
    """Refuse a further request to somebody new on one day.

    Raises
    ------
    DomainError
        ``pace-new`` in the first days of an account, later ``pace-day``.
    """
    if used >= most:
        raise DomainError("pace-new" if new else "pace-day", status=429)


def is_burst(today: int, usual: float, *, least: int, times: int) -> bool:
    """Tell whether a day is far beyond what somebody usually does."""
    return today >= least and today >= times * usual
