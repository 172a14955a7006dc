"""Two people in two languages from the request to the answer, one on a phone."""

import re

import pytest
from playwright.sync_api import Page, expect

from matchmaker.profiles.models import Profile
from tests.browser.served import Member, Served
from tests.browser.visitor import PHONE, Visit
from tests.conftest import add_member

pytestmark = pytest.mark.browser


@pytest.fixture
def seeker(served: Served) -> Member:
    """Give somebody who reads Russian."""
    return served.join(
        name="Вера Соколова",
        country="RU",
        languages=("ru",),
        organisation="Зерновой дом",
        locale="ru",
        offers=(("supply", "Пшеница твёрдых сортов, 400 тонн в месяц"),),
        requests=(("logistics", "Перевозка зерна в Китай по железной дороге"),),
    )


@pytest.fixture
def candidate(served: Served) -> Member:
    """Give somebody who reads Chinese."""
    return served.join(
        name="郑明",
        latin_name="Zheng Ming",
        country="CN",
        languages=("zh",),
        organisation="兰州国际物流",
        locale="zh",
        offers=(("logistics", "中欧班列粮食运输，代理报关"),),
        requests=(("supply", "求购俄罗斯小麦"),),
    )


def answer(page: Page, said: str) -> None:
    """Press one of the answers."""
    with page.expect_navigation():
        page.locator(f"form:has(input[value={said}]) button").first.click()


def test_a_request_in_two_languages_is_put_off_and_then_answered_on_a_phone(
    visit: Visit, seeker: Member, candidate: Member
) -> None:
    vera = visit(locale="ru-RU").sign_in(seeker.email)
    zheng = visit(viewport=PHONE, locale="zh-CN", is_mobile=True, has_touch=True)
    zheng.sign_in(candidate.email)

    page = vera.go(f"/people/{candidate.public_id}/ask")
    note = page.locator("textarea[name=note]")
    assert "郑明" in note.input_value()
    assert re.search("[一-鿿]{2}", note.input_value().replace("郑明", ""))
    page.fill("textarea[name=original]", "Здравствуйте! Расскажете о тарифах?")
    vera.send("main form")

    phone = zheng.go("/contacts")
    phone.locator("main a", has_text=seeker.name).first.click()
    quotes = phone.locator("main .quote")
    expect(quotes).to_have_count(2)
    expect(quotes.nth(0)).to_have_attribute("lang", "zh")
    expect(quotes.nth(1)).to_have_text("Здравствуйте! Расскажете о тарифах?")
    request = phone.url
    phone.locator("summary:has(use[href$='#clock'])").tap()
    with phone.expect_navigation():
        phone.locator("button[name=in_days][value='7']").tap()
    assert phone.url == request

    path = request.removeprefix(vera.url)
    state = vera.go(path).locator("section p:has(use[href$='#clock'])")
    expect(state).to_be_visible()

    zheng.go(path)
    answer(phone, "yes")
    assert "/contacts/" in phone.url
    vera.go(path)
    assert "/contacts/" in page.url


@pytest.mark.parametrize("scripts", [True, False])
def test_a_request_passed_on_is_answered_by_the_colleague(
    visit: Visit, served: Served, seeker: Member, candidate: Member, *, scripts: bool
) -> None:
    with served.site.sessions.write.begin() as session:
        colleague = add_member(session, name="Han Lei", offers=(("supply", "Tea"),))
        asked = session.get_one(Profile, candidate.profile_id)
        colleague.organisation = asked.organisation
        assert colleague.user is not None
        email = colleague.user.email
    vera = visit(java_script_enabled=scripts).sign_in(seeker.email)
    zheng = visit(java_script_enabled=scripts, viewport=PHONE).sign_in(candidate.email)
    han = visit(java_script_enabled=scripts).sign_in(email)
    vera.go(f"/people/{candidate.public_id}/ask")
    vera.send("main form")
    page = zheng.go("/contacts")
    page.locator("main a", has_text=seeker.name).first.click()
    request = page.url.removeprefix(zheng.url)
    page.locator("summary:has(use[href$='#contacts'])").click()
    zheng.send("form:has(select[name=colleague])")
    page = vera.go(request)
    page.locator("main section a[href^='/introductions/']").click()
    passed_on = page.url.removeprefix(vera.url)
    assert passed_on != request
    page = han.go(passed_on)
    expect(page.locator("main section").first).to_contain_text(candidate.name)
    answer(page, "yes")
    assert "/contacts/" in page.url
