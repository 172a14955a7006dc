"""The lists that models would make now: side by side, and what they do to people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.engine import lists as engine_lists
from matchmaker.engine.community import Community
from matchmaker.engine.exposure import exposure_figures
from matchmaker.engine.lists import MarketLists
from matchmaker.engine.ranking import attention
from matchmaker.matching.lists import Policy, count_waiting, list_forbidden
from matchmaker.profiles.models import Profile

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

#: Positions of the fairness dial that are worked out.
DIAL: Final = (0.0, 0.25, 0.5, 0.75, 1.0)
#: Few are less than this share of the introductions that a member gets on average with
#: the dial at 0.
FEW: Final = 0.25
#: Logit below which a reason has not changed so that one could tell.
CHANGED: Final = 0.05
MOST_EXPLAINED = 6  # entries of a list whose move is explained
MOST_CHANGES = 2  # changed reasons that are named for each


def market(
    session: Session, community: Community, policy: Policy, *, now: bool = True
) -> MarketLists:
    """Return the lists a model would make of everybody.

    Parameters
    ----------
    now
        As the site would make them now; else as if nobody had met or refused anybody.
    """
    banned = _forbidden(session, policy, now=now)
    waiting = {str(one): n for one, n in count_waiting(session).items()} if now else {}
    found = community.candidates(k=policy.shape.kept, forbidden=banned)
    bounds = engine_lists.site_bounds(community, waiting, policy.shape.capacity)
    return engine_lists.market_lists(
        community,
        found,
        k=policy.shape.shown,
        fairness=policy.shape.fairness,
        bounds=bounds,
    )


def _forbidden(
    session: Session, policy: Policy, *, now: bool
) -> Callable[[str], Collection[str]]:
    if now:
        forbidden = list_forbidden(session, policy)
    else:
        forbidden, houses = defaultdict(set), defaultdict(set)
        for member_id, house in session.execute(
            select(Profile.id, Profile.organisation_id).where(
                Profile.organisation_id.is_not(None)
            )
        ):
            houses[house].add(member_id)
        for members in houses.values():
            for one in members:
                forbidden[one] = members - {one}
    return lambda one: {str(other) for other in forbidden.get(int(one), ())}


def first_pages(made: MarketLists, shown: int) -> IntArray:
    """Return who stands on everybody's first page, ``(members, shown)``, -1 if none."""
    order = made.order[:, :shown]
    if not order.size:
        return np.full((len(made.ids), shown), -1)
    names = np.take_along_axis(made.candidates.places, np.maximum(order, 0), axis=1)
    return np.where(order >= 0, names, -1)


def figures(made: MarketLists, policy: Policy) -> dict[str, Any]:
    """Return what first pages do to those who stand on them, shares in [0, 1]."""
    pages = first_pages(made, policy.shape.shown)
    looks = attention(np.arange(1.0, pages.shape[1] + 1))
    found = asdict(exposure_figures(pages, len(made.ids), looks))
    return {**found, "members": len(made.ids)}


def side_by_side(
    models: tuple[Community, Community],
    markets: tuple[MarketLists, MarketLists],
    *,
    k: int,
    sample: int,
    seed: int,
) -> list[dict[str, Any]]:
    """Return both lists of some members, drawn by a seed, and why entries moved."""
    ids = markets[0].ids
    if not ids:
        return []
    rng = np.random.default_rng(seed)
    drawn = np.sort(rng.choice(len(ids), size=min(sample, len(ids)), replace=False))
    pages = [first_pages(one, k) for one in markets]
    return [
        {
            "member": int(ids[at]),
            "entries": _moves(
                models,
                ids[at],
                [[ids[one] for one in page[at].tolist() if one >= 0] for page in pages],
            ),
        }
        for at in drawn.tolist()
    ]


def _moves(
    models: tuple[Community, Community], seeker: str, both: Sequence[list[str]]
) -> list[dict[str, Any]]:
    """Return every entry of either list with its places, who moved most explained."""
    before, after = ({one: n for n, one in enumerate(row, 1)} for row in both)
    last = max(len(before), len(after)) + 1
    moved = {
        one: abs(before.get(one, last) - after.get(one, last))
        for one in {**after, **before}
    }
    ranked = sorted(moved, key=lambda one: (-moved[one], one))
    told = {one for one in ranked[:MOST_EXPLAINED] if moved[one]}
    order = sorted(moved, key=lambda one: (after.get(one, last), before.get(one, last)))
    return [
        {
            "candidate": int(one),
            "before": before.get(one),
            "after": after.get(one),
            "changes": _changes(models, seeker, one) if one in told else [],
        }
        for one in order
    ]


def _changes(
    models: tuple[Community, Community], seeker: str, candidate: str
) -> list[dict[str, Any]]:
    """Return the reasons that count otherwise, the greatest change first."""
    sums: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0.0, 0.0])
    for side, one in enumerate(models):
        for reason in one.explain(seeker, candidate).reasons:
            sums[reason.code, reason.direction][side] += reason.contribution
    ranked = sorted(sums.items(), key=lambda told: -abs(told[1][1] - told[1][0]))
    return [
        {"code": code, "direction": way, "before": values[0], "after": values[1]}
        for (code, way), values in ranked[:MOST_CHANGES]
        if abs(values[1] - values[0]) >= CHANGED
    ]


def expected(made: MarketLists, shown: int) -> tuple[float, FloatArray]:
    """Return the introductions that first pages lead to, and what each member gets.

    The model of ``engine.ranking``: a place is looked at with chance one over its
    position, an inbox is read from the dearest, and a pair that finds each other from
    both sides counts once. Chances are the scores, so the numbers compare dials, not
    models.
    """
    size = len(made.ids)
    served = np.zeros(size)
    order = made.order[:, :shown]
    seeker, place = np.nonzero(order >= 0) if order.size else (np.zeros(0, int),) * 2
    if not len(seeker):
        return 0.0, served
    at = order[seeker, place]
    found = made.candidates
    candidate = found.places[seeker, at].astype(np.int64)
    request = found.for_me[seeker, at] / (place + 1)
    theirs = found.for_them[seeker, at].astype(float)
    inbox = np.lexsort((seeker, -theirs, candidate))
    running = np.cumsum(request[inbox]) - request[inbox]
    owner = candidate[inbox]
    starts = np.searchsorted(owner, owner)
    accepted = np.empty(len(inbox))
    accepted[inbox] = (request * theirs)[inbox] / (1 + running - running[starts])
    keys, turned = seeker * size + candidate, candidate * size + seeker
    by_key = np.argsort(keys)
    back = by_key[np.minimum(np.searchsorted(keys[by_key], turned), len(keys) - 1)]
    other = np.where(keys[back] == turned, accepted[back], 0.0)
    got = accepted * (1 - other / 2)
    served += np.bincount(seeker, got, size) + np.bincount(candidate, got, size)
    return float(got.sum()), served


def work_out_dial(
    session: Session,
    community: Community,
    policy: Policy,
    tell: Callable[[int, int], None] = lambda _done, _total: None,
) -> list[dict[str, float]]:
    """Return both numbers of the fairness dial at each of its positions.

    ``introductions`` expected of one day's first pages, and ``few``: the share of
    members who may expect few of them (see ``FEW``).
    """
    banned = _forbidden(session, policy, now=True)
    waiting = {str(one): n for one, n in count_waiting(session).items()}
    found = community.candidates(k=policy.shape.kept, forbidden=banned)
    bounds = engine_lists.site_bounds(community, waiting, policy.shape.capacity)
    rows: list[dict[str, float]] = []
    few = 0.0
    for step, value in enumerate(DIAL, 1):
        made = engine_lists.market_lists(
            community, found, k=policy.shape.shown, fairness=value, bounds=bounds
        )
        total, served = expected(made, policy.shape.shown)
        if not rows:
            few = FEW * float(served.mean()) if len(served) else 0.0
        thin = float((served < few).mean()) if len(served) else 0.0
        rows.append({"value": value, "introductions": total, "few": thin})
        tell(step, len(DIAL))
    return rows
