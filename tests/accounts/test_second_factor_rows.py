"""Codes, what is stored of them, and the worker's share, on both databases."""

from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, inspect, select
from sqlalchemy.orm import Session

from matchmaker.accounts import codes, mail_change, second_factor, service
from matchmaker.accounts import sessions as rows
from matchmaker.accounts.models import (
    MailChange,
    PendingSignIn,
    RecoveryCode,
    ResetRequest,
    SecondFactor,
    User,
    UserSession,
)
from matchmaker.app import Site
from matchmaker.clock import now
from matchmaker.errors import DomainError
from matchmaker.mail import Letter
from tests.accounts.conftest import answer_requests

pytestmark = pytest.mark.usefixtures("cheap_hashes")
PASSWORD = "grey horses sing"
MOMENT = datetime(2026, 5, 4, 12, 0, 10, tzinfo=UTC)
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
def user(session: Session) -> User:
    """Give a person who has confirmed the address."""
    return service.create_user(
        session, "anna@example.org", password=PASSWORD, confirmed=True
    )


def code_of(secret: str, moment: datetime) -> str:
    return pyotp.TOTP(secret).generate_otp(int(moment.timestamp()) // 30)


def switch_on(session: Session, user: User) -> tuple[str, list[str]]:
    """Put a second factor in force; return its secret and the recovery codes."""
    factor = second_factor.begin(session, user.id)
    code = code_of(factor.secret, now() - timedelta(seconds=30))
    given = second_factor.switch_on(session, user.id, code=code, keep=0)
    session.refresh(factor)
    return factor.secret, given


def test_our_codes_are_those_of_the_standard() -> None:
    # RFC 6238, appendix B: the last six of the eight digits, for SHA-1.
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    for seconds, digits in ((59, "287082"), (1111111109, "081804"), (2e9, "279037")):
        moment = datetime.fromtimestamp(seconds, UTC)
        assert codes.matching_step(secret, digits, moment=moment, after=0) is not None


@pytest.mark.parametrize(
    ("seconds", "counts"),
    [(-90, False), (-30, True), (0, True), (30, True), (90, False)],
)
def test_the_code_before_and_the_one_after_count(seconds: int, *, counts: bool) -> None:
    code = code_of(SECRET, MOMENT + timedelta(seconds=seconds))
    step = codes.matching_step(SECRET, code, moment=MOMENT, after=0)
    assert (step is not None) is counts


def test_no_step_at_or_before_the_last_one_counts() -> None:
    code = code_of(SECRET, MOMENT)
    step = codes.matching_step(SECRET, code, moment=MOMENT, after=0)
    assert step is not None
    assert codes.matching_step(SECRET, code, moment=MOMENT, after=step) is None


@given(st.text(max_size=40))
def test_any_text_may_be_typed_as_a_code(typed: str) -> None:
    codes.matching_step(SECRET, typed, moment=MOMENT, after=0)
    codes.is_app_code(typed)
    parts = codes.split_recovery(typed)
    assert parts is None or "".join(parts).isalnum()


def test_recovery_codes_differ_where_they_are_looked_up_and_have_no_lookalikes() -> (
    None
):
    fresh = codes.new_recovery_codes()
    assert len({code[:4] for code in fresh}) == len(fresh) == 10
    assert not set("".join(fresh)) & set("01OIL")


def test_a_recovery_code_may_be_typed_as_people_type() -> None:
    for typed in (
        "k7qx m2pd 8hjw",
        "K7QX\u2013M2PD\u20138HJW",
        "Ｋ７ＱＸＭ２ＰＤ８ＨＪＷ",
    ):
        assert codes.split_recovery(typed) == ("K7QX", "M2PD8HJW")


def test_a_code_is_taken_once(session: Session, user: User) -> None:
    secret, _given = switch_on(session, user)
    code = code_of(secret, now())
    assert second_factor.take_code(session, user.id, code)
    assert not second_factor.take_code(session, user.id, code)


def test_a_code_read_by_two_is_taken_by_one(session: Session, user: User) -> None:
    secret, _given = switch_on(session, user)
    factor = second_factor.find(session, user.id)
    assert factor is not None
    session.expunge(factor)  # as somebody holds it who read it a moment earlier
    code = code_of(secret, now())
    assert second_factor.take_code(session, user.id, code)
    assert not second_factor._take_app_code(session, factor, code)


def test_a_recovery_code_is_taken_once_and_only_by_its_owner(
    session: Session, user: User
) -> None:
    _secret, mine = switch_on(session, user)
    other = service.create_user(session, "o@example.org", password=PASSWORD)
    switch_on(session, other)
    assert not second_factor.take_code(session, other.id, mine[0])
    assert second_factor.take_code(session, user.id, mine[0])
    assert not second_factor.take_code(session, user.id, mine[0])
    assert second_factor.count_recovery_codes(session, user.id) == 9


def test_of_recovery_codes_only_their_beginnings_can_be_read(
    session: Session, user: User
) -> None:
    _secret, mine = switch_on(session, user)
    stored = " ".join(
        str(value)
        for row in session.scalars(select(RecoveryCode))
        for value in inspect(row).dict.values()
    )
    assert not any(
        code[5:] in stored or code.replace("-", "") in stored for code in mine
    )


def test_a_factor_that_waits_for_its_first_code_asks_nobody(
    session: Session, user: User
) -> None:
    factor = second_factor.begin(session, user.id)
    first = factor.secret
    assert not second_factor.is_on(session, user.id)
    assert not second_factor.take_code(session, user.id, code_of(first, now()))
    assert second_factor.begin(session, user.id).secret != first
    switch_on(session, user)
    with pytest.raises(DomainError, match="second-factor-on"):
        second_factor.begin(session, user.id)


def test_what_is_not_on_cannot_be_switched_on_or_off(
    session: Session, user: User
) -> None:
    with pytest.raises(DomainError, match="second-factor-off"):
        second_factor.switch_on(session, user.id, code="000000", keep=0)
    with pytest.raises(DomainError, match="second-factor-off"):
        second_factor.switch_off(
            session, user.id, password=PASSWORD, code="000000", keep=0
        )


def test_a_reset_by_the_operator_ends_every_session_and_tells_the_person(
    session: Session, user: User
) -> None:
    switch_on(session, user)
    rows.start_session(session, user, user_agent="", second_factor=True)
    second_factor.begin_sign_in(session, user, seconds=60)
    assert second_factor.reset(session, user)
    assert not second_factor.is_on(session, user.id)
    for model in (SecondFactor, RecoveryCode, PendingSignIn):
        assert session.scalar(select(func.count()).select_from(model)) == 0
    assert session.scalars(select(UserSession)).one().ended_at is not None
    last = session.scalars(select(Letter).order_by(Letter.id.desc())).first()
    assert last is not None
    assert last.context["what"] == "reset"
    assert not second_factor.reset(session, user)


def test_a_session_knows_when_the_password_was_given_and_whether_a_code(
    session: Session, user: User
) -> None:
    token = rows.start_session(session, user, user_agent="", second_factor=True)
    found = rows.find_signed_in(session, token, idle=60, maximum=60, extras={})
    assert found is not None
    assert found.second_factor
    assert found.confirmed_at is not None
    assert now() - found.confirmed_at < timedelta(seconds=60)


def test_erasing_a_person_erases_all_of_this(session: Session, user: User) -> None:
    switch_on(session, user)
    second_factor.begin_sign_in(session, user, seconds=60)
    mail_change.ask(session, user.id, "new@example.org", seconds=60)
    session.delete(user)
    session.flush()
    for model in (SecondFactor, RecoveryCode, PendingSignIn, MailChange):
        assert session.scalar(select(func.count()).select_from(model)) == 0


@pytest.mark.parametrize("locale", ["en", "ru", "zh"])
@pytest.mark.parametrize(
    ("template", "context"),
    [
        *(("second_factor", {"what": w, "left": 1}) for w in ("on", "off", "reset")),
        ("second_factor", {"what": "code", "left": 0}),
        ("new_address", {"token": "t", "hours": 72}),
        ("address_changed", {"token": "t", "new": "n@example.org", "days": 7}),
    ],
)
def test_every_letter_has_a_subject_and_a_link_in_every_language(
    site: Site, template: str, context: dict[str, object], locale: str
) -> None:
    letter = site.outbox.render(template, locale, context)
    assert letter.subject
    assert "\n" not in letter.subject
    assert "http://localhost/" in letter.text
    assert "\n\n\n" not in letter.text


def test_the_worker_answers_each_request_for_a_reset_once(site: Site) -> None:
    with site.sessions.write.begin() as session:
        service.create_user(
            session, "anna@example.org", password=PASSWORD, confirmed=True
        )
        for email in ("anna@example.org", "nobody@example.org"):
            service.request_reset(session, email)
    assert answer_requests(site) == 2
    assert answer_requests(site) == 0
    with site.sessions.read() as session:
        assert [x.recipient for x in session.scalars(select(Letter))] == [
            "anna@example.org"
        ]
        assert session.scalars(select(ResetRequest)).all() == []
