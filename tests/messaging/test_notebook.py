"""The overview of contacts, on both databases: shelves, filters, order, pages."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from matchmaker.events.models import Attendance, Event, EventKind
from matchmaker.matching import service as matching
from matchmaker.matching.models import DecisionKind, Introduction, IntroductionState
from matchmaker.messaging import notebook
from matchmaker.messaging.models import ContactKind, Message, StepOwner
from matchmaker.messaging.notebook import Line, Wanted
from matchmaker.messaging.rules import Shelf
from matchmaker.profiles.models import Profile, ProfileStatus
from matchmaker.profiles.search import index_profile
from matchmaker.trust import blocks
from tests.conftest import MakeMember, add_introduction
from tests.messaging.noting import TODAY, note

Meet = Callable[..., Introduction]


@pytest.fixture
def me(make_member: MakeMember) -> Profile:
    """Give the member whose notebook is read."""
    return make_member(name="Anna")


@pytest.fixture
def meet(session: Session, me: Profile, make_member: MakeMember) -> Meet:
    """Return a factory of people the member was introduced to."""

    def make(
        name: str, *, days_ago: int = 1, asked_me: bool = False, **values: Any
    ) -> Introduction:
        partner = make_member(name=name, **values)
        pair = (partner, me) if asked_me else (me, partner)
        introduction = add_introduction(session, *pair)
        introduction.answered_at = at(days_ago)
        return introduction

    return make


def at(days_ago: int) -> datetime:
    """Return noon of a day before TODAY."""
    return datetime.combine(TODAY - timedelta(days=days_ago), time(12), tzinfo=UTC)


def read(session: Session, me: Profile, **wanted: Any) -> dict[str, Shelf]:
    """Return who stands on which shelf, in the order of the page."""
    return {line.full_name: line.shelf for line in lines(session, me, **wanted)}


def lines(session: Session, me: Profile, **wanted: Any) -> list[Line]:
    """Return the lines of the first page."""
    found = notebook.list_lines(
        session, me.id, today=TODAY, wanted=Wanted(**wanted), page=1
    )
    return list(found.lines)


def test_every_contact_stands_on_the_shelf_that_says_what_to_do(
    session: Session, me: Profile, meet: Meet, make_member: MakeMember
) -> None:
    day = timedelta(days=1)
    meet("New", asked_me=True)
    meet("Sleeping", days_ago=31)
    note(session, meet("Touched"), me)
    note(session, meet("Overdue", days_ago=90), me, next_step="x", due_on=TODAY - day)
    note(session, meet("Due", days_ago=90), me, next_step="x", due_on=TODAY)
    note(session, meet("Next"), me, next_step="x", due_on=TODAY + day)
    theirs = {"next_step": "x", "owner": StepOwner.THEM}
    note(session, meet("Theirs"), me, due_on=TODAY + day, **theirs)
    note(session, meet("Theirs, some day"), me, **theirs)
    note(session, meet("Theirs, late"), me, due_on=TODAY - day, **theirs)
    pending = IntroductionState.PENDING
    add_introduction(session, make_member(name="Asks me"), me, state=pending)
    add_introduction(session, me, make_member(name="Asked"), state=pending)
    saved = make_member(name="Saved", offers=(("supply", "Millet"),))
    matching.decide(session, me.id, saved.id, kind=DecisionKind.SAVED)
    shelf = read(session, me)
    assert list(shelf)[:3] == ["Asks me", "Theirs, late", "Overdue"]
    assert shelf == {
        "Asks me": Shelf.ASKED,
        "Theirs, late": Shelf.OVERDUE,
        "Overdue": Shelf.OVERDUE,
        "Due": Shelf.TODAY,
        "Next": Shelf.NEXT,
        "Theirs": Shelf.WAITING,
        "Asked": Shelf.WAITING,
        "Theirs, some day": Shelf.WAITING,
        "New": Shelf.NEW,
        "Touched": Shelf.TOUCH,
        "Sleeping": Shelf.SLEEPING,
        "Saved": Shelf.SAVED,
    }


def test_a_message_of_either_side_wakes_a_contact(
    session: Session, me: Profile, meet: Meet
) -> None:
    contact = meet("Chen", days_ago=60)
    session.add(
        Message(
            introduction_id=contact.id,
            author_id=contact.candidate_id,
            recipient_id=me.id,
            text="Hello",
            form_key="1",
            sent_at=at(2),
        )
    )
    session.flush()
    (line,) = lines(session, me)
    assert (line.shelf, line.last_kind) == (Shelf.NEW, "message")
    assert line.last_on == TODAY - timedelta(days=2)
    note(session, contact, me, happened_on=TODAY - timedelta(days=1))
    (line,) = lines(session, me)
    assert (line.shelf, line.last_kind) == (Shelf.TOUCH, "call")


def test_a_step_alone_is_no_contact_that_took_place(
    session: Session, me: Profile, meet: Meet
) -> None:
    note(session, meet("Chen", days_ago=3), me, next_step="Call", planned=True)
    (line,) = lines(session, me)
    assert (line.shelf, line.next_step) == (Shelf.NEW, "Call")
    assert line.last_on == TODAY - timedelta(days=3)


def test_what_the_other_side_keeps_to_itself_moves_nothing(
    session: Session, me: Profile, meet: Meet
) -> None:
    contact = meet("Chen", days_ago=60)
    note(session, contact, contact.candidate, what="A secret", next_step="Secret")
    (line,) = lines(session, me)
    assert (line.shelf, line.next_step) == (Shelf.SLEEPING, "")
    assert lines(session, me, words="secret") == []


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ({"facets": {"country": "CN"}}, {"Wei"}),
        ({"facets": {"language": "zh"}}, {"Wei"}),
        ({"facets": {"sector": "logistics"}}, {"Wei"}),
        ({"facets": {"event": "spring"}}, {"Ольга"}),
        ({"facets": {"event": "theirs alone"}}, set()),
        ({"facets": {"kind": "visit"}}, {"Ольга"}),
        ({"facets": {"step": "yes"}}, {"Ольга"}),
        ({"facets": {"step": "no"}}, {"Wei"}),
        ({"words": "ольга"}, {"Ольга"}),
        ({"words": "орский"}, {"Ольга"}),
        ({"words": "SILK"}, {"Wei"}),
        ({"words": "100%"}, set()),
        ({"words": "образц"}, {"Ольга"}),
        ({"words": "wei", "facets": {"country": "RU"}}, set()),
        ({"shelf": Shelf.NEW}, {"Wei"}),
    ],
)
def test_filters_narrow_the_notebook(
    session: Session,
    me: Profile,
    meet: Meet,
    wanted: dict[str, Any],
    names: set[str],
) -> None:
    wei = meet(
        "Wei",
        country="CN",
        languages=("zh",),
        sectors=("logistics",),
        organisation="Silk Road 100",
    ).candidate
    olga = meet("Ольга", country="RU", organisation="Горский хлеб")
    note(
        session,
        olga,
        me,
        kind=ContactKind.VISIT,
        next_step="Отправить образцы",
        what="",
    )
    for slug, people in (
        ("spring", (me, olga.candidate)),
        ("theirs alone", (wei, olga.candidate)),
    ):
        event = Event(
            slug=slug,
            names={"en": slug},
            kind=EventKind.WEBINAR,
            starts_at=at(9),
            ends_at=at(9),
        )
        session.add(event)
        session.flush()
        session.add_all(
            [Attendance(event_id=event.id, profile_id=one.id) for one in people]
        )
    for one in (wei, olga.candidate):
        one.status = ProfileStatus.ACTIVE
        index_profile(session, one)
    assert set(read(session, me, **wanted)) == names
    choices = notebook.list_choices(session, me.id, today=TODAY)
    assert [(c.value, c.label, c.count) for c in choices["event"]] == [
        ("spring", {"en": "spring"}, 1)
    ]
    assert {(c.value, c.count) for c in choices["country"]} == {("CN", 1), ("RU", 1)}
    assert {c.value for c in choices["kind"]} == {"visit"}
    assert {c.value for c in choices["language"]} >= {"zh", "ru"}


def test_sorting_and_pages_show_everybody_once(
    session: Session, me: Profile, meet: Meet
) -> None:
    for number in range(7):
        meet(f"Person {number}", days_ago=number)
    assert next(iter(read(session, me, sort="oldest"))) == "Person 6"
    assert next(iter(read(session, me, sort="recent"))) == "Person 0"
    assert list(read(session, me, sort="name")) == [f"Person {n}" for n in range(7)]
    seen: list[str] = []
    for page in (1, 2, 3, 4):
        found = notebook.list_lines(
            session, me.id, today=TODAY, wanted=Wanted(), page=page, size=3
        )
        assert found.counts == {Shelf.NEW: 7}
        assert found.total == 7
        seen += [line.full_name for line in found.lines]
    assert sorted(seen) == [f"Person {n}" for n in range(7)]


def test_blocked_people_leave_the_notebook_at_once(
    session: Session, me: Profile, meet: Meet
) -> None:
    contact = meet("Chen")
    note(session, contact, me, next_step="Call", due_on=TODAY)
    assert lines(session, me) != []
    blocks.block(session, contact.candidate_id, me.id)
    assert lines(session, me) == []
    assert notebook.list_choices(session, me.id, today=TODAY)["country"] == []
