"""A kept page of proposals is never older than what it shows."""

import re
from typing import Any

import pytest
from sqlalchemy import func, select

from matchmaker.app import Site
from matchmaker.matching.models import Impression
from matchmaker.profiles import service as profiles
from matchmaker.profiles.models import Profile
from tests.conftest import Visitor

ANNA = {
    "name": "Anna",
    "offers": (("supply", "Wheat"),),
    "requests": (("logistics", "Rail freight"),),
}
CHEN = {"name": "Chen", "offers": (("logistics", "Rail freight forwarding"),)}


@pytest.fixture
def anna(join: Any) -> Visitor:
    join(**CHEN)
    visitor, _ = join(**ANNA)
    assert "Chen" in visitor.get("/proposals").text
    return visitor


def test_a_page_seen_again_costs_one_statement_and_logs_nothing_new(
    site: Site, anna: Visitor, count_statements: list[str]
) -> None:
    anna.get("/proposals")
    with site.sessions.read() as session:
        logged = session.scalar(select(func.count(Impression.id)))
    count_statements.clear()
    page = anna.get("/proposals").text
    assert "Chen" in page
    assert len(count_statements) == 1
    with site.sessions.read() as session:
        assert session.scalar(select(func.count(Impression.id))) == logged


def test_a_candidate_who_changes_their_name_is_shown_with_the_new_one(
    site: Site, anna: Visitor
) -> None:
    anna.get("/proposals")
    with site.sessions.write.begin() as session:
        chen = session.scalars(select(Profile).filter_by(full_name="Chen")).one()
        profiles.save_profile(
            session, chen.id, version=chen.version, changes={"full_name": "Chen Wei"}
        )
    assert "Chen Wei" in anna.get("/proposals").text


def test_a_candidate_who_pauses_disappears(site: Site, anna: Visitor) -> None:
    anna.get("/proposals")
    with site.sessions.write.begin() as session:
        chen = session.scalars(select(Profile).filter_by(full_name="Chen")).one()
        profiles.set_paused(session, chen.id, paused=True)
    assert "Chen" not in anna.get("/proposals").text


def test_what_was_put_aside_is_gone_and_back_after_undo(anna: Visitor) -> None:
    page = anna.get("/proposals").text
    person = page.split('formaction="/people/')[1].split("/")[0]
    anna.post(f"/people/{person}/not-for-me", {"reason": "not_now"})
    aside = anna.get("/proposals").text  # with a note that is shown once
    assert f"/people/{person}/ask" not in aside
    assert 'role="status"' not in anna.get("/proposals").text
    anna.post(f"/people/{person}/undo")
    assert f"/people/{person}/ask" in anna.get("/proposals").text


def test_a_language_and_a_theme_have_pages_of_their_own(anna: Visitor) -> None:
    assert 'lang="en"' in anna.get("/proposals").text
    anna.post("/language", {"locale": "ru"})
    assert '<html lang="ru"' in anna.get("/proposals").text
    anna.post("/theme", {"theme": "dark"})
    assert 'data-theme="dark"' in anna.get("/proposals").text


def test_each_session_gets_its_own_token(site: Site, anna: Visitor) -> None:
    def token(page: str) -> str:
        found = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert found is not None
        return found.group(1)

    anna.get("/proposals")
    first = token(anna.get("/proposals").text)
    with site.sessions.read() as session:
        profile = session.scalars(select(Profile).filter_by(full_name="Anna")).one()
        assert profile.user is not None
        email = profile.user.email
    again = Visitor(site.app.test_client())
    again.sign_in(email)
    other = token(again.get("/proposals").text)
    assert other != first
    person = again.get("/proposals").text.split('formaction="/people/')[1].split("/")[0]
    answer = again.client.post(f"/people/{person}/save", data={"csrf_token": other})
    assert answer.status_code == 303


def test_a_message_that_arrives_shows_in_the_frame(anna: Visitor, join: Any) -> None:
    anna.get("/proposals")
    other, _ = join(name="Dina", offers=(("supply", "Wagons"),))
    found = other.get("/directory?q=wheat").text
    person = found.split("/people/")[1].split('"')[0]
    other.post(
        f"/people/{person}/ask",
        {"note": "Hello", "seeker_item": "", "candidate_item": ""},
    )
    assert 'class="count num">1' in anna.get("/proposals").text
