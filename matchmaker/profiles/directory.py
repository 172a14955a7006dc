"""Searching the directory: words in any of the languages, and facets."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, Subquery, case, func, literal, select
from sqlalchemy.orm import Session, joinedload, selectinload

from matchmaker.profiles.models import Profile, ProfileStatus, SearchEntry
from matchmaker.profiles.search import FACETS, facet_key, query_keys

#: Below this share of the best score a profile only shares a side word.
WEAKEST = 0.08
QUERY_KEYS = 60  # keys of a query that are looked up; more is a pasted text


@dataclass(frozen=True, slots=True)
class Found:
    """One page of a search."""

    profiles: Sequence[Profile]
    total: int
    facets: Mapping[str, Sequence[tuple[str, int]]]


def search(  # noqa: PLR0913  each by name
    session: Session,
    query: str,
    *,
    chosen: Mapping[str, Sequence[str]],
    page: int,
    size: int,
    hidden: Select[int] | None = None,
) -> Found:
    """Return the profiles that answer, best first, and counts for every facet.

    Parameters
    ----------
    query
        Words in any language; empty lists everybody, newest first.
    chosen
        Facet name to values; values of one facet widen, facets narrow.
    page, size
        Page from 1, profiles on a page.
    hidden
        SELECT of the profile ids that the reader is not to find.
    """
    found = _matching(session, query, chosen, hidden).cte("found")
    best = select(func.max(found.c.score)).scalar_subquery()
    close = found.c.score >= WEAKEST * best
    rows = session.execute(
        select(Profile, func.count().over())
        .join(found, found.c.profile_id == Profile.id)
        .where(close)
        .order_by(found.c.score.desc(), Profile.changed_at.desc(), Profile.id)
        .limit(size)
        .offset((page - 1) * size)
        .options(joinedload(Profile.organisation), selectinload(Profile.opportunities))
    ).all()
    counts = session.execute(
        select(SearchEntry.key, func.count())
        .join(found, found.c.profile_id == SearchEntry.profile_id)
        .where(close, SearchEntry.key >= "f:", SearchEntry.key < "f;")
        .group_by(SearchEntry.key)
    ).all()
    return Found(
        profiles=[row[0] for row in rows],
        total=rows[0][1] if rows else 0,
        facets=_facets([(row[0], row[1]) for row in counts]),
    )


def answers(
    session: Session, query: str, *, chosen: Mapping[str, Sequence[str]]
) -> Subquery:
    """Return everybody whom a search finds, as a subquery with ``profile_id``."""
    found = _matching(session, query, chosen, None).cte("matching")
    best = select(func.max(found.c.score)).scalar_subquery()
    return select(found.c.profile_id).where(found.c.score >= WEAKEST * best).subquery()


def _matching(
    session: Session,
    query: str,
    chosen: Mapping[str, Sequence[str]],
    hidden: Select[int] | None,
) -> Select[int, float]:
    """Return who answers words and facets, with how well, before the weak are cut."""
    by_words = _scored(session, query)
    if by_words is not None:
        scored = by_words
    else:
        scored = select(
            Profile.id.label("profile_id"), literal(1.0).label("score")
        ).where(Profile.status == ProfileStatus.ACTIVE)
    for facet, values in chosen.items():
        if values:
            keys = [facet_key(facet, value) for value in values]
            holding = select(SearchEntry.profile_id).where(SearchEntry.key.in_(keys))
            column = scored.selected_columns[0]
            scored = scored.where(column.in_(holding))
    if hidden is not None:
        scored = scored.where(scored.selected_columns[0].not_in(hidden))
    return scored


def _scored(session: Session, query: str) -> Select[int, float] | None:
    terms = dict(list(query_keys(query).items())[:QUERY_KEYS])
    if not query:
        return None
    document_counts = {
        row[0]: row[1]
        for row in session.execute(
            select(SearchEntry.key, func.count())
            .where(SearchEntry.key.in_(terms or [""]))
            .group_by(SearchEntry.key)
        )
    }
    total = session.scalar(
        select(func.count()).where(Profile.status == ProfileStatus.ACTIVE)
    )
    worth = {
        key: terms[key] * math.log1p((total or 1) / count)
        for key, count in document_counts.items()
    }
    if not worth:
        nobody: Select[int, float] = select(
            Profile.id.label("profile_id"), literal(0.0).label("score")
        ).where(Profile.id < 0)
        return nobody
    score = func.sum(SearchEntry.weight * case(worth, value=SearchEntry.key, else_=0.0))
    return (
        select(SearchEntry.profile_id.label("profile_id"), score.label("score"))
        .where(SearchEntry.key.in_(worth))
        .group_by(SearchEntry.profile_id)
    )


def _facets(counts: Sequence[tuple[str, int]]) -> dict[str, list[tuple[str, int]]]:
    facets: dict[str, list[tuple[str, int]]] = {facet: [] for facet in FACETS}
    for key, count in counts:
        _, facet, value = key.split(":", 2)
        if facet in facets:
            facets[facet].append((value, count))
    for values in facets.values():
        values.sort(key=lambda pair: (-pair[1], pair[0]))
    return facets
