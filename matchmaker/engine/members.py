"""Members as values: the JSON objects of the contract, checked and frozen.

Reads files and objects only; rows of the database are turned into members above.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

JSON = str | int | float | bool | None | list["JSON"] | dict[str, "JSON"]


class MemberError(ValueError):
    """A member object that breaks the contract; the message says how."""


class MembersFileError(ValueError):
    """A file of members that cannot be read; the message names file and line."""


@dataclass(frozen=True, slots=True)
class Item:
    """One offer or need of a member."""

    type: str | None = None
    text: str = ""
    lang: str | None = None
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """What the engine knows about a person and the organisation behind them."""

    id: str
    name: str = ""
    organisation: str = ""
    country: str = ""
    region: str = ""
    city: str = ""
    languages: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    markets: tuple[str, ...] = ()
    about: str = ""
    offers: tuple[Item, ...] = ()
    needs: tuple[Item, ...] = ()
    state: str = ""


def _text(source: Mapping[str, object], key: str) -> str:
    value = source.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise MemberError(f'"{key}" is not a text')
    return value


def _texts(source: Mapping[str, object], key: str) -> tuple[str, ...]:
    value = source.get(key)
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(part, str) for part in value):
        raise MemberError(f'"{key}" is not a list of texts')
    return tuple(dict.fromkeys(part.strip() for part in value if part.strip()))


def _items(source: Mapping[str, object], key: str) -> tuple[Item, ...]:
    value = source.get(key)
    if value is None:
        return ()
    if not isinstance(value, list):
        raise MemberError(f'"{key}" is not a list')
    found = []
    for part in value:
        if not isinstance(part, dict):
            raise MemberError(f'"{key}" holds something that is not an object')
        found.append(
            Item(
                type=_text(part, "type") or None,
                text=_text(part, "text"),
                lang=_text(part, "lang") or None,
                id=_text(part, "id") or None,
            )
        )
    return tuple(found)


def member_from_object(obj: object) -> Member:
    """Turn a JSON object into a member; missing keys are fine, unknown ones ignored.

    Raises
    ------
    MemberError
        If the value is no object, has no id, or a key has the wrong type.
    """
    if not isinstance(obj, dict):
        raise MemberError("not a JSON object")
    identity = obj.get("id")
    if not isinstance(identity, str) or not identity.strip():
        raise MemberError('"id" is missing or not a text')
    return Member(
        id=identity,
        name=_text(obj, "name"),
        organisation=_text(obj, "organisation"),
        country=_text(obj, "country").strip().upper(),
        region=_text(obj, "region").strip(),
        city=_text(obj, "city").strip(),
        languages=tuple(code.lower() for code in _texts(obj, "languages")),
        sectors=_texts(obj, "sectors"),
        markets=tuple(code.upper() for code in _texts(obj, "markets")),
        about=_text(obj, "about"),
        offers=_items(obj, "offers"),
        needs=_items(obj, "needs"),
        state=_text(obj, "state").strip(),
    )


def read_json_lines(path: Path) -> Iterator[tuple[int, object]]:
    """Yield line numbers (from 1) and values of a JSON-lines file; blank lines skipped.

    Raises
    ------
    MembersFileError
        If the file cannot be read, is not UTF-8, or a line is no JSON.
    """
    try:
        content = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise MembersFileError(f"{path}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise MembersFileError(f"{path}, line {line}: not UTF-8 text") from error
    for number, text in enumerate(content.split("\n"), start=1):
        if not text.strip():
            continue
        try:
            yield number, json.loads(text)
        except (ValueError, RecursionError) as error:
            raise MembersFileError(
                f"{path}, line {number}: not JSON ({error})"
            ) from error


def read_members(path: Path | str) -> list[Member]:
    """Read members from a JSON-lines file.

    Raises
    ------
    MembersFileError
        If the file cannot be read, or a line is no JSON, breaks the contract or
        repeats an id. The message names the file and the line.
    """
    source = Path(path)
    lines: dict[str, int] = {}
    members: list[Member] = []
    for number, value in read_json_lines(source):
        try:
            member = member_from_object(value)
        except MemberError as error:
            raise MembersFileError(f"{source}, line {number}: {error}") from error
        if member.id in lines:
            raise MembersFileError(
                f'{source}, line {number}: id "{member.id}" '
                f"repeats line {lines[member.id]}"
            )
        lines[member.id] = number
        members.append(member)
    return members
