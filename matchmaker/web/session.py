"""One database session and one transaction per request.

Returning a response commits, raising or answering with 4xx/5xx rolls back
(the rule of pypi/warehouse, docs/dev/development/patterns.rst). Views and
services therefore never call ``commit``. A request that only reads takes no
write lock: GET and HEAD read, unless their view is marked with ``writes``.
"""

from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

from flask import Flask, Response, g, request
from flask_login import current_user
from sqlalchemy.orm import Session

from matchmaker.db import Sessions

P = ParamSpec("P")
R = TypeVar("R")
FIRST_ERROR_STATUS = 400


def writes(view: Callable[P, R]) -> Callable[P, R]:
    """Mark a GET view that writes (a log of what was shown, a last-seen time)."""
    view.writes = True  # type: ignore[attr-defined]
    return view


def get_session() -> Session:
    """Return this request's session, opening it on first use."""
    if "session" not in g:
        sessions: Sessions = g.sessions
        if not g.reads_only:
            # Looking up who is here may write by itself, and would wait for the lock
            # that this session is about to take: so it comes first.
            _ = current_user.is_authenticated
        g.session = sessions.read() if g.reads_only else sessions.write()
    return cast("Session", g.session)


def init_app(app: Flask, sessions: Sessions) -> None:
    """Bind ``sessions`` to the request cycle of ``app``."""

    @app.before_request
    def provide_sessions() -> None:
        view = app.view_functions.get(request.endpoint or "")
        g.sessions = sessions
        g.reads_only = request.method in {"GET", "HEAD", "OPTIONS"} and not getattr(
            view, "writes", False
        )

    @app.after_request
    def finish_transaction(response: Response) -> Response:
        if "session" in g:
            session = get_session()
            if response.status_code < FIRST_ERROR_STATUS:
                session.commit()
            else:
                session.rollback()
        return response

    @app.teardown_appcontext
    def close_session(_error: BaseException | None) -> None:
        session: Session | None = g.pop("session", None)
        if session is not None:
            session.close()
