"""The main way without JavaScript: slow lines and old browsers lose comfort only."""

import pytest
from playwright.sync_api import expect

from tests.browser.served import Served
from tests.browser.visitor import PHONE, Visit

pytestmark = pytest.mark.browser


def test_from_sign_in_to_a_message_no_script_is_needed(
    visit: Visit, served: Served
) -> None:
    seeker = served.join(
        name="Rustam Nazarov",
        organisation="Nazarov Flour",
        offers=(("supply", "Wheat flour from Kazakhstan"),),
    )
    partner = served.join(
        name="Gao Min",
        country="CN",
        organisation="Gao Rail",
        languages=("zh", "en"),
        offers=(("logistics", "Rail freight from Almaty to Xi'an"),),
        requests=(("supply", "Suppliers of wheat flour"),),
    )
    rustam = visit(java_script_enabled=False, viewport=PHONE).sign_in(seeker.email)
    page = rustam.page

    rustam.go("/me").get_by_role("link", name="Add a request").click()
    page.get_by_label("What is it about?").select_option("logistics")
    page.get_by_label("In one or two sentences").fill("Rail freight of grain to Xi'an")
    rustam.send("main form")
    expect(page.locator("main")).to_contain_text("Rail freight of grain to Xi'an")
    rustam.go("/me/edit/organisation")
    page.locator("details", has=page.locator("input[value='agri.crops']")).locator(
        "summary"
    ).click()
    page.locator("input[value='agri.crops']").check()
    rustam.send("main form")
    expect(page.locator("main")).to_contain_text("Grain, oilseed & field crops")

    rustam.go("/proposals")
    card = page.locator("article.card-person", has_text="Gao Min")
    expect(card).to_contain_text("Rail freight of grain to Xi'an")
    card.get_by_role("link", name="Ask for an introduction").click()
    rustam.send("main form")
    expect(page.get_by_role("status")).to_contain_text("Gao Min")

    gao = visit(java_script_enabled=False).sign_in(partner.email)
    gao.go("/contacts").get_by_role("button", name="Yes, introduce us").click()
    gao.page.get_by_role("link", name="To your conversation").click()
    gao.page.get_by_label("Your message").fill("Good day! Which station?")
    gao.send("form#latest")
    rustam.go("/messages").get_by_role("link", name="Gao Min").click()
    expect(page.locator("ol.talk")).to_contain_text("Which station?")
