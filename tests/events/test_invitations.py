"""From drafts to letters: who is written to, when, what it says, and when it ends."""

import hashlib
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from matchmaker.clock import now
from matchmaker.errors import DomainError
from matchmaker.events import erasure, invitations
from matchmaker.events.invitable import Filters, count_progress, list_invitable
from matchmaker.events.invitations import Pace
from matchmaker.events.models import Attendance, EventGroup
from matchmaker.events.roster import Never, Seed
from matchmaker.events.rules import never_digest
from matchmaker.mail import Letter
from matchmaker.profiles.models import Profile, ProfileStatus
from tests.conftest import MakeMember
from tests.events.lists import HEADER, bring
from tests.events.rosters import (
    KEY,
    PACE,
    QUESTION,
    add_draft,
    add_event,
    invited,
    send,
)


def letters(session: Session) -> list[Letter]:
    return list(session.scalars(select(Letter).order_by(Letter.id)))


def pass_time(session: Session, seed: Seed, **days: float) -> None:
    """Let time pass for an invited person, by writing earlier times."""
    gone = timedelta(**days)
    for name in ("created_at", "invited_at", "expires_at"):
        moment: datetime | None = getattr(seed, name)
        if moment is not None:
            setattr(seed, name, moment - gone)
    session.flush()


def test_an_import_alone_writes_to_nobody(session: Session) -> None:
    event, _owner = add_event(session)
    add_draft(session, event)
    assert not invitations.is_letter_due(session)
    assert invitations.send_due_invitations(session, PACE, {}) == 0
    assert letters(session) == []


def test_who_is_invited_gets_one_letter_and_only_the_hash_of_its_link_is_stored(
    session: Session,
) -> None:
    event, owner = add_event(session)
    seed = add_draft(session, event)
    assert send(session, event, owner, seed) == 1
    assert invitations.send_due_invitations(session, PACE, {}) == 0
    (letter,) = letters(session)
    assert (letter.recipient, letter.locale) == ("draft@example.org", "ru")
    secret = letter.context["secret"]
    assert len(secret) >= 43  # 256 bits in base64
    assert seed.digest == hashlib.sha256(secret.encode()).hexdigest()
    assert seed.profile.status is ProfileStatus.INVITED
    assert seed.invited_at is not None
    assert seed.expires_at == seed.invited_at + timedelta(days=30)


def test_no_two_letters_have_the_same_link(session: Session) -> None:
    event, owner = add_event(session)
    seeds = [add_draft(session, event, email=f"d{n}@example.org") for n in range(3)]
    send(session, event, owner, *seeds)
    assert len({letter.context["secret"] for letter in letters(session)}) == 3


def test_the_letter_names_every_field_that_is_stored_and_where_it_came_from(
    session: Session,
) -> None:
    event, owner = add_event(session)
    seed = add_draft(session, event, offers=(("supply", "Wheat, class 3"),))
    send(session, event, owner, seed)
    told = letters(session)[0].context
    assert dict(told["rows"]) == {
        "name": "Динара Оспанова",
        "latin_name": "Dinara Ospanova",
        "job_title": "Director",
        "organisation": "Костанай Зерно",
        "country": "Казахстан",
        "city": "Kostanay",
        "languages": "русский",
        "email": "draft@example.org",
        "phone": "+77015550101",
        "offer": "Wheat, class 3",
        "asked": QUESTION,
        "attended": "·",
        "minutes": "57",
    }
    assert (told["event"], told["file"]) == ("Вебинар spring", "spring.csv")
    assert told["organiser"] == "Olga Owner, Trade Council"
    assert owner.user is not None
    assert told["organiser_email"] == owner.user.email
    assert told["basis"] == "interest"


def test_a_link_that_somebody_typed_as_a_question_is_none_in_the_letter(
    session: Session,
) -> None:
    event, owner = add_event(session)
    seed = add_draft(session, event, question="Win here: https://evil.example/now")
    send(session, event, owner, seed)
    assert "https://evil" not in str(letters(session)[0].context)


def test_letters_leave_at_the_rate_of_the_site(session: Session) -> None:
    event, owner = add_event(session)
    pace = Pace(key=KEY, per_hour=3, days=30)
    assert owner.user_id is not None
    people = [add_draft(session, event, email=f"d{n}@example.org") for n in range(5)]
    ids = [seed.profile.public_id for seed in people]
    assert invitations.invite(session, event, ids, by=owner.user_id, key=KEY) == 5
    sent = []
    for minutes in (0, 0, 2, 2, 2, 55):
        for letter in letters(session):
            letter.created_at -= timedelta(minutes=minutes)
        sent.append(invitations.send_due_invitations(session, pace, {}))
    # One a minute until the hour is full, and again when the first is an hour ago.
    assert sent == [1, 0, 1, 1, 0, 1]


def test_what_has_not_been_written_yet_can_be_taken_back(session: Session) -> None:
    event, owner = add_event(session)
    other, _ = add_event(session, slug="autumn")
    assert owner.user_id is not None
    seeds = [add_draft(session, event), add_draft(session, other, email="x@x.org")]
    for one in seeds:
        one.profile.status = ProfileStatus.INVITED
    session.flush()
    assert invitations.stop_waiting(session, event, by=owner.user_id) == 1
    session.expire_all()
    statuses = [seed.profile.status for seed in seeds]
    assert statuses == [ProfileStatus.DRAFT, ProfileStatus.INVITED]


def test_a_helper_invites_nobody_and_takes_nothing_back(
    session: Session, make_member: MakeMember
) -> None:
    helper, stranger = make_member(name="Helper"), make_member(name="Stranger")
    event, _ = add_event(session, helper=helper)
    seed = add_draft(session, event)
    for person in (helper, stranger):
        by = person.user_id or 0
        with pytest.raises(DomainError, match="invite-not-allowed"):
            invitations.invite(session, event, [seed.profile.public_id], by=by, key=KEY)
        with pytest.raises(DomainError, match="invite-not-allowed"):
            invitations.stop_waiting(session, event, by=by)
    assert not invitations.is_letter_due(session)


def test_people_of_another_event_members_and_the_nameless_are_left_out(
    session: Session, make_member: MakeMember
) -> None:
    event, owner = add_event(session)
    other, _ = add_event(session, slug="autumn")
    ids = [
        add_draft(session, other, email="b@example.org").profile.public_id,
        add_draft(session, event, email="").profile.public_id,
        make_member(name="A member").public_id,
    ]
    assert owner.user_id is not None
    assert invitations.invite(session, event, ids, by=owner.user_id, key=KEY) == 0
    assert invitations.send_due_invitations(session, PACE, {}) == 0


def test_an_address_that_said_never_is_not_written_to(session: Session) -> None:
    event, owner = add_event(session)
    seeds = [add_draft(session, event), add_draft(session, event, email="b@b.org")]
    session.add(Never(digest=never_digest(KEY, "draft@example.org")))
    assert send(session, event, owner, *seeds) == 1
    assert [letter.recipient for letter in letters(session)] == ["b@b.org"]


def test_never_said_between_the_choice_and_the_letter_still_counts(
    session: Session,
) -> None:
    event, owner = add_event(session)
    seed = add_draft(session, event)
    ids = [seed.profile.public_id]
    assert owner.user_id is not None
    assert invitations.invite(session, event, ids, by=owner.user_id, key=KEY) == 1
    session.add(Never(digest=never_digest(KEY, "draft@example.org")))
    assert invitations.send_due_invitations(session, PACE, {}) == 0
    assert not invitations.is_letter_due(session)


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        (None, ["Asks", "Offers", "Silent"]),
        (Filters(country="CN"), ["Offers"]),
        (Filters(question=True), ["Asks"]),
        (Filters(question=False), ["Offers", "Silent"]),
        (Filters(item=True), ["Asks", "Offers"]),
        (Filters(item=False), ["Silent"]),
        (Filters(group="of buyers"), ["Silent"]),
        (Filters(country="CN", question=True), []),
    ],
)
def test_the_list_to_invite_is_filtered(
    session: Session, filters: Filters | None, names: list[str]
) -> None:
    event, _ = add_event(session)
    other, _ = add_event(session, slug="autumn")
    add_draft(session, event, name="Asks", email="a@example.org")
    offers = (("supply", "Tea"),)
    values = {"name": "Offers", "country": "CN", "question": "", "offers": offers}
    add_draft(session, event, email="o@example.org", **values)
    silent = add_draft(
        session, event, name="Silent", email="s@example.org", question=""
    )
    add_draft(session, event, name="No address", email="")
    add_draft(session, other, name="Elsewhere", email="e@example.org")
    group = EventGroup(event_id=event.id, name="Buyers", public_id="of buyers")
    session.add(group)
    session.flush()
    session.execute(
        update(Attendance)
        .where(Attendance.profile_id == silent.profile_id)
        .values(group_id=group.id)
    )
    found = list_invitable(session, event, filters)
    assert [one.full_name for one in found] == names


# The reminder and the end ----------------------------------------------------


def test_one_reminder_after_ten_days_and_no_second_one(session: Session) -> None:
    event, owner = add_event(session)
    seed = add_draft(session, event)
    send(session, event, owner, seed)
    pass_time(session, seed, days=9.9)
    assert invitations.remind_due(session, PACE, {}) == 0
    pass_time(session, seed, days=0.2)
    assert invitations.remind_due(session, PACE, {}) == 1
    assert invitations.remind_due(session, PACE, {}) == 0
    pass_time(session, seed, days=15)
    assert invitations.remind_due(session, PACE, {}) == 0
    assert [one.template for one in letters(session)] == ["invitation", "reminder"]


def test_the_reminder_carries_the_link_of_the_first_letter(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invitations, "REMIND_AFTER", timedelta(0))
    event, owner = add_event(session)
    send(session, event, owner, add_draft(session, event))
    assert invitations.remind_due(session, PACE, {}) == 1
    assert len({letter.context["secret"] for letter in letters(session)}) == 1


def test_nobody_is_reminded_of_a_link_that_is_about_to_end(session: Session) -> None:
    event, owner = add_event(session)
    seed = add_draft(session, event)
    send(session, event, owner, seed)
    pass_time(session, seed, days=28)
    assert not invitations.is_letter_due(session)
    assert invitations.remind_due(session, PACE, {}) == 0


def test_unclaimed_people_are_erased_after_thirty_days_and_still_counted(
    session: Session,
) -> None:
    event, owner = add_event(session)
    seed = add_draft(session, event)
    send(session, event, owner, seed)
    pass_time(session, seed, days=29.9)
    assert erasure.erase_expired(session, days=30) == 0
    pass_time(session, seed, days=0.2)
    assert erasure.erase_expired(session, days=30) == 1
    assert session.scalars(select(Seed)).all() == []
    assert letters(session) == []
    there = session.scalars(select(Attendance)).one()
    assert there.attended
    assert (there.question, there.minutes) == ("", None)
    nobody = session.get_one(Profile, there.profile_id)
    assert (nobody.status, nobody.full_name) == (ProfileStatus.ERASED, "")
    assert count_progress(session, event).erased == 1


def test_who_was_never_told_is_erased_as_well_but_not_who_waits_for_a_letter(
    session: Session,
) -> None:
    event, owner = add_event(session)
    told, waiting = (
        add_draft(session, event, email=f"{n}@example.org") for n in range(2)
    )
    ids = [waiting.profile.public_id]
    invitations.invite(session, event, ids, by=owner.user_id or 0, key=KEY)
    for seed in (told, waiting):
        pass_time(session, seed, days=31)
    assert erasure.erase_expired(session, days=30) == 1
    assert session.scalars(select(Seed.email)).all() == ["1@example.org"]


def test_members_are_not_erased_with_the_drafts(
    session: Session, make_member: MakeMember
) -> None:
    member = make_member(name="Stays")
    member.created_at = now() - timedelta(days=400)
    event, _ = add_event(session)
    pass_time(session, add_draft(session, event), days=31)
    erasure.erase_expired(session, days=30)
    assert session.get_one(Profile, member.id).full_name == "Stays"


def test_a_never_address_imported_again_is_skipped(session: Session) -> None:
    event, owner = add_event(session)
    invited(session, event, owner, email="oleg@example.org")
    seed = session.scalars(select(Seed)).one()
    erasure.never_again(session, seed, key=KEY)
    row = "Oleg Kim,Oleg@Example.org,,,,,,,\n"
    assert bring(session, event, HEADER + row).counts == {"skipped": 1}
    assert session.scalars(select(Seed)).all() == []
