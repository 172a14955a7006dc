"""Sessions: browsers in which people are signed in, and who is here on each page."""

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

from matchmaker.accounts import rules
from matchmaker.accounts.models import User, UserSession
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
    confirmed_at: datetime | None = None
    second_factor: bool = False
    extra: Mapping[str, Any] = field(default_factory=dict)


def start_session(
    session: Session, user: User, *, user_agent: str, second_factor: bool = False
) -> str:
    """Sign in one browser; return the token for its cookie."""
    token = rules.new_secret()
    session.add(
        UserSession(
            digest=rules.digest(token),
            user_id=user.id,
            device=rules.device_name(user_agent),
            second_factor=second_factor,
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
    seen_at: datetime = row[8]
    extra = dict(zip(extras, row[9:], strict=True))
    extra["seen_is_old"] = seen_at < moment - SEEN_STEP
    return SignedIn(
        row[0], row[1], row[2], row[3], row[4], row[5], row[6], row[7], extra
    )


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
            UserSession.confirmed_at,
            UserSession.second_factor,
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


def confirm_session(session: Session, session_id: int, *, second_factor: bool) -> None:
    """Note that the person gave the password again just now, perhaps with a code."""
    session.execute(
        update(UserSession)
        .where(UserSession.id == session_id)
        .values(confirmed_at=now(), second_factor=second_factor)
    )
