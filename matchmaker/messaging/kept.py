"""Pages of messages and contacts that are kept until something they show changes."""

from collections.abc import Callable, Hashable
from datetime import date
from zoneinfo import ZoneInfo

from flask import Flask, g

from matchmaker.accounts.signed_in import me
from matchmaker.clock import now
from matchmaker.web.fragments import (
    Fragments,
    has_notes,
    page_state,
    with_token,
    without_token,
)

PAGES_KEPT = 500  # rendered pages kept in memory, about 15 kB each
#: What a page does not depend on.
_ELSEWHERE = frozenset({"list_stale", "seen_is_old"})


def init_app(app: Flask) -> None:
    """Give every request the pages that are kept."""
    kept: Fragments[str] = Fragments(PAGES_KEPT)

    @app.before_request
    def provide_kept() -> None:
        g.kept_talk = kept


def today() -> date:
    """Return the date where the reader is."""
    return now().astimezone(ZoneInfo(me().time_zone)).date()


def page_key() -> tuple[Hashable, ...] | None:
    """Return what the page asked for depends on; None if it is not to be kept."""
    extra = me().extra
    if has_notes():
        return None
    shown = (extra[name] for name in extra if name not in _ELSEWHERE)
    return (me().id, me().time_zone, today(), *shown, *page_state())


def find_page(key: tuple[Hashable, ...] | None) -> str | None:
    """Return the page that was kept under a key."""
    if key is None:
        return None
    # A member who changed, or is gone, may stand on any of the pages.
    found: str | None = g.kept_talk.find(key, since=me().extra["token_community"])
    return found


def show_page(make: Callable[[], str], *depends_on: Hashable) -> str:
    """Return the page asked for: the one that was kept, or a new one to keep."""
    key = page_key()
    if key is not None:
        key = (*key, *depends_on)
    page = find_page(key)
    if page is None:
        page = without_token(make())
        if key is not None:
            g.kept_talk.keep(key, page)
    return with_token(page)
