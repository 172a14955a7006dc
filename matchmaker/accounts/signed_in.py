"""Who is signed in: Flask-Login on top of session rows that end on the server."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, cast

from flask import Flask, request
from flask import session as cookie
from flask_login import (
    AnonymousUserMixin,
    LoginManager,
    UserMixin,
    current_user,
    login_user,
    logout_user,
)

from matchmaker.accounts import service
from matchmaker.accounts.models import User
from matchmaker.db import Sessions
from matchmaker.web.session import get_session


class Person(UserMixin):
    """The signed-in person of this request, as templates and views see them."""

    def __init__(self, signed_in: service.SignedIn, token: str) -> None:
        self.signed_in = signed_in
        self.token = token
        self.id = signed_in.id
        self.email = signed_in.email
        self.locale = signed_in.locale
        self.time_zone = signed_in.time_zone
        self.is_admin = signed_in.is_admin
        self.session_id = signed_in.session_id
        self.extra: Mapping[str, Any] = signed_in.extra

    def get_id(self) -> str:
        """Return the session's token: the cookie names a session, not a person."""
        return self.token

    @property
    def profile_id(self) -> int:
        """The person's own profile."""
        return int(self.extra["profile_id"])

    @property
    def is_organiser(self) -> bool:
        """Whether the person runs an event."""
        return bool(self.extra["events"])


class Visitor(AnonymousUserMixin):
    """Somebody who is not signed in."""

    is_admin = False
    is_organiser = False


def init_app(
    app: Flask,
    sessions: Sessions,
    *,
    extras: Mapping[str, service.Extra],
    welcome: Callable[[int], Mapping[str, Any]],
) -> None:
    """Load the person of each request.

    ``extras`` come from the other rooms; ``welcome`` makes what somebody needs who
    is here for the first time, and returns those of the extras that it changes.
    """
    manager = LoginManager(app)
    manager.session_protection = None  # an address changes often on a phone
    manager.anonymous_user = Visitor
    idle, maximum = app.config["SESSION_IDLE"], app.config["SESSION_MAXIMUM"]

    # The library is untyped.
    @manager.user_loader  # type: ignore[untyped-decorator]
    def load(token: str) -> Person | None:
        # A session of its own: the request's one may hold the write lock, and then
        # the writing below would wait for itself; error pages may have none at all.
        # A bare connection is enough for one row, and cheaper on every page.
        with sessions.reading.connect() as reading:
            found = service.find_signed_in(
                reading, token, idle=idle, maximum=maximum, extras=extras
            )
        if found is None:
            return None
        if found.extra["seen_is_old"]:
            with sessions.write.begin() as session:
                service.touch_session(session, found.session_id)
        if found.extra["profile_id"] is None:
            found = replace(found, extra={**found.extra, **welcome(found.id)})
        return Person(found, token)


def me() -> Person:
    """Return the signed-in person; only for views behind an access decorator."""
    return cast("Person", current_user)


def start(user: User) -> None:
    """Sign this browser in with a new session, and a new CSRF token."""
    kept = cookie.get("locale")
    end_current()
    cookie.clear()
    if kept:
        cookie["locale"] = kept
    cookie.permanent = True
    token = service.start_session(
        get_session(), user, user_agent=request.user_agent.string
    )
    signed_in = service.SignedIn(
        user.id, user.email, user.locale, user.time_zone, user.is_admin, 0
    )
    login_user(Person(signed_in, token))


def end_current() -> None:
    """End the session of this browser, on the server too."""
    if current_user.is_authenticated and me().session_id:
        service.end_sessions(get_session(), me().id, only=me().session_id)
    logout_user()
