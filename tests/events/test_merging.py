"""A draft of somebody who is a member already."""

import re
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.accounts import service as accounts
from matchmaker.events import claiming, joining
from matchmaker.events.models import Attendance
from matchmaker.events.roster import ImportRow, Seed
from matchmaker.profiles.models import (
    Opportunity,
    Organisation,
    Profile,
    ProfileStatus,
)
from tests.conftest import PASSWORD, MakeMember
from tests.events.house import GOOD, House, keep_all
from tests.events.rosters import QUESTION, add_draft, add_event, invited, send


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
    joining.join(session, seed, member.id, fields=[], items=[])
    (there,) = session.scalars(select(Attendance))
    assert (there.profile_id, there.minutes) == (member.id, 12)


def claim_first_of_two(session: Session, **second: Any) -> Profile:
    """Let somebody of two events' lists claim the letter of the first."""
    event, owner = add_event(session)
    other, _other_owner = add_event(session, slug="autumn")
    secret = invited(session, event, owner, email="dina@example.org")
    add_draft(session, other, email="dina@example.org", **second)
    seed = claiming.get_claim(session, secret)
    seeds = [seed, *joining.list_siblings(session, seed)]
    user = claiming.claim(
        session,
        seed,
        GOOD,
        locale="en",
        time_zone="UTC",
        items={x.public_id: x.text for x in joining.items_of(seeds)},
    )
    return session.scalars(select(Profile).where(Profile.user_id == user.id)).one()


def test_one_person_of_two_lists_becomes_one_profile_with_both_attendances(
    session: Session,
) -> None:
    profile = claim_first_of_two(session, offers=(("supply", "Flax seed"),))
    assert profile.status is ProfileStatus.CLAIMED
    assert sorted(item.text for item in profile.opportunities) == [
        "Flax seed",
        QUESTION,
    ]
    there = session.scalars(select(Attendance)).all()
    assert [one.profile_id for one in there] == [profile.id] * 2
    assert [one.question for one in there] == [QUESTION] * 2
    assert session.scalars(select(Seed)).all() == []


def test_the_words_of_the_claimed_list_win_and_blank_ones_are_filled(
    session: Session,
) -> None:
    profile = claim_first_of_two(session, name="Dinara O.", city="Astana")
    assert (profile.full_name, profile.city) == ("Динара Оспанова", "Kostanay")
    assert profile.contacts["phone"]["value"] == "+77015550101"


def test_what_was_dropped_is_gone_from_both_lists(session: Session) -> None:
    event, owner = add_event(session)
    other, _other_owner = add_event(session, slug="autumn")
    secret = invited(session, event, owner, email="dina@example.org")
    add_draft(session, other, email="dina@example.org")
    seed = claiming.get_claim(session, secret)
    claiming.claim(session, seed, GOOD, locale="en", time_zone="UTC", items={})
    asked = session.scalars(select(Attendance.question)).all()
    assert asked == ["", ""]


def test_the_page_of_the_link_tells_of_both_lists(house: House) -> None:
    with house.site.sessions.write.begin() as session:
        other, _owner = add_event(session, slug="autumn")
        add_draft(session, other, offers=(("supply", "Flax seed"),))
    page = house.visit().get(house.path()).text
    assert "Вебинар autumn" in page
    assert "autumn.csv" in page
    assert "Flax seed" in page
    assert "Flax seed" in house.visit().get(house.path("/confirm")).text


def test_a_kind_that_was_guessed_is_corrected_on_the_page(house: House) -> None:
    visitor = house.visit()
    page = visitor.get(house.path("/confirm")).text
    sent = keep_all(page)
    (item,) = sent["keep"]
    sent[f"kind-{item}"] = "logistics"
    answer = visitor.post(house.path("/confirm"), {**sent, "password": GOOD})
    assert answer.status_code == 303
    with house.site.sessions.read() as session:
        kinds = session.scalars(select(Opportunity.collaboration)).all()
    assert kinds == ["logistics"]


def test_a_kind_nobody_knows_is_none(session: Session) -> None:
    event, owner = add_event(session)
    secret = invited(session, event, owner)
    seed = claiming.get_claim(session, secret)
    (item,) = seed.profile.opportunities
    kept = {item.public_id: item.text}
    joining.keep_items(session, seed.profile, kept, kinds={item.public_id: "<b>"})
    assert item.collaboration == ""
