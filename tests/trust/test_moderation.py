"""Reports, decisions and appeals, on both databases."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.accounts.models import User, UserSession
from matchmaker.accounts.rules import digest
from matchmaker.accounts.sessions import start_session
from matchmaker.admin import moderation
from matchmaker.admin.models import AuditEntry
from matchmaker.errors import DomainError
from matchmaker.mail import Letter
from matchmaker.matching.models import IntroductionState
from matchmaker.messaging.models import Message
from matchmaker.profiles.models import Profile, ProfileStatus
from matchmaker.trust import cases, holds, measures, privacy, reports
from matchmaker.trust.models import (
    HeldState,
    MeasureKind,
    Report,
    ReportKind,
    TextPurpose,
)
from tests.conftest import MakeMember, add_introduction

OFFERS = (("supply", "Buckwheat, 50 t a month"),)


@pytest.fixture
def people(make_member: MakeMember) -> list[Profile]:
    """Give a reporter, somebody who is reported, and another reporter."""
    return [make_member(name=name, offers=OFFERS) for name in ("Anna", "Bad", "Carla")]


@pytest.fixture
def admins(make_member: MakeMember) -> list[int]:
    """Give the user ids of two admins."""
    return [_user(make_member(name=name, is_admin=True)).id for name in ("Max", "Mia")]


def _user(profile: Profile) -> User:
    assert profile.user is not None
    return profile.user


def report(
    session: Session, reporter: Profile, subject: Profile, *, about: str = "person"
) -> Report:
    return reports.file_report(
        session,
        reporter_id=reporter.id,
        subject_id=subject.id,
        kind=ReportKind.SPAM,
        excerpt="Buy now!",
        note="Three times a day",
        about=about,
    )


def decide(
    session: Session, admin: int, subject: Profile, kind: MeasureKind
) -> measures.Measure:
    case = cases.open_case(session, subject.id)
    return moderation.decide(
        session, admin, case.public_id, kind=kind, reason="Flooding people"
    )


def letters(session: Session) -> list[Letter]:
    return list(session.scalars(select(Letter).order_by(Letter.id)))


def test_reports_about_one_person_are_one_case(
    session: Session, people: list[Profile]
) -> None:
    anna, bad, carla = people
    report(session, anna, bad)
    report(session, carla, bad)
    report(session, carla, bad, about="message:abc")
    (case,) = cases.list_open(session)
    assert case.subject_id == bad.id
    assert len(case.reports) == 3


def test_reporting_the_same_again_replaces_the_words(
    session: Session, people: list[Profile]
) -> None:
    anna, bad, _carla = people
    first = report(session, anna, bad)
    again = reports.file_report(
        session,
        reporter_id=anna.id,
        subject_id=bad.id,
        kind="fraud",
        excerpt="",
        note="Worse than I thought",
        about="person",
    )
    assert again.id == first.id
    assert (again.kind, again.note) == (ReportKind.FRAUD, "Worse than I thought")


def test_nobody_reports_themselves(session: Session, people: list[Profile]) -> None:
    with pytest.raises(DomainError) as refused:
        report(session, people[0], people[0])
    assert refused.value.code == "report-self"


def test_a_closed_case_is_off_the_queue_and_the_next_report_opens_another(
    session: Session, people: list[Profile], admins: list[int]
) -> None:
    anna, bad, _carla = people
    first = report(session, anna, bad)
    decide(session, admins[0], bad, MeasureKind.DISMISSED)
    assert cases.list_open(session) == []
    assert letters(session) == [], "nobody is told of a dismissal"
    second = report(session, anna, bad)
    assert second.case_id != first.case_id
    before = cases.history(session, bad.id, but=second.case_id)
    assert (before.reports, before.measures) == (1, {MeasureKind.DISMISSED: 1})


def test_a_case_is_decided_once(
    session: Session, people: list[Profile], admins: list[int]
) -> None:
    case = cases.open_case(session, people[1].id)
    moderation.decide(
        session, admins[0], case.public_id, kind=MeasureKind.DISMISSED, reason=""
    )
    with pytest.raises(DomainError) as refused:
        moderation.decide(
            session, admins[1], case.public_id, kind=MeasureKind.WARNED, reason="x"
        )
    assert refused.value.code == "case-closed"


@pytest.mark.parametrize(
    "kind", [one for one in MeasureKind if one is not MeasureKind.DISMISSED]
)
def test_the_person_reads_the_reason_and_the_way_to_object(
    session: Session, people: list[Profile], admins: list[int], kind: MeasureKind
) -> None:
    measure = decide(session, admins[0], people[1], kind)
    (letter,) = letters(session)
    assert letter.recipient == _user(people[1]).email
    assert letter.context["reason"] == "Flooding people"
    assert measures.get_by_secret(session, letter.context["secret"]) is measure
    assert measure.digest == digest(letter.context["secret"])


def test_a_decision_needs_a_reason(
    session: Session, people: list[Profile], admins: list[int]
) -> None:
    case = cases.open_case(session, people[1].id)
    with pytest.raises(DomainError) as refused:
        moderation.decide(
            session, admins[0], case.public_id, kind=MeasureKind.WARNED, reason=""
        )
    assert refused.value.code == "reason-missing"


def test_a_suspended_person_is_signed_out_and_out_of_sight_until_it_is_lifted(
    session: Session, people: list[Profile], admins: list[int]
) -> None:
    anna, bad, _carla = people
    pending = add_introduction(session, bad, anna, state=IntroductionState.PENDING)
    start_session(session, _user(bad), user_agent="")
    measure = decide(session, admins[0], bad, MeasureKind.SUSPENDED)
    assert _user(bad).disabled_at is not None
    assert bad.status is ProfileStatus.PAUSED
    assert session.scalar(select(UserSession.ended_at)) is not None
    session.refresh(pending)
    assert pending.state is IntroductionState.EXPIRED
    moderation.lift(session, admins[0], measure.public_id)
    moderation.lift(session, admins[0], measure.public_id)
    assert _user(bad).disabled_at is None
    assert bad.status is ProfileStatus.ACTIVE


def test_a_second_suspension_keeps_what_the_first_found(
    session: Session, people: list[Profile], admins: list[int]
) -> None:
    bad = people[1]
    first = decide(session, admins[0], bad, MeasureKind.SUSPENDED)
    second = decide(session, admins[0], bad, MeasureKind.SUSPENDED)
    moderation.lift(session, admins[0], first.public_id)
    assert _user(bad).disabled_at is not None
    moderation.lift(session, admins[0], second.public_id)
    assert bad.status is ProfileStatus.ACTIVE


def test_there_is_one_appeal(
    session: Session, people: list[Profile], admins: list[int]
) -> None:
    measure = decide(session, admins[0], people[1], MeasureKind.WARNED)
    measures.appeal(session, measure, "It was not me")
    measures.appeal(session, measure, "It was not me")
    with pytest.raises(DomainError) as refused:
        measures.appeal(session, measure, "And another thing")
    assert refused.value.code == "appeal-made"
    assert cases.list_appeals(session) == [measure]


def test_another_admin_answers_an_appeal_if_there_is_one(
    session: Session, people: list[Profile], admins: list[int]
) -> None:
    measure = decide(session, admins[0], people[1], MeasureKind.SUSPENDED)
    measures.appeal(session, measure, "It was not me")
    with pytest.raises(DomainError) as refused:
        moderation.answer_appeal(
            session, admins[0], measure.public_id, text="No", grant=False
        )
    assert refused.value.code == "appeal-other"
    moderation.answer_appeal(
        session, admins[1], measure.public_id, text="You are right", grant=True
    )
    assert _user(people[1]).disabled_at is None
    assert measure.lifted_at is not None
    assert letters(session)[-1].context["answer"] == "You are right"


def test_the_only_admin_answers_appeals_of_their_own_decisions(
    session: Session, people: list[Profile], make_member: MakeMember
) -> None:
    only = _user(make_member(name="Max", is_admin=True)).id
    measure = decide(session, only, people[1], MeasureKind.WARNED)
    measures.appeal(session, measure, "It was not me")
    moderation.answer_appeal(session, only, measure.public_id, text="No", grant=False)
    assert measure.lifted_at is None
    assert measure.answer == "No"


def test_nobody_judges_themselves(session: Session, make_member: MakeMember) -> None:
    admin = make_member(name="Max", is_admin=True)
    case = cases.open_case(session, admin.id)
    with pytest.raises(DomainError) as refused:
        moderation.decide(
            session,
            _user(admin).id,
            case.public_id,
            kind=MeasureKind.DISMISSED,
            reason="",
        )
    assert refused.value.code == "case-own"


def test_everything_a_moderator_reads_and_does_is_in_the_log(
    session: Session, people: list[Profile], admins: list[int]
) -> None:
    case = cases.open_case(session, people[1].id)
    moderation.open_page(session, admins[0], case.public_id)
    measure = decide(session, admins[0], people[1], MeasureKind.TEXTS_HELD)
    measures.appeal(session, measure, "It was not me")
    moderation.answer_appeal(
        session, admins[1], measure.public_id, text="No", grant=False
    )
    moderation.lift(session, admins[1], measure.public_id)
    session.flush()
    noted = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert noted == [
        "case-read",
        "case-texts_held",
        "appeal-answered",
        "measure-lifted",
    ]


def hold(session: Session, people: list[Profile]) -> tuple[str, str]:
    anna, bad, _carla = people
    between = add_introduction(session, bad, anna)
    held = holds.check_text(
        session,
        bad.id,
        "Good morning",
        recipient_id=anna.id,
        purpose=TextPurpose.MESSAGE,
        rest={"introduction": between.public_id, "lang": "en"},
    )
    assert held is not None
    return held.public_id, between.public_id


def test_a_released_message_reaches_its_reader(
    session: Session, people: list[Profile], admins: list[int]
) -> None:
    decide(session, admins[0], people[1], MeasureKind.TEXTS_HELD)
    held, _between = hold(session, people)
    moderation.release_text(session, admins[0], held, asking={})
    (message,) = session.scalars(select(Message))
    assert (message.text, message.recipient_id) == ("Good morning", people[0].id)


def test_a_text_is_not_sent_to_somebody_who_blocked_meanwhile(
    session: Session, people: list[Profile], admins: list[int]
) -> None:
    from matchmaker.trust import blocks

    decide(session, admins[0], people[1], MeasureKind.TEXTS_HELD)
    held, _between = hold(session, people)
    blocks.block(session, people[0].id, people[1].id)
    with pytest.raises(DomainError) as refused:
        moderation.release_text(session, admins[0], held, asking={})
    assert refused.value.code == "held-undeliverable"


def test_a_refused_text_is_erased_and_its_author_reads_why(
    session: Session, people: list[Profile], admins: list[int]
) -> None:
    decide(session, admins[0], people[1], MeasureKind.TEXTS_HELD)
    held, _between = hold(session, people)
    moderation.refuse_text(session, admins[0], held, "Advertising")
    (shown,) = holds.list_own(session, people[1].id)
    assert (shown.state, shown.reason, shown.text) == (
        HeldState.REFUSED,
        "Advertising",
        "",
    )
    assert letters(session)[-1].template == "text_refused"


def test_who_leaves_takes_their_words_along(
    session: Session, people: list[Profile], admins: list[int]
) -> None:
    anna, bad, _carla = people
    report(session, bad, anna)
    report(session, anna, bad)
    decide(session, admins[0], bad, MeasureKind.TEXTS_HELD)
    hold(session, people)
    stored = privacy.export(session, bad.id)
    assert stored["held_texts"][0]["text"] == "Good morning"
    assert stored["reports"][0]["note"] == "Three times a day"
    assert stored["decisions"][0]["reason"] == "Flooding people"
    privacy.forget(session, bad.id)
    assert privacy.export(session, bad.id) == {
        **{key: [] for key in stored},
        "decisions": [{**stored["decisions"][0], "reason": ""}],
    }
    session.expire_all()
    for kept in session.scalars(select(Report)):
        assert kept.note == ""
        assert kept.reporter_id != bad.id
