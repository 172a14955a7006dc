"""One transaction per request: what is good is kept, what fails leaves nothing."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import abort, redirect
from sqlalchemy import event, func, select
from werkzeug.wrappers import Response

from matchmaker.accounts import service as accounts
from matchmaker.accounts.models import User
from matchmaker.app import Site
from matchmaker.errors import DomainError
from matchmaker.web.access import public
from matchmaker.web.session import get_session, writes
from tests.conftest import Visitor

Ending = Callable[[], str | Response | tuple[str, int]]


def crash() -> str:
    raise RuntimeError("a bug")


def refuse() -> str:
    raise DomainError("items-limit")


def not_found() -> str:
    abort(404)


#: How a view ends, the status of the answer, and whether its work is kept.
ENDINGS: dict[str, tuple[Ending, int, bool]] = {
    "a page": (lambda: "fine", 200, True),
    "created": (lambda: ("fine", 201), 201, True),
    "a redirect": (lambda: redirect("/", code=303), 303, True),
    "a form to correct": (lambda: ("wrong", 422), 422, False),
    "a refusal": (refuse, 409, False),
    "nothing there": (not_found, 404, False),
    "a bug": (crash, 500, False),
    "an error page": (lambda: ("broken", 503), 503, False),
}


def add_view(site: Site, ending: Ending, *, method: str = "POST") -> None:
    """Give the site a view that writes and then ends in some way."""

    @public
    def probe() -> Any:
        accounts.create_user(get_session(), "probe@example.org", password=None)
        return ending()

    view = writes(probe) if method == "GET" else probe
    site.app.add_url_rule("/probe", "probe", view, methods=[method])


def count_users(site: Site) -> int:
    with site.sessions.read() as session:
        return session.scalar(select(func.count(User.id))) or 0


@pytest.mark.parametrize("name", ENDINGS)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_good_answer_commits_and_any_other_rolls_back(
    site: Site, visitor: Visitor, name: str, method: str
) -> None:
    ending, status, kept = ENDINGS[name]
    add_view(site, ending, method=method)
    answer = visitor.post("/probe") if method == "POST" else visitor.get("/probe")
    assert answer.status_code == status
    assert count_users(site) == int(kept)


def test_what_the_database_refuses_at_the_end_is_a_500_and_leaves_nothing(
    site: Site, visitor: Visitor
) -> None:
    def add_twice() -> str:
        for _ in range(2):
            get_session().add(User(email="twin@example.org"))
        return "fine"

    add_view(site, add_twice)
    site.app.config["PROPAGATE_EXCEPTIONS"] = False  # as outside of tests
    answer = visitor.post("/probe")
    assert answer.status_code == 500
    assert answer.headers["X-Request-ID"] in answer.text
    assert count_users(site) == 0
    assert visitor.get("/how-it-works").status_code == 200


def test_a_crash_in_the_middle_of_writing_gives_the_lock_back(
    site: Site, visitor: Visitor
) -> None:
    add_view(site, crash)
    assert visitor.post("/probe").status_code == 500
    with site.sessions.write.begin() as session:
        accounts.create_user(session, "next@example.org", password=None)
    assert count_users(site) == 1


def other_connection(tmp_path: Path) -> sqlite3.Connection:
    return sqlite3.connect(tmp_path / "site.db", timeout=0, isolation_level=None)


def test_reading_takes_no_write_lock(
    tmp_path: Path, join: Callable[..., tuple[Visitor, str]]
) -> None:
    visitor, public_id = join(offers=(("supply", "Wheat"),))
    other = other_connection(tmp_path)
    other.execute("BEGIN IMMEDIATE")
    pages = ("/", "/me", "/directory", "/messages", "/settings", f"/people/{public_id}")
    for page in pages:
        assert visitor.get(page).status_code in {200, 302}, page
    assert visitor.client.head("/me").status_code == 200
    assert visitor.client.options("/me").status_code == 200
    other.execute("ROLLBACK")
    other.close()


def test_only_what_writes_begins_a_writing_transaction(
    site: Site, join: Callable[..., tuple[Visitor, str]]
) -> None:
    visitor, _ = join(offers=(("supply", "Wheat"),))
    begun: list[str] = []

    def note(_c: Any, _cur: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith("BEGIN"):
            begun.append(statement)

    event.listen(site.sessions.engine, "before_cursor_execute", note)
    visitor.get("/directory")
    assert "BEGIN IMMEDIATE" not in begun
    visitor.get("/proposals")
    assert "BEGIN IMMEDIATE" in begun
    event.remove(site.sessions.engine, "before_cursor_execute", note)


def test_a_database_that_is_away_is_a_503_with_a_page_and_comes_back_alone(
    tmp_path: Path,
    site: Site,
    join: Callable[..., tuple[Visitor, str]],
    new_visitor: Callable[[], Visitor],
) -> None:
    visitor, _ = join(offers=(("supply", "Wheat"),))
    site.sessions.engine.dispose()
    away = tmp_path.with_name(tmp_path.name + "-away")
    tmp_path.rename(away)
    try:
        for answer in (visitor.get("/me"), visitor.get("/contacts")):
            assert answer.status_code == 503
            assert int(answer.headers["Retry-After"]) > 0
            assert answer.headers["X-Request-ID"] in answer.text
        assert visitor.get("/readyz").status_code == 503
        assert new_visitor().get("/healthz").status_code == 200
    finally:
        away.rename(tmp_path)
    assert visitor.get("/me").status_code == 200


def test_a_lock_that_is_not_given_back_is_a_503_and_not_a_500(
    tmp_path: Path, site: Site, visitor: Visitor
) -> None:
    add_view(site, lambda: "fine")

    def wait_less(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA busy_timeout=10")

    event.listen(site.sessions.engine, "connect", wait_less)
    site.sessions.engine.dispose()
    other = other_connection(tmp_path)
    other.execute("BEGIN IMMEDIATE")
    answer = visitor.post("/probe")
    other.execute("ROLLBACK")
    other.close()
    assert answer.status_code == 503
    assert visitor.post("/probe").status_code == 200
