"""Who waits for an organiser before being listed, on both databases."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.clock import now
from matchmaker.errors import DomainError
from matchmaker.events import admission, approval, claiming
from matchmaker.events.models import Approval, Attendance, Event, EventStaff, Outcome
from matchmaker.profiles import service as profiles
from matchmaker.profiles.models import (
    Opportunity,
    Profile,
    ProfileStatus,
    Revision,
    SearchEntry,
    Side,
)
from tests.conftest import add_member
from tests.events.house import GOOD
from tests.events.rosters import add_event, invited

LATER = timedelta(minutes=1)


@pytest.fixture
def event(session: Session) -> Event:
    """Give an event that looks at people and items; Olga owns it."""
    found, _owner = add_event(session)
    admission.set_checking(session, found, people=True, items=True)
    return found


def owner_of(session: Session, event: Event) -> Profile:
    owns = Profile.user_id == EventStaff.user_id
    return session.scalars(
        select(Profile).join(EventStaff, owns).where(EventStaff.event_id == event.id)
    ).one()


def claimed(session: Session, event: Event, email: str = "dina@example.org") -> Profile:
    """Let somebody claim a draft of the event and save the first step."""
    secret = invited(session, event, owner_of(session, event), email=email)
    seed = claiming.get_claim(session, secret)
    kept = {item.public_id: item.text for item in seed.profile.opportunities}
    user = claiming.claim(session, seed, GOOD, locale="en", time_zone="UTC", items=kept)
    profile = session.scalars(select(Profile).where(Profile.user_id == user.id)).one()
    return profiles.save_profile(
        session, profile.id, version=profile.version, changes={}
    )


def decide(
    session: Session, event: Event, outcome: Outcome = Outcome.APPROVED, **values: Any
) -> approval.Decided:
    user_id = owner_of(session, event).user_id
    assert user_id is not None
    values = {"people": (), "items": (), "shown_at": now() + LATER, **values}
    if outcome is Outcome.REFUSED:
        values.setdefault("reason", "unfit")
    return approval.decide(session, event, by=user_id, outcome=outcome, **values)


def undo(session: Session, event: Event, done: approval.Decided) -> int:
    assert done.approval is not None
    user_id = owner_of(session, event).user_id or 0
    return approval.undo(session, event, done.approval.public_id, by=user_id)


def is_indexed(session: Session, profile: Profile) -> bool:
    keys = select(SearchEntry).where(SearchEntry.profile_id == profile.id)
    return session.scalars(keys).first() is not None


def waiting(session: Session, event: Event) -> list[int]:
    return [one.profile.id for one in approval.list_people(session, event)]


def test_whoever_claims_waits_until_an_organiser_says_yes(
    session: Session, event: Event
) -> None:
    profile = claimed(session, event)
    assert profile.status is ProfileStatus.CLAIMED
    assert not is_indexed(session, profile)
    assert waiting(session, event) == [profile.id]
    done = decide(session, event, people={profile.public_id})
    assert done.people == (profile.public_id,)
    assert profile.status is ProfileStatus.ACTIVE
    assert is_indexed(session, profile)
    assert waiting(session, event) == []


def test_an_undone_yes_puts_the_person_back_with_the_time_waited(
    session: Session, event: Event
) -> None:
    profile = claimed(session, event)
    since = profile.held_since
    done = decide(session, event, people={profile.public_id})
    assert undo(session, event, done) == 1
    assert profile.status is ProfileStatus.CLAIMED
    assert not is_indexed(session, profile)
    assert approval.list_people(session, event)[0].since == since


def test_a_refused_person_reads_why_and_asks_again_by_an_edit(
    session: Session, event: Event
) -> None:
    profile = claimed(session, event)
    decide(
        session,
        event,
        Outcome.REFUSED,
        people={profile.public_id},
        note="Which company?",
    )
    held = admission.find_held(session, profile)
    assert held is not None
    assert [(r.reason, r.note) for r in held.refusals] == [("unfit", "Which company?")]
    assert waiting(session, event) == []
    profiles.save_profile(
        session, profile.id, version=profile.version, changes={"about": "Grain."}
    )
    held = admission.find_held(session, profile)
    assert held is not None
    assert held.refusals == ()
    assert waiting(session, event) == [profile.id]
    assert approval.list_people(session, event)[0].refused is not None


def test_a_refusal_needs_a_reason_and_another_reason_needs_words(
    session: Session, event: Event
) -> None:
    profile = claimed(session, event)
    people = {profile.public_id}
    with pytest.raises(DomainError, match="approval-reason"):
        decide(session, event, Outcome.REFUSED, people=people, reason="")
    with pytest.raises(DomainError, match="approval-note"):
        decide(session, event, Outcome.REFUSED, people=people, reason="other")
    assert session.scalars(select(Approval)).all() == []


def test_what_changed_after_the_page_was_shown_is_not_let_in_unread(
    session: Session, event: Event
) -> None:
    profile = claimed(session, event)
    shown_at = profile.changed_at - LATER
    done = decide(session, event, people={profile.public_id}, shown_at=shown_at)
    assert (done.approval, done.changed) == (None, 1)
    assert profile.status is ProfileStatus.CLAIMED


def test_somebody_at_two_events_needs_the_yes_of_one(
    session: Session, event: Event
) -> None:
    other, _owner = add_event(session, slug="autumn")
    admission.set_checking(session, other, people=True, items=False)
    profile = claimed(session, event)
    session.add(Attendance(event_id=other.id, profile_id=profile.id))
    session.flush()
    admission.settle(session, [profile.id])
    assert waiting(session, other) == [profile.id]
    decide(session, event, Outcome.REFUSED, people={profile.public_id})
    assert profile.status is ProfileStatus.CLAIMED
    assert waiting(session, other) == [profile.id]
    decide(session, other, people={profile.public_id})
    assert profile.status is ProfileStatus.ACTIVE


def test_an_event_that_does_not_look_lets_everybody_in(
    session: Session, event: Event
) -> None:
    profile = claimed(session, event)
    other, _owner = add_event(session, slug="open")
    session.add(Attendance(event_id=other.id, profile_id=profile.id))
    session.flush()
    assert admission.settle(session, [profile.id]) == 1
    assert profile.status is ProfileStatus.ACTIVE


def test_who_is_listed_stays_listed_when_an_event_begins_to_look(
    session: Session,
) -> None:
    event, _owner = add_event(session)
    member = add_member(session, name="Boris", offers=(("supply", "Buckwheat"),))
    session.add(Attendance(event_id=event.id, profile_id=member.id))
    session.flush()
    admission.set_checking(session, event, people=True, items=True)
    assert member.status is ProfileStatus.ACTIVE
    assert member.items_held


def test_an_event_that_stops_to_look_lists_who_waits_but_not_who_was_refused(
    session: Session, event: Event
) -> None:
    dina, anna = (claimed(session, event, f"{x}@example.org") for x in ("dina", "anna"))
    decide(session, event, Outcome.REFUSED, people={anna.public_id})
    assert admission.count_freed(session, event) == 1
    admission.set_checking(session, event, people=False, items=False)
    assert dina.status is ProfileStatus.ACTIVE
    assert anna.status is ProfileStatus.CLAIMED


@pytest.fixture
def listed(session: Session, event: Event) -> Profile:
    """Give a listed person of the event whose items are looked at."""
    profile = claimed(session, event)
    decide(session, event, people={profile.public_id})
    assert profile.items_held
    return profile


def write(
    session: Session, profile: Profile, text: str, item: str | None = None
) -> Opportunity | Revision:
    return profiles.save_item(
        session,
        profile.id,
        item,
        side=Side.OFFER,
        collaboration="supply",
        text=text,
        lang="en",
    )


def texts(session: Session, profile: Profile) -> list[str]:
    session.expire(profile)
    return [item.text for item in profile.opportunities]


def test_a_new_item_is_listed_only_after_a_yes_and_the_yes_can_be_undone(
    session: Session, event: Event, listed: Profile
) -> None:
    before = texts(session, listed)
    new = write(session, listed, "Millet")
    assert isinstance(new, Revision)
    assert texts(session, listed) == before
    done = decide(session, event, items={new.public_id})
    assert texts(session, listed) == [*before, "Millet"]
    assert undo(session, event, done) == 1
    assert texts(session, listed) == before
    assert approval.count_waiting(session, event.id) == (0, 1)


def test_the_old_words_stay_listed_until_the_change_is_seen(
    session: Session, event: Event, listed: Profile
) -> None:
    item = listed.opportunities[0]
    old = item.text
    change = write(session, listed, "Wheat", item.public_id)
    assert texts(session, listed) == [old]
    assert profiles.newest_words(session, item).text == "Wheat"
    done = decide(session, event, items={change.public_id})
    assert texts(session, listed) == ["Wheat"]
    undo(session, event, done)
    assert texts(session, listed) == [old]


def test_an_undo_does_not_overwrite_what_the_member_wrote_since(
    session: Session, event: Event, listed: Profile
) -> None:
    item = listed.opportunities[0]
    change = write(session, listed, "Wheat", item.public_id)
    done = decide(session, event, items={change.public_id})
    write(session, listed, "Barley", item.public_id)
    assert undo(session, event, done) == 0
    assert texts(session, listed) == ["Wheat"]
    assert profiles.newest_words(session, item).text == "Barley"


def test_a_refused_item_is_told_with_its_reason_and_waits_again_after_an_edit(
    session: Session, event: Event, listed: Profile
) -> None:
    new = write(session, listed, "BUY NOW")
    decide(session, event, Outcome.REFUSED, items={new.public_id}, reason="advertising")
    (told,) = admission.list_held_words(session, listed)
    assert told.refusal is not None
    assert told.refusal.reason == "advertising"
    write(session, listed, "Millet, 20 t a month", new.public_id)
    (told,) = admission.list_held_words(session, listed)
    assert told.refusal is None
    assert approval.count_waiting(session, event.id) == (0, 1)


def test_writing_back_what_is_listed_withdraws_the_change(
    session: Session, event: Event, listed: Profile
) -> None:
    item = listed.opportunities[0]
    kind, text, lang = item.collaboration, item.text, item.lang
    write(session, listed, "Wheat", item.public_id)
    profiles.save_item(
        session,
        listed.id,
        item.public_id,
        side=item.side,
        collaboration=kind,
        text=text,
        lang=lang,
    )
    assert approval.count_waiting(session, event.id) == (0, 0)


def test_what_waits_is_removed_by_its_owner_and_counts_as_an_item(
    session: Session, event: Event, listed: Profile
) -> None:
    for number in range(19):
        new = write(session, listed, f"Millet {number}")
    with pytest.raises(DomainError, match="items-limit"):
        write(session, listed, "One too many")
    profiles.remove_item(session, listed.id, new.public_id)
    assert approval.count_waiting(session, event.id) == (0, 18)


def test_words_that_wait_are_listed_when_nobody_looks_any_more(
    session: Session, event: Event, listed: Profile
) -> None:
    write(session, listed, "Millet")
    admission.set_checking(session, event, people=True, items=False)
    assert "Millet" in texts(session, listed)


def test_a_helper_decides_nothing(session: Session) -> None:
    helper = add_member(session, name="Hal")
    event, _owner = add_event(session, helper=helper)
    with pytest.raises(DomainError, match="event-not-allowed"):
        approval.check_may_decide(session, helper.user_id or 0, event.id)


def test_ages_are_told_in_three_words() -> None:
    moment = now()
    ages = [approval.age(moment - timedelta(days=days)) for days in (1, 3, 8)]
    assert ages == ["new", "slow", "late"]
