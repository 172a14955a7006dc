"""Signing in and out, links, limits and own sessions, as a browser meets them."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from matchmaker.accounts import service
from matchmaker.accounts.models import Purpose, Token, User, UserSession
from matchmaker.app import Site
from matchmaker.clock import now
from matchmaker.mail import Letter
from tests.accounts.conftest import (
    ANNA,
    answer_requests,
    is_inside,
    secret_of_last_letter,
)
from tests.conftest import PASSWORD, Visitor

pytestmark = pytest.mark.usefixtures("cheap_hashes")
NEW = "tall green doors"


def count(site: Site, model: type) -> int:
    with site.sessions.read() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def let_pass(site: Site, model: type, **values: object) -> None:
    """Let time pass for all rows, by writing earlier times."""
    with site.sessions.write.begin() as session:
        session.execute(update(model).values(**values))


def shown(answer: TestResponse) -> tuple[int, str, str]:
    """Return what a visitor gets, less what differs between any two requests."""
    text = re.sub(r'value="[^"]*"|\b[0-9a-f]{12}\b', "", answer.text)
    return answer.status_code, answer.headers.get("Location", ""), text


# Known and unknown addresses ------------------------------------------------


def test_signing_in_answers_alike_for_all_wrong_pairs(
    site: Site, anna: int, visitor: Visitor
) -> None:
    wrong = shown(visitor.sign_in(ANNA, NEW))
    assert wrong[0] == 422
    assert shown(visitor.sign_in("nobody@example.org", NEW)) == wrong
    let_pass(site, User, confirmed_at=None)
    assert shown(visitor.sign_in(ANNA)) == wrong
    let_pass(site, User, confirmed_at=now(), disabled_at=now())
    assert shown(visitor.sign_in(ANNA)) == wrong
    assert anna


@pytest.mark.parametrize(
    ("path", "form"), [("/register", {"password": NEW}), ("/reset", {})]
)
@pytest.mark.usefixtures("anna")
def test_asking_for_a_letter_answers_alike_whoever_is_known(
    visitor: Visitor, path: str, form: dict[str, str]
) -> None:
    known = shown(visitor.post(path, {"email": ANNA, **form}))
    assert known[:2] == (303, "/sent")
    assert shown(visitor.post(path, {"email": "nobody@example.org", **form})) == known


@pytest.mark.usefixtures("anna")
def test_registering_twice_writes_one_letter_to_each_and_adds_one_account(
    site: Site, visitor: Visitor
) -> None:
    for email in (ANNA, "new@example.org"):
        visitor.post("/register", {"email": email, "password": NEW})
    assert answer_requests(site) == 2
    assert count(site, Letter) == 2
    assert count(site, User) == 2


def test_a_form_cannot_give_more_than_it_asks_for(site: Site, visitor: Visitor) -> None:
    visitor.post(
        "/register",
        {
            "email": "new@example.org",
            "password": NEW,
            "id": "777",
            "is_admin": "1",
            "confirmed_at": "2026-01-01",
            "locale": "xx",
            "time_zone": "Mars/Crater",
        },
    )
    answer_requests(site)
    with site.sessions.read() as session:
        user = session.scalars(select(User)).one()
        assert (user.is_admin, user.confirmed_at) == (False, None)
        assert (user.locale, user.time_zone) == ("en", "UTC")
        assert user.id != 777


# Sessions -------------------------------------------------------------------


def cookie_of(visitor: Visitor) -> str:
    cookie = visitor.client.get_cookie("session")
    assert cookie is not None
    return str(cookie.value)


def with_cookie(new_visitor: Callable[[], Visitor], cookie: str) -> Visitor:
    thief = new_visitor()
    thief.client.set_cookie("session", cookie)
    return thief


def test_a_copied_cookie_is_dead_after_signing_out(
    anna: int, visitor: Visitor, new_visitor: Callable[[], Visitor]
) -> None:
    visitor.sign_in(ANNA)
    copy = cookie_of(visitor)
    assert is_inside(with_cookie(new_visitor, copy))
    assert visitor.post("/sign-out").status_code == 303
    assert not is_inside(with_cookie(new_visitor, copy))
    assert anna


@pytest.mark.usefixtures("anna")
def test_signing_in_begins_a_new_session_and_a_new_form_token(
    site: Site, visitor: Visitor
) -> None:
    before, token = cookie_of_after_a_page(visitor), visitor.token()
    visitor.sign_in(ANNA)
    assert cookie_of(visitor) != before
    answer = visitor.client.post("/sign-out", data={"csrf_token": token})
    assert answer.status_code == 400
    visitor.post("/sign-out")
    visitor.sign_in(ANNA)
    assert count(site, UserSession) == 2


def cookie_of_after_a_page(visitor: Visitor) -> str:
    visitor.token()
    return cookie_of(visitor)


def test_a_cookie_that_was_not_signed_by_us_opens_nothing(
    anna: int, visitor: Visitor, new_visitor: Callable[[], Visitor]
) -> None:
    visitor.sign_in(ANNA)
    good = cookie_of(visitor)
    swapped = good[:-1] + ("A" if good[-1] != "A" else "B") * 2
    for cookie in (swapped, good.split(".")[0], "", "ü", "a" * 4000, str(anna)):
        assert not is_inside(with_cookie(new_visitor, cookie))


def test_changing_the_password_ends_the_other_browsers_only(
    anna: int, visitor: Visitor, new_visitor: Callable[[], Visitor]
) -> None:
    other = new_visitor()
    for browser in (visitor, other):
        browser.sign_in(ANNA)
    form = {"current": "wrong one here", "password": NEW}
    assert visitor.post("/settings/password", form).status_code == 422
    assert is_inside(other)
    form["current"] = PASSWORD
    assert visitor.post("/settings/password", form).status_code == 303
    assert is_inside(visitor)
    assert not is_inside(other)
    assert new_visitor().sign_in(ANNA, PASSWORD).status_code == 422
    assert new_visitor().sign_in(ANNA, NEW).status_code == 303
    assert anna


def test_a_reset_ends_all_other_browsers_and_the_link_with_it(
    site: Site, anna: int, visitor: Visitor, new_visitor: Callable[[], Visitor]
) -> None:
    thief = new_visitor()
    thief.sign_in(ANNA)
    visitor.post("/reset", {"email": ANNA})
    link = f"/reset/{secret_of_last_letter(site)}"
    assert visitor.get(link).status_code == 200
    assert visitor.post(link, {"password": "short"}).status_code == 422
    assert visitor.post(link, {"password": NEW}).status_code == 303
    assert "Your new password is set" in visitor.get("/settings").text
    assert not is_inside(thief)
    assert new_visitor().get(link).status_code == 410
    assert new_visitor().post(link, {"password": PASSWORD}).status_code == 410
    assert anna


def test_own_sessions_are_listed_and_can_be_ended(
    site: Site, anna: int, visitor: Visitor, new_visitor: Callable[[], Visitor]
) -> None:
    phone, forgotten = new_visitor(), new_visitor()
    agent = {"User-Agent": "Mozilla/5.0 (iPhone) Safari"}
    form = {"email": ANNA, "password": PASSWORD}
    phone.post("/sign-in", form, headers=agent)
    forgotten.sign_in(ANNA)
    let_pass(site, UserSession, seen_at=now() - timedelta(seconds=5))
    visitor.sign_in(ANNA)
    page = visitor.get("/settings").text
    assert "Safari, iPhone" in page
    ends = re.findall(r'action="(/settings/sessions/[^/"]+/end)"', page)
    assert len(ends) == 2, "this browser has no such button"
    for path in ends:
        assert visitor.post(path).status_code == 303
    assert not is_inside(phone)
    assert not is_inside(forgotten)
    assert is_inside(visitor)
    assert anna


def test_signing_out_everywhere_else_leaves_this_browser(
    anna: int, visitor: Visitor, new_visitor: Callable[[], Visitor]
) -> None:
    other = new_visitor()
    for browser in (visitor, other):
        browser.sign_in(ANNA)
    visitor.post("/settings/sessions/end")
    assert is_inside(visitor)
    assert not is_inside(other)
    assert anna


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_browser_that_comes_back_after_ten_minutes_is_served_at_once(
    site: Site, anna: int, visitor: Visitor, method: str
) -> None:
    visitor.sign_in(ANNA)
    token = visitor.token()
    let_pass(site, UserSession, seen_at=now() - timedelta(minutes=10))
    path = "/contacts" if method == "GET" else "/settings/sessions/end"
    started = now()
    answer = visitor.client.open(path, method=method, data={"csrf_token": token})
    assert answer.status_code in {200, 303}
    assert now() - started < timedelta(seconds=5), "it waited for its own lock"
    with site.sessions.read() as session:
        seen = session.scalars(select(UserSession)).one().seen_at
    assert seen > now() - timedelta(minutes=1)
    assert anna


def test_a_link_opened_in_a_browser_that_comes_back_is_served_at_once(
    site: Site, anna: int, visitor: Visitor
) -> None:
    for purpose, path in ((Purpose.CONFIRM, "confirm"), (Purpose.RESET, "reset")):
        visitor.sign_in(ANNA)
        token = visitor.token()
        with site.sessions.write.begin() as session:
            user = session.get_one(User, anna)
            secret = service.issue_token(session, user, purpose, seconds=900)
        let_pass(site, UserSession, seen_at=now() - timedelta(minutes=10))
        form = {"csrf_token": token, "password": NEW}
        answer = visitor.client.post(f"/{path}/{secret}", data=form)
        assert answer.status_code == 303, "it waited for its own lock"


@pytest.mark.parametrize("path", ["/contacts", "/proposals", "/me"])
def test_the_first_page_of_somebody_without_a_profile_makes_one(
    site: Site, visitor: Visitor, path: str
) -> None:
    with site.sessions.write.begin() as session:
        service.create_user(session, ANNA, password=PASSWORD, confirmed=True)
    visitor.sign_in(ANNA)
    assert visitor.get(path).status_code in {200, 302}


# Links in letters -----------------------------------------------------------


def test_an_address_is_confirmed_by_a_press_and_not_by_opening_the_link(
    site: Site, visitor: Visitor
) -> None:
    visitor.post("/register", {"email": ANNA, "password": PASSWORD})
    assert visitor.sign_in(ANNA).status_code == 422
    link = f"/confirm/{secret_of_last_letter(site)}"
    for _ in range(2):
        assert visitor.get(link).status_code == 200
    assert visitor.sign_in(ANNA).status_code == 422, "opening it confirms nothing"
    assert visitor.post(link).status_code == 303
    assert is_inside(visitor)
    assert visitor.post(link).status_code == 410


def test_a_stranger_who_registers_with_my_address_does_not_keep_a_password(
    site: Site, visitor: Visitor, new_visitor: Callable[[], Visitor]
) -> None:
    stranger, mine, strangers = new_visitor(), "my own long words", "his long words"
    visitor.post("/register", {"email": ANNA, "password": mine})
    stranger.post("/register", {"email": ANNA, "password": strangers})
    link = f"/confirm/{secret_of_last_letter(site)}"
    assert 'name="password"' in visitor.get(link).text
    assert visitor.post(link).status_code == 422
    assert visitor.post(link, {"password": "short"}).status_code == 422
    assert stranger.sign_in(ANNA, strangers).status_code == 422
    assert visitor.post(link, {"password": NEW}).status_code == 303
    assert is_inside(visitor)
    assert new_visitor().sign_in(ANNA, strangers).status_code == 422
    assert new_visitor().sign_in(ANNA, NEW).status_code == 303


def test_where_the_password_was_typed_a_press_is_enough(
    site: Site, visitor: Visitor
) -> None:
    visitor.post("/register", {"email": ANNA, "password": PASSWORD})
    link = f"/confirm/{secret_of_last_letter(site)}"
    assert 'name="password"' not in visitor.get(link).text
    sneaked = {"password": NEW}
    assert visitor.post(link, sneaked).status_code == 303
    visitor.post("/sign-out")
    assert visitor.sign_in(ANNA, PASSWORD).status_code == 303


def test_an_earlier_registration_of_a_browser_does_not_open_a_later_one(
    site: Site, visitor: Visitor, new_visitor: Callable[[], Visitor]
) -> None:
    visitor.post("/register", {"email": "other@example.org", "password": PASSWORD})
    new_visitor().post("/register", {"email": ANNA, "password": NEW})
    link = f"/confirm/{secret_of_last_letter(site)}"
    assert visitor.post(link).status_code == 422


def test_a_link_for_one_thing_does_nothing_else(
    site: Site, anna: int, visitor: Visitor
) -> None:
    with site.sessions.write.begin() as session:
        user = session.get_one(User, anna)
        confirm = service.issue_token(session, user, Purpose.CONFIRM, seconds=900)
    for secret in (confirm, "", "x" * 10_000, "%00", "ü"):
        answer = visitor.post(f"/reset/{secret}", {"password": NEW})
        assert answer.status_code in {400, 404, 410}
        assert not is_inside(visitor)
    with site.sessions.read() as session:
        used = session.scalars(select(Token).where(Token.used_at.is_not(None)))
        assert used.all() == []
