"""Every page, judged by axe and by a ruler: languages, colours and widths in pairs."""

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser import world
from tests.browser.plan import LANGUAGES, Look, looks, missing_pairs
from tests.browser.served import Served
from tests.browser.visitor import Person, Visit

pytestmark = pytest.mark.browser

HEIGHT = 844
AXE = Axe()
#: What axe leaves switched off although WCAG 2.2 AA asks for it; and no fetching of
#: style sheets, which only rules need that are off.
OPTIONS = {
    "resultTypes": ["violations"],
    "rules": {"target-size": {"enabled": True}},
    "preload": False,
}
LOCALES = {"en": "en-GB", "ru": "ru-RU", "zh": "zh-CN"}
SMALLEST = 24  # pixels of a thing to press, either way
MEASURE = """smallest => {
  const box = element => element.getBoundingClientRect();
  const inSentence = element => getComputedStyle(element).display === "inline"
    && [...element.parentElement.childNodes].some(
      node => node.nodeType === Node.TEXT_NODE && node.textContent.trim());
  const stretched = element =>
    getComputedStyle(element, "::after").position === "absolute";
  const pressed = "a[href], button, input, select, textarea, summary";
  const small = [...document.querySelectorAll(pressed)]
    .filter(element => element.checkVisibility() && box(element).right > 0)
    .filter(element => !inSentence(element))
    .map(element => stretched(element) ? element.offsetParent : element)
    .map(element => element.closest("label") ?? element)
    .filter(element => {
      const {width, height} = box(element);
      return Math.min(width, height) + 0.5 < smallest;
    });
  const [red, green, blue] = getComputedStyle(document.body)
    .backgroundColor.match(/\\d+/g).map(Number);
  return {
    wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    small: small.map(element => element.outerHTML.slice(0, 120)),
    colours: red + green + blue > 384 ? "light" : "dark",
    language: document.documentElement.lang,
  };
}"""

Act = Callable[[Page], None]


def refused(form: str) -> Act:
    """Return what sends a form with nothing in it."""

    def act(page: Page) -> None:
        for box in page.locator(f"{form} :is(input[type=text], textarea)").all():
            box.fill("")
        with page.expect_navigation():
            page.locator(f"{form} button.btn-primary").click()
        assert page.locator(".summary").count() == 1

    return act


def opened(selector: str) -> Act:
    """Return what opens what is folded away."""

    def act(page: Page) -> None:
        page.eval_on_selector_all(selector, "all => all.forEach(d => d.open = true)")

    return act


def begun(page: Page) -> None:
    """Ask for the secret of two-step sign-in, unless it is shown already."""
    start = page.locator("main form[action$='/begin'] button.btn-primary")
    if start.count():
        with page.expect_navigation():
            start.click()
    assert page.locator("main [role=img] svg").count() == 1


def noting(page: Page) -> None:
    """Open all that is folded on the page of a contact, and choose a kind."""
    opened("main details")(page)
    page.locator(".pills label").first.click()


def noting_too_late(page: Page) -> None:
    """Note a call of another century."""
    noting(page)
    too_late("form.noting", "details button", "happened_on")(page)


def too_late(form: str, button: str, field: str) -> Act:
    """Return what sends a day of another century."""

    def act(page: Page) -> None:
        page.fill(f"{form} input[name={field}]", "2190-01-01")
        with page.expect_navigation():
            page.locator(f"{form} {button}").click()
        assert page.locator(".summary").count() == 1

    return act


def address_made(page: Page) -> None:
    """Let the page of the calendar show a new address."""
    with page.expect_navigation():
        page.locator("form[action$='/renew'] button").click()
    page.locator("input#address").wait_for()


#: Page: (who looks, path or the name of a path in the world, what is done there).
PAGES: dict[str, tuple[str, str, Act | None]] = {
    "front": ("visitor", "/", None),
    "how": ("visitor", "/how-it-works", opened(".bar details:first-of-type")),
    "sign in": ("visitor", "/sign-in", refused("main form")),
    "register": ("visitor", "/register", refused("main form")),
    "sent": ("visitor", "/sent", None),
    "confirm": ("visitor", "confirm", None),
    "ask reset": ("visitor", "/reset", None),
    "reset": ("visitor", "reset", None),
    "letters": ("visitor", "/letters", None),
    "missing": ("visitor", "/nothing-here", None),
    "not ready": ("newcomer", "/proposals", None),
    "step person": ("newcomer", "/welcome/person", refused("main form")),
    "step organisation": (
        "newcomer",
        "/welcome/organisation",
        opened(".picker details"),
    ),
    "step items": ("newcomer", "/welcome/items", None),
    "step reach": ("newcomer", "/welcome/reach", None),
    "no contacts": ("newcomer", "/contacts", None),
    "proposals": ("member", "/proposals", None),
    "person": ("member", "stranger", None),
    "connected person": ("member", "friend", None),
    "own person": ("member", "me", None),
    "ask": ("member", "stranger/ask", refused("main form")),
    "not for me": ("member", "stranger/not-for-me", None),
    "wishes": ("member", "/proposals/wishes", None),
    "saved searches": ("member", "/directory/searches", None),
    "save a search": (
        "member",
        "/directory/searches/new?q=логистика&country=CN",
        refused("main form"),
    ),
    "directory": ("member", "/directory", None),
    "directory narrowed": (
        "member",
        "/directory?q=логистика&country=CN&offer=logistics",
        opened(".facets details"),
    ),
    "nobody found": ("member", "/directory?q=zzzzqqqq", None),
    "contacts": ("member", "/contacts", None),
    "contacts filtered": ("member", "/contacts?filter=1&q=цене", None),
    "contacts printed": ("member", "/contacts/print", None),
    "contact": ("member", "contact", noting),
    "contact refused": ("member", "contact", noting_too_late),
    "note": ("member", "note", too_late("form.stack", "button.btn-primary", "due_on")),
    "calendar": ("member", "/settings/calendar", address_made),
    "thread": ("member", "thread", None),
    "thread refused": ("member", "thread", refused("form#latest")),
    "messages found": ("member", "/messages?q=wheat", None),
    "report messages": ("member", "thread/report", refused("main form")),
    "received": ("member", "received", opened("main details")),
    "put off": ("member", "put off", None),
    "deal": ("member", "deal", None),
    "sent request": ("member", "sent", None),
    "messages": ("member", "/messages", None),
    "mine": ("member", "/me", None),
    "item": ("member", "item", None),
    "settings": ("member", "/settings", None),
    "safety": ("member", "/settings/safety", None),
    "own data": ("member", "/settings/data", None),
    "erase oneself": ("member", "/settings/data/erase", None),
    "erased": ("visitor", "/erased", None),
    "contact views": ("member", "/settings/contact-views", None),
    "block": ("member", "block", None),
    "report a person": ("member", "report", refused("form.stack")),
    "decision": ("member", "decision", None),
    "moderation": ("chief", "/admin/moderation", opened("article details")),
    "case": ("chief", "case", opened("main details")),
    "appeal": ("chief", "appeal", None),
    "news": ("member", "/notices", None),
    "news by mail": ("member", "/settings/notices", None),
    "way out of letters": ("visitor", "way out", None),
    "password again": ("member", "/sign-in/again?next=/me", None),
    "another address": ("member", "/settings/address", refused("main form")),
    "two steps": ("newcomer", "/settings/second-factor", None),
    "two steps begun": ("member", "/settings/second-factor", begun),
    "quality": ("chief", "/admin", None),
    "quality figures": ("chief", "/admin/quality?days=90", opened("main details")),
    "blind review": ("chief", "/admin/review", None),
    "own terms": ("chief", "/admin/terms", None),
    "new concept": ("chief", "/admin/terms/new", refused("main form")),
    "names of countries": ("chief", "/admin/places?q=an", None),
    "name of a country": ("chief", "/admin/places/CH", None),
    "audit log": ("chief", "/admin/audit?about=event", None),
    "operations": ("chief", "/admin/operations", None),
    "models": ("chief", "/admin/models", opened("main details")),
    "model": ("chief", "/admin/models/prior-1", None),
    "events": ("chief", "/events", None),
    "event": ("chief", "event", opened(".bar details:last-of-type")),
    "approval": ("chief", "event/approval", opened(".decide details")),
    "rules": ("chief", "event/rules", None),
    "people of groups": ("chief", "event/groups/people", None),
    "report": ("chief", "event/report", None),
    "invite": ("chief", "event/invite", None),
    "write to people": ("chief", "event/write", None),
    "preview of matches": ("chief", "event/preview-matches", None),
}


@pytest.fixture(scope="module")
def house(served: Served) -> world.World:
    """Give a member with a full house, a newcomer and a chief."""
    return world.build(served)


def test_the_plan_looks_at_every_pair_of_page_language_colours_and_width() -> None:
    plan = list(looks(tuple(PAGES)))
    assert missing_pairs(plan, tuple(PAGES)) == []


def test_the_example_on_the_front_page_speaks_each_readers_language(
    visit: Visit,
) -> None:
    for language, country in (("en", "China"), ("zh", "中国"), ("ru", "Китай")):
        facts = visit(locale=LOCALES[language]).go("/").locator(".front .facts")
        assert country in facts.inner_text()


@pytest.mark.parametrize("viewer", ["visitor", "newcomer", "member", "chief"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_are_accessible_and_fit(
    visit: Visit, house: world.World, language: str, viewer: str
) -> None:
    plan = [
        look
        for look in looks(tuple(PAGES))
        if look.language == language and PAGES[look.page][0] == viewer
    ]
    plan.sort(key=lambda look: (look.chooser, look.colours))
    person = visit(locale=LOCALES[language])
    if viewer != "visitor":
        person.sign_in(getattr(house, viewer))
        choose(person, "locale", language)
    found = [fault for look in plan for fault in faults(person, house, look)]
    assert not found, "\n".join(found)


def choose(person: Person, name: str, value: str) -> None:
    """Use the site's own switch of languages or of light and dark."""
    button = person.page.locator(f"button[name={name}][value={value}]")
    person.page.locator(".bar details", has=button).locator("summary").click()
    with person.page.expect_navigation():
        button.click()


def faults(person: Person, house: world.World, look: Look) -> list[str]:
    """Open a page as a look asks for, and return what is wrong with it."""
    page = person.page
    page.set_viewport_size({"width": look.width, "height": HEIGHT})
    dress(person, look)
    _viewer, path, act = PAGES[look.page]
    first, _slash, rest = path.partition("/")
    person.go(path if not first else "/".join(filter(None, (house.paths[first], rest))))
    if act is not None:
        act(page)
    measured: dict[str, Any] = page.evaluate(MEASURE, SMALLEST)
    wrong = [f"too small: {element}" for element in measured["small"]]
    if measured["wide"] > 0:
        wrong.append(f"{measured['wide']} px wider than the window")
    # The way out of letters speaks the language of the letters.
    wrong += [
        f"{name} is {measured[name]}"
        for name in ("colours", "language")
        if measured[name] != getattr(look, name)
        and (look.page, name) != ("way out of letters", "language")
    ]
    for violation in AXE.run(page, options=OPTIONS).response["violations"]:
        places = [
            str(node["target"]) + node["failureSummary"] for node in violation["nodes"]
        ]
        wrong.append(f"{violation['id']}: {' | '.join(places[:3])}")
    return [f"{look}: {one}" for one in wrong]


def dress(person: Person, look: Look) -> None:
    """Make the page light or dark, by the system or against it by the switch."""
    other = "dark" if look.colours == "light" else "light"
    by_system = look.chooser == "system"
    person.page.emulate_media(color_scheme=look.colours if by_system else other)
    wanted = "auto" if by_system else look.colours
    if person.page.url == "about:blank":
        person.go("/how-it-works")
    if person.page.locator("html").get_attribute("data-theme") != wanted:
        choose(person, "theme", wanted)
