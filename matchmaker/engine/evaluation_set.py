"""Evaluation sets: a folder with candidates, seekers and who was right for whom."""

import json
from collections.abc import Container
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from matchmaker.engine.deals import Deal
from matchmaker.engine.members import (
    Member,
    MembersFileError,
    read_json_lines,
    read_members,
)

_QRELS_HEADER: Final = ["query", "candidate", "gain"]
_TRAIN_HEADER: Final = ["query", "candidate", "date"]


class EvaluationSetError(ValueError):
    """A set that cannot be used; the message names file and line."""


@dataclass(frozen=True, slots=True)
class EvaluationSet:
    """Candidates, seekers and gains of one split; earlier deals if the set has them."""

    name: str
    split: str
    candidates: list[Member]
    seekers: list[Member]
    gains: dict[str, dict[str, float]]
    deals: list[Deal]


def read_evaluation_set(
    folder: Path, split: str, *, with_deals: bool = False
) -> EvaluationSet:
    """Read one split of a set.

    Raises
    ------
    EvaluationSetError
        If a file is missing or breaks its format, an id is unknown or repeated, or a
        seeker has no relevant candidate. The message names file and line.
    """
    try:
        name = _read_name(folder / "set.json")
        candidates = read_members(folder / "candidates.jsonl")
        seekers = read_members(folder / split / "queries.jsonl")
    except MembersFileError as error:
        raise EvaluationSetError(str(error)) from error
    if not candidates:
        raise EvaluationSetError(f"{folder / 'candidates.jsonl'}: no candidates")
    if not seekers:
        raise EvaluationSetError(f"{folder / split / 'queries.jsonl'}: no seekers")
    known = {member.id for member in candidates}
    gains = _read_gains(folder / split / "qrels.tsv", {m.id for m in seekers}, known)
    _check_judged(folder / split / "queries.jsonl", seekers, gains)
    deals = _read_deals(folder, known) if with_deals else []
    return EvaluationSet(name, split, candidates, seekers, gains, deals)


def _check_judged(
    path: Path, seekers: list[Member], gains: dict[str, dict[str, float]]
) -> None:
    for member in seekers:
        if any(gain > 0 for gain in gains.get(member.id, {}).values()):
            continue
        lines = (
            number
            for number, value in read_json_lines(path)
            if isinstance(value, dict) and value.get("id") == member.id
        )
        raise EvaluationSetError(
            f'{path}, line {next(lines)}: "{member.id}" has no relevant candidate in '
            "qrels.tsv"
        )


def _read_text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise EvaluationSetError(f"{path}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise EvaluationSetError(f"{path}, line {line}: not UTF-8 text") from error


def _read_name(path: Path) -> str:
    text = _read_text(path)
    try:
        head = json.loads(text)
    except json.JSONDecodeError as error:
        raise EvaluationSetError(
            f"{path}, line {error.lineno}: not JSON ({error.msg})"
        ) from error
    except (ValueError, RecursionError) as error:  # a number or a nesting without end
        raise EvaluationSetError(f"{path}: not JSON ({error})") from error
    name = head.get("name") if isinstance(head, dict) else None
    if not isinstance(name, str) or not name:
        raise EvaluationSetError(f'{path}: no "name"')
    return name


def _read_table(path: Path, header: list[str]) -> list[tuple[int, list[str]]]:
    lines = _read_text(path).split("\n")
    if lines[0].rstrip("\r").split("\t") != header:
        raise EvaluationSetError(
            f"{path}, line 1: the header is not {' '.join(header)}"
        )
    rows = []
    for number, line in enumerate(lines[1:], start=2):
        cells = line.rstrip("\r").split("\t")
        if cells == [""]:
            continue
        if len(cells) != len(header):
            raise EvaluationSetError(
                f"{path}, line {number}: {len(cells)} columns instead of {len(header)}"
            )
        rows.append((number, cells))
    return rows


def _known(
    path: Path, number: int, kind: str, identity: str, ids: Container[str]
) -> None:
    if identity not in ids:
        raise EvaluationSetError(f'{path}, line {number}: unknown {kind} "{identity}"')


def _read_gains(
    path: Path, seekers: set[str], candidates: set[str]
) -> dict[str, dict[str, float]]:
    gains: dict[str, dict[str, float]] = {}
    for number, (query, candidate, text) in _read_table(path, _QRELS_HEADER):
        _known(path, number, "query", query, seekers)
        _known(path, number, "candidate", candidate, candidates)
        try:
            gain = float(text)
        except ValueError as error:
            raise EvaluationSetError(f'{path}, line {number}: gain "{text}"') from error
        if not 0 <= gain < float("inf"):
            raise EvaluationSetError(f'{path}, line {number}: gain "{text}"')
        if candidate in gains.setdefault(query, {}):
            raise EvaluationSetError(
                f"{path}, line {number}: this pair was given before"
            )
        gains[query][candidate] = gain
    return gains


def _read_deals(folder: Path, candidates: set[str]) -> list[Deal]:
    path, people = folder / "train.tsv", folder / "train_seekers.jsonl"
    try:
        seekers = {member.id: member for member in read_members(people)}
    except MembersFileError as error:
        raise EvaluationSetError(str(error)) from error
    deals = []
    for number, (query, candidate, text) in _read_table(path, _TRAIN_HEADER):
        _known(path, number, "query", query, seekers)
        _known(path, number, "candidate", candidate, candidates)
        try:
            day = date.fromisoformat(text)
        except ValueError as error:
            raise EvaluationSetError(f'{path}, line {number}: date "{text}"') from error
        deals.append(Deal(seekers[query], candidate, day))
    return deals
