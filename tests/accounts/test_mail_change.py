"""Another address: confirmed from the new one, undone from the old one."""

from collections.abc import Callable

import pytest
from sqlalchemy import select, update

from matchmaker.accounts import jobs, service
from matchmaker.accounts.models import MailChange, SecondFactor, User
from matchmaker.app import Site
from matchmaker.clock import now
from matchmaker.mail import Letter
from tests.accounts.conftest import (
    ANNA,
    answer_requests,
    is_inside,
    let_confirmation_age,
    set_up,
)
from tests.conftest import PASSWORD, Visitor, add_member

pytestmark = pytest.mark.usefixtures("cheap_hashes")
NEW_ADDRESS = "anna@new.example.org"
NEW = "tall green doors"
New = Callable[[], Visitor]


def letters(site: Site) -> list[tuple[str, str]]:
    with site.sessions.read() as session:
        rows = session.scalars(select(Letter).order_by(Letter.id))
        return [(row.recipient, row.template) for row in rows]


def link(site: Site, template: str) -> str:
    """Return the path in the newest letter of a kind."""
    kind = {"new_address": "/address", "address_changed": "/address/undo"}[template]
    with site.sessions.read() as session:
        newest = select(Letter).where(Letter.template == template)
        row = session.scalars(newest.order_by(Letter.id.desc())).first()
        assert row is not None
        return f"{kind}/{row.context['token']}"


def address_of(site: Site, user_id: int) -> str:
    with site.sessions.read() as session:
        return session.get_one(User, user_id).email


def change(site: Site, visitor: Visitor, new: str = NEW_ADDRESS) -> None:
    assert visitor.post("/settings/address", {"email": new}).status_code == 303
    assert visitor.post(link(site, "new_address")).status_code == 303


def test_the_address_changes_when_the_link_to_the_new_one_is_pressed(
    site: Site, anna: int, visitor: Visitor, new_visitor: New
) -> None:
    visitor.sign_in(ANNA)
    answer = visitor.post("/settings/address", {"email": " Anna@NEW.example.org "})
    assert answer.headers["Location"] == "/settings"
    assert letters(site) == [(NEW_ADDRESS, "new_address")]
    path = link(site, "new_address")
    assert visitor.get(path).status_code == 200
    assert address_of(site, anna) == ANNA, "opening the link changes nothing"
    assert new_visitor().post(path).status_code == 303
    assert address_of(site, anna) == NEW_ADDRESS
    assert letters(site)[1:] == [(ANNA, "address_changed")]
    assert visitor.post(path).status_code == 410
    assert new_visitor().sign_in(ANNA).status_code == 422
    assert new_visitor().sign_in(NEW_ADDRESS).status_code == 303


def test_the_old_address_takes_the_account_back(
    site: Site, anna: int, visitor: Visitor, new_visitor: New
) -> None:
    visitor.sign_in(ANNA)
    change(site, visitor)
    thief, owner = visitor, new_visitor()
    undo = link(site, "address_changed")
    assert NEW_ADDRESS in owner.get(undo).text
    assert address_of(site, anna) == NEW_ADDRESS
    answer = owner.post(undo)
    assert answer.headers["Location"].startswith("/reset/")
    assert not is_inside(thief)
    assert new_visitor().sign_in(ANNA).status_code == 422, "the password is void"
    reset = owner.post(answer.headers["Location"], {"password": NEW})
    assert reset.status_code == 303
    assert is_inside(owner)
    assert owner.post(undo).status_code == 410
    assert new_visitor().sign_in(ANNA, NEW).status_code == 303


def test_taking_back_undoes_a_chain_of_changes_and_the_thiefs_own_phone(
    site: Site, anna: int, visitor: Visitor, new_visitor: New
) -> None:
    visitor.sign_in(ANNA)
    change(site, visitor)
    undo = link(site, "address_changed")
    change(site, visitor, "thief@example.org")
    set_up(site, visitor)
    owner = new_visitor()
    owner.post(undo)
    assert address_of(site, anna) == ANNA
    with site.sessions.read() as session:
        assert session.scalars(select(SecondFactor)).all() == []
        assert session.scalars(select(MailChange)).all() == []


def test_taking_back_leaves_the_owners_own_phone(
    site: Site, anna: int, visitor: Visitor, new_visitor: New
) -> None:
    visitor.sign_in(ANNA)
    phone, _codes = set_up(site, visitor)
    change(site, visitor)
    owner = new_visitor()
    reset = owner.post(link(site, "address_changed")).headers["Location"]
    answer = owner.post(reset, {"password": NEW})
    assert answer.headers["Location"] == "/sign-in/code", "a reset asks for the code"
    assert not is_inside(owner)
    assert owner.post("/sign-in/code", {"code": phone.code()}).status_code == 303
    assert is_inside(owner)
    assert anna


def test_no_answer_tells_whose_address_it_is(
    site: Site, anna: int, visitor: Visitor
) -> None:
    with site.sessions.write.begin() as session:
        add_member(session, email="taken@example.org")
    visitor.sign_in(ANNA)
    answers = []
    for email in ("taken@example.org", "free1@example.org"):
        sent = visitor.post("/settings/address", {"email": email})
        page = visitor.get(sent.headers["Location"]).text
        assert email in page
        answers.append((sent.status_code, page.count('role="status"')))
    assert answers[0] == answers[1]
    expected = [("taken@example.org", "known"), ("free1@example.org", "new_address")]
    assert letters(site) == expected
    assert anna


def test_an_address_taken_meanwhile_is_refused(
    site: Site, anna: int, visitor: Visitor
) -> None:
    visitor.sign_in(ANNA)
    visitor.post("/settings/address", {"email": NEW_ADDRESS})
    with site.sessions.write.begin() as session:
        add_member(session, email=NEW_ADDRESS)
    assert visitor.post(link(site, "new_address")).status_code == 409
    assert address_of(site, anna) == ANNA


def test_a_registration_that_nobody_confirmed_does_not_hold_an_address(
    site: Site, anna: int, visitor: Visitor, new_visitor: New
) -> None:
    form = {"email": NEW_ADDRESS, "password": NEW}
    assert new_visitor().post("/register", form).status_code == 303
    assert answer_requests(site) == 1
    visitor.sign_in(ANNA)
    change(site, visitor)
    assert address_of(site, anna) == NEW_ADDRESS


@pytest.mark.parametrize(
    "email", ["", "no address", "a\nb@example.org", "x" * 300 + "@example.org", ANNA]
)
def test_what_is_no_other_address_is_refused_and_stays_typed(
    site: Site, anna: int, visitor: Visitor, email: str
) -> None:
    visitor.sign_in(ANNA)
    answer = visitor.post("/settings/address", {"email": email})
    assert answer.status_code == 422
    assert letters(site) == []
    assert anna


def test_a_change_that_waits_ends_with_a_new_wish_a_new_password_and_its_time(
    site: Site, anna: int, visitor: Visitor
) -> None:
    visitor.sign_in(ANNA)
    paths = []
    for place in range(3):
        visitor.post("/settings/address", {"email": f"a{place}@example.org"})
        paths.append(link(site, "new_address"))
        if place == 1:
            form = {"current": PASSWORD, "password": NEW}
            assert visitor.post("/settings/password", form).status_code == 303
    with site.sessions.write.begin() as session:
        session.execute(update(MailChange).values(expires_at=now()))
    for path in paths:
        assert visitor.post(path).status_code == 410
    assert address_of(site, anna) == ANNA


def test_after_seven_days_nothing_is_left_of_the_old_address(
    site: Site, anna: int, visitor: Visitor
) -> None:
    visitor.sign_in(ANNA)
    change(site, visitor)
    undo = link(site, "address_changed")
    with site.sessions.write.begin() as session:
        session.execute(update(MailChange).values(expires_at=now()))
    assert visitor.get(undo).status_code == 410
    jobs.tidy(site.sessions, maximum=3600)
    with site.sessions.read() as session:
        assert session.scalars(select(MailChange)).all() == []
    assert address_of(site, anna) == NEW_ADDRESS


def test_the_page_asks_for_the_password_if_that_was_a_while_ago(
    site: Site, anna: int, visitor: Visitor
) -> None:
    visitor.sign_in(ANNA)
    let_confirmation_age(site, minutes=11)
    answer = visitor.get("/settings/address")
    assert answer.headers["Location"].startswith("/sign-in/again")
    asked = visitor.post("/settings/address", {"email": NEW_ADDRESS})
    assert asked.status_code == 403
    assert NEW_ADDRESS in asked.text
    assert letters(site) == []
    assert anna


def test_links_of_a_disabled_person_are_void(
    site: Site, anna: int, visitor: Visitor
) -> None:
    visitor.sign_in(ANNA)
    visitor.post("/settings/address", {"email": NEW_ADDRESS})
    with site.sessions.write.begin() as session:
        service.get_user(session, anna).disabled_at = now()
    assert visitor.post(link(site, "new_address")).status_code == 410
