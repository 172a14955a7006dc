"""Asking and answering on both databases: whatever happens, one state results."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.clock import now
from matchmaker.errors import DomainError
from matchmaker.mail import Letter
from matchmaker.matching import answers, clockwork, introductions
from matchmaker.matching.models import Introduction, IntroductionState
from matchmaker.profiles.models import Profile, ProfileStatus
from tests.conftest import MakeMember, add_introduction


@pytest.fixture
def pair(make_member: MakeMember) -> tuple[Profile, Profile]:
    """Give two members who could gain from each other."""
    return (
        make_member(name="Anna", requests=(("logistics", "Rail freight to China"),)),
        make_member(name="Chen", offers=(("logistics", "中哈铁路货运"),)),
    )


def ask(session: Session, seeker: Profile, candidate: Profile) -> Introduction:
    return introductions.request_introduction(
        session,
        seeker,
        candidate,
        seeker_item=seeker.opportunities[0],
        candidate_item=candidate.opportunities[0],
        note="Shall we talk?",
        lang="en",
        days=7,
        open_limit=3,
        rematch_days=90,
    )


def test_a_request_cites_an_item_of_each_side_as_it_was(
    session: Session, pair: tuple[Profile, Profile]
) -> None:
    introduction = ask(session, *pair)
    assert introduction.state is IntroductionState.PENDING
    assert introduction.seeker_cites == "Rail freight to China"
    assert introduction.candidate_cites == "中哈铁路货运"
    assert introduction.expires_at - introduction.asked_at > timedelta(days=6)


def test_a_pair_has_one_open_request_whoever_asks(
    session: Session, pair: tuple[Profile, Profile]
) -> None:
    seeker, candidate = pair
    ask(session, seeker, candidate)
    with pytest.raises(DomainError, match="introduction-open"):
        ask(session, seeker, candidate)
    with pytest.raises(DomainError, match="introduction-open"):
        ask(session, candidate, seeker)


def test_only_the_one_who_was_asked_can_answer(
    session: Session, pair: tuple[Profile, Profile]
) -> None:
    seeker, candidate = pair
    introduction = ask(session, seeker, candidate)
    with pytest.raises(DomainError, match="introduction-unknown"):
        answers.accept(session, seeker.id, introduction.public_id)
    answers.accept(session, candidate.id, introduction.public_id)
    assert introduction.state is IntroductionState.ACCEPTED
    assert introduction.answered_at is not None


def test_answering_twice_the_same_changes_nothing_and_otherwise_is_refused(
    session: Session, pair: tuple[Profile, Profile]
) -> None:
    introduction = ask(session, *pair)
    public_id, answerer = introduction.public_id, pair[1].id
    answers.decline(session, answerer, public_id, reason=None)
    version = introduction.version
    answers.decline(session, answerer, public_id, reason=None)
    assert introduction.version == version
    with pytest.raises(DomainError, match="introduction-closed"):
        answers.accept(session, answerer, public_id)


def test_a_withdrawn_request_cannot_be_accepted(
    session: Session, pair: tuple[Profile, Profile]
) -> None:
    seeker, candidate = pair
    introduction = ask(session, seeker, candidate)
    answers.withdraw(session, seeker.id, introduction.public_id)
    with pytest.raises(DomainError, match="introduction-closed"):
        answers.accept(session, candidate.id, introduction.public_id)


def test_of_two_answers_from_the_same_state_the_first_counts(
    session: Session, pair: tuple[Profile, Profile]
) -> None:
    introduction = ask(session, *pair)
    stale = Introduction(
        id=introduction.id, version=introduction.version, state=introduction.state
    )
    answers.accept(session, pair[1].id, introduction.public_id)
    assert stale.version < introduction.version
    assert introduction.state is IntroductionState.ACCEPTED


def test_an_expired_request_is_closed_and_no_rejection(
    session: Session, pair: tuple[Profile, Profile]
) -> None:
    introduction = ask(session, *pair)
    introduction.expires_at = now() - timedelta(minutes=1)
    session.flush()
    with pytest.raises(DomainError, match="introduction-closed"):
        answers.accept(session, pair[1].id, introduction.public_id)
    assert clockwork.expire_due(session) == 1
    assert clockwork.expire_due(session) == 0
    session.refresh(introduction)
    assert introduction.state is IntroductionState.EXPIRED
    assert introduction.pair_key is None


def test_a_pair_rests_for_ninety_days_after_a_no(
    session: Session, pair: tuple[Profile, Profile]
) -> None:
    introduction = ask(session, *pair)
    answers.decline(session, pair[1].id, introduction.public_id, reason=None)
    with pytest.raises(DomainError, match="introduction-recent"):
        ask(session, *pair)
    introduction.answered_at = now() - timedelta(days=91)
    session.flush()
    assert ask(session, *pair).state is IntroductionState.PENDING


def test_too_many_unanswered_requests_wait_for_each_other(
    session: Session, make_member: MakeMember
) -> None:
    seeker = make_member(offers=(("supply", "Wheat"),))
    others = [make_member(offers=(("purchase", "Wheat"),)) for _ in range(4)]
    for other in others[:3]:
        ask(session, seeker, other)
    with pytest.raises(DomainError, match="too-many-open"):
        ask(session, seeker, others[3])


def test_nobody_asks_with_an_unfinished_profile_or_oneself(
    session: Session, make_member: MakeMember, pair: tuple[Profile, Profile]
) -> None:
    stranger = make_member()
    assert stranger.status is ProfileStatus.CLAIMED
    with pytest.raises(DomainError, match="profile-incomplete"):
        introductions.request_introduction(
            session,
            stranger,
            pair[0],
            seeker_item=None,
            candidate_item=None,
            note="Hello",
            lang="en",
            days=7,
            open_limit=3,
            rematch_days=90,
        )
    with pytest.raises(DomainError, match="introduction-self"):
        ask(session, pair[0], pair[0])


def test_a_third_person_learns_nothing_of_an_introduction(
    session: Session, make_member: MakeMember, pair: tuple[Profile, Profile]
) -> None:
    introduction = add_introduction(session, *pair)
    with pytest.raises(DomainError, match="introduction-unknown"):
        introductions.get_introduction(
            session, make_member().id, introduction.public_id
        )


def test_both_sides_may_see_it_differently_and_change_their_word(
    session: Session, pair: tuple[Profile, Profile]
) -> None:
    introduction = add_introduction(session, *pair)
    for author, value in (
        (0, "informative"),
        (1, "no_interest"),
        (0, "cooperation_possible"),
    ):
        introductions.record_outcome(
            session, introduction, pair[author].id, stage=1, value=value
        )
    said = {
        (outcome.author_id, outcome.value)
        for outcome in introductions.list_outcomes(session, introduction.id)
    }
    assert said == {(pair[0].id, "cooperation_possible"), (pair[1].id, "no_interest")}


def test_an_outcome_needs_an_accepted_introduction(
    session: Session, pair: tuple[Profile, Profile]
) -> None:
    introduction = ask(session, *pair)
    with pytest.raises(DomainError, match="conversation-closed"):
        introductions.record_outcome(
            session, introduction, pair[0].id, stage=1, value="informative"
        )
    assert introductions.list_outcomes(session, introduction.id) == []


def test_each_step_writes_one_letter_to_the_one_it_concerns(
    session: Session, pair: tuple[Profile, Profile]
) -> None:
    introduction = ask(session, *pair)
    for _ in range(2):
        answers.accept(session, pair[1].id, introduction.public_id)
    seeker, candidate = (profile.user for profile in pair)
    assert seeker is not None
    assert candidate is not None
    letters = session.scalars(select(Letter).order_by(Letter.id)).all()
    assert [(letter.template, letter.recipient) for letter in letters] == [
        ("asked", candidate.email),
        ("accepted", seeker.email),
    ]


def test_a_no_writes_no_letter(session: Session, pair: tuple[Profile, Profile]) -> None:
    introduction = ask(session, *pair)
    answers.decline(session, pair[1].id, introduction.public_id, reason=None)
    assert [letter.template for letter in session.scalars(select(Letter))] == ["asked"]
