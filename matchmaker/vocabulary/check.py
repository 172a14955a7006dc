"""Find what is wrong in glossary files: for editors, and for the tests."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from matchmaker.vocabulary import misleading
from matchmaker.vocabulary.sectors import LOCALES, is_sector
from matchmaker.vocabulary.terms import (
    COLUMNS,
    Glossary,
    TermsFileError,
    glossary,
    units,
)

_CODE: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_SCRIPT: Final = {
    "en": re.compile(r"[A-Za-z]"),
    # An abbreviation such as LED or ERP is written in Latin everywhere.
    "ru": re.compile(r"[А-Яа-яЁё]|^[A-Z0-9][A-Za-z0-9 ./+&-]*$"),
    "zh": re.compile(r"[\u3400-\u9fff]|^[A-Z0-9][A-Za-z0-9 ./+&-]*$"),
}
# Names are told apart by "|"; these speak of a list in one name, or of a slip.
_NO_NAME: Final = re.compile(r"[;,；，、=@<>\t\n\r]|://")
_LONGEST_NAME: Final = 90  # characters; the longest of ours has 87


@dataclass(slots=True)
class _Seen:
    """Codes and names met so far, with their places."""

    codes: dict[str, str] = field(default_factory=dict)
    names: dict[tuple[str, str], str] = field(default_factory=dict)


def check_terms(
    files: Sequence[Path], *, against: Sequence[Path] = ()
) -> tuple[int, list[str]]:
    """Return how many concepts the files hold and every problem, one line each.

    Parameters
    ----------
    against
        Files that are in use: their concepts may not be repeated. What is wrong in
        them is not told.

    Raises
    ------
    TermsFileError
        If a file cannot be read as CSV text; the message names the file.
    """
    seen = _Seen()
    for path in against:
        for _ in _problems(path, _rows(path), seen):
            pass
    problems: list[str] = []
    count = 0
    for path in files:
        rows = _rows(path)
        count += max(0, len(rows) - 1)
        problems.extend(_problems(path, rows, seen))
    return count, problems


def _rows(path: Path) -> list[tuple[int, list[str]]]:
    """Return the rows of a CSV file, each with the number of its last line."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
        reader = csv.reader(io.StringIO(text, newline=""))
        return [(reader.line_num, cells) for cells in reader]
    except OSError as error:
        raise TermsFileError(f"{path}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise TermsFileError(f"{path}, line {line}: not UTF-8 text") from error
    except csv.Error as error:
        raise TermsFileError(f"{path}: not CSV ({error})") from error


def _problems(
    path: Path, rows: list[tuple[int, list[str]]], seen: _Seen
) -> Iterator[str]:
    if not rows or tuple(rows[0][1]) != COLUMNS:
        yield f"{path}, line 1: the header is not {','.join(COLUMNS)}"
        return
    if len(rows) == 1:
        yield f"{path}: no terms"
    for number, cells in rows[1:]:
        place = f"{path}, line {number}"
        if len(cells) != len(COLUMNS):
            yield f"{place}: {len(cells)} columns instead of {len(COLUMNS)}"
            continue
        row = dict(zip(COLUMNS, cells, strict=True))
        yield from (f"{place}: {what}" for what in _row_problems(row))
        yield from (f"{place}: {what}" for what in _repeats(row, place, seen))


def _row_problems(row: dict[str, str]) -> Iterator[str]:
    if not _CODE.fullmatch(row["code"]):
        yield f'code "{row["code"]}" is not lower-case words joined by hyphens'
    if row["sector"] and not is_sector(row["sector"]):
        yield f'unknown sector "{row["sector"]}"'
    for locale in LOCALES:
        names = row[locale].split("|")
        for name in names:
            yield from _name_problems(name, locale)
        if any(name.strip() for name in names) and not any(map(units, names)):
            yield f'"{row[locale]}" in {locale} is only words that no search heeds'


def _name_problems(name: str, locale: str) -> Iterator[str]:
    if not name.strip():
        yield f"an empty name in {locale}"
    elif name != name.strip():
        yield f'spaces around "{name.strip()}" in {locale}'
    elif not _SCRIPT[locale].search(name):
        yield f'"{name}" is not written as {locale}'
    elif _NO_NAME.search(name):
        told = " ".join(name.split())
        yield f'"{told}" is not one name in {locale}: names are told apart by |'
    elif len(name) > _LONGEST_NAME:
        yield f"a name of more than {_LONGEST_NAME} characters in {locale}"


def _repeats(row: dict[str, str], place: str, seen: _Seen) -> Iterator[str]:
    code = row["code"]
    if code in seen.codes:
        yield f'code "{code}" repeats {seen.codes[code]}'
    seen.codes.setdefault(code, place)
    for locale in LOCALES:
        found = [name.strip().casefold() for name in row[locale].split("|")]
        if len(set(found)) < len(found):
            yield f"a name is given twice in {locale}"
        # Two rows that agree in all of a language's names are one concept twice.
        key = (locale, "|".join(sorted(found)))
        if locale == "en" and key in seen.names:
            yield f"the same {locale} names as {seen.names[key]}"
        seen.names.setdefault(key, place)


def check_misleading(file: Path) -> list[str]:
    """Return every problem of a file of misleading words, one line each.

    Raises
    ------
    TermsFileError
        If the file cannot be read as CSV text; the message names it.
    """
    rows = _rows(file)
    if not rows or tuple(rows[0][1]) != misleading.COLUMNS:
        return [f"{file}, line 1: the header is not {','.join(misleading.COLUMNS)}"]
    known = Glossary(glossary().entries)
    seen: dict[tuple[str, str], str] = {}
    problems: list[str] = []
    for number, cells in rows[1:]:
        place = f"{file}, line {number}"
        if len(cells) != len(misleading.COLUMNS):
            wanted = len(misleading.COLUMNS)
            problems.append(f"{place}: {len(cells)} columns instead of {wanted}")
            continue
        row = dict(zip(misleading.COLUMNS, cells, strict=True))
        first = seen.setdefault((row["code"], row["lang"]), place)
        if first != place:
            problems.append(f"{place}: the same code and language as {first}")
        problems.extend(f"{place}: {what}" for what in _sense_problems(row, known))
    return problems


def _sense_problems(row: dict[str, str], known: Glossary) -> Iterator[str]:
    code, lang = row["code"], row["lang"]
    if code not in known.entries:
        yield f'no concept "{code}"'
        return
    if lang not in LOCALES:
        yield f'"{lang}" is none of {", ".join(LOCALES)}'
        return
    phrases = [
        phrase
        for cell in (row["never"], row["only"])
        if cell
        for phrase in cell.split("|")
    ]
    if not phrases:
        yield "nothing is said"
    for at, phrase in enumerate(phrases):
        if phrase != misleading.plain(phrase).strip():
            yield f'"{phrase}" is not in small letters without hyphens'
        elif phrase in phrases[:at]:
            yield f'"{phrase}" is given twice'
        elif not _SCRIPT[lang].search(phrase):
            yield f'"{phrase}" is not written as {lang}'
        elif code not in {match.code for match in known.find(phrase)}:
            yield f'"{phrase}" would not meet "{code}" anyway'


def check_general(file: Path) -> list[str]:
    """Return every problem of a list of general concepts, one line each.

    Raises
    ------
    TermsFileError
        If the file cannot be read as CSV text; the message names it.
    """
    rows = _rows(file)
    if not rows or rows[0][1] != ["code"]:
        return [f"{file}, line 1: the header is not code"]
    known = glossary().entries
    seen: set[str] = set()
    problems: list[str] = []
    for number, cells in rows[1:]:
        code = ",".join(cells)
        if code not in known:
            problems.append(f'{file}, line {number}: no concept "{code}"')
        elif code in seen:
            problems.append(f'{file}, line {number}: "{code}" is given twice')
        seen.add(code)
    return problems
