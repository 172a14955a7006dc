"""An organisation's own terms: a draft, what is in force, and what was before.

All three are files beside each other; what is in force is ``terms/site.csv``, read like
every file that ``matchmaker terms-add`` brought. The draft starts as a copy of it.
"""

import csv
import hashlib
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from matchmaker.errors import DomainError
from matchmaker.vocabulary import own
from matchmaker.vocabulary.check import check_terms
from matchmaker.vocabulary.sectors import LOCALES
from matchmaker.vocabulary.terms import (
    COLUMNS,
    Entry,
    glossary_files,
    own_files,
    read_entries,
)

LIVE: Final = "site.csv"
# Names with a dot are no files of terms: nobody reads them by accident.
DRAFT: Final = ".draft.csv"
BEFORE: Final = ".before.csv"
EMPTY: Final = ",".join(COLUMNS) + "\n"
MOST_TERMS: Final = 2000
_NOT_IN_CODE: Final = re.compile(r"[^a-z0-9]+")


class WrongTerm(DomainError):  # noqa: N818  a refusal, like its parent
    """What is wrong with a concept, as ``terms-check`` says it."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("term-wrong", status=422)
        self.problems = problems


@dataclass(frozen=True, slots=True)
class State:
    """The three files as they are."""

    live: list[Entry]
    draft: list[Entry] | None
    has_before: bool
    others: dict[str, list[Entry]]

    @property
    def shown(self) -> list[Entry]:
        """The concepts that can be edited: the draft if there is one."""
        return self.live if self.draft is None else self.draft


class OwnTerms:
    """The own terms of one site.

    Parameters
    ----------
    folder
        The folder of the site.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder / own.TERMS
        self.live, self.draft, self.before = (
            self.folder / name for name in (LIVE, DRAFT, BEFORE)
        )

    def state(self) -> State:
        """Return what there is."""
        return State(
            live=_read(self.live) if self.live.exists() else [],
            draft=_read(self.draft) if self.draft.exists() else None,
            has_before=self.before.exists(),
            others={path.name: _read(path) for path in self._others()},
        )

    def find(self, code: str) -> Entry:
        """Return a concept that can be edited.

        Raises
        ------
        DomainError
            ``term-unknown``.
        """
        for entry in self.state().shown:
            if entry.code == code:
                return entry
        raise DomainError("term-unknown", status=404)

    def save(
        self, names: Mapping[str, Sequence[str]], *, sector: str, code: str = ""
    ) -> str:
        """Put a concept into the draft, instead of the one of a code; return its code.

        Raises
        ------
        DomainError
            ``term-wrong`` with what is wrong; ``terms-many``.
        """
        entries = {one.code: one for one in self.state().shown}
        if not code:
            code = self._new_code(names["en"][0], set(entries))
        entries[code] = Entry(
            code, sector or None, {key: tuple(names[key]) for key in LOCALES}
        )
        if len(entries) > MOST_TERMS:
            raise DomainError("terms-many")
        self._check([entries[code]], but=code)
        own.replace(self.draft, _written(entries.values()))
        return code

    def remove(self, code: str) -> None:
        """Take a concept out of the draft.

        Raises
        ------
        DomainError
            ``term-unknown``.
        """
        self.find(code)
        kept = [one for one in self.state().shown if one.code != code]
        own.replace(self.draft, _written(kept))

    def drop(self) -> None:
        """Forget the draft."""
        self.draft.unlink(missing_ok=True)

    def publish(self, digest: str) -> int:
        """Put the draft in force; return how many concepts it has.

        Raises
        ------
        DomainError
            ``terms-no-draft``; ``terms-changed`` if it is not the draft of a digest.
        """
        if not self.draft.exists():
            raise DomainError("terms-no-draft")
        if digest != self.digest():
            raise DomainError("terms-changed")
        text = self.draft.read_text("utf-8")
        own.replace(self.before, self._live_text())
        own.replace(self.live, text)
        self.drop()
        return len(_read(self.live))

    def go_back(self) -> None:
        """Put in force what was before; a second time undoes it.

        Raises
        ------
        DomainError
            ``terms-no-before``.
        """
        if not self.before.exists():
            raise DomainError("terms-no-before")
        text, now = self.before.read_text("utf-8"), self._live_text()
        own.replace(self.live, text)
        own.replace(self.before, now)

    def digest(self) -> str:
        """Return a hash of the draft and of all that it would be beside."""
        told = hashlib.sha256()
        for path in (self.draft, self.live, *self._others()):
            told.update(path.read_bytes() if path.exists() else b"-")
        return told.hexdigest()[:32]

    def _live_text(self) -> str:
        return self.live.read_text("utf-8") if self.live.exists() else EMPTY

    def _others(self) -> list[Path]:
        return [path for path in own_files(self.folder) if path != self.live]

    def _new_code(self, name: str, taken: set[str]) -> str:
        """Return a code of the English name that no concept has."""
        known = {
            entry.code
            for path in [*glossary_files(), *self._others()]
            for entry in _read(path)
        }
        stem = _NOT_IN_CODE.sub("-", name.casefold()).strip("-")[:40] or "term"
        code, number = f"own-{stem}".strip("-"), 1
        while code in taken | known:
            number += 1
            code = f"own-{stem}-{number}"
        return code

    def _check(self, entries: Sequence[Entry], *, but: str) -> None:
        """Look at concepts as ``terms-check`` does, beside all that are known."""
        rest = [one for one in self.state().shown if one.code != but]
        trial, beside = (
            self.folder / name for name in (".trial.csv", ".trial-rest.csv")
        )
        try:
            own.replace(trial, _written(entries))
            own.replace(beside, _written(rest))
            known = [*glossary_files(), *self._others(), beside]
            _, problems = check_terms([trial], against=known)
        finally:
            trial.unlink(missing_ok=True)
            beside.unlink(missing_ok=True)
        if problems:
            raise WrongTerm([_without_place(one) for one in problems])


def _without_place(problem: str) -> str:
    """Return a problem without the name of the file and its line."""
    return re.sub(r"\S*\.csv(, line \d+)?:? ?", "", problem)


def _read(path: Path) -> list[Entry]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(read_entries(lines))


def _written(entries: Iterable[Entry]) -> str:
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow(COLUMNS)
    for one in entries:
        names = ["|".join(one.names[key]) for key in LOCALES]
        writer.writerow([one.code, one.sector or "", *names])
    return lines.getvalue()
