"""The wizard of the import, through its pages."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from matchmaker.app import Site
from matchmaker.events.models import EventStaff, StaffRole
from matchmaker.events.roster import BatchState, ImportBatch, Seed
from matchmaker.profiles.models import Profile
from tests.conftest import Visitor
from tests.events.lists import AIGERIM, HEADER, OLEG, make_event


@pytest.fixture
def organiser(site: Site, join: Callable[..., Any]) -> Visitor:
    """Give somebody who owns the event "spring"."""
    visitor, public_id = join(email="owner@example.org", name="Olga Owner")
    with site.sessions.write.begin() as session:
        event = make_event(session, "spring")
        owner = session.scalars(
            select(Profile).where(Profile.public_id == public_id)
        ).one()
        session.add(
            EventStaff(event_id=event.id, user_id=owner.user_id, role=StaffRole.OWNER)
        )
    return visitor


def upload(visitor: Visitor, data: bytes | str, name: str = "list.csv") -> Any:
    content = data.encode() if isinstance(data, str) else data
    return visitor.post(
        "/events/spring/import",
        {"file": (io.BytesIO(content), name), "basis": "consent"},
        content_type="multipart/form-data",
    )


def start(visitor: Visitor, data: bytes | str, name: str = "list.csv") -> str:
    """Upload a file and go to its preview; return the address of the import."""
    answer = upload(visitor, data, name)
    assert answer.status_code == 303, answer.text
    place = answer.headers["Location"].removesuffix("/table")
    assert visitor.get(f"{place}/table").status_code == 200
    answer = visitor.post(f"{place}/columns", {})
    assert answer.headers["Location"].startswith(f"{place}/preview"), answer.text
    return str(place)


def test_a_file_goes_from_upload_to_result_and_back(
    site: Site, organiser: Visitor
) -> None:
    place = start(organiser, HEADER + AIGERIM + OLEG)
    page = organiser.get(f"{place}/preview").text
    assert "Олег Ким" in page
    assert organiser.post(f"{place}/commit").headers["Location"] == place
    assert "Imported" in organiser.get(place).text
    assert organiser.post(f"{place}/undo").status_code == 303
    with site.sessions.read() as session:
        assert session.scalars(select(Seed)).all() == []
        assert session.scalars(select(ImportBatch)).one().state is BatchState.UNDONE
