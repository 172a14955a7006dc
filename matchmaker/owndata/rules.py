"""Plain values of the room: words taken out of other people's texts, and hashes."""

import hashlib
import json
import re
from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Final

#: How long a copy of one's data can be downloaded.
KEPT: Final = timedelta(days=1)
#: After so long a copy that is being made counts as dropped by its worker.
STUCK: Final = timedelta(minutes=15)
#: What stands where a name, an address or a quoted text stood.
GAP: Final = "[…]"
_SHORTEST: Final = 2  # characters; a Chinese name has two
_PHONE: Final = re.compile(r"\+?\d[\d\s().\-]{5,}\d")
_HAN: Final = re.compile(r"[\u3400-\u9fff]")


def erasure_digest(public_id: str) -> str:
    """Return the hash by which somebody is known as erased.

    It needs no key: the public id is random, nobody can try all of them, and a list
    that only one SECRET_KEY could read would be lost with the key.
    """
    return hashlib.sha256(f"erased:{public_id}".encode()).hexdigest()


class Redactor:
    """Takes what names a person out of texts that others wrote to them.

    Parameters
    ----------
    words
        Names in full, addresses, phone numbers, quoted texts. Short and blank ones
        are left out; a phone number is found however it is grouped.
    """

    def __init__(self, words: Iterable[str]) -> None:
        self.words = sorted(
            {one.strip() for one in words if len(one.strip()) >= _SHORTEST},
            key=lambda one: (-len(one), one),
        )
        self._pattern = re.compile(
            "|".join(_pattern(one) for one in self.words) or r"(?!)", re.IGNORECASE
        )

    def clean(self, text: str) -> str:
        """Return a text with a gap for each of the words."""
        return self._pattern.sub(GAP, text)

    def finds(self, value: Any) -> bool:  # noqa: ANN401  a value of a JSON column
        """Tell whether one of the words stands in a text, or deep in a value."""
        text = (
            value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        )
        return self._pattern.search(text) is not None


def _pattern(word: str) -> str:
    if _PHONE.fullmatch(word):
        return r"\+?" + r"[\s().\-]*".join(re.findall(r"\d", word))
    # White space may have been folded where the word was quoted.
    inner = r"\s+".join(re.escape(part) for part in word.split())
    before = r"(?<!\w)" if word[0].isalnum() and not _HAN.match(word[0]) else ""
    after = r"(?!\w)" if word[-1].isalnum() and not _HAN.match(word[-1]) else ""
    return f"{before}{inner}{after}"
