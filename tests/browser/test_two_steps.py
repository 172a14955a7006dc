"""Signing in in two steps, and forms that outlive a change of language."""

import re

import pyotp
import pytest
from playwright.sync_api import Page, expect

from tests.browser.served import Served
from tests.browser.visitor import PHONE, Person, Visit
from tests.conftest import PASSWORD

pytestmark = pytest.mark.browser


def set_up(person: Person) -> tuple[str, list[str]]:
    """Switch it on as people do; return the secret and the recovery codes."""
    page = person.go("/settings")
    page.locator("a[href='/settings/second-factor']").click()
    person.send("main form[action$='/begin']")
    secret = page.locator("main code").inner_text().replace(" ", "")
    page.get_by_label("Code of the app").fill(pyotp.TOTP(secret).now())
    person.send("main form.stack")
    return secret, page.locator("main code").all_inner_texts()


def give_password(page: Page, email: str, person: Person) -> None:
    person.go("/sign-in")
    page.fill("input[name=email]", email)
    page.fill("input[name=password]", PASSWORD)
    person.send("main form")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_lost_phone_is_stood_in_for_by_a_recovery_code(
    visit: Visit, served: Served, *, scripts: bool
) -> None:
    member = served.join(name="Timur Two Steps")
    person = visit(java_script_enabled=scripts, viewport=PHONE).sign_in(member.email)
    page = person.page
    _secret, codes = set_up(person)
    assert len(codes) == 10
    with page.expect_download() as file:
        page.get_by_role("button", name="Download as a text file").click()
    assert codes[0] in file.value.path().read_text(encoding="utf-8")
    expect(page.get_by_role("link", name="I have kept them")).to_be_visible()
    page.context.clear_cookies()

    give_password(page, member.email, person)
    expect(page.get_by_role("heading", level=1)).to_have_text("One more step")
    page.get_by_text("Use a recovery code instead").click()
    page.get_by_label("Recovery code").fill(codes[0].lower())
    person.send("main form")
    person.go("/settings")
    expect(page.locator("main")).to_contain_text("in two steps")


def test_an_app_on_the_same_device_can_be_opened(visit: Visit, served: Served) -> None:
    person = visit(viewport=PHONE).sign_in(served.join(name="Timur Alone").email)
    person.go("/settings/second-factor")
    person.send("main form[action$='/begin']")
    link = person.page.get_by_role("link", name="The app is on this device")
    address = link.get_attribute("href") or ""
    secret = person.page.locator("main code").inner_text().replace(" ", "")
    assert address.startswith("otpauth://totp/")
    assert f"secret={secret}" in address


@pytest.mark.parametrize("switch", ["locale", "theme"])
def test_what_is_typed_outlives_a_change_of_language_or_colours(
    visit: Visit, served: Served, switch: str
) -> None:
    member = served.join(name="Timur Typing")
    person = visit().sign_in(member.email)
    page = person.go("/me/edit/organisation")
    page.fill("textarea[name=about]", "Typed, not saved")
    page.locator("summary", has_text=re.compile("Grain|Agri")).first.click()
    page.locator("input[value='agri.crops']").check()
    value = {"locale": "ru", "theme": "dark"}[switch]
    button = page.locator(f"button[name={switch}][value={value}]")
    page.locator(".bar details", has=button).locator("summary").click()
    with page.expect_navigation():
        button.click()
    expect(page.locator("textarea[name=about]")).to_have_value("Typed, not saved")
    expect(page.locator("input[value='agri.crops']")).to_be_checked()
    person.send("main form")
    expect(page.locator("main")).to_contain_text("Typed, not saved")
    person.go("/me/edit/organisation")
    page.reload()
    assert page.evaluate("sessionStorage.length") == 0


def test_a_password_never_waits_in_the_browser(visit: Visit) -> None:
    person = visit()
    page = person.go("/sign-in")
    page.fill("input[name=email]", "a@example.org")
    page.fill("input[name=password]", PASSWORD)
    button = page.locator("button[name=locale][value=zh]")
    page.locator(".bar details", has=button).locator("summary").click()
    with page.expect_navigation():
        button.click()
    expect(page.locator("input[name=email]")).to_have_value("a@example.org")
    expect(page.locator("input[name=password]")).to_have_value("")


def test_without_scripts_the_switches_say_what_they_do_to_a_form(
    visit: Visit, served: Served
) -> None:
    person = visit(java_script_enabled=False).sign_in(served.join(name="Ann").email)
    page = person.go("/me/edit/organisation")
    for switch in ("locale", "theme"):
        menu = page.locator(".bar details", has=page.locator(f"button[name={switch}]"))
        menu.locator("summary").click()
        expect(menu.get_by_text("Save an open form first")).to_be_visible()


def test_the_language_of_a_refused_password_leads_back_to_the_settings(
    visit: Visit, served: Served
) -> None:
    person = visit().sign_in(served.join(name="Refused").email)
    page = person.go("/settings")
    page.fill("input[name=current]", "wrong one here")
    page.fill("#password", "tall green doors")
    person.send("form[action='/settings/password']")
    assert page.url.endswith("/settings/password")
    button = page.locator("button[name=locale][value=zh]")
    page.locator(".bar details", has=button).locator("summary").click()
    with page.expect_navigation() as moved:
        button.click()
    assert moved.value.url.endswith("/settings")
    assert moved.value.status == 200
