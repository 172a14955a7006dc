"""Forms: cleaned text, kept values, errors that lead to their fields."""

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from matchmaker.app import Site
from matchmaker.messaging.models import Message
from matchmaker.profiles.models import Profile
from matchmaker.web.forms import LONGEST_FORM_KEY, clean, clean_line
from tests.conftest import Visitor, add_introduction, add_member

Join = Callable[..., tuple[Visitor, str]]
PERSON = {
    "full_name": "Ольга Ким",
    "latin_name": "Olga Kim",
    "job_title": "Founder <b>",
    "country": "KZ",
    "city": "Караганда",
    "languages": ["ru", "kk"],
}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  two  words ", "two words"),
        ("line\r\nbreak", "line break"),
        ("nul\x00bell\x07", "nulbell"),
        ("cafe\u0301", "caf\u00e9"),
        ("abc\u202ecba\u2066x\u2069", "abccbax"),
        ("zero\u200bwidth\ufeff\u2060", "zerowidth"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("👩\u200d🌾", "👩\u200d🌾"),
        ("全角\u3000空白", "全角 空白"),
        (None, ""),
    ],
)
def test_a_line_keeps_what_people_read_and_nothing_hidden(
    typed: str | None, kept: str
) -> None:
    assert clean_line(typed) == kept


def test_a_text_keeps_its_line_breaks() -> None:
    assert clean(" one\r\ntwo\n\nthree\t4 \n") == "one\ntwo\n\nthree\t4"


@given(st.text())
def test_cleaning_twice_changes_nothing_more(typed: str) -> None:
    assert clean(clean(typed)) == clean(typed)
    assert clean_line(clean_line(typed)) == clean_line(typed)


def summary_links(page: str) -> list[str]:
    found = re.search(r'<div class="summary".*?</div>', page, re.DOTALL)
    assert found is not None, "no summary of what to correct"
    return re.findall(r'href="#([^"]+)"', found[0])


def test_what_was_typed_is_still_there_after_an_error(join: Join) -> None:
    member, _ = join()
    form = {**PERSON, "full_name": "", "city": "x" * 101}
    answer = member.post("/me/edit/person", form)
    assert answer.status_code == 422
    page = answer.text
    assert 'value="Olga Kim"' in page
    assert 'value="Founder &lt;b&gt;"' in page
    assert f'value="{"x" * 101}"' in page
    assert re.search(r'<option selected value="KZ"', page)
    for code in ("ru", "kk"):
        (box,) = re.findall(rf'<input[^>]*\bvalue="{code}"[^>]*>', page)
        assert "checked" in box


def test_the_summary_leads_to_every_field_that_is_wrong(join: Join) -> None:
    member, _ = join()
    form = {**PERSON, "full_name": " \u200b ", "city": "x" * 101, "country": "XX"}
    page = member.post("/me/edit/person", form).text
    links = summary_links(page)
    assert set(links) == {"full_name", "city", "country"}
    for name in links:
        (control,) = re.findall(rf'<(?:input|select)[^>]*\bid="{name}"[^>]*>', page)
        assert 'aria-invalid="true"' in control
        described = re.search(r'aria-describedby="([^"]+)"', control)
        assert described is not None
        for part in described[1].split():
            assert f'id="{part}"' in page
    assert 'role="alert"' in page


def test_a_password_is_never_sent_back(visitor: Visitor) -> None:
    form = {"email": "not an address", "password": "grey horses sing"}
    for path in ("/sign-in", "/register"):
        answer = visitor.post(path, form)
        assert answer.status_code == 422
        assert 'value="not an address"' in answer.text
        assert "grey horses sing" not in answer.text


def test_every_field_that_is_asked_for_has_a_label(
    visitor: Visitor, join: Join
) -> None:
    member, _ = join()
    pages = [visitor.get(path) for path in ("/sign-in", "/register", "/reset")]
    steps = ("person", "organisation", "reach")
    pages += [member.get(f"/me/edit/{step}") for step in steps]
    pages += [member.get("/me/items/new/offer"), member.get("/settings")]
    for page in pages:
        for control in re.findall(r"<(?:input|select|textarea)\b[^>]*>", page.text):
            if 'type="hidden"' in control or 'type="checkbox"' in control:
                continue
            name = re.search(r'\bid="([^"]+)"', control)
            assert name is not None, control
            assert f'for="{name[1]}"' in page.text, control


def test_what_is_saved_is_clean(site: Site, join: Join) -> None:
    member, public_id = join()
    form = {**PERSON, "full_name": "  Ольга\u202e \x07 Ким ", "job_title": "A\r\nB"}
    assert member.post("/me/edit/person", form).status_code == 303
    with site.sessions.read() as session:
        profile = session.scalars(select(Profile).filter_by(public_id=public_id)).one()
        assert (profile.full_name, profile.job_title) == ("Ольга Ким", "A B")


def test_a_form_cannot_change_more_than_it_shows(site: Site, join: Join) -> None:
    member, public_id = join()
    form = {
        **PERSON,
        "id": "99",
        "user_id": "99",
        "public_id": "mine",
        "status": "draft",
        "organisation_id": "1",
        "is_admin": "1",
        "about": "smuggled",
        "contacts": "{}",
    }
    assert member.post("/me/edit/person", form).status_code == 303
    with site.sessions.read() as session:
        profile = session.scalars(select(Profile).filter_by(public_id=public_id)).one()
        assert profile.about == ""
        assert profile.id != 99
        assert profile.user is not None
        assert not profile.user.is_admin
        assert profile.status == "claimed"


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)//a.b",
        "javascript://a.example.org/%0aalert(1)",
        "data:text/html,x.y",
        "ftp://a.example.org",
        "https://",
        "https://[::1",
        "https://a b.example.org",
        "//",
    ],
)
def test_a_link_is_a_web_address_or_is_refused(join: Join, address: str) -> None:
    member, _ = join()
    form = {"organisation": "Steppe", "website": address, "size": ""}
    answer = member.post("/me/edit/organisation", form)
    assert answer.status_code == 422
    assert summary_links(answer.text) == ["website"]


def test_links_of_members_carry_no_weight_and_no_referrer(join: Join) -> None:
    member, public_id = join(offers=(("supply", "Wheat"),))
    form = {"organisation": "Steppe", "website": "steppe.example.org", "size": ""}
    member.post("/me/edit/organisation", form)
    reader, _ = join()
    page = reader.get(f"/people/{public_id}").text
    (link,) = re.findall(r'<a\b[^>]*href="https://steppe.example.org"[^>]*>', page)
    assert 'rel="nofollow noopener' in link


def test_texts_of_members_are_shown_as_text(join: Join) -> None:
    markup = '"><img src=x onerror=alert(1)>{{7*7}}'
    member, public_id = join(
        name=markup, organisation=markup, city=markup, offers=(("supply", markup),)
    )
    reader, _ = join()
    for page in (
        reader.get(f"/people/{public_id}"),
        reader.get("/directory"),
        reader.get(f"/people/{public_id}/ask"),
        member.get("/me"),
        member.get("/me/edit/person"),
        reader.get("/directory", query_string={"q": markup, "country": markup}),
    ):
        assert page.status_code == 200
        assert "<img src=x" not in page.text
        assert "{{7*7}}" in page.text


@pytest.mark.parametrize("key", ["k" * 10_000, "k"])
def test_a_form_sent_twice_writes_one_message(site: Site, join: Join, key: str) -> None:
    member, public_id = join(offers=(("supply", "Wheat"),))
    with site.sessions.write.begin() as session:
        own = session.scalars(select(Profile).filter_by(public_id=public_id)).one()
        address = add_introduction(session, own, add_member(session)).public_id
    for _ in range(2):
        form = {"text": "Hello", "form_key": key}
        answer = member.post(f"/messages/{address}", form)
        assert answer.status_code == 303
    with site.sessions.read() as session:
        (message,) = session.scalars(select(Message))
        assert len(message.form_key) <= LONGEST_FORM_KEY


def test_things_of_others_cannot_be_named_in_a_form(site: Site, join: Join) -> None:
    member, _ = join(offers=(("supply", "Wheat"),))
    _, candidate = join(offers=(("supply", "Rye"),))
    _, third = join(offers=(("supply", "Oats"),))
    with site.sessions.read() as session:
        items = {
            profile.public_id: profile.opportunities[0].public_id
            for profile in session.scalars(select(Profile))
        }
    for form in (
        {"seeker_item": items[third], "candidate_item": items[candidate]},
        {"seeker_item": "", "candidate_item": items[third]},
    ):
        answer = member.post(f"/people/{candidate}/ask", {**form, "note": "Hello"})
        assert answer.status_code == 422


def test_views_of_profiles_are_limited_for_each_account(site: Site, join: Join) -> None:
    site.app.config["VIEW_LIMIT"] = "3 per hour"
    member, _ = join(offers=(("supply", "Wheat"),))
    other, public_id = join(offers=(("supply", "Rye"),))
    statuses = [member.get(f"/people/{public_id}").status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]
    assert other.get(f"/people/{public_id}").status_code == 200
