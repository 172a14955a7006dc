"""Several contacts in one cell: which mail, phone and messenger stand there."""

import re
from dataclasses import dataclass, field
from typing import Final

from matchmaker.events.formats.mails import find_mails, parse_mail
from matchmaker.events.formats.phones import find_phones, parse_phone

_NAMES: Final = (
    ("whatsapp", r"whats ?app|ватсап{1,2}|вотсап{1,2}|вацап|w/a|wa"),
    ("telegram", r"telegram|телеграм{1,2}|tg|тг|телега|t\.me|电报"),
    ("wechat", r"we ?chat|wechat id|weixin|微信号?|вичат|вейчат|wx|vx"),
    ("viber", r"viber|вайбер"),
)
_LABEL: Final = re.compile(
    r"(?<![\w@.])(?:"
    + "|".join(f"(?P<{name}>{words})" for name, words in _NAMES)
    + r")"
    r"(?:\s*(?:id|号|no\.?|номер|ник|nick))?(?![^\W_])\s*[:：=\-–(/,&]*\s*",
    re.IGNORECASE,
)
_LINK: Final = re.compile(
    r"(?:https?://)?(?:www\.)?(?P<site>t\.me|telegram\.me|wa\.me|api\.whatsapp\.com/send\?phone=)"
    r"/?(?P<who>[+\w]{3,40})",
    re.IGNORECASE,
)
_HANDLE: Final = re.compile(r"(?<![\w.])@([A-Za-z][A-Za-z0-9_]{3,31})(?![\w.]*@|\.\w)")
_NICK: Final = re.compile(r"@?([A-Za-z][A-Za-z0-9_.-]{2,40})")
_LINKEDIN: Final = re.compile(
    r"(?:https?://)?(?:[a-z]{2,3}\.)?linkedin\.com/\S+", re.IGNORECASE
)
_WEBSITE: Final = re.compile(r"(?<![@\w.])(?:https?://|www\.)[^\s,;]+", re.IGNORECASE)
_LOOKED_AT: Final = 2_000  # characters of a cell
#: "Ann Lee <ann@example.org>", as mail programs copy people.
_NAMED: Final = re.compile(r'^\s*"?([^"<>@\d]{3,80}?)"?\s*<[^<>\s]+@[^<>\s]+>')


@dataclass(slots=True)
class Contacts:
    """What was found in a cell, the first of each kind."""

    name: str = ""
    email: str | None = None
    phone: str | None = None
    messengers: dict[str, str] = field(default_factory=dict)
    linkedin: str | None = None
    website: str | None = None


def read_contacts(text: str, country: str | None, fallback: str = "") -> Contacts:
    """Take a free cell apart into its contacts.

    A number behind the name of a messenger is also the person's phone.
    """
    found = Contacts()
    text = text[:_LOOKED_AT]
    mails = find_mails(text)
    if mails:
        found.email = mails[0]
    elif "@" in text or "(at)" in text:
        found.email = _only_mail(text)
    found.name = name_before(text)
    if link := _LINKEDIN.search(text):
        found.linkedin = link[0].rstrip(".,;)")
    for link in _LINK.finditer(text):
        _keep_link(found, link, country, fallback)
    rest = _LINK.sub(" ", _LINKEDIN.sub(" ", text))
    for mail in mails:
        rest = re.sub(re.escape(mail), " ", rest, flags=re.IGNORECASE)
    if site := _WEBSITE.search(rest):
        found.website = site[0].rstrip(".,;)")
        rest = _WEBSITE.sub(" ", rest)
    _keep_messengers(found, rest, country, fallback)
    phones = find_phones(rest, country, fallback)
    if phones:
        found.phone = phones[0]
    found.phone = found.phone or found.messengers.get("_phone")
    found.messengers.pop("_phone", None)
    return found


def name_before(text: str) -> str:
    """Return the name of "Ann Lee <ann@example.org>", "" when there is none."""
    named = _NAMED.match(text[:_LOOKED_AT])
    return named[1].strip() if named else ""


def _only_mail(text: str) -> str | None:
    for piece in re.split(r"[;,\n]", text):
        mail, _ = parse_mail(piece)
        if mail:
            return mail
    return None


def _keep_link(
    found: Contacts, link: re.Match[str], country: str | None, fallback: str
) -> None:
    if link["site"].lower().startswith(("wa.me", "api.whatsapp")):
        number = parse_phone("+" + link["who"].lstrip("+"), country, fallback)
        if number:
            found.messengers.setdefault("whatsapp", number)
            found.messengers.setdefault("_phone", number)
    else:
        found.messengers.setdefault("telegram", link["who"])


def _keep_messengers(
    found: Contacts, text: str, country: str | None, fallback: str
) -> None:
    labels = list(_LABEL.finditer(text))
    ends = [*(label.start() for label in labels[1:]), len(text)][: len(labels)]
    pending: list[str] = []
    for label, end in zip(labels, ends, strict=True):
        name = label.lastgroup or ""
        value = text[label.end() : end]
        pending.append(name)
        if not value.strip(" ,;/&+()\n"):
            continue  # "WhatsApp/Telegram: +998..." says both
        handle = messenger_handle(name, value, country, fallback)
        for each in pending if handle else ():
            _keep_handle(found, each, handle)
        pending = []
    nick = _HANDLE.search(text)
    if nick and nick[1] not in found.messengers.values():
        found.messengers.setdefault("telegram", nick[1])


def _keep_handle(found: Contacts, name: str, handle: str) -> None:
    found.messengers.setdefault(name, handle)
    if handle.startswith("+"):
        found.messengers.setdefault("_phone", handle)


def messenger_handle(
    name: str, text: str, country: str | None, fallback: str = ""
) -> str:
    """Return the number or the nick of a messenger, "" if the text holds neither."""
    if link := _LINK.search(text):
        who = link["who"]
        return parse_phone("+" + who.lstrip("+"), country) or who
    nick = _NICK.search(text)
    phones = find_phones(text, country, fallback)
    # WhatsApp and Viber know people by number, the others by what stands first.
    by_number = name in {"whatsapp", "viber"} or nick is None
    if phones and (by_number or not _NICK.match(text.lstrip(" :：,;"))):
        return phones[0]
    digits = re.sub(r"\D", "", text)
    if nick is None and len(digits) > 6:  # noqa: PLR2004 - a number without marks
        return parse_phone(text, country, fallback) or ""
    return nick[1].rstrip(".-_") if nick else ""
