"""Members as numbers: what they want, what they have, and the facts, side by side."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from matchmaker.engine.facts import Facts
from matchmaker.engine.table import RowTable

IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Layer:
    """Rows and facts of some members; everything a score is made of."""

    wants: RowTable
    haves: RowTable
    facts: Facts

    def __len__(self) -> int:
        """Return the number of members."""
        return len(self.facts)

    def take(self, members: IntArray) -> "Layer":
        """Return some members, in the order given."""
        return Layer(
            self.wants.take(members), self.haves.take(members), self.facts.take(members)
        )

    def join(self, other: "Layer") -> "Layer":
        """Return the members of both, these first."""
        return Layer(
            self.wants.join(other.wants),
            self.haves.join(other.haves),
            self.facts.join(other.facts),
        )

    def met(self) -> "Layer":
        """Return the same members without the keys that nobody among them looks for.

        Scores among these members stay as they are, and tables get narrow enough to
        be cut into many blocks.
        """
        wanted = np.unique(self.wants.indices).astype(np.int64)
        return Layer(self.wants.only(wanted), self.haves.only(wanted), self.facts)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return all numbers as named arrays."""
        parts = {
            "wants": self.wants.arrays(),
            "haves": self.haves.arrays(),
            "facts": self.facts.arrays(),
        }
        return {
            f"{part}.{name}": array
            for part, arrays in parts.items()
            for name, array in arrays.items()
        }

    @classmethod
    def from_arrays(
        cls,
        arrays: Mapping[str, NDArray[Any]],
        words: dict[str, dict[str, int]],
        columns: int,
    ) -> Self:
        """Return a layer from the arrays of :meth:`arrays`, without a copy."""

        def part(name: str) -> dict[str, NDArray[Any]]:
            head = f"{name}."
            return {
                key.removeprefix(head): array
                for key, array in arrays.items()
                if key.startswith(head)
            }

        return cls(
            RowTable.from_arrays(part("wants"), columns),
            RowTable.from_arrays(part("haves"), columns),
            Facts.from_arrays(words, part("facts")),
        )
