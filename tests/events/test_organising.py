"""Making an event, changing it, and who runs it, through the pages."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.app import Site
from matchmaker.errors import DomainError
from matchmaker.events import organising
from matchmaker.events.models import Event, EventStaff, StaffRole
from tests.conftest import MakeMember, Visitor
from tests.events.lists import make_event

FACTS = {
    "name_en": "Rail freight, spring 2026",
    "name_zh": "铁路货运",
    "kind": "webinar",
    "starts_at": "2026-03-01T10:00",
    "ends_at": "2026-03-01T12:00",
    "time_zone": "Asia/Almaty",
    "languages": ["ru", "zh"],
}
TEAM = "/events/rail-freight-spring-2026/team"


@pytest.fixture
def admin(join: Callable[..., Any]) -> Visitor:
    """Give an admin who has made an event."""
    visitor: Visitor
    visitor, _public_id = join(email="chief@example.org", is_admin=True)
    answer = visitor.post("/events/new", FACTS)
    assert answer.headers["Location"] == "/events/rail-freight-spring-2026"
    return visitor


def roles(site: Site) -> list[str]:
    with site.sessions.read() as session:
        found = session.scalars(select(EventStaff.role).order_by(EventStaff.id))
        return [role.value for role in found]


def test_who_makes_an_event_owns_it_and_its_times_are_those_of_its_place(
    site: Site, admin: Visitor
) -> None:
    with site.sessions.read() as session:
        event = session.scalars(select(Event)).one()
        assert event.names == {"en": FACTS["name_en"], "zh": "铁路货运"}
        assert event.starts_at == datetime(2026, 3, 1, 5, tzinfo=UTC)
        assert event.languages == ["ru", "zh"]
    assert roles(site) == ["owner"]
    assert "Rail freight" in admin.get("/events").text


def test_an_event_is_changed_and_keeps_its_address(site: Site, admin: Visitor) -> None:
    page = admin.get("/events/rail-freight-spring-2026/edit").text
    assert 'value="2026-03-01T10:00"' in page
    changed = {**FACTS, "name_en": "Rail freight", "place": "Almaty"}
    answer = admin.post("/events/rail-freight-spring-2026/edit", changed)
    assert answer.headers["Location"] == "/events/rail-freight-spring-2026"
    with site.sessions.read() as session:
        event = session.scalars(select(Event)).one()
        assert (event.names["en"], event.place) == ("Rail freight", "Almaty")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name_en": "", "name_zh": ""}, "Give the event a name."),
        ({"ends_at": "2026-02-28T12:00"}, "ends before it begins"),
        ({"starts_at": ""}, "Please enter day and time."),
        ({"starts_at": "0001-01-01T00:00"}, "between 2000 and 2100"),
        ({"time_zone": "Mars/Base"}, "Not a valid choice"),
    ],
)
def test_what_is_missing_or_cannot_be_is_said_and_nothing_is_stored(
    site: Site, admin: Visitor, wrong: dict[str, str], words: str
) -> None:
    answer = admin.post("/events/new", {**FACTS, **wrong})
    assert answer.status_code == 422
    assert words in answer.text
    assert roles(site) == ["owner"]


def test_two_events_of_one_name_have_two_addresses(admin: Visitor) -> None:
    places = {admin.post("/events/new", FACTS).headers["Location"] for _ in range(2)}
    places.add(
        admin.post("/events/new", {**FACTS, "name_en": "New"}).headers["Location"]
    )
    assert len(places) == 3
    assert "/events/new" not in places


def test_a_member_joins_the_team_changes_role_and_leaves(
    site: Site, admin: Visitor, join: Callable[..., Any]
) -> None:
    helper, _public_id = join(email="helper@example.org")
    assert helper.get("/events").status_code == 404
    admin.post(TEAM, {"email": " Helper@example.org", "role": "helper"})
    assert "Rail freight" in helper.get("/events").text
    assert helper.get(TEAM).status_code == 403
    assert helper.get("/events/rail-freight-spring-2026/edit").status_code == 403
    admin.post(TEAM, {"email": "helper@example.org", "role": "manager"})
    assert helper.get("/events/rail-freight-spring-2026/edit").status_code == 200
    assert helper.get(TEAM).status_code == 403
    assert roles(site) == ["owner", "manager"]
    admin.post(f"{TEAM}/remove", {"email": "helper@example.org"})
    assert helper.get("/events").status_code == 404


def test_an_address_without_a_member_is_refused(site: Site, admin: Visitor) -> None:
    answer = admin.post(TEAM, {"email": "nobody@example.org", "role": "helper"})
    assert answer.status_code == 422
    assert "No member has confirmed this address." in answer.text
    assert roles(site) == ["owner"]


def test_the_last_owner_stays(
    site: Site, admin: Visitor, join: Callable[..., Any]
) -> None:
    chief = {"email": "chief@example.org"}
    assert admin.post(f"{TEAM}/remove", chief).status_code == 409
    assert admin.post(TEAM, {**chief, "role": "helper"}).status_code == 422
    join(email="second@example.org")
    admin.post(TEAM, {"email": "second@example.org", "role": "owner"})
    assert admin.post(f"{TEAM}/remove", chief).headers["Location"] == "/"
    assert roles(site) == ["owner"]


def test_a_team_has_an_end(session: Session, make_member: MakeMember) -> None:
    event = make_event(session, "spring")
    for number in range(organising.TEAM):
        email = f"m{number}@example.org"
        make_member(email=email)
        organising.set_role(session, event, email, StaffRole.HELPER)
    make_member(email="late@example.org")
    with pytest.raises(DomainError, match="team-full"):
        organising.set_role(session, event, "late@example.org", StaffRole.HELPER)
