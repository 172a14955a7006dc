"""Rendered parts of pages that stay good until something they show changes.

An entry is kept under a key that says all it depends on, so nothing has to be
thrown away by hand: a changed key simply finds nothing, and old entries fall out
at the end. Per process.
"""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Fragments(Generic[T]):
    """The most recently used entries, at most ``limit``."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._entries: OrderedDict[Hashable, T] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, key: Hashable) -> T | None:
        """Return what is kept under a key."""
        with self._lock:
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
