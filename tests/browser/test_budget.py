"""What a page may cost: bytes on a slow line, statements in the database."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest
from flask import has_request_context, request
from playwright.sync_api import expect
from sqlalchemy import event

from tests.browser.served import Served
from tests.browser.visitor import PHONE, Visit

pytestmark = pytest.mark.browser

FIRST_PAGE = 100_000  # bytes over the line, with styles, scripts and pictures
PROPOSALS = 3  # statements
TRANSFERRED = """() => performance.getEntriesByType("resource")
  .concat(performance.getEntriesByType("navigation"))
  .map(entry => [entry.name, entry.transferSize])"""


@pytest.fixture
def statements(served: Served) -> Iterator[dict[str, list[str]]]:
    """Collect by path the statements that requests send, less BEGIN."""
    found: dict[str, list[str]] = defaultdict(list)

    def note(_c: object, _cursor: object, statement: str, *_rest: Any) -> None:
        # The worker has no request, and pages fetch files beside themselves.
        if has_request_context() and not statement.startswith("BEGIN"):
            found[request.path].append(statement)

    event.listen(served.site.sessions.engine, "before_cursor_execute", note)
    yield found
    event.remove(served.site.sessions.engine, "before_cursor_execute", note)


def test_the_first_page_is_under_100_kb(visit: Visit, served: Served) -> None:
    person = visit(viewport=PHONE, locale="zh-CN")
    page = person.go("/")
    page.wait_for_load_state("networkidle")
    sizes = dict(page.evaluate(TRANSFERRED))
    assert sum(sizes.values()) < FIRST_PAGE, sizes
    assert all(address.startswith(served.url) for address in sizes)
    assert sum(name.endswith(".css") or ".css?" in name for name in sizes) >= 3


def test_proposals_take_three_statements_at_most(
    visit: Visit, served: Served, statements: dict[str, list[str]]
) -> None:
    member = served.join(
        offers=(("supply", "Wheat flour from Kazakhstan"),),
        requests=(("logistics", "Rail freight of grain to China"),),
    )
    person = visit().sign_in(member.email)
    expect(person.page.locator("article.card-person").first).to_be_visible()
    served.settle()
    person.go("/proposals")  # the first visit finds the reasons and keeps them
    statements.clear()
    person.go("/proposals")
    sent = statements["/proposals"]
    assert 0 < len(sent) <= PROPOSALS, "\n".join(sent)


def test_styles_and_scripts_ask_the_database_nothing(
    visit: Visit, served: Served, statements: dict[str, list[str]]
) -> None:
    person = visit().sign_in(served.join().email)
    person.go("/how-it-works").wait_for_load_state("networkidle")
    files = [path for path in statements if "/static/" in path]
    assert files == [], "a file is served to whoever asks: nobody need be looked up"
