"""Changing the address one signs in with. Flush, never commit.

The new address proves itself by a link; the old one is told, and for some days can
take the account back. No answer tells whether somebody else has the new address.
"""

from datetime import timedelta

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from matchmaker import mail
from matchmaker.accounts import rules, second_factor, service
from matchmaker.accounts.models import MailChange, Purpose, SecondFactor, User
from matchmaker.accounts.sessions import end_sessions
from matchmaker.clock import now
from matchmaker.errors import DomainError


def ask(session: Session, user_id: int, email: str, *, seconds: int) -> None:
    """Send a link to the new address; earlier wishes that wait are void.

    Raises
    ------
    DomainError
        ``email-invalid`` or ``email-same``.
    """
    user = service.get_user(session, user_id)
    email = rules.normalize_email(email)
    if email == user.email:
        raise DomainError("email-same", status=422)
    service.void_mail_changes(session, user_id)
    secret = rules.new_secret()
    session.add(
        MailChange(
            user_id=user_id,
            old_email=user.email,
            new_email=email,
            digest=rules.digest(secret),
            expires_at=now() + timedelta(seconds=seconds),
        )
    )
    holder = service.find_user(session, email)
    if holder is not None and holder.confirmed_at is not None:
        # Its owner learns of it; who asked does not.
        mail.queue_letter(
            session, to=email, template="known", locale=holder.locale, context={}
        )
    else:
        mail.queue_letter(
            session,
            to=email,
            template="new_address",
            locale=user.locale,
            context={"token": secret, "hours": max(1, seconds // 3600)},
        )
    session.flush()


def get_wish(session: Session, secret: str) -> MailChange:
    """Return a change that waits for its confirmation.

    Raises
    ------
    DomainError
        ``link-invalid``: unknown, used, too old, or its person is disabled.
    """
    return _get(session, MailChange.digest == rules.digest(secret), confirmed=False)


def get_done(session: Session, secret: str) -> MailChange:
    """Return a change that its old address can still undo.

    Raises
    ------
    DomainError
        ``link-invalid``, see ``get_wish``.
    """
    return _get(session, MailChange.undo_digest == rules.digest(secret), confirmed=True)


def _get(
    session: Session, is_meant: ColumnElement[bool], *, confirmed: bool
) -> MailChange:
    waits = MailChange.confirmed_at.is_(None)
    found = session.scalar(
        select(MailChange).where(
            is_meant, ~waits if confirmed else waits, MailChange.expires_at > now()
        )
    )
    if found is None or found.user.disabled_at is not None:
        raise DomainError("link-invalid", status=410)
    return found


def confirm(session: Session, secret: str, *, undo_seconds: int) -> User:
    """Change the address; tell the old one how to take it back.

    Raises
    ------
    DomainError
        ``link-invalid``, or ``email-taken`` by somebody who was quicker.
    """
    change = get_wish(session, secret)
    user = change.user
    undo = rules.new_secret()
    change.undo_digest = rules.digest(undo)
    change.confirmed_at = now()
    change.expires_at = now() + timedelta(seconds=undo_seconds)
    _give(session, user, change.new_email)
    service.void_links(session, user.id)
    mail.queue_letter(
        session,
        to=change.old_email,
        template="address_changed",
        locale=user.locale,
        context={
            "token": undo,
            "new": change.new_email,
            "days": max(1, undo_seconds // 86400),
        },
    )
    session.flush()
    return user


def undo(session: Session, secret: str, *, reset_seconds: int) -> str:
    """Give the account back to its old address; return the secret of a reset link.

    Whoever changed it may know the password and may have set up an app of their own:
    the password is void, every session ends, and so does a second factor that is
    younger than the wish.

    Raises
    ------
    DomainError
        ``link-invalid``, or ``email-taken`` if the address has a new account.
    """
    change = get_done(session, secret)
    user = change.user
    _give(session, user, change.old_email)
    user.password_hash = None
    end_sessions(session, user.id)
    service.void_links(session, user.id)
    factor = session.scalar(
        select(SecondFactor).where(
            SecondFactor.user_id == user.id, SecondFactor.created_at > change.created_at
        )
    )
    if factor is not None:
        second_factor.remove(session, user.id)
    later = MailChange.user_id == user.id, MailChange.id >= change.id
    session.execute(delete(MailChange).where(*later))
    return service.issue_token(session, user, Purpose.RESET, seconds=reset_seconds)


def _give(session: Session, user: User, email: str) -> None:
    """Change an address; one that somebody registered and never proved gives way."""
    holder = service.find_user(session, email)
    if holder is not None and holder is not user:
        if holder.confirmed_at is not None or holder.disabled_at is not None:
            raise DomainError("email-taken")
        session.delete(holder)
        session.flush()
    user.email = email
    try:
        session.flush()
    except IntegrityError as error:  # somebody took it in this very moment
        raise DomainError("email-taken") from error
