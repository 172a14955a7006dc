"""The queue as organisers use it, and what the people in it see."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from matchmaker.admin.models import AuditEntry
from matchmaker.app import Site
from matchmaker.clock import now
from matchmaker.events import admission
from matchmaker.events.models import (
    Attendance,
    Event,
    EventKind,
    EventStaff,
    StaffRole,
)
from matchmaker.profiles.models import Profile
from tests.conftest import Visitor

Join = Callable[..., tuple[Visitor, str]]
QUEUE = "/events/fair/approval"


@pytest.fixture
def fair(site: Site, join: Join) -> Callable[..., tuple[Visitor, Visitor, str]]:
    """Return a factory: an organiser, a member of the event, and her public id."""

    def make(
        role: StaffRole = StaffRole.OWNER, *, offers: tuple[Any, ...] = ()
    ) -> tuple[Visitor, Visitor, str]:
        organiser, own_id = join(name="Olga", organisation="O")
        anna, anna_id = join(name="Anna", organisation="A", offers=offers)
        with site.sessions.write.begin() as session:
            event = Event(
                slug="fair",
                names={"en": "The fair"},
                kind=EventKind.WEBINAR,
                starts_at=now(),
                ends_at=now(),
            )
            session.add(event)
            session.flush()
            known = {one.public_id: one for one in session.scalars(select(Profile))}
            session.add_all(
                [
                    EventStaff(
                        event_id=event.id, user_id=known[own_id].user_id, role=role
                    ),
                    Attendance(event_id=event.id, profile_id=known[anna_id].id),
                ]
            )
            session.flush()
            admission.set_checking(session, event, people=True, items=True)
        return organiser, anna, anna_id

    return make


def shown(page: str) -> dict[str, str]:
    found = re.search(r'name="shown_at" value="([^"]+)"', page)
    assert found is not None
    return {"shown_at": found[1]}


def complete(anna: Visitor) -> None:
    answer = anna.post(
        "/welcome/items",
        {"offer_kind": "supply", "offer_text": "Buckwheat, 50 t", "request_kind": ""},
    )
    assert answer.status_code == 303


def test_a_person_waits_is_listed_by_a_press_and_the_press_is_in_the_log(
    site: Site, fair: Callable[..., tuple[Visitor, Visitor, str]]
) -> None:
    organiser, anna, anna_id = fair()
    complete(anna)
    assert "An organiser checks your profile first" in anna.get("/proposals").text
    assert "Anna" not in organiser.get("/directory").text
    assert organiser.get(f"/people/{anna_id}").status_code == 404
    page = organiser.get(QUEUE).text
    assert "Buckwheat, 50 t" in page
    organiser.post(QUEUE, {"act": "approve", "person": anna_id, **shown(page)})
    assert "Anna" in organiser.get("/directory").text
    with site.sessions.read() as session:
        actions = [one.action for one in session.scalars(select(AuditEntry))]
    assert "approval-approved" in actions


def test_the_message_after_a_decision_offers_to_undo_it(
    fair: Callable[..., tuple[Visitor, Visitor, str]],
) -> None:
    organiser, anna, anna_id = fair()
    complete(anna)
    page = organiser.get(QUEUE).text
    sent = {"act": "approve", "person": anna_id, **shown(page)}
    told = organiser.post(QUEUE, sent, follow_redirects=True).text
    assert "1 entry is listed." in told
    undo = re.search(r'action="(/events/fair/approval/[^"]+/undo)"', told)
    assert undo is not None
    organiser.post(undo[1])
    assert "Anna" not in organiser.get("/directory").text
    assert anna_id in organiser.get(QUEUE).text
    assert organiser.post(undo[1]).status_code == 404


def test_a_refusal_without_a_reason_keeps_ticks_and_words_and_one_with_it_is_read(
    fair: Callable[..., tuple[Visitor, Visitor, str]],
) -> None:
    organiser, anna, anna_id = fair()
    complete(anna)
    page = organiser.get(QUEUE).text
    sent = {"act": "refuse", "person": anna_id, "note": "Where is the firm?"}
    again = organiser.post(QUEUE, {**sent, **shown(page)})
    assert again.status_code == 422
    assert "Say why" in again.text
    assert "Where is the firm?" in again.text
    assert re.search(rf'value="{anna_id}"\s+checked', again.text)
    organiser.post(QUEUE, {**sent, **shown(page), "reason": "incomplete"})
    mine = anna.get("/me").text
    assert "It says too little to judge by." in mine
    assert "Where is the firm?" in mine


def test_a_changed_item_is_shown_beside_what_is_listed_and_to_nobody_else(
    fair: Callable[..., tuple[Visitor, Visitor, str]],
) -> None:
    organiser, anna, anna_id = fair(offers=(("supply", "Buckwheat, 50 t"),))
    item = re.search(r'href="(/me/items/(?!new)[^"]+)"', anna.get("/me").text)
    assert item is not None
    sent = {"collaboration": "supply", "text": "Buckwheat, 500 t"}
    answer = anna.post(item[1], sent, follow_redirects=True).text
    assert "as soon as an organiser has checked it" in answer
    assert "Buckwheat, 500 t" in answer
    assert "500 t" in anna.get(item[1]).text
    assert "500 t" not in organiser.get(f"/people/{anna_id}").text
    page = organiser.get(QUEUE).text
    assert "500 t" in page
    assert "Buckwheat, 50 t" in page
    change = re.search(r'name="item"\s+value="([^"]+)"', page)
    assert change is not None
    organiser.post(QUEUE, {"act": "approve", "item": change[1], **shown(page)})
    assert "500 t" in organiser.get(f"/people/{anna_id}").text


def test_a_helper_sees_the_queue_and_decides_nothing(
    fair: Callable[..., tuple[Visitor, Visitor, str]],
) -> None:
    helper, anna, anna_id = fair(StaffRole.HELPER)
    complete(anna)
    page = helper.get(QUEUE)
    assert page.status_code == 200
    assert "List the ticked ones" not in page.text
    sent = {"act": "approve", "person": anna_id, **shown(page.text)}
    assert helper.post(QUEUE, sent).status_code == 403
    assert helper.post(f"{QUEUE}/settings", {"checks": ""}).status_code == 403


@pytest.mark.parametrize("shown_at", ["", "now", "2026-01-01", "9" * 400])
def test_a_form_that_does_not_say_when_it_was_shown_lists_nobody(
    shown_at: str, fair: Callable[..., tuple[Visitor, Visitor, str]]
) -> None:
    organiser, anna, anna_id = fair()
    complete(anna)
    sent = {"act": "approve", "person": anna_id, "shown_at": shown_at}
    assert organiser.post(QUEUE, sent).status_code == 303
    assert "Anna" not in organiser.get("/directory").text


def test_the_event_says_how_many_wait_and_stopping_lists_them(
    fair: Callable[..., tuple[Visitor, Visitor, str]],
) -> None:
    organiser, anna, _anna_id = fair()
    complete(anna)
    assert re.search(r'class="count num">1<', organiser.get("/events/fair").text)
    assert "1 person who waits is listed" in organiser.get(QUEUE).text
    organiser.post(f"{QUEUE}/settings", {"checks": ""})
    assert "Anna" in organiser.get("/directory").text


def test_who_waits_asks_nobody_and_is_told_why(
    fair: Callable[..., tuple[Visitor, Visitor, str]], join: Join
) -> None:
    _organiser, anna, _anna_id = fair()
    _boris, boris_id = join(name="Boris", offers=(("supply", "Buckwheat"),))
    complete(anna)
    sent = {"note": "Shall we talk?", "seeker_item": "", "candidate_item": ""}
    answer = anna.post(f"/people/{boris_id}/ask", sent)
    assert "check your profile first" in answer.text
