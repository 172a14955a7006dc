"""Writing to those of an event's people who are one step short."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from matchmaker.accounts.models import User
from matchmaker.admin import segments
from matchmaker.admin.models import AuditEntry
from matchmaker.admin.segments import Cap, Segment
from matchmaker.app import Site
from matchmaker.clock import now
from matchmaker.errors import DomainError
from matchmaker.events.models import Attendance, Event, EventStaff, StaffRole
from matchmaker.mail import Letter
from matchmaker.matching.models import IntroductionState
from matchmaker.notices import rules
from matchmaker.notices import service as notices
from matchmaker.notices.models import Delivery, NoticeKind, Notification
from matchmaker.profiles.models import Profile
from tests.conftest import Visitor, add_introduction, add_member
from tests.events.rosters import add_draft, add_event

GENEROUS = Cap(per_day=500, per_week=2)
OFFER = (("supply", "Buckwheat"),)
REQUEST = (("logistics", "Rail to Xi'an"),)


@pytest.fixture
def fair(session: Session) -> tuple[Event, int]:
    """Give an event with one person of each sort, and the number of its owner."""
    event, owner = add_event(session)
    assert owner.user_id is not None
    for email, items in {
        "bare": {},
        "offers": {"offers": OFFER},
        "asks": {"requests": REQUEST},
        "both": {"offers": OFFER, "requests": REQUEST},
    }.items():
        attend(session, event, email, **items)
    add_draft(session, event)
    elsewhere, _other = add_event(session, slug="elsewhere")
    attend(session, elsewhere, "elsewhere")
    session.flush()
    return event, owner.user_id


def attend(session: Session, event: Event, name: str, **values: Any) -> Profile:
    """Add a member who was at an event."""
    profile = add_member(session, email=f"{name}@example.org", **values)
    session.add(Attendance(event_id=event.id, profile_id=profile.id))
    session.flush()
    return profile


def send(
    session: Session,
    fair: tuple[Event, int],
    segment: Segment = Segment.NO_ITEM,
    cap: Cap = GENEROUS,
    **values: Any,
) -> int:
    """Write to a segment as the event's owner."""
    event, owner_id = fair
    given = {"by": owner_id, "note": "", "form_key": values.pop("key", "k"), **values}
    return segments.write(session, event, segment, cap=cap, **given)


def told(session: Session) -> list[str]:
    """Return who was told about an event."""
    return list(
        session.scalars(
            select(User.email)
            .join(Notification, Notification.user_id == User.id)
            .where(Notification.kind == NoticeKind.EVENT)
            .order_by(User.email)
        )
    )


@pytest.mark.parametrize(
    ("segment", "who"),
    [
        (Segment.NO_ITEM, ["bare@example.org"]),
        (Segment.NO_REQUEST, ["offers@example.org"]),
        (Segment.PENDING, ["both@example.org"]),
    ],
)
def test_each_segment_is_those_who_are_that_step_short(
    session: Session, fair: tuple[Event, int], segment: Segment, who: list[str]
) -> None:
    both = session.scalars(
        select(Profile).join(Profile.user).where(User.email == "both@example.org")
    ).one()
    for _ in range(2):
        asker = add_member(session)
        add_introduction(session, asker, both, state=IntroductionState.PENDING)
    assert send(session, fair, segment) == 1
    assert told(session) == who
    (letter,) = session.scalars(select(Letter)).all()
    assert letter.recipient == who[0]
    if segment is Segment.PENDING:
        assert letter.context["count"] == 2


def test_people_who_have_not_claimed_are_counted_and_never_written_to(
    session: Session, fair: tuple[Event, int]
) -> None:
    for number, segment in enumerate(Segment):
        send(session, fair, segment, key=str(number))
    assert "draft@example.org" not in {
        letter.recipient for letter in session.scalars(select(Letter))
    }
    unclaimed = segments.count_unclaimed(session, fair[0])
    assert (unclaimed.people, unclaimed.next_reminder) == (1, None)


def test_a_form_sent_twice_writes_once(
    session: Session, fair: tuple[Event, int]
) -> None:
    assert send(session, fair) == 1
    assert send(session, fair) == 0
    assert told(session) == ["bare@example.org"]


def test_nobody_is_written_to_more_often_than_the_cap_of_a_week(
    session: Session, fair: tuple[Event, int]
) -> None:
    sent = [send(session, fair, key=str(number)) for number in range(4)]
    assert sent == [1, 1, 0, 0]
    reach = segments.list_reaches(session, fair[0], GENEROUS)[0]
    assert (reach.people, reach.count, reach.rested) == (1, 0, 1)
    session.execute(update(Notification).values(created_at=now() - timedelta(days=8)))
    assert send(session, fair, key="later") == 1


def test_an_event_has_so_many_letters_a_day_and_says_how_many_wait(
    session: Session, fair: tuple[Event, int]
) -> None:
    for place in range(3):
        attend(session, fair[0], f"more{place}", locale="zh")
    cap = Cap(per_day=2, per_week=9)
    reach = segments.list_reaches(session, fair[0], cap)[0]
    assert (reach.people, reach.count, reach.over) == (4, 2, 2)
    assert reach.locales == {"en": 1, "zh": 1}
    assert send(session, fair, cap=cap) == 2
    assert send(session, fair, cap=cap, key="again") == 0


def test_switches_and_the_way_out_of_letters_hold(
    session: Session, fair: tuple[Event, int]
) -> None:
    people = [attend(session, fair[0], name).user for name in ("later", "never", "no")]
    later, never, stopped = [user.id for user in people if user is not None]
    for user_id, delivery in ((later, Delivery.DIGEST), (never, Delivery.NEVER)):
        notices.save_choices(session, user_id, {NoticeKind.EVENT: delivery})
    key = notices.get_settings(session, stopped).public_id
    notices.stop(session, key, rules.ALL)
    assert send(session, fair) == 4
    to = {letter.recipient for letter in session.scalars(select(Letter))}
    assert to == {"bare@example.org"}


def test_a_helper_looks_and_does_not_write(
    session: Session, fair: tuple[Event, int]
) -> None:
    helper = add_member(session)
    session.add(
        EventStaff(event_id=fair[0].id, user_id=helper.user_id, role=StaffRole.HELPER)
    )
    session.flush()
    with pytest.raises(DomainError, match="invite-not-allowed"):
        send(session, fair, by=helper.user_id)
    assert told(session) == []


@pytest.fixture
def organiser(
    site: Site, join: Callable[..., tuple[Visitor, str]]
) -> Iterator[Visitor]:
    """Give the browser of an event's owner; one person there has nothing listed."""
    visitor, own_id = join(name="Olga")
    with site.sessions.write.begin() as session:
        event, _owner = add_event(session, slug="fair")
        me = session.scalars(select(Profile).where(Profile.public_id == own_id)).one()
        session.add(
            EventStaff(event_id=event.id, user_id=me.user_id, role=StaffRole.OWNER)
        )
        attend(session, event, "anna", locale="ru")
    return visitor


def test_the_page_shows_the_letter_in_each_language_and_nothing_leaves_yet(
    site: Site, organiser: Visitor
) -> None:
    words = "До встречи <b>осенью</b>"
    look = {"segment": "event_no_item", "note": words, "look": "1"}
    page = organiser.post("/events/fair/write", look)
    assert page.status_code == 200
    for locale in ("en", "ru", "zh"):
        assert f'<div class="letter"\n           lang="{locale}"' in page.text
    assert page.text.count("До встречи &lt;b&gt;осенью&lt;/b&gt;") >= 4
    with site.sessions.read() as session:
        assert session.scalars(select(Letter)).all() == []


def test_a_letter_is_sent_with_the_organisers_words_and_stands_in_the_audit_log(
    site: Site, organiser: Visitor
) -> None:
    form = {"segment": "event_no_item", "note": "До встречи!", "form_key": "k"}
    for _ in range(2):
        assert organiser.post("/events/fair/write", form).status_code == 303
    with site.sessions.read() as session:
        (letter,) = session.scalars(select(Letter)).all()
        actions = select(AuditEntry.subject).where(AuditEntry.action == "segment-write")
        assert session.scalars(actions).all()[0] == {
            "event": "fair",
            "segment": "event_no_item",
            "people": 1,
        }
    written = site.outbox.render(letter.template, letter.locale, letter.context)
    assert "До встречи!" in written.text
    assert "До встречи!" in written.html
    assert written.unsubscribe_post


def test_a_note_that_is_too_long_comes_back_as_it_was_typed(
    organiser: Visitor,
) -> None:
    note = "долго " * 100
    page = organiser.post("/events/fair/write", {"note": note})
    assert page.status_code == 422
    assert note.strip() in page.text


def test_a_segment_that_does_not_exist_is_refused(
    site: Site, organiser: Visitor
) -> None:
    for wrong in ("", "everybody", "event_no_item "):
        answer = organiser.post("/events/fair/write", {"segment": wrong})
        assert answer.status_code == 422
    with site.sessions.read() as session:
        assert session.scalars(select(Letter)).all() == []
