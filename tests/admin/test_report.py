"""The report of an event: each person once on each step, whole and by parts."""

import csv
import io
from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from matchmaker.admin.report_service import STEPS, report
from matchmaker.clock import now
from matchmaker.events.models import Attendance, Event, EventGroup, EventKind
from matchmaker.matching.models import IntroductionState, Outcome
from matchmaker.messaging.models import ContactKind, FollowUp
from matchmaker.profiles.models import Profile, ProfileStatus
from tests.conftest import MakeMember, add_introduction

Seat = Callable[..., None]


@pytest.fixture
def event(session: Session) -> Event:
    event = Event(
        slug="fair",
        names={"en": "Fair"},
        kind=EventKind.WEBINAR,
        starts_at=now(),
        ends_at=now(),
    )
    session.add(event)
    session.flush()
    return event


def seat(
    session: Session, event: Event, *people: Profile, group: EventGroup | None = None
) -> None:
    session.add_all(
        Attendance(
            event_id=event.id,
            profile_id=one.id,
            minutes=None,
            group_id=group.id if group else None,
            batch_id=None,
        )
        for one in people
    )
    session.flush()


def test_nobody_gives_noughts_and_no_shares(session: Session, event: Event) -> None:
    found = report(session, event)
    assert set(found.whole.counts.values()) == {0}
    assert found.whole.share("asked") is None
    assert found.parts == {"group": [], "sector": [], "country": [], "language": []}


def test_a_person_is_counted_once_on_each_step_reached(
    session: Session, event: Event, make_member: MakeMember
) -> None:
    wheat = {"offers": (("supply", "wheat"),), "requests": (("supply", "cotton"),)}
    asker = make_member(name="Asker", country="KZ", sectors=("agri",), **wheat)
    others = [make_member(name=f"O{at}", country="CN", **wheat) for at in range(3)]
    draft = Profile(status=ProfileStatus.DRAFT, full_name="Draft", country="CN")
    session.add(draft)
    session.flush()
    group = EventGroup(event_id=event.id, name="Buyers", open_limit=None)
    session.add(group)
    session.flush()
    seat(session, event, asker, group=group)
    seat(session, event, *others[:2], draft)
    for candidate, state in zip(
        others,
        (
            IntroductionState.ACCEPTED,
            IntroductionState.ACCEPTED,
            IntroductionState.EXPIRED,
        ),
        strict=True,
    ):
        made = add_introduction(session, asker, candidate, state=state)
        session.flush()
        session.add(
            Outcome(
                introduction_id=made.id,
                author_id=asker.id,
                stage=1,
                value="cooperation_possible",
            )
        )
        session.add(
            FollowUp(
                introduction_id=made.id,
                author_id=candidate.id,
                kind=ContactKind.CALL,
                happened_on=now().date(),
                due_on=None,
                done_at=None,
                form_key=f"key-{made.id}",
            )
        )
    session.flush()
    found = report(session, event)
    assert dict(found.whole.counts) == {
        "listed": 4,
        "invited": 3,
        "claimed": 3,
        "complete": 3,
        "asked": 1,
        "answered": 1,
        "accepted": 1,
        "followed_up": 1,
        "good": 1,
    }
    assert found.introductions == (3, 2)
    assert found.pairs == [("CN", "KZ", 2)]
    by_country = {part.label: part.counts["listed"] for part in found.parts["country"]}
    assert by_country == {"CN": 3, "KZ": 1}
    assert [part.label for part in found.parts["group"]] == ["", "Buyers"]
    for kind in found.parts:
        for step in STEPS:
            total = sum(part.counts[step] for part in found.parts[kind])
            assert total == found.whole.counts[step]


def test_a_file_never_holds_a_formula(
    session: Session, event: Event, make_member: MakeMember
) -> None:
    from matchmaker import sheets

    group = EventGroup(event_id=event.id, name="=1+1", open_limit=None)
    session.add(group)
    session.flush()
    seat(session, event, make_member(), group=group)
    label = report(session, event).parts["group"][0].label
    text = sheets.csv_file([[label]]).decode("utf-8-sig")
    assert next(csv.reader(io.StringIO(text))) == ["'=1+1"]
