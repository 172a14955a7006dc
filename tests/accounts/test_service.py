"""Passwords, links and sessions, on both databases."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from argon2 import PasswordHasher, Type
from sqlalchemy import inspect, select, update
from sqlalchemy.orm import Session

from matchmaker.accounts import rules, service, sessions
from matchmaker.accounts.models import Purpose, Token, User, UserSession
from matchmaker.clock import now
from matchmaker.errors import DomainError
from matchmaker.mail import Letter

pytestmark = pytest.mark.usefixtures("cheap_hashes")
PASSWORD = "grey horses sing"
NEW = "tall green doors"
HOUR = 3600
TIMES = {"idle": 14 * 24 * HOUR, "maximum": 60 * 24 * HOUR}


@pytest.fixture
def user(session: Session) -> User:
    """Give a person who has confirmed the address."""
    return service.create_user(
        session, "anna@example.org", password=PASSWORD, confirmed=True
    )


@pytest.fixture
def start(session: Session, user: User) -> Callable[[], str]:
    """Return a function that signs in one more browser and gives its token."""
    return lambda: sessions.start_session(session, user, user_agent="Firefox Linux")


def is_signed_in(session: Session, token: str) -> bool:
    found = sessions.find_signed_in(session, token, extras={}, **TIMES)
    return found is not None


def letters(session: Session) -> list[Letter]:
    return list(session.scalars(select(Letter).order_by(Letter.id)))


def stored_columns(row: object) -> str:
    return " ".join(str(value) for value in inspect(row).dict.values())


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("seven77", "password-short"),
        ("x9" * 65, "password-long"),
        ("password1", "password-common"),
        ("iloveyou", "password-common"),
        ("Matchmaker2026!", "password-common"),
        ("anna.bekova1", "password-common"),
        ("anna.bekova@example.org", "password-common"),
        ("aaaaaaaaaaaa", "password-common"),
        ("ｐａｓｓｗｏｒｄ１", "password-common"),
        ("ﬁve", "password-short"),
    ],
)
def test_a_weak_password_is_refused(password: str, code: str) -> None:
    with pytest.raises(DomainError, match=code):
        rules.check_password(password, email="anna.bekova@example.org")


@pytest.mark.parametrize(
    "password",
    [
        "all small letters",
        "лошади поют серым",
        "八个字符就够了吧",
        "🐎🐎🐎🐎🐑🐑🐑🐑",
        "z9" * 64,
    ],
)
def test_any_other_password_of_8_to_128_characters_is_welcome(password: str) -> None:
    rules.check_password(password, email="anna@example.org")
    assert rules.verify_password(rules.hash_password(password), password)


def test_three_thousand_passwords_that_are_long_enough_are_refused() -> None:
    common = rules._common_passwords()
    assert len(common) == 3000
    assert min(map(len, common)) == rules.PASSWORD_MINIMUM


def test_a_password_is_never_cut(session: Session, user: User) -> None:
    long = "z9" * 64
    user.password_hash = rules.hash_password(long)
    assert service.sign_in(session, user.email, long) is user
    for wrong in (long[:-1], long + "a", long + "\x00", long[:72]):
        assert service.sign_in(session, user.email, wrong) is None


def test_hashing_costs_what_is_recommended() -> None:
    today = PasswordHasher()  # what the rules use, see there
    assert today.type is Type.ID
    assert today.memory_cost >= 19 * 1024, "kibibytes, the least OWASP names"
    assert today.time_cost >= 2


def test_a_password_typed_on_another_keyboard_is_the_same() -> None:
    composed, decomposed = "caf\u00e9 au lait", "cafe\u0301 au lait"
    assert rules.verify_password(rules.hash_password(composed), decomposed)
    marks = "e\u0301" * 128  # 256 code points that are 128 letters
    assert rules.verify_password(rules.hash_password(marks), marks)


def test_passwords_are_hashed_with_argon2id(user: User) -> None:
    assert (user.password_hash or "").startswith("$argon2id$")
    assert PASSWORD not in stored_columns(user)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        (" Anna@Example.ORG ", "anna@example.org"),
        ("a@bücher.example.org", "a@xn--bcher-kva.example.org"),
        ("a@XN--BCHER-KVA.example.org", "a@xn--bcher-kva.example.org"),
        ("anna", None),
        ("a@b@example.org", None),
        ("a\nb@example.org", None),
        ('"a b"@example.org', None),
        ("Anna <anna@example.org>", None),
        ("a@[127.0.0.1]", None),
    ],
)
def test_an_address_has_one_form_or_is_refused(typed: str, stored: str | None) -> None:
    if stored is None:
        with pytest.raises(DomainError, match="email-invalid"):
            rules.normalize_email(typed)
    else:
        assert rules.normalize_email(typed) == stored


def test_an_address_belongs_to_one_person_whatever_its_case(
    session: Session, user: User
) -> None:
    with pytest.raises(DomainError, match="email-taken"):
        service.create_user(session, user.email.upper(), password=NEW)


def test_only_confirmed_and_enabled_people_sign_in(
    session: Session, user: User
) -> None:
    assert service.sign_in(session, "ANNA@example.org", PASSWORD) is user
    assert service.sign_in(session, user.email, NEW) is None
    user.confirmed_at = None
    assert service.sign_in(session, user.email, PASSWORD) is None
    user.confirmed_at, user.disabled_at = now(), now()
    assert service.sign_in(session, user.email, PASSWORD) is None


def test_the_secret_of_a_link_is_not_stored_with_it(
    session: Session, user: User
) -> None:
    secret = service.issue_token(session, user, Purpose.RESET, seconds=HOUR)
    assert len(secret) >= 43, "256 bits"
    token = session.scalars(select(Token)).one()
    assert secret not in stored_columns(token)


def test_a_link_is_good_for_its_own_purpose_only(session: Session, user: User) -> None:
    for purpose in Purpose:
        secret = service.issue_token(session, user, purpose, seconds=HOUR)
        for other in set(Purpose) - {purpose}:
            with pytest.raises(DomainError, match="link-invalid"):
                service.get_token(session, secret, other)
        assert service.get_token(session, secret, purpose).user is user


def test_a_link_works_once(session: Session, user: User) -> None:
    secret = service.issue_token(session, user, Purpose.RESET, seconds=HOUR)
    service.reset_password(session, secret, NEW)
    with pytest.raises(DomainError, match="link-invalid"):
        service.reset_password(session, secret, "another long one")
    assert service.sign_in(session, user.email, NEW) is user


def test_a_link_ends_with_its_time(session: Session, user: User) -> None:
    secret = service.issue_token(session, user, Purpose.CONFIRM, seconds=0)
    with pytest.raises(DomainError, match="link-invalid"):
        service.confirm(session, secret)


def test_a_new_link_voids_the_earlier_one(session: Session, user: User) -> None:
    first = service.issue_token(session, user, Purpose.RESET, seconds=HOUR)
    second = service.issue_token(session, user, Purpose.RESET, seconds=HOUR)
    with pytest.raises(DomainError, match="link-invalid"):
        service.get_token(session, first, Purpose.RESET)
    assert service.get_token(session, second, Purpose.RESET)


def test_links_of_a_disabled_person_are_void(session: Session, user: User) -> None:
    secret = service.issue_token(session, user, Purpose.RESET, seconds=HOUR)
    user.disabled_at = now()
    with pytest.raises(DomainError, match="link-invalid"):
        service.reset_password(session, secret, NEW)


def test_a_password_change_voids_every_open_link(session: Session, user: User) -> None:
    secrets = {p: service.issue_token(session, user, p, seconds=HOUR) for p in Purpose}
    service.change_password(session, user.id, current=PASSWORD, new=NEW, keep=0)
    for purpose, secret in secrets.items():
        with pytest.raises(DomainError, match="link-invalid"):
            service.get_token(session, secret, purpose)


def test_a_refused_new_password_leaves_the_reset_link_good(
    session: Session, user: User
) -> None:
    secret = service.issue_token(session, user, Purpose.RESET, seconds=HOUR)
    with pytest.raises(DomainError, match="password-short"):
        service.reset_password(session, secret, "short")
    service.reset_password(session, secret, NEW)


def test_a_change_needs_the_current_password(session: Session, user: User) -> None:
    with pytest.raises(DomainError, match="password-wrong"):
        service.change_password(session, user.id, current=NEW, new=NEW, keep=0)
    assert service.sign_in(session, user.email, PASSWORD) is user


def test_a_password_change_keeps_this_browser_and_ends_the_others(
    session: Session, user: User, start: Callable[[], str]
) -> None:
    here, there = start(), start()
    found = sessions.find_signed_in(session, here, extras={}, **TIMES)
    assert found is not None
    service.change_password(
        session, user.id, current=PASSWORD, new=NEW, keep=found.session_id
    )
    assert is_signed_in(session, here)
    assert not is_signed_in(session, there)


def test_a_reset_ends_every_session(
    session: Session, user: User, start: Callable[[], str]
) -> None:
    tokens = [start(), start()]
    secret = service.issue_token(session, user, Purpose.RESET, seconds=HOUR)
    service.reset_password(session, secret, NEW)
    assert not any(is_signed_in(session, token) for token in tokens)


@pytest.mark.parametrize(
    ("column", "age", "alive"),
    [
        ("seen_at", timedelta(days=13), True),
        ("seen_at", timedelta(days=15), False),
        ("created_at", timedelta(days=59), True),
        ("created_at", timedelta(days=61), False),
    ],
)
def test_a_session_ends_when_it_was_idle_or_is_old(  # noqa: PLR0913
    session: Session,
    user: User,
    start: Callable[[], str],
    column: str,
    age: timedelta,
    *,
    alive: bool,
) -> None:
    token = start()
    session.execute(update(UserSession).values({column: now() - age}))
    assert is_signed_in(session, token) is alive
    assert len(sessions.list_sessions(session, user.id, **TIMES)) == alive


def test_disabling_a_person_ends_the_sessions(
    session: Session, user: User, start: Callable[[], str]
) -> None:
    token = start()
    user.disabled_at = now()
    session.flush()
    assert not is_signed_in(session, token)


def test_a_session_is_stored_without_its_token_and_with_little_of_the_browser(
    session: Session, start: Callable[[], str]
) -> None:
    token = start()
    row = session.scalars(select(UserSession)).one()
    assert token not in stored_columns(row)
    assert row.device == "Firefox, Linux"


def test_nobody_ends_the_session_of_another(
    session: Session, user: User, start: Callable[[], str]
) -> None:
    token = start()
    row = sessions.list_sessions(session, user.id, **TIMES)[0]
    other = service.create_user(session, "o@example.org", password=NEW)
    with pytest.raises(DomainError, match="session-unknown"):
        sessions.end_session(session, other.id, row.public_id)
    assert is_signed_in(session, token)
    sessions.end_session(session, user.id, row.public_id)
    assert not is_signed_in(session, token)


def register(session: Session, email: str, password: str = PASSWORD) -> None:
    """Register, and do the worker's share."""
    service.register(
        session, email, password, locale="ru", time_zone="UTC", browser="b"
    )
    session.flush()
    assert service.answer_registrations(session, seconds=HOUR) == 1


def test_registering_writes_one_letter_whoever_is_known(
    session: Session, user: User
) -> None:
    register(session, "new@example.org")
    register(session, user.email, NEW)
    written = [(x.recipient, x.template, x.locale) for x in letters(session)]
    assert written == [
        ("new@example.org", "confirm", "ru"),
        ("anna@example.org", "known", "en"),
    ]
    assert service.sign_in(session, user.email, PASSWORD) is user, "nothing changed"


def test_an_unconfirmed_address_can_be_registered_again(session: Session) -> None:
    register(session, "new@example.org")
    first = service.find_user(session, "new@example.org")
    register(session, "new@example.org", NEW)
    secret = letters(session)[-1].context["token"]
    confirmed = service.confirm(session, secret, browser="b")
    assert confirmed is first
    assert service.sign_in(session, "new@example.org", NEW) is first


def test_registering_does_not_wake_a_disabled_account(
    session: Session, user: User
) -> None:
    user.disabled_at = now()
    register(session, user.email, NEW)
    assert letters(session) == []


def test_a_reset_writes_only_to_people_who_exist_and_are_enabled(
    session: Session, user: User
) -> None:
    for email, written in (("nobody@example.org", 0), (user.email, 1)):
        service.request_reset(session, email)
        session.flush()
        assert service.answer_resets(session, seconds=HOUR) == 1
        assert [x.template for x in letters(session)] == ["reset"] * written
    user.disabled_at = now()
    service.request_reset(session, user.email)
    assert service.answer_resets(session, seconds=HOUR) == 1
    assert len(letters(session)) == 1
    assert service.answer_resets(session, seconds=HOUR) == 0, "each once"


def test_a_hash_of_other_parameters_is_renewed_at_sign_in(
    session: Session, user: User
) -> None:
    weak = PasswordHasher(time_cost=2, memory_cost=8, parallelism=1).hash(PASSWORD)
    user.password_hash = weak
    assert service.sign_in(session, user.email, PASSWORD) is user
    assert not rules.needs_rehash(user.password_hash)
    assert rules.verify_password(user.password_hash, PASSWORD)
