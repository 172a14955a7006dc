"""Erasing somebody: what goes, what stays, and that nothing is found of them."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matchmaker.clock import now
from matchmaker.db import Base
from matchmaker.errors import DomainError
from matchmaker.events.models import Attendance, Event, EventKind, EventStaff, StaffRole
from matchmaker.events.roster import Seed
from matchmaker.mail import Letter, queue_letter
from matchmaker.matching.models import Introduction, IntroductionState
from matchmaker.messaging import conversations
from matchmaker.messaging.models import FollowUp, Message
from matchmaker.notices import service as notices
from matchmaker.notices.models import NoticeKind, Notification
from matchmaker.owndata import erasure
from matchmaker.owndata.collect import Owner, find_owner
from matchmaker.owndata.models import Erasure
from matchmaker.owndata.rules import GAP, Redactor
from matchmaker.profiles.models import Organisation, Profile, ProfileStatus
from matchmaker.trust.holds import Limits
from tests.conftest import MakeMember, add_introduction, add_member
from tests.events.rosters import add_draft, add_event
from tests.owndata.everything import (
    DEAR,
    MAIL,
    NAME,
    OFFER,
    TRACES,
    add_person,
    dump,
    fill,
)

#: Tables whose rows count what happened: none of them goes.
COUNTED = (
    *("introduction", "message", "follow_up", "attendance", "outcome", "deal"),
    *("profile", "event", "audit_entry", "import_batch", "report"),
)


def owner_of(session: Session, profile: Profile) -> Owner:
    found = find_owner(session, profile.user_id or 0)
    assert found is not None
    return found


def counts(session: Session) -> dict[str, int]:
    return {
        name: session.scalar(
            select(func.count()).select_from(Base.metadata.tables[name])
        )
        or 0
        for name in COUNTED
    }


def test_nothing_of_somebody_erased_is_left_in_any_column_of_any_table(
    session: Session,
) -> None:
    for number in range(48):
        add_member(session, name=f"Person {number}")
    person, other = add_person(session), add_member(session, name="Boris Ivanov")
    owner = fill(session, person, other)
    tell_others(session, person, other)
    before, told = counts(session), dump(session)
    assert [trace for trace in TRACES if trace not in told] == ["1234567"]
    erasure.erase(session, owner)
    left = dump(session)
    found = [line for trace in TRACES for line in left.splitlines() if trace in line]
    assert found == []
    assert counts(session) == before
    assert left.count("profile: boris ivanov") == 1


def tell_others(session: Session, person: Profile, other: Profile) -> None:
    """Let a notice and letters to somebody else name the person."""
    between = add_introduction(session, person, other)
    notices.notify(
        session,
        other.user,
        kind=NoticeKind.REQUEST,
        code="asked",
        context={"name": NAME, "introduction": between.public_id},
    )
    for context in ({"writers": [{"name": NAME}]}, {"profile": person.public_id}):
        queue_letter(
            session,
            to="boris@example.org",
            template="digest",
            locale="en",
            context=context,
        )
    session.flush()


def test_the_other_side_keeps_its_own_words_without_what_names_the_person(
    session: Session,
) -> None:
    person, other = add_person(session), add_member(session, name="Boris")
    between = add_introduction(session, other, person)
    between.candidate_cites = OFFER
    between.note = f"You offer: {OFFER}. Shall we talk?"
    for author, reader, text in ((person, other, "Come!"), (other, person, DEAR)):
        conversations.write_message(
            session, between, author.id, text=text, lang="en", form_key=text
        )
        assert reader is not author
    session.flush()
    erasure.erase(session, owner_of(session, person))
    kept = session.scalars(select(Introduction)).one()
    assert kept.note == f"You offer: {GAP}. Shall we talk?"
    assert kept.candidate_cites == ""
    assert kept.candidate.status is ProfileStatus.ERASED
    texts = session.scalars(select(Message.text).order_by(Message.id)).all()
    assert texts == ["", f"Dear {GAP}, thank you. I call {GAP}."]


def test_nobody_can_write_to_somebody_who_is_gone(session: Session) -> None:
    person, other = add_person(session), add_member(session, name="Boris")
    between = add_introduction(session, other, person)
    erasure.erase(session, owner_of(session, person))
    between = session.scalars(select(Introduction)).one()
    with pytest.raises(DomainError, match="member-gone"):
        conversations.send_message(
            session,
            between,
            other.id,
            text="Hello?",
            lang="en",
            form_key="k",
            limits=Limits.of(
                {
                    "NEW_DAYS": 7,
                    "FIRST_CONTACTS_NEW": 5,
                    "FIRST_CONTACTS": 20,
                    "TEXT_ALIKE": 0.9,
                    "TEXT_PEOPLE": 5,
                    "SENT_KEPT_DAYS": 30,
                    "BURST_TIMES": 10,
                }
            ),
        )


def test_open_requests_end_as_if_nobody_had_answered(
    session: Session, make_member: MakeMember
) -> None:
    person = add_person(session)
    pending = IntroductionState.PENDING
    for n in range(2):
        pair = (person, make_member()) if n else (make_member(), person)
        add_introduction(session, *pair, state=pending)
    erasure.erase(session, owner_of(session, person))
    rows = session.scalars(select(Introduction)).all()
    assert {row.state for row in rows} == {IntroductionState.EXPIRED}
    assert {row.pair_key for row in rows} == {None}


def test_colleagues_keep_their_organisation_and_namesakes_their_rows(
    session: Session, make_member: MakeMember
) -> None:
    person = add_person(session)
    colleague = make_member(name="Colleague", organisation="")
    colleague.organisation = person.organisation
    make_member(name=NAME)
    erasure.erase(session, owner_of(session, person))
    names = session.scalars(select(Organisation.name)).all()
    assert "Tosheva Marble" in names
    assert session.scalars(
        select(Profile.full_name).where(Profile.full_name == NAME)
    ).all()


def test_drafts_that_lists_made_of_the_same_address_go_too_and_no_others(
    session: Session,
) -> None:
    person = add_person(session)
    event, _owner = add_event(session)
    add_draft(session, event, email=MAIL, phone="")
    add_draft(session, event, email="", phone="", name="No Address")
    add_draft(session, event, email="stays@example.org", phone="")
    erasure.erase(session, owner_of(session, person))
    assert sorted(session.scalars(select(Seed.email))) == ["", "stays@example.org"]


def test_what_others_are_told_of_each_other_stays(
    session: Session, make_member: MakeMember
) -> None:
    person, one, other = add_person(session), make_member(), make_member(name="Li")
    between = add_introduction(session, one, other)
    notices.notify(
        session,
        one.user,
        kind=NoticeKind.REQUEST,
        code="asked",
        context={"name": "Li", "introduction": between.public_id},
    )
    session.add(
        FollowUp(
            introduction_id=between.id,
            author_id=one.id,
            kind="call",
            happened_on=now().date(),
            what="Called",
            form_key="k",
        )
    )
    queue_letter(session, to="a@example.org", template="reset", locale="en", context={})
    erasure.erase(session, owner_of(session, person))
    assert session.scalars(select(Notification.context)).one()["name"] == "Li"
    assert session.scalars(select(FollowUp.what)).one() == "Called"
    assert len(session.scalars(select(Letter.recipient)).all()) == 2


def test_the_list_of_the_erased_names_nobody(session: Session) -> None:
    person = add_person(session)
    public_id = person.public_id
    erasure.erase(session, owner_of(session, person))
    digest = session.scalars(select(Erasure.digest)).one()
    assert len(digest) == 64
    assert public_id not in dump(session)


def test_who_alone_owns_an_event_or_the_site_hands_it_over_first(
    session: Session, make_member: MakeMember
) -> None:
    owner, second = make_member(), make_member()
    event = Event(
        slug="fair",
        names={"en": "Fair"},
        kind=EventKind.MEETING,
        starts_at=now(),
        ends_at=now(),
    )
    session.add(event)
    session.flush()
    session.add(
        EventStaff(event_id=event.id, user_id=owner.user_id, role=StaffRole.OWNER)
    )
    session.flush()
    with pytest.raises(DomainError, match="erase-last-owner"):
        erasure.check_may_leave(session, owner.user_id or 0)
    session.add(
        EventStaff(event_id=event.id, user_id=second.user_id, role=StaffRole.OWNER)
    )
    session.flush()
    erasure.check_may_leave(session, owner.user_id or 0)
    chief = make_member(is_admin=True)
    with pytest.raises(DomainError, match="erase-last-admin"):
        erasure.check_may_leave(session, chief.user_id or 0)
    make_member(is_admin=True)
    erasure.check_may_leave(session, chief.user_id or 0)


def test_somebody_erased_still_counts_at_the_event(session: Session) -> None:
    person = add_person(session)
    event, _owner = add_event(session)
    session.add(
        Attendance(event_id=event.id, profile_id=person.id, question="Who buys marble?")
    )
    session.flush()
    erasure.erase(session, owner_of(session, person))
    kept = session.scalars(select(Attendance)).one()
    assert kept.question == ""
    assert kept.profile.full_name == ""


@pytest.mark.parametrize(
    ("word", "text", "left"),
    [
        ("陈浩", "你好，陈浩先生", f"你好，{GAP}先生"),
        ("Ann Lee", "Ann  lee and Joann Leeds", f"{GAP} and Joann Leeds"),
        (
            "+7 700 123-45-67",
            "Call +77001234567 or 7 700 1234567",
            f"Call {GAP} or {GAP}",
        ),
        ("", "Nothing", "Nothing"),
        ("a", "a b", "a b"),
        ("A.B*", "what is A.B* here", f"what is {GAP} here"),
    ],
)
def test_words_are_taken_out_however_they_are_written(
    word: str, text: str, left: str
) -> None:
    assert Redactor([word]).clean(text) == left
