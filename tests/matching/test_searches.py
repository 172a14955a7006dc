"""Searches that stand: whoever answers later is told once, nobody else is."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.clock import now
from matchmaker.db import Sessions
from matchmaker.errors import DomainError
from matchmaker.matching import searches
from matchmaker.matching.wish_models import SavedSearch, SearchHit
from matchmaker.notices.models import Notification
from matchmaker.profiles import service as profiles
from matchmaker.profiles.models import Profile
from matchmaker.trust import blocks
from tests.conftest import MakeMember


@pytest.fixture
def owner(make_member: MakeMember) -> Profile:
    make_member(name="Early", offers=(("supply", "Wheat flour"),))
    return make_member(name="Owner", requests=(("supply", "Wheat"),))


def save(session: Session, owner: Profile, query: str = "wheat") -> SavedSearch:
    return searches.save_search(
        session, owner.id, name="Flour", query=query, facets={"country": ["KZ"]}
    )


def look(session: Session) -> int:
    found = 0
    for search in session.scalars(select(SavedSearch)):
        found += searches._look(session, search.id)
    return found


def told(session: Session) -> list[Notification]:
    return list(session.scalars(select(Notification)))


def test_who_is_there_already_is_no_news_and_who_comes_later_is_told_once(
    session: Session, owner: Profile, make_member: MakeMember
) -> None:
    save(session, owner)
    assert look(session) == 0
    late = make_member(name="Late", offers=(("supply", "Пшеничная мука"),))
    make_member(name="Else", offers=(("supply", "Carpets"),))
    make_member(name="Abroad", country="CN", offers=(("supply", "Wheat flour"),))
    assert look(session) == 1
    late.about = "We mill."
    profiles.note_change(session, late)
    assert look(session) == 0
    (notice,) = told(session)
    assert notice.context["count"] == 1
    (standing,) = searches.list_searches(session, owner.id)
    assert [one.full_name for one in standing.hits] == ["Late"]


def test_blocked_people_answer_no_search(
    session: Session, owner: Profile, make_member: MakeMember
) -> None:
    save(session, owner)
    late = make_member(name="Late", offers=(("supply", "Wheat flour"),))
    blocks.block(session, late.id, owner.id)
    assert look(session) == 0
    assert told(session) == []


def test_one_search_is_kept_once_and_is_nobody_elses(
    session: Session, owner: Profile, make_member: MakeMember
) -> None:
    search = save(session, owner)
    assert save(session, owner) is search
    other = make_member(name="Other")
    with pytest.raises(DomainError, match="search-unknown"):
        searches.remove_search(session, other.id, search.public_id)
    searches.remove_search(session, owner.id, search.public_id)
    assert session.scalars(select(SearchHit)).all() == []


def test_a_search_for_nothing_and_an_eleventh_are_refused(
    session: Session, owner: Profile
) -> None:
    with pytest.raises(DomainError, match="search-empty"):
        searches.save_search(session, owner.id, name="All", query="", facets={})
    for at in range(searches.MOST_SEARCHES):
        save(session, owner, f"wheat {at}")
    with pytest.raises(DomainError, match="searches-many"):
        save(session, owner, "rye")


def test_the_job_looks_at_each_search_when_its_turn_comes(
    session: Session, owner: Profile, make_member: MakeMember
) -> None:
    search = save(session, owner)
    make_member(name="Late", offers=(("supply", "Wheat flour"),))
    session.flush()
    assert search.looked_at > now() - timedelta(minutes=5)
    due = select(SavedSearch.id).where(
        SavedSearch.looked_at < now() - timedelta(hours=searches.LOOK_EVERY_HOURS)
    )
    assert session.scalars(due).all() == []


def test_the_worker_tells_the_owner(tmp_path_factory: pytest.TempPathFactory) -> None:
    from matchmaker.db import Base, make_engine
    from tests.conftest import add_member

    folder = tmp_path_factory.mktemp("searches")
    sessions = Sessions(make_engine(f"sqlite:///{folder}/site.db"))
    Base.metadata.create_all(sessions.engine)
    with sessions.write.begin() as session:
        save(session, add_member(session, name="Owner"))
    with sessions.write.begin() as session:
        add_member(session, name="Late", offers=(("supply", "Wheat flour"),))
    assert searches.look_again(sessions) == 0  # not its turn yet
    assert searches.look_again(sessions, hours=-1) == 1
    assert searches.look_again(sessions, hours=-1) == 0
    sessions.engine.dispose()
