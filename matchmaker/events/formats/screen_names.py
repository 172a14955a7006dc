"""Names as meeting tools show them: two names in one cell, a job behind a name.

What a name itself looks like is in ``names``; here a cell is only taken apart.
"""

import re
from typing import Final

from matchmaker.events.formats import signs
from matchmaker.events.formats.names import tidy_name
from matchmaker.events.formats.word_lists import sign_words

_BRACKETED: Final = re.compile(r"^(.*?)\s*[(（](.+)[)）]\s*$", re.DOTALL)
_BEHIND: Final = re.compile(
    r"^([^,(（]{2,80}?)\s*[,(（]\s*([^,()（）]{2,80}?)\s*[)）]?$"
)
_LONGEST: Final = 160  # characters of a name with a job
_JOB: Final = re.compile(
    rf"^(?:{'|'.join(sign_words('job', 'word'))})(?!\w)"
    rf"|^(?:{'|'.join(sign_words('job', 'beginning'))})"
    rf"|{'|'.join(sign_words('job', 'anywhere'))}",
    re.IGNORECASE,
)


def name_and_original(said: str) -> tuple[str, str]:
    """Return name and nickname of "Olga (Ольга Ким)": the name is in the brackets."""
    found = _BRACKETED.match(said)
    if found is None or tidy_name(said) != said:
        return tidy_name(said), ""
    inner = found[2].strip()
    kind = signs.machine(inner)
    if kind == "bot":
        return said, ""  # "Fred (Fireflies.ai Notetaker)" is not Fred
    if kind and not signs.machine(found[1]):
        return found[1], found[1]
    return inner, found[1]


def name_and_shown(said: str) -> tuple[str, str]:
    """Return name and nickname of "张伟(上海-张伟)": the nickname comes second."""
    found = _BRACKETED.match(said)
    if found is None:
        return said, ""
    name, shown = found[1].strip(), found[2].strip()
    if not name or (signs.machine(name) and not signs.machine(shown)):
        return shown, ""
    return name, shown if shown != name else ""


def name_and_job(said: str) -> tuple[str, str]:
    """Return name and job of "Ann Lee (director)" and "Ann Lee, CEO"."""
    if len(said) > _LONGEST or not ("," in said or "(" in said or "（" in said):
        return said, ""
    found = _BEHIND.match(said)
    if found is None or not _JOB.search(found[2]) or _JOB.search(found[1]):
        return said, ""
    return found[1], found[2]
