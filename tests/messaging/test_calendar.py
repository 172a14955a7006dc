"""The calendar of steps: its secret address, and what calendars read there."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from icalendar import Calendar
from sqlalchemy import select

from matchmaker.accounts.models import User
from matchmaker.app import Site
from matchmaker.clock import now
from matchmaker.messaging import calendars, ledger, rules
from matchmaker.messaging.models import (
    CalendarFeed,
    CancelledStep,
    ContactKind,
    FollowUp,
)
from matchmaker.profiles.models import Profile
from matchmaker.trust import blocks
from tests.conftest import Visitor, add_introduction, add_member
from tests.messaging.noting import note, noted

Events = dict[str, Any]


@dataclass(slots=True)
class Subscribed:
    """A member with a contact, a step and a calendar that reads it."""

    site: Site
    me: int
    partner: int
    step: str
    path: str
    visitor: Visitor

    def read(self, **headers: str) -> Any:
        """Ask for the calendar, as a program without cookies does."""
        return self.site.app.test_client().get(self.path, headers=headers)

    def events(self) -> Events:
        """Return what stands in the calendar, by UID."""
        answer = self.read()
        assert answer.status_code == 200
        calendar: Any = Calendar.from_ical(answer.data)
        return {str(one["UID"]): one for one in calendar.walk("VEVENT")}


def today() -> date:
    return now().date()


@pytest.fixture
def subscribed(site: Site, new_visitor: Callable[[], Visitor]) -> Subscribed:
    """Give a member whose calendar is read."""
    with site.sessions.write.begin() as session:
        me = add_member(session, email="anna@example.org", name="Anna")
        partner = add_member(session, name="Чен; Ли, Ltd")
        contact = add_introduction(session, me, partner)
        step = note(
            session,
            contact,
            me,
            what="He hesitates",
            next_step="Send samples, 5 kg",
            due_on=today(),
            happened_on=today(),
            today=today(),
        )
        assert step is not None
        known = (me.id, partner.id, step.public_id)
    visitor = new_visitor()
    visitor.sign_in("anna@example.org")
    path = open_calendar(visitor)
    return Subscribed(site, *known, path, visitor)


def open_calendar(visitor: Visitor) -> str:
    """Make an address and return its path, as the page shows it."""
    visitor.post("/settings/calendar/renew")
    found = re.search(r"http://localhost(/calendar/[^\"]+\.ics)", shown(visitor))
    assert found is not None
    return found.group(1)


def shown(visitor: Visitor) -> str:
    page: str = visitor.get("/settings/calendar").text
    return page


def test_a_calendar_reads_the_step_its_day_and_the_way_to_it(
    subscribed: Subscribed,
) -> None:
    ((uid, event),) = subscribed.events().items()
    assert uid.startswith(subscribed.step)
    assert str(event["SUMMARY"]) == "Send samples, 5 kg · Чен; Ли, Ltd"
    assert event["DTSTART"].dt == today()
    assert event["DTEND"].dt == today() + timedelta(days=1)
    assert (event["SEQUENCE"], event["STATUS"]) == (0, "CONFIRMED")
    assert "/contacts/" in event["URL"]
    assert event.walk("VALARM") == []
    answer = subscribed.read()
    assert answer.content_type == "text/calendar; charset=utf-8"
    assert "X-WR-CALNAME:Matchmaker · Contacts" in answer.text
    assert "Set-Cookie" not in answer.headers


def test_the_address_is_shown_once_and_only_its_digest_is_stored(
    subscribed: Subscribed,
) -> None:
    assert "/calendar/" not in shown(subscribed.visitor).replace("/settings/", "")
    secret = subscribed.path.removeprefix("/calendar/").removesuffix(".ics")
    raw = subscribed.site.sessions.engine.raw_connection()
    stored = "\n".join(raw.driver_connection.iterdump())
    raw.close()
    assert secret not in stored


def test_a_renewed_or_closed_calendar_leads_nowhere(subscribed: Subscribed) -> None:
    old = subscribed.path
    subscribed.path = open_calendar(subscribed.visitor)
    assert subscribed.site.app.test_client().get(old).status_code == 404
    assert subscribed.read().status_code == 200
    subscribed.visitor.post("/settings/calendar/close")
    assert subscribed.read().status_code == 404


def test_a_disabled_account_has_no_calendar(subscribed: Subscribed) -> None:
    with subscribed.site.sessions.write.begin() as session:
        session.scalars(select(User)).first().disabled_at = now()  # type: ignore[union-attr]
    assert subscribed.read().status_code == 404


def test_an_unchanged_calendar_is_not_sent_again(subscribed: Subscribed) -> None:
    first = subscribed.read()
    assert subscribed.read().data == first.data
    tag, moment = first.headers["ETag"], first.headers["Last-Modified"]
    again = subscribed.read(**{"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    assert subscribed.read(**{"If-Modified-Since": moment}).status_code == 304
    with subscribed.site.sessions.write.begin() as session:
        ledger.finish_step(session, subscribed.me, subscribed.step, done=True)
    assert subscribed.read(**{"If-None-Match": tag}).status_code == 200


def test_notes_stand_in_it_only_when_their_owner_wants_it(
    subscribed: Subscribed,
) -> None:
    assert b"hesitates" not in subscribed.read().data
    subscribed.visitor.post("/settings/calendar/notes", {"with_notes": "1"})
    (event,) = subscribed.events().values()
    assert str(event["DESCRIPTION"]) == "He hesitates"
    subscribed.visitor.post("/settings/calendar/notes", {"with_notes": "0"})
    assert b"hesitates" not in subscribed.read().data


def test_the_calendar_speaks_its_owners_language(subscribed: Subscribed) -> None:
    with subscribed.site.sessions.write.begin() as session:
        session.get_one(Profile, subscribed.me).user.locale = "ru"  # type: ignore[union-attr]
    answer = subscribed.read(**{"Accept-Language": "zh"})
    assert "X-WR-CALNAME:Matchmaker · Контакты" in answer.text


def test_a_blocked_contact_stands_in_no_calendar(subscribed: Subscribed) -> None:
    with subscribed.site.sessions.write.begin() as session:
        blocks.block(session, subscribed.partner, subscribed.me)
    assert subscribed.events() == {}


def test_a_cancelled_step_is_told_for_a_month_and_then_forgotten(
    subscribed: Subscribed,
) -> None:
    with subscribed.site.sessions.write.begin() as session:
        ledger.remove_follow_up(session, subscribed.me, subscribed.step)
    (event,) = subscribed.events().values()
    assert (event["STATUS"], event["SEQUENCE"]) == ("CANCELLED", 1)
    assert "samples" not in str(event["SUMMARY"])
    with subscribed.site.sessions.write.begin() as session:
        gone = session.scalars(select(CancelledStep)).one()
        gone.cancelled_at = now() - rules.CANCELLED_FOR - timedelta(hours=1)
    assert subscribed.events() == {}
    with subscribed.site.sessions.write.begin() as session:
        assert calendars.forget_cancelled(session) == 1


ACTS = ("move", "words", "done", "reopen", "undate", "redate", "remove")


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(acts=st.lists(st.sampled_from(ACTS), min_size=1, max_size=6))
def test_whatever_happens_to_a_step_it_keeps_its_uid_and_its_sequence_rises(
    subscribed: Subscribed, acts: list[str]
) -> None:
    with subscribed.site.sessions.write.begin() as session:
        contact = session.scalars(select(FollowUp.introduction_id)).first()
        assert contact is not None
        step = FollowUp(
            introduction_id=contact,
            author_id=subscribed.me,
            kind=ContactKind.CALL,
            happened_on=today(),
            next_step="Call",
            due_on=today(),
            form_key=f"{acts}{now()}",
        )
        session.add(step)
        session.flush()
        uid = step.public_id
    name = f"{uid}@step.matchmaker"
    before = subscribed.events()[name]["SEQUENCE"]
    for number, act in enumerate(acts):
        changed = _act(subscribed, uid, act, number=number)
        event = subscribed.events()[name]
        assert (event["SEQUENCE"] > before) == changed
        before = event["SEQUENCE"]
        assert event["STATUS"] == _expected(subscribed, uid)


def _act(subscribed: Subscribed, uid: str, act: str, *, number: int) -> bool:
    """Do something to a step; tell whether it changed what a calendar shows."""
    with subscribed.site.sessions.write.begin() as session:
        step = session.scalar(select(FollowUp).where(FollowUp.public_id == uid))
        if step is None:
            return False
        before, me, dated = step.version, subscribed.me, step.due_on is not None
        known = {"version": before, "today": today()}
        words = noted(
            happened_on=today(),
            what=step.what,
            next_step=step.next_step,
            due_on=step.due_on,
        )
        if act == "move":
            ledger.move_step(session, me, uid, days=7, seen=step.due_on, **known)
        elif act in {"done", "reopen"}:
            ledger.finish_step(session, me, uid, done=act == "done")
        elif act == "remove":
            ledger.remove_follow_up(session, me, uid)
            return dated
        else:
            change: dict[str, Any] = {
                "words": {"what": f"Call {number}"},
                "undate": {"due_on": None},
                "redate": {"due_on": today() + timedelta(days=number)},
            }[act]
            ledger.edit_follow_up(
                session, me, uid, noted=replace(words, **change), **known
            )
        return step.version != before and (dated or step.due_on is not None)


def _expected(subscribed: Subscribed, uid: str) -> str:
    with subscribed.site.sessions.read() as session:
        step = session.scalar(select(FollowUp).where(FollowUp.public_id == uid))
        open_one = step is not None and step.done_at is None and step.due_on is not None
    return "CONFIRMED" if open_one else "CANCELLED"


def test_one_member_has_one_calendar(subscribed: Subscribed) -> None:
    for _ in range(3):
        open_calendar(subscribed.visitor)
    with subscribed.site.sessions.read() as session:
        assert len(session.scalars(select(CalendarFeed)).all()) == 1
