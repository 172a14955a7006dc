"""What people do besides the straight way: pressing twice, going back, leaving."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.served import Member, Served
from tests.browser.visitor import PHONE, Newcomer, Person, Visit, find_letter
from tests.conftest import PASSWORD

pytestmark = pytest.mark.browser

Join = Callable[..., Member]
SEEKER = {
    "offers": (("supply", "Wheat flour from Kazakhstan, 300 tonnes a month"),),
    "requests": (("logistics", "Rail freight of grain to China"),),
}
PARTNER = {
    "name": "Liu Yang",
    "country": "CN",
    "organisation": "Xi'an Rail Freight",
    "languages": ("zh", "en"),
    "offers": (("logistics", "Rail freight from Almaty to Xi'an"),),
    "requests": (("supply", "Suppliers of wheat flour"),),
}


@pytest.fixture
def pair(served: Served) -> tuple[Member, Member, str]:
    """Give two people who are introduced, and their conversation."""
    seeker, partner = served.join(**SEEKER), served.join(**PARTNER)
    return seeker, partner, f"/messages/{served.introduce(seeker, partner)}"


@pytest.mark.parametrize("scripts", [True, False])
def test_pressing_send_twice_sends_one_message(
    visit: Visit, pair: tuple[Member, Member, str], *, scripts: bool
) -> None:
    seeker, _partner, path = pair
    person = visit(java_script_enabled=scripts).sign_in(seeker.email)
    page = person.go(path)
    page.fill("textarea[name=text]", "Shall we talk on Monday?")
    page.get_by_role("button", name="Send").dblclick()
    page.wait_for_url("**#latest")
    person.go(path)
    expect(page.locator("ol.talk li.said")).to_have_count(1)


def test_going_back_and_sending_again_sends_one_message(
    visit: Visit, pair: tuple[Member, Member, str]
) -> None:
    seeker, _partner, path = pair
    person = visit().sign_in(seeker.email)
    page = person.go(path)
    page.fill("textarea[name=text]", "Shall we talk on Monday?")
    person.send("form#latest")
    page.go_back()
    # Either the page is fresh and its form empty, or it is the old form with its key.
    person.send("form#latest")
    person.go(path)
    expect(page.locator("ol.talk li.said")).to_have_count(1)


def test_going_back_and_asking_again_leads_to_the_first_request(
    visit: Visit, served: Served
) -> None:
    seeker, partner = served.join(**SEEKER), served.join(**PARTNER)
    person = visit().sign_in(seeker.email)
    page = person.go(f"/people/{partner.public_id}/ask")
    person.send("main form")
    page.go_back()
    if page.url.endswith("/ask"):  # the old form came back: send it once more
        person.send("main form")
    person.go("/contacts")
    expect(page.locator("ul.ledger a.who", has_text="Liu Yang")).to_have_count(1)
    person.go(f"/people/{partner.public_id}")
    expect(page.get_by_role("link", name="See the request")).to_be_visible()


def test_two_tabs_with_one_profile_lose_neither_text(
    visit: Visit, served: Served
) -> None:
    member = served.join(**SEEKER)
    first = visit().sign_in(member.email)
    second = Person(first.page.context.new_page(), served.url)
    for person in (first, second):
        person.go("/me/edit/organisation")
    first.page.fill("textarea[name=about]", "We mill flour in Almaty.")
    first.send("main form")
    second.page.fill("textarea[name=about]", "We mill flour and export it.")
    with second.page.expect_response(
        lambda answer: answer.request.method == "POST"
    ) as sent:
        second.send("main form")
    assert sent.value.status in {409, 422}
    expect(second.page.locator(".stored")).to_contain_text("We mill flour in Almaty.")
    assert (
        second.page.input_value("textarea[name=about]")
        == "We mill flour and export it."
    )
    second.send("main form")
    expect(second.page.locator("main")).to_contain_text("We mill flour and export it.")


def test_onboarding_goes_on_where_it_was_left(visit: Visit) -> None:
    newcomer = Newcomer(
        email="late@example.org",
        name="Nodira Usmanova",
        latin_name="",
        country="UZ",
        city="Tashkent",
        languages=("uz", "en"),
        organisation="Silk & Apricot",
        sectors=("food.processing",),
        about="Dried fruit from the Fergana valley.",
        offer=("supply", "Dried apricots, 20 tonnes a month"),
        request=("distribution", "A distributor of dried fruit in China"),
        markets=("CN",),
        contacts={},
    )
    person = visit(viewport=PHONE)
    page = person.go("/register")
    page.get_by_label("Mail address").fill(newcomer.email)
    page.get_by_label("Password").fill(PASSWORD)
    person.send("form.stack")
    person.go(find_letter(person, newcomer.email))
    person.send("main form")
    page.get_by_role("link", name="Go on with the profile").click()
    newcomer.fill_person(page)
    person.send("main form")
    newcomer.fill_organisation(page)
    person.send("main form")
    person.sign_out()

    person.sign_in(newcomer.email)
    page.get_by_role("link", name="Go on with the profile").click()
    assert page.url.endswith("/welcome/items")
    page.get_by_role("link", name="Back").click()
    assert page.get_by_label("Organisation").input_value() == "Silk & Apricot"
    person.send("main form")
    newcomer.fill_items(page)
    person.send("main form")
    person.send("main form")  # markets and contact can wait
    assert page.locator("article.card-person").count() >= 3


def test_who_pauses_disappears_until_they_come_back(
    visit: Visit, served: Served
) -> None:
    member = served.join(**PARTNER | {"name": "Sun Paused", "organisation": "Sun Rail"})
    onlooker = visit().sign_in(served.join(**SEEKER).email)
    person = visit().sign_in(member.email)
    person.go("/me").get_by_role("button", name="Pause for a while").click()
    expect(person.page.get_by_role("button", name="Come back")).to_be_visible()
    expect(
        onlooker.go("/directory?q=Sun+Rail").get_by_text("Sun Paused")
    ).to_have_count(0)
    expect(onlooker.go("/proposals").get_by_text("Sun Paused")).to_have_count(0)
    person.go("/proposals").get_by_role("button", name="Come back").click()
    expect(person.page.get_by_role("link", name="See it as others do")).to_be_visible()
    found = onlooker.go("/directory?q=Sun+Rail").get_by_text("Sun Paused")
    expect(found.first).to_be_visible()


def test_not_for_me_takes_a_proposal_away_and_undo_brings_it_back(
    visit: Visit, served: Served
) -> None:
    person = visit().sign_in(served.join(**SEEKER).email)
    page = person.go("/proposals")
    first = page.locator("article.card-person h2 a").first.get_attribute("href") or ""
    page.get_by_role("link", name="Not for me").first.click()
    page.get_by_label("another market").check()
    page.get_by_role("button", name="Put aside").click()
    expect(page.get_by_role("status")).to_contain_text("will not be proposed again")
    expect(page.locator(f"article.card-person a[href='{first}']")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("article.card-person h2 a").first).to_have_attribute(
        "href", first
    )


def test_who_is_saved_waits_under_contacts(visit: Visit, served: Served) -> None:
    person = visit(viewport=PHONE).sign_in(served.join(**SEEKER).email)
    page = person.go("/proposals")
    card = page.locator("article.card-person").first
    name = card.locator("h2 bdi").first.inner_text()
    card.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text(name)
    person.go("/contacts")
    line = page.locator("ul.ledger li", has_text=name)
    line.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("Your notebook is empty")).to_be_visible()
