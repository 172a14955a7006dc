"""Searches of the directory that stand, and who answers them later. Flush only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, func, insert, literal, select
from sqlalchemy.orm import Session, joinedload

from matchmaker.clock import now
from matchmaker.db import Sessions
from matchmaker.errors import DomainError
from matchmaker.matching.wish_models import SavedSearch, SearchHit
from matchmaker.notices.models import NoticeKind
from matchmaker.notices.service import notify
from matchmaker.profiles import directory
from matchmaker.profiles.models import Profile, ProfileStatus
from matchmaker.trust import blocks

MOST_SEARCHES = 10
LOOK_EVERY_HOURS = 6  # hours between two looks at one search
SHOWN_HITS = 20


@dataclass(frozen=True, slots=True)
class Standing:
    """A search that stands, with whom it found since it was saved."""

    search: SavedSearch
    hits: Sequence[Profile]
    count: int


def save_search(
    session: Session,
    profile_id: int,
    *,
    name: str,
    query: str,
    facets: Mapping[str, Sequence[str]],
) -> SavedSearch:
    """Keep a search; who answers it already is not told as new.

    Raises
    ------
    DomainError
        ``search-empty``, ``searches-many``.
    """
    facets = {facet: list(values) for facet, values in facets.items() if values}
    if not query and not facets:
        raise DomainError("search-empty", status=422)
    for known in session.scalars(
        select(SavedSearch).where(SavedSearch.profile_id == profile_id)
    ):
        if (known.query, known.facets) == (query, facets):
            return known
    count = select(func.count()).where(SavedSearch.profile_id == profile_id)
    if (session.scalar(count) or 0) >= MOST_SEARCHES:
        raise DomainError("searches-many", status=422)
    search = SavedSearch(profile_id=profile_id, name=name, query=query, facets=facets)
    session.add(search)
    session.flush()
    _note(session, search, found_at=None)
    return search


def _note(session: Session, search: SavedSearch, *, found_at: datetime | None) -> int:
    """Write down who answers a search and is not written down yet; return how many."""
    answers = directory.answers(session, search.query, chosen=search.facets)
    known = select(SearchHit.profile_id).where(SearchHit.search_id == search.id)
    found = select(
        literal(search.id),
        answers.c.profile_id,
        literal(found_at, SearchHit.found_at.type),
    ).where(
        answers.c.profile_id != search.profile_id,
        answers.c.profile_id.not_in(known),
        answers.c.profile_id.not_in(blocks.hidden_from(search.profile_id)),
    )
    columns = [SearchHit.search_id, SearchHit.profile_id, SearchHit.found_at]
    session.execute(insert(SearchHit).from_select(columns, found))
    written = select(func.count()).where(
        SearchHit.search_id == search.id, SearchHit.found_at == found_at
    )
    return session.scalar(written) or 0


def get_search(session: Session, profile_id: int, public_id: str) -> SavedSearch:
    """Return one's own search.

    Raises
    ------
    DomainError
        ``search-unknown``, also for those of others.
    """
    search = session.scalar(
        select(SavedSearch).where(
            SavedSearch.public_id == public_id, SavedSearch.profile_id == profile_id
        )
    )
    if search is None:
        raise DomainError("search-unknown", status=404)
    return search


def remove_search(session: Session, profile_id: int, public_id: str) -> None:
    """Let a search stand no longer."""
    session.delete(get_search(session, profile_id, public_id))
    session.flush()


def list_searches(session: Session, profile_id: int) -> list[Standing]:
    """Return a member's searches, the latest first, with their newest answers."""
    searches = session.scalars(
        select(SavedSearch)
        .where(SavedSearch.profile_id == profile_id)
        .order_by(SavedSearch.id.desc())
    ).all()
    standing = []
    for search in searches:
        hits = list(session.scalars(_hits(search).limit(SHOWN_HITS)))
        count = session.scalar(
            select(func.count()).select_from(_hits(search).subquery())
        )
        standing.append(Standing(search, hits, count or 0))
    return standing


def _hits(search: SavedSearch) -> Select[Profile]:
    return (
        select(Profile)
        .join(SearchHit, SearchHit.profile_id == Profile.id)
        .where(
            SearchHit.search_id == search.id,
            SearchHit.found_at.is_not(None),
            Profile.status == ProfileStatus.ACTIVE,
            Profile.id.not_in(blocks.hidden_from(search.profile_id)),
        )
        .order_by(SearchHit.found_at.desc(), SearchHit.id.desc())
        .options(joinedload(Profile.organisation))
    )


def look_again(sessions: Sessions, *, hours: float = LOOK_EVERY_HOURS) -> int:
    """Look at the searches whose turn it is, and tell their owners; return how many.

    Each search is a transaction of its own: dying in between loses and doubles
    nothing, since an answer is a row that is written once.
    """
    due = now() - timedelta(hours=hours)
    with sessions.read() as session:
        waiting = session.scalars(
            select(SavedSearch.id).where(SavedSearch.looked_at < due)
        ).all()
    told = 0
    for search_id in waiting:
        with sessions.write.begin() as session:
            told += _look(session, search_id)
    return told


def _look(session: Session, search_id: int) -> int:
    search = session.get(SavedSearch, search_id)
    if search is None:
        return 0
    since, search.looked_at = search.looked_at, now()
    changed = select(Profile.id).where(Profile.changed_at >= since).limit(1)
    if session.scalar(changed) is None:
        return 0
    found = _note(session, search, found_at=search.looked_at)
    owner = session.get_one(Profile, search.profile_id)
    if found and owner.status is ProfileStatus.ACTIVE:
        notify(
            session,
            owner.user,
            kind=NoticeKind.SEARCH,
            code="search",
            context={"name": search.name, "count": found, "search": search.public_id},
        )
    return found
