"""Use cases of accounts. Flush, never commit; the caller owns the transaction."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    select,
    update,
)
from sqlalchemy.orm import Session

from matchmaker import mail
from matchmaker.accounts import rules
from matchmaker.accounts.models import Purpose, Token, User, UserSession
from matchmaker.clock import now
from matchmaker.errors import DomainError

SEEN_STEP = timedelta(minutes=5)  # how exact "last seen" is; saves a write a page

#: Things other rooms want to know about the signed-in person on every page,
#: as scalar subqueries over ``User.id``: one statement answers them all.
Extra = Callable[[ColumnElement[int]], ColumnElement[Any]]


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The person of this request."""

    id: int
    email: str
    locale: str
    time_zone: str
    is_admin: bool
    session_id: int
    extra: Mapping[str, Any] = field(default_factory=dict)


def find_user(session: Session, email: str) -> User | None:
    """Return the user with a normalised address."""
    return session.scalar(select(User).where(User.email == email))


def get_user(session: Session, user_id: int) -> User:
    """Return a user that is known to exist."""
    return session.get_one(User, user_id)


def create_user(  # noqa: PLR0913  each by name
    session: Session,
    email: str,
    *,
    password: str | None,
    locale: str = "en",
    time_zone: str = "UTC",
    is_admin: bool = False,
    confirmed: bool = False,
) -> User:
    """Add a user.

    Raises
    ------
    DomainError
        ``email-invalid``, ``email-taken`` or a refusal of the password.
    """
    email = rules.normalize_email(email)
    if password is not None:
        rules.check_password(password, email=email)
    if find_user(session, email) is not None:
        raise DomainError("email-taken")
    user = User(
        email=email,
        password_hash=None if password is None else rules.hash_password(password),
        locale=locale,
        time_zone=time_zone,
        is_admin=is_admin,
        confirmed_at=now() if confirmed else None,
    )
    session.add(user)
    session.flush()
    return user


def register(  # noqa: PLR0913  each by name
    session: Session,
    email: str,
    password: str,
    *,
    locale: str,
    time_zone: str,
    confirm_seconds: int,
) -> User | None:
    """Register, and write a letter, so that no answer tells who is known.

    A new address gets a link that confirms it; a known and confirmed one a note
    that somebody tried. Either way one password hash is computed. The user is
    returned when it is new.
    """
    email = rules.normalize_email(email)
    rules.check_password(password, email=email)
    user = find_user(session, email)
    if user is None:
        user = create_user(
            session, email, password=password, locale=locale, time_zone=time_zone
        )
        send_link(session, user, Purpose.CONFIRM, seconds=confirm_seconds)
        return user
    hashed = rules.hash_password(password)
    if user.confirmed_at is None and user.disabled_at is None:
        # Nobody has proved the address yet: the last to register may.
        user.password_hash = hashed
        send_link(session, user, Purpose.CONFIRM, seconds=confirm_seconds)
    elif user.disabled_at is None:
        mail.queue_letter(
            session, to=user.email, template="known", locale=user.locale, context={}
        )
    return None


def send_link(session: Session, user: User, purpose: Purpose, *, seconds: int) -> str:
    """Write a letter with a one-use link; earlier ones of its kind are void."""
    secret = issue_token(session, user, purpose, seconds=seconds)
    mail.queue_letter(
        session,
        to=user.email,
        template=purpose.value,
        locale=user.locale,
        context={"token": secret, "hours": max(1, seconds // 3600)},
    )
    return secret


def issue_token(session: Session, user: User, purpose: Purpose, *, seconds: int) -> str:
    """Return the secret of a new one-use link."""
    _void_tokens(session, user.id, purpose)
    secret = rules.new_secret()
    session.add(
        Token(
            digest=rules.digest(secret),
            purpose=purpose,
            user_id=user.id,
            expires_at=now() + timedelta(seconds=seconds),
        )
    )
    session.flush()
    return secret


def get_token(session: Session, secret: str, purpose: Purpose) -> Token:
    """Return a link that is still good.

    Raises
    ------
    DomainError
        ``link-invalid``: unknown, used, expired, or meant for something else.
    """
    token = session.scalar(
        select(Token).where(
            Token.digest == rules.digest(secret),
            Token.purpose == purpose,
            Token.used_at.is_(None),
            Token.expires_at > now(),
        )
    )
    if token is None or token.user.disabled_at is not None:
        raise DomainError("link-invalid", status=410)
    return token


def confirm(session: Session, secret: str) -> User:
    """Confirm an address by its link."""
    token = get_token(session, secret, Purpose.CONFIRM)
    token.used_at = now()
    token.user.confirmed_at = token.user.confirmed_at or now()
    return token.user


def request_reset(session: Session, email: str, *, seconds: int) -> None:
    """Write a reset letter if the address is known; do as much work if not."""
    user = find_user(session, email)
    if user is None or user.disabled_at is not None:
        rules.digest(rules.new_secret())
        return
    send_link(session, user, Purpose.RESET, seconds=seconds)


def reset_password(session: Session, secret: str, password: str) -> User:
    """Set a password by a reset link; every session of the person ends."""
    token = get_token(session, secret, Purpose.RESET)
    _set_password(session, token.user, password)
    token.user.confirmed_at = token.user.confirmed_at or now()
    return token.user


def change_password(
    session: Session, user_id: int, *, current: str, new: str, keep: int
) -> None:
    """Change the password; all other sessions end.

    Raises
    ------
    DomainError
        ``password-wrong`` or a refusal of the new one.
    """
    user = get_user(session, user_id)
    if not rules.verify_password(user.password_hash, current):
        raise DomainError("password-wrong", status=422)
    _set_password(session, user, new, keep=keep)


def _set_password(
    session: Session, user: User, password: str, *, keep: int | None = None
) -> None:
    rules.check_password(password, email=user.email)
    user.password_hash = rules.hash_password(password)
    _void_tokens(session, user.id)
    end_sessions(session, user.id, keep=keep)


def _void_tokens(
    session: Session, user_id: int, purpose: Purpose | None = None
) -> None:
    void = update(Token).where(Token.user_id == user_id, Token.used_at.is_(None))
    if purpose is not None:
        void = void.where(Token.purpose == purpose)
    session.execute(void.values(used_at=now()))


def sign_in(session: Session, email: str, password: str) -> User | None:
    """Return the user if the pair is right, confirmed and not disabled."""
    try:
        user = find_user(session, rules.normalize_email(email))
    except DomainError:
        user = None
    if not rules.verify_password(user.password_hash if user else None, password):
        return None
    if user is None or user.confirmed_at is None or user.disabled_at is not None:
        return None
    if user.password_hash and rules.needs_rehash(user.password_hash):
        user.password_hash = rules.hash_password(password)
    return user


def start_session(session: Session, user: User, *, user_agent: str) -> str:
    """Sign in one browser; return the token for its cookie."""
    token = rules.new_secret()
    session.add(
        UserSession(
            digest=rules.digest(token),
            user_id=user.id,
            device=rules.device_name(user_agent),
        )
    )
    session.flush()
    return token


def find_signed_in(
    session: Session | Connection,
    token: str,
    *,
    idle: int,
    maximum: int,
    extras: Mapping[str, Extra],
) -> SignedIn | None:
    """Return the person a cookie stands for, if the session still lives."""
    moment = now()
    row = session.execute(
        _lookup(tuple(extras.items())),
        {
            "digest": rules.digest(token),
            "seen_after": moment - timedelta(seconds=idle),
            "begun_after": moment - timedelta(seconds=maximum),
        },
    ).first()
    if row is None:
        return None
    seen_at: datetime = row[6]
    extra = dict(zip(extras, row[7:], strict=True))
    extra["seen_is_old"] = seen_at < moment - SEEN_STEP
    return SignedIn(row[0], row[1], row[2], row[3], row[4], row[5], extra)


@cache
def _lookup(extras: tuple[tuple[str, Extra], ...]) -> Select[*tuple[Any, ...]]:
    """Return the statement of every page; writing it anew each time takes 2 ms."""
    moments = {
        name: bindparam(name, type_=UserSession.seen_at.type)
        for name in ("seen_after", "begun_after")
    }
    return (
        select(
            User.id,
            User.email,
            User.locale,
            User.time_zone,
            User.is_admin,
            UserSession.id,
            UserSession.seen_at,
            *(extra(User.id.expression).label(name) for name, extra in extras),
        )
        .join(UserSession, UserSession.user_id == User.id)
        .where(
            UserSession.digest == bindparam("digest"),
            UserSession.ended_at.is_(None),
            UserSession.seen_at > moments["seen_after"],
            UserSession.created_at > moments["begun_after"],
            User.disabled_at.is_(None),
        )
    )


def _is_alive(idle: int, maximum: int) -> ColumnElement[bool]:
    moment = now()
    return and_(
        UserSession.ended_at.is_(None),
        UserSession.seen_at > moment - timedelta(seconds=idle),
        UserSession.created_at > moment - timedelta(seconds=maximum),
    )


def touch_session(session: Session, session_id: int) -> None:
    """Note that a session was used just now."""
    session.execute(
        update(UserSession).where(UserSession.id == session_id).values(seen_at=now())
    )


def list_sessions(
    session: Session, user_id: int, *, idle: int, maximum: int
) -> list[UserSession]:
    """Return the browsers in which a person is signed in, newest first."""
    return list(
        session.scalars(
            select(UserSession)
            .where(UserSession.user_id == user_id, _is_alive(idle, maximum))
            .order_by(UserSession.seen_at.desc())
        )
    )


def end_session(session: Session, user_id: int, public_id: str) -> None:
    """End one of a person's own sessions.

    Raises
    ------
    DomainError
        ``session-unknown``, also for sessions of others.
    """
    found = session.scalar(
        select(UserSession).where(
            UserSession.public_id == public_id, UserSession.user_id == user_id
        )
    )
    if found is None:
        raise DomainError("session-unknown", status=404)
    found.ended_at = found.ended_at or now()


def end_sessions(
    session: Session, user_id: int, *, keep: int | None = None, only: int | None = None
) -> None:
    """End all sessions of a person, or all but one, or only one."""
    ending = update(UserSession).where(
        UserSession.user_id == user_id, UserSession.ended_at.is_(None)
    )
    if keep is not None:
        ending = ending.where(UserSession.id != keep)
    if only is not None:
        ending = ending.where(UserSession.id == only)
    session.execute(ending.values(ended_at=now()))


def save_settings(
    session: Session, user_id: int, *, locale: str, time_zone: str
) -> None:
    """Store a person's language and time zone."""
    user = get_user(session, user_id)
    user.locale = locale
    user.time_zone = time_zone
