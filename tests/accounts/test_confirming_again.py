"""What asks for the password again, and who must have a second factor."""

import html
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import request

from matchmaker.accounts.signed_in import recently_confirmed
from matchmaker.app import Site, create_site
from matchmaker.db import Base
from matchmaker.errors import SetupError
from matchmaker.events.models import StaffRole
from matchmaker.web.access import member
from tests.accounts.conftest import ANNA, let_confirmation_age, set_up
from tests.conftest import PASSWORD, Visitor, add_member
from tests.events.rosters import add_event

pytestmark = pytest.mark.usefixtures("cheap_hashes")
AGAIN = "/sign-in/again"
New = Callable[[], Visitor]


@pytest.fixture
def guarded(site: Site, anna: int) -> Site:
    """Give a site with a page that asks for the password, as other rooms have."""

    @site.app.route("/guarded", methods=["GET", "POST"])
    @member
    @recently_confirmed
    def guarded() -> str:
        return (
            "|".join([*request.form.getlist("text"), *request.form.getlist("form_key")])
            or "open"
        )

    assert anna
    return site


def hidden(page: str) -> dict[str, list[str]]:
    """Return what a page would send of its own."""
    main = page[page.index("<main") :]
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*type=\"hidden\"[^>]*>", main):
        (name,), value = (
            re.findall(r'name="([^"]*)"', tag),
            re.findall(r'value="([^"]*)"', tag),
        )
        found.setdefault(name, []).append(html.unescape(value[0] if value else ""))
    return found


def test_within_ten_minutes_nothing_is_asked(guarded: Site, visitor: Visitor) -> None:
    visitor.sign_in(ANNA)
    let_confirmation_age(guarded, minutes=9)
    assert visitor.get("/guarded").text == "open"
    assert visitor.post("/guarded", {"text": "a"}).text == "a"


def test_later_the_password_is_asked_and_one_goes_on_where_one_was(
    guarded: Site, visitor: Visitor
) -> None:
    visitor.sign_in(ANNA)
    let_confirmation_age(guarded, minutes=11)
    answer = visitor.get("/guarded?page=2")
    assert answer.status_code == 303
    asked = visitor.get(answer.headers["Location"])
    form = {**hidden(asked.text), "again_password": "wrong one here"}
    answer = visitor.post(AGAIN, form)
    assert answer.status_code == 422
    form = {**hidden(answer.text), "again_password": PASSWORD}
    answer = visitor.post(AGAIN, form)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/guarded?page=2")
    assert visitor.get("/guarded").text == "open"


def test_what_a_form_had_sent_is_carried_over_the_question(
    guarded: Site, visitor: Visitor
) -> None:
    visitor.sign_in(ANNA)
    let_confirmation_age(guarded, minutes=11)
    texts = ['a "quoted" <b>text</b>\nof two lines', "второй", "again_next"]
    sent = {"text": texts, "form_key": "of the form", "password": "a secret of mine"}
    asked = visitor.post("/guarded", sent)
    assert asked.status_code == 403
    assert "a secret of mine" not in asked.text
    answer = visitor.post(AGAIN, {**hidden(asked.text), "again_password": "wrong"})
    assert answer.status_code == 422
    form = {**hidden(answer.text), "again_password": PASSWORD}
    led = visitor.client.post(AGAIN, data=form)
    assert (led.status_code, led.headers["Location"]) == (307, "/guarded")
    answer = visitor.client.post("/guarded", data=form)  # as a browser does on 307
    assert answer.text == "|".join([*texts, "of the form"])


def test_a_link_cannot_make_the_password_form_send_something(
    guarded: Site, visitor: Visitor
) -> None:
    visitor.sign_in(ANNA)
    let_confirmation_age(guarded, minutes=11)
    page = visitor.get(f"{AGAIN}?next=/guarded&again_replay=1&replay=1&text=x").text
    form = hidden(page)
    assert "text" not in form
    answer = visitor.post(AGAIN, {**form, "again_password": PASSWORD})
    assert answer.status_code == 303, "GET follows, so nothing is sent"


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "\\x"])
def test_the_password_form_leads_to_this_site_only(
    guarded: Site, visitor: Visitor, target: str
) -> None:
    visitor.sign_in(ANNA)
    assert guarded
    form = {"again_password": PASSWORD, "again_next": target}
    for replay in ({}, {"again_replay": "1"}):
        answer = visitor.post(AGAIN, {**form, **replay})
        assert answer.headers["Location"] == "/home"


def test_a_confirmation_counts_in_its_own_browser_only(
    guarded: Site, visitor: Visitor, new_visitor: New
) -> None:
    other = new_visitor()
    for browser in (visitor, other):
        browser.sign_in(ANNA)
    let_confirmation_age(guarded, minutes=11)
    visitor.post(AGAIN, {"again_password": PASSWORD})
    assert visitor.get("/guarded").status_code == 200
    assert other.get("/guarded").status_code == 303


def test_who_has_a_second_factor_gives_a_code_too(
    guarded: Site, visitor: Visitor
) -> None:
    visitor.sign_in(ANNA)
    phone, codes = set_up(guarded, visitor)
    let_confirmation_age(guarded, minutes=11)
    assert visitor.post(AGAIN, {"again_password": PASSWORD}).status_code == 422
    assert visitor.get("/guarded").status_code == 303
    typed = {"again_password": PASSWORD, "again_code": phone.code()}
    assert visitor.post(AGAIN, typed).status_code == 303
    assert visitor.get("/guarded").status_code == 200
    let_confirmation_age(guarded, minutes=11)
    typed = {"again_password": PASSWORD, "again_recovery": codes[0]}
    assert visitor.post(AGAIN, typed).status_code == 303


def test_wrong_passwords_in_between_are_limited(
    guarded: Site, visitor: Visitor
) -> None:
    visitor.sign_in(ANNA)
    assert guarded
    for _ in range(10):
        assert visitor.post(AGAIN, {"again_password": "wrong"}).status_code == 422
    assert visitor.post(AGAIN, {"again_password": PASSWORD}).status_code == 429


# Who must have one ------------------------------------------------------------


@pytest.fixture
def make_site(tmp_path: Path) -> Iterator[Callable[[str], Site]]:
    """Return a factory of sites with a policy."""
    made: list[Site] = []

    def make(policy: str) -> Site:
        site = create_site(
            {
                "ENVIRONMENT": "test",
                "SECRET_KEY": "k" * 40,
                "INSTANCE": str(tmp_path),
                "DATABASE_URL": f"sqlite:///{tmp_path}/{policy}.db",
                "BASE_URL": "http://localhost",
                "SECOND_FACTOR": policy,
            }
        )
        made.append(site)
        Base.metadata.create_all(site.sessions.engine)
        with site.sessions.write.begin() as session:
            add_member(session, email="admin@example.org", is_admin=True)
            add_member(session, email="member@example.org")
            for role in StaffRole:
                runner = add_member(session, email=f"{role}@example.org")
                add_event(session, slug=f"event-{role}", **{role.value: runner})
        return site

    yield make
    for site in made:
        site.sessions.engine.dispose()


STAFF_PAGES = {
    "admin": ("/admin", "/events/new"),
    **{role.value: (f"/events/event-{role}", "/events/new") for role in StaffRole},
}


@pytest.mark.parametrize("who", STAFF_PAGES)
def test_staff_do_nothing_of_staffs_before_it_is_set_up(
    make_site: Callable[[str], Site], who: str
) -> None:
    site = make_site("staff")
    visitor = Visitor(site.app.test_client())
    visitor.sign_in(f"{who}@example.org")
    for page in STAFF_PAGES[who]:
        answer = visitor.get(page)
        assert answer.headers["Location"] == f"/settings/second-factor?next={page}"
    answer = visitor.post("/events/new", {"name_en": "x"})
    assert answer.headers["Location"] == "/settings/second-factor"
    for page in ("/directory", "/me", "/settings"):
        assert visitor.get(page).status_code == 200, "members' pages go on"
    set_up(site, visitor)
    for page in STAFF_PAGES[who]:
        assert visitor.get(page).status_code == 200


def test_setting_up_leads_back_to_where_one_wanted(
    make_site: Callable[[str], Site],
) -> None:
    visitor = Visitor(make_site("staff").app.test_client())
    visitor.sign_in("admin@example.org")
    page = visitor.get("/admin", follow_redirects=True).text
    assert "in two steps" in page
    begun = visitor.post(
        "/settings/second-factor/begin", {"next": "/admin"}, follow_redirects=True
    )
    assert hidden(begun.text)["next"][0] == "/admin"


def test_members_are_left_alone_unless_everyone_must(
    make_site: Callable[[str], Site],
) -> None:
    for policy, status in (("staff", 200), ("optional", 200), ("everyone", 303)):
        visitor = Visitor(make_site(policy).app.test_client())
        visitor.sign_in("member@example.org")
        assert visitor.get("/me").status_code == status
        assert visitor.get("/settings").status_code == 200
        assert visitor.get("/how-it-works").status_code == 200


def test_where_it_is_optional_staff_go_on_without(
    make_site: Callable[[str], Site],
) -> None:
    visitor = Visitor(make_site("optional").app.test_client())
    visitor.sign_in("admin@example.org")
    assert visitor.get("/admin").status_code == 200


def test_a_policy_nobody_knows_is_refused(make_site: Callable[[str], Site]) -> None:
    with pytest.raises(SetupError, match="MATCHMAKER_SECOND_FACTOR"):
        make_site("some")


def test_production_asks_staff_unless_told_otherwise(tmp_path: Path) -> None:
    site = create_site(
        {
            "ENVIRONMENT": "production",
            "SECRET_KEY": "q8Zk2vX0" * 5,
            "INSTANCE": str(tmp_path),
            "DATABASE_URL": f"sqlite:///{tmp_path}/site.db",
            "BASE_URL": "https://network.example.org",
            "SMTP_URL": "smtp://localhost:25?tls=none",
        }
    )
    Base.metadata.create_all(site.sessions.engine)
    with site.sessions.write.begin() as session:
        add_member(session, email="admin@example.org", is_admin=True)
    client = site.app.test_client()
    base = "https://network.example.org"
    page = client.get("/sign-in", base_url=base).text
    form = {name: values[0] for name, values in hidden(page).items()}
    form |= {"email": "admin@example.org", "password": PASSWORD}
    headers = {"Referer": f"{base}/sign-in"}
    sent = client.post("/sign-in", data=form, base_url=base, headers=headers)
    assert sent.headers["Location"] == "/home"
    answer = client.get("/admin", base_url=base)
    assert answer.headers["Location"].startswith("/settings/second-factor")
    site.sessions.engine.dispose()
