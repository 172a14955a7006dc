"""Use cases of accounts. Flush, never commit; the caller owns the transaction."""

from datetime import timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from matchmaker import mail
from matchmaker.accounts import rules
from matchmaker.accounts.models import (
    MailChange,
    PendingSignIn,
    Purpose,
    Registration,
    ResetRequest,
    Token,
    User,
)
from matchmaker.accounts.sessions import end_sessions
from matchmaker.clock import now
from matchmaker.errors import DomainError

ANSWERED_AT_ONCE = 50  # requests the worker answers in one transaction


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
    browser: str = "",
) -> None:
    """Note that somebody wants an account; the worker looks whether there is one.

    Known and unknown addresses cost the same: one hash and one row. Only ``browser``,
    a secret of the visitor's browser, keeps the password that was typed in it when
    the link is opened.

    Raises
    ------
    DomainError
        ``email-invalid`` or a refusal of the password.
    """
    email = rules.normalize_email(email)
    rules.check_password(password, email=email)
    session.add(
        Registration(
            email=email,
            password_hash=rules.hash_password(password),
            locale=locale,
            time_zone=time_zone,
            browser=rules.digest(browser) if browser else None,
        )
    )


def answer_registrations(session: Session, *, seconds: int) -> int:
    """Open accounts and write letters; return how many registrations were answered.

    A new address gets a link that confirms it, good for ``seconds``; a known and
    confirmed one a note that somebody tried; one of a disabled account nothing.
    """
    waiting = select(Registration).order_by(Registration.id).limit(ANSWERED_AT_ONCE)
    registrations = list(session.scalars(waiting.with_for_update(skip_locked=True)))
    for wish in registrations:
        user = find_user(session, wish.email)
        if user is None:
            user = User(email=wish.email, locale=wish.locale, time_zone=wish.time_zone)
            session.add(user)
        if user.disabled_at is None and user.confirmed_at is None:
            # Nobody has proved the address yet: the last to register may.
            user.password_hash = wish.password_hash
            session.flush()
            secret = send_link(session, user, Purpose.CONFIRM, seconds=seconds)
            get_token(session, secret, Purpose.CONFIRM).browser = wish.browser
        elif user.disabled_at is None:
            mail.queue_letter(
                session, to=user.email, template="known", locale=user.locale, context={}
            )
        session.delete(wish)
    return len(registrations)


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
    void_links(session, user.id, purpose)
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


def is_of_browser(token: Token, browser: str) -> bool:
    """Tell whether this browser typed the password that waits for confirmation."""
    return bool(browser) and token.browser == rules.digest(browser)


def confirm(
    session: Session, secret: str, *, browser: str = "", password: str | None = None
) -> User:
    """Confirm an address by its link.

    Anybody may register with any address. Whoever opens the letter elsewhere than
    where it was asked for sets a password, and the one that is stored is gone.

    Raises
    ------
    DomainError
        ``link-invalid``, ``password-missing`` or a refusal of the password.
    """
    token = get_token(session, secret, Purpose.CONFIRM)
    if not is_of_browser(token, browser):
        if password is None:
            raise DomainError("password-missing", status=422)
        set_password(session, token.user, password)
    token.used_at = now()
    token.user.confirmed_at = token.user.confirmed_at or now()
    return token.user


def request_reset(session: Session, email: str) -> None:
    """Note that somebody wants a new password; the worker looks whether we know them.

    Known and unknown addresses cost the same: one row.
    """
    session.add(ResetRequest(email=email))


def answer_resets(session: Session, *, seconds: int) -> int:
    """Write the letters people asked for; return how many requests were answered."""
    waiting = select(ResetRequest).order_by(ResetRequest.id).limit(ANSWERED_AT_ONCE)
    requests = list(session.scalars(waiting.with_for_update(skip_locked=True)))
    for request in requests:
        user = find_user(session, request.email)
        if user is not None and user.disabled_at is None:
            send_link(session, user, Purpose.RESET, seconds=seconds)
        session.delete(request)
    return len(requests)


def reset_password(session: Session, secret: str, password: str) -> User:
    """Set a password by a reset link; every session of the person ends."""
    token = get_token(session, secret, Purpose.RESET)
    set_password(session, token.user, password)
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
    set_password(session, user, new, keep=keep)


def set_password(
    session: Session, user: User, password: str, *, keep: int | None = None
) -> None:
    """Store a new password; open links and all sessions but ``keep`` end."""
    rules.check_password(password, email=user.email)
    user.password_hash = rules.hash_password(password)
    void_links(session, user.id)
    end_sessions(session, user.id, keep=keep)


def void_links(session: Session, user_id: int, purpose: Purpose | None = None) -> None:
    """Void the open links of a person; without a purpose whatever was begun."""
    void = update(Token).where(Token.user_id == user_id, Token.used_at.is_(None))
    if purpose is not None:
        void = void.where(Token.purpose == purpose)
    else:
        session.execute(delete(PendingSignIn).where(PendingSignIn.user_id == user_id))
        void_mail_changes(session, user_id)
    session.execute(void.values(used_at=now()))


def void_mail_changes(session: Session, user_id: int) -> None:
    """Void changes of address that wait for their confirmation."""
    session.execute(
        delete(MailChange).where(
            MailChange.user_id == user_id, MailChange.confirmed_at.is_(None)
        )
    )


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


def save_settings(
    session: Session, user_id: int, *, locale: str, time_zone: str
) -> None:
    """Store a person's language and time zone."""
    user = get_user(session, user_id)
    user.locale = locale
    user.time_zone = time_zone
