"""What past pages say of two models: replay by the chances that were logged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.engine.lists import MarketLists
from matchmaker.engine.replay import LEAST_EFFECTIVE, Log, compare_policies, replay
from matchmaker.matching.lists import Policy
from matchmaker.matching.models import Impression, Introduction, IntroductionState

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Figures = dict[str, Any]

#: What was asked for on a page had a week to be answered, and some days before.
SETTLED = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Terms:
    """What is the same for both: the site's policy, the day, who is looked at."""

    policy: Policy
    today: date
    sample: int = 8
    seed: int = 0


def ready_on(have: float, needed: float, days: int, today: date) -> str | None:
    """Return the day on which there is enough at the pace of the last ``days``.

    None if there is enough, or nothing yet to tell a pace from.
    """
    if have <= 0 or have >= needed:
        return None
    more = min(int((needed - have) / have * days) + 1, 3650)
    return (today + timedelta(days=more)).isoformat()


def judge_past(
    session: Session,
    markets: tuple[MarketLists, MarketLists],
    terms: Terms,
    *,
    since: date | None = None,
) -> Figures:
    """Replay past first pages: whom would each model have shown, what came of them.

    Judges which people a page shows, whatever their order (inclusion probabilities,
    Horvitz and Thompson 1952): a ranked place is certain, a drawn one had the chance
    that was logged with it. A request that was accepted counts for the last page that
    showed the pair before it was asked. Who would stand on a page is told by today's
    profiles; where that is another world, the weights do not add up and nothing is
    concluded.
    """
    pages = past_pages(session, markets[0].ids, terms, since=since)
    shown, share = terms.policy.shape.shown, terms.policy.exploration
    targets = [
        inclusion(one, pages.seekers, pages.candidates, shown=shown, share=share)
        for one in markets
    ]
    log = Log(pages.seekers, pages.rewards, pages.chances)
    alone = [replay(log, one) for one in targets]
    both = compare_policies(log, targets[1], targets[0])
    effective = min(one.effective for one in alone)
    word = {"first": "better", "second": "worse"}.get(both.verdict, both.verdict)
    return {
        "word": word,
        "impressions": alone[0].impressions,
        "accepted": int(pages.rewards.sum()),
        "needed": LEAST_EFFECTIVE,
        "seekers": len(np.unique(pages.seekers)),
        "sides": [
            {
                "ips": asdict(one.ips),
                "snips": asdict(one.snips),
                "effective": one.effective,
                "mean_weight": one.mean_weight,
                "refusal": one.refusal,
            }
            for one in alone
        ],
        "ips": asdict(both.ips),
        "snips": asdict(both.snips),
        "ready": ready_on(effective, LEAST_EFFECTIVE, pages.days, terms.today)
        if both.verdict == "too few data"
        else None,
    }


@dataclass(frozen=True, slots=True)
class Pages:
    """Past impressions of first pages, one row each; places are those of the ids."""

    seekers: IntArray
    candidates: IntArray
    rewards: FloatArray
    chances: FloatArray
    days: int


def past_pages(
    session: Session, ids: Sequence[str], terms: Terms, *, since: date | None
) -> Pages:
    """Return what was shown on first pages long enough ago, and what came of it."""
    place = {int(one): at for at, one in enumerate(ids)}
    query = (
        select(
            Impression.seeker_id,
            Impression.candidate_id,
            Impression.run_id,
            Impression.shown_on,
            Impression.propensity,
        )
        .where(
            Impression.position <= terms.policy.shape.shown,
            Impression.shown_on <= terms.today - SETTLED,
        )
        .order_by(Impression.shown_on, Impression.id)
    )
    if since is not None:
        query = query.where(Impression.shown_on >= since)
    rows = [
        row for row in session.execute(query) if row[0] in place and row[1] in place
    ]
    # A drawn candidate could stand at any of the page's drawn places.
    drawn = Counter((row[0], row[2], row[3]) for row in rows if row[4] < 1)
    chances = [
        min(1.0, row[4] * drawn.get((row[0], row[2], row[3]), 1)) for row in rows
    ]
    first = rows[0][3] if rows else terms.today
    return Pages(
        np.array([place[row[0]] for row in rows], np.int64),
        np.array([place[row[1]] for row in rows], np.int64),
        _rewards(session, [(row[0], row[1], row[3]) for row in rows]),
        np.array(chances, np.float64),
        max(1, (terms.today - first).days),
    )


def _rewards(session: Session, shown: list[tuple[int, int, date]]) -> FloatArray:
    accepted: dict[tuple[int, int], datetime] = {
        (seeker, candidate): asked
        for seeker, candidate, asked in session.execute(
            select(
                Introduction.seeker_id,
                Introduction.candidate_id,
                Introduction.asked_at,
            )
            .where(Introduction.state == IntroductionState.ACCEPTED)
            .order_by(Introduction.id)
        )
    }
    last: dict[tuple[int, int], int] = {}
    for at, (seeker, candidate, day) in enumerate(shown):
        asked = accepted.get((seeker, candidate))
        if asked is not None and day <= asked.date():
            last[seeker, candidate] = at
    rewards = np.zeros(len(shown))
    rewards[list(last.values())] = 1.0
    return rewards


def inclusion(
    made: MarketLists,
    seekers: IntArray,
    candidates: IntArray,
    *,
    shown: int,
    share: float,
) -> FloatArray:
    """Return the chance that a model's first page shows each of some pairs.

    As ``rules.place`` makes pages: the first places are certain, the last ``share`` of
    them is drawn from everybody below.
    """
    size = len(made.ids)
    names = np.take_along_axis(
        made.candidates.places, np.maximum(made.order, 0), axis=1
    )
    row, rank = np.nonzero(made.order >= 0)
    keys = row * size + names[row, rank]
    by_key = np.argsort(keys)
    wanted = seekers * size + candidates
    if not len(keys) or not len(wanted):
        return np.zeros(len(wanted))
    at = by_key[np.minimum(np.searchsorted(keys[by_key], wanted), len(keys) - 1)]
    known = keys[at] == wanted
    count = (made.order >= 0).sum(axis=1)[seekers]
    page = np.minimum(shown, count)
    drawn = np.where(count > shown, np.round(page * share), 0)
    sure = page - drawn
    below = np.where(count > sure, drawn / np.maximum(count - sure, 1), 0.0)
    return np.where(known, np.where(rank[at] < sure, 1.0, below), 0.0)
