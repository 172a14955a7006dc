"""What tells a participant from a host, a machine, a refusal or a sum.

The words are in ``words/signs.csv``; each function answers one question about one
cell.
"""

import re
from functools import cache, lru_cache
from typing import Final

from matchmaker.events.formats.word_lists import sign_tables, sign_words

#: Longer names are texts; patterns are not tried on them.
_LONGEST: Final = 80  # characters
_MAKES: Final = (
    "galaxy|samsung|iphone|i-phone|ipad|imac|macbook|android|phone|laptop|手机|xiaomi|"
    "redmi|huawei|honor|note|tab|телефон"
)
_OWNER: Final = re.compile(
    rf"^(?:(?P<s>.{{2,40}}?)(?:['’`]s|s['’]|的)\s*(?:{_MAKES})\b.{{0,30}}"
    rf"|(?P<s2>[\u3400-\u9fff]{{2,4}})的.{{1,12}}"
    rf"|(?:{_MAKES})(?: air| pro)?\s*(?:\((?P<b>.{{3,40}})\)|[-–—:]\s*(?P<d>.{{3,40}})"
    r"|(?:пользователя|user|von|de|di|van)\s+(?P<of>.{3,40})"
    r"|(?P<c>[А-ЯЁ][а-яё]{2,20}(?:\s[А-ЯЁ][а-яё]{1,20})?)))$",
    re.IGNORECASE,
)
_TOTAL_TAIL: Final = (
    r"(?=\s*(?:$|[:：\d(=—–-]|участн|человек|чел|people|persons|participants|attendees|"
    r"registr|по |人|général|general|зарег|присут))"
)
_TOTAL_OTHER: Final = re.compile(
    r"^共\s*\d+\s*[人位名]|^(?:количество|кол-во|число|number of|人数)\b.*\d",
    re.IGNORECASE,
)


@cache
def _bot() -> re.Pattern[str]:
    words, anywhere = sign_words("bot", "pattern"), sign_words("bot", "anywhere")
    pattern = rf"\b(?:{'|'.join(words)})\b|{'|'.join(anywhere)}"
    return re.compile(pattern, re.IGNORECASE)


@cache
def _device() -> re.Pattern[str]:
    make, model, whole = (
        "|".join(sign_words("device", kind)) for kind in ("make", "model", "whole")
    )
    # Parts of a model need a blank or a mark between them: without it the pattern
    # could cut a run of digits in countless ways.
    named = rf"(?:my |the )?(?:{make})(?:[\s’'-]?(?:{model}))?(?:[\s’',-]+(?:{model}))*"
    return re.compile(rf"^(?:{named}|{whole})$", re.IGNORECASE)


@cache
def _total() -> re.Pattern[str]:
    words = "|".join(sign_words("total"))
    return re.compile(rf"^(?:{words}){_TOTAL_TAIL}", re.IGNORECASE)


def _first(text: str, group: str) -> str:
    for name, words in sign_tables(group):
        if any(word in text for word in words):
            return name
    return ""


def _says(text: str, group: str) -> bool:
    return any(word in text for word in sign_words(group))


@lru_cache(maxsize=2_000)
def read_status(text: str) -> tuple[str, str, bool | None]:
    """Return why the row is no participant, else what is open, and whether they came.

    "attending" is neither refused nor open, and nobody knows yet who will come.
    """
    words = " ".join(text.casefold().replace("_", " ").split())
    if _says(words, "missed"):
        return "", "", False
    open_ = _first(words, "open")
    if refused := _first(words, "refused"):
        return refused, "", None
    came = _says(words, "came") and "not " not in words and not open_
    return "", open_, True if came else None


@lru_cache(maxsize=2_000)
def read_role(text: str) -> str:
    """Return the role a cell names, "" for an ordinary participant."""
    return _first(text.casefold(), "role")


@lru_cache(maxsize=200)
def read_action(text: str) -> str:
    """Return ``joined`` or ``left`` for a line of a log, "" for anything else."""
    return _first(text.casefold(), "action")


@lru_cache(maxsize=20_000)
def machine(name: str) -> str:
    """Return ``bot`` or ``device`` when a display name is no person's."""
    if len(name) > _LONGEST:
        return ""
    if _bot().search(name):
        return "bot"
    return "device" if _device().match(name) else ""


@lru_cache(maxsize=4_000)
def device_owner(name: str) -> str:
    """Return whose device a display name says it is: "Anna's iPhone" is Anna's."""
    found = _OWNER.match(name) if len(name) <= _LONGEST else None
    owner = next((part for part in found.groups() if part), "") if found else ""
    return owner if owner and not machine(owner) else ""


def is_total(text: str) -> bool:
    """Tell whether a cell begins a row of sums."""
    tidy = text.strip(" *:")[:_LONGEST]
    return bool(_total().match(tidy) or _TOTAL_OTHER.match(tidy))
