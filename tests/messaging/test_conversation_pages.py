"""Pages of conversations: what is kept, shown, hidden, and what they cost."""

import io
import re
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from matchmaker.admin import moderation
from matchmaker.app import Site
from matchmaker.clock import now
from matchmaker.events.models import Attendance, Event, EventKind, EventStaff, StaffRole
from matchmaker.messaging.models import Message
from matchmaker.profiles.models import Profile
from matchmaker.trust import blocks
from matchmaker.trust.models import HeldText, Report, Restraint
from tests.conftest import Visitor, add_introduction

Join = Callable[..., tuple[Visitor, str]]
REL = "nofollow noopener noreferrer"


@pytest.fixture
def pair(site: Site, join: Join) -> tuple[Visitor, Visitor, str]:
    """Give two signed-in people who are introduced, and the path of their talk."""
    anna, first = join(name="Anna")
    chen, second = join(name="Chen", locale="zh")
    with site.sessions.write.begin() as session:
        people = {
            one.public_id: one
            for one in session.scalars(
                select(Profile).where(Profile.public_id.in_([first, second]))
            )
        }
        found = add_introduction(session, people[first], people[second])
        return anna, chen, f"/messages/{found.public_id}"


def lines(page: str) -> list[str]:
    return re.findall(r'<div class="text"[^>]*>(.*?)</div>', page, re.DOTALL)


def typed(page: str) -> str:
    found = re.search(r"<textarea[^>]*>\s*(.*?)</textarea>", page, re.DOTALL)
    assert found is not None
    return found.group(1)


def form_key(page: str) -> str:
    found = re.search(r'name="form_key"[^>]*value="([^"]+)"', page)
    assert found is not None
    return found.group(1)


def test_reading_shows_once_what_is_new_and_tells_the_author_it_was_seen(
    pair: Any,
) -> None:
    anna, chen, talk = pair
    anna.post(talk, {"text": "Good day"})
    assert "Seen" not in anna.get(talk).text
    assert '<span class="count num">1' in chen.get("/proposals").text
    first = chen.get(talk).text
    assert 'id="new"' in first
    assert '<span class="count num">' not in first
    assert 'id="new"' not in chen.get(talk).text
    assert anna.get(talk).text.count('class="seen"') == 1


def test_an_open_page_gets_new_lines_once_and_nothing_when_there_are_none(
    pair: Any,
) -> None:
    anna, chen, talk = pair
    assert chen.get(f"{talk}/more?after=0&seen=0&unread=0").data == b""
    anna.post(talk, {"text": "Good day"})
    page = chen.get(f"{talk}/more?after=0&seen=0&unread=0").text
    assert lines(page) == ["Good day"]
    assert 'id="new"' not in page
    assert chen.get(f"{talk}/more?after=1&seen=0&unread=0").data == b""
    seen = anna.get(f"{talk}/more?after=1&seen=0&unread=0").text
    assert 'class="seen"' in seen
    assert lines(seen) == []


def test_the_frame_learns_how_much_is_unread(pair: Any) -> None:
    anna, chen, talk = pair
    anna.post(talk, {"text": "Good day"})
    assert ">1<" in chen.get("/messages/unread?known=0").text
    assert chen.get("/messages/unread?known=1").data == b""


@pytest.mark.parametrize("text", ["", " \n ", "\u200d\u3164", "x" * 50_000])
def test_a_text_that_cannot_be_sent_is_refused_and_kept(pair: Any, text: str) -> None:
    anna, _chen, talk = pair
    answer = anna.post(talk, {"text": text})
    assert answer.status_code == 422
    assert "summary-title" in answer.text
    assert typed(answer.text) == text.strip()
    if len(text) > 10_000:
        assert "10000" in answer.text
    assert lines(anna.get(talk).text) == []


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("a\u202eb\u200bc", "abc"),
        ("שלום 👋🏽 привет 你好", "שלום 👋🏽 привет 你好"),
        ("javascript:alert(1)", "javascript:alert(1)"),
        ("one\n\n  two", "one\n\n  two"),
        (
            'https://a.example/"x',
            f'<a href="https://a.example/" rel="{REL}">https://a.example/</a>&#34;x',
        ),
    ],
)
def test_any_text_comes_out_harmless_and_whole(
    pair: Any, text: str, shown: str
) -> None:
    anna, chen, talk = pair
    anna.post(talk, {"text": text})
    for _ in range(2):  # the second time it is a kept page
        assert lines(chen.get(talk).text) == [shown]


def test_the_language_of_a_text_is_known_and_named_to_who_reads_another(
    pair: Any,
) -> None:
    anna, chen, talk = pair
    chen.post(talk, {"text": "请问价格是多少"})
    page = anna.get(talk).text
    assert '<div class="text" lang="zh" dir="auto">' in page
    assert '<span class="tag">Chinese</span>' in page
    assert 'class="tag"' not in chen.get(talk).text


def test_what_was_typed_survives_leaving_and_another_sign_in(
    site: Site, pair: Any, new_visitor: Callable[[], Visitor]
) -> None:
    anna, chen, talk = pair
    key = form_key(anna.get(talk).text)
    kept = anna.post(f"{talk}/draft", {"text": "Dear\n\n  Mr Chen", "form_key": key})
    assert kept.status_code == 303
    assert "Draft" in anna.get("/messages").text
    assert "Mr Chen" not in chen.get("/messages").text + chen.get(talk).text
    with site.sessions.read() as session:
        anna_id = select(Profile).filter_by(full_name="Anna")
        user = session.scalars(anna_id).one().user
        assert user is not None
        email = user.email
    phone = new_visitor()
    phone.sign_in(email)
    for _ in range(2):
        page = phone.get(talk).text
        assert typed(page) == "Dear\n\n  Mr Chen"
        assert form_key(page) == key
    phone.post(talk, {"text": "Dear Mr Chen", "form_key": key})
    assert typed(anna.get(talk).text) == ""
    assert "Draft" not in anna.get("/messages").text


def test_a_draft_saved_by_the_page_is_answered_without_a_page(pair: Any) -> None:
    anna, _chen, talk = pair
    headers = {"X-Requested-With": "fetch"}
    values = {"text": "x" * 50_000, "form_key": "k"}
    assert anna.post(f"{talk}/draft", values, headers=headers).status_code == 204
    assert typed(anna.get(talk).text) == "x" * 50_000


def test_each_visit_of_a_kept_page_has_a_form_key_of_its_own(pair: Any) -> None:
    anna, _chen, talk = pair
    keys = {form_key(anna.get(talk).text) for _ in range(3)}
    assert len(keys) == 3


def test_a_page_seen_again_costs_one_statement_and_is_never_stale(
    pair: Any, count_statements: list[str]
) -> None:
    anna, chen, talk = pair
    anna.post(talk, {"text": "Good day"})
    chen.get(talk)
    for path in (talk, "/messages"):
        for visitor in (anna, chen):
            count_statements.clear()
            visitor.get(path)
            assert len(count_statements) <= 3
            count_statements.clear()
            visitor.get(path)
            assert len(count_statements) == 1
    chen.post(talk, {"text": "您好"})
    assert "您好" in anna.get("/messages").text
    assert lines(anna.get(talk).text) == ["Good day", "您好"]


def test_asking_for_news_costs_two_statements(
    pair: Any, count_statements: list[str]
) -> None:
    anna, _chen, talk = pair
    anna.get(talk)
    count_statements.clear()
    assert anna.get(f"{talk}/more?after=0&seen=0&unread=0").data == b""
    assert len(count_statements) == 2


def test_a_long_conversation_opens_at_its_end_and_turns_back(
    site: Site, pair: Any
) -> None:
    anna, chen, talk = pair
    anna.post(talk, {"text": "first"})
    with site.sessions.write.begin() as session:
        first = session.scalars(select(Message)).one()
        session.add_all(
            Message(
                introduction_id=first.introduction_id,
                author_id=first.author_id,
                recipient_id=first.recipient_id,
                text=f"line {number}",
                form_key=str(number),
            )
            for number in range(2, 2001)
        )
        session.execute(update(Message).values(read_at=first.sent_at))
    page = chen.get(talk).text
    assert lines(page)[0] == "line 1951"
    assert lines(page)[-1] == "line 2000"
    assert f'href="{talk}?upto=1950#m1950"' in page
    earlier = chen.get(f"{talk}?upto=1950").text
    assert (lines(earlier)[0], lines(earlier)[-1]) == ("line 1901", "line 1950")
    assert "data-more" not in earlier
    assert lines(chen.get(f"{talk}?upto=3").text) == ["first", "line 2", "line 3"]
    found = chen.get("/messages?q=line+77").text
    assert f'href="{talk}?upto=87#m77"' in found
    assert "<mark>line</mark> <mark>77</mark>" in found


def test_a_report_shows_the_moderators_what_the_reporter_chose(
    site: Site, pair: Any
) -> None:
    anna, chen, talk = pair
    for text in ("Hello", "Send money first", "I wait"):
        anna.post(talk, {"text": text})
    form = chen.get(f"{talk}/report").text
    moments = re.findall(r'name="messages"\s+value="([^"]+)"', form)
    assert len(moments) == 3
    values = {"kind": "fraud", "messages": moments[1:2], "note": "Never met"}
    assert chen.post(f"{talk}/report", values).status_code == 303
    with site.sessions.read() as session:
        report = session.scalars(select(Report)).one()
        assert "Send money first" in report.excerpt
        assert "Hello" not in report.excerpt
        assert report.note == "Never met"
    forged = {"kind": "fraud", "messages": ["2020-01-01T00:00:00+00:00"]}
    assert chen.post(f"{talk}/report", forged).status_code == 422


def test_a_blocked_conversation_is_not_there_for_either(site: Site, pair: Any) -> None:
    anna, chen, talk = pair
    anna.post(talk, {"text": "Buy my wheat"})
    anna.get(talk)
    with site.sessions.write.begin() as session:
        people = {one.full_name: one.id for one in session.scalars(select(Profile))}
        blocks.block(session, people["Chen"], people["Anna"])
    for visitor, other in ((anna, "Chen"), (chen, "Anna")):
        for path in (talk, f"{talk}/more", f"{talk}/report"):
            assert visitor.get(path).status_code == 404
        for path in (talk, f"{talk}/draft", f"{talk}/report"):
            assert visitor.post(path, {"text": "Hello"}).status_code == 404
        assert other not in visitor.get("/messages").text
        assert "Buy my" not in visitor.get("/messages?q=wheat").text


def test_a_held_message_waits_for_a_moderator_and_its_author_knows(
    site: Site, pair: Any
) -> None:
    anna, chen, talk = pair
    with site.sessions.write.begin() as session:
        author = session.scalars(select(Profile).filter_by(full_name="Anna")).one()
        session.add(Restraint(profile_id=author.id, texts_held=True))
    key = form_key(anna.get(talk).text)
    for _ in range(2):
        answer = anna.post(
            talk, {"text": "Good day", "form_key": key}, follow_redirects=True
        )
        assert "a moderator reads it first" in answer.text
    assert lines(chen.get(talk).text) == []
    with site.sessions.write.begin() as session:
        held = session.scalars(select(HeldText)).one()
        moderation.release_text(session, 1, held.public_id, asking={})
    assert lines(chen.get(talk).text) == ["Good day"]


def contents(answer: Any) -> bytes:
    """Return what an answer says; a table of Excel is a packed file."""
    data: bytes = answer.data
    if not data.startswith(b"PK"):
        return data
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        return b"".join(packed.read(name) for name in packed.namelist())


def add_event(site: Site) -> None:
    """Add an event that both of the pair attend, run by the admin."""
    with site.sessions.write.begin() as session:
        event = Event(
            slug="fair",
            names={"en": "Fair"},
            kind=EventKind.MEETING,
            starts_at=now() - timedelta(days=9),
            ends_at=now() - timedelta(days=8),
        )
        session.add(event)
        session.flush()
        for person in session.scalars(select(Profile)):
            session.add(Attendance(event_id=event.id, profile_id=person.id))
            if person.full_name == "Admin":
                runner = EventStaff(
                    event_id=event.id, user_id=person.user_id, role=StaffRole.OWNER
                )
                session.add(runner)


def test_organisers_and_admins_read_nobodys_messages(
    site: Site, pair: Any, join: Join
) -> None:
    anna, chen, talk = pair
    anna.post(talk, {"text": "zebra-marker of ours"})
    chen.post(f"{talk}/draft", {"text": "zebra-marker unsent", "form_key": "k"})
    admin, _ = join(name="Admin", is_admin=True)
    add_event(site)
    known = {"introduction_id": talk.split("/")[-1], "slug": "fair", "ending": "xlsx"}
    opened = set()
    for rule in site.app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()):
            continue
        path = re.sub(r"<any\(([^,)]+)[^>]*>", r"\1", rule.rule)
        for name, value in known.items():
            path = re.sub(rf"<(?:[^:>]+:)?{name}>", value, path)
        if "<" in path:
            continue
        answer = admin.get(path)
        assert b"zebra-marker" not in contents(answer), path
        if answer.status_code == 200:
            opened.add(path)
    expected = {"/admin", "/admin/moderation", "/events/fair", "/events/fair/report"}
    assert expected <= opened
    assert talk not in opened
    found = admin.get("/messages?q=zebra")
    assert (found.status_code, "marker of ours" in found.text) == (200, False)
    assert "zebra-marker of ours" in chen.get(talk).text
