"""Pages of asking and answering: what people see, and that nothing typed is lost."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from matchmaker.app import Site
from matchmaker.clock import now
from matchmaker.matching import answers
from matchmaker.matching.models import Introduction, IntroductionState
from matchmaker.profiles.models import Profile
from tests.conftest import Visitor, add_introduction

Join = Callable[..., tuple[Visitor, str]]
State = IntroductionState
OFFERS = (("supply", "Wheat of Kostanay"),)
RIGHT_TO_LEFT = "شلونك؟ نبي نشتري تمر \u202eabc"
SCRIPT = "<script>alert(1)</script><b>bold</b> & co"


@pytest.fixture
def pair(join: Join) -> tuple[Visitor, str, Visitor, str]:
    """Give a seeker who reads English and somebody who reads Russian."""
    seeker = join(name="Ann Lee", offers=OFFERS, locale="en", organisation="A")
    candidate = join(name="Борис", offers=OFFERS, locale="ru", organisation="B")
    return *seeker, *candidate


@pytest.fixture
def asked(site: Site, pair: tuple[Visitor, str, Visitor, str]) -> str:
    """Give the address of a pending request of the first to the second."""
    with site.sessions.write.begin() as session:
        seeker, candidate = (
            session.scalars(select(Profile).where(Profile.public_id == one)).one()
            for one in (pair[1], pair[3])
        )
        found = add_introduction(session, seeker, candidate, state=State.PENDING)
        return f"/introductions/{found.public_id}"


def only(site: Site) -> Introduction:
    """Return the one request there is."""
    with site.sessions.read() as session:
        return session.scalars(select(Introduction)).one()


def typed(page: str, name: str) -> str:
    """Return what stands in a text box."""
    found = re.search(
        rf'<textarea[^>]*name="{name}"[^>]*>\s*(.*?)</textarea>', page, re.DOTALL
    )
    return found.group(1) if found else ""


def form(**values: str) -> dict[str, str]:
    return {"seeker_item": "", "candidate_item": "", **values}


def test_the_draft_is_in_both_languages_and_both_are_sent(
    site: Site, pair: tuple[Visitor, str, Visitor, str]
) -> None:
    seeker, _, candidate, candidate_id = pair
    page = seeker.get(f"/people/{candidate_id}/ask").text
    assert typed(page, "note").startswith("Здравствуйте")
    assert typed(page, "original").startswith("Hello")
    sent = seeker.post(
        f"/people/{candidate_id}/ask",
        form(note="Здравствуйте, поговорим?", original="Hello, shall we talk?"),
    )
    assert sent.status_code == 303
    stored = only(site)
    assert (stored.lang, stored.original_lang) == ("ru", "en")
    read = candidate.get(f"/introductions/{stored.public_id}").text
    assert read.index("Здравствуйте, поговорим?") < read.index("Hello, shall we talk?")
    assert 'lang="ru"' in read
    assert 'lang="en"' in read


def test_people_of_one_language_write_one_text(join: Join, site: Site) -> None:
    seeker, _ = join(name="Ann", offers=OFFERS)
    _, other = join(name="Bob", offers=OFFERS)
    page = seeker.get(f"/people/{other}/ask").text
    assert 'name="original"' not in page
    assert seeker.post(f"/people/{other}/ask", form(note="Hello")).status_code == 303
    assert (only(site).note, only(site).original) == ("Hello", "")


def test_own_words_alone_are_enough(
    site: Site, pair: tuple[Visitor, str, Visitor, str]
) -> None:
    seeker, _, _, candidate_id = pair
    sent = seeker.post(f"/people/{candidate_id}/ask", form(note="", original="Hello!"))
    assert sent.status_code == 303
    stored = only(site)
    assert (stored.note, stored.lang, stored.original) == ("Hello!", "en", "")


@pytest.mark.parametrize(
    "note", ["", "   \n ", "\u200b\u2060", "\u200d\u200c", "\u3164"]
)
def test_a_note_in_which_nothing_can_be_read_is_refused(
    site: Site, pair: tuple[Visitor, str, Visitor, str], note: str
) -> None:
    seeker, _, _, candidate_id = pair
    page = seeker.post(f"/people/{candidate_id}/ask", form(note=note, original=note))
    assert page.status_code == 422
    with site.sessions.read() as session:
        assert session.scalars(select(Introduction)).all() == []


def test_fifty_kilobytes_are_refused_and_still_there(
    pair: tuple[Visitor, str, Visitor, str],
) -> None:
    seeker, _, _, candidate_id = pair
    long = "слово " * 5_000
    page = seeker.post(f"/people/{candidate_id}/ask", form(note=long, original="Hi"))
    assert page.status_code == 422
    assert typed(page.text, "note").strip() == long.strip()
    assert typed(page.text, "original").strip() == "Hi"


@pytest.mark.parametrize(
    "note", ["👍🏽👩‍👩‍👧", RIGHT_TO_LEFT, SCRIPT, "javascript:alert(1)"]
)
def test_strange_notes_arrive_as_text(
    site: Site, pair: tuple[Visitor, str, Visitor, str], note: str
) -> None:
    seeker, _, candidate, candidate_id = pair
    sent = seeker.post(f"/people/{candidate_id}/ask", form(note=note, original="Hi"))
    assert sent.status_code == 303
    page = candidate.get(f"/introductions/{only(site).public_id}").text
    assert "<script>alert" not in page
    assert "<b>bold" not in page
    assert "\u202e" not in page
    assert 'href="javascript' not in page


def test_the_same_form_sent_twice_is_one_request_and_no_error(
    site: Site, pair: tuple[Visitor, str, Visitor, str]
) -> None:
    seeker, _, _, candidate_id = pair
    for _ in range(2):
        sent = seeker.post(
            f"/people/{candidate_id}/ask", form(note="Hello", form_key="once")
        )
        assert sent.status_code == 303
    assert only(site).note == "Hello"


def test_who_asks_at_the_same_moment_keeps_the_text_and_sees_the_request(
    pair: tuple[Visitor, str, Visitor, str], asked: str
) -> None:
    _, seeker_id, candidate, _ = pair
    page = candidate.post(f"/people/{seeker_id}/ask", form(note="Мои слова"))
    assert page.status_code == 409
    assert typed(page.text, "note").strip() == "Мои слова"
    assert f'href="{asked}"' in page.text


def test_who_was_told_no_reads_it_before_writing_again(
    pair: tuple[Visitor, str, Visitor, str], asked: str
) -> None:
    seeker, _, candidate, candidate_id = pair
    candidate.post(f"{asked}/answer", {"answer": "not_now"})
    page = seeker.get(f"/people/{candidate_id}/ask")
    assert page.status_code == 200
    assert "not long ago" in page.text


def test_the_text_can_be_begun_anew_with_other_items(
    site: Site, pair: tuple[Visitor, str, Visitor, str]
) -> None:
    seeker, seeker_id, _, candidate_id = pair
    with site.sessions.read() as session:
        mine = session.scalars(
            select(Profile).where(Profile.public_id == seeker_id)
        ).one()
        item = mine.opportunities[0].public_id
    page = seeker.post(
        f"/people/{candidate_id}/ask",
        {"seeker_item": item, "candidate_item": "", "note": "x", "compose": "1"},
    )
    assert page.status_code == 200
    assert "Wheat of Kostanay" in typed(page.text, "note")


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        ("yes", State.ACCEPTED),
        ("no", State.DECLINED),
        ("not_now", State.DECLINED),
        ("not_relevant", State.DECLINED),
    ],
)
def test_each_answer_is_one_tap(
    site: Site,
    pair: tuple[Visitor, str, Visitor, str],
    asked: str,
    answer: str,
    state: State,
) -> None:
    candidate = pair[2]
    assert f'value="{answer}"' in candidate.get(asked).text or answer == "no"
    assert candidate.post(f"{asked}/answer", {"answer": answer}).status_code == 303
    assert only(site).state is state


def test_the_seeker_reads_no_reason_after_a_no(
    pair: tuple[Visitor, str, Visitor, str], asked: str
) -> None:
    seeker, _, candidate, _ = pair
    pages = []
    candidate.post(f"{asked}/answer", {"answer": "not_relevant"})
    pages.append(seeker.get(asked).text)
    assert "It did not work out this time." in pages[0]
    assert "relevant" not in pages[0]


@pytest.mark.parametrize("days", ["7", "30", "90"])
def test_later_is_one_tap_too_and_both_read_the_day(
    site: Site, pair: tuple[Visitor, str, Visitor, str], asked: str, days: str
) -> None:
    seeker, _, candidate, _ = pair
    candidate.post(f"{asked}/answer", {"answer": "later", "in_days": days})
    stored = only(site)
    assert stored.state is State.LATER
    assert stored.returns_at is not None
    assert stored.returns_at.date() == now().date() + timedelta(days=int(days))
    assert "They asked to come back to it on" in seeker.get(asked).text


@pytest.mark.parametrize(
    "later_on", ["2190-01-01", "2020-01-01", "0001-01-01", "9999-12-31", "soon", ""]
)
def test_a_wrong_day_is_refused_beside_the_field_and_kept(
    site: Site, pair: tuple[Visitor, str, Visitor, str], asked: str, later_on: str
) -> None:
    page = pair[2].post(f"{asked}/answer", {"answer": "later", "later_on": later_on})
    assert page.status_code == 422
    assert only(site).state is State.PENDING
    field = re.search(r'<input[^>]*name="later_on"[^>]*>', page.text)
    assert field is not None
    assert 'aria-invalid="true"' in field.group(0)
    assert f'value="{later_on}"' in field.group(0)


def test_an_unknown_answer_changes_nothing(
    site: Site, pair: tuple[Visitor, str, Visitor, str], asked: str
) -> None:
    page = pair[2].post(f"{asked}/answer", {"answer": "perhaps"})
    assert page.status_code == 422
    assert only(site).state is State.PENDING


def end(site: Site, how: str) -> None:
    """Bring the one request to an end behind somebody's back."""
    with site.sessions.write.begin() as session:
        found = session.scalars(select(Introduction)).one()
        if how == "expired":
            found.expires_at = now() - timedelta(minutes=1)
        elif how == "withdrawn":
            answers.withdraw(session, found.seeker_id, found.public_id)
        else:
            answers.decline(session, found.candidate_id, found.public_id, reason=None)


ENDS = {
    "expired": "The time to answer was over on",
    "withdrawn": "They took the request back on",
    "declined": "You said no on",
}


@pytest.mark.parametrize("how", list(ENDS))
@pytest.mark.parametrize("answer", ["yes", "later", "colleague"])
def test_an_answer_that_comes_too_late_says_what_happened(
    site: Site,
    pair: tuple[Visitor, str, Visitor, str],
    asked: str,
    how: str,
    answer: str,
) -> None:
    candidate = pair[2]
    candidate.post("/language", {"locale": "en"})
    end(site, how)
    told = {"answer": answer, "in_days": "7", "colleague": "x"}
    page = candidate.post(f"{asked}/answer", told)
    assert page.status_code == 409
    assert 'role="alert"' in page.text
    assert 'value="yes"' not in page.text
    assert ENDS[how] in page.text


def test_taking_back_what_was_answered_meanwhile_says_so(
    site: Site, pair: tuple[Visitor, str, Visitor, str], asked: str
) -> None:
    seeker, _, candidate, _ = pair
    candidate.post(f"{asked}/answer", {"answer": "yes"})
    page = seeker.post(f"{asked}/withdraw")
    assert page.status_code == 409
    assert "You are introduced since" in page.text
    assert only(site).state is State.ACCEPTED


def test_a_request_passed_on_is_seen_by_all_three(
    site: Site, join: Join, pair: tuple[Visitor, str, Visitor, str], asked: str
) -> None:
    seeker, _, candidate, _ = pair
    colleague, colleague_id = join(name="Dana", offers=OFFERS, organisation="")
    with site.sessions.write.begin() as session:
        found = session.scalars(select(Introduction)).one()
        dana = session.scalars(
            select(Profile).where(Profile.public_id == colleague_id)
        ).one()
        dana.organisation_id = found.candidate.organisation_id
    assert "Dana" in candidate.get(asked).text
    candidate.post(
        f"{asked}/answer", {"answer": "colleague", "colleague": colleague_id}
    )
    with site.sessions.read() as session:
        second = session.scalars(
            select(Introduction).where(Introduction.state == State.PENDING)
        ).one()
        address = f"/introductions/{second.public_id}"
    assert "Dana" in seeker.get(asked).text
    assert f'href="{address}"' in seeker.get(asked).text
    assert "Борис passed your request on" in seeker.get(address).text
    assert "Борис passed this request on to you" in colleague.get(address).text
    assert candidate.get(address).status_code == 404


def test_the_day_of_delivery_is_told_before_one_asks(
    site: Site, join: Join, pair: tuple[Visitor, str, Visitor, str]
) -> None:
    seeker, _, candidate, candidate_id = pair
    assert candidate.post("/me/pace", {"pace": "1"}).status_code == 303
    other, _ = join(name="Eve", offers=OFFERS)
    other.post(f"/people/{candidate_id}/ask", form(note="Hi", original="Hi"))
    assert (
        "Yours comes before them on" in seeker.get(f"/people/{candidate_id}/ask").text
    )
    sent = seeker.post(f"/people/{candidate_id}/ask", form(note="Hello", original=""))
    assert sent.status_code == 303
    with site.sessions.read() as session:
        queued = session.scalars(
            select(Introduction).where(Introduction.state == State.QUEUED)
        ).one()
    address = f"/introductions/{queued.public_id}"
    assert "yours comes before them on" in seeker.get(address).text
    assert candidate.get(address).status_code == 404


@pytest.mark.parametrize("pace", ["4", "-1", "x", "³", "9" * 50])
def test_a_pace_that_is_not_offered_is_refused(
    pair: tuple[Visitor, str, Visitor, str], pace: str
) -> None:
    assert pair[0].post("/me/pace", {"pace": pace}).status_code == 422


def outcome_of(site: Site) -> dict[str, Any]:
    with site.sessions.read() as session:
        return {
            f"{one.stage}": one.value
            for one in session.scalars(select(Introduction)).one().outcomes
        }


def test_a_deal_is_told_of_and_taken_back(
    site: Site, pair: tuple[Visitor, str, Visitor, str], asked: str
) -> None:
    seeker, _, candidate, _ = pair
    assert seeker.get(f"{asked}/deal").status_code == 404
    candidate.post(f"{asked}/answer", {"answer": "yes"})
    told = {"kinds": ["order", "project"], "value": "to_100k", "countries": ["KZ"]}
    assert seeker.post(f"{asked}/deal", told).status_code == 303
    page = seeker.get(f"{asked}/deal").text
    assert len(re.findall(r'value="(?:order|project)"\s+checked', page)) == 2
    assert outcome_of(site) == {"2": "agreement"}
    theirs = candidate.get(f"{asked}/deal").text
    assert not re.search(r'value="(?:order|project)"\s+checked', theirs)
    bad = {"kinds": ["bribe"], "value": "much"}
    assert seeker.post(f"{asked}/deal", bad).status_code == 422
    assert seeker.post(f"{asked}/deal", {"value": "unsaid"}).status_code == 303


def test_a_request_put_off_is_on_the_page_of_the_person(
    pair: tuple[Visitor, str, Visitor, str], asked: str
) -> None:
    seeker, _, candidate, candidate_id = pair
    candidate.post(f"{asked}/answer", {"answer": "later", "in_days": "7"})
    assert f'href="{asked}"' in seeker.get(f"/people/{candidate_id}").text
