"""Block, report, a decision and an appeal, by three people in their browsers."""

import pytest
from playwright.sync_api import expect

from tests.browser.served import Served
from tests.browser.visitor import PHONE, Visit, find_letter
from tests.conftest import PASSWORD

pytestmark = pytest.mark.browser
OFFERS = (("supply", "Felt slippers by the thousand"),)


def test_a_block_from_a_conversation_and_back_on_a_phone_without_scripts(
    visit: Visit, served: Served
) -> None:
    olga = served.join(name="Olga Block", offers=OFFERS)
    viktor = served.join(name="Viktor Block", offers=OFFERS)
    talk = f"/messages/{served.introduce(olga, viktor)}"
    person = visit(viewport=PHONE, java_script_enabled=False).sign_in(olga.email)
    other = visit().sign_in(viktor.email)
    page = person.go(talk)
    page.locator("main a[href$='/block']").click()
    page.get_by_role("button", name="Block this person").click()
    expect(page.locator("#blocked")).to_contain_text("Viktor Block")
    expect(other.go(talk).locator("main")).not_to_contain_text("Olga")
    found = other.go("/directory?q=felt+slippers")
    expect(found.locator("main")).not_to_contain_text("Olga Block")
    page.get_by_role("button", name="Unblock").click()
    expect(other.go(talk).locator("h1")).to_contain_text("Olga Block")


def test_a_report_leads_to_a_suspension_and_an_appeal_ends_it(
    visit: Visit, served: Served
) -> None:
    olga = served.join(name="Olga Report", offers=OFFERS)
    viktor = served.join(name="Viktor Report", offers=OFFERS)
    judges = [
        served.join(name=name, offers=OFFERS, is_admin=True)
        for name in ("Judge One", "Judge Two")
    ]
    reporter = visit().sign_in(olga.email)
    page = reporter.go(f"/people/{viktor.public_id}")
    page.get_by_role("link", name="Report to the moderators").click()
    reporter.send("form.stack")
    expect(page.locator(".summary")).to_be_visible()
    page.get_by_label("Fraud, or an attempt at it").check()
    page.fill("textarea[name=excerpt]", "Pay 5,000 USD today")
    reporter.send("form.stack")
    expect(page.locator("#reports")).to_contain_text("Waits for a moderator")

    judge = visit().sign_in(judges[0].email)
    page = judge.go("/admin/moderation")
    page.get_by_role("link", name="Viktor Report").click()
    expect(page.locator(".quote")).to_contain_text("Pay 5,000 USD today")
    page.get_by_label("Suspend:").check()
    judge.send("form.stack")
    expect(page.locator(".summary")).to_contain_text("say why")
    page.fill("textarea[name=reason]", "Asks strangers for prepayments")
    judge.send("form.stack")
    reporter.go("/settings/safety")
    expect(reporter.page.locator("#reports")).to_contain_text("decided")

    suspended = visit()
    page = suspended.go("/sign-in")
    page.fill("input[name=email]", viktor.email)
    page.fill("input[name=password]", PASSWORD)
    suspended.send("main form")
    expect(page).to_have_url(f"{suspended.url}/sign-in")
    page = suspended.go(find_letter(suspended, viktor.email))
    expect(page.locator(".quote")).to_contain_text("Asks strangers for prepayments")
    page.fill("textarea[name=words]", "It was a former colleague of mine")
    suspended.send("form.stack")

    other = visit().sign_in(judges[1].email)
    page = other.go("/admin/moderation")
    page.locator("#appeals").get_by_role("link", name="Viktor Report").click()
    page.get_by_label("The decision is taken back").check()
    page.fill("textarea[name=text]", "You are right, we are sorry")
    other.send("form.stack")
    suspended.sign_in(viktor.email)
