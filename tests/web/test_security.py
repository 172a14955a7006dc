"""Hosts, headers, forms of other sites, and our own error pages."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import structlog

from matchmaker.accounts.models import User
from matchmaker.app import Site, create_site
from matchmaker.db import Base
from matchmaker.web.access import public, safe_next
from matchmaker.web.session import get_session
from tests.access_table import TABLE
from tests.conftest import Visitor
from tests.web.pages import assert_refused

Join = Callable[..., tuple[Visitor, str]]


# Hosts, methods, addresses that lead nowhere --------------------------------


@pytest.mark.parametrize("path", ["/", "/me", "/nothing/here", "/static/css/site.css"])
@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "a@localhost", "", "x" * 300]
)
def test_an_unknown_host_is_refused(visitor: Visitor, path: str, host: str) -> None:
    for method in ("GET", "POST"):
        answer = visitor.client.open(path, method=method, headers={"Host": host})
        assert answer.status_code == 400
        assert answer.headers["X-Request-ID"] in answer.text
        assert "evil" not in answer.text


def test_a_forwarded_host_is_not_believed_without_a_proxy(visitor: Visitor) -> None:
    answer = visitor.get("/me", headers={"X-Forwarded-Host": "evil.example"})
    assert "evil" not in answer.headers["Location"] + answer.text


@pytest.mark.parametrize("path", ["/nothing", "/static/none.css?v=1", "/people/"])
def test_an_unknown_address_gets_our_page_that_nobody_keeps(
    join: Join, visitor: Visitor, path: str
) -> None:
    member, _ = join()
    for browser in (member, visitor):
        answer = browser.get(path)
        assert_refused(answer, 404)
        assert answer.headers["Cache-Control"] == "no-store"


def test_a_wrong_method_is_told_the_right_one(visitor: Visitor) -> None:
    answer = visitor.client.put("/sign-in")
    assert_refused(answer, 405)
    assert "POST" in answer.headers["Allow"]


def test_too_much_at_once_is_refused_in_words(visitor: Visitor, join: Join) -> None:
    member, _ = join()
    for browser in (member, visitor):
        form = {"csrf_token": browser.token(), "email": "x" * 2_000_000}
        assert_refused(browser.client.post("/reset", data=form), 413)
        assert_refused(browser.get("/?" + "x" * 9000), 414)
        many = {f"f{n}": "x" for n in range(5000)}
        answer = browser.client.post("/reset", data={**form, "email": "", **many})
        assert answer.status_code < 500


def test_a_bug_shows_a_number_and_no_inside(site: Site, join: Join) -> None:
    @public
    def broken() -> str:
        raise RuntimeError("inner secret")

    site.app.add_url_rule("/broken", "broken", broken)
    member, _ = join()
    answer = member.get("/broken")
    assert_refused(answer, 500)
    assert "inner secret" not in answer.text


def test_a_crash_is_logged_on_one_line_without_the_secret_of_the_link(
    tmp_path: Path, site: Site, visitor: Visitor
) -> None:
    @public
    def broken(token: str) -> str:
        raise RuntimeError(f"broken\n\x1b[31m{len(token)}")

    site.app.view_functions["accounts.reset"] = broken
    before = structlog.get_config()["logger_factory"]
    with (tmp_path / "log").open("w+") as written:
        structlog.configure(logger_factory=structlog.PrintLoggerFactory(written))
        answer = visitor.get("/reset/very-secret-token")
        structlog.configure(logger_factory=before)
    (line,) = (tmp_path / "log").read_text().splitlines()
    assert json.loads(line)["request_id"] == answer.headers["X-Request-ID"]
    assert "very-secret-token" not in line
    assert "\x1b" not in line


# Forms of other sites -------------------------------------------------------


#: What a mail program sends by itself, with nothing but the secret of a letter.
ONE_CLICK = {"/claim/<secret>/out", "/unsubscribe/<token>"}


def test_a_form_without_our_token_changes_nothing(
    join: Join, visitor: Visitor, new_visitor: Callable[[], Visitor]
) -> None:
    member, public_id = join()
    stranger = new_visitor()
    posted = {rule for rule, method in TABLE if method == "POST"}
    for rule in sorted(posted - ONE_CLICK):
        path = re.sub(r"<(any\((\w+)[^>]*|[^>]*)>", lambda m: m[2] or public_id, rule)
        for browser in (member, visitor, stranger):
            assert_refused(browser.client.post(path), 400)
            form = {"csrf_token": stranger_token(stranger, browser)}
            assert_refused(browser.client.post(path, data=form), 400)


def stranger_token(stranger: Visitor, browser: Visitor) -> str:
    """Return a token that was given to somebody else."""
    return stranger.token() if browser is not stranger else "made-up"


# Headers --------------------------------------------------------------------


@pytest.fixture
def public_site(tmp_path: Path) -> Any:
    """Give a site as it stands on the net, behind https."""
    site = create_site(
        {
            "ENVIRONMENT": "production",
            "SECRET_KEY": "q8Zk2vX0" * 5,
            "INSTANCE": str(tmp_path),
            "DATABASE_URL": f"sqlite:///{tmp_path}/site.db",
            "BASE_URL": "https://network.example.org",
            "SMTP_URL": "smtp://localhost:25?tls=none",
        }
    )
    Base.metadata.create_all(site.sessions.engine)
    yield site
    site.sessions.engine.dispose()


def test_every_answer_carries_the_headers_that_protect(public_site: Site) -> None:
    client = public_site.app.test_client()
    for path in ("/", "/sign-in", "/nothing", "/me", "/static/css/site.css"):
        answer = client.get(path, base_url="https://network.example.org")
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'")
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]
        names = [name for name, _ in answer.headers if name != "Set-Cookie"]
        assert len(names) == len(set(names)), "a header is sent twice"
        if not path.startswith("/static"):
            assert answer.headers["Cache-Control"] == "no-store"


def test_the_cookie_is_for_this_host_https_and_no_script(public_site: Site) -> None:
    client = public_site.app.test_client()
    answer = client.get("/sign-in", base_url="https://network.example.org")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-session=")
    for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert part in cookie
    assert "Domain" not in cookie


def test_production_answers_its_own_host_only(public_site: Site) -> None:
    client = public_site.app.test_client()
    for host in ("localhost", "127.0.0.1"):
        assert client.get("/", base_url=f"https://{host}").status_code == 400


def test_a_static_file_with_its_fingerprint_is_kept_for_good(visitor: Visitor) -> None:
    page = visitor.get("/").text
    found = re.search(r'href="(/static/css/site.css\?v=[^"]+)"', page)
    assert found is not None
    assert "immutable" in visitor.get(found[1]).headers["Cache-Control"]


# Where one goes next --------------------------------------------------------


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        " //evil.example",
        "javascript:alert(1)",
        "evil.example",
        "/ok\r\nSet-Cookie: a=b",
        "",
    ],
)
def test_nobody_is_sent_to_another_site_after_signing_in(
    visitor: Visitor, target: str
) -> None:
    assert safe_next(target, "/home") == "/home"
    answer = visitor.post("/theme", {"theme": "dark", "next": target})
    assert answer.headers["Location"] == "/"


def test_after_signing_in_one_goes_where_one_wanted_to(
    visitor: Visitor, join: Join
) -> None:
    assert safe_next("/directory?q=a&page=2", "/home") == "/directory?q=a&page=2"
    answer = visitor.get("/directory?q=лён&page=2")
    place = answer.headers["Location"]
    assert place.startswith("/sign-in?next=/directory")
    assert join


def test_an_error_of_the_database_does_not_log_what_was_stored(
    tmp_path: Path, site: Site, visitor: Visitor
) -> None:
    @public
    def broken() -> str:
        get_session().add(User(email="Private@example.org"))  # not lower case
        get_session().flush()
        return "stored"

    site.app.view_functions["accounts.sign_out"] = broken
    before = structlog.get_config()["logger_factory"]
    with (tmp_path / "log").open("w+") as written:
        structlog.configure(logger_factory=structlog.PrintLoggerFactory(written))
        assert visitor.post("/sign-out").status_code == 500
        structlog.configure(logger_factory=before)
    assert "Private@example.org" not in (tmp_path / "log").read_text()
