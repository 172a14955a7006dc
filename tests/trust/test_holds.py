"""Haste, mass mailings, and the texts of people whose texts are held."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.clock import now
from matchmaker.errors import DomainError
from matchmaker.profiles.models import Profile
from matchmaker.trust import cases, holds, rules
from matchmaker.trust.models import (
    HeldState,
    HeldText,
    Restraint,
    SentText,
    SignalKind,
    TextPurpose,
)
from tests.conftest import MakeMember

PITCH = (
    "Dear {name}, we sell buckwheat from the Altai, fifty tonnes a month, and look for "
    "a buyer with a warehouse of his own. Could we talk about it this week?"
)
OTHER = (
    "Hello {name}, twelve of our platforms stand idle in Dostyk since May. I read that "
    "you look for wagons: would you like to hear the price?"
)
NAMES = ("Aigerim", "Bekzat", "Chen Wei", "Dana", "Emil", "Farida", "Gulnara", "Hans")


@pytest.fixture
def author(make_member: MakeMember) -> Profile:
    return make_member(name="Ivan Petrov")


@pytest.fixture
def readers(make_member: MakeMember) -> list[Profile]:
    return [make_member(name=f"{name} Reader") for name in NAMES]


def send(
    session: Session, author: Profile, reader: Profile, words: str, **more: str
) -> HeldText | None:
    return holds.check_text(
        session,
        author.id,
        words.format(name=reader.full_name),
        recipient_id=reader.id,
        **more,
    )


def test_the_same_text_goes_to_five_people_and_then_waits(
    session: Session, author: Profile, readers: list[Profile]
) -> None:
    went = [send(session, author, reader, PITCH) for reader in readers[:6]]
    assert went[:5] == [None] * 5
    held = went[5]
    assert held is not None
    assert held.state is HeldState.WAITING
    assert held.recipients == 5
    (case,) = cases.list_open(session)
    assert case.subject_id == author.id
    assert [signal.kind for signal in case.signals] == [SignalKind.SAME_TEXT]


def test_people_who_got_it_already_may_get_it_again(
    session: Session, author: Profile, readers: list[Profile]
) -> None:
    for _time in range(3):
        for reader in readers[:5]:
            assert send(session, author, reader, PITCH) is None


def test_texts_of_ones_own_for_each_reader_all_go_out(
    session: Session, author: Profile, readers: list[Profile]
) -> None:
    for reader in readers[:5]:
        assert send(session, author, reader, PITCH) is None
    for reader in readers[5:]:
        assert send(session, author, reader, OTHER) is None


def test_short_words_are_nobodys_mailing(
    session: Session, author: Profile, readers: list[Profile]
) -> None:
    for reader in readers:
        assert send(session, author, reader, "Thank you, see you on Monday!") is None


def test_what_the_site_itself_proposed_is_nobodys_mailing(
    session: Session, author: Profile, readers: list[Profile]
) -> None:
    for reader in readers:
        draft = PITCH.format(name=reader.full_name)
        assert send(session, author, reader, PITCH, drafted=draft) is None


def test_what_was_sent_long_ago_does_not_count(
    session: Session, author: Profile, readers: list[Profile]
) -> None:
    for reader in readers[:5]:
        send(session, author, reader, PITCH)
    for sent in session.scalars(select(SentText)):
        sent.sent_at = now() - timedelta(days=31)
    session.flush()
    assert send(session, author, readers[6], PITCH) is None


def test_the_same_held_text_sent_twice_waits_once(
    session: Session, author: Profile, readers: list[Profile]
) -> None:
    for reader in readers[:5]:
        send(session, author, reader, PITCH)
    first = send(session, author, readers[6], PITCH)
    assert first is not None
    assert send(session, author, readers[6], PITCH) == first


def test_all_texts_of_somebody_wait_once_a_moderator_decided_so(
    session: Session, author: Profile, readers: list[Profile]
) -> None:
    session.add(Restraint(profile_id=author.id, texts_held=True))
    session.flush()
    held = send(session, author, readers[0], "Good morning")
    assert held is not None
    assert held.recipients == 0
    assert cases.list_open(session) == []


def test_what_is_kept_of_a_sent_text_does_not_tell_it(
    session: Session, author: Profile, readers: list[Profile]
) -> None:
    send(session, author, readers[0], PITCH)
    (kept,) = session.scalars(select(SentText))
    assert kept.sketch is not None
    assert len(kept.sketch) == 4 * rules.PERMUTATIONS
    assert b"buckwheat" not in kept.sketch


@pytest.mark.parametrize(
    ("days", "allowed"), [(0, (5, "pace-new")), (8, (20, "pace-day"))]
)
def test_a_new_account_asks_five_new_people_a_day_and_others_twenty(
    session: Session,
    author: Profile,
    make_member: MakeMember,
    days: int,
    allowed: tuple[int, str],
) -> None:
    assert author.user is not None
    author.user.created_at = now() - timedelta(days=days)
    for _request in range(allowed[0]):
        holds.check_first_contact(session, author)
        holds.check_text(
            session,
            author.id,
            "Shall we talk?",
            recipient_id=make_member().id,
            purpose=TextPurpose.REQUEST,
        )
    with pytest.raises(DomainError) as refused:
        holds.check_first_contact(session, author)
    assert refused.value.code == allowed[1]


def test_messages_are_no_first_contacts(
    session: Session, author: Profile, readers: list[Profile]
) -> None:
    for _message in range(30):
        send(session, author, readers[0], "Good morning")
    holds.check_first_contact(session, author)


def test_nobody_asks_before_the_mail_address_is_confirmed(
    session: Session, author: Profile
) -> None:
    assert author.user is not None
    author.user.confirmed_at = None
    with pytest.raises(DomainError) as refused:
        holds.check_first_contact(session, author)
    assert refused.value.code == "not-confirmed"


def test_a_held_text_is_decided_once_and_then_erased(
    session: Session, author: Profile, readers: list[Profile]
) -> None:
    session.add(Restraint(profile_id=author.id, texts_held=True))
    session.flush()
    held = send(session, author, readers[0], "Good morning", rest={"lang": "en"})
    assert held is not None
    assert author.user is not None
    found, text, rest = holds.take(
        session,
        held.public_id,
        moderator_id=author.user.id,
        state=HeldState.RELEASED,
    )
    assert (text, rest) == ("Good morning", {"lang": "en"})
    assert (found.text, found.rest) == ("", {})
    with pytest.raises(DomainError) as refused:
        holds.take(
            session,
            held.public_id,
            moderator_id=author.user.id,
            state=HeldState.REFUSED,
        )
    assert refused.value.code == "held-unknown"


CHINESE = (
    "{name}您好！我们是上海一家物流公司，提供中欧班列的整箱和拼箱运输服务，希望与贵公司"
    "合作，期待您的回复。"
)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (PITCH.format(name="Aigerim"), PITCH.format(name="Bekzat"), True),
        (PITCH.format(name="Aigerim"), PITCH.format(name="A").upper() + " !!!", True),
        (CHINESE.format(name=""), CHINESE.format(name="王总"), True),
        (PITCH.format(name="Dana"), OTHER.format(name="Dana"), False),
        (PITCH.format(name="Dana"), PITCH.format(name="Dana")[:100], False),
    ],
)
def test_nearly_the_same_text_is_recognised(
    one: str, other: str, *, same: bool
) -> None:
    first, second = rules.sketch(one), rules.sketch(other)
    assert first is not None
    assert second is not None
    assert bool(rules.alike(first, [second])[0] >= 0.9) is same


@pytest.mark.parametrize("text", ["", "\u200b\u200b", "😀" * 500, "12345 " * 100, "а"])
def test_a_text_of_nothing_has_no_sketch(text: str) -> None:
    assert rules.sketch(text) is None


def test_a_text_of_fifty_kilobytes_has_a_sketch() -> None:
    assert rules.sketch("продаём гречку оптом " * 2500) is not None
