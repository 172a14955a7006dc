"""The page of operations, and figures for a monitoring."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from matchmaker.admin.models import AuditEntry
from matchmaker.app import Site, create_site
from matchmaker.cli.work import Worker
from matchmaker.clock import now
from matchmaker.db import Base
from matchmaker.mail import Letter, queue_letter
from tests.conftest import Visitor

Join = Callable[..., tuple[Visitor, str]]
TOKEN = "a token of some length"


@pytest.fixture
def chief(join: Join) -> Visitor:
    return join(is_admin=True)[0]


def test_before_any_worker_the_page_says_how_to_start_one(chief: Visitor) -> None:
    page = chief.get("/admin/operations").text
    assert "matchmaker work" in page
    assert "Nothing ran yet" in page


def test_the_page_names_jobs_that_ran_and_reading_it_is_audited(
    site: Site, chief: Visitor
) -> None:
    Worker(site).work_off()
    page = chief.get("/admin/operations").text
    assert "looking for answers to saved searches" in page
    assert "matchmaker work" not in page
    with site.sessions.read() as session:
        actions = set(session.scalars(select(AuditEntry.action)))
    assert "operations" in actions


def test_letters_that_failed_leave_on_request_and_show_nobodys_address(
    site: Site, chief: Visitor
) -> None:
    with site.sessions.write.begin() as session:
        letter = queue_letter(
            session, to="anna@example.org", template="reset", locale="en", context={}
        )
        letter.attempts, letter.error = 3, "SMTPServerDisconnected"
        letter.due_at = now().replace(year=now().year + 1)
    page = chief.get("/admin/operations").text
    assert "SMTPServerDisconnected" in page
    assert "anna@example.org" not in page
    assert chief.post("/admin/operations/letters").status_code == 303
    with site.sessions.read() as session:
        assert session.scalars(select(Letter.due_at)).one() <= now()


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Site]:
    """Give a site whose figures a monitoring may read."""
    site = create_site(
        {
            "ENVIRONMENT": "test",
            "SECRET_KEY": "x" * 40,
            "INSTANCE": str(tmp_path),
            "DATABASE_URL": f"sqlite:///{tmp_path}/site.db",
            "BASE_URL": "http://localhost",
            "METRICS_TOKEN": TOKEN,
            "TESTING": True,
        }
    )
    Base.metadata.create_all(site.sessions.engine)
    yield site
    site.sessions.engine.dispose()


def test_figures_are_for_who_bears_the_token(watched: Site) -> None:
    client = watched.app.test_client()
    client.get("/people/whoever")
    assert client.get("/metrics").status_code == 404
    wrong = {"Authorization": f"Bearer {TOKEN[:-1]}"}
    assert client.get("/metrics", headers=wrong).status_code == 404
    Worker(watched).work_off()
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    for name in ("requests_total", "letters_waiting", "worker_silent_seconds"):
        assert f"matchmaker_{name}" in answer.text
    assert 'page="matching.person"' in answer.text
    assert "whoever" not in answer.text


def test_without_a_token_in_the_settings_nobody_gets_figures(visitor: Visitor) -> None:
    for given in ("Bearer ", "Bearer x", ""):
        answer = visitor.get("/metrics", headers={"Authorization": given})
        assert answer.status_code == 404
