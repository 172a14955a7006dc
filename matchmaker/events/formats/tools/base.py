"""What a tool's export is known by and how it differs from a plain list.

A declaration, not a parser: finding tables, guessing columns and reading people
are the same for all tools.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from matchmaker.events.formats.headers import header_key, match_header
from matchmaker.events.formats.model import Section

#: A file's name alone is weaker than any header of the tool.
_BY_NAME: Final = 0.5


@dataclass(frozen=True, slots=True)
class Sign:
    """One way to recognise a tool: everything given here must be there.

    Parameters
    ----------
    words
        Headers, as the tool writes them.
    fields
        Fields that some headers were matched to, for versions in other languages.
    first
        What the first header may be.
    preamble
        Pattern somewhere above the table, or in the title of a section.
    weight
        How much this sign says beyond the number of its parts.
    """

    words: frozenset[str] = frozenset()
    fields: frozenset[str] = frozenset()
    first: frozenset[str] = frozenset()
    preamble: re.Pattern[str] | None = None
    weight: float = 0.0


def sign(
    *words: str,
    fields: str = "",
    first: str = "",
    preamble: str = "",
    weight: float = 0.0,
) -> Sign:
    """Return a sign; ``fields`` and ``first`` are split at blanks and at bars."""
    return Sign(
        frozenset(header_key(word) for word in words),
        frozenset(fields.split()),
        frozenset(header_key(word) for word in first.split("|") if word),
        re.compile(preamble, re.IGNORECASE) if preamble else None,
        weight,
    )


@dataclass(frozen=True, slots=True)
class View:
    """What a recogniser looks at, folded once for all tools."""

    keys: frozenset[str]
    first: str
    fields: frozenset[str]
    above: str
    filename: str

    @classmethod
    def of(
        cls, preamble: tuple[str, ...], sections: tuple[Section, ...], filename: str
    ) -> "View":
        """Return the view of the tables of a file."""
        headers = [cell for section in sections for cell in section.header if cell]
        titles = [section.title for section in sections]
        return cls(
            frozenset(header_key(cell) for cell in headers),
            header_key(headers[0]) if headers else "",
            frozenset(match_header(cell)[0] for cell in headers),
            "\n".join((*preamble, *titles)),
            filename.casefold(),
        )


@dataclass(frozen=True, slots=True)
class Tool:
    """The declaration of one format.

    Parameters
    ----------
    headers
        Headers that mean something else here than elsewhere: header: field.
    file_words
        Words in a file's name that tell the tool when its headers do not.
    attendance
        Rows are joins of people who were there: they are summed, and a row without
        any contact is nobody who can be written to.
    only_sections
        Pattern of section titles that are read when any matches; others repeat.
    later_sections
        Pattern of section titles whose people come after the others.
    section_roles
        Pattern of a section title: the role of the people under it.
    choices
        Whether the cells of a sector column hold several choices.
    repeated_headers
        ``first`` when a repeated header belongs to an invoice or an account.
    phone_country
        Where a number without a country is most likely at home.
    first_sheet
        Whether the other sheets only repeat the people of the first.
    by_name
        Whether people without any contact are kept, to be found by name later.
    """

    name: str
    signs: tuple[Sign, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    file_words: tuple[str, ...] = ()
    attendance: bool = False
    only_sections: re.Pattern[str] | None = None
    later_sections: re.Pattern[str] | None = None
    section_roles: tuple[tuple[str, str], ...] = ()
    choices: bool = True
    repeated_headers: str = ""
    phone_country: str = ""
    first_sheet: bool = False
    by_name: bool = False

    def recognise(self, view: View) -> float:
        """Return how much speaks for this tool, 0 for nothing."""
        found = [_weigh(each, view) for each in self.signs]
        named = any(word in view.filename for word in self.file_words)
        best = max(found, default=0.0)
        return best + (_BY_NAME if named else 0.0)

    def field_of(self, header: str) -> str | None:
        """Return the field this tool gives a header, None when it has no say."""
        return self.headers.get(header_key(header)) if self.headers else None


def _weigh(each: Sign, view: View) -> float:
    if not (each.words <= view.keys and each.fields <= view.fields):
        return 0.0
    if each.first and view.first not in each.first:
        return 0.0
    if each.preamble is not None and not each.preamble.search(view.above):
        return 0.0
    parts = len(each.words) + len(each.fields) + bool(each.first) * 2
    return parts + bool(each.preamble) * 2 + each.weight


def headers(**fields: str) -> dict[str, str]:
    """Return header: field from field="header|header"."""
    return {
        header_key(word): name.rstrip("_")
        for name, words in fields.items()
        for word in words.split("|")
    }
