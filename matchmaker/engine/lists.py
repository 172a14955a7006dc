"""From scores to lists: own taste, both sides' taste, or the whole market."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from matchmaker.engine.bounds import Bounds
from matchmaker.engine.candidates import NEIGHBOURS, sample_of
from matchmaker.engine.community import Community, Ranked, Scores
from matchmaker.engine.diversity import Variety
from matchmaker.engine.pairing import Candidates, Forbidden
from matchmaker.engine.ranking import attention, congestion_lists, make_pairs
from matchmaker.engine.scoring import DECIMALS

Policy = Literal["congestion", "product", "own"]
FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

# Candidates of each member that the lists are chosen from. Below about 60 some members
# of a community of 10,000 are in nobody's list.
CANDIDATES: Final = 90


@dataclass(frozen=True, slots=True)
class MarketLists:
    """Lists of a whole community, and what each member may expect.

    Attributes
    ----------
    ids
        In ascending order; rows and values of ``candidates.places`` count in it.
    candidates
        Who is in each list.
    order
        Places in ``candidates``, best first, ``(members, k)``; -1 is an empty place.
    requests
        Expected requests that reach each member if everybody reads from the top,
        ``(members,)``.
    """

    ids: list[str]
    candidates: Candidates
    order: IntArray
    requests: FloatArray


def market_lists(
    community: Community,
    found: Candidates,
    *,
    k: int,
    fairness: float = 0.5,
    bounds: Bounds | None = None,
) -> MarketLists:
    """Order the candidates of everybody for the most accepted introductions.

    Parameters
    ----------
    found
        Candidate lists, as from ``community.candidates``.
    k
        Places that are optimised together; the rest of each list follows by what an
        introduction is worth now (:func:`worth`).
    fairness
        0 to 1: how much more an introduction is worth to members who get few.
    bounds
        Requests that wait already, capacity and variety.
    """
    pairs = make_pairs(found.places, found.for_me, found.for_them)
    lists = congestion_lists(pairs, k=k, fairness=fairness, bounds=bounds)
    first = _places_in(found.places, lists)
    looks = attention(np.arange(1.0, first.shape[1] + 1))
    asked = np.take_along_axis(found.for_me, np.maximum(first, 0), axis=1) * looks
    shown = first >= 0
    requests = np.bincount(lists[shown], asked[shown], len(lists)).astype(float)
    return MarketLists(
        community.ids, found, _followed(found, first, requests), requests
    )


def site_bounds(
    community: Community, waiting: Mapping[str, int], capacity: int
) -> Bounds:
    """Return the bounds of a site's lists.

    Parameters
    ----------
    waiting
        Unanswered requests by the id of who has them.
    capacity
        First pages that a member stands on at most.
    """
    numbers = community.base_.facts.numbers
    groups = (numbers["place"][:, 0], numbers["sectors"][:, 0])
    ahead = np.array([waiting.get(one, 0) for one in community.ids], float)
    return Bounds(waiting=ahead, capacity=capacity, variety=Variety(groups))


def worth(for_me: FloatArray, for_them: FloatArray, requests: FloatArray) -> FloatArray:
    """Return what a look at a candidate is worth: a request, read in time, accepted.

    A request stands behind half of those that are expected there.
    """
    return np.asarray(for_me * for_them * attention(1 + requests / 2))


def _followed(found: Candidates, first: IntArray, requests: FloatArray) -> IntArray:
    """Return all places of each row: the first ones as given, the rest by worth."""
    if not len(found.places):
        return first
    empty = found.places < 0
    value = worth(found.for_me, found.for_them, requests[found.places])
    value[empty] = -np.inf
    ahead = np.arange(first.shape[1], 0, -1.0) + 1
    rows, at = np.nonzero(first >= 0)
    value[rows, first[rows, at]] = ahead[at]
    order = np.argsort(-value, axis=1, kind="stable")
    return np.where(np.take_along_axis(empty, order, axis=1), -1, order)


@dataclass(frozen=True, slots=True)
class OwnList:
    """One member's list between two runs of the whole market.

    Attributes
    ----------
    places
        Positions in ``Community.ids``, best first.
    standing
        Joint score less half of the candidate's hubness, for each place.
    """

    places: IntArray
    standing: FloatArray


def own_list(
    community: Community,
    scores: Scores,
    allowed: NDArray[np.bool_],
    market: tuple[FloatArray, FloatArray],
    *,
    k: int,
) -> OwnList:
    """Return the list of one member, everybody else's being as they are.

    Parameters
    ----------
    allowed
        Who may stand in it, ``(members,)``.
    market
        Hubness of the members, and the requests they may expect.
    """
    hubness, requests = market
    standing = standing_of(scores.joint, hubness)
    places = np.flatnonzero(allowed)
    if len(places) > k:
        least = np.partition(standing[places], len(places) - k)[len(places) - k]
        places = places[standing[places] >= least]
        names = np.array([community.ids[at] for at in places])
        places = places[np.lexsort((names, -standing[places]))[:k]]
    value = worth(
        scores.fit_for_me[places], scores.fit_for_them[places], requests[places]
    )
    names = np.array([community.ids[at] for at in places])
    places = places[np.lexsort((names, -value))]
    return OwnList(places, standing[places])


def standing_of(joint: FloatArray, hubness: FloatArray | float) -> FloatArray:
    """Return what decides who is in a list: CSLS without the owner's own part."""
    return np.asarray(np.round(joint - np.asarray(hubness) / 2, DECIMALS))


def nearest_mean(joint: FloatArray, own: int | None) -> float:
    """Return the hubness of one member from their joint scores with everybody.

    Parameters
    ----------
    own
        Position of the member, left out.
    """
    others = joint if own is None else np.delete(joint, own)
    if not len(others):
        return 0.0
    few = min(NEIGHBOURS, len(others))
    sample = np.concatenate([others[part] for part in sample_of(len(others))])
    return float(-np.partition(-sample, few - 1)[:few].mean())


def _places_in(candidates: IntArray, lists: IntArray) -> IntArray:
    """Return where in its row of candidates each entry of the lists stands."""
    order = np.argsort(candidates, axis=1, kind="stable")
    ranked = np.take_along_axis(candidates, order, axis=1)
    size, width = ranked.shape
    shift = (np.arange(size) * (candidates.max(initial=0) + 2))[:, None]
    at = np.searchsorted((ranked + shift).ravel(), (lists + shift).ravel())
    at = np.minimum(
        at.reshape(lists.shape) - np.arange(size)[:, None] * width, width - 1
    )
    return np.where(lists >= 0, np.take_along_axis(order, at, axis=1), -1)


def policy_lists(
    community: Community,
    policy: Policy,
    *,
    k: int,
    fairness: float = 0.5,
    forbidden: Forbidden | None = None,
) -> Iterator[tuple[str, list[Ranked]]]:
    """Yield the list of every member in the order of ``community.ids``.

    Parameters
    ----------
    policy
        ``own`` sorts by the seeker's own gain, ``product`` by both sides' (``joint``),
        ``congestion`` looks for the most accepted introductions of the whole community.
    k
        Length of a list.
    fairness
        0 to 1, for ``congestion``.
    forbidden
        Ids that must not stand in the list of a member.
    """
    if policy == "congestion":
        found = community.candidates(k=CANDIDATES + k, forbidden=forbidden)
        made = market_lists(community, found, k=k, fairness=fairness)
        for at, member_id in enumerate(made.ids):
            yield member_id, ranked(made, at)[:k]
    elif policy == "own":
        for member_id in list(community.ids):
            banned = forbidden(member_id) if forbidden else ()
            yield (
                member_id,
                community.top(member_id, k=k, forbidden=banned, by="fit_for_me"),
            )
    else:
        yield from community.all_top(k=k, forbidden=forbidden)


def ranked(made: MarketLists, at: int) -> list[Ranked]:
    """Return one member's list, best first, by the place of the member."""
    found = made.candidates
    return [
        Ranked(
            made.ids[found.places[at, place]],
            float(found.for_me[at, place]),
            float(found.for_them[at, place]),
            float(found.joint[at, place]),
        )
        for place in made.order[at].tolist()
        if place >= 0
    ]
