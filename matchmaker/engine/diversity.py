"""Variety inside a list: no country and no sector fills it while others are as good.

The idea of maximal marginal relevance (Carbonell and Goldstein, SIGIR 1998) with a
bound: worth is given up only for a place that would go to a label which has its share
already, and never more of it than stated.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Variety:
    """How varied a list should be.

    Attributes
    ----------
    groups
        Labels of all members, such as country and sector, each of shape ``(members,)``
        with -1 for unknown. An unknown label never fills a list.
    share
        Part of a list, 0 to 1, that one label should not exceed.
    loss
        Part of its worth, 0 to 1, that a place in a list may lose for that. With 0 only
        equals change places, with 1 the share gives way only for lack of others.
    """

    groups: Sequence[IntArray]
    share: float = 0.5
    loss: float = 0.1


def varied_places(
    names: IntArray, worth: FloatArray, k: int, variety: Variety
) -> IntArray:
    """Choose places of candidate lists so that no label takes more than its share.

    Parameters
    ----------
    names
        Candidates of some members, shape ``(rows, width)``, in the order in which they
        are to be taken; -1 is an empty place.
    worth
        What each is worth to the market; an empty place has any number.
    k
        Length of a list.

    Returns
    -------
    IntArray
        Shape ``(rows, k)``, columns of ``names``, -1 where nobody is left. The first
        candidate left whose labels all have room is taken, if its worth is no more than
        ``loss`` below that of the first one left; otherwise this one is taken.
    """
    rows = np.arange(len(names))
    chosen = np.full((len(names), k), -1, np.int64)
    most = max(1, round(variety.share * k))
    left = names >= 0
    labels = [np.where(left, group[names], -1) for group in variety.groups]
    taken = [np.zeros(names.shape, np.int16) for _ in labels]
    for place in range(min(k, names.shape[1])):
        first = left.argmax(axis=1)
        best = worth[rows, first]
        good = left & (worth >= (best - variety.loss * np.abs(best))[:, None])
        for count in taken:
            good &= count < most
        pick = np.where(good.any(axis=1), good.argmax(axis=1), first)
        found = left[rows, pick]
        chosen[found, place] = pick[found]
        left[rows, pick] = False
        for label, count in zip(labels, taken, strict=True):
            np.add(count, (label == label[rows, pick][:, None]) & (label >= 0), count)
    return chosen
