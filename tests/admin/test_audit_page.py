"""The page of the audit log, and that no privileged page escapes it."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matchmaker.accounts.models import User
from matchmaker.admin import audit_log, audit_texts
from matchmaker.admin.audit_log import Wanted
from matchmaker.admin.audit_watch import PRIVILEGED, TELLS_NOTHING
from matchmaker.admin.models import AuditEntry
from matchmaker.admin.service import note_access
from matchmaker.app import Site
from tests.access_table import ROLES, SIGN_IN, TABLE
from tests.conftest import MakeMember, Visitor
from tests.test_access import World, built, world  # noqa: F401  fixtures

Join = Callable[..., tuple[Visitor, str]]


def endpoint_of(site: Site, rule: str, method: str) -> str:
    return next(
        one.endpoint
        for one in site.app.url_map.iter_rules()
        if one.rule == rule and method in (one.methods or ())
    )


def is_privileged(site: Site, endpoint: str) -> bool:
    return getattr(site.app.view_functions[endpoint], "access", "") in PRIVILEGED


def count_entries(world: World) -> int:  # noqa: F811  the fixture
    with world.site.sessions.read() as session:
        return session.scalar(select(func.count(AuditEntry.id))) or 0


def actions(world: World) -> set[str]:  # noqa: F811  the fixture
    with world.site.sessions.read() as session:
        return set(audit_log.list_actions(session))


def test_every_privileged_page_that_answers_leaves_an_entry(
    world: World,  # noqa: F811  the fixture
) -> None:
    missing, asked, wordless = [], 0, set()
    for (rule, method), (form, expected) in TABLE.items():
        endpoint = endpoint_of(world.site, rule, method)
        if not is_privileged(world.site, endpoint):
            continue
        if method == "GET" and endpoint in TELLS_NOTHING:
            continue
        allowed = [one for one in ROLES if expected[one] not in {404, SIGN_IN}]
        role = (allowed or ["admin"])[-1]
        before = count_entries(world)
        answer = world.send(role, rule, method, form)
        noted = count_entries(world) - before
        asked += 1
        if answer.status_code < 400 and not noted:
            missing.append((method, rule))
        if answer.status_code >= 400 and noted:
            missing.append((method, rule, "refused, and noted"))
        wordless |= actions(world) - set(audit_texts.ACTIONS)
        world.restore()
    assert wordless == set()
    assert asked > 40
    assert missing == []


def test_a_visitor_who_is_turned_away_leaves_nothing(
    world: World,  # noqa: F811  the fixture
) -> None:
    before = count_entries(world)
    world.send("anonymous", "/events/<slug>/team", "GET", {})
    world.send("organiser of B", "/events/<slug>/team", "GET", {})
    world.send("member", "/admin/audit", "GET", {})
    assert count_entries(world) == before


@pytest.fixture
def chief(session: Session, make_member: MakeMember) -> User:
    first = make_member(name="Анна Иванова", email="anna@example.org").user
    second = make_member(name="Bo Li").user
    assert first is not None
    assert second is not None
    for user, action, day in (
        (first, "case-read", 1),
        (first, "overview", 2),
        (second, "overview", 3),
    ):
        session.add(
            AuditEntry(
                user_id=user.id,
                action=action,
                subject={"case": f"abc{day}_%"},
                happened_at=datetime(2026, 3, day, 22, tzinfo=UTC),
            )
        )
    session.flush()
    return first


@pytest.mark.parametrize(
    ("wanted", "days"),
    [
        (Wanted(), [3, 2, 1]),
        (Wanted(who="иванова"), [2, 1]),
        (Wanted(who="ANNA@example.org"), [2, 1]),
        (Wanted(who="nobody"), []),
        (Wanted(what="overview"), [3, 2]),
        (Wanted(about="abc1"), [1]),
        (Wanted(about="https://example.org/admin/moderation/abc2"), [2]),
        (Wanted(about="c%"), []),
        (Wanted(about="3_%"), [3]),
        (Wanted(first=datetime(2026, 3, 2, tzinfo=UTC).date()), [3, 2]),
        (Wanted(last=datetime(2026, 3, 2, tzinfo=UTC).date()), [2, 1]),
    ],
)
@pytest.mark.usefixtures("chief")
def test_entries_are_found_by_who_what_about_whom_and_when(
    session: Session, wanted: Wanted, days: list[int]
) -> None:
    found = audit_log.search(session, wanted, zone="UTC", page=1)
    assert [line.happened_at.day for line in found.lines] == days
    assert found.total == len(days)


@pytest.mark.usefixtures("chief")
def test_a_day_is_a_day_where_the_reader_is(session: Session) -> None:
    # 22:00 in UTC is three o'clock of the next day in Almaty.
    wanted = Wanted(first=datetime(2026, 3, 4, tzinfo=UTC).date())
    there = audit_log.search(session, wanted, zone="Asia/Almaty", page=1)
    here = audit_log.search(session, wanted, zone="UTC", page=1)
    assert (there.total, here.total) == (1, 0)


def test_a_long_log_is_paged_and_a_page_too_far_is_the_last(
    session: Session, chief: User
) -> None:
    for _ in range(audit_log.PAGE_SIZE):
        note_access(session, chief.id, "overview")
    session.flush()
    first = audit_log.search(session, Wanted(), zone="UTC", page=0)
    last = audit_log.search(session, Wanted(), zone="UTC", page=99)
    assert (first.page, first.pages, len(first.lines)) == (1, 2, audit_log.PAGE_SIZE)
    assert (last.page, len(last.lines)) == (2, 3)


def test_the_page_tells_actions_in_the_readers_words(join: Join) -> None:
    chief, _ = join(is_admin=True, name="The Chief")
    chief.get("/admin")
    page = chief.get("/admin/audit").text
    assert "saw the page Quality" in page
    assert "The Chief" in page
    assert "could not be read" in chief.get("/admin/audit?first=yesterday").text


def test_a_name_like_a_formula_is_harmless_in_the_file(join: Join) -> None:
    chief, _ = join(is_admin=True, name='=HYPERLINK("x")')
    chief.get("/admin")
    answer = chief.get("/admin/audit.csv?what=overview")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert [row[1] for row in rows[1:]] == ['\'=HYPERLINK("x")']
    assert [row[3] for row in rows[1:]] == ["overview"]
