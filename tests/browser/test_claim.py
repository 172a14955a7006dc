"""Somebody from a list, on a phone in Russian: from the letter to first proposals."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from matchmaker.admin.event_views import make_pace
from matchmaker.events import invitations, jobs
from matchmaker.events.roster import Seed
from tests.browser.served import Served
from tests.browser.visitor import PHONE, Visit, find_letter
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
