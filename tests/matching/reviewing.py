"""Rows of blind review for tests that need a pair but no drawing."""

from datetime import date

from sqlalchemy.orm import Session

from matchmaker.matching import versions
from matchmaker.matching.models import Band
from matchmaker.matching.review_models import ReviewPair, ReviewRound, Source
from matchmaker.profiles.models import Profile


def add_round(session: Session, *, week: date = date(2026, 11, 16)) -> ReviewRound:
    """Add a round without pairs, of a community of forty directed pairs."""
    made = ReviewRound(
        week=week,
        model_version_id=versions.live_version(session).id,
        seed=1,
        members=5,
        sizes=dict.fromkeys([one.value for one in Source], 10.0),
    )
    session.add(made)
    session.flush()
    return made


def add_pair(  # noqa: PLR0913  a factory: each by name
    session: Session,
    made: ReviewRound,
    seeker: Profile,
    candidate: Profile,
    *,
    source: Source = Source.FIRST,
    chance: float = 0.5,
    band: Band = Band.STRONG,
) -> ReviewPair:
    """Add a pair that was drawn with a chance."""
    pair = ReviewPair(
        round=made,
        seeker_id=seeker.id,
        candidate_id=candidate.id,
        source=source,
        band=band,
        joint=0.8137,
        same_country=seeker.country == candidate.country,
        shared_language=True,
        chance=chance,
        swapped=False,
    )
    session.add(pair)
    session.flush()
    return pair
