"""Requests under the rules of trust: haste, mass mailings, release by a moderator."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matchmaker.admin import moderation
from matchmaker.app import Site
from matchmaker.clock import now
from matchmaker.errors import DomainError
from matchmaker.mail import Letter
from matchmaker.matching import sending, ties
from matchmaker.matching.models import Introduction, IntroductionState
from matchmaker.profiles.models import Profile
from matchmaker.trust.holds import Limits
from matchmaker.trust.models import HeldText, SentText
from tests.conftest import MakeMember

TERMS: dict[str, Any] = {"days": 7, "open_limit": 20, "rematch_days": 90}
OFFERS = (("supply", "Buckwheat, 50 t a month"),)
NOTE = (
    "Good day! We sell buckwheat from the Altai, fifty tonnes a month, and look for a "
    "buyer with a warehouse of his own. Could we talk about it this week?"
)


@pytest.fixture
def seeker(make_member: MakeMember) -> Profile:
    """Give somebody who has been here for a month."""
    seeker = make_member(name="Ivan Petrov", offers=OFFERS)
    assert seeker.user is not None
    seeker.user.created_at = now() - timedelta(days=30)
    return seeker


@pytest.fixture
def others(make_member: MakeMember) -> list[Profile]:
    return [make_member(name=f"Reader {n}", offers=OFFERS) for n in range(7)]


def send(
    session: Session, seeker: Profile, other: Profile, **more: Any
) -> Introduction | HeldText:
    return sending.send_request(
        session,
        seeker,
        other,
        **{
            "note": NOTE,
            "drafted": ("", ""),
            "limits": Limits(),
            "seeker_item": seeker.opportunities[0],
            "candidate_item": None,
            "lang": "en",
            "form_key": f"{seeker.id} to {other.id}",
            **TERMS,
            **more,
        },
    )


def count(session: Session, table: type) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def test_the_sixth_request_with_the_same_words_waits_and_exists_for_nobody(
    session: Session, seeker: Profile, others: list[Profile]
) -> None:
    sent = [send(session, seeker, other) for other in others[:5]]
    assert all(isinstance(one, Introduction) for one in sent)
    letters = count(session, Letter)
    held = send(session, seeker, others[5])
    assert isinstance(held, HeldText)
    assert count(session, Introduction) == 5
    assert count(session, Letter) == letters, "nobody is told of it"


def test_a_released_request_reaches_its_reader_with_its_items(
    session: Session, seeker: Profile, others: list[Profile], make_member: MakeMember
) -> None:
    admin = make_member(name="Max", is_admin=True).user
    assert admin is not None
    for other in others[:5]:
        send(session, seeker, other)
    held = send(session, seeker, others[5], original="Здравствуйте!")
    assert isinstance(held, HeldText)
    moderation.release_text(session, admin.id, held.public_id, asking=TERMS)
    made = session.scalars(
        select(Introduction).where(Introduction.candidate_id == others[5].id)
    ).one()
    assert made.state is IntroductionState.PENDING
    assert (made.note, made.original) == (NOTE, "Здравствуйте!")
    assert made.seeker_item == seeker.opportunities[0]


def test_the_same_form_sent_twice_counts_and_waits_once(
    session: Session, seeker: Profile, others: list[Profile]
) -> None:
    first = send(session, seeker, others[0])
    assert send(session, seeker, others[0]) == first
    assert count(session, SentText) == 1
    for other in others[1:5]:
        send(session, seeker, other)
    held = send(session, seeker, others[5])
    assert send(session, seeker, others[5]) == held


def test_requests_as_the_site_drafted_them_go_to_any_number(
    session: Session, seeker: Profile, others: list[Profile]
) -> None:
    for other in others:
        assert isinstance(
            send(session, seeker, other, drafted=(NOTE, "")), Introduction
        )


def test_a_mailing_in_the_original_waits_however_its_translations_differ(
    session: Session, seeker: Profile, others: list[Profile]
) -> None:
    notes = (
        "Wheat of the third class waits at the elevator in Kostanay.",
        "Our warehouse in Tashkent takes pallets from March to October.",
        "Could your brokers clear four containers of tiles in Poti?",
        "The tannery in Kayseri sells half of its hides abroad by now.",
        "We insure carriers on the road between Urumqi and Minsk.",
        "Greenhouses near Baku give tomatoes all through the winter.",
    )
    sent = [
        send(session, seeker, other, note=note, original=NOTE)
        for other, note in zip(others, notes, strict=False)
    ]
    assert [type(one) for one in sent] == [Introduction] * 5 + [HeldText]
    held = sent[-1]
    assert isinstance(held, HeldText)
    assert (held.text, held.rest["original"]) == (notes[5], NOTE)
    assert held.recipients == 5


def test_an_original_that_the_site_drafted_is_nobodys_mailing(
    session: Session, seeker: Profile, others: list[Profile]
) -> None:
    for number, other in enumerate(others):
        sent = send(
            session,
            seeker,
            other,
            note=f"Shall we talk about your own trade, number {number}?",
            original=NOTE,
            drafted=("", NOTE),
        )
        assert isinstance(sent, Introduction)


def test_a_report_quotes_the_note_and_the_original_to_who_was_asked_alone(
    session: Session, seeker: Profile, others: list[Profile]
) -> None:
    asked = send(session, seeker, others[0], note="Hello", original="Здравствуйте")
    quote = ties.quote_request
    assert quote(session, others[0].id, asked.public_id) == "Hello\n\nЗдравствуйте"
    assert quote(session, seeker.id, asked.public_id) == ""
    assert quote(session, others[1].id, asked.public_id) == ""


def test_a_new_account_asks_five_people_a_day(
    session: Session, seeker: Profile, others: list[Profile]
) -> None:
    assert seeker.user is not None
    seeker.user.created_at = now()
    for other in others[:5]:
        send(session, seeker, other, drafted=(NOTE, ""))
    with pytest.raises(DomainError) as refused:
        send(session, seeker, others[5], drafted=(NOTE, ""))
    assert refused.value.code == "pace-new"


def test_who_asks_too_many_reads_why_and_keeps_what_was_typed(
    site: Site, join: Any
) -> None:
    visitor, _own = join(name="Hasty", offers=OFFERS)
    readers = [join(name=f"Reader {n}", offers=OFFERS)[1] for n in range(6)]
    words = {"seeker_item": "", "candidate_item": ""}
    for number, reader in enumerate(readers[:5]):
        answer = visitor.post(
            f"/people/{reader}/ask", {**words, "note": f"Shall we talk? {number}"}
        )
        assert answer.status_code == 303
    answer = visitor.post(
        f"/people/{readers[5]}/ask", {**words, "note": "One more, please"}
    )
    assert answer.status_code == 422
    assert "a few new people a day" in answer.text
    assert "One more, please" in answer.text
    with site.sessions.read() as session:
        assert count(session, Introduction) == 5
