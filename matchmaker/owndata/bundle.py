"""The file that a person takes home: JSON for machines, CSV for eyes, a page of words.

Written under a name nobody can guess, and complete before the database says so.
"""

import json
import os
import secrets
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from sqlalchemy.orm import Session

from matchmaker.clock import now
from matchmaker.owndata.collect import Owner, Row, collect
from matchmaker.owndata.registry import KINDS
from matchmaker.sheets import csv_file

FORMAT: Final = 1
#: Writes a template of this room in a language: (name, locale, values) to text.
Scribe = Callable[[str, str, Mapping[str, Any]], str]
Tell = Callable[[int, int], None]


def new_file_name() -> str:
    """Return a name of 192 random bits."""
    return f"{secrets.token_urlsafe(24)}.zip"


def exports_folder(instance: Path | str) -> Path:
    """Return where copies lie until they are fetched or a day is over."""
    return Path(instance) / "exports"


def write_bundle(
    session: Session, owner: Owner, path: Path, *, scribe: Scribe, tell: Tell
) -> int:
    """Write everything about a person into one file; return its bytes.

    Parameters
    ----------
    scribe
        Puts reasons and the page of words into the person's language.
    tell
        Called with the kinds written and all kinds.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = path.with_suffix(".unfinished")
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    told: dict[str, list[Row]] = {}
    try:
        with (
            os.fdopen(handle, "wb") as file,
            zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
        ):
            for done, kind in enumerate(KINDS, 1):
                rows = collect(session, kind, owner)
                if kind.name == "proposals":
                    _add_words(rows, scribe, owner.locale)
                if rows:
                    archive.writestr(f"csv/{kind.name}.csv", csv_file(_cells(rows)))
                told[kind.name] = rows
                tell(done, len(KINDS))
            made = {"format": FORMAT, "made_at": now().isoformat(), **told}
            text = json.dumps(made, ensure_ascii=False, indent=1)
            archive.writestr("data.json", text.encode("utf-8", "replace"))
            counts = {name: len(rows) for name, rows in told.items()}
            page = scribe("readme", owner.locale, {"counts": counts, "made_at": now()})
            archive.writestr("README.txt", page.encode("utf-8", "replace"))
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    return path.stat().st_size


def _add_words(rows: list[Row], scribe: Scribe, locale: str) -> None:
    """Say beside the codes of each proposal why it was made."""
    for row in rows:
        if row["reasons"]:
            words = scribe("reasons", locale, {"told": row["reasons"]})
            row["reasons_in_words"] = [
                line.strip() for line in words.splitlines() if line.strip()
            ]


def _cells(rows: Sequence[Row]) -> list[list[str]]:
    """Return rows as a table with a head; what is deeper stands as JSON."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    return [names, *([_cell(row.get(name)) for name in names] for row in rows)]


def _cell(value: Any) -> str:  # noqa: ANN401  a plain value
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return "\n".join(value)
    return json.dumps(value, ensure_ascii=False)
