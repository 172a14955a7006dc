"""Commands as an operator meets them: one line and a status, never a stack trace."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select

from matchmaker.accounts import second_factor
from matchmaker.accounts.models import User
from matchmaker.admin.models import AuditEntry
from matchmaker.cli import group
from matchmaker.cli.common import open_site
from matchmaker.clock import now
from matchmaker.matching.models import MatchRun, Proposal
from matchmaker.profiles.models import Opportunity, Profile, ProfileStatus, Side

MEMBERS = [
    {
        "id": "a",
        "name": "Anna",
        "country": "KZ",
        "languages": ["ru"],
        "offers": [{"type": "supply", "text": "Пшеница", "lang": "ru"}],
        "needs": [{"type": "logistics", "text": "Перевозка зерна в Китай"}],
        "unknown": "ignored",
    },
    {"id": "c", "organisation": "中哈物流", "offers": [{"text": "铁路货运"}]},
    {"id": "e", "about": "Nothing but words"},
]


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("MATCHMAKER_INSTANCE", str(tmp_path / "instance"))
    monkeypatch.setenv("MATCHMAKER_ENVIRONMENT", "test")
    monkeypatch.setenv("MATCHMAKER_SECRET_KEY", "x" * 40)
    monkeypatch.setenv("MATCHMAKER_NEW_PASSWORD", "grey horses sing")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(group, list(words))


def refused(result: Result, *words: str) -> None:
    assert result.exit_code != 0
    assert isinstance(result.exception, SystemExit), result.exception
    assert "Traceback" not in result.output
    for word in words:
        assert word in result.output


def write(path: Path, *lines: object) -> str:
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    path.write_text("\n".join(texts) + "\n", encoding="utf-8")
    return str(path)


def test_init_makes_the_database_and_says_when_there_is_nothing_to_do() -> None:
    assert "is at version" in run("init").output
    assert "Nothing to do" in run("init").output


@pytest.mark.parametrize(
    "command", [["serve"], ["refresh"], ["work", "--once"], ["check"]]
)
def test_without_a_database_a_command_names_the_one_that_makes_it(
    command: list[str],
) -> None:
    refused(run(*command), "matchmaker init")


def test_members_of_a_file_become_listed_profiles_with_proposals(place: Path) -> None:
    run("init")
    loaded = run("load", write(place / "m.jsonl", *MEMBERS))
    assert loaded.exit_code == 0, loaded.output
    refreshed = run("refresh")
    assert refreshed.exit_code == 0, refreshed.output
    with open_site().sessions.read() as session:
        profiles = session.scalars(select(Profile).order_by(Profile.id)).all()
        assert [profile.full_name for profile in profiles] == ["Anna", "中哈物流", "e"]
        assert {profile.status for profile in profiles} == {ProfileStatus.ACTIVE}
        sides = session.scalars(select(Opportunity.side).order_by(Opportunity.id))
        assert list(sides) == [Side.OFFER, Side.REQUEST, Side.OFFER]
        run_row = session.scalars(select(MatchRun)).one()
        assert run_row.members == 3
        assert run_row.finished_at is not None
        best = session.scalars(
            select(Proposal).where(Proposal.seeker_id == profiles[0].id)
        ).first()
        assert best is not None
        assert best.candidate_id == profiles[1].id


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{broken", "line 2"),
        ('{"name": "no id"}', "line 2"),
        ('{"id": "a"}', "line 2"),
        ('{"id": "x", "offers": "text"}', "line 2"),
        ("[]", "line 2"),
    ],
)
def test_a_broken_line_is_named_and_nothing_is_loaded(
    place: Path, line: str, says: str
) -> None:
    run("init")
    path = write(place / "m.jsonl", MEMBERS[0], line)
    refused(run("load", path), says)
    with open_site().sessions.read() as session:
        assert session.scalar(select(func.count(Profile.id))) == 0


def test_a_file_that_is_not_there_is_named() -> None:
    run("init")
    refused(run("load", "nowhere.jsonl"), "nowhere.jsonl")


def test_a_user_is_created_once() -> None:
    run("init")
    assert (
        "can sign in as an admin"
        in run("create-user", "A@example.org", "--admin").output
    )
    refused(run("create-user", "a@example.org"), "email-taken")
    refused(run("create-user", "no address"), "email-invalid")


def test_a_lost_second_factor_is_taken_away_and_the_audit_log_keeps_it() -> None:
    run("init")
    run("create-user", "a@example.org")
    refused(run("reset-second-factor", "nobody@example.org"), "nobody signs in")
    refused(run("reset-second-factor", "a@example.org"), "has no second factor")
    site = open_site()
    with site.sessions.write.begin() as session:
        user_id = session.scalars(select(User.id)).one()
        second_factor.begin(session, user_id).since = now()
    result = run("reset-second-factor", "A@example.org")
    assert "password only" in result.output
    with site.sessions.read() as session:
        (entry,) = session.scalars(select(AuditEntry))
        assert entry.action == "second-factor-reset"
        assert not second_factor.is_on(session, user_id)


def test_work_once_brings_stale_lists_up_to_date(place: Path) -> None:
    run("init")
    run("load", write(place / "m.jsonl", *MEMBERS))
    site = open_site()
    with site.sessions.write.begin() as session:
        profile = session.scalars(select(Profile)).first()
        assert profile is not None
        profile.list_stale_since = profile.changed_at
    assert run("work", "--once").exit_code == 0
    with site.sessions.read() as session:
        assert session.scalar(select(func.count(Proposal.id))) == 2


def test_the_help_names_every_command_with_its_purpose() -> None:
    text = run("--help").output
    for name in (
        "init",
        "demo",
        "serve",
        "work",
        "refresh",
        "load",
        "evaluate",
        "recommend",
        "create-user",
        "reset-second-factor",
        "check",
    ):
        assert f"\n  {name}" in text
