"""What lists have to respect besides being worth most: capacity, cool-down, variety."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matchmaker.engine.diversity import Variety, varied_places

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Bounds:
    """Bounds of the lists of a community; by default there are none.

    Attributes
    ----------
    waiting
        Requests that wait in each member's inbox already and will be read before new
        ones, shape ``(members,)``: who got many lately cools down.
    capacity
        Lists that each member stands in at most, one number or shape ``(members,)``.
        It always holds: a list is shorter if too few of its candidates have room.
    variety
        How varied a list should be by country, sector or other labels.
    """

    waiting: FloatArray | None = None
    capacity: int | IntArray | None = None
    variety: Variety | None = None


def bounded_places(
    names: IntArray, worth: FloatArray, k: int, bounds: Bounds
) -> IntArray:
    """Choose places of candidate lists within capacity and with variety.

    Parameters
    ----------
    names
        Candidates of each member, shape ``(members, width)``, in the order in which
        they are to be taken; -1 is an empty place.
    worth
        What each is worth to the market, by which a crowded candidate chooses.
    k
        Length of a list.

    Returns
    -------
    IntArray
        Shape ``(members, k)``, columns of ``names``, -1 for an empty place.
    """
    variety = bounds.variety or Variety(())

    def choose(rows: IntArray, names: IntArray) -> IntArray:
        return varied_places(names, worth[rows], k, variety)

    everybody = np.arange(len(names))
    if bounds.capacity is None:
        return choose(everybody, names)
    room = np.broadcast_to(np.asarray(bounds.capacity), (len(names),)).astype(np.int64)
    return _hold(names, worth, room, choose)


def _hold(
    names: IntArray,
    worth: FloatArray,
    room: IntArray,
    choose: Callable[[IntArray, IntArray], IntArray],
) -> IntArray:
    """Let crowded candidates keep whom they are worth most to; the others ask on.

    Deferred acceptance (Gale and Shapley 1962): the outcome does not depend on who
    asks first, and no place stays empty that a candidate had room for. With variety a
    member may withdraw, so that this last can fail, in one of 2,000 small markets.
    """
    open_to = names.copy()
    rows = np.arange(len(names))
    chosen = choose(rows, open_to)
    while True:
        row, place = np.nonzero(chosen >= 0)
        column = chosen[row, place]
        late = _beyond(names[row, column], worth[row, column], row, room)
        if not late.any():
            return chosen
        open_to[row[late], column[late]] = -1
        rows = np.unique(row[late])
        chosen[rows] = choose(rows, open_to[rows])


def _beyond(
    names: IntArray, worth: FloatArray, asking: IntArray, room: IntArray
) -> NDArray[np.bool_]:
    """Mark who is not among the best ``room`` of those who ask for the same name."""
    distance = (asking - names) % len(room)
    order = np.lexsort((distance, -worth, names))
    owner = names[order]
    starts = np.searchsorted(owner, owner)
    late = np.zeros(len(names), bool)
    late[order] = np.arange(len(owner)) - starts >= room[owner]
    return late
