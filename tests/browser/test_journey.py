"""Two people from registration to an outcome: one on a phone, one on a desktop."""

import time
import zipfile
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

import pytest
from icalendar import Calendar
from playwright.sync_api import Locator, expect
from sqlalchemy import select, update

from matchmaker.accounts.models import User
from matchmaker.clock import now
from matchmaker.mail import Letter, LetterState
from matchmaker.notices.models import NoticeSettings
from tests.browser.served import Served
from tests.browser.visitor import (
    DESKTOP,
    PATIENCE,
    PHONE,
    Newcomer,
    Person,
    Visit,
    find_letter,
)
from tests.conftest import PASSWORD

pytestmark = pytest.mark.browser

WEI = Newcomer(
    email="wei@example.org",
    name="赵伟",
    latin_name="Zhao Wei",
    country="CN",
    city="西安",
    languages=("zh", "ru"),
    organisation="长安粮油贸易",
    sectors=("food.grainmill",),
    about="我们在西安经营粮油进口和铁路运输。",
    offer=("logistics", "西安至阿拉木图铁路货运，代理报关"),
    request=("supply", "寻找哈萨克斯坦小麦和面粉供应商"),
    markets=("KZ", "UZ"),
    contacts={"email": "wei@chang-an.example.org", "wechat": "zhaowei-xian"},
)
OLGA = Newcomer(
    email="olga@example.org",
    name="Ольга Ли",
    latin_name="Olga Li",
    country="KZ",
    city="Алматы",
    languages=("ru",),
    organisation="Семиречье Зерно",
    sectors=("agri.crops",),
    about="Выращиваем пшеницу и мелем муку, вывозим в Китай.",
    offer=("supply", "Пшеница и мука из Казахстана, 800 тонн в месяц"),
    request=("logistics", "Железнодорожная перевозка зерна в Китай"),
    markets=("CN",),
    contacts={"email": "olga@semirechie.example.org", "phone": "+7 727 000 00 00"},
)


def register(person: Person, newcomer: Newcomer) -> None:
    """Open an account and follow the link in the letter."""
    page = person.go("/")
    page.locator("main a[href='/register']").click()
    page.fill("input[name=email]", newcomer.email)
    page.fill("input[name=password]", PASSWORD)
    person.send("form:has(input[name=password])")
    assert page.url.endswith("/sent")
    person.go(find_letter(person, newcomer.email))
    person.send("main form")
    assert page.url.endswith("/proposals")


def onboard(person: Person, newcomer: Newcomer) -> None:
    """Take the four steps, each of which is saved."""
    page = person.page
    page.locator("main a[href='/welcome/person']").click()
    newcomer.fill_person(page)
    person.send("main form")
    assert page.url.endswith("/welcome/organisation")
    newcomer.fill_organisation(page)
    person.send("main form")
    assert page.url.endswith("/welcome/items")
    newcomer.fill_items(page)
    person.send("main form")
    assert page.url.endswith("/welcome/reach")
    newcomer.fill_reach(page)
    person.send("main form")


def quoting(cards: Locator, own: Iterable[str]) -> list[str]:
    """Return what the cards quote of others beside one's own words."""
    quoted = []
    for meeting in cards.locator(".meet").all():
        mine, theirs = meeting.locator("dd").all_inner_texts()[:2]
        if any(mine.strip() in words for words in own) and theirs.strip():
            quoted.append(theirs.strip())
    return quoted


def arrive(person: Person, newcomer: Newcomer) -> None:
    """Register, tell who one is, and see reasons at once."""
    register(person, newcomer)
    onboard(person, newcomer)
    page = person.page
    assert page.url.endswith("/proposals")
    cards = page.locator("article.card-person")
    assert cards.count() >= 3
    own = (newcomer.offer[1], newcomer.request[1], newcomer.about)
    explained = [card for card in cards.all() if quoting(card, own)]
    assert len(explained) >= 3, "fewer than three proposals quote both sides"


def find_and_ask(person: Person, word: str, other: Newcomer) -> None:
    """Find somebody by a word in another language and ask to be introduced."""
    page = person.go("/directory")
    page.fill("input[name=q]", word)
    person.send("form[role=search]")
    page.locator("ul.results a", has_text=other.name).click()
    hidden(person, other)
    page.locator("main a[href$='/ask']").click()
    assert other.name in page.input_value("textarea[name=note]")
    person.send("main form")
    expect(page.locator("[role=status]").first).to_contain_text(other.name)


def hidden(person: Person, other: Newcomer) -> None:
    """Nothing of the other side's guarded contact details is in the page."""
    source = person.page.content()
    assert other.name in source
    assert [value for value in other.contacts.values() if value in source] == []


def say_yes(person: Person, other: Newcomer) -> None:
    """Answer in one tap, on the page of contacts."""
    page = person.go("/contacts")
    card = page.locator("ul.ledger li", has_text=other.name)
    with page.expect_navigation():
        card.locator("form:has(input[value=yes]) button").click()
    for value in other.contacts.values():
        expect(page.locator(".details dl.pairs")).to_contain_text(value)


def talk(person: Person) -> None:
    """Open the conversation from the page of a contact."""
    person.page.locator("main a.btn[href*='/messages/']").click()
    person.page.wait_for_url("**/messages/**")


def write(person: Person, text: str) -> None:
    """Write a message in the open conversation."""
    person.page.fill("textarea[name=text]", text)
    person.send("form#latest")
    expect(person.page.locator("ol.talk li.mine").last).to_contain_text(text)


def follow_up(person: Person, *, next_step: str, due_on: str) -> None:
    """Note a call and what comes next."""
    page = person.page
    form = "form.noting"
    page.locator(f"{form} .pills label").first.click()
    page.locator(f"{form} summary").click()
    page.fill(f"{form} textarea[name=what]", "Договорились о пробном вагоне")
    page.fill(f"{form} input[name=next_step]", next_step)
    page.fill(f"{form} input[name=due_on]", due_on)
    with page.expect_navigation():
        page.locator(f"{form} details button").click()
    expect(page.locator("#step b")).to_have_text(next_step)
    expect(page.locator("#timeline li.open b").last).to_have_text(next_step)


def live_in(person: Person, zone: str) -> None:
    """Say in which time zone one lives, where one says when letters may come."""
    person.go("/settings/notices").select_option("select[name=time_zone]", zone)
    person.send("main form:has(select[name=time_zone])")
    expect(person.page.locator("select[name=time_zone]")).to_have_value(zone)


def read_calendar(person: Person, step: str) -> date:
    """Make an address for one's calendar and return the day of a step in it."""
    page = person.go("/settings/calendar")
    with page.expect_navigation():
        page.locator("main form button.btn-primary").click()
    answer = page.request.get(page.input_value("#address"))
    calendar = Calendar.from_ical(answer.text())
    (event,) = [one for one in calendar.walk("VEVENT") if step in one["SUMMARY"]]
    assert event["UID"]
    return date.fromisoformat(f"{event['DTSTART'].dt:%Y-%m-%d}")


def wait_for_digest(served: Served, email: str) -> Letter:
    """Let the hour of somebody's digest come; return the letter that left."""
    with served.site.sessions.write.begin() as session:
        user_id = session.scalars(select(User.id).where(User.email == email)).one()
        hour_came = update(NoticeSettings).where(NoticeSettings.user_id == user_id)
        session.execute(hour_came.values(next_at=now(), sent_at=None))
    sent = select(Letter).where(
        Letter.recipient == email,
        Letter.template == "digest",
        Letter.state == LetterState.SENT,
    )
    deadline = time.monotonic() + 3 * PATIENCE / 1000
    while time.monotonic() < deadline:
        with served.site.sessions.read() as session:
            if letter := session.scalar(sent):
                return letter
        time.sleep(0.5)
    raise AssertionError("the digest does not come")


def take_everything_and_leave(person: Person, written: str) -> None:
    """Download one's data, in which one's words are, and erase oneself."""
    page = person.go("/settings/data")
    person.send("main form")
    page.locator("main a[href$='/file']").wait_for(timeout=3 * PATIENCE)
    person.go("/settings/data/erase")
    if page.locator("input[name=again_password]").count():
        page.fill("input[name=again_password]", PASSWORD)
        person.send("main form")
    person.go("/settings/data")
    with page.expect_download() as loading:
        page.locator("main a[href$='/file']").click()
    with zipfile.ZipFile(loading.value.path()) as copy:
        parts = [copy.read(name).decode("utf-8", "replace") for name in copy.namelist()]
    assert any(written in part for part in parts)
    person.go("/settings/data/erase").check("input[name=sure]")
    with page.expect_navigation():
        page.locator("main form button.btn-lost").click()
    assert page.url.endswith("/erased")


def test_two_strangers_come_from_registration_to_an_outcome(
    visit: Visit, served: Served
) -> None:
    wei = visit(viewport=PHONE, locale="zh-CN", has_touch=True, is_mobile=True)
    olga = visit(viewport=DESKTOP, locale="ru-RU")
    arrive(wei, WEI)
    assert wei.page.locator("html").get_attribute("lang") == "zh"
    arrive(olga, OLGA)
    assert olga.page.locator("html").get_attribute("lang") == "ru"

    live_in(wei, "Asia/Shanghai")
    live_in(olga, "Asia/Almaty")

    # The word is Russian, the offer it finds is Chinese.
    find_and_ask(olga, "железнодорожные перевозки", WEI)
    assert find_letter(wei, WEI.email).startswith("/introductions/")
    say_yes(wei, OLGA)

    olga.go("/contacts").locator("ul.ledger a", has_text=WEI.name).click()
    expect(olga.page.locator(".details dl.pairs")).to_contain_text(
        WEI.contacts["wechat"]
    )
    talk(olga)
    talk(wei)
    write(olga, "Здравствуйте! Сколько стоит вагон до Сианя?")
    arrived = wei.page.locator("ol.talk li.said:not(.mine)")
    expect(arrived).to_contain_text("Сколько стоит вагон")  # without a reload
    write(wei, "您好！每个车皮约三千美元。")
    # Who comes back to the tab need not wait for the next question to the site.
    olga.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(olga.page.locator("ol.talk li.said:not(.mine)")).to_contain_text("三千美元")

    olga.go("/contacts").locator("ul.ledger a", has_text=WEI.name).click()
    due = datetime.now(UTC).date() + timedelta(days=3)
    follow_up(olga, next_step="Прислать спецификацию", due_on=due.isoformat())
    olga.go("/contacts")
    line = olga.page.locator("ul.ledger li", has_text=WEI.name)
    expect(line.locator("b.next")).to_have_text("Прислать спецификацию")

    line.locator("a.who").click()
    with olga.page.expect_navigation():
        olga.page.locator("#outcome button[value=cooperation_possible]").click()
    pressed = olga.page.locator("#outcome button[aria-pressed=true]")
    expect(pressed).to_have_attribute("value", "cooperation_possible")
    wei.go("/contacts").locator("ul.ledger a", has_text=OLGA.name).click()
    # What one side says came of it stays with that side.
    expect(wei.page.locator("#outcome")).not_to_contain_text(OLGA.name)
    expect(wei.page.locator("#outcome button[aria-pressed=true]")).to_have_count(0)

    # The step is in the calendar, what was written since in the digest.
    assert read_calendar(olga, "Прислать спецификацию") == due
    olga.go("/contacts").locator("ul.ledger a", has_text=WEI.name).click()
    talk(olga)
    write(olga, "Спецификация готова, смотрите.")
    assert wait_for_digest(served, WEI.email).locale == "zh"
    letter = wei.go("/letters").locator("article", has_text=WEI.email).first
    expect(letter).to_contain_text(OLGA.name)

    take_everything_and_leave(wei, "每个车皮约三千美元")
    for path in ("/contacts", "/messages", "/notices", "/directory"):
        source = olga.go(path).content()
        assert WEI.name not in source
        assert WEI.latin_name not in source
