"""Our own page for every error, with a request id, never a stack trace."""

import traceback

import structlog
from flask import Flask, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import AnonymousUserMixin
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, InternalServerError, SecurityError

from matchmaker.errors import DomainError
from matchmaker.web.texts import error_text, refusal_text

log = structlog.get_logger()
RETRY_AFTER = 10  # seconds; how long a restart of the database takes at most


def init_app(app: Flask) -> None:
    """Answer errors with our page."""
    app.register_error_handler(DomainError, _refuse)
    app.register_error_handler(CSRFError, _expired_form)
    app.register_error_handler(SecurityError, _unknown_host)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(OperationalError, _no_database)
    app.register_error_handler(Exception, _crash)


def _page(status: int, text: str) -> tuple[str, int]:
    page = render_template(
        "errors/page.html",
        status=status,
        text=text,
        request_id=g.get("request_id", ""),
    )
    return page, status


def _refuse(error: DomainError) -> tuple[str, int]:
    return _page(error.status, refusal_text(error.code))


def _expired_form(_error: CSRFError) -> tuple[str, int]:
    return _page(400, refusal_text("form-expired"))


def _http_error(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400:  # noqa: PLR2004  a redirect
        return error.get_response()
    if isinstance(error, InternalServerError):
        # What broke after the view, while the transaction was finished.
        cause = error.original_exception or error
        if isinstance(cause, OperationalError):
            return _no_database(cause)
        return _crash(cause)
    page, status = _page(error.code, error_text(error.code))
    headers = [
        (name, value)
        for name, value in error.get_headers(request.environ)
        if name != "Content-Type"
    ]
    return page, status, headers


def _unknown_host(_error: SecurityError) -> tuple[str, int, dict[str, str]]:
    # Without a host that is ours no link can be made, so there is no page either.
    text = f"{error_text(400)}\n{g.get('request_id', '')}\n"
    return text, 400, {"Content-Type": "text/plain; charset=utf-8"}


def _no_database(error: OperationalError) -> tuple[str, int, dict[str, str]]:
    _note(error)
    page, status = _page(503, error_text(503))
    return page, status, {"Retry-After": str(RETRY_AFTER)}


def _crash(error: BaseException) -> tuple[str, int]:
    _note(error)
    return _page(500, error_text(500))


def _note(error: BaseException) -> None:
    # The rule instead of the address: an address may carry the secret of a link.
    log.error(
        "crash",
        path=request.url_rule.rule if request.url_rule else "",
        method=request.method,
        error=type(error).__name__,
        trace=traceback.format_exc(),
    )
    if "_login_user" not in g:
        # Nobody was looked up yet, perhaps because that is what failed: the page
        # must not try it again.
        g._login_user = AnonymousUserMixin()  # noqa: SLF001  Flask-Login's own place
