"""The second factor, as a browser meets it: setting up, signing in, losing a phone."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select, update

from matchmaker.accounts.models import (
    PendingSignIn,
    RecoveryCode,
    SecondFactor,
    User,
    UserSession,
)
from matchmaker.app import Site
from matchmaker.clock import now
from matchmaker.mail import Letter
from tests.accounts.conftest import (
    ANNA,
    codes_on,
    forget_last_code,
    is_inside,
    let_confirmation_age,
    set_up,
)
from tests.conftest import PASSWORD, Visitor

pytestmark = pytest.mark.usefixtures("cheap_hashes", "anna")
NEW = "tall green doors"
CODE_PAGE = "/sign-in/code"
SETUP = "/settings/second-factor"
New = Callable[[], Visitor]


def letters(site: Site) -> list[str]:
    with site.sessions.read() as session:
        rows = session.scalars(select(Letter).order_by(Letter.id))
        return [str(row.context.get("what", row.template)) for row in rows]


def test_after_the_password_a_code_is_asked_and_then_one_is_where_one_wanted(
    site: Site, visitor: Visitor, new_visitor: New
) -> None:
    visitor.sign_in(ANNA)
    phone, _codes = set_up(site, visitor)
    other = new_visitor()
    form = {"email": ANNA, "password": PASSWORD, "next": "/contacts"}
    answer = other.post("/sign-in", form)
    assert answer.headers["Location"] == f"{CODE_PAGE}?next=/contacts"
    assert not is_inside(other), "the password alone opens nothing"
    page = other.get(answer.headers["Location"]).text
    assert 'value="/contacts"' in page
    wrong = other.post(CODE_PAGE, {"code": "000000", "next": "/contacts"})
    assert wrong.status_code == 422
    assert not is_inside(other)
    answer = other.post(CODE_PAGE, {"code": phone.code(), "next": "/contacts"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/contacts")
    assert is_inside(other)


def test_next_after_the_code_leads_to_this_site_only(
    site: Site, visitor: Visitor, new_visitor: New
) -> None:
    visitor.sign_in(ANNA)
    phone, _codes = set_up(site, visitor)
    for target in ("https://evil.example", "//evil.example", "/\\evil"):
        forget_last_code(site)
        other = new_visitor()
        other.post("/sign-in", {"email": ANNA, "password": PASSWORD, "next": target})
        answer = other.post(CODE_PAGE, {"code": phone.code(), "next": target})
        assert answer.headers["Location"] == "/home"


def test_a_code_counts_once_and_codes_of_the_neighbouring_half_minutes_count(
    site: Site, visitor: Visitor, new_visitor: New
) -> None:
    visitor.sign_in(ANNA)
    phone, _codes = set_up(site, visitor)
    first, second = new_visitor(), new_visitor()
    for browser in (first, second):
        browser.sign_in(ANNA)
    code = phone.code()
    assert first.post(CODE_PAGE, {"code": code}).status_code == 303
    assert second.post(CODE_PAGE, {"code": code}).status_code == 422, "replayed"
    early = {"code": phone.code(steps=-1)}
    assert second.post(CODE_PAGE, early).status_code == 422, "older than the last one"
    late = phone.code(steps=1)
    typed = {"code": f" {late[:3]} {late[3:]} "}
    assert second.post(CODE_PAGE, typed).status_code == 303


@pytest.mark.parametrize("steps", [-3, 3])
def test_a_code_of_another_minute_is_refused(
    site: Site, visitor: Visitor, new_visitor: New, steps: int
) -> None:
    visitor.sign_in(ANNA)
    phone, _codes = set_up(site, visitor)
    other = new_visitor()
    other.sign_in(ANNA)
    answer = other.post(CODE_PAGE, {"code": phone.code(steps=steps)})
    assert answer.status_code == 422


def test_a_recovery_code_works_once_and_its_owner_is_told(
    site: Site, visitor: Visitor, new_visitor: New
) -> None:
    visitor.sign_in(ANNA)
    _phone, codes = set_up(site, visitor)
    assert len(set(codes)) == 10
    other = new_visitor()
    other.sign_in(ANNA)
    typed = codes[3].lower().replace("-", " ")
    assert other.post(CODE_PAGE, {"recovery": typed}).status_code == 303
    assert is_inside(other)
    assert letters(site) == ["on", "code"]
    third = new_visitor()
    third.sign_in(ANNA)
    assert third.post(CODE_PAGE, {"recovery": codes[3]}).status_code == 422
    assert third.post(CODE_PAGE, {"recovery": codes[4]}).status_code == 303


def test_recovery_codes_are_stored_hashed_and_shown_in_one_answer_only(
    site: Site, visitor: Visitor
) -> None:
    visitor.sign_in(ANNA)
    _phone, codes = set_up(site, visitor)
    with site.sessions.read() as session:
        hashes = session.scalars(select(RecoveryCode.code_hash)).all()
    assert all(one.startswith("$argon2id$") for one in hashes)
    page = visitor.get(SETUP)
    assert page.headers["Cache-Control"] == "no-store"
    assert not any(code in page.text for code in codes)


def test_new_recovery_codes_make_the_old_ones_void(
    site: Site, visitor: Visitor, new_visitor: New
) -> None:
    visitor.sign_in(ANNA)
    _phone, old = set_up(site, visitor)
    new = codes_on(visitor.post(f"{SETUP}/codes").text)
    assert len(new) == 10
    other = new_visitor()
    other.sign_in(ANNA)
    assert other.post(CODE_PAGE, {"recovery": old[0]}).status_code == 422
    assert other.post(CODE_PAGE, {"recovery": new[0]}).status_code == 303


def test_sending_the_first_code_twice_shows_codes_that_count(
    site: Site, visitor: Visitor, new_visitor: New
) -> None:
    visitor.sign_in(ANNA)
    phone, lost = set_up(site, visitor)
    seen = codes_on(visitor.post(SETUP, {"code": phone.code()}).text)
    other = new_visitor()
    other.sign_in(ANNA)
    assert other.post(CODE_PAGE, {"recovery": lost[0]}).status_code == 422
    assert other.post(CODE_PAGE, {"recovery": seen[0]}).status_code == 303


def test_a_wrong_first_code_switches_nothing_on_and_keeps_the_picture(
    visitor: Visitor, new_visitor: New
) -> None:
    visitor.sign_in(ANNA)
    visitor.post(f"{SETUP}/begin")
    before = visitor.get(SETUP).text
    answer = visitor.post(SETUP, {"code": "000000"})
    assert answer.status_code == 422
    drawn = re.findall(r"<svg.*?</svg>|<code.*?</code>", before, re.DOTALL)
    assert all(part in answer.text for part in drawn)
    assert new_visitor().sign_in(ANNA).headers["Location"] == "/home"


def test_the_picture_obeys_the_content_policy(visitor: Visitor) -> None:
    visitor.sign_in(ANNA)
    visitor.post(f"{SETUP}/begin")
    page = visitor.get(SETUP).text
    drawn = re.search(r'role="img".*?<svg[^>]*>.*?</svg>', page, re.DOTALL)
    assert drawn is not None
    assert "style" not in drawn.group(0)
    assert "script" not in drawn.group(0)


def test_setting_up_ends_other_browsers_and_the_list_shows_the_factor(
    site: Site, visitor: Visitor, new_visitor: New
) -> None:
    other = new_visitor()
    for browser in (visitor, other):
        browser.sign_in(ANNA)
    set_up(site, visitor)
    assert not is_inside(other)
    assert visitor.get("/settings").text.count("in two steps") == 1


def test_codes_can_be_downloaded_and_nothing_else(site: Site, visitor: Visitor) -> None:
    visitor.sign_in(ANNA)
    _phone, codes = set_up(site, visitor)
    answer = visitor.post(f"{SETUP}/codes.txt", {"code": codes})
    assert answer.mimetype == "text/plain"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert all(code in answer.text for code in codes)
    for hostile in (["<script>"], [*codes, codes[0]], [f"{codes[0]}\n"], [], ["é" * 9]):
        answer = visitor.post(f"{SETUP}/codes.txt", {"code": hostile})
        assert answer.status_code == 400


@pytest.mark.parametrize(
    ("password", "code", "status"),
    [("wrong one here", True, 422), (PASSWORD, False, 422), (PASSWORD, True, 303)],
)
def test_switching_off_needs_password_and_code(  # noqa: PLR0913
    site: Site,
    visitor: Visitor,
    new_visitor: New,
    password: str,
    status: int,
    *,
    code: bool,
) -> None:
    visitor.sign_in(ANNA)
    phone, _codes = set_up(site, visitor)
    typed = {"password": password, "code": phone.code() if code else "000000"}
    assert visitor.post(f"{SETUP}/off", typed).status_code == status
    led = new_visitor().sign_in(ANNA).headers["Location"]
    assert led == ("/home" if status == 303 else CODE_PAGE)
    with site.sessions.read() as session:
        kept = session.scalars(select(RecoveryCode)).all()
    assert bool(kept) is (status == 422)


def test_wrong_codes_are_limited_and_right_ones_use_nothing_up(
    site: Site, visitor: Visitor, new_visitor: New
) -> None:
    visitor.sign_in(ANNA)
    phone, _codes = set_up(site, visitor)
    for _ in range(7):
        forget_last_code(site)
        other = new_visitor()
        other.sign_in(ANNA)
        assert other.post(CODE_PAGE, {"code": phone.code()}).status_code == 303
    thief = new_visitor()
    thief.sign_in(ANNA)
    for _ in range(5):
        assert thief.post(CODE_PAGE, {"code": "000000"}).status_code == 422
    forget_last_code(site)
    answer = thief.post(CODE_PAGE, {"code": phone.code()})
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) >= 1


def test_a_half_done_sign_in_ends_with_its_time_and_with_a_new_password(
    site: Site, visitor: Visitor, new_visitor: New
) -> None:
    visitor.sign_in(ANNA)
    phone, _codes = set_up(site, visitor)
    slow, robbed = new_visitor(), new_visitor()
    slow.sign_in(ANNA)
    with site.sessions.write.begin() as session:
        session.execute(update(PendingSignIn).values(expires_at=now()))
    assert slow.post(CODE_PAGE, {"code": phone.code()}).headers["Location"] == (
        "/sign-in"
    )
    robbed.sign_in(ANNA)
    form = {"current": PASSWORD, "password": NEW}
    assert visitor.post("/settings/password", form).status_code == 303
    answer = robbed.post(CODE_PAGE, {"code": phone.code()})
    assert answer.headers["Location"] == "/sign-in"
    assert not is_inside(robbed)


def test_a_disabled_person_gets_no_further_than_the_password(
    site: Site, visitor: Visitor, new_visitor: New
) -> None:
    visitor.sign_in(ANNA)
    phone, _codes = set_up(site, visitor)
    other = new_visitor()
    other.sign_in(ANNA)
    with site.sessions.write.begin() as session:
        session.execute(update(User).values(disabled_at=now()))
    answer = other.post(CODE_PAGE, {"code": phone.code()})
    assert answer.headers["Location"] == "/sign-in"


@pytest.mark.parametrize("field", ["code", "recovery"])
@pytest.mark.parametrize(
    "typed", ["", "é", "1" * 10_000, "١٢٣٤٥٦", "-1", "12345\u200b", "K7QX-M2PD-8HJW"]
)
def test_a_hostile_code_is_only_wrong(
    site: Site, visitor: Visitor, new_visitor: New, field: str, typed: str
) -> None:
    visitor.sign_in(ANNA)
    set_up(site, visitor)
    other = new_visitor()
    other.sign_in(ANNA)
    assert other.post(CODE_PAGE, {field: typed}).status_code == 422
    assert not is_inside(other)


def test_the_secret_is_on_no_page_once_it_is_in_force(
    site: Site, visitor: Visitor
) -> None:
    visitor.sign_in(ANNA)
    phone, _codes = set_up(site, visitor)
    for path in (SETUP, "/settings"):
        page = visitor.get(path).text.replace(" ", "")
        assert phone.secret not in page
        assert "<svgxmlns" not in page


def test_setting_up_asks_for_the_password_if_that_was_a_while_ago(
    site: Site, visitor: Visitor
) -> None:
    visitor.sign_in(ANNA)
    let_confirmation_age(site, minutes=11)
    answer = visitor.get(SETUP)
    assert answer.headers["Location"].startswith("/sign-in/again")
    assert visitor.post(f"{SETUP}/begin").status_code == 403
    with site.sessions.read() as session:
        assert session.scalars(select(SecondFactor)).all() == []
        assert session.scalars(select(UserSession)).one().second_factor is False
