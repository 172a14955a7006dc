"""Fixtures of the journeys: a served site, a browser, and people who visit."""

import secrets
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from matchmaker.app import create_site
from matchmaker.db import Base
from matchmaker.matching import jobs
from matchmaker.matching.views import make_policy
from tests.browser import people
from tests.browser.fetch import find_browser
from tests.browser.served import Served, serve
from tests.browser.visitor import DESKTOP, PATIENCE, Person, Visit

#: Debian's Chromium runs as root only without its sandbox; the rest keeps it from
#: asking its maker's hosts for news at every start.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="package")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Give a served site with a small community and its proposals."""
    folder = tmp_path_factory.mktemp("site")
    sock = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{sock.getsockname()[1]}"
    site = create_site(
        {
            "ENVIRONMENT": "demo",
            "SECRET_KEY": secrets.token_hex(32),
            "INSTANCE": str(folder),
            "DATABASE_URL": f"sqlite:///{folder}/site.db",
            "BASE_URL": url,
            "WORK_PAUSE": 0.1,
            # All visitors come from one address here.
            "SIGN_IN_LIMIT": "1000 per minute",
            "REGISTER_LIMIT": "1000 per minute",
            "VIEW_LIMIT": "1000 per minute",
        }
    )
    Base.metadata.create_all(site.sessions.engine)
    with site.sessions.write.begin() as session:
        for member in people.COMMUNITY:
            people.add(session, **member)
    policy = make_policy(site.app.config)
    jobs.refresh(site.sessions, site.matcher, policy, progress=lambda *_: None)
    end = serve(site, sock)
    yield Served(site, url)
    end()
    site.sessions.engine.dispose()


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """Give a running browser."""
    path = find_browser()
    if path is None:
        pytest.fail("no Chromium here: run `python -m tests.browser.fetch`")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: Browser, served: Served) -> Iterator[Visit]:
    """Return a factory of people; at the end nothing may have broken in a page."""
    visitors: list[Person] = []
    with ExitStack() as contexts:

        def come(
            *,
            viewport: dict[str, int] = DESKTOP,
            locale: str = "en-GB",
            **options: Any,
        ) -> Person:
            context: BrowserContext = chromium.new_context(
                viewport=viewport, locale=locale, timezone_id="Asia/Almaty", **options
            )
            contexts.callback(context.close)
            context.set_default_timeout(PATIENCE)
            visitor = Person(context.new_page(), served.url)
            visitor.watch()
            visitors.append(visitor)
            return visitor

        yield come
    assert [fault for visitor in visitors for fault in visitor.faults] == []
