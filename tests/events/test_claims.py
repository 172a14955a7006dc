"""Opening the links of an invitation, confirming, correcting."""

import re
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from matchmaker.accounts import service as accounts
from matchmaker.clock import now
from matchmaker.db import Base, Sessions
from matchmaker.errors import DomainError
from matchmaker.events import claiming
from matchmaker.events.roster import Seed
from matchmaker.profiles.models import (
    Opportunity,
    Profile,
    ProfileStatus,
    SearchEntry,
)
from tests.events.house import GOOD, PAGES, House, keep_all, make_site
from tests.events.rosters import QUESTION, add_draft, add_event, invited, send

# Opening ---------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_opening_the_links_changes_nothing(house: House, method: str) -> None:
    before = house.rows()
    for page in PAGES:
        answer = house.visit().client.open(house.path(page), method=method)
        assert answer.status_code in {200, 303}, page
    assert house.rows() == before


def test_the_page_shows_what_is_stored_where_from_and_four_equal_answers(
    house: House,
) -> None:
    page = house.visit().get(house.path()).text
    for said in ("Динара Оспанова", "+77015550101", "spring.csv", "Olga Owner"):
        assert said in page
    buttons = re.findall(rf'<a class="([^"]+)"\s+href="{house.path()}/(\w+)"', page)
    assert {name for _css, name in buttons} == {"confirm", "correct", "erase", "never"}
    assert len({css for css, _name in buttons}) == 1


def test_the_pages_speak_the_language_of_the_letter_until_another_is_chosen(
    house: House,
) -> None:
    visitor = house.visit()
    assert '<html lang="ru"' in visitor.get(house.path()).text
    visitor.post("/language", {"locale": "zh", "next": house.path()})
    assert '<html lang="zh"' in visitor.get(house.path()).text


def test_the_secret_goes_out_in_no_referer_and_no_log(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    for page in PAGES:
        answer = house.visit().get(house.path(page))
        assert answer.headers.get_all("Referrer-Policy") == ["strict-origin"]
        assert answer.headers["Cache-Control"] == "no-store"
        assert "noindex" in answer.headers["X-Robots-Tag"]
        assert not re.search(r'(?:href|src)="https?://', answer.text)
        # Nobody is sent on with the secret in a query, where proxies log it.
        assert "?" not in answer.headers.get("Location", "")
    house.visit().post(house.path("/erase"))
    told = capsys.readouterr()
    assert house.secret not in told.out + told.err


def test_an_answer_is_accepted_under_https_where_only_the_host_is_told(
    tmp_path: Path,
) -> None:
    site = make_site(tmp_path, BASE_URL="https://localhost")
    with site.sessions.write.begin() as session:
        event, owner = add_event(session)
        path = f"/claim/{invited(session, event, owner)}/erase"
    client = site.app.test_client()
    page = client.get(path, base_url="https://localhost").text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert token is not None
    answer = client.post(
        path,
        base_url="https://localhost",
        data={"csrf_token": token.group(1)},
        headers={"Referer": "https://localhost/"},
    )
    site.sessions.engine.dispose()
    assert answer.headers["Location"] == "/claim/done"


@pytest.mark.parametrize("page", PAGES)
def test_a_wrong_link_says_what_to_do(house: House, page: str) -> None:
    answer = house.visit().get(f"/claim/{'x' * 43}{page}")
    assert answer.status_code == 404
    assert "/sign-in" in answer.text


def test_a_link_past_its_time_opens_nothing(house: House) -> None:
    with house.site.sessions.write.begin() as session:
        session.scalars(select(Seed)).one().expires_at = now() - timedelta(seconds=1)
    for page in PAGES:
        answer = house.visit().get(house.path(page))
        assert answer.status_code == 410
        assert "+77015550101" not in answer.text
    assert house.visit().post(house.path("/confirm")).status_code == 410


def test_guessing_links_is_slowed_down(house: House) -> None:
    visitor = house.visit()
    codes = [visitor.get(f"/claim/{n:043d}").status_code for n in range(61)]
    assert codes == [404] * 60 + [429]


# Confirm ---------------------------------------------------------------------


def test_confirming_opens_an_account_and_leads_to_the_steps(house: House) -> None:
    visitor = house.visit()
    form = keep_all(visitor.get(house.path("/confirm")).text)
    form |= {"password": GOOD, "time_zone": "Asia/Almaty"}
    answer = visitor.post(house.path("/confirm"), form)
    assert answer.headers["Location"] == "/welcome/person"
    assert "Динара Оспанова" in visitor.get("/welcome/person").text
    with house.site.sessions.read() as session:
        user = accounts.find_user(session, "draft@example.org")
        assert user is not None
        assert user.confirmed_at is not None
        assert (user.locale, user.time_zone) == ("ru", "Asia/Almaty")
        profile = session.scalars(
            select(Profile).where(Profile.user_id == user.id)
        ).one()
        assert profile.status is ProfileStatus.CLAIMED
        assert profile.contacts["phone"]["visibility"] == "connections"
        assert [item.text for item in profile.opportunities] == [QUESTION]
        assert session.scalars(select(Seed)).all() == []
        assert session.scalars(select(SearchEntry)).all() == []
    again = house.visit()
    assert again.sign_in("draft@example.org", GOOD).status_code == 303


def test_a_draft_becomes_visible_only_by_the_first_step(house: House) -> None:
    visitor = house.visit()
    form = keep_all(visitor.get(house.path("/confirm")).text)
    visitor.post(house.path("/confirm"), {"password": GOOD, **form})
    other = house.join(name="Somebody", offers=(("supply", "Tea"),))
    assert "Динара" not in other.get("/directory").text
    visitor.post("/welcome/person", {"full_name": "Динара Оспанова", "country": "KZ"})
    assert "Динара" in other.get("/directory").text


def test_a_question_is_kept_in_other_words_or_dropped(house: House) -> None:
    visitor = house.visit()
    page = visitor.get(house.path("/confirm")).text
    (item,) = keep_all(page)["keep"]
    typed = {"keep": [item], f"text-{item}": "Rail freight to Xi'an", "password": GOOD}
    assert visitor.post(house.path("/confirm"), typed).status_code == 303
    with house.site.sessions.read() as session:
        assert session.scalars(select(Opportunity.text)).all() == [
            "Rail freight to Xi'an"
        ]


def test_a_question_that_was_dropped_is_nowhere_any_more(house: House) -> None:
    answer = house.visit().post(house.path("/confirm"), {"password": GOOD})
    assert answer.status_code == 303
    assert QUESTION.replace("'", "''") not in house.rows()


def test_a_bad_password_or_a_long_text_keeps_what_was_typed(house: House) -> None:
    visitor = house.visit()
    (item,) = keep_all(visitor.get(house.path("/confirm")).text)["keep"]
    for password, text in (("short", "My own words"), (GOOD, "My own words" * 60)):
        form = {"keep": [item], f"text-{item}": text, "password": password}
        answer = visitor.post(house.path("/confirm"), form)
        assert answer.status_code == 422
        assert text in answer.text
    with house.site.sessions.read() as session:
        assert accounts.find_user(session, "draft@example.org") is None


def test_a_link_is_used_once_whatever_the_other_tab_shows(house: House) -> None:
    first, second = house.visit(), house.visit()
    pages = {page: second.get(house.path(page)) for page in PAGES}
    assert all(page.status_code in {200, 303} for page in pages.values())
    answer = first.post(house.path("/confirm"), {"password": GOOD})
    assert answer.status_code == 303
    before = house.rows()
    for page in ("/confirm", "/correct", "/erase", "/never"):
        form = {"password": "another good one", "full_name": "Thief"}
        assert second.post(house.path(page), form).status_code == 404
    assert house.rows() == before


def test_who_registered_without_proving_the_address_loses_it_to_the_link(
    house: House,
) -> None:
    with house.site.sessions.write.begin() as session:
        accounts.create_user(session, "draft@example.org", password="not theirs at all")
    answer = house.visit().post(house.path("/confirm"), {"password": GOOD})
    assert answer.status_code == 303
    stranger = house.visit()
    assert stranger.sign_in("draft@example.org", "not theirs at all").status_code == 422
    assert stranger.sign_in("draft@example.org", GOOD).status_code == 303


# Correct ---------------------------------------------------------------------


def test_data_is_corrected_without_an_account_and_nothing_becomes_public(
    house: House,
) -> None:
    visitor = house.visit()
    form = {
        "full_name": "Dinara Ospan",
        "organisation": "Kostanay Grain",
        "country": "UZ",
        "phone": "",
    }
    answer = visitor.post(house.path("/correct"), form)
    assert answer.headers["Location"] == house.path()
    page = visitor.get(house.path()).text
    assert "Dinara Ospan" in page
    assert "Kostanay Grain" in page
    assert "+77015550101" not in page
    assert QUESTION.replace("'", "&#39;") not in page
    with house.site.sessions.read() as session:
        draft = session.scalars(select(Seed)).one().profile
        assert draft.status is ProfileStatus.INVITED
        assert accounts.find_user(session, "draft@example.org") is None


def test_a_corrected_employer_stays_the_colleagues_as_it_was(session: Session) -> None:
    event, owner = add_event(session)
    seed = add_draft(session, event)
    colleague = add_draft(session, event, email="c@example.org", organisation="")
    colleague.profile.organisation = seed.profile.organisation
    send(session, event, owner, seed)
    values = dict.fromkeys(claiming.CORRECTABLE, "") | {"languages": []}
    claiming.correct(
        session, seed, changes=values, organisation="Mine", phone="", items={}
    )
    assert colleague.profile.organisation_name == "Костанай Зерно"
    assert seed.profile.organisation_name == "Mine"


def test_two_presses_at_the_same_moment_open_one_account(engine: Engine) -> None:
    sessions = Sessions(engine)
    with sessions.write.begin() as session:
        event, owner = add_event(session)
        secret = invited(session, event, owner)
    start = threading.Barrier(2)
    told: list[str] = []

    def press() -> None:
        start.wait()
        try:
            with sessions.write.begin() as session:
                seed = claiming.get_claim(session, secret, lock=True)
                claiming.claim(
                    session, seed, GOOD, locale="ru", time_zone="UTC", items={}
                )
            told.append("claimed")
        except DomainError as error:
            told.append(error.code)

    presses = [threading.Thread(target=press) for _ in range(2)]
    for one in presses:
        one.start()
    for one in presses:
        one.join()
    with sessions.write.begin() as session:
        for table in reversed(Base.metadata.sorted_tables):
            session.execute(table.delete())
    assert sorted(told) == ["claim-unknown", "claimed"]
