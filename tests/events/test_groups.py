"""Groups of an event: who may ask whom holds in lists, directory and requests."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from matchmaker.clock import now
from matchmaker.errors import DomainError
from matchmaker.events import groups
from matchmaker.events.groups import Rule
from matchmaker.events.models import Attendance, Event, EventGroup, EventKind
from matchmaker.matching import introductions, lists
from matchmaker.matching.bridge import MarketShape
from matchmaker.profiles import directory
from matchmaker.profiles.models import Profile
from tests.conftest import MakeMember

POLICY = lists.Policy(
    shape=MarketShape(shown=10, kept=30, fairness=0.5, capacity=20),
    exploration=0.1,
    rematch_days=90,
)


def make_event(session: Session, slug: str) -> Event:
    event = Event(
        slug=slug,
        names={"en": slug},
        kind=EventKind.WEBINAR,
        starts_at=now(),
        ends_at=now(),
    )
    session.add(event)
    session.flush()
    return event


def make_groups(session: Session, event: Event) -> tuple[EventGroup, EventGroup]:
    buyers, sellers = (
        groups.save_group(session, event.id, None, name=name, open_limit=None)
        for name in ("Buyers", "Sellers")
    )
    return buyers, sellers


def seat(
    session: Session, event: Event, group: EventGroup | None, *people: Profile
) -> None:
    session.add_all(
        Attendance(
            event_id=event.id,
            profile_id=one.id,
            group_id=group.id if group else None,
            minutes=None,
            batch_id=None,
        )
        for one in people
    )
    session.flush()


@pytest.fixture
def people(make_member: MakeMember) -> list[Profile]:
    goods = ("wheat", "cotton", "honey", "steel")
    return [
        make_member(
            name=f"Person {at}",
            organisation=f"Firm {at}",
            offers=(("supply", f"{goods[at]} in bulk"),),
            requests=(("supply", f"{goods[at - 1]} in bulk"),),
        )
        for at in range(4)
    ]


Ask = Callable[[Profile, Profile], None]


@pytest.fixture
def ask(session: Session) -> Ask:
    def request(seeker: Profile, candidate: Profile) -> None:
        introductions.request_introduction(
            session,
            seeker,
            candidate,
            seeker_item=None,
            candidate_item=None,
            note="Hello",
            lang="en",
            days=7,
            open_limit=20,
            rematch_days=90,
        )

    return request


def found(session: Session, viewer: Profile) -> set[int]:
    page = directory.search(
        session,
        "",
        chosen={},
        page=1,
        size=50,
        hidden=groups.apart_from(viewer.id),
    )
    return {profile.id for profile in page.profiles}


def test_a_forbidden_group_is_on_no_list_in_no_search_and_cannot_be_asked(
    session: Session, people: list[Profile], ask: Ask
) -> None:
    event = make_event(session, "fair")
    buyers, sellers = make_groups(session, event)
    seat(session, event, buyers, *people[:2])
    seat(session, event, sellers, *people[2:])
    groups.save_matrix(
        session, event.id, {(buyers.id, sellers.id): Rule(allowed=False)}
    )
    buyer, seller = people[0], people[2]
    assert lists.list_forbidden(session, POLICY)[buyer.id] >= {seller.id, people[3].id}
    assert seller.id not in found(session, buyer)
    with pytest.raises(DomainError, match="meeting-not-allowed"):
        ask(buyer, seller)
    # The other direction and one's own group are free.
    assert buyer.id not in lists.list_forbidden(session, POLICY)[seller.id]
    assert buyer.id in found(session, seller)
    ask(seller, buyer)
    ask(buyer, people[1])


def test_one_event_that_lets_two_people_meet_is_enough(
    session: Session, people: list[Profile], ask: Ask
) -> None:
    fair, club = make_event(session, "fair"), make_event(session, "club")
    buyers, sellers = make_groups(session, fair)
    seat(session, fair, buyers, people[0])
    seat(session, fair, sellers, people[1], people[2])
    groups.save_matrix(session, fair.id, {(buyers.id, sellers.id): Rule(allowed=False)})
    seat(session, club, None, people[0], people[1])
    assert lists.list_forbidden(session, POLICY)[people[0].id] == {people[2].id}
    assert people[1].id in found(session, people[0])
    assert people[2].id not in found(session, people[0])
    ask(people[0], people[1])


def test_a_quota_and_a_limit_hold_for_each_asker(
    session: Session, people: list[Profile], ask: Ask
) -> None:
    event = make_event(session, "fair")
    buyers, sellers = make_groups(session, event)
    seat(session, event, buyers, people[0])
    seat(session, event, sellers, *people[1:])
    groups.save_matrix(
        session, event.id, {(buyers.id, sellers.id): Rule(allowed=True, quota=1)}
    )
    ask(people[0], people[1])
    with pytest.raises(DomainError, match="quota-reached"):
        ask(people[0], people[2])
    groups.save_matrix(session, event.id, {})
    groups.save_group(session, event.id, buyers.public_id, name="Buyers", open_limit=1)
    with pytest.raises(DomainError, match="too-many-open"):
        ask(people[0], people[2])


def test_people_of_other_events_are_not_touched(
    session: Session, people: list[Profile], ask: Ask
) -> None:
    event = make_event(session, "fair")
    buyers, sellers = make_groups(session, event)
    seat(session, event, buyers, people[0])
    groups.save_matrix(
        session, event.id, {(buyers.id, sellers.id): Rule(allowed=False)}
    )
    assert groups.list_apart(session) == {}
    ask(people[0], people[3])


def test_a_matrix_of_one_event_cannot_name_groups_of_another(
    session: Session,
) -> None:
    one, other = make_event(session, "one"), make_event(session, "other")
    mine, _ = make_groups(session, one)
    theirs, _ = make_groups(session, other)
    groups.save_matrix(session, one.id, {(mine.id, theirs.id): Rule(allowed=False)})
    assert groups.get_matrix(session, one.id) == {}
    with pytest.raises(DomainError, match="group-unknown"):
        groups.get_group(session, one.id, theirs.public_id)


@pytest.mark.parametrize("name", ["", "   ", "buyers"])
def test_a_group_needs_a_name_of_its_own(session: Session, name: str) -> None:
    event = make_event(session, "fair")
    make_groups(session, event)
    with pytest.raises(DomainError, match="group-name"):
        groups.save_group(session, event.id, None, name=name, open_limit=None)


def test_a_removed_group_leaves_its_people_without_one(
    session: Session, people: list[Profile]
) -> None:
    event = make_event(session, "fair")
    buyers, sellers = make_groups(session, event)
    seat(session, event, buyers, people[0])
    groups.save_matrix(
        session, event.id, {(buyers.id, sellers.id): Rule(allowed=False)}
    )
    groups.remove_group(session, event.id, buyers.public_id)
    session.expire_all()
    assert [group.name for group, _ in groups.list_groups(session, event.id)] == [
        "Sellers"
    ]
    assert groups.get_matrix(session, event.id) == {}
