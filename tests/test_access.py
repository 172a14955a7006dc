"""Who may do what: every route and method, for everybody who may come."""

import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from alembic import command
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from matchmaker import schema
from matchmaker.accounts import service as accounts
from matchmaker.accounts.models import Purpose, User, UserSession
from matchmaker.app import Site, create_site
from matchmaker.clock import now
from matchmaker.db import Base
from matchmaker.events import imports
from matchmaker.events.models import (
    Approval,
    Attendance,
    Event,
    EventKind,
    EventStaff,
    Outcome,
    StaffRole,
)
from matchmaker.events.roster import Basis
from matchmaker.matching.models import IntroductionState
from matchmaker.matching.wish_models import SavedSearch
from matchmaker.messaging.models import ContactKind, FollowUp
from matchmaker.notices import service as notices
from matchmaker.notices.models import NoticeKind
from matchmaker.notices.rules import make_token
from matchmaker.owndata.models import DataRequest, RequestState
from matchmaker.profiles.models import Profile, ProfileStatus
from tests.access_table import OUTSIDE, ROLES, SIGN_IN, TABLE
from tests.conftest import Visitor, add_introduction, add_member
from tests.events.rosters import invited
from tests.matching.reviewing import add_pair, add_round
from tests.trust.cases import add_moderation

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


def build(session: Session) -> tuple[dict[str, str], dict[str, Profile]]:
    """Store one of each role, and the things of the member."""
    offers = (("supply", "Buckwheat, 50 t a month"),)
    people = {
        role: add_member(
            session,
            name=f"Person {place}",
            offers=offers,
            is_admin=role == "admin",
            email=f"person{place}@example.org",
            contacts={"phone": {"value": PHONE, "visibility": "connections"}}
            if role == "member"
            else {},
        )
        for place, role in enumerate(ROLES)
        if role != "anonymous"
    }
    boris, carla, emil, zarina, hidden = (
        add_member(session, name=name, offers=offers)
        for name in ("Boris", "Carla", "Emil", "Zarina", "Hidden")
    )
    hidden.status = ProfileStatus.PAUSED
    member, user = people["member"], people["member"].user
    assert user is not None
    accepted = add_introduction(session, member, boris)
    pending = IntroductionState.PENDING
    received = add_introduction(session, carla, member, state=pending)
    sent = add_introduction(session, member, emil, state=pending)
    follow_up = FollowUp(
        introduction_id=accepted.id,
        author_id=member.id,
        kind=ContactKind.CALL,
        happened_on=now().date(),
        what="A secret of mine",
        next_step="Send a sample",
        form_key="k",
    )
    session.add(follow_up)
    other_browser = UserSession(digest="d", user_id=user.id, device="Firefox")
    session.add(other_browser)
    batches: list[str] = []
    for letter in "ab":
        event = Event(
            slug=f"event-{letter}",
            names={"en": f"Meeting {letter.upper()}"},
            kind=EventKind.MEETING,
            starts_at=now() - timedelta(days=2),
            ends_at=now() - timedelta(days=1),
        )
        session.add(event)
        session.flush()
        runner = people[f"organiser of {letter.upper()}"]
        guest = member if letter == "a" else zarina
        session.add_all(
            [
                EventStaff(
                    event_id=event.id, user_id=runner.user_id, role=StaffRole.OWNER
                ),
                Attendance(event_id=event.id, profile_id=guest.id),
            ]
        )
        session.flush()
        if letter == "a":
            secret = invited(session, event, runner, email="draft@example.org")
            invited(session, event, runner, email=user.email, name="The same")
        batch = imports.stage(
            session,
            event,
            author_id=runner.user_id,
            file_name=f"list-{letter}.csv",
            data=f"Name,Email\nAnn {letter},{letter}@example.org\n".encode(),
            basis=Basis.CONSENT,
        )
        batches.append(batch.public_id)
        if letter == "a":
            decision = Approval(
                event_id=event.id, user_id=runner.user_id, outcome=Outcome.APPROVED
            )
            session.add(decision)
    search = SavedSearch(profile_id=member.id, name="Wheat", query="wheat", facets={})
    session.add(search)
    session.flush()
    ids = {
        "country": "CH",
        "concept": "own-kefir",
        "filename": "css/bootstrap.min.css",
        "static<path:filename> filename": "css/site.css",
        "token": accounts.issue_token(session, user, Purpose.CONFIRM, seconds=900),
        "reset<token> token": accounts.issue_token(
            session, user, Purpose.RESET, seconds=900
        ),
        **told(session, user),
        "introduction_id": accepted.public_id,
        "introductionsanswer introduction_id": received.public_id,
        "introductionswithdraw introduction_id": sent.public_id,
        "follow_up_id": follow_up.public_id,
        "item_id": member.opportunities[0].public_id,
        "profile_id": zarina.public_id,
        "member_id": member.public_id,
        "hidden": hidden.public_id,
        "session_id": other_browser.public_id,
        "slug": "event-a",
        "batch_id": batches[0],
        "ending": "csv",
        "code": "chain",
        "approval_id": decision.public_id,
        "secret": secret,
        **add_moderation(session, member, boris, accepted),
        "pair_id": add_pair(session, add_round(session), boris, carla).public_id,
        "export_id": add_copy(session, user),
    }
    return ids, people


def add_copy(session: Session, user: User) -> str:
    """Add a copy of somebody's data that lies ready; return its id."""
    asked = DataRequest(
        user_id=user.id,
        open_key=user.id,
        state=RequestState.READY,
        file_name="copy.zip",
        ready_at=now(),
    )
    session.add(asked)
    session.flush()
    return asked.public_id


def told(session: Session, user: User) -> dict[str, str]:
    """Tell somebody something; return the ids of it and of the way out."""
    notices.notify(session, user, kind=NoticeKind.EVENT, code="news", context={})
    session.flush()
    who = notices.get_settings(session, user.id).public_id
    token = make_token("k" * 40, who, NoticeKind.EVENT)
    return {
        "notice_id": notices.list_notices(session, user.id)[0].public_id,
        "unsubscribe<token> token": token,
        "unsubscribeback token": token,
    }


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
