"""Who is signed in: Flask-Login on top of session rows that end on the server.

Here too is what must be proved anew: a password given lately for what is dangerous
(``recently_confirmed``), a second factor for what belongs to staff.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import wraps
from typing import Any, Final, ParamSpec, TypeVar, cast

from flask import Flask, g, redirect, render_template, request, url_for
from flask import session as cookie
from flask_login import (
    AnonymousUserMixin,
    LoginManager,
    UserMixin,
    current_user,
    login_user,
    logout_user,
)
from werkzeug.wrappers import Response

from matchmaker.accounts import second_factor
from matchmaker.accounts import sessions as rows
from matchmaker.accounts.forms import AgainForm
from matchmaker.accounts.models import User
from matchmaker.clock import now
from matchmaker.db import Sessions
from matchmaker.errors import SetupError
from matchmaker.web.access import safe_next
from matchmaker.web.session import get_session

P = ParamSpec("P")
R = TypeVar("R")
#: Who must have a second factor. Organisers run an event: owner, manager, helper.
POLICIES: Final = ("staff", "everyone", "optional")
#: Rooms that stay open to somebody who still has to set it up.
_OPEN: Final = frozenset({"accounts", "second_factor", "mail_change"})
#: What of a form is not carried over the question for the password.
_NOT_KEPT: Final = frozenset({"csrf_token", "password", "current", "code"})


class Person(UserMixin):
    """The signed-in person of this request, as templates and views see them."""

    def __init__(self, signed_in: rows.SignedIn, token: str) -> None:
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

    def was_confirmed_within(self, seconds: int) -> bool:
        """Tell whether the password was given that lately in this browser."""
        given = self.signed_in.confirmed_at
        return given is not None and given > now() - timedelta(seconds=seconds)


class Visitor(AnonymousUserMixin):
    """Somebody who is not signed in."""

    is_admin = False
    is_organiser = False


def init_app(
    app: Flask,
    sessions: Sessions,
    *,
    extras: Mapping[str, rows.Extra],
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
            found = rows.find_signed_in(
                reading, token, idle=idle, maximum=maximum, extras=extras
            )
        if found is None:
            return None
        if found.extra["seen_is_old"]:
            with sessions.write.begin() as session:
                rows.touch_session(session, found.session_id)
        if found.extra["profile_id"] is None:
            found = replace(found, extra={**found.extra, **welcome(found.id)})
        return Person(found, token)

    _ask_for_second_factor(app)


def _ask_for_second_factor(app: Flask) -> None:
    """Lead people who must have a second factor to where they set it up."""
    policy = app.config["SECOND_FACTOR"] or (
        "staff" if app.config["ENVIRONMENT"] == "production" else "optional"
    )
    if policy not in POLICIES:
        raise SetupError(
            f"MATCHMAKER_SECOND_FACTOR must be one of {', '.join(POLICIES)}, "
            f"but is {policy!r}."
        )

    @app.before_request
    def look() -> Response | None:
        g.second_factor_policy = policy
        view = app.view_functions.get(request.endpoint or "")
        access = getattr(view, "access", "public")
        if policy == "optional" or access == "public" or request.blueprint in _OPEN:
            return None
        if policy == "staff" and access == "member" and not is_staff_only(view):
            return None
        if not must_set_up():
            return None
        target = request.full_path.rstrip("?") if request.method == "GET" else ""
        return redirect(url_for("second_factor.show", next=target or None), code=303)


def staff_only(view: Callable[P, R]) -> Callable[P, R]:
    """Mark a members' view that only people who run something get an answer from."""
    view.staff_only = True  # type: ignore[attr-defined]
    return view


def is_staff_only(view: object) -> bool:
    """Tell whether a view is marked with ``staff_only``."""
    return bool(getattr(view, "staff_only", False))


def must_set_up() -> bool:
    """Tell whether the visitor must have a second factor and signed in without."""
    if not current_user.is_authenticated or me().signed_in.second_factor:
        return False
    if g.second_factor_policy == "everyone":
        return True
    staff = me().is_admin or me().is_organiser
    return staff and g.second_factor_policy == "staff"


def recently_confirmed(view: Callable[P, R]) -> Callable[P, R]:
    """Ask for the password first, unless it was given in the last minutes.

    Goes below the access decorator. Whoever comes by GET is led on to the page; what
    a form sent is kept and sent on, except files, which must be chosen again.
    """

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        if not current_user.is_authenticated or is_recently_confirmed():
            return view(*args, **kwargs)
        if request.method in {"GET", "HEAD"}:
            here = request.full_path.rstrip("?")
            return cast("R", redirect(url_for("accounts.again", next=here), code=303))
        form = AgainForm(
            formdata=None, again_next=request.full_path.rstrip("?"), again_replay="1"
        )
        kept = [
            (name, value)
            for name, value in request.form.items(multi=True)
            if name not in _NOT_KEPT
        ]
        return cast("R", (again_page(form, kept), 403))

    return guarded


def is_recently_confirmed() -> bool:
    """Tell whether the signed-in person gave the password in the last minutes."""
    seconds: int = g.account_settings["CONFIRMED_FOR"]
    return me().was_confirmed_within(seconds)


def again_page(form: AgainForm, kept: list[tuple[str, str]]) -> str:
    """Return the page that asks for the password, and carries what was sent."""
    return render_template(
        "accounts/again.html",
        form=form,
        kept=kept,
        has_code=second_factor.is_on(get_session(), me().id),
    )


def confirm(password: str, code: str) -> None:
    """Let this browser count as confirmed for the next minutes.

    Raises
    ------
    DomainError
        ``password-wrong`` or ``second-factor-wrong``.
    """
    session = get_session()
    second_factor.prove(session, me().id, password=password, code=code)
    with_code = second_factor.is_on(session, me().id)
    rows.confirm_session(session, me().session_id, second_factor=with_code)


def me() -> Person:
    """Return the signed-in person; only for views behind an access decorator."""
    return cast("Person", current_user)


def enter(user: User, target: str | None = "") -> Response:
    """Sign in somebody who proved who they are, or ask for the code first."""
    if not second_factor.is_on(get_session(), user.id):
        start(user)
        return redirect(safe_next(target, url_for("web.home")), code=303)
    end_current()
    seconds: int = g.account_settings["SECOND_FACTOR_MAX_AGE"]
    _renew_cookie()
    cookie["pending"] = second_factor.begin_sign_in(
        get_session(), user, seconds=seconds
    )
    return redirect(url_for("accounts.code", next=target or None), code=303)


def start(user: User, *, with_code: bool = False) -> None:
    """Sign this browser in with a new session, and a new CSRF token."""
    end_current()
    _renew_cookie()
    cookie.permanent = True
    token = rows.start_session(
        get_session(),
        user,
        user_agent=request.user_agent.string,
        second_factor=with_code,
    )
    signed_in = rows.SignedIn(
        user.id, user.email, user.locale, user.time_zone, user.is_admin, session_id=0
    )
    login_user(Person(signed_in, token))


def _renew_cookie() -> None:
    kept = cookie.get("locale")
    cookie.clear()
    if kept:
        cookie["locale"] = kept


def end_current() -> None:
    """End the session of this browser, on the server too."""
    if current_user.is_authenticated and me().session_id:
        rows.end_sessions(get_session(), me().id, only=me().session_id)
    logout_user()
