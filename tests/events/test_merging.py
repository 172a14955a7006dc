"""A draft of somebody who is a member already."""

import re

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.accounts import service as accounts
from matchmaker.events import claiming
from matchmaker.events.models import Attendance
from matchmaker.events.roster import ImportRow, Seed
from matchmaker.profiles.models import Organisation, Profile
from tests.conftest import PASSWORD, MakeMember
from tests.events.house import GOOD, House
from tests.events.rosters import QUESTION, add_draft, add_event, send


def test_a_known_address_is_asked_to_sign_in_without_the_secret_in_the_way(
    house: House,
) -> None:
    house.join(email="draft@example.org", name="Dinara", offers=(("supply", "Tea"),))
    page = house.visit().get(house.path("/confirm")).text
    assert 'href="/sign-in?next=/claim/mine"' in page
    assert 'name="password"' not in page
    answer = house.visit().post(house.path("/confirm"), {"password": GOOD})
    assert answer.status_code == 200  # the same page; no account was touched
    assert house.visit().sign_in("draft@example.org", PASSWORD).status_code == 303


def test_a_member_takes_over_what_was_ticked_and_own_words_win(house: House) -> None:
    member = house.join(
        email="draft@example.org",
        name="Дина",
        city="Astana",
        organisation="My Own Firm",
        offers=(("supply", "Tea"),),
    )
    page = member.get("/claim/mine").text
    assert "Astana" not in page  # what the member said is not up for change
    (item,) = re.findall(r'name="keep"\s+value="([^"]+)"', page)
    answer = member.post(
        "/claim/mine", {"keep": [item], "field": ["job_title", "city", "full_name"]}
    )
    assert answer.headers["Location"] == "/me"
    with house.site.sessions.read() as session:
        user = accounts.find_user(session, "draft@example.org")
        assert user is not None
        own = session.scalars(select(Profile).where(Profile.user_id == user.id)).one()
        assert (own.full_name, own.city, own.job_title) == (
            "Дина",
            "Astana",
            "Director",
        )
        assert own.organisation_name == "My Own Firm"
        assert {i.text for i in own.opportunities} == {"Tea", QUESTION}
        there = session.scalars(select(Attendance)).one()
        assert (there.profile_id, there.minutes) == (own.id, 57)
        assert session.scalars(select(Seed)).all() == []
        assert session.scalars(select(ImportRow.profile_id)).all() == [own.id]
        assert "Костанай Зерно" not in session.scalars(select(Organisation.name)).all()
    assert member.get("/claim/mine").status_code == 404


def test_what_was_not_ticked_is_gone(house: House) -> None:
    member = house.join(email="draft@example.org", name="Дина")
    assert member.post("/claim/mine", {}).status_code == 303
    left = house.rows()
    assert QUESTION.replace("'", "''") not in left
    assert "7015550101" not in left


def test_who_holds_the_link_may_add_it_to_an_account_of_another_address(
    house: House,
) -> None:
    member = house.join(email="work@example.org", name="Дина", offers=())
    assert member.get(house.path("/confirm")).headers["Location"] == house.path("/join")
    assert member.get("/claim/mine").status_code == 404
    assert member.post(house.path("/join"), {}).status_code == 303
    assert house.visit().get(house.path()).status_code == 404


def test_attendance_that_the_member_has_already_is_not_doubled(
    session: Session, make_member: MakeMember
) -> None:
    event, owner = add_event(session)
    member = make_member(name="Дина")
    session.add(Attendance(event_id=event.id, profile_id=member.id, minutes=12))
    seed = add_draft(session, event)
    send(session, event, owner, seed)
    claiming.join(session, seed, member.id, fields=[], items=[])
    (there,) = session.scalars(select(Attendance))
    assert (there.profile_id, there.minutes) == (member.id, 12)
