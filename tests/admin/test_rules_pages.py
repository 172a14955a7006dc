"""Groups and rules of an event, as its organisers use them."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from matchmaker.app import Site
from matchmaker.clock import now
from matchmaker.events.models import (
    Attendance,
    Event,
    EventGroup,
    EventKind,
    EventStaff,
    MeetingRule,
    StaffRole,
)
from matchmaker.profiles.models import Profile
from tests.conftest import Visitor

Join = Callable[..., tuple[Visitor, str]]
ANNA: dict[str, Any] = {
    "name": "Anna",
    "organisation": "A",
    "requests": (("supply", "cotton yarn"),),
}
CHEN: dict[str, Any] = {
    "name": "Chen",
    "organisation": "C",
    "offers": (("supply", "cotton yarn"),),
}


@pytest.fixture
def open_event(site: Site, join: Join) -> Callable[..., tuple[Visitor, list[Visitor]]]:
    """Return a factory: an organiser, and people of the event who are signed in."""

    def make(role: StaffRole = StaffRole.OWNER) -> tuple[Visitor, list[Visitor]]:
        people = [join(**ANNA), join(**CHEN)]
        organiser, own_id = join(name="Olga", organisation="O")
        with site.sessions.write.begin() as session:
            event = Event(
                slug="fair",
                names={"en": "Fair"},
                kind=EventKind.WEBINAR,
                starts_at=now(),
                ends_at=now(),
            )
            session.add(event)
            session.flush()
            known = {one.public_id: one for one in session.scalars(select(Profile))}
            session.add(
                EventStaff(
                    event_id=event.id, user_id=known[own_id].user_id or 0, role=role
                )
            )
            session.add_all(
                Attendance(
                    event_id=event.id,
                    profile_id=known[public_id].id,
                    minutes=None,
                    group_id=None,
                    batch_id=None,
                )
                for _, public_id in people
            )
        return organiser, [visitor for visitor, _ in people]

    return make


def group_ids(site: Site) -> dict[str, str]:
    with site.sessions.read() as session:
        return {one.name: one.public_id for one in session.scalars(select(EventGroup))}


def people_ids(site: Site) -> dict[str, str]:
    with site.sessions.read() as session:
        found = session.scalars(select(Profile))
        return {one.full_name: one.public_id for one in found}


def test_an_organiser_groups_people_and_closes_a_direction(
    site: Site, open_event: Callable[..., tuple[Visitor, list[Visitor]]]
) -> None:
    organiser, (anna, chen) = open_event()
    for visitor in (anna, chen):
        visitor.get("/proposals")
    for name in ("Buyers", "Sellers"):
        organiser.post("/events/fair/groups", {"name": name})
    ids, people = group_ids(site), people_ids(site)
    for name, group in (("Anna", "Buyers"), ("Chen", "Sellers")):
        organiser.post(
            "/events/fair/groups/people",
            {"group": ids[group], "person": [people[name]]},
        )
    # Unticked: buyers may not ask sellers. First only counted, then saved.
    pairs = [(a, b) for a in ids.values() for b in ids.values()]
    closed = (ids["Buyers"], ids["Sellers"])
    matrix = {f"may-{a}-{b}": "on" for a, b in pairs if (a, b) != closed}
    counted = organiser.post("/events/fair/rules", {**matrix, "act": "count"})
    assert counted.status_code == 200
    assert "<b>1</b>" in counted.text
    with site.sessions.read() as session:
        assert session.scalars(select(MeetingRule)).all() == []
    assert organiser.post("/events/fair/rules", {**matrix, "act": "save"}).location
    assert "Chen" not in anna.get("/directory").text
    assert "Anna" in chen.get("/directory").text
    refused = anna.get(f"/people/{people['Chen']}")
    assert refused.status_code == 404


def test_a_helper_may_look_but_not_change(
    site: Site, open_event: Callable[..., tuple[Visitor, list[Visitor]]]
) -> None:
    organiser, _ = open_event(StaffRole.HELPER)
    assert organiser.get("/events/fair/rules").status_code == 200
    assert organiser.post("/events/fair/groups", {"name": "X"}).status_code == 404
    assert group_ids(site) == {}


def test_a_name_twice_is_refused_with_a_sentence(
    open_event: Callable[..., tuple[Visitor, list[Visitor]]],
) -> None:
    organiser, _ = open_event()
    organiser.post("/events/fair/groups", {"name": "Buyers"})
    again = organiser.post("/events/fair/groups", {"name": "buyers"})
    assert again.status_code == 422
    assert "already a group with this name" in again.text


@pytest.mark.parametrize("typed", ["", "0", "-3", "many", "9" * 40, "٣"])
def test_odd_numbers_mean_no_limit_or_the_largest(
    site: Site,
    typed: str,
    open_event: Callable[..., tuple[Visitor, list[Visitor]]],
) -> None:
    organiser, _ = open_event()
    organiser.post("/events/fair/groups", {"name": "Buyers", "open_limit": typed})
    with site.sessions.read() as session:
        group = session.scalars(select(EventGroup)).one()
        assert group.open_limit in {None, 1000}
