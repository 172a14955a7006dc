"""A kept page of the notebook is never older than what it shows."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import g
from sqlalchemy import select

from matchmaker.app import Site
from matchmaker.clock import now
from matchmaker.matching.models import Introduction, IntroductionState
from matchmaker.messaging.models import FollowUp, Message
from matchmaker.profiles.models import Profile
from tests.conftest import Visitor, add_introduction, add_member

PAGE = "/contacts"


@pytest.fixture
def anna(site: Site, new_visitor: Callable[[], Visitor]) -> Visitor:
    """Give Anna, signed in, who knows Chen, and asked Dina to be introduced."""
    with site.sessions.write.begin() as session:
        own = add_member(session, email="anna@example.org", name="Anna")
        chen = add_member(session, email="chen@example.org", name="Chen")
        dina = add_member(session, email="dina@example.org", name="Dina")
        add_introduction(session, own, chen)
        add_introduction(session, own, dina, state=IntroductionState.PENDING)
    visitor = new_visitor()
    visitor.sign_in("anna@example.org")
    page = visitor.get(PAGE).text
    assert "Chen" in page
    assert "Dina" in page
    return visitor


def find(site: Site, table: Any, name: str = "") -> Any:
    """Return the profile of that name, or the introduction with them."""
    with site.sessions.read() as session:
        person = session.scalars(select(Profile).filter_by(full_name=name)).one()
        if table is Profile:
            return person
        wanted = select(Introduction).filter_by(candidate_id=person.id)
        return session.scalars(wanted).one()


def change(site: Site, row: Any) -> None:
    """Store a row in a transaction of its own."""
    with site.sessions.write.begin() as session:
        session.add(row)


def a_step(site: Site, author: str, **values: Any) -> FollowUp:
    """Return a next step with Chen that somebody noted."""
    told: dict[str, Any] = {
        "kind": "call",
        "happened_on": now().date(),
        "next_step": "Send the contract",
        "form_key": "k",
        **values,
    }
    return FollowUp(
        introduction_id=find(site, Introduction, "Chen").id,
        author_id=find(site, Profile, author).id,
        **told,
    )


def test_a_notebook_seen_again_costs_two_statements(
    anna: Visitor, count_statements: list[str]
) -> None:
    count_statements.clear()
    assert "Chen" in anna.get(PAGE).text
    assert len(count_statements) == 2


def test_a_step_shows_at_once_and_goes_at_once(site: Site, anna: Visitor) -> None:
    change(site, a_step(site, "Anna"))
    assert "Send the contract" in anna.get(PAGE).text
    with site.sessions.write.begin() as session:
        noted = session.scalars(select(FollowUp)).one()
        noted.next_step, noted.version = "Call again", noted.version + 1
    assert "Call again" in anna.get(PAGE).text
    with site.sessions.write.begin() as session:
        session.delete(session.scalars(select(FollowUp)).one())
    assert "Call again" not in anna.get(PAGE).text
    # The new one may get the id of the old one, and has its first version.
    change(site, a_step(site, "Anna", next_step="Once more"))
    assert "Once more" in anna.get(PAGE).text


def test_what_the_other_side_shares_and_writes_moves_the_line(
    site: Site, anna: Visitor
) -> None:
    with site.sessions.write.begin() as session:
        one = session.get_one(Introduction, find(site, Introduction, "Chen").id)
        one.answered_at = one.asked_at = now() - timedelta(days=300)
        one.version += 1
    assert "shelf=sleeping" in anna.get(PAGE).text
    change(site, a_step(site, "Chen", shared=True, next_step=""))
    assert "shelf=sleeping" not in anna.get(PAGE).text
    change(
        site,
        Message(
            introduction_id=find(site, Introduction, "Chen").id,
            author_id=find(site, Profile, "Chen").id,
            recipient_id=find(site, Profile, "Anna").id,
            text="Hello",
            form_key="m",
        ),
    )
    assert '<span class="count num">1' in anna.get(PAGE).text


def test_a_request_whose_time_is_over_leaves_without_a_worker(
    site: Site, anna: Visitor
) -> None:
    with site.sessions.write.begin() as session:
        one = session.get_one(Introduction, find(site, Introduction, "Dina").id)
        one.expires_at = now() - timedelta(seconds=1)
    assert "Dina" not in anna.get(PAGE).text


def test_who_changed_their_name_stands_with_the_new_one(
    site: Site, anna: Visitor
) -> None:
    with site.sessions.write.begin() as session:
        chen = session.get_one(Profile, find(site, Profile, "Chen").id)
        chen.full_name, chen.changed_at = "Chen Wei", now()
    assert "Chen Wei" in anna.get(PAGE).text


def kept(site: Site) -> int:
    """Return how many pages of messages and contacts are in memory."""
    with site.app.test_request_context("/how-it-works"):
        site.app.preprocess_request()
        return len(g.kept_talk)


def test_a_block_leaves_no_page_in_memory(site: Site, anna: Visitor) -> None:
    anna.get("/messages")
    assert kept(site) > 1
    chen = find(site, Profile, "Chen").public_id
    assert anna.post(f"/people/{chen}/block").status_code == 303
    assert kept(site) == 0
    anna.get("/messages")  # with a note that is shown once
    assert "Chen" not in anna.get("/messages").text


def test_pages_of_before_a_change_in_the_community_are_not_kept(
    site: Site, anna: Visitor, new_visitor: Callable[[], Visitor]
) -> None:
    """Who is erased changes; another process learns of it with its next page."""
    anna.get("/messages")
    other = new_visitor()
    other.sign_in("dina@example.org")
    assert kept(site) == 2
    with site.sessions.write.begin() as session:
        chen = session.get_one(Profile, find(site, Profile, "Chen").id)
        chen.full_name, chen.changed_at = "", now()
    other.get(PAGE)
    assert kept(site) == 1
