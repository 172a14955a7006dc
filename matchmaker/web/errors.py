"""Our own page for every error, with a request id, never a stack trace."""

import traceback

import structlog
from flask import Flask, g, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError

from matchmaker.errors import DomainError
from matchmaker.web.texts import error_text, refusal_text

log = structlog.get_logger()


def init_app(app: Flask) -> None:
    """Answer errors with our page."""
    app.register_error_handler(DomainError, _refuse)
    app.register_error_handler(CSRFError, _expired_form)
    app.register_error_handler(HTTPException, _http_error)
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


def _http_error(error: HTTPException) -> object:
    if error.code is None or error.code < 400:  # noqa: PLR2004  a redirect
        return error
    if isinstance(error, InternalServerError):
        return _crash(error)
    page, status = _page(error.code, error_text(error.code))
    headers = [
        (name, value)
        for name, value in error.get_headers(request.environ)
        if name not in {"Content-Type"}
    ]
    return page, status, headers


def _crash(error: Exception) -> tuple[str, int]:
    log.error(
        "crash",
        path=request.path,
        method=request.method,
        error=type(error).__name__,
        trace=traceback.format_exc(),
    )
    return _page(500, error_text(500))
