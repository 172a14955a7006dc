"""Blind review: which pair comes next, and what a reviewer says of it.

A reviewer sees two profiles without names and without anything the model said. Which
pairs are drawn is in ``review_drawing``, what follows in ``review_figures``.
"""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Subquery, case, func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from matchmaker.clock import now
from matchmaker.errors import DomainError
from matchmaker.matching.review_models import (
    ReviewLabel,
    ReviewPair,
    ReviewRound,
    Verdict,
)
from matchmaker.profiles.models import Profile, ProfileStatus
from matchmaker.trust import blocks

REVIEWERS: Final = 2  # who say something of a pair; a third settles what they dispute
MOST_ASKED: Final = 4  # people asked where some cannot say


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a reviewer stands among the pairs they can judge."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Dispute:
    """A pair of which two reviewers said different things.

    Attributes
    ----------
    verdicts
        What was said; empty for who has not judged the pair and so may not know.
    is_open
        Whether the reader may look at the pair.
    """

    pair: ReviewPair
    verdicts: list[Verdict]
    notes: list[str]
    settled: Verdict | None
    is_open: bool


def said(pair: ReviewPair) -> list[ReviewLabel]:
    """Return the labels of a pair that say something."""
    return [one for one in pair.labels if one.verdict is not Verdict.CANNOT_SAY]


def settled(pair: ReviewPair) -> Verdict | None:
    """Return what a further reviewer decided of a disputed pair."""
    deciding = [one.verdict for one in said(pair) if one.settles]
    return deciding[-1] if deciding else None


def is_disputed(pair: ReviewPair) -> bool:
    """Tell whether reviewers said different things and nobody has settled it."""
    return settled(pair) is None and len({one.verdict for one in said(pair)}) > 1


def list_open(session: Session, user_id: int) -> list[ReviewPair]:
    """Return the pairs somebody can judge now, in the order they were drawn in.

    Not those they judged, those they are one side of, those with somebody who is
    invisible to them, and those with somebody who is not listed (any more).
    """
    mine = select(ReviewLabel.pair_id).where(ReviewLabel.reviewer_id == user_id)
    counts, hidden = _counts(), _out_of_sight(session, user_id)
    seeker, candidate = aliased(Profile), aliased(Profile)
    given, words, kinds, settling = (func.coalesce(one, 0) for one in counts.c[1:])
    wanted = (
        select(ReviewPair)
        .join(seeker, seeker.id == ReviewPair.seeker_id)
        .join(candidate, candidate.id == ReviewPair.candidate_id)
        .outerjoin(counts, counts.c.pair_id == ReviewPair.id)
        .where(
            seeker.status == ProfileStatus.ACTIVE,
            candidate.status == ProfileStatus.ACTIVE,
            ReviewPair.id.not_in(mine),
            ReviewPair.seeker_id.not_in(hidden),
            ReviewPair.candidate_id.not_in(hidden),
            or_(
                (words < REVIEWERS) & (given < MOST_ASKED),
                (kinds > 1) & (settling == 0),
            ),
        )
        # Disputes come after what nobody has seen; nothing on the page tells them.
        .order_by(kinds > 1, ReviewPair.id)
    )
    return list(session.scalars(wanted))


def progress(session: Session, user_id: int) -> Progress:
    """Return how many of this round's pairs somebody judged, and can judge in all."""
    latest = select(func.max(ReviewRound.id)).scalar_subquery()
    done = session.scalar(
        select(func.count())
        .select_from(ReviewLabel)
        .join(ReviewLabel.pair)
        .where(ReviewLabel.reviewer_id == user_id, ReviewPair.round_id == latest)
    )
    return Progress(done or 0, (done or 0) + len(list_open(session, user_id)))


def get_pair(session: Session, user_id: int, public_id: str) -> ReviewPair:
    """Return a pair with both profiles, for somebody who can judge it or did.

    Raises
    ------
    DomainError
        ``review-unknown``, also for who is one side of it.
    """
    side = (Profile.organisation, Profile.opportunities)
    pair = session.scalar(
        select(ReviewPair)
        .where(ReviewPair.public_id == public_id)
        .options(
            joinedload(ReviewPair.seeker).joinedload(side[0]),
            joinedload(ReviewPair.candidate).joinedload(side[0]),
            joinedload(ReviewPair.seeker).selectinload(side[1]),
            joinedload(ReviewPair.candidate).selectinload(side[1]),
            selectinload(ReviewPair.labels),
        )
        .execution_options(populate_existing=True)
    )
    if pair is None or not _may_see(pair, _out_of_sight(session, user_id)):
        raise DomainError("review-unknown", status=404)
    return pair


def _out_of_sight(session: Session, user_id: int) -> set[int]:
    """Return whom somebody may not judge: themselves and who is invisible to them."""
    own = session.scalar(select(Profile.id).where(Profile.user_id == user_id))
    if own is None:
        return set()
    return {own, *session.scalars(blocks.hidden_from(own))}


def _may_see(pair: ReviewPair, out_of_sight: set[int]) -> bool:
    return all(
        one.status is ProfileStatus.ACTIVE and one.id not in out_of_sight
        for one in (pair.seeker, pair.candidate)
    )


def judge(
    session: Session,
    user_id: int,
    public_id: str,
    *,
    verdict: Verdict,
    note: str = "",
) -> ReviewLabel:
    """Keep what a reviewer says of a pair; saying it again replaces the word before.

    Raises
    ------
    DomainError
        ``review-unknown``.
    """
    pair = get_pair(session, user_id, public_id)
    known = find_own(pair, user_id)
    if known is None:
        known = ReviewLabel(
            pair_id=pair.id, reviewer_id=user_id, settles=is_disputed(pair)
        )
        known.verdict, known.note = verdict, note
        try:
            with session.begin_nested():
                session.add(known)
                session.flush()
        except IntegrityError:  # the same form, sent twice at once
            return _label(session, user_id, pair.id)
    else:
        known.verdict, known.note, known.made_at = verdict, note, now()
        session.flush()
    session.expire(pair, ["labels"])
    return known


def find_own(pair: ReviewPair, user_id: int) -> ReviewLabel | None:
    """Return what somebody said of a pair."""
    return next((one for one in pair.labels if one.reviewer_id == user_id), None)


def _label(session: Session, user_id: int, pair_id: int) -> ReviewLabel:
    return session.scalars(
        select(ReviewLabel).where(
            ReviewLabel.pair_id == pair_id, ReviewLabel.reviewer_id == user_id
        )
    ).one()


def undo_last(session: Session, user_id: int) -> str:
    """Take back what a reviewer said last; return the public id of the pair.

    Raises
    ------
    DomainError
        ``review-no-undo`` if nothing was said.
    """
    last = session.scalar(
        select(ReviewLabel)
        .where(ReviewLabel.reviewer_id == user_id)
        .order_by(ReviewLabel.made_at.desc(), ReviewLabel.id.desc())
        .limit(1)
        .options(joinedload(ReviewLabel.pair))
    )
    if last is None:
        raise DomainError("review-no-undo")
    pair = last.pair
    session.delete(last)
    session.flush()
    session.expire(pair, ["labels"])
    return pair.public_id


def list_disputes(session: Session, user_id: int, *, limit: int = 50) -> list[Dispute]:
    """Return the pairs reviewers disagreed on, the latest first.

    Who has not judged a pair is told only that it is disputed: they may settle it.
    """
    counts = _counts()
    rows = session.scalars(
        select(ReviewPair)
        .join(counts, counts.c.pair_id == ReviewPair.id)
        .where(counts.c.kinds > 1)
        .order_by(ReviewPair.id.desc())
        .limit(limit)
        .options(
            selectinload(ReviewPair.labels),
            joinedload(ReviewPair.seeker),
            joinedload(ReviewPair.candidate),
        )
    )
    found, hidden = [], _out_of_sight(session, user_id)
    for pair in rows:
        known = settled(pair)
        told = any(one.reviewer_id == user_id for one in pair.labels)
        shown = said(pair) if told or known else []
        found.append(
            Dispute(
                pair,
                [one.verdict for one in shown],
                [one.note for one in shown if one.note],
                known,
                _may_see(pair, hidden),
            )
        )
    return found


def _counts() -> Subquery:
    """Return of each pair with labels: labels, words, different words, settling."""
    word = case((ReviewLabel.verdict != Verdict.CANNOT_SAY, ReviewLabel.verdict))
    settling = case((ReviewLabel.settles & word.is_not(None), 1), else_=0)
    return (
        select(
            ReviewLabel.pair_id,
            func.count().label("given"),
            func.count(word).label("words"),
            func.count(word.distinct()).label("kinds"),
            func.sum(settling).label("settling"),
        )
        .group_by(ReviewLabel.pair_id)
        .subquery()
    )
