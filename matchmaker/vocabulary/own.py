"""What an organisation changed of the vocabulary: its own terms, names of countries.

They are files in the folder of the site. Every process looks at each turn whether they
changed, which costs a few microseconds, and takes them up without a new start.
"""

import json
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from matchmaker.vocabulary.countries import is_country, use_own_names
from matchmaker.vocabulary.sectors import LOCALES
from matchmaker.vocabulary.terms import TermsFileError, own_files, use_own_terms

TERMS: Final = "terms"  # a folder of files of terms
PLACES: Final = "places.json"  # {code: {locale: name}}
Names = dict[tuple[str, str], str]
_Stamp = tuple[tuple[str, int, int, int], ...]


class OwnWords:
    """The own words of one site, followed by this process.

    Parameters
    ----------
    folder
        The folder of the site; nothing in it has to exist.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._seen: _Stamp | None = None

    def follow(self) -> bool:
        """Take up what changed since the last time; tell whether anything did.

        Raises
        ------
        TermsFileError
            If a file cannot be read; what was known stays in use, and the file is not
            tried again before it changes.
        """
        stamp = _stamp([*own_files(self._folder / TERMS), self._folder / PLACES])
        if stamp == self._seen:
            return False
        with self._lock:
            self._seen = stamp
            use_own_names(read_places(self._folder / PLACES))
            use_own_terms(self._folder / TERMS)
        return True


def read_places(path: Path) -> Names:
    """Return the own names of countries by (locale, code); none without the file.

    Raises
    ------
    TermsFileError
        If the file cannot be read.
    """
    try:
        told = json.loads(path.read_text("utf-8"))
        return {
            (locale, code): str(name)
            for code, names in told.items()
            for locale, name in names.items()
            if is_country(code) and locale in LOCALES and name
        }
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, AttributeError) as error:
        raise TermsFileError(f"{path}: {error}") from error


def write_places(path: Path, names: Names) -> None:
    """Replace the own names of countries as a whole."""
    told: dict[str, dict[str, str]] = {}
    for (locale, code), name in sorted(names.items()):
        told.setdefault(code, {})[locale] = name
    replace(path, json.dumps(told, ensure_ascii=False, indent=1) + "\n")


def replace(path: Path, text: str) -> None:
    """Write a file beside the place, then let it take the place at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.new")
    beside.write_text(text, "utf-8")
    beside.replace(path)


def _stamp(paths: Iterable[Path]) -> _Stamp:
    """Return what tells one state of some files from the next."""
    found = []
    for path in paths:
        try:
            told = path.stat()
        except OSError:
            continue
        found.append((path.name, told.st_mtime_ns, told.st_size, told.st_ino))
    return tuple(found)
