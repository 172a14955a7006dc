"""One row of a table into a draft of a person, or the reason why it is none."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from matchmaker.events.formats import cells, signs
from matchmaker.events.formats.choices import ChoiceColumn
from matchmaker.events.formats.contacts import (
    Contacts,
    messenger_handle,
    name_before,
    read_contacts,
)
from matchmaker.events.formats.headers import IGNORED, NEVER, match_header
from matchmaker.events.formats.mails import parse_mail
from matchmaker.events.formats.model import Columns, Row, Section
from matchmaker.events.formats.names import join_name, tidy_name
from matchmaker.events.formats.phones import parse_phone
from matchmaker.events.formats.screen_names import (
    name_and_job,
    name_and_original,
    name_and_shown,
)
from matchmaker.events.formats.times import parse_duration, parse_moment
from matchmaker.events.formats.tools import Tool
from matchmaker.events.formats.word_lists import sign_words
from matchmaker.vocabulary.place_names import find_country, names_country

_MESSENGERS: Final = ("whatsapp", "telegram", "wechat", "viber")
_JOINED_TEXT: Final = frozenset(
    {"question", "offers", "seeks", "about", "languages", "contacts"}
)
_AS_GIVEN: Final = frozenset({"given", "family", "patronymic"})


@dataclass(slots=True)
class Draft:
    """A row read: cleaned cells by field and what was understood of them."""

    row: int
    sheet: str
    cells: dict[str, str]
    choices: dict[str, list[str]] = field(default_factory=dict)
    name: str = ""
    email: str | None = None
    country: str | None = None
    phone: str | None = None
    attended: bool | None = None
    role: str = ""
    status: str = ""
    display: str = ""
    note: str = ""
    messengers: dict[str, str] = field(default_factory=dict)
    linkedin: str | None = None
    website: str | None = None
    problems: list[str] = field(default_factory=list)
    joins: list[tuple[float | None, float | None, float | None]] = field(
        default_factory=list
    )


class RowReader:
    """Reads the rows of one section by its columns.

    Parameters
    ----------
    section, columns, tool
        The table, what its columns are, and whose export it is.
    """

    def __init__(self, section: Section, columns: Columns, tool: Tool) -> None:
        self.tool = tool
        self.section = section
        used = [
            c
            for c in columns
            if c.field and c.field not in IGNORED and not _is_secret(c.header, tool)
        ]
        # Of several numbers the one in a pocket comes first.
        used.sort(key=lambda c: c.field == "phone" and not _MOBILE.search(c.header))
        self._plain = [(c.index, c.field) for c in used if not c.choice]
        self._above: dict[str, str] = {}
        self._ticks = [(c.index, c.field, c.choice) for c in used if c.choice]
        self.fields = frozenset(c.field for c in used)
        self._family_first = _is_family_first(columns)
        self._phone_country = tool.phone_country or _home(section.header)
        self._choice_columns = {
            name: ChoiceColumn(self._column_cells(name))
            for name in ("sector",)
            if name in self.fields
        }
        self.section_role = next(
            (
                role
                for pattern, role in tool.section_roles
                if re.search(pattern, section.title, re.IGNORECASE)
            ),
            "",
        )

    def _column_cells(self, name: str) -> Iterable[str]:
        at = [index for index, each in self._plain if each == name]
        return (
            row[index]
            for row in self.section.rows
            for index in at
            if index < len(row) and row[index]
        )

    def read(self, number: int, row: Row, context: str | None) -> Draft:
        """Return a row understood; ``context`` is the country of a heading above."""
        draft = Draft(number, self.section.sheet, self._cells(row))
        self._tick(draft, row)
        found = draft.cells
        self._country(draft, context)
        self._name(draft)
        self._email(draft)
        if (
            "contacts" in found
            or "messenger" in found
            or self.fields & _MESSENGER_FIELDS
        ):
            self._contacts(draft)
        self._phone(draft)
        self._presence(draft)
        self._sector(draft)
        return draft

    def _cells(self, row: Row) -> dict[str, str]:
        found: dict[str, str] = {}
        width = len(row)
        for index, name in self._plain:
            if index >= width or not row[index]:
                continue
            raw = row[index]
            value = cells.unmark(raw) if name in _RAW else cells.text(raw)
            if name in _SHARED:
                value = self._as_above(name, raw.strip(), value)
            elif not value and name in _AS_GIVEN and raw.strip().isalpha():
                value = raw.strip()  # Na, No and Nan are names of people
            if not value:
                continue
            if name not in found:
                found[name] = value
            elif name in _JOINED_TEXT and value not in found[name]:
                found[name] = f"{found[name]}\n{value}"
            elif name == "email" and not parse_mail(found[name])[0]:
                found[name] = value
            elif name == "phone":
                found[name] = f"{found[name]}; {value}"  # the first sound one counts
        return found

    def _as_above(self, name: str, raw: str, value: str) -> str:
        """Return what a cell of a list says that need not say it twice."""
        if not value and name == "country" and raw == "NO":
            value = "NO"  # Norway
        if raw.casefold() in _DITTO:
            return self._above.get(name, "")
        self._above[name] = value
        return value

    def _tick(self, draft: Draft, row: Row) -> None:
        for index, name, choice in self._ticks:
            value = row[index].strip() if index < len(row) else ""
            if value and (value == choice or cells.yes_or_no(value)):
                draft.choices.setdefault(name, []).append(choice)

    def _country(self, draft: Draft, context: str | None) -> None:
        found = draft.cells
        for name in ("country", "country_joined", "place"):
            if draft.country is None and (said := found.get(name)):
                draft.country = find_country(said)
                if draft.country and "city" not in found:
                    _keep_city(found, said)
        if draft.country is None and not any(n in found for n in ("country", "place")):
            draft.country = context
        elif draft.country is None and "country" in found:
            draft.problems.append("country_unknown")

    def _name(self, draft: Draft) -> None:
        found = draft.cells
        name = ""
        if "name_original" in found:
            name, draft.display = name_and_original(found["name_original"])
        if "name_display" in found:
            name, draft.display = name_and_shown(found["name_display"])
        own = join_name(
            found.get("given", ""),
            found.get("family", ""),
            found.get("patronymic", ""),
            family_first=self._family_first,
        )
        # A first and a last name typed in say more than a name on a screen.
        if "given" in found and "family" in found:
            name = own
        name = found.get("name", "") or name or own
        name = name or found.get("sort_name", "") or found.get("account_name", "")
        name = name or _buyer(found)
        name, job = name_and_job(name or found.get("display", ""))
        if job:
            found.setdefault("title", job)
        draft.name = tidy_name(name)

    def _email(self, draft: Draft) -> None:
        found = draft.cells
        for name in ("email", "account_email", "upn"):
            said = found.get(name)
            if not said or (name == "upn" and "#EXT#" in said):
                continue
            draft.email, repaired = parse_mail(said)
            if draft.email:
                if not draft.name and "<" in said:
                    draft.name = tidy_name(name_before(said))
                if repaired:
                    draft.problems.append("email_repaired")
                return
            if name == "email":
                draft.problems.append("bad_email")

    def _contacts(self, draft: Draft) -> None:
        found = draft.cells
        for name in ("contacts", "messenger"):
            if said := found.get(name):
                _merge(draft, read_contacts(said, draft.country, self._home(draft)))
                if name == "messenger" and not draft.messengers and not draft.email:
                    draft.problems.append("contact_not_understood")
        for name in _MESSENGERS:
            if said := found.get(name):
                home = self._home(draft)
                handle = messenger_handle(name, said, draft.country, home)
                if handle:
                    draft.messengers.setdefault(name, handle)

    def _phone(self, draft: Draft) -> None:
        said = draft.cells.get("phone") or draft.cells.get("order_phone")
        if said and (number := parse_phone(said, draft.country, self._home(draft))):
            draft.phone = number
        elif said:
            self._unclear_phone(draft, said)
        if draft.phone is None:
            number = draft.messengers.get("whatsapp", draft.messengers.get("viber", ""))
            draft.phone = number if number.startswith("+") else None

    def _home(self, draft: Draft) -> str:
        """Return where a number without a country is at home, "" where nobody knows.

        A country that was said but not understood is not the country of the list.
        """
        unknown = draft.country is None and "country" in draft.cells
        return "" if unknown else self._phone_country

    def _unclear_phone(self, draft: Draft, said: str) -> None:
        """Keep what people write into a phone column beside phones."""
        if "@" in said:
            _merge(draft, read_contacts(said, draft.country, self._home(draft)))
        if draft.phone is None:
            draft.problems.append("bad_phone")

    def _presence(self, draft: Draft) -> None:
        found = draft.cells
        if "user_action" in found and (at := found.get("action_time")):
            found.setdefault(signs.read_action(found["user_action"]), at)
        seconds = parse_duration(found["minutes"]) if "minutes" in found else None
        joined = parse_moment(found["joined"]) if "joined" in found else None
        left = parse_moment(found["left"]) if "left" in found else None
        join = (joined, left, seconds)
        if any(part is not None for part in join):
            draft.joins.append(join)
        draft.attended = self._attended(
            draft, stayed=bool(seconds or joined is not None)
        )
        draft.role = self.section_role or signs.read_role(found.get("role", ""))

    def _attended(self, draft: Draft, *, stayed: bool) -> bool | None:
        found = draft.cells
        if "attended" in self.fields:
            said = cells.yes_or_no(found.get("attended", ""))
            if said is None and found.get("attended"):
                said = signs.read_status(found["attended"])[2]
            return said
        if found.get("checked_in"):
            said = cells.yes_or_no(found["checked_in"])
            return said is not False or None
        if self.tool.attendance and self.fields & _STAYED:
            return True
        if self.fields & {"joined", "minutes"}:
            return stayed
        return None

    def _sector(self, draft: Draft) -> None:
        if said := draft.cells.get("sector"):
            labels = (
                self._choice_columns["sector"].split(said)
                if self.tool.choices
                else (said,)
            )
            draft.choices.setdefault("sector", []).extend(labels)


_MOBILE: Final = re.compile(
    r"mob|cell|handy|whats|моб|сот|手机|portable|celular|cep|móvil|uyali|ұялы",
    re.IGNORECASE,
)
#: What people of one employer have in common, and how "the same as above" is written.
_SHARED: Final = frozenset({"company", "country", "city", "sector"})
_DITTO: Final = frozenset(sign_words("as above"))
#: Columns that only a report of who was there has.
_STAYED: Final = frozenset({"joined", "left", "minutes", "name_display", "user_action"})
_MESSENGER_FIELDS: Final = frozenset(_MESSENGERS)
#: Cells whose "no" and "--" are answers, not gaps.
_RAW: Final = frozenset(
    {
        "attended",
        "consent",
        "validated",
        "checked_in",
        "opted_out",
        "test_lead",
        "waiting",
        "seats",
    }
)


def _is_secret(header: str, tool: Tool) -> bool:
    return match_header(header)[0] in NEVER and tool.field_of(header) is None


def _is_family_first(columns: Columns) -> bool:
    """Tell whether names are put together family name first.

    They are where a patronymic is asked for, and where a list in Cyrillic has the
    family name's column first.
    """
    at = {column.field: column.index for column in columns}
    header = {column.field: column.header for column in columns}
    if "patronymic" in at and re.search("[а-яё]", header["patronymic"], re.IGNORECASE):
        return at.get("family", 0) < at.get("given", 1)
    cyrillic = bool(re.search("[а-яё]", header.get("family", ""), re.IGNORECASE))
    return cyrillic and at.get("family", 1) < at.get("given", 0)


def _home(header: tuple[str, ...]) -> str:
    """Return the country where numbers of a list in this script are most at home."""
    words = "".join(header)
    if re.search("[\u4e00-\u9fff]", words):
        return "CN"
    return "RU" if re.search("[а-яё]", words, re.IGNORECASE) else ""


def _buyer(found: Mapping[str, str]) -> str:
    """Return the buyer's name where his ticket was left without one."""
    own, bought = found.get("email", "").lower(), found.get("order_email", "").lower()
    if own and own != bought:
        return ""
    parts = found.get("order_given", ""), found.get("order_family", "")
    return found.get("order_name", "") or join_name(*parts, family_first=False)


@lru_cache(maxsize=2_000)
def _city_beside(said: str) -> str:
    parts = [
        part.strip()
        for part in re.split(r"[,;/()（），]|\s[-–—]\s", said)
        if part.strip()
    ]
    rest = [part for part in parts if not names_country(part)]
    return (
        rest[0].removeprefix("г. ").removeprefix("г.")
        if len(parts) > 1 and len(rest) == 1
        else ""
    )


def _keep_city(found: dict[str, str], said: str) -> None:
    if city := _city_beside(said):
        found["city"] = city


def _merge(draft: Draft, contacts: Contacts) -> None:
    draft.name = draft.name or tidy_name(contacts.name)
    draft.email = draft.email or contacts.email
    draft.phone = draft.phone or contacts.phone
    for name, handle in contacts.messengers.items():
        draft.messengers.setdefault(name, handle)
    draft.linkedin = draft.linkedin or contacts.linkedin
    draft.website = draft.website or contacts.website
