"""vCard 2.1, 3.0 and 4.0 into the rows of one table with our own headers.

Written by hand: address books of telephones break every rule of the standards, and
a reader that stops at the first broken line would lose the other contacts.
"""

import binascii
import codecs
import quopri
import re
from collections.abc import Iterator
from typing import Final

from matchmaker.events.formats.model import FormatError, Limits, Sheet

FIELDS: Final = (
    *("name", "given", "family", "patronymic", "email", "phone", "company", "title"),
    *("country", "city", "website", "linkedin", "messenger", "whatsapp", "telegram"),
    *("wechat", "viber", "languages", "role_text", "contact_type"),
)
_LINE: Final = re.compile(
    r"^(?:(?P<group>[\w.-]+)\.)?(?P<name>[A-Za-z][\w-]*)(?P<params>(?:;[^:\"]*(?:\"[^\"]*\"[^:\"]*)*)?):"
    r"(?P<value>.*)$",
    re.DOTALL,
)
_ESCAPED: Final = re.compile(r"\\([\\,;:nN])")
_SPLIT: Final = re.compile(r"(?<!\\);")
_MESSENGERS: Final = {
    "X-WECHAT": "wechat",
    "X-TELEGRAM": "telegram",
    "X-WHATSAPP": "whatsapp",
    "X-VIBER": "viber",
    "X-WECHAT-ID": "wechat",
    "X-QQ": "",
}
_KEPT: Final = frozenset(
    {
        "FN",
        "N",
        "ORG",
        "TITLE",
        "ROLE",
        "EMAIL",
        "TEL",
        "ADR",
        "URL",
        "LANG",
        "IMPP",
        "KIND",
    }
    | {
        "X-SOCIALPROFILE",
        "X-ABSHOWAS",
        "LABEL",
        "SOCIALPROFILE",
        "X-ABLABEL",
        *_MESSENGERS,
    }
)
_LONGEST: Final = 10_000
_MARK: Final = 80  # characters in which a card's beginning or end is looked for


def is_vcard(text: str) -> bool:
    """Tell whether a text is a file of contacts."""
    return text[:2_000].lstrip("\ufeff \t\r\n").upper().startswith("BEGIN:VCARD")


def read_vcards(text: str, encoding: str, limits: Limits) -> Sheet:
    """Return the contacts of a file as rows whose columns are ``FIELDS``.

    Raises
    ------
    FormatError
        When there are too many contacts.
    """
    rows: list[list[str]] = []
    for lines in _cards(text):
        if len(rows) >= limits.rows:
            raise FormatError("too_many_rows", limit=limits.rows)
        card = _card(lines, encoding)
        rows.append([card.get(name, "")[:_LONGEST] for name in FIELDS])
    return Sheet("", rows)


def _cards(text: str) -> Iterator[list[str]]:
    """Yield the unfolded lines of each card; one that is cut off counts as well."""
    lines: list[list[str]] = []  # each in the pieces it was folded into
    inside = soft = False
    for line in re.split(r"\r\n|\r|\n", text):
        mark = line[:_MARK].strip().upper()
        if mark in {"BEGIN:VCARD", "END:VCARD"}:
            if inside and (lines or mark == "END:VCARD"):
                yield _unfolded(lines)
            lines, inside, soft = [], mark == "BEGIN:VCARD", False
        elif inside and lines and (line[:1] in {" ", "\t"} or soft):
            if soft:
                lines[-1][-1] = lines[-1][-1][:-1]
            lines[-1].append(line if soft else line[1:])
            soft = soft and line.endswith("=")
        elif inside:
            lines.append([line])
            soft = line.endswith("=") and "QUOTED-PRINTABLE" in line.upper()
    if inside and lines:
        yield _unfolded(lines)


def _unfolded(lines: list[list[str]]) -> list[str]:
    return ["".join(pieces) for pieces in lines]


def _card(lines: list[str], encoding: str) -> dict[str, str]:
    card: dict[str, str] = {}
    preferred: set[str] = set()
    for line in lines:
        found = _LINE.match(line)
        name = found["name"].upper() if found else ""
        if found is None or name not in _KEPT:
            continue
        params = found["params"].upper()
        if "ENCODING=B" in params or params.endswith(";BASE64"):
            continue  # a picture or a sound
        value = _value(found["value"], found["params"], encoding)
        first = "PREF" in params and name in {"EMAIL", "TEL"} and name not in preferred
        if first:
            preferred.add(name)
        _keep(card, name, params, value, first=first)
    return card


def _value(value: str, params: str, encoding: str) -> str:
    """Decode a value that is quoted or in another character set than the file."""
    charset = re.search(r"CHARSET=\"?([\w.:-]+)", params, re.IGNORECASE)
    quoted = re.search(r"QUOTED-PRINTABLE", params, re.IGNORECASE)
    if quoted:
        raw = quopri.decodestring(value.encode(encoding, "replace"))
    elif charset and not value.isascii() and not encoding.startswith("utf-16"):
        raw = value.encode(encoding, "replace")
    else:
        return value
    tried = [charset[1]] if charset else []
    for name in (*tried, "utf-8", *([] if charset else (encoding, "cp1251"))):
        try:
            codecs.lookup(name)
            return raw.decode(name)
        except (LookupError, UnicodeDecodeError, ValueError, binascii.Error):
            continue
    # A damaged letter is shown as damaged; another set would turn all into others.
    return (
        raw.decode("utf-8", "replace") if charset is None else _mended(raw, charset[1])
    )


def _mended(raw: bytes, charset: str) -> str:
    try:
        return raw.decode(charset, "replace")
    except (LookupError, ValueError, binascii.Error):
        return raw.decode("utf-8", "replace")


def _plain(value: str) -> str:
    return _ESCAPED.sub(lambda m: "\n" if m[1] in "nN" else m[1], value).strip()


def _parts(value: str) -> list[str]:
    return [_plain(part) for part in _SPLIT.split(value)]


def _keep(
    card: dict[str, str], name: str, params: str, value: str, *, first: bool
) -> None:
    if name == "N":
        parts = [*_parts(value), "", "", ""]
        card.update(family=parts[0], given=parts[1], patronymic=parts[2])
    elif name == "ORG":
        card.setdefault("company", next((p for p in _parts(value) if p), ""))
    elif name == "ADR":
        _keep_address(card, params, [*_parts(value), *[""] * 7])
    elif name in {"EMAIL", "TEL"}:
        _keep_contact(card, name, params, _plain(value), first=first)
    elif name in {"IMPP", "X-SOCIALPROFILE", "SOCIALPROFILE"}:
        _keep_profile(card, params, _plain(value))
    elif name in _MESSENGERS:
        card.setdefault(_MESSENGERS[name] or "role_text", _plain(value))
    elif name == "URL" and "linkedin.com" in value:
        card.setdefault("linkedin", _plain(value))
    elif name in _SIMPLE:
        card.setdefault(_SIMPLE[name], _plain(value))


_SIMPLE: Final = {
    "FN": "name",
    "TITLE": "title",
    "URL": "website",
    "LANG": "languages",
    "KIND": "contact_type",
    "X-ABSHOWAS": "contact_type",
}


def _keep_address(card: dict[str, str], params: str, parts: list[str]) -> None:
    if (parts[6] or parts[3]) and ("WORK" in params or "country" not in card):
        card.update(city=parts[3], country=parts[6])


def _keep_contact(
    card: dict[str, str], name: str, params: str, value: str, *, first: bool
) -> None:
    """Keep the preferred address or number, else a mobile one, else the first."""
    field = "email" if name == "EMAIL" else "phone"
    if "FAX" in params and "CELL" not in params:
        return
    rank = "2" if first else "1" if "CELL" in params else "0"
    if not card.get(field) or rank > card.get(f"{field} rank", "0"):
        card[field] = re.sub(r"^(?:tel|mailto):", "", value, flags=re.IGNORECASE)
        card[f"{field} rank"] = rank


def _keep_profile(card: dict[str, str], params: str, value: str) -> None:
    said = f"{params} {value}".casefold()
    for name in ("whatsapp", "telegram", "wechat", "viber", "linkedin"):
        if name in said or (name == "telegram" and "t.me/" in said):
            kept = value if "://" in value else value.rpartition(":")[2]
            card.setdefault(name, kept.strip("/"))
            return
