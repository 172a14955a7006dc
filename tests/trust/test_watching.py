"""What pages note by themselves: looks at contact details, haste."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from matchmaker.app import Site, create_site
from matchmaker.db import Base
from matchmaker.matching.models import Introduction
from matchmaker.profiles.models import Profile
from matchmaker.trust import cases
from matchmaker.trust.models import ContactView, SeenWhere, SignalKind
from tests.conftest import add_introduction

OFFERS = (("supply", "Buckwheat, 50 t a month"),)
PHONE = {"phone": {"value": "+7 701 555 01 01", "visibility": "connections"}}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """Give a site on which three profiles a minute are a burst."""
    site = create_site(
        {
            "ENVIRONMENT": "test",
            "SECRET_KEY": "k" * 40,
            "INSTANCE": str(tmp_path),
            "DATABASE_URL": f"sqlite:///{tmp_path}/site.db",
            "BASE_URL": "http://localhost",
            "TESTING": True,
            "VIEW_BURST": "3 per minute",
        }
    )
    Base.metadata.create_all(site.sessions.engine)
    yield site
    site.sessions.engine.dispose()


def views(site: Site) -> list[tuple[str, SeenWhere]]:
    with site.sessions.read() as session:
        rows = session.execute(
            select(Profile.full_name, ContactView.place)
            .join(Profile, Profile.id == ContactView.viewer_id)
            .order_by(ContactView.id)
        )
        return [(row[0], row[1]) for row in rows]


def connect(site: Site, one: str, other: str) -> str:
    with site.sessions.write.begin() as session:
        people = [
            session.scalars(select(Profile).where(Profile.public_id == public_id)).one()
            for public_id in (one, other)
        ]
        between: Introduction = add_introduction(session, people[0], people[1])
        return between.public_id


def test_a_look_at_contact_details_is_noted_and_shown_to_whose_they_are(
    site: Site, join: Any
) -> None:
    anna, anna_id = join(name="Anna", offers=OFFERS, contacts=PHONE)
    boris, boris_id = join(name="Boris", offers=OFFERS, contacts=PHONE)
    boris.get(f"/people/{anna_id}")
    assert views(site) == [], "nothing is shown before both said yes"
    between = connect(site, anna_id, boris_id)
    for _look in range(2):
        assert PHONE["phone"]["value"] in boris.get(f"/contacts/{between}").text
    assert boris.get(f"/contacts/{between}/card.vcf").status_code == 200
    assert views(site) == [("Boris", SeenWhere.PAGE), ("Boris", SeenWhere.CARD)]
    page = anna.get("/settings/contact-views").text
    assert "Boris" in page
    assert "as an address card" in page
    assert "Boris" not in boris.get("/settings/contact-views").text.split("<main")[1]


def test_who_opens_profiles_faster_than_one_can_read_is_a_case_and_goes_on(
    site: Site, join: Any
) -> None:
    hasty, own_id = join(name="Hasty", offers=OFFERS)
    others = [join(name=f"Other {n}", offers=OFFERS)[1] for n in range(6)]
    answers = [hasty.get(f"/people/{other}").status_code for other in others]
    assert answers == [200] * 6, "nothing is refused by it"
    with site.sessions.read() as session:
        (case,) = cases.list_open(session)
        assert case.subject.public_id == own_id
        (signal,) = case.signals
    assert signal.kind is SignalKind.BURST
    assert signal.figures == {"what": "views", "count": 3}
