"""How far long work has come, for those who watch it from another process.

A transaction that writes for seconds can tell nobody about itself: its rows are seen
when it is over. So the counts are small files that all processes of a machine share.
They are for the eye only; what is done and what is due stands in the database.
"""

import contextlib
import json
import os
import re
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

EVERY: Final = 0.2  # seconds between two counts; more often nobody sees
_KEY: Final = re.compile(r"[A-Za-z0-9_-]{1,80}")


@dataclass(frozen=True, slots=True)
class Progress:
    """What is being done, how much of it is done, and of how much."""

    phase: str
    done: int
    total: int


class Board:
    """Counts of long work by its name.

    Parameters
    ----------
    folder
        Made when the first count is written.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._told: dict[str, tuple[str, float]] = {}

    def tell(self, key: str, progress: Progress) -> None:
        """Show a count; one that comes too soon after the last is left out."""
        moment = time.monotonic()
        phase, at = self._told.get(key, ("", 0.0))
        if phase == progress.phase and moment - at < EVERY:
            return
        self._told[key] = progress.phase, moment
        self._put(key, json.dumps(asdict(progress)))

    def find(self, key: str) -> Progress | None:
        """Return the last count, None if there is none that can be read."""
        path = self._path(key)
        try:
            return Progress(**json.loads(path.read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def ask_stop(self, key: str) -> None:
        """Ask whoever does it to give it up."""
        self._put(f"{key}-stop", "")

    def is_stopped(self, key: str) -> bool:
        """Tell whether somebody asked to give it up."""
        return self._path(f"{key}-stop").exists()

    def clear(self, key: str) -> None:
        """Forget the count, and that somebody asked to give it up."""
        self._told.pop(key, None)
        for name in (key, f"{key}-stop"):
            self._path(name).unlink(missing_ok=True)

    def _put(self, key: str, text: str) -> None:
        # Work goes on without counts where the disk takes none.
        with contextlib.suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            fresh = self._path(f"{key}-{os.getpid()}")
            fresh.write_text(text, "utf-8")
            fresh.replace(self._path(key))

    def _path(self, key: str) -> Path:
        if not _KEY.fullmatch(key):
            raise ValueError(key)
        return self._folder / key
