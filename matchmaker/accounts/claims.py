"""Accounts of people whose link came to their address. Flush, never commit."""

from typing import Final

from sqlalchemy.orm import Session

from matchmaker.accounts import rules, service
from matchmaker.accounts.models import Purpose, User
from matchmaker.errors import DomainError

_AT_ONCE: Final = 60  # seconds; the reset link below is used in the next line


def open_account(
    session: Session, email: str, password: str, *, locale: str, time_zone: str
) -> User:
    """Open an account that needs no further letter: the link proved the address.

    Somebody who registered with it and never confirmed has proved nothing, so that
    account becomes the one of the person who holds the link.

    Raises
    ------
    DomainError
        ``email-taken`` if it is confirmed or disabled, or a refusal of the password.
    """
    user = service.find_user(session, rules.normalize_email(email))
    if user is None:
        return service.create_user(
            session,
            email,
            password=password,
            locale=locale,
            time_zone=time_zone,
            confirmed=True,
        )
    if user.confirmed_at is not None or user.disabled_at is not None:
        raise DomainError("email-taken")
    user.locale, user.time_zone = locale, time_zone
    secret = service.issue_token(session, user, Purpose.RESET, seconds=_AT_ONCE)
    return service.reset_password(session, secret, password)


def is_taken(session: Session, email: str) -> bool:
    """Tell whether somebody confirmed this address already."""
    user = service.find_user(session, rules.normalize_email(email))
    return user is not None and user.confirmed_at is not None
