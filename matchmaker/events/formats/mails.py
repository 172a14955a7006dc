"""Mail addresses: read, repaired where only one repair is possible, or refused."""

import re
import unicodedata
from functools import lru_cache
from typing import Final

from matchmaker.events.formats.word_lists import sign_words

_PLAIN: Final = re.compile(
    r"[A-Za-z0-9._%+/=!#$&*?^`{|}~'-]{1,64}@(?:[\w](?:[\w-]{0,61}[\w])?\.)+[^\W\d_]"
    r"[\w-]{0,61}[\w]"
)
_FIND: Final = re.compile(
    r"(?<![A-Za-z0-9._%+\-а-яёА-ЯЁ])"  # never the rest of a longer word
    r"[A-Za-z0-9._%+/=!#$&*?^`{|}~'-]{1,64}@(?:[\w-]{1,63}\.)+[^\W\d_][\w-]{1,62}"
)
_AT: Final = re.compile(
    r"\s*(?:\(at\)|\[at\]|\{at\}|<at>|\(@\)|\[@\]|\(собака\)|\[собака\]| at |"
    r" собака )\s*",
    re.IGNORECASE,
)
_DOT: Final = re.compile(
    r"\s*(?:\(dot\)|\[dot\]|\{dot\}|\(точка\)| dot )\s*", re.IGNORECASE
)
_LABEL: Final = re.compile(
    r"^(?:mailto|e-?mail|mail|почта|邮箱|эл\.? ?почта)\s*[:：]\s*", re.IGNORECASE
)
#: Cyrillic letters that are typed for Latin ones with the keyboard left switched.
_LOOKALIKES: Final = str.maketrans("асеорхуАВСЕНКМОРТХ", "aceopxyABCEHKMOPTX")
_LONGEST: Final = 254  # characters, RFC 5321
_LOOKED_AT: Final = 600  # characters of a cell in which an address is looked for
#: Addresses of a desk, not of a person.
_DESKS: Final = frozenset(sign_words("desk"))


def parse_mail(text: str) -> tuple[str | None, bool]:
    """Return the address in small letters, and whether it had to be repaired.

    None when the text is no address and cannot be made one without guessing.
    """
    if (
        text.isascii()
        and text[:1] != "'"
        and _PLAIN.fullmatch(text)
        and _is_sound(text)
    ):
        return text.lower(), False
    return _repaired(text[:_LOOKED_AT])


@lru_cache(maxsize=4_000)
def _repaired(text: str) -> tuple[str | None, bool]:
    tidy = unicodedata.normalize("NFKC", text).strip().replace("。", ".")
    tidy = _LABEL.sub("", tidy)
    inside = re.search(r"<\s*(?:mailto:)?([^<>]+@[^<>]+)\s*>", tidy)
    if inside:
        tidy = inside[1]
    tidy = tidy.strip(" \t\n<>()[]\"'`.,;:|«»“”")
    tidy = _DOT.sub(".", _AT.sub("@", tidy))
    if _is_sound(tidy):
        return tidy.lower(), tidy.lower() != text.strip().lower()
    found = find_mails(tidy)
    if found:
        return found[0], True
    local, at, domain = tidy.partition("@")
    if not at or "@" in domain.strip("@"):
        return None, False
    # The slips of a hand: blanks, a comma for the dot, two dots, two signs.
    domain = re.sub(r"[,;]", ".", re.sub(r"\s+", "", domain.strip("@")))
    local = re.sub(r"\s+", "", local)
    closed = re.sub(r"\.{2,}", ".", f"{local}@{domain}")
    for candidate in (closed, closed.translate(_LOOKALIKES)):
        if _is_sound(candidate):
            return candidate.lower(), True
    return None, False


def _is_sound(address: str) -> bool:
    if len(address) > _LONGEST or ".." in address or not _PLAIN.fullmatch(address):
        return False
    local = address.partition("@")[0]
    return not (local.startswith(".") or local.endswith("."))


def find_mails(text: str) -> list[str]:
    """Return every address in a free text, in order and once."""
    if "@" not in text:
        return []
    found = (match.strip("'.").lower() for match in _FIND.findall(text))
    return list(dict.fromkeys(mail for mail in found if _is_sound(mail)))


def is_desk(address: str) -> bool:
    """Tell whether an address belongs to a desk, like info@, and to nobody's name."""
    local = address.partition("@")[0].partition("+")[0]
    return local.strip("0123456789._-") in _DESKS
