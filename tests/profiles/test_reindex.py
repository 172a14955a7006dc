"""The directory follows an organisation's own terms once its index is rebuilt."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matchmaker.profiles import directory, service
from matchmaker.profiles.models import ProfileStatus, SearchEntry
from matchmaker.vocabulary.terms import use_own_terms
from tests.conftest import MakeMember


@pytest.fixture
def own_terms(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "terms"
    folder.mkdir()
    (folder / "own.csv").write_text(
        "code,sector,en,ru,zh\nwumple,,wumple,кистрога,蛐蟆\n", "utf-8"
    )
    yield folder
    use_own_terms(tmp_path / "none")


def find(session: Session, query: str) -> list[str]:
    found = directory.search(session, query, chosen={}, page=1, size=20)
    return [profile.full_name for profile in found.profiles]


def reindex_all(session: Session, *, limit: int) -> int:
    steps, last = 0, service.reindex_next(session, after=0, limit=limit)
    while last is not None:
        steps, last = steps + 1, service.reindex_next(session, after=last, limit=limit)
    return steps


def test_a_russian_search_finds_an_english_offer_by_an_own_term(
    session: Session, make_member: MakeMember, own_terms: Path
) -> None:
    make_member(name="Maker", offers=(("supply", "Two wumples from stock"),))
    make_member(name="Farmer", offers=(("supply", "Wheat"),))
    use_own_terms(own_terms)
    assert find(session, "кистроги") == []  # the index was written before
    assert reindex_all(session, limit=1) == 2
    assert find(session, "кистроги") == ["Maker"]
    assert find(session, "wheat") == ["Farmer"]


def test_reindexing_lists_nobody_who_is_not_listed(
    session: Session, make_member: MakeMember
) -> None:
    paused = make_member(offers=(("supply", "Wheat"),))
    paused.status = ProfileStatus.PAUSED
    session.flush()
    assert reindex_all(session, limit=10) == 1
    assert session.scalar(select(func.count()).select_from(SearchEntry)) == 0


def test_there_is_nothing_to_index_in_an_empty_site(session: Session) -> None:
    assert service.reindex_next(session, after=0) is None
