"""Who may do what: every route and method, for everybody who may come."""

import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from alembic import command
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from matchmaker import schema
from matchmaker.accounts.models import User
from matchmaker.app import Site, create_site
from matchmaker.clock import now
from matchmaker.db import Base
from tests.access_table import OUTSIDE, ROLES, SIGN_IN, TABLE
from tests.access_world import build
from tests.conftest import Visitor

PHONE = "+7 701 555 01 01"


@dataclass(slots=True)
class World:
    """A site with one of each role; what a test changes is put back."""

    site: Site
    ids: dict[str, str]
    cookies: dict[str, tuple[str, str]]
    pristine: sqlite3.Connection

    def client(self, role: str) -> tuple[FlaskClient, str]:
        """Return the browser of a role, and its form token."""
        client = self.site.app.test_client()
        cookie, token = self.cookies[role]
        client.set_cookie("session", cookie)
        return client, token

    def address(self, rule: str) -> str:
        """Return a rule with the ids of the member's things filled in."""
        kind = rule.split("/")[1] + rule.rsplit("/", 1)[-1]

        def fill(found: re.Match[str]) -> str:
            converter, _, name = found.group(1).rpartition(":")
            if converter.startswith("any("):
                return converter[4:].split(",")[0].rstrip(")")
            return self.ids.get(f"{kind} {name}") or self.ids[name]

        return re.sub(r"<([^>]+)>", fill, rule)

    def send(
        self, role: str, rule: str, method: str, form: dict[str, str]
    ) -> TestResponse:
        """Send a request in a role."""
        client, token = self.client(role)
        data = {"csrf_token": token, **form} if method == "POST" else None
        return client.open(self.address(rule), method=method, data=data)

    def rows(self) -> str:
        """Return everything that is stored."""
        raw = self.site.sessions.engine.raw_connection()
        try:
            return "\n".join(raw.driver_connection.iterdump())
        finally:
            raw.close()

    def restore(self) -> None:
        """Put everything back."""
        raw = self.site.sessions.engine.raw_connection()
        try:
            self.pristine.backup(raw.driver_connection)
        finally:
            raw.close()


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("access")
    generous = "100000 per hour"
    site = create_site(
        {
            "ENVIRONMENT": "test",
            "SECRET_KEY": "k" * 40,
            "INSTANCE": str(folder),
            "DATABASE_URL": f"sqlite:///{folder}/site.db",
            "BASE_URL": "http://localhost",
            "TESTING": True,
            "VIEW_LIMIT": generous,
            "SIGN_IN_LIMIT": generous,
            "CLAIM_LIMIT": generous,
        }
    )
    engine = site.sessions.engine
    (folder / "exports").mkdir()
    (folder / "exports" / "copy.zip").write_bytes(b"PK")
    (folder / "terms").mkdir()
    (folder / "terms" / "site.csv").write_text(
        "code,sector,en,ru,zh\nown-kefir,,kefir drink,кефир,开菲尔\n", "utf-8"
    )
    Base.metadata.create_all(engine)
    command.stamp(schema.alembic_config(engine), "head")
    with site.sessions.write.begin() as session:
        ids, people = build(session)
        users = {role: profile.user_id for role, profile in people.items()}
        emails = {role: p.user.email for role, p in people.items() if p.user}
    cookies = {}
    for role in ROLES:
        visitor = Visitor(site.app.test_client())
        if role in emails:
            assert visitor.sign_in(emails[role]).status_code == 303
        token = visitor.token()
        cookie = visitor.client.get_cookie("session")
        assert cookie is not None
        cookies[role] = (cookie.value, token)
    with site.sessions.write.begin() as session:
        session.get_one(User, users["disabled"]).disabled_at = now()
    pristine = sqlite3.connect(":memory:")
    raw = engine.raw_connection()
    raw.driver_connection.backup(pristine)
    raw.close()
    yield World(site, ids, cookies, pristine)
    pristine.close()
    engine.dispose()


@pytest.fixture
def world(built: World) -> Iterator[World]:
    """Give the world as it was built, whatever the test before did."""
    yield built
    built.restore()


def test_every_route_and_method_has_an_entry(site: Site) -> None:
    routes = {
        (rule.rule, method)
        for rule in site.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert routes == set(TABLE)


@pytest.mark.parametrize(("rule", "method"), TABLE)
def test_each_role_gets_what_it_may_and_changes_nothing_else(
    world: World, rule: str, method: str
) -> None:
    form, expected = TABLE[rule, method]
    for role in ROLES:
        before = world.rows()
        answer = world.send(role, rule, method, form)
        to_sign_in = answer.headers.get("Location", "").startswith("/sign-in")
        got = SIGN_IN if to_sign_in else answer.status_code
        assert got == expected[role], (role, answer.text[-600:])
        if got in {SIGN_IN, 404}:
            assert world.rows() == before, f"{role} changed something"
        elif method == "POST":
            world.restore()


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_no_route_answers_a_method_it_does_not_name(world: World, method: str) -> None:
    for rule in {rule for rule, _ in TABLE}:
        answer = world.send("member", rule, method, {})
        assert answer.status_code == 405, rule


def test_asking_for_the_head_only_opens_nothing(world: World) -> None:
    for (rule, method), (_form, expected) in TABLE.items():
        if method == "GET" and expected["anonymous"] == SIGN_IN:
            answer = world.send("anonymous", rule, "HEAD", {})
            assert answer.headers["Location"].startswith("/sign-in"), rule


def test_a_paused_profile_is_as_if_it_were_not_there(world: World) -> None:
    world.ids = {**world.ids, "profile_id": world.ids["hidden"]}
    for (rule, method), (form, _expected) in TABLE.items():
        if "<profile_id>" in rule and not rule.endswith("/undo"):
            assert world.send("member", rule, method, form).status_code == 404, rule


def test_a_phone_number_is_on_no_page_of_somebody_who_was_not_introduced(
    world: World,
) -> None:
    address = f"/people/{world.ids['member_id']}"
    assert PHONE in world.send("member", "/me", "GET", {}).text
    for role in set(ROLES) - OUTSIDE - {"member"}:
        client, _ = world.client(role)
        pages = [client.get(address), client.get("/directory?q=Buckwheat")]
        pages += [world.send(role, rule, "GET", {}) for rule, m in TABLE if m == "GET"]
        assert "Buckwheat" in pages[0].text
        assert not any(
            PHONE in page.text for page in pages if page.mimetype == "text/html"
        )


def test_an_organiser_sees_nothing_of_another_event(world: World) -> None:
    for role, own, other in (
        ("organiser of A", "Meeting A", "Meeting B"),
        ("organiser of B", "Meeting B", "Meeting A"),
    ):
        page = world.send(role, "/events", "GET", {}).text
        assert own in page
        assert other not in page
    page = world.send("organiser of A", "/events/<slug>", "GET", {}).text
    assert "Person 2" in page
    assert "Zarina" not in page
