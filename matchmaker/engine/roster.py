"""Members by id: the fitted ones as they lie in a file, the changed ones in memory."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from matchmaker.engine.members import Member, member_from_object

IntArray = NDArray[np.int64]
_KEPT: Final = 4_096  # parsed members that are kept at hand


class StoredMembers(Mapping[str, Member]):
    """Members written one after another as JSON, parsed when asked for.

    Parameters
    ----------
    ids
        In the order of the texts.
    text, offsets
        All JSON in UTF-8, and where each begins; as from :func:`stored_arrays`.
    """

    def __init__(
        self, ids: Sequence[str], text: NDArray[np.uint8], offsets: IntArray
    ) -> None:
        if len(offsets) != len(ids) + 1:
            raise ValueError("members and their texts do not fit")
        self._place = {member_id: at for at, member_id in enumerate(ids)}
        self._text, self._offsets = text, offsets
        self._kept: dict[str, Member] = {}

    def __getitem__(self, member_id: str) -> Member:
        """Return a member."""
        found = self._kept.get(member_id)
        if found is None:
            at = self._place[member_id]
            part = self._text[self._offsets[at] : self._offsets[at + 1]]
            found = member_from_object(json.loads(part.tobytes()))
            if len(self._kept) >= _KEPT:
                self._kept.clear()
            self._kept[member_id] = found
        return found

    def __iter__(self) -> Iterator[str]:
        """Go through the ids."""
        return iter(self._place)

    def __len__(self) -> int:
        """Return the number of members."""
        return len(self._place)


def stored_arrays(members: Sequence[Member]) -> dict[str, NDArray[Any]]:
    """Return the arrays from which :class:`StoredMembers` reads members."""
    texts = [json.dumps(asdict(one), ensure_ascii=False).encode() for one in members]
    offsets = np.cumsum([0, *(len(text) for text in texts)], dtype=np.int64)
    return {
        "members.text": np.frombuffer(b"".join(texts), np.uint8),
        "members.offsets": offsets,
    }
