"""Who may call a view. Every endpoint declares it; a test checks that it does."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar, cast
from urllib.parse import urlsplit

from flask import abort, redirect, request, url_for
from flask_login import current_user

P = ParamSpec("P")
R = TypeVar("R")
#: Views that libraries bring; they serve public files and cannot carry a mark.
LIBRARY_ENDPOINTS = frozenset({"static", "bootstrap.static"})


def public(view: Callable[P, R]) -> Callable[P, R]:
    """Let everyone call ``view``."""
    view.access = "public"  # type: ignore[attr-defined]
    return view


def member(view: Callable[P, R]) -> Callable[P, R]:
    """Let signed-in people call ``view``; others are sent to sign in first."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        if not current_user.is_authenticated:
            return cast("R", _to_sign_in())
        return view(*args, **kwargs)

    guarded.access = "member"  # type: ignore[attr-defined]
    return guarded


def organiser(view: Callable[P, R]) -> Callable[P, R]:
    """Let people who run an event call ``view``; it checks which event itself."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        if not current_user.is_authenticated:
            return cast("R", _to_sign_in())
        if not current_user.is_organiser:
            abort(404)
        return view(*args, **kwargs)

    guarded.access = "organiser"  # type: ignore[attr-defined]
    return guarded


def admin(view: Callable[P, R]) -> Callable[P, R]:
    """Let admins call ``view``; others get 404, so its existence stays hidden."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        if not current_user.is_authenticated:
            return cast("R", _to_sign_in())
        if not current_user.is_admin:
            abort(404)
        return view(*args, **kwargs)

    guarded.access = "admin"  # type: ignore[attr-defined]
    return guarded


def _to_sign_in() -> object:
    if request.method != "GET":
        return redirect(url_for("accounts.sign_in"), code=303)
    return redirect(
        url_for("accounts.sign_in", next=request.full_path.rstrip("?")), code=303
    )


def here() -> str:
    """Return the address of this page for GET: where a switch of the page leads back.

    An answer to a form may stand at an address that takes forms only; then it is the
    page from which the form was sent.
    """
    if request.method == "GET":
        return request.full_path
    if (rule := request.url_rule) is not None and "GET" in (rule.methods or ()):
        return request.path
    came_from = urlsplit(request.referrer or "")
    same = came_from.netloc == request.host
    return safe_next(came_from.path if same else None, url_for("web.front"))


def safe_next(target: str | None, fallback: str) -> str:
    """Return ``target`` if it is a path of this site, else ``fallback``."""
    if (
        not target
        or not target.startswith("/")
        or target.startswith(("//", "/\\"))
        or any(ord(char) < ord(" ") or char == "\\" for char in target)
    ):
        return fallback
    return target
