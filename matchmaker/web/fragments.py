"""Rendered pages that stay good until something they show changes.

An entry is kept under a key that says all it depends on, so nothing has to be
thrown away by hand for a page to be right: a changed key simply finds nothing, and old
entries fall out at the end. Who is erased or blocked must not stay in memory until
then: `forget_all` empties it at once in this process, ``since`` in the others with
the next page they are asked for.
"""

import re
import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Any, Generic, TypeVar
from weakref import WeakSet

from flask import request, session
from flask_wtf.csrf import generate_csrf

from matchmaker.web.i18n import locale

T = TypeVar("T")
_INDENT = re.compile(r"\n\s+")
_everything: "WeakSet[Fragments[Any]]" = WeakSet()
_TOKEN = "\x00csrf\x00"  # noqa: S105  stands where each session's own token goes


class Fragments(Generic[T]):
    """The most recently used entries, at most ``limit``."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._entries: OrderedDict[Hashable, T] = OrderedDict()
        self._lock = threading.Lock()
        self._since: Any = None
        _everything.add(self)

    def find(self, key: Hashable, *, since: Any = None) -> T | None:  # noqa: ANN401
        """Return what is kept under a key.

        ``since`` is a part of every key that only grows: where it has grown, nothing
        of before can be asked for any more, and nothing of before is kept.
        """
        with self._lock:
            if since is not None and (self._since is None or since > self._since):
                self._entries.clear()
                self._since = since
            entry = self._entries.get(key)
            if entry is not None:
                self._entries.move_to_end(key)
            return entry

    def keep(self, key: Hashable, entry: T) -> None:
        """Keep an entry, and forget the one that was not asked for the longest."""
        with self._lock:
            self._entries[key] = entry
            while len(self._entries) > self._limit:
                self._entries.popitem(last=False)

    def forget(self) -> None:
        """Forget everything."""
        with self._lock:
            self._entries.clear()

    def __len__(self) -> int:
        """Return how many entries are kept."""
        return len(self._entries)


def forget_all() -> None:
    """Forget all that is kept in this process: somebody on it became invisible."""
    for kept in tuple(_everything):
        kept.forget()


def page_state() -> tuple[str, str, str]:
    """Return what the frame of every page depends on: language, theme, address."""
    return locale(), request.cookies.get("theme", ""), request.full_path


def has_notes() -> bool:
    """Tell whether a note waits to be shown once; such a page is not kept."""
    return "_flashes" in session


def without_token(page: str, *, squeeze: bool = True) -> str:
    """Return a rendered page without the token of this session's forms.

    Indentation is a third of it. Do not squeeze it out where people's texts keep
    their lines: in a conversation, in a field for several lines.
    """
    page = page.replace(generate_csrf(), _TOKEN)
    return _INDENT.sub("\n", page) if squeeze else page


def with_token(page: str) -> str:
    """Return a kept page with the token of this session's forms."""
    return page.replace(_TOKEN, generate_csrf())
