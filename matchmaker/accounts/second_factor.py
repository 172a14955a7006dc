"""The second factor of a person: an app, and codes for the day it is lost.

Flush, never commit. A wrong code raises or returns False; how often that may happen
is the business of the views.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import CursorResult, delete, func, select, update
from sqlalchemy.orm import Session

from matchmaker import mail
from matchmaker.accounts import codes, rules, service
from matchmaker.accounts.models import PendingSignIn, RecoveryCode, SecondFactor, User
from matchmaker.accounts.sessions import confirm_session, end_sessions
from matchmaker.clock import now
from matchmaker.errors import DomainError


def find(session: Session, user_id: int) -> SecondFactor | None:
    """Return the second factor of a person, also one that is not in force yet."""
    return session.scalar(select(SecondFactor).where(SecondFactor.user_id == user_id))


def is_on(session: Session, user_id: int) -> bool:
    """Tell whether a person is asked for a code."""
    factor = find(session, user_id)
    return factor is not None and factor.since is not None


def count_recovery_codes(session: Session, user_id: int) -> int:
    """Return how many recovery codes are left."""
    unused = select(func.count()).where(
        RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None)
    )
    return session.scalar(unused) or 0


def begin(session: Session, user_id: int) -> SecondFactor:
    """Make a secret that is in force once a code of it was right.

    Raises
    ------
    DomainError
        ``second-factor-on``: there is one in force.
    """
    factor = find(session, user_id)
    if factor is None:
        factor = SecondFactor(user_id=user_id, secret=codes.new_secret())
        session.add(factor)
    elif factor.since is None:
        factor.secret, factor.last_step = codes.new_secret(), 0
    else:
        raise DomainError("second-factor-on")
    session.flush()
    return factor


def switch_on(session: Session, user_id: int, *, code: str, keep: int) -> list[str]:
    """Put the secret in force; return recovery codes that are shown once.

    Other sessions end: they began without a code.

    Raises
    ------
    DomainError
        ``second-factor-off``: nothing was begun; ``second-factor-on``; or
        ``second-factor-wrong``.
    """
    factor = find(session, user_id)
    if factor is None:
        raise DomainError("second-factor-off")
    if factor.since is not None:
        raise DomainError("second-factor-on")
    if not _take_app_code(session, factor, code):
        raise DomainError("second-factor-wrong", status=422)
    factor.since = now()
    end_sessions(session, user_id, keep=keep)
    confirm_session(session, keep, second_factor=True)
    _tell(session, user_id, "on")
    return renew_recovery_codes(session, user_id)


def renew_recovery_codes(session: Session, user_id: int) -> list[str]:
    """Return ten new recovery codes; the ones before are void."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    fresh = codes.new_recovery_codes()
    for code in fresh:
        selector, secret = codes.split_recovery(code) or ("", "")
        session.add(
            RecoveryCode(
                user_id=user_id,
                selector=selector,
                code_hash=rules.hash_password(secret),
            )
        )
    session.flush()
    return fresh


def take_code(session: Session, user_id: int, typed: str) -> bool:
    """Tell whether a code is right, and take it: no code counts twice."""
    factor = find(session, user_id)
    if factor is None or factor.since is None:
        return False
    if codes.is_app_code(typed):
        return _take_app_code(session, factor, typed)
    return _take_recovery_code(session, user_id, typed)


def _take_app_code(session: Session, factor: SecondFactor, typed: str) -> bool:
    step = codes.matching_step(
        factor.secret, typed, moment=now(), after=factor.last_step
    )
    if step is None:
        return False
    # In one statement: of two browsers with the same code one comes second.
    taken: CursorResult[Any] = session.execute(  # type: ignore[assignment]
        update(SecondFactor)
        .where(SecondFactor.id == factor.id, SecondFactor.last_step < step)
        .values(last_step=step)
    )
    return taken.rowcount == 1


def _take_recovery_code(session: Session, user_id: int, typed: str) -> bool:
    parts = codes.split_recovery(typed)
    selector, secret = parts or ("", "")
    found = session.scalar(
        select(RecoveryCode).where(
            RecoveryCode.user_id == user_id,
            RecoveryCode.selector == selector,
            RecoveryCode.used_at.is_(None),
        )
    )
    if not rules.verify_password(found.code_hash if found else None, secret):
        return False
    if found is None:
        return False
    taken: CursorResult[Any] = session.execute(  # type: ignore[assignment]
        update(RecoveryCode)
        .where(RecoveryCode.id == found.id, RecoveryCode.used_at.is_(None))
        .values(used_at=now())
    )
    if taken.rowcount != 1:
        return False
    _tell(session, user_id, "code", left=count_recovery_codes(session, user_id))
    return True


def prove(session: Session, user_id: int, *, password: str, code: str) -> None:
    """Check the password, and the code of somebody who has a second factor.

    Raises
    ------
    DomainError
        ``password-wrong`` or ``second-factor-wrong``.
    """
    user = service.get_user(session, user_id)
    if not rules.verify_password(user.password_hash, password):
        raise DomainError("password-wrong", status=422)
    if is_on(session, user_id) and not take_code(session, user_id, code):
        raise DomainError("second-factor-wrong", status=422)


def switch_off(
    session: Session, user_id: int, *, password: str, code: str, keep: int
) -> None:
    """Ask no more for codes; all other sessions end.

    Raises
    ------
    DomainError
        See ``prove``; or ``second-factor-off``.
    """
    if not is_on(session, user_id):
        raise DomainError("second-factor-off")
    prove(session, user_id, password=password, code=code)
    remove(session, user_id)
    end_sessions(session, user_id, keep=keep)
    confirm_session(session, keep, second_factor=False)
    _tell(session, user_id, "off")


def remove(session: Session, user_id: int) -> None:
    """Forget the second factor of a person, and the codes that stand in for it."""
    for model in (RecoveryCode, SecondFactor):
        session.execute(delete(model).where(model.user_id == user_id))


def reset(session: Session, user: User) -> bool:
    """Take the second factor from somebody who lost phone and codes; they are told.

    Every session ends. Returns whether there was one.
    """
    was_on = is_on(session, user.id)
    remove(session, user.id)
    end_sessions(session, user.id)
    service.void_links(session, user.id)
    if was_on:
        _tell(session, user.id, "reset")
    return was_on


def _tell(session: Session, user_id: int, what: str, *, left: int = 0) -> None:
    user = service.get_user(session, user_id)
    mail.queue_letter(
        session,
        to=user.email,
        template="second_factor",
        locale=user.locale,
        context={"what": what, "left": left},
    )


# Between password and code ----------------------------------------------------


def begin_sign_in(session: Session, user: User, *, seconds: int) -> str:
    """Return a secret that stands for the right password until the code is given."""
    secret = rules.new_secret()
    session.add(
        PendingSignIn(
            digest=rules.digest(secret),
            user_id=user.id,
            expires_at=now() + timedelta(seconds=seconds),
        )
    )
    session.flush()
    return secret


def find_pending(session: Session, secret: str) -> PendingSignIn | None:
    """Return a sign-in that still waits for its code."""
    found = session.scalar(
        select(PendingSignIn).where(
            PendingSignIn.digest == rules.digest(secret),
            PendingSignIn.expires_at > now(),
        )
    )
    return None if found is None or found.user.disabled_at is not None else found


def finish_sign_in(session: Session, pending: PendingSignIn, code: str) -> User | None:
    """Return the person if the code is right; the half done sign-in is over then."""
    user = pending.user
    if not take_code(session, user.id, code):
        return None
    session.delete(pending)
    return user
