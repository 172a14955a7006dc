"""What other terms would change in matching, before anybody is matched by them.

The glossary is one for a whole process, so this runs in a process of its own, see
``admin.vocabulary_jobs``. Nothing is stored and no list is touched.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.matching import versions
from matchmaker.matching.inputs import list_members, make_member
from matchmaker.matching.shelf import Reader
from matchmaker.profiles.models import Profile, ProfileStatus
from matchmaker.vocabulary.terms import index_terms, use_own_terms

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from matchmaker.engine.members import Member

    Scores = dict[str, NDArray[np.float64]]

MOST_READ: Final = 3000  # members whose texts are read; some 10 s of one core
SEEKERS: Final = 60  # members whose pairs are scored
SAMPLE: Final = 400  # members they are compared with; about a second
SHOWN: Final = 10  # pairs that gain, and that lose
LEAST: Final = 0.005  # of a joint score, below which nobody sees a difference


def effects(
    session: Session, now: Path, then: Path, *, reader: Reader | None = None
) -> dict[str, Any]:
    """Return what changes if the terms of one folder replace those of another.

    Parameters
    ----------
    now, then
        Folders of terms: those in force and those to be looked at. This process knows
        the former afterwards.

    Returns
    -------
    dict
        Plain JSON: members ``read``, ``changed`` and in the ``sample``, and the pairs
        that ``gain`` and ``lose`` most, with public ids, scores and bands.
    """
    ids = session.scalars(
        select(Profile.id)
        .where(Profile.status == ProfileStatus.ACTIVE)
        .order_by(Profile.changed_at.desc())
        .limit(MOST_READ)
    ).all()
    people = list_members(session, list(ids))
    try:
        use_own_terms(then)
        keys = [_keys(one) for one in people]
        use_own_terms(now)
        changed = [
            one for one, new in zip(people, keys, strict=True) if _keys(one) != new
        ]
        seekers = changed[:SEEKERS]
        rest = [one for one in people if one not in seekers]
        sample = [*seekers, *rest[: SAMPLE - len(seekers)]]
        weights = versions.live_model(session).weights
        asked = (
            [make_member(one) for one in sample],
            [str(one.id) for one in seekers],
        )
        before = _scores(*asked, weights, reader)
        use_own_terms(then)
        after = _scores(*asked, weights, reader)
    finally:
        use_own_terms(now)
    bands = versions.bands(session)
    called = {str(one.id): one.public_id for one in sample}
    pairs: list[dict[str, Any]] = [
        {
            "a": called[a],
            "b": called[b],
            "before": old,
            "after": new,
            "band_before": bands.word(old),
            "band_after": bands.word(new),
        }
        for a, b, old, new in _pairs(before, after, [str(one.id) for one in sample])
    ]
    pairs.sort(key=lambda one: one["after"] - one["before"])
    return {
        "read": len(people),
        "changed": len(changed),
        "sample": len(sample),
        "gain": [p for p in reversed(pairs[-SHOWN:]) if p["after"] > p["before"]],
        "lose": [p for p in pairs[:SHOWN] if p["after"] < p["before"]],
    }


def _keys(profile: Profile) -> list[dict[str, float]]:
    """Return the keys of all that matching reads of a member."""
    texts = [profile.about, *(item.text for item in profile.opportunities)]
    return [index_terms(text) for text in texts]


def _scores(
    members: Sequence[Member],
    seekers: Sequence[str],
    weights: Any,  # noqa: ANN401  the engine's, which is imported late
    reader: Reader | None,
) -> Scores:
    """Return the joint scores of some members with all, with the terms of now."""
    from matchmaker.engine.community import Community  # noqa: PLC0415

    if not seekers:
        return {}
    encoder = reader.open() if reader else None
    community = Community(weights, encoder=encoder).fit(members)
    order = [community.ids.index(one.id) for one in members]
    return {one: community.score(one).joint[order] for one in seekers}


def _pairs(
    before: Scores, after: Scores, ids: Sequence[str]
) -> Iterator[tuple[str, str, float, float]]:
    """Yield each pair once whose score differs, with both scores."""
    told = set()
    for seeker, old in before.items():
        new = after[seeker]
        for at in (abs(new - old) >= LEAST).nonzero()[0].tolist():
            pair = frozenset((seeker, ids[at]))
            if len(pair) > 1 and pair not in told:
                told.add(pair)
                yield seeker, ids[at], float(old[at]), float(new[at])
