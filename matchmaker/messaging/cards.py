"""vCards of contacts: version 3.0, which every telephone reads. Values in, text out.

Written by hand after RFC 2426 and RFC 6350 section 3.2 (folding): a card has a dozen
lines, and libraries write only what address books of ten years ago knew.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

_LINE = 75  # octets of a line; the rest goes on, after a blank, on the next one
_SERVICES = {
    "wechat": "X-WECHAT",
    "telegram": "X-TELEGRAM",
    "whatsapp": "TEL;TYPE=CELL",
}


@dataclass(frozen=True, slots=True)
class Card:
    """What an address book is to know of somebody.

    ``contacts`` are details by kind, as :func:`visible_contacts` returns them.
    """

    uid: str
    full_name: str
    latin_name: str = ""
    organisation: str = ""
    job_title: str = ""
    city: str = ""
    country: str = ""
    website: str = ""
    address: str = ""
    contacts: Mapping[str, str] = field(default_factory=dict)
    revised_at: datetime | None = None


def vcard_file(cards: Iterable[Card]) -> bytes:
    """Return cards as one file."""
    lines = [line for card in cards for line in _lines(card)]
    return "".join(_folded(line) for line in lines).encode("utf-8", "replace")


def _lines(card: Card) -> Iterable[str]:
    name = card.full_name or card.latin_name or "?"
    yield "BEGIN:VCARD"
    yield "VERSION:3.0"
    yield f"UID:{_escaped(card.uid)}"
    yield f"FN:{_escaped(name)}"
    # One display name, never a guessed order of first and last: it stands as a whole.
    yield f"N:{_escaped(name)};;;;"
    if card.latin_name and card.latin_name != name:
        yield f"NICKNAME:{_escaped(card.latin_name)}"
    if card.organisation:
        yield f"ORG:{_escaped(card.organisation)}"
    if card.job_title:
        yield f"TITLE:{_escaped(card.job_title)}"
    if card.city or card.country:
        place = f"{_escaped(card.city)};;;{_escaped(card.country)}"
        yield f"ADR;TYPE=WORK:;;;{place}"
    if card.website:
        yield f"URL:{_escaped(card.website)}"
    yield from _details(card.contacts)
    if card.address:
        yield f"NOTE:{_escaped(card.address)}"
    if card.revised_at:
        yield f"REV:{card.revised_at:%Y-%m-%dT%H:%M:%SZ}"
    yield "END:VCARD"


def _details(contacts: Mapping[str, str]) -> Iterable[str]:
    for kind, value in contacts.items():
        if kind == "email":
            yield f"EMAIL;TYPE=INTERNET,WORK:{_escaped(value)}"
        elif kind == "phone":
            yield f"TEL;TYPE=WORK,VOICE:{_escaped(value)}"
        elif kind in _SERVICES:
            yield f"{_SERVICES[kind]}:{_escaped(value)}"


def _escaped(text: str) -> str:
    """Return a value in which nothing ends its field or its line."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    for sign in ("\\", ";", ","):
        plain = plain.replace(sign, f"\\{sign}")
    return plain.replace("\n", "\\n")


def _folded(line: str) -> str:
    """Return a line cut into pieces of 75 octets, never inside a character."""
    pieces: list[str] = []
    piece, room = "", _LINE
    for char in line:
        size = len(char.encode("utf-8", "replace"))
        if size > room:
            pieces.append(piece)
            piece, room = " ", _LINE - 1
        piece += char
        room -= size
    return "\r\n".join([*pieces, piece]) + "\r\n"
