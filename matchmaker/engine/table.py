"""Sparse rows grouped by member, with cheap replacement of one member's rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Number = TypeVar("Number", bound=np.generic)

_STATE: Final = ("data", "indices", "indptr", "starts", "kinds", "weights")


@dataclass(frozen=True, slots=True)
class Row:
    """One text as a sparse vector, with its collaboration type and weight."""

    columns: NDArray[np.int32]
    values: FloatArray
    kind: int
    weight: float


class RowTable:
    """Rows of all members in one sparse matrix; every member has at least one row.

    ``starts_[i]`` is the first row of member ``i``; ``kinds_`` and ``weights_`` hold
    one number per row.
    """

    def __init__(self) -> None:
        self.data_: FloatArray = np.zeros(0)
        self.indices_: NDArray[np.int32] = np.zeros(0, np.int32)
        self.indptr_: IntArray = np.zeros(1, np.int64)
        self.starts_: IntArray = np.zeros(1, np.int64)
        self.kinds_: NDArray[np.int8] = np.zeros(0, np.int8)
        self.weights_: FloatArray = np.zeros(0)

    def __len__(self) -> int:
        """Return the number of members."""
        return len(self.starts_) - 1

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return all state as named arrays, to be saved."""
        return {name: getattr(self, name + "_") for name in _STATE}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """Return a table from the arrays of :meth:`arrays`."""
        table = cls()
        for name in _STATE:
            setattr(table, name + "_", arrays[name])
        return table

    def splice(self, at: int, count: int, groups: Sequence[Sequence[Row]]) -> None:
        """Replace the rows of ``count`` members from position ``at`` by new groups."""
        rows = [row for group in groups for row in group]
        first, last = int(self.starts_[at]), int(self.starts_[at + count])
        begin, end = int(self.indptr_[first]), int(self.indptr_[last])
        sizes = np.array([len(row.columns) for row in rows], np.int64)
        lengths = np.array([len(group) for group in groups], np.int64)
        self.data_ = _spliced(self.data_, begin, end, [row.values for row in rows])
        self.indices_ = _spliced(
            self.indices_, begin, end, [row.columns for row in rows]
        )
        self.kinds_ = _spliced(
            self.kinds_, first, last, [np.array([row.kind for row in rows], np.int8)]
        )
        self.weights_ = _spliced(
            self.weights_, first, last, [np.array([row.weight for row in rows], float)]
        )
        self.indptr_ = _offsets(self.indptr_, first, last, sizes)
        self.starts_ = _offsets(self.starts_, at, at + count, lengths)

    def matrix(self, columns: int) -> csr_array:
        """Return all rows as a matrix with a number of columns, sharing memory."""
        return csr_array(
            (self.data_, self.indices_, self.indptr_), shape=(len(self.kinds_), columns)
        )

    def rows(self, at: int, count: int = 1) -> slice:
        """Return the rows of ``count`` members from position ``at`` as a slice."""
        return slice(int(self.starts_[at]), int(self.starts_[at + count]))

    def part(self, at: int, count: int, columns: int) -> "RowsOf":
        """Return the rows of some members, as a matrix sharing memory."""
        rows = self.rows(at, count)
        begin, end = int(self.indptr_[rows.start]), int(self.indptr_[rows.stop])
        matrix = csr_array(
            (
                self.data_[begin:end],
                self.indices_[begin:end],
                self.indptr_[rows.start : rows.stop + 1] - begin,
            ),
            shape=(rows.stop - rows.start, columns),
        )
        starts = self.starts_[at : at + count] - rows.start
        return RowsOf(matrix, starts, self.kinds_[rows], self.weights_[rows])


@dataclass(frozen=True, slots=True)
class RowsOf:
    """Rows of some members: matrix, first row of each member, kinds and weights."""

    matrix: csr_array
    starts: IntArray
    kinds: NDArray[np.int8]
    weights: FloatArray

    def row(self, at: int) -> Row:
        """Return one row by itself."""
        part = slice(int(self.matrix.indptr[at]), int(self.matrix.indptr[at + 1]))
        columns, values = self.matrix.indices[part], self.matrix.data[part]
        return Row(columns, values, int(self.kinds[at]), float(self.weights[at]))


def rows_of(groups: Sequence[Sequence[Row]], columns: int) -> RowsOf:
    """Return rows that stand in no table, for a seeker from outside the community."""
    table = RowTable()
    table.splice(0, 0, groups)
    return table.part(0, len(groups), columns)


def _spliced(
    array: NDArray[Number], begin: int, end: int, parts: list[NDArray[Number]]
) -> NDArray[Number]:
    return np.concatenate([array[:begin], *parts, array[end:]]).astype(array.dtype)


def _offsets(offsets: IntArray, first: int, last: int, sizes: IntArray) -> IntArray:
    """Replace offsets between two positions and shift those behind."""
    inserted = offsets[first] + np.cumsum(sizes)
    shift = (inserted[-1] if len(inserted) else offsets[first]) - offsets[last]
    return np.concatenate([offsets[: first + 1], inserted, offsets[last + 1 :] + shift])
