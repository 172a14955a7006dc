"""An open conversation: news without a reload, the count in the tab, kept drafts."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.served import Served
from tests.browser.visitor import PHONE, Visit

pytestmark = pytest.mark.browser

LOOK = "document.dispatchEvent(new Event('visibilitychange'))"


def test_an_open_conversation_follows_the_other_side(
    visit: Visit, served: Served
) -> None:
    olga, wei = served.join(name="Olga Talk"), served.join(name="Wei Talk")
    talk = f"/messages/{served.introduce(olga, wei)}"
    writer = visit().sign_in(olga.email)
    reader = visit(viewport=PHONE, locale="zh-CN").sign_in(wei.email)

    # The inbox learns of a message by itself, and says so in the tab.
    reader.go("/messages")
    writer.go(talk)
    writer.page.fill("textarea[name=text]", "Good day https://a.example/x")
    writer.send("form#latest")
    line = writer.page.locator("ol.talk li.mine")
    expect(line.locator(".seen")).to_have_count(0)
    reader.page.evaluate(LOOK)
    expect(reader.page).to_have_title(re.compile(r"^\(1\) "))
    expect(reader.page.locator("#threads .count")).to_have_count(1)
    link = reader.page.locator(".nav-main a[href='/messages'] .count")
    expect(link).to_contain_text("1")

    # Opening it clears the count and shows the author that it was seen.
    reader.page.locator("#threads a.who").click()
    expect(reader.page.locator("li.new")).to_be_visible()
    expect(reader.page).not_to_have_title(re.compile(r"^\("))
    writer.page.evaluate(LOOK)
    expect(line.locator(".seen")).to_have_count(1)
    href = line.locator(".text a")
    expect(href).to_have_attribute("href", "https://a.example/x")
    writer.page.fill("textarea[name=text]", "One more")
    writer.send("form#latest")
    reader.page.evaluate(LOOK)
    expect(reader.page.locator("ol.talk li.said")).to_have_count(2)


def test_what_is_typed_is_there_again_after_leaving_and_gone_once_sent(
    visit: Visit, served: Served
) -> None:
    olga, wei = served.join(name="Olga Draft"), served.join(name="Wei Draft")
    talk = f"/messages/{served.introduce(olga, wei)}"
    writer = visit().sign_in(olga.email)
    page = writer.go(talk)
    with page.expect_response("**/draft"):
        page.fill("textarea[name=text]", "Half a thought")
    expect(page.locator(".draft-state")).not_to_be_empty()
    writer.go("/messages")
    expect(page.locator("#threads")).to_contain_text("Half a thought")
    phone = visit(viewport=PHONE).sign_in(olga.email)
    phone.go(talk)
    field = phone.page.locator("textarea[name=text]")
    expect(field).to_have_value("Half a thought")
    field.fill("A whole thought")
    phone.send("form#latest")
    expect(phone.page.locator("textarea[name=text]")).to_have_value("")
    writer.go(talk)
    expect(page.locator("textarea[name=text]")).to_have_value("")
    expect(page.locator("ol.talk li.mine")).to_contain_text("A whole thought")


def test_a_draft_is_kept_by_a_button_without_scripts(
    visit: Visit, served: Served
) -> None:
    olga, wei = served.join(name="Olga Plain"), served.join(name="Wei Plain")
    talk = f"/messages/{served.introduce(olga, wei)}"
    writer = visit(java_script_enabled=False).sign_in(olga.email)
    page = writer.go(talk)
    page.fill("textarea[name=text]", "Kept by hand")
    page.get_by_role("button", name="Keep as a draft").click()
    expect(page.locator("#threads")).to_contain_text("Kept by hand")
    page.get_by_role("link", name="Wei Plain").click()
    expect(page.locator("textarea[name=text]")).to_have_value("Kept by hand")
    expect(page.get_by_role("link", name="Look for new messages")).to_be_visible()
