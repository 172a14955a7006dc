"""Follow-ups and next steps on both databases: noting, changing, removing."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.errors import DomainError
from matchmaker.matching.models import Introduction
from matchmaker.messaging import ledger, rules
from matchmaker.messaging.models import CancelledStep, FollowUp, StepOwner
from matchmaker.trust import blocks
from tests.conftest import MakeMember, add_introduction
from tests.messaging.noting import TODAY, note, noted

DAY = timedelta(days=1)


@pytest.fixture
def contact(session: Session, make_member: MakeMember) -> Introduction:
    """Give two people who are introduced."""
    return add_introduction(session, make_member(name="Anna"), make_member(name="Chen"))


@pytest.fixture
def step(session: Session, contact: Introduction) -> FollowUp:
    """Give a call that the seeker noted, with a step that is due today."""
    made = note(
        session, contact, contact.seeker, what="Prices", next_step="Send", due_on=TODAY
    )
    assert made is not None
    return made


def open_step(session: Session, contact: Introduction) -> str | None:
    found = ledger.find_open_step(session, contact.id, contact.seeker_id)
    return found.next_step if found else None


def test_a_call_without_a_next_step_leaves_the_open_one_open(
    session: Session, contact: Introduction, step: FollowUp
) -> None:
    note(session, contact, contact.seeker, form_key="quick")
    assert open_step(session, contact) == "Send"
    note(session, contact, contact.seeker, form_key="quick too", finishes=True)
    assert open_step(session, contact) is None
    assert step.done_at is not None


def test_the_same_form_sent_again_later_touches_no_newer_step(
    session: Session, contact: Introduction
) -> None:
    again = {"next_step": "Send", "due_on": TODAY, "form_key": "first"}
    note(session, contact, contact.seeker, **again)
    note(session, contact, contact.seeker, next_step="Call", form_key="second")
    assert note(session, contact, contact.seeker, **again) is None
    assert open_step(session, contact) == "Call"
    assert len(ledger.list_follow_ups(session, contact.id, contact.seeker_id)) == 2


def test_a_form_changed_and_sent_again_is_another_note(
    session: Session, contact: Introduction
) -> None:
    for due_on in (TODAY, TODAY + DAY):
        note(session, contact, contact.seeker, due_on=due_on, form_key="one")
    rows = ledger.list_follow_ups(session, contact.id, contact.seeker_id)
    assert {one.due_on for one in rows} == {TODAY, TODAY + DAY}


def test_everything_of_a_note_can_be_changed_and_a_shared_one_says_so(
    session: Session, contact: Introduction, step: FollowUp
) -> None:
    words = noted(
        what="Prices and days",
        next_step="Call",
        due_on=TODAY + DAY,
        owner=StepOwner.THEM,
        shared=True,
    )
    ledger.edit_follow_up(
        session, step.author_id, step.public_id, noted=words, version=1, today=TODAY
    )
    (seen,) = ledger.list_follow_ups(session, contact.id, contact.candidate_id)
    assert (seen.what, seen.next_step, seen.owner) == (
        "Prices and days",
        "Call",
        StepOwner.THEM,
    )
    assert seen.edited_at is not None


def test_saving_without_a_change_is_no_edit(session: Session, step: FollowUp) -> None:
    same = noted(what="Prices", next_step="Send", due_on=TODAY)
    ledger.edit_follow_up(
        session, step.author_id, step.public_id, noted=same, version=1, today=TODAY
    )
    assert (step.version, step.edited_at) == (1, None)


def test_of_two_windows_the_second_is_refused_and_changes_nothing(
    session: Session, step: FollowUp
) -> None:
    for words, known in (("First", 1), ("Second", 1)):
        change = {"noted": noted(what=words), "version": known, "today": TODAY}
        if words == "Second":
            with pytest.raises(DomainError, match="edited-elsewhere"):
                ledger.edit_follow_up(session, step.author_id, step.public_id, **change)
        else:
            ledger.edit_follow_up(session, step.author_id, step.public_id, **change)
    assert step.what == "First"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"happened_on": TODAY + 2 * DAY}, "date-future"),
        ({"happened_on": date(1990, 1, 1)}, "date-far"),
        ({"due_on": date(2190, 1, 1)}, "date-far"),
        ({"due_on": TODAY - 9 * DAY}, "date-over"),
    ],
)
def test_days_out_of_reach_are_refused_in_an_edit_too(
    session: Session, step: FollowUp, change: dict[str, date], code: str
) -> None:
    with pytest.raises(DomainError, match=code):
        ledger.edit_follow_up(
            session,
            step.author_id,
            step.public_id,
            noted=noted(**change),
            version=1,
            today=TODAY,
        )
    assert step.version == 1


def test_a_day_that_is_over_by_now_may_stay_in_an_edit(
    session: Session, step: FollowUp
) -> None:
    later = TODAY + 30 * DAY
    ledger.edit_follow_up(
        session,
        step.author_id,
        step.public_id,
        noted=noted(what="More words", next_step="Send", due_on=TODAY),
        version=1,
        today=later,
    )
    assert step.due_on == TODAY


@pytest.mark.parametrize(
    ("due", "today", "days", "expected"),
    [
        (TODAY, TODAY, 1, TODAY + DAY),
        (TODAY - 5 * DAY, TODAY, 1, TODAY + DAY),
        (TODAY + 3 * DAY, TODAY, 7, TODAY + 10 * DAY),
        (None, TODAY, 7, TODAY + 7 * DAY),
        (TODAY + rules.FARTHEST_DUE, TODAY, 7, TODAY + rules.FARTHEST_DUE),
    ],
)
def test_a_step_is_put_off_from_today_or_from_its_later_day(
    due: date | None, today: date, days: int, expected: date
) -> None:
    assert rules.moved(due, today, days) == expected


def test_a_double_press_puts_a_step_off_once(session: Session, step: FollowUp) -> None:
    press: dict[str, Any] = {"days": 7, "seen": TODAY, "version": 1, "today": TODAY}
    for _ in range(2):
        ledger.move_step(session, step.author_id, step.public_id, **press)
    assert (step.due_on, step.version) == (TODAY + 7 * DAY, 2)
    with pytest.raises(DomainError, match="edited-elsewhere"):
        ledger.move_step(
            session, step.author_id, step.public_id, **{**press, "days": 1}
        )


def test_a_removed_note_leaves_only_a_day_without_words(
    session: Session, contact: Introduction, step: FollowUp
) -> None:
    uid = step.public_id
    ledger.remove_follow_up(session, contact.seeker_id, uid)
    assert ledger.list_follow_ups(session, contact.id, contact.seeker_id) == []
    (gone,) = session.scalars(select(CancelledStep))
    assert (gone.uid, gone.due_on, gone.version) == (uid, TODAY, 2)


def _finish(session: Session, author_id: int, uid: str) -> object:
    return ledger.finish_step(session, author_id, uid, done=True)


def _edit(session: Session, author_id: int, uid: str) -> object:
    return ledger.edit_follow_up(
        session, author_id, uid, noted=noted(), version=1, today=TODAY
    )


def _move(session: Session, author_id: int, uid: str) -> object:
    return ledger.move_step(
        session, author_id, uid, days=1, seen=TODAY, version=1, today=TODAY
    )


@pytest.mark.parametrize("act", [_finish, _edit, _move, ledger.remove_follow_up])
def test_nobody_touches_the_notes_of_another_or_of_a_blocked_contact(
    session: Session,
    contact: Introduction,
    step: FollowUp,
    act: Callable[[Session, int, str], object],
) -> None:
    with pytest.raises(DomainError, match="introduction-unknown"):
        act(session, contact.candidate_id, step.public_id)
    blocks.block(session, contact.candidate_id, contact.seeker_id)
    with pytest.raises(DomainError, match="introduction-unknown"):
        act(session, contact.seeker_id, step.public_id)


def test_a_contact_is_left_in_peace_by_one_side_only(
    session: Session, contact: Introduction
) -> None:
    for _ in range(2):
        ledger.set_quiet(session, contact.id, contact.seeker_id, quiet=True)
    assert ledger.is_quiet(session, contact.id, contact.seeker_id)
    assert not ledger.is_quiet(session, contact.id, contact.candidate_id)
    ledger.set_quiet(session, contact.id, contact.seeker_id, quiet=False)
    assert not ledger.is_quiet(session, contact.id, contact.seeker_id)
