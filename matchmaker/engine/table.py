"""Sparse rows grouped by member: texts as numbers, in arrays that can be mapped."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

VectorArray = NDArray[np.float32]

_STATE: Final = ("data", "indices", "indptr", "starts", "kinds", "weights", "meaning")


@dataclass(frozen=True, slots=True)
class Row:
    """One text as a sparse vector, with its collaboration type and weight.

    ``meaning`` is its vector from an encoder, empty without one.
    """

    columns: NDArray[np.int32]
    values: FloatArray
    kind: int
    weight: float
    meaning: VectorArray = field(default_factory=lambda: np.zeros(0, np.float32))


@dataclass(slots=True)
class RowTable:
    """Rows of members in one sparse matrix; every member has at least one row.

    Attributes
    ----------
    data, indices, indptr
        The rows, as in scipy's compressed sparse rows.
    starts
        First row of each member, and the number of rows at the end.
    kinds, weights
        One number per row.
    meaning
        One vector per row, ``(rows, d)``; ``d`` is 0 without an encoder.
    columns
        Width of the matrix.
    """

    data: FloatArray
    indices: NDArray[np.int32]
    indptr: IntArray
    starts: IntArray
    kinds: NDArray[np.int8]
    weights: FloatArray
    meaning: VectorArray
    columns: int
    _turned: csr_array | None = field(default=None, repr=False)
    _owners: IntArray | None = field(default=None, repr=False)

    @classmethod
    def build(cls, groups: Sequence[Sequence[Row]], columns: int) -> Self:
        """Return a table of the rows of members, group by group."""
        rows = [row for group in groups for row in group]
        sizes = [len(row.columns) for row in rows]
        nothing = np.zeros(0)
        return cls(
            np.concatenate([nothing, *(row.values for row in rows)]),
            np.concatenate([nothing, *(row.columns for row in rows)]).astype(np.int32),
            np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)]).astype(np.int64),
            np.concatenate([[0], np.cumsum([len(group) for group in groups])]).astype(
                np.int64
            ),
            np.array([row.kind for row in rows], np.int8),
            np.array([row.weight for row in rows], float),
            _stacked([row.meaning[None] for row in rows]),
            columns,
        )

    def __len__(self) -> int:
        """Return the number of members."""
        return len(self.starts) - 1

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return all state as named arrays, to be saved."""
        return {name: getattr(self, name) for name in _STATE}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]], columns: int) -> Self:
        """Return a table from the arrays of :meth:`arrays`, without a copy."""
        return cls(**{name: arrays[name] for name in _STATE}, columns=columns)

    def matrix(self, columns: int | None = None) -> csr_array:
        """Return the rows as a matrix, its first columns only if told, no copy."""
        data, indices, indptr = self.data, self.indices, self.indptr
        if columns is not None and columns < self.columns:
            kept = indices < columns
            before = np.concatenate([[0], np.cumsum(kept)])
            data, indices, indptr = data[kept], indices[kept], before[indptr]
        width = self.columns if columns is None else columns
        return csr_array((data, indices, indptr), shape=(len(self.kinds), width))

    def turned(self, columns: int | None = None) -> csr_array:
        """Return the rows by column, ``(columns, rows)``: who writes of each key."""
        if self._turned is None:
            self._turned = self.matrix().T.tocsr()
        whole = self._turned
        if columns is None or columns >= self.columns:
            return whole
        end = int(whole.indptr[columns])
        parts = (whole.data[:end], whole.indices[:end], whole.indptr[: columns + 1])
        return csr_array(parts, shape=(columns, len(self.kinds)))

    @property
    def owners(self) -> IntArray:
        """The member of each row."""
        if self._owners is None:
            counts = np.diff(self.starts)
            self._owners = np.repeat(np.arange(len(counts)), counts)
        return self._owners

    @property
    def one_each(self) -> bool:
        """Whether every member has one row, so that rows are members."""
        return len(self.kinds) == len(self)

    def take(self, members: IntArray) -> "RowTable":
        """Return the rows of some members, in the order given."""
        rows, starts = _gathered(self.starts, members)
        places, indptr = _gathered(self.indptr, rows)
        return RowTable(
            self.data[places],
            self.indices[places],
            indptr,
            starts,
            self.kinds[rows],
            self.weights[rows],
            self.meaning[rows],
            self.columns,
        )

    def join(self, other: "RowTable") -> "RowTable":
        """Return the members of both tables, these first."""
        return RowTable(
            np.concatenate([self.data, other.data]),
            np.concatenate([self.indices, other.indices]),
            np.concatenate([self.indptr, self.indptr[-1] + other.indptr[1:]]),
            np.concatenate([self.starts, self.starts[-1] + other.starts[1:]]),
            np.concatenate([self.kinds, other.kinds]),
            np.concatenate([self.weights, other.weights]),
            _stacked([self.meaning, other.meaning]),
            max(self.columns, other.columns),
        )

    def only(self, kept: IntArray) -> "RowTable":
        """Return the table with some columns only, renumbered from 0 in that order.

        Parameters
        ----------
        kept
            Columns, ascending.
        """
        at = np.searchsorted(kept, self.indices)
        at[at == len(kept)] = 0
        known = kept[at] == self.indices if len(kept) else np.zeros(len(at), bool)
        before = np.concatenate([[0], np.cumsum(known)])
        return RowTable(
            self.data[known],
            at[known].astype(np.int32),
            before[self.indptr],
            self.starts,
            self.kinds,
            self.weights,
            self.meaning,
            len(kept),
        )

    def row(self, at: int) -> Row:
        """Return one row by itself."""
        part = slice(int(self.indptr[at]), int(self.indptr[at + 1]))
        kind, weight = int(self.kinds[at]), float(self.weights[at])
        columns, values = self.indices[part], self.data[part]
        return Row(columns, values, kind, weight, self.meaning[at])


def _stacked(parts: Sequence[VectorArray]) -> VectorArray:
    """Return vectors below each other; rows made without an encoder are zeros."""
    width = max((part.shape[1] for part in parts), default=0)
    made = np.zeros((sum(map(len, parts)), width), np.float32)
    at = 0
    for part in parts:
        made[at : at + len(part), : part.shape[1]] = part
        at += len(part)
    return made


def _gathered(offsets: IntArray, chosen: IntArray) -> tuple[IntArray, IntArray]:
    """Return the places of chosen groups, and the offsets of the groups in them."""
    lengths = offsets[chosen + 1] - offsets[chosen]
    made = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    shift = np.repeat(offsets[chosen] - made[:-1], lengths)
    return np.arange(made[-1]) + shift, made
