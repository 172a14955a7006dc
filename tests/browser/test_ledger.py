"""The ledger by hand: two taps on a phone, two windows, a day in another zone."""

import pytest
from playwright.sync_api import expect

from matchmaker.clock import now
from matchmaker.messaging.rules import NUDGES
from tests.browser.served import Served
from tests.browser.visitor import PHONE, Person, Visit
from tests.conftest import add_introduction, add_member

pytestmark = pytest.mark.browser


@pytest.fixture
def contact(visit: Visit, served: Served) -> Person:
    """Give a member on a phone, on the page of a new contact."""
    with served.site.sessions.write.begin() as session:
        member = add_member(session, name="Anna")
        assert member.user is not None
        email = member.user.email
        partner = add_member(session, name="Gao Min")
        path = f"/contacts/{add_introduction(session, member, partner).public_id}"
    person = visit(viewport=PHONE).sign_in(email)
    person.go(path)
    return person


def test_a_call_is_noted_in_two_taps_and_taken_back_in_a_third(
    contact: Person,
) -> None:
    page = contact.page
    today = page.get_by_role("button", name="Today")
    expect(today).to_be_hidden()
    page.get_by_text("Call", exact=True).click()
    with page.expect_navigation():
        today.click()
    expect(page.get_by_role("status")).to_contain_text("Noted: call")
    expect(page.locator("#timeline")).to_contain_text("Call")
    with page.expect_navigation():
        page.get_by_role("button", name="Undo").click()
    expect(page.locator("#timeline")).not_to_contain_text("Call")


def test_a_step_is_set_put_off_done_and_followed_by_the_next(contact: Person) -> None:
    page = contact.page
    page.fill("#step input[name='plan-next_step']", "Send samples")
    page.locator("#step input[type=date]").fill(now().date().isoformat())
    with page.expect_navigation():
        page.get_by_role("button", name="Set the step").click()
    expect(page.locator("#step b")).to_have_text("Send samples")
    expect(page.locator("#step")).to_contain_text("today")
    with page.expect_navigation():
        page.get_by_role("button", name="A week later").click()
    expect(page.locator("#step")).not_to_contain_text("today")
    with page.expect_navigation():
        page.get_by_role("button", name="Done").click()
    expect(page.locator("#step b")).to_have_count(0)
    with page.expect_navigation():
        page.get_by_role("button", name="Undo").click()
    expect(page.locator("#step b")).to_have_text("Send samples")


def test_of_two_windows_the_second_sees_both_texts(contact: Person) -> None:
    page = contact.page
    page.get_by_text("Visit", exact=True).click()
    with page.expect_navigation():
        page.get_by_role("button", name="Yesterday").click()
    path = page.locator("#timeline a[href*='/follow-ups/']").get_attribute("href")
    assert path is not None
    other = page.context.new_page()
    base = page.url.split("/contacts")[0]
    for window in (page, other):
        window.goto(base + path)
    for window, words in ((page, "They want 20 tonnes"), (other, "They want 30")):
        window.fill("textarea[name=what]", words)
        with window.expect_navigation():
            window.locator("form.stack button.btn-primary").click()
    expect(other.locator(".stored")).to_contain_text("They want 20 tonnes")
    expect(other.locator("textarea[name=what]")).to_have_value("They want 30")
    with other.expect_navigation():
        other.locator("form.stack button.btn-primary").click()
    expect(other.locator("#timeline")).to_contain_text("They want 30")


def test_a_contact_is_left_in_peace_and_comes_back(contact: Person) -> None:
    page = contact.page
    days = ", ".join(map(str, list(NUDGES)[:-1]))
    expect(page.locator("#reminders")).to_contain_text(days)
    for button in ("Leave this contact in peace", "Remind me again"):
        with page.expect_navigation():
            page.get_by_role("button", name=button).click()
    expect(page.locator("#reminders")).to_contain_text(days)
