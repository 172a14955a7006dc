"""A reading as plain values, for the command line's JSON."""

from collections.abc import Mapping
from typing import Final

from matchmaker.events.formats.model import Person, Reading

#: Always there, null where the file is silent.
_CORE: Final = (
    "full_name",
    "email",
    "country",
    "company",
    "title",
    "phone",
    "attended",
)
#: There when the file says something: the name outside and the person's own.
_MORE: Final = (
    ("minutes", "minutes"),
    ("role", "role"),
    ("status", "status"),
    ("display", "display"),
    ("city", "city"),
    ("website", "website"),
    ("linkedin", "linkedin"),
    ("whatsapp", "whatsapp"),
    ("telegram", "telegram"),
    ("wechat", "wechat"),
    ("viber", "viber"),
    ("languages", "languages"),
    ("sector_raw", "sector_raw"),
    ("sectors_raw", "sectors"),
    ("offers_text", "offers"),
    ("offers_raw", "offer_choices"),
    ("seeks_text", "requests"),
    ("seeks_raw", "request_choices"),
    ("question", "question"),
    ("about", "about"),
    ("title_company_raw", "title_company_raw"),
    ("country_raw", "country_raw"),
    ("consent", "consent"),
    ("problems", "problems"),
)


def person_values(person: Person) -> dict[str, object]:
    """Return a person as the command prints one."""
    found: dict[str, object] = {name: getattr(person, name) for name in _CORE}
    for outside, own in _MORE:
        value = getattr(person, own)
        if value is not None and value != ():
            found[outside] = list(value) if isinstance(value, tuple) else value
    if person.note:
        found["note"] = _note(person.note)
    return found


def _note(note: str) -> str:
    code, _, said = note.partition(":")
    if code == "buyers_email":
        return f"attendee e-mail missing; order e-mail {said} is the buyer's, not his"
    return note


def reading_values(reading: Reading) -> Mapping[str, object]:
    """Return a reading as ``matchmaker import --dry-run --json`` prints it."""
    return {
        "format": reading.format,
        "encoding": reading.encoding,
        "people": [person_values(person) for person in reading.people],
        "skipped": [
            {"row": each.row, "reason": each.reason, "label": each.label}
            for each in reading.skipped
        ],
        "warnings": list(reading.warnings),
    }
