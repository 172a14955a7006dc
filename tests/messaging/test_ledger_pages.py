"""Pages and files of the ledger, as a browser gets them."""

import csv
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from matchmaker.app import Site
from matchmaker.clock import now
from matchmaker.matching.models import Introduction
from matchmaker.messaging.models import FollowUp
from matchmaker.trust import blocks
from matchmaker.trust.models import ContactView, SeenWhere
from tests.conftest import Visitor, add_introduction, add_member

CONTACTS = {
    "phone": {"value": "+7 701 000 00 01", "visibility": "connections"},
    "email": {"value": "hidden@example.org", "visibility": "nobody"},
    "wechat": {"value": "chen", "visibility": "members"},
}


@dataclass(slots=True)
class Pair:
    """Anna, who is signed in, and Chen, her contact."""

    site: Site
    anna: Visitor
    chen: Visitor
    path: str

    def noted(self) -> list[FollowUp]:
        """Return what was noted, oldest first."""
        with self.site.sessions.read() as session:
            return list(session.scalars(select(FollowUp).order_by(FollowUp.id)))

    def note(self, **values: str) -> Any:
        """Send the form of two taps."""
        data = {"kind": "call", "owner": "me", "when": "today", **values}
        return self.anna.post(f"{self.path}/follow-ups", data)

    def edit(self, **values: str) -> Any:
        """Send the form that changes the only note."""
        (noted,) = self.noted()
        told = {
            "kind": noted.kind.value,
            "happened_on": noted.happened_on.isoformat(),
            "owner": "me",
            "version": str(noted.version),
        }
        path = f"/follow-ups/{noted.public_id}"
        return self.anna.post(path, {**told, **values})


@pytest.fixture
def pair(site: Site, new_visitor: Callable[[], Visitor]) -> Pair:
    """Give two people who are introduced, both signed in."""
    with site.sessions.write.begin() as session:
        anna = add_member(session, email="anna@example.org", name="Anna")
        chen = add_member(
            session, email="chen@example.org", name="=Chen()", contacts=CONTACTS
        )
        path = f"/contacts/{add_introduction(session, anna, chen).public_id}"
    visitors = [new_visitor(), new_visitor()]
    for visitor, name in zip(visitors, ("anna", "chen"), strict=True):
        visitor.sign_in(f"{name}@example.org")
    return Pair(site, *visitors, path)


@pytest.mark.parametrize(("when", "back"), [("today", 0), ("yesterday", 1)])
def test_a_kind_and_a_day_are_enough(pair: Pair, when: str, back: int) -> None:
    assert pair.note(kind="visit", when=when).status_code == 303
    (noted,) = pair.noted()
    assert noted.kind == "visit"
    assert noted.happened_on == now().date() - timedelta(days=back)


def test_without_a_kind_nothing_is_noted_and_the_words_stay(pair: Pair) -> None:
    answer = pair.note(kind="", what="Prices\u200b <b>10</b>", next_step="Call")
    assert answer.status_code == 422
    assert "Please choose what it was" in answer.text
    assert "Prices &lt;b&gt;10&lt;/b&gt;" in answer.text
    assert pair.noted() == []


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("happened_on", "2190-01-01", "today or a day in the past"),
        ("happened_on", "1901-01-01", "within the next ten years"),
        ("happened_on", "32 May", "Not a valid date"),
        ("due_on", "2190-01-01", "within the next ten years"),
        ("due_on", "2001-01-01", "today or a later day"),
        ("what", "long " * 10_000, "At most 2000 characters"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field_and_stays_typed(
    pair: Pair, field: str, value: str, said: str
) -> None:
    answer = pair.note(**{"next_step": "Call about prices", field: value})
    assert answer.status_code == 422
    assert f'id="{field}-wrong"' in answer.text
    assert said in answer.text
    assert value.strip() in answer.text
    assert "Call about prices" in answer.text
    assert pair.noted() == []


def test_a_day_that_a_zone_skips_is_no_stumbling_block(pair: Pair) -> None:
    # Apia had no 30 December 2011; on it the clock went from Thursday to Saturday.
    zone = "Pacific/Apia"
    pair.anna.post("/settings", {"locale": "en", "time_zone": zone})
    here = datetime.now(ZoneInfo(zone)).date()
    assert pair.note().status_code == 303
    assert pair.noted()[0].happened_on == here
    for day in ("2016-12-30", (here + timedelta(days=1)).isoformat()):
        assert pair.note(happened_on=day, what=day).status_code == 303
    assert pair.anna.get(pair.path).status_code == 200


def test_a_plan_needs_a_step_and_notes_no_contact(pair: Pair) -> None:
    path = f"{pair.path}/step"
    far = {"plan-next_step": "Write", "plan-due_on": "2190-01-01", "plan-owner": "me"}
    answer = pair.anna.post(path, far)
    assert answer.status_code == 422
    assert 'value="2190-01-01"' in answer.text
    assert pair.anna.post(path, {"plan-owner": "me"}).status_code == 422
    assert pair.anna.post(path, {**far, "plan-due_on": ""}).status_code == 303
    assert [one.planned for one in pair.noted()] == [True]


def test_a_stale_edit_gets_409_with_both_texts(pair: Pair) -> None:
    pair.note(what="First")
    assert pair.edit(what="In this window", version="1").status_code == 303
    answer = pair.edit(what="In the other", version="1")
    assert answer.status_code == 409
    assert "In this window" in answer.text
    assert "In the other" in answer.text
    assert 'name="version" type="hidden" value="2"' in answer.text
    assert [one.what for one in pair.noted()] == ["In this window"]


def test_a_shared_note_says_that_it_was_edited_and_a_private_one_is_not_seen(
    pair: Pair,
) -> None:
    pair.note(what="Between us", shared="y")
    page = pair.chen.get(pair.path).text
    assert "Between us" in page
    assert "edited" not in page
    pair.edit(what="Between us two", shared="y")
    assert "edited" in pair.chen.get(pair.path).text
    pair.edit(what="For me alone")
    assert "For me alone" not in pair.chen.get(pair.path).text


def test_done_and_removed_can_be_taken_back_or_are_gone(pair: Pair) -> None:
    pair.note(next_step="Send")
    (noted,) = pair.noted()
    path = f"/follow-ups/{noted.public_id}"
    pair.anna.post(f"{path}/done")
    page = pair.anna.get(pair.path).text
    assert f'action="{path}/reopen"' in page  # the way back, beside "Done"
    pair.anna.post(f"{path}/reopen")
    assert pair.noted()[0].done_at is None
    assert pair.anna.post(f"{path}/remove").status_code == 303
    assert pair.noted() == []


def test_the_timeline_tells_everything_once_and_narrows(pair: Pair) -> None:
    pair.note(what="Prices")
    page = pair.anna.get(pair.path).text
    for said in ("You asked to be introduced", "They said yes", "Prices"):
        assert page.count(said) == 1
    narrow = pair.anna.get(f"{pair.path}?show=introduction").text
    assert "Prices" not in narrow
    assert "They said yes" in narrow
    assert "Prices" in pair.anna.get(f"{pair.path}?show=nonsense").text


def test_a_new_page_of_the_notebook_takes_three_statements_with_filters_too(
    pair: Pair, count_statements: list[str]
) -> None:
    pair.note(next_step="Call", due_on=now().date().isoformat())
    pair.anna.get("/contacts")  # notes that may be shown once are over
    for path, most in (("/contacts?q=chen&sort=name", 3), ("/contacts?filter=1", 3)):
        count_statements.clear()
        page = pair.anna.get(path).text
        assert "=Chen()" in page
        assert len(count_statements) <= most, count_statements


@pytest.mark.parametrize(
    "query",
    [
        "?page=0",
        "?page=99999999999999999999",
        "?shelf=nonsense&sort=nonsense",
        "?country=%27%3B--&sector=x&event=y&language=z&kind=q&step=maybe",
        "?q=%25_%5C&shelf=new",
        f"?q={'x' * 3000}",
    ],
)
def test_an_address_made_by_hand_gets_a_page(pair: Pair, query: str) -> None:
    assert pair.anna.get(f"/contacts{query}").status_code == 200
    assert pair.anna.get(f"/contacts.csv{query}").status_code == 200


def test_files_hold_the_chosen_lines_and_no_formula(pair: Pair) -> None:
    pair.note(next_step="=HYPERLINK(1)", due_on=now().date().isoformat())
    answer = pair.anna.get("/contacts.csv?shelf=today")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert len(rows) == 2
    assert rows[1][0] == "'=Chen()"
    assert "'=HYPERLINK(1)" in rows[1]
    assert "attachment" in answer.headers["Content-Disposition"]
    assert len(pair.anna.get("/contacts.csv?shelf=new").text.splitlines()) == 1
    sheet = pair.anna.get("/contacts.xlsx").data
    book = CalamineWorkbook.from_filelike(io.BytesIO(sheet))
    assert book.get_sheet_by_index(0).to_python()[1][0] == "=Chen()"


def test_cards_hold_what_connections_may_see_and_the_look_is_noted(pair: Pair) -> None:
    for path in ("/contacts.vcf", f"{pair.path}/card.vcf"):
        card = pair.anna.get(path)
        assert card.content_type == "text/vcard; charset=utf-8"
        assert "TEL;TYPE=WORK,VOICE:+7 701 000 00 01" in card.text
        assert "X-WECHAT:chen" in card.text
        assert "hidden@example.org" not in card.text
    with pair.site.sessions.read() as session:
        places = set(session.scalars(select(ContactView.place)))
    assert places == {SeenWhere.CARD, SeenWhere.EXPORT}


def test_no_file_gives_away_details_without_a_yes_or_across_a_block(
    pair: Pair, join: Callable[..., Any]
) -> None:
    stranger, _ = join(name="Stranger")
    assert stranger.get(f"{pair.path}/card.vcf").status_code == 404
    assert "701" not in stranger.get("/contacts.vcf").text
    with pair.site.sessions.write.begin() as session:
        one = session.scalars(select(Introduction)).one()
        blocks.block(session, one.candidate_id, one.seeker_id)
    for path in ("/contacts.vcf", "/contacts.csv", "/contacts/print", "/contacts"):
        assert "Chen" not in pair.anna.get(path).text
    assert pair.anna.get(f"{pair.path}/card.vcf").status_code == 404


def test_a_page_to_print_has_every_line(pair: Pair) -> None:
    pair.note(next_step="Call")
    page = pair.anna.get("/contacts/print").text
    assert "=Chen()" in page
    assert "Call" in page


def test_a_long_history_is_cut_and_the_rest_is_one_link_away(pair: Pair) -> None:
    day = datetime.now(UTC).date()
    for number in range(40):
        pair.note(
            what=f"Note {number}.",
            happened_on=(day - timedelta(days=number)).isoformat(),
        )
    page = pair.anna.get(pair.path).text
    assert "Note 0." in page
    assert "Note 39." not in page
    more = re.search(r'href="([^"]+whole=1[^"]*)"', page)
    assert more is not None
    assert "Note 39." in pair.anna.get(more.group(1)).text
