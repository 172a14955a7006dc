"""From scores to lists: own taste, both sides' taste, or the whole market."""

from collections.abc import Callable, Collection, Iterator
from typing import Final, Literal

import numpy as np

from matchmaker.engine.community import Community, Ranked
from matchmaker.engine.ranking import congestion_lists, make_pairs

Policy = Literal["congestion", "product", "own"]
Forbidden = Callable[[str], Collection[str]]

# Candidates of each member that the lists are chosen from. Below about 60 some members
# of a community of 10,000 are in nobody's list.
CANDIDATES: Final = 90


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
        0 to 1, for ``congestion``: how much more an introduction is worth to members
        who get few.
    forbidden
        Ids that must not stand in the list of a member.
    """
    if policy == "congestion":
        yield from _congestion(community, k, fairness, forbidden)
    elif policy == "own":
        for member_id in list(community.ids):
            banned = forbidden(member_id) if forbidden else ()
            yield (
                member_id,
                community.top(member_id, k=k, forbidden=banned, by="fit_for_me"),
            )
    else:
        yield from community.all_top(k=k, forbidden=forbidden)


def _congestion(
    community: Community, k: int, fairness: float, forbidden: Forbidden | None
) -> Iterator[tuple[str, list[Ranked]]]:
    place = {member_id: at for at, member_id in enumerate(community.ids)}
    width = max(1, min(CANDIDATES + k, len(place) - 1))
    ids = np.full((len(place), width), -1, np.int64)
    mine, theirs = np.zeros(ids.shape), np.zeros(ids.shape)
    found: list[dict[int, Ranked]] = []
    for at, (_, ranked) in enumerate(community.all_top(k=width, forbidden=forbidden)):
        for column, one in enumerate(ranked):
            ids[at, column] = place[one.candidate_id]
            mine[at, column], theirs[at, column] = one.fit_for_me, one.fit_for_them
        found.append({place[one.candidate_id]: one for one in ranked})
    lists = congestion_lists(make_pairs(ids, mine, theirs), k=k, fairness=fairness)
    for member_id, known, chosen in zip(community.ids, found, lists, strict=True):
        yield member_id, [known[other] for other in chosen.tolist() if other >= 0]
