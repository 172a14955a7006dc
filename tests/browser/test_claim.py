"""Somebody from a list: from the letter to first proposals, and what the pages are."""

from itertools import cycle

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from matchmaker.admin.event_views import make_pace
from matchmaker.events import invitations, jobs
from matchmaker.events.roster import Seed
from matchmaker.profiles.models import Profile
from tests.browser.plan import LANGUAGES
from tests.browser.served import Served
from tests.browser.test_pages import (
    AXE,
    HEIGHT,
    LOCALES,
    MEASURE,
    OPTIONS,
    SMALLEST,
    choose,
)
from tests.browser.visitor import PHONE, Person, Visit, find_letter
from tests.conftest import PASSWORD
from tests.events.rosters import add_draft, add_event

pytestmark = pytest.mark.browser

EMAIL = "dinara@example.org"
QUESTION = "Кто возит зерно из Костаная в Сиань по железной дороге?"
REQUEST = "Железнодорожная перевозка зерна из Костаная в Китай"


@pytest.fixture
def letter(served: Served) -> None:
    """Import somebody, invite her, and let the letter leave."""
    pace = make_pace(served.site.app.config)
    sessions = served.site.sessions
    with sessions.write.begin() as session:
        event, owner = add_event(session, slug="from-the-list")
        seed = add_draft(session, event, email=EMAIL, question=QUESTION)
        ids = [seed.profile.public_id]
        assert owner.user_id is not None
        invitations.invite(session, event, ids, by=owner.user_id, key=pace.key)
    jobs.send_invitations(sessions, pace, served.site.preview.count_answers)


@pytest.mark.usefixtures("letter")
def test_a_person_from_a_list_comes_from_the_letter_to_proposals(
    visit: Visit, served: Served
) -> None:
    person = visit(viewport=PHONE, locale="ru-RU", has_touch=True, is_mobile=True)
    page = person.go(find_letter(person, EMAIL))
    assert page.locator("html").get_attribute("lang") == "ru"
    main = page.locator("main")
    for stored in ("Динара Оспанова", QUESTION, "+77015550101", "from-the-list.csv"):
        expect(main).to_contain_text(stored)
    expect(page.locator(".choices .btn")).to_have_count(4)

    page.locator(".choices a[href$='/confirm']").click()
    question = page.locator("textarea")
    expect(question).to_have_value(QUESTION)
    question.fill(REQUEST)
    page.fill("input[name=password]", PASSWORD)
    person.send("main form")

    assert page.url.endswith("/welcome/person")
    expect(page.locator("input[name=full_name]")).to_have_value("Динара Оспанова")
    person.send("main form")
    expect(page.locator("input[name=organisation]")).to_have_value("Костанай Зерно")
    person.send("main form")
    assert page.locator("textarea[name=request_text]").input_value() == REQUEST
    page.select_option("select[name=request_kind]", "logistics")
    person.send("main form")
    assert page.locator("input[name=phone]").input_value() == "+77015550101"
    person.send("main form")

    assert page.url.endswith("/proposals")
    assert page.locator("article.card-person").count() >= 3
    first = page.locator("article.card-person .meet").first
    expect(first).to_contain_text("зерна")
    with served.site.sessions.read() as session:
        emails = session.scalars(select(Seed.email)).all()
    assert EMAIL not in emails


# How the pages are -----------------------------------------------------------

#: Width and colours by turns: with three languages every page is seen in most of them.
LOOKS = ((390, "light"), (1280, "dark"), (390, "dark"), (1280, "light"), (390, "dark"))


@pytest.fixture(scope="module")
def paths(served: Served) -> dict[str, str]:
    """Give the pages of one claim, and of the event it belongs to."""
    pace = make_pace(served.site.app.config)
    sessions = served.site.sessions
    with sessions.write.begin() as session:
        event, owner = add_event(session, slug="pages")
        assert owner.user is not None
        organiser = owner.user.email
        for email in ("looked.at@example.org", organiser):
            add_draft(session, event, email=email, offers=(("supply", "Wheat"),))
        ids = session.scalars(select(Profile.public_id).join(Seed)).all()
        invitations.invite(session, event, ids, by=owner.user.id, key=pace.key)
        for name in ("Chen Hao", "Priya Nair"):
            email = f"{name[:5].lower()}@example.org"
            add_draft(session, event, email=email, name=name, locale="zh")
    jobs.send_invitations(sessions, pace, lambda *_: 2)
    with sessions.read() as session:
        seeds = session.scalars(select(Seed).where(Seed.digest.is_not(None)))
        claims = {
            one.email: f"/claim/{invitations.claim_secret(pace.key, one)}"
            for one in seeds
        }
    claim = claims["looked.at@example.org"]
    return {
        **{page: f"{claim}/{page}" for page in ("confirm", "correct", "erase")},
        "claim": claim,
        "never": f"{claim}/never",
        "known": f"{claims[organiser]}/confirm",
        "gone": "/claim/nothing",
        "organiser": organiser,
    }


def wrong_with(page: Page) -> list[str]:
    """Return what axe and the ruler find on the open page."""
    measured = page.evaluate(MEASURE, SMALLEST)
    found = [f"too small: {element}" for element in measured["small"]]
    if measured["wide"] > 0:
        found.append(f"{measured['wide']} px wider than the window")
    for violation in AXE.run(page, options=OPTIONS).response["violations"]:
        places = [node["failureSummary"] for node in violation["nodes"]]
        found.append(f"{violation['id']}: {' | '.join(places[:3])}")
    return [f"{page.url}: {one}" for one in found]


def look_at(person: Person, paths: list[str], start: int) -> list[str]:
    """Open pages in changing widths and colours; return what is wrong with them."""
    looks = cycle(LOOKS[start:] + LOOKS[:start])
    found = []
    for path, (width, colours) in zip(paths, looks, strict=False):
        person.page.set_viewport_size({"width": width, "height": HEIGHT})
        person.page.emulate_media(color_scheme=colours)
        person.go(path)
        person.page.eval_on_selector_all(
            "main details", "all => all.forEach(one => one.open = true)"
        )
        found += wrong_with(person.page)
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_of_a_claim_are_accessible_and_fit(
    visit: Visit, paths: dict[str, str], language: str
) -> None:
    person = visit(locale=LOCALES[language])
    person.go("/how-it-works")
    choose(person, "locale", language)
    start = LANGUAGES.index(language)
    pages = [path for name, path in paths.items() if name != "organiser"]
    assert look_at(person, pages, start) == []
    person.sign_in(paths["organiser"])
    choose(person, "locale", language)
    pages = ["/claim/mine", "/events/pages/preview-matches", "/events/pages/invite"]
    found = look_at(person, pages, start)
    with person.page.expect_navigation():
        person.page.locator("button[name=all]").click()
    assert found + wrong_with(person.page) == []
