"""Headers of every answer, and a first look at every request."""

import secrets
from urllib.parse import urlsplit

import structlog
from flask import Flask, Response, abort, g, request
from flask_wtf.csrf import CSRFProtect
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import SecurityError
from werkzeug.middleware.proxy_fix import ProxyFix

_SOURCES = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",  # the form controls of Bootstrap draw with data:
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
)
POLICY = "; ".join(_SOURCES)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
TRANSPORT_SECURITY = "max-age=31536000; includeSubDomains"
LONGEST_QUERY = 8192  # characters of a query string

csrf = CSRFProtect()
log = structlog.get_logger()


def init_app(app: Flask) -> None:
    """Set cookies, trusted hosts, headers and input checks of ``app``."""
    https = app.config["BASE_URL"].startswith("https://")
    app.config.update(
        SESSION_COOKIE_NAME="__Host-session" if https else "session",
        SESSION_COOKIE_SECURE=https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        PERMANENT_SESSION_LIFETIME=app.config["SESSION_MAXIMUM"],
        SESSION_REFRESH_EACH_REQUEST=False,
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: nobody loses a long text
        TRUSTED_HOSTS=_hosts(app),
    )
    if proxies := app.config["PROXY_COUNT"]:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies
        )
    app.before_request(_identify)
    longest_form = int(app.config["MAX_FORM_MEMORY_SIZE"])

    @app.before_request
    def read_form() -> None:
        """Read the form, before the check of its token does it unprepared."""
        if request.mimetype == "application/x-www-form-urlencoded":
            # The library limits the fields of multipart forms only.
            request.max_content_length = longest_form
        try:
            _ = request.form
        except UnicodeDecodeError:
            abort(400)

    csrf.init_app(app)
    app.before_request(_look)

    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if https:
            response.headers["Strict-Transport-Security"] = TRANSPORT_SECURITY
        static = request.endpoint in {"static", "bootstrap.static"}
        if not static or response.status_code >= 400:  # noqa: PLR2004  a page
            response.headers.setdefault("Cache-Control", "no-store")
        if "request_id" in g:
            response.headers["X-Request-ID"] = g.request_id
        return response


def _hosts(app: Flask) -> list[str]:
    hosts = list(app.config["TRUSTED_HOSTS"])
    if base := urlsplit(app.config["BASE_URL"]).hostname:
        hosts.append(base)
    if app.config["ENVIRONMENT"] != "production":
        hosts += ["localhost", "127.0.0.1", "[::1]"]
    return hosts


def _identify() -> None:
    """Name the request, before anything can refuse it."""
    g.request_id = secrets.token_hex(6)
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)
    if isinstance(request.routing_exception, SecurityError):
        raise request.routing_exception  # a Host that is not ours


def _look() -> None:
    """Refuse what no view should have to deal with."""
    if len(request.query_string) > LONGEST_QUERY:
        abort(414)
    if _is_broken(request.path) or _has_broken(request.args):
        abort(400)
    if request.method == "POST" and _has_broken(request.form):
        abort(400)


def _has_broken(values: MultiDict[str, str]) -> bool:
    return any(_is_broken(k) or _is_broken(v) for k, v in values.items(multi=True))


def _is_broken(text: str) -> bool:
    """Tell whether a text holds what no database stores: NUL, half a character."""
    return "\x00" in text or any("\ud800" <= char <= "\udfff" for char in text)
