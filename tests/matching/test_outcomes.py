"""What came of introductions: each side's words, and what may be counted of them."""

from itertools import pairwise

import pytest
from sqlalchemy.orm import Session

from matchmaker.errors import DomainError
from matchmaker.matching import outcomes
from matchmaker.matching.models import Introduction, IntroductionState
from matchmaker.profiles.models import Profile
from tests.conftest import MakeMember, add_introduction


@pytest.fixture
def people(make_member: MakeMember) -> list[Profile]:
    """Give four members."""
    return [make_member(name=name) for name in ("Anna", "Boris", "Chen", "Dana")]


@pytest.fixture
def contacts(session: Session, people: list[Profile]) -> list[Introduction]:
    """Give three contacts in a row: Anna and Boris, Boris and Chen, Chen and Dana."""
    return [add_introduction(session, one, other) for one, other in pairwise(people)]


def tell(
    session: Session,
    contact: Introduction,
    author: Profile,
    *kinds: str,
    value: str = "unsaid",
    countries: tuple[str, ...] = (),
) -> None:
    outcomes.record_deal(
        session, contact, author.id, kinds=kinds, value=value, countries=countries
    )


def test_deals_are_counted_once_a_contact_whoever_tells(
    session: Session, contacts: list[Introduction], people: list[Profile]
) -> None:
    anna, boris, chen, dana = people
    tell(session, contacts[0], anna, "order", "project", countries=("KZ", "CN"))
    tell(session, contacts[0], boris, "order", value="to_1m", countries=("CN",))
    tell(session, contacts[1], chen, "investment", value="to_100k")
    tell(session, contacts[1], boris, "investment", value="above_1m")
    tell(session, contacts[2], dana, "agreement")
    found = outcomes.count_deals(session, None)
    assert (found.contacts, found.confirmed) == (3, 2)
    assert found.kinds == {"order": 1, "project": 1, "investment": 1, "agreement": 1}
    assert found.values == {"to_1m": 1, "to_100k": 1, "unsaid": 1}
    assert found.countries == {"KZ": 1, "CN": 1}


def test_deals_of_some_people_are_those_with_one_of_them(
    session: Session, contacts: list[Introduction], people: list[Profile]
) -> None:
    anna, boris, chen, dana = people
    for contact, author in zip(contacts, (anna, boris, chen), strict=True):
        tell(session, contact, author, "order")
    assert outcomes.count_deals(session, [anna.id]).contacts == 1
    assert outcomes.count_deals(session, [boris.id, dana.id]).contacts == 3
    assert outcomes.count_deals(session, []).contacts == 0


def test_a_deal_is_an_agreement_to_the_model_and_can_be_changed(
    session: Session, contacts: list[Introduction], people: list[Profile]
) -> None:
    anna, contact = people[0], contacts[0]
    outcomes.record_outcome(session, contact, anna.id, stage=2, value="negotiation")
    tell(session, contact, anna, "order", countries=("KZ", "XX", "KZ"))
    view = outcomes.outcome_view(session, contact, anna.id)
    assert view.said[2].value == "agreement"
    assert view.deal is not None
    assert view.deal.countries == ["KZ"]
    tell(session, contact, anna, "investment", "order")
    assert view.deal.kinds == ["order", "investment"]
    tell(session, contact, anna)
    assert outcomes.outcome_view(session, contact, anna.id).deal is None


def test_neither_side_sees_the_words_of_the_other(
    session: Session, contacts: list[Introduction], people: list[Profile]
) -> None:
    anna, boris, *_ = people
    outcomes.record_outcome(
        session, contacts[0], anna.id, stage=1, value="cooperation_possible"
    )
    tell(session, contacts[0], anna, "order")
    view = outcomes.outcome_view(session, contacts[0], boris.id)
    assert view.said == {}
    assert view.deal is None
    assert list(view.stages) == [1]


@pytest.mark.parametrize(("kind", "value"), [("bribe", "unsaid"), ("order", "much")])
def test_what_no_form_offers_is_refused(
    session: Session,
    contacts: list[Introduction],
    people: list[Profile],
    kind: str,
    value: str,
) -> None:
    with pytest.raises(DomainError, match="outcome-unknown"):
        tell(session, contacts[0], people[0], kind, value=value)


def test_nothing_comes_of_what_was_not_accepted(
    session: Session, people: list[Profile]
) -> None:
    asked = add_introduction(
        session, people[0], people[1], state=IntroductionState.LATER
    )
    with pytest.raises(DomainError, match="conversation-closed"):
        tell(session, asked, people[0], "order")


def test_disagreement_is_kept_and_leaves_the_room_as_counts_only(
    session: Session, contacts: list[Introduction], people: list[Profile]
) -> None:
    anna, boris, chen, _ = people
    said = (
        (contacts[0], anna, "informative"),
        (contacts[0], boris, "no_interest"),
        (contacts[1], boris, "informative"),
        (contacts[1], chen, "informative"),
        (contacts[2], chen, "not_held"),
    )
    for contact, author, value in said:
        outcomes.record_outcome(session, contact, author.id, stage=1, value=value)
    assert outcomes.count_disagreements(session) == {1: (2, 1), 2: (0, 0)}
