"""Every answer to a request, on both databases: what both sides have after it."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.errors import DomainError
from matchmaker.mail import Letter
from matchmaker.matching import answers, clockwork, introductions, ties
from matchmaker.matching.models import (
    DeclineReason,
    Introduction,
    IntroductionState,
)
from matchmaker.notices.models import Notification
from matchmaker.profiles.models import Answers, Organisation, Profile
from matchmaker.trust import blocks
from tests.conftest import MakeMember, add_introduction
from tests.matching.asking import DAYS, TERMS, WHEAT, ask, in_days, let_pass, told

State = IntroductionState


@pytest.fixture
def pair(make_member: MakeMember) -> tuple[Profile, Profile]:
    """Give two members who can ask each other."""
    return (
        make_member(name="Anna", offers=WHEAT, organisation="Anna's"),
        make_member(name="Chen", offers=WHEAT, organisation="Chen's"),
    )


def test_later_moves_the_end_behind_the_day_and_both_know_it(
    session: Session, pair: tuple[Profile, Profile]
) -> None:
    seeker, candidate = pair
    introduction = ask(session, seeker, candidate)
    answers.put_off(
        session, candidate.id, introduction.public_id, day=in_days(30), days=DAYS
    )
    assert introduction.state is State.LATER
    assert introduction.returns_at is not None
    assert introduction.returns_at.date() == in_days(30)
    assert introduction.expires_at == introduction.returns_at + timedelta(days=DAYS)
    assert told(session, seeker) == ["put_off"]


def test_what_was_put_off_comes_back_on_its_day_and_can_be_answered(
    session: Session, pair: tuple[Profile, Profile]
) -> None:
    seeker, candidate = pair
    introduction = ask(session, seeker, candidate)
    answers.put_off(
        session, candidate.id, introduction.public_id, day=in_days(30), days=DAYS
    )
    assert clockwork.wake_due(session) == 0
    let_pass(introduction, 31)
    session.flush()
    assert clockwork.is_due(session)
    assert clockwork.wake_due(session) == 1
    assert introduction.state is State.PENDING
    assert told(session, candidate) == ["asked", "came_back"]
    answers.accept(session, candidate.id, introduction.public_id)
    assert introduction.state is State.ACCEPTED


def test_who_asked_for_time_may_answer_sooner_or_take_another_day(
    session: Session, pair: tuple[Profile, Profile]
) -> None:
    seeker, candidate = pair
    introduction = ask(session, seeker, candidate)
    for days in (30, 30, 60):
        answers.put_off(
            session, candidate.id, introduction.public_id, day=in_days(days), days=DAYS
        )
    assert introduction.returns_at is not None
    assert introduction.returns_at.date() == in_days(60)
    assert told(session, seeker) == ["put_off", "put_off"]
    answers.accept(session, candidate.id, introduction.public_id)
    assert introduction.state is State.ACCEPTED


@pytest.mark.parametrize(
    ("day", "code"),
    [
        (date(1, 1, 1), "later-over"),
        (in_days(-1), "later-over"),
        (in_days(0), "later-over"),
        (in_days(185), "later-far"),
        (date(2190, 1, 1), "later-far"),
        (date(9999, 12, 31), "later-far"),
    ],
)
def test_a_day_that_is_over_or_far_away_is_refused(
    session: Session, pair: tuple[Profile, Profile], day: date, code: str
) -> None:
    introduction = ask(session, *pair)
    with pytest.raises(DomainError, match=code):
        answers.put_off(session, pair[1].id, introduction.public_id, day=day, days=DAYS)
    assert introduction.state is State.PENDING


@pytest.mark.parametrize("reason", list(DeclineReason))
def test_the_reason_of_a_no_is_kept_and_told_to_nobody(
    session: Session, pair: tuple[Profile, Profile], reason: DeclineReason
) -> None:
    seeker, candidate = pair
    introduction = ask(session, seeker, candidate)
    answers.decline(session, candidate.id, introduction.public_id, reason=reason)
    assert introduction.reason is reason
    notices = session.scalars(
        select(Notification).where(Notification.user_id == seeker.user_id)
    ).all()
    assert [notice.code for notice in notices] == ["declined"]
    assert reason.value not in str(notices[0].context)


@pytest.fixture
def team(
    session: Session, make_member: MakeMember, pair: tuple[Profile, Profile]
) -> tuple[Profile, Profile, Profile]:
    """Give a seeker, somebody who was asked, and a colleague of that one."""
    seeker, candidate = pair
    colleague = make_member(name="Dina", offers=WHEAT, organisation="")
    colleague.organisation = candidate.organisation
    session.flush()
    return seeker, candidate, colleague


def test_a_colleague_gets_the_request_with_who_passed_it_on(
    session: Session, team: tuple[Profile, Profile, Profile]
) -> None:
    seeker, candidate, colleague = team
    first = ask(session, seeker, candidate, original="Поговорим?", original_lang="ru")
    second = answers.hand_over(
        session, candidate.id, first.public_id, to=colleague.public_id, terms=TERMS
    )
    assert first.state is State.HANDED_OVER
    assert second.state is State.PENDING
    assert (second.seeker_id, second.candidate_id) == (seeker.id, colleague.id)
    assert (second.note, second.original) == (first.note, first.original)
    found = introductions.find_successor(session, first.id, viewer_id=seeker.id)
    assert found is second
    assert second.handed_from is first
    assert told(session, seeker) == ["handed_over"]
    assert told(session, colleague) == ["handed_on"]


@pytest.mark.parametrize("blocked", ["candidate", "colleague"])
def test_a_block_takes_the_names_out_of_what_was_passed_on(
    session: Session, team: tuple[Profile, Profile, Profile], blocked: str
) -> None:
    seeker, candidate, colleague = team
    first = ask(session, seeker, candidate)
    second = answers.hand_over(
        session, candidate.id, first.public_id, to=colleague.public_id, terms=TERMS
    )
    found = introductions.find_handed_by(session, second, viewer_id=seeker.id)
    assert found is candidate
    other = candidate if blocked == "candidate" else colleague
    blocks.block(session, seeker.id, other.id)
    ties.part(session, seeker.id, other.id)
    assert told(session, seeker) == []
    by = introductions.find_handed_by(session, second, viewer_id=seeker.id)
    to = introductions.find_successor(session, first.id, viewer_id=seeker.id)
    assert (by is None) == (blocked == "candidate")
    assert (to is None) == (blocked == "colleague")


def test_colleagues_who_block_each_other_are_not_named_to_each_other(
    session: Session, team: tuple[Profile, Profile, Profile]
) -> None:
    seeker, candidate, colleague = team
    first = ask(session, seeker, candidate)
    answers.hand_over(
        session, candidate.id, first.public_id, to=colleague.public_id, terms=TERMS
    )
    blocks.block(session, colleague.id, candidate.id)
    ties.part(session, colleague.id, candidate.id)
    assert told(session, colleague) == []
    assert told(session, seeker) == ["handed_over"]


def test_the_colleague_alone_says_yes(
    session: Session, team: tuple[Profile, Profile, Profile]
) -> None:
    seeker, candidate, colleague = team
    first = ask(session, seeker, candidate)
    second = answers.hand_over(
        session, candidate.id, first.public_id, to=colleague.public_id, terms=TERMS
    )
    with pytest.raises(DomainError, match="introduction-unknown"):
        answers.accept(session, candidate.id, second.public_id)
    with pytest.raises(DomainError, match="introduction-closed"):
        answers.accept(session, candidate.id, first.public_id)
    answers.accept(session, colleague.id, second.public_id)
    assert second.state is State.ACCEPTED


def test_a_request_goes_to_no_stranger_and_back_to_nobody(
    session: Session,
    make_member: MakeMember,
    team: tuple[Profile, Profile, Profile],
) -> None:
    seeker, candidate, colleague = team
    stranger = make_member(offers=WHEAT, organisation="Others")
    first = ask(session, seeker, candidate)
    for wrong in (stranger, seeker, candidate):
        with pytest.raises(DomainError, match="colleague-unknown"):
            answers.hand_over(
                session, candidate.id, first.public_id, to=wrong.public_id, terms=TERMS
            )
    second = answers.hand_over(
        session, candidate.id, first.public_id, to=colleague.public_id, terms=TERMS
    )
    assert answers.list_colleagues(session, second, rematch_days=90) == []


def test_no_colleague_is_offered_who_is_blocked_paused_or_asked_already(
    session: Session, team: tuple[Profile, Profile, Profile], make_member: MakeMember
) -> None:
    seeker, candidate, colleague = team
    asked = make_member(name="Asked", offers=WHEAT, organisation="")
    blocked = make_member(name="Blocked", offers=WHEAT, organisation="")
    unready = make_member(name="Unready", organisation="")
    for one in (asked, blocked, unready):
        one.organisation = candidate.organisation
    add_introduction(session, asked, seeker, state=State.PENDING)
    blocks.block(session, blocked.id, seeker.id)
    introduction = ask(session, seeker, candidate)
    found = answers.list_colleagues(session, introduction, rematch_days=90)
    assert [one.id for one in found] == [colleague.id]


def test_people_without_an_organisation_have_no_colleagues(
    session: Session, make_member: MakeMember
) -> None:
    seeker, candidate, _other = (
        make_member(offers=WHEAT, organisation="") for _ in range(3)
    )
    introduction = ask(session, seeker, candidate)
    assert answers.list_colleagues(session, introduction, rematch_days=90) == []


def test_the_receiver_is_told_once_a_day_before_the_end(
    session: Session, pair: tuple[Profile, Profile]
) -> None:
    introduction = ask(session, *pair)
    assert clockwork.remind_due(session) == 0
    let_pass(introduction, DAYS - 0.5)
    session.flush()
    assert clockwork.remind_due(session) == 1
    assert clockwork.remind_due(session) == 0
    assert told(session, pair[1]) == ["asked", "expiring"]
    letters = session.scalars(select(Letter.template)).all()
    assert letters == ["asked", "expiring"], "the digest may come too late"


def test_the_end_of_the_time_is_told_to_the_seeker_and_rejects_nobody(
    session: Session, pair: tuple[Profile, Profile]
) -> None:
    introduction = ask(session, *pair)
    let_pass(introduction, DAYS + 1)
    session.flush()
    assert clockwork.move_due(session) == 1
    assert introduction.state is State.EXPIRED
    assert introduction.reason is None
    assert told(session, pair[0]) == ["expired"]


def test_who_was_asked_may_turn_to_the_seeker_at_any_time(
    session: Session, pair: tuple[Profile, Profile]
) -> None:
    seeker, candidate = pair
    introduction = ask(session, seeker, candidate)
    answers.decline(session, candidate.id, introduction.public_id, reason=None)
    with pytest.raises(DomainError, match="introduction-recent"):
        ask(session, seeker, candidate)
    assert ask(session, candidate, seeker).state is State.PENDING


@pytest.mark.parametrize("end", ["declined", "withdrawn", "expired"])
def test_a_pair_rests_ninety_days_from_the_end_whatever_it_was(
    session: Session, pair: tuple[Profile, Profile], end: str
) -> None:
    seeker, candidate = pair
    introduction = ask(session, seeker, candidate)
    if end == "declined":
        answers.decline(session, candidate.id, introduction.public_id, reason=None)
    elif end == "withdrawn":
        answers.withdraw(session, seeker.id, introduction.public_id)
    else:
        let_pass(introduction, DAYS + 0.1)
        session.flush()
        clockwork.expire_due(session)
    let_pass(introduction, 89)
    session.flush()
    with pytest.raises(DomainError, match="introduction-recent"):
        ask(session, seeker, candidate)
    let_pass(introduction, 1.1)
    session.flush()
    assert ask(session, seeker, candidate).state is State.PENDING


def test_the_same_form_sent_again_is_the_same_request(
    session: Session, pair: tuple[Profile, Profile]
) -> None:
    first = ask(session, *pair, form_key="k")
    assert ask(session, *pair, form_key="k") is first
    with pytest.raises(DomainError, match="introduction-open"):
        ask(session, *pair, form_key="another")


def received(session: Session, make_member: MakeMember, count: int) -> list[Profile]:
    """Return a member after so many pending requests, and who asked."""
    candidate = make_member(offers=WHEAT)
    seekers = [make_member(offers=WHEAT) for _ in range(count)]
    for seeker in seekers:
        ask(session, seeker, candidate)
    return [candidate, *seekers]


def open_of(session: Session, candidate: Profile) -> list[Introduction]:
    return introductions.list_introductions(
        session, candidate.id, states=[State.PENDING]
    )


def test_answers_are_told_in_words_above_five_received_and_recover(
    session: Session, make_member: MakeMember
) -> None:
    candidate = received(session, make_member, 6)[0]
    for number, introduction in enumerate(open_of(session, candidate)):
        assert candidate.answers is None, number
        let_pass(introduction, DAYS + 1)
        session.flush()
        clockwork.expire_due(session)
        session.refresh(candidate)
    assert candidate.answers is Answers.RARELY
    for _ in range(8):
        seeker = make_member(offers=WHEAT)
        introduction = ask(session, seeker, candidate)
        answers.put_off(
            session, candidate.id, introduction.public_id, day=in_days(9), days=DAYS
        )
    session.refresh(candidate)
    assert candidate.answers is Answers.USUALLY


def test_a_withdrawn_request_says_nothing_of_who_was_asked(
    session: Session, make_member: MakeMember
) -> None:
    candidate = received(session, make_member, 7)[0]
    for introduction in open_of(session, candidate):
        answers.withdraw(session, introduction.seeker_id, introduction.public_id)
    session.refresh(candidate)
    assert candidate.answers is None


def test_organisations_of_the_same_name_are_not_the_same(
    session: Session, pair: tuple[Profile, Profile], make_member: MakeMember
) -> None:
    namesake = make_member(offers=WHEAT, organisation="Chen's")
    assert isinstance(namesake.organisation, Organisation)
    introduction = ask(session, *pair)
    found = answers.list_colleagues(session, introduction, rematch_days=90)
    assert namesake not in found
