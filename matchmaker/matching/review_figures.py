"""What blind review says of the matching: agreement, shares, what was missed.

A pair drawn with a small chance stands for many; see ``engine.agreement``.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from matchmaker.engine.agreement import (
    Agreement,
    Share,
    kappa,
    ordinal_alpha,
    weighted_share,
)
from matchmaker.matching import reviews
from matchmaker.matching.models import Band
from matchmaker.matching.review_models import (
    ReviewLabel,
    ReviewPair,
    ReviewRound,
    Source,
    Verdict,
)

ORDER: Final = (Verdict.BAD, Verdict.FAIR, Verdict.GOOD)
PROPOSED: Final = (Source.FIRST, Source.LISTED)
MISSED: Final = (Source.BELOW, Source.UNLISTED)
#: Fewer judged pairs that were not proposed say nothing of the thousands they stand
#: for: one good one among ten would be a tenth of the community.
LEAST_MISSED: Final = 20


@dataclass(frozen=True, slots=True)
class Judged:
    """A pair of which somebody said something.

    Attributes
    ----------
    good
        Part of the reviewers who call it good; 0 or 1 once a dispute is settled.
    gain
        From 0 (bad) to 2 (good), the mean of the reviewers.
    """

    pair: ReviewPair
    good: float
    gain: float


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: a group by its code, and the share of good pairs in it."""

    code: str
    share: Share


@dataclass(frozen=True, slots=True)
class Missed:
    """Good pairs on the lists and beside them, in the whole community.

    Attributes
    ----------
    listed, missed
        Directed pairs.
    recall
        Part of the good pairs that are on a list: estimate, lowest, highest. The ends
        take the worse end of each part and so are wider than a 95 % interval.
    """

    listed: float
    missed: float
    recall: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything the page of blind review shows.

    Attributes
    ----------
    drawn, judged, unsayable
        Pairs; unsayable are those of which nobody could say anything.
    reviewers
        People who judged at least one pair.
    kappa
        Of exactly two reviewers, else nothing.
    alpha
        Of however many.
    tables
        By source, band, country, language and model: share of good pairs.
    """

    drawn: int
    judged: int
    unsayable: int
    reviewers: int
    labels: int
    kappa: Agreement | None
    alpha: Agreement | None
    precision: Share | None
    missed: Missed | None
    judged_unlisted: int
    tables: dict[str, list[Row]]


def list_judged(pairs: Iterable[ReviewPair]) -> list[Judged]:
    """Return the pairs of which somebody said something, with what was said."""
    found = []
    for pair in pairs:
        decided = reviews.settled(pair)
        words = [decided] if decided else [one.verdict for one in reviews.said(pair)]
        if words:
            good = sum(word is Verdict.GOOD for word in words) / len(words)
            gain = sum(ORDER.index(word) for word in words) / len(words)
            found.append(Judged(pair, good, gain))
    return found


def list_pairs(session: Session, *, people: bool = False) -> list[ReviewPair]:
    """Return every pair drawn, with labels and round; with both people if asked."""
    wanted = (
        select(ReviewPair)
        .options(
            selectinload(ReviewPair.labels),
            joinedload(ReviewPair.round).joinedload(ReviewRound.model_version),
        )
        .order_by(ReviewPair.id)
    )
    if people:
        wanted = wanted.options(
            joinedload(ReviewPair.seeker), joinedload(ReviewPair.candidate)
        )
    return list(session.scalars(wanted))


def figures(session: Session) -> Figures:
    """Return what the reviews say, all rounds together."""
    pairs = list_pairs(session)
    judged = list_judged(pairs)
    who = {one.reviewer_id for pair in pairs for one in pair.labels}
    proposed = [one for one in judged if one.pair.source in PROPOSED]
    beside = [one for one in judged if one.pair.source in MISSED]
    return Figures(
        drawn=len(pairs),
        judged=len(judged),
        unsayable=sum(bool(pair.labels) and not reviews.said(pair) for pair in pairs),
        reviewers=len(who),
        labels=sum(len(pair.labels) for pair in pairs),
        kappa=_kappa(pairs),
        alpha=ordinal_alpha(_counts(pairs)),
        precision=_share(proposed),
        missed=_missed(session, proposed, beside),
        judged_unlisted=len(beside),
        tables=_tables(judged, proposed),
    )


def _independent(pair: ReviewPair) -> list[ReviewLabel]:
    """Return what reviewers said before anybody had to settle a dispute.

    Who settles is asked because others disagreed: counted with them, the third word
    would make the disputed pairs weigh more.
    """
    return [one for one in reviews.said(pair) if not one.settles]


def _counts(pairs: Sequence[ReviewPair]) -> np.ndarray:
    counts = np.zeros((len(pairs), len(ORDER)))
    for row, pair in zip(counts, pairs, strict=True):
        for label in _independent(pair):
            row[ORDER.index(label.verdict)] += 1
    return counts


def _kappa(pairs: Sequence[ReviewPair]) -> Agreement | None:
    """Return the kappa of two people, if it was two who judged."""
    words = [
        {one.reviewer_id: ORDER.index(one.verdict) for one in _independent(pair)}
        for pair in pairs
    ]
    people = sorted({one for word in words for one in word if one is not None})
    if len(people) != reviews.REVIEWERS:
        return None
    first, second = people
    both = [(word[first], word[second]) for word in words if {*people} <= word.keys()]
    return kappa([one for one, _ in both], [other for _, other in both])


def _share(judged: Sequence[Judged]) -> Share | None:
    return weighted_share(
        np.array([one.good for one in judged]),
        np.array([one.pair.chance for one in judged]),
    )


def _missed(
    session: Session, proposed: Sequence[Judged], beside: Sequence[Judged]
) -> Missed | None:
    """Return how many good pairs are listed, and how many are not."""
    if len(beside) < LEAST_MISSED or not proposed:
        return None
    on, off = (
        _totals(session, proposed, PROPOSED),
        _totals(session, beside, MISSED),
    )

    def part(listed: float, missed: float) -> float:
        return listed / (listed + missed) if listed + missed else 0.0

    recall = (part(on[0], off[0]), part(on[1], off[2]), part(on[2], off[1]))
    return Missed(on[0], off[0], recall)


def _totals(
    session: Session, judged: Sequence[Judged], sources: Sequence[Source]
) -> tuple[float, float, float]:
    """Return how many good pairs sources hold: estimate, lowest, highest."""
    sizes = list(session.scalars(select(ReviewRound.sizes)))
    total = np.zeros(3)
    for source in sources:
        share = _share([one for one in judged if one.pair.source is source])
        size = sum(one[source.value] for one in sizes) / len(sizes)
        if share is None:  # nobody looked: none to all of them may be good
            total += size * np.array([0.0, 0.0, 1.0])
        else:
            total += size * np.array([share.value, share.low, share.high])
    return float(total[0]), float(total[1]), float(total[2])


def _tables(
    judged: Sequence[Judged], proposed: Sequence[Judged]
) -> dict[str, list[Row]]:
    def source(one: Judged) -> str:
        return one.pair.source.value

    def band(one: Judged) -> str:
        return one.pair.band.value

    def country(one: Judged) -> str:
        return "same-country" if one.pair.same_country else "other-country"

    def language(one: Judged) -> str:
        return "shared-language" if one.pair.shared_language else "no-language"

    def model(one: Judged) -> str:
        return one.pair.round.model_version.name

    return {
        "source": _rows(judged, source, [one.value for one in Source]),
        "band": _rows(proposed, band, [one.value for one in Band]),
        "country": _rows(proposed, country, ["same-country", "other-country"]),
        "language": _rows(proposed, language, ["shared-language", "no-language"]),
        "model": _rows(proposed, model, sorted({model(one) for one in proposed})),
    }


def _rows(
    judged: Sequence[Judged], key: Callable[[Judged], str], codes: Sequence[str]
) -> list[Row]:
    rows = []
    for code in codes:
        share = _share([one for one in judged if key(one) == code])
        if share is not None:
            rows.append(Row(code, share))
    return rows


def latest_round(session: Session) -> ReviewRound | None:
    """Return the last round that was drawn."""
    newest = select(func.max(ReviewRound.id)).scalar_subquery()
    return session.scalar(
        select(ReviewRound)
        .where(ReviewRound.id == newest)
        .options(joinedload(ReviewRound.model_version))
    )


def count_pairs(session: Session, made: ReviewRound) -> int:
    """Return how many pairs a round has."""
    counted = select(func.count()).where(ReviewPair.round_id == made.id)
    return session.scalar(counted) or 0
