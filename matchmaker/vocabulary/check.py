"""Find what is wrong in glossary files: for editors, and for the tests."""

import csv
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from matchmaker.vocabulary.sectors import LOCALES, is_sector
from matchmaker.vocabulary.terms import COLUMNS

_CODE: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_SCRIPT: Final = {
    "en": re.compile(r"[A-Za-z]"),
    # An abbreviation such as LED or ERP is written in Latin everywhere.
    "ru": re.compile(r"[А-Яа-яЁё]|^[A-Z0-9][A-Za-z0-9 ./+&-]*$"),
    "zh": re.compile(r"[\u3400-\u9fff]|^[A-Z0-9][A-Za-z0-9 ./+&-]*$"),
}


def check_terms(files: Sequence[Path]) -> tuple[int, list[str]]:
    """Return how many concepts the files hold and every problem, one line each.

    Raises
    ------
    OSError
        If a file cannot be read.
    UnicodeDecodeError
        If a file is not UTF-8.
    """
    codes: dict[str, str] = {}
    names: dict[tuple[str, str], str] = {}
    problems: list[str] = []
    count = 0
    for path in files:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.reader(lines)
            if tuple(next(reader, ())) != COLUMNS:
                problems.append(
                    f"{path}, line 1: the header is not {','.join(COLUMNS)}"
                )
                continue
            for cells in reader:
                count += 1
                place = f"{path}, line {reader.line_num}"
                if len(cells) != len(COLUMNS):
                    problems.append(
                        f"{place}: {len(cells)} columns instead of {len(COLUMNS)}"
                    )
                    continue
                row = dict(zip(COLUMNS, cells, strict=True))
                problems.extend(f"{place}: {what}" for what in _row_problems(row))
                problems.extend(_repeats(row, place, codes, names))
    return count, problems


def _row_problems(row: dict[str, str]) -> Iterator[str]:
    if not _CODE.fullmatch(row["code"]):
        yield f'code "{row["code"]}" is not lower-case words joined by hyphens'
    if row["sector"] and not is_sector(row["sector"]):
        yield f'unknown sector "{row["sector"]}"'
    for locale in LOCALES:
        for name in row[locale].split("|"):
            if not name.strip():
                yield f"an empty name in {locale}"
            elif name != name.strip():
                yield f'spaces around "{name.strip()}" in {locale}'
            elif not _SCRIPT[locale].search(name):
                yield f'"{name}" is not written as {locale}'


def _repeats(
    row: dict[str, str],
    place: str,
    codes: dict[str, str],
    names: dict[tuple[str, str], str],
) -> Iterator[str]:
    code = row["code"]
    if code in codes:
        yield f'{place}: code "{code}" repeats {codes[code]}'
    codes.setdefault(code, place)
    for locale in LOCALES:
        found = [name.strip().casefold() for name in row[locale].split("|")]
        if len(set(found)) < len(found):
            yield f"{place}: a name is given twice in {locale}"
        # Two rows that agree in all of a language's names are one concept twice.
        key = (locale, "|".join(sorted(found)))
        if locale == "en" and key in names:
            yield f"{place}: the same {locale} names as {names[key]}"
        names.setdefault(key, place)
