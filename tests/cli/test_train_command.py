"""The command that learns: what it says, what it keeps, what it refuses."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matchmaker.admin.models import AuditEntry
from matchmaker.app import Site
from matchmaker.cli import group
from matchmaker.cli.common import open_site
from matchmaker.clock import now
from matchmaker.matching import versions
from matchmaker.matching.models import (
    Impression,
    IntroductionState,
    MatchRun,
    ModelVersion,
)
from matchmaker.matching.trial_models import PromotionReport
from matchmaker.profiles.models import Profile
from tests.conftest import add_introduction, add_member

MEMBERS = 12
DAYS = 8


@pytest.fixture(autouse=True)
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setenv("MATCHMAKER_INSTANCE", str(tmp_path / "instance"))
    monkeypatch.setenv("MATCHMAKER_ENVIRONMENT", "test")
    monkeypatch.setenv("MATCHMAKER_SECRET_KEY", "x" * 40)
    monkeypatch.chdir(tmp_path)
    run("init")
    site = open_site()
    yield site
    site.sessions.engine.dispose()


def run(*words: str) -> Result:
    return CliRunner().invoke(group, list(words))


@pytest.fixture
def history(site: Site) -> None:
    """Write a week in which everybody saw everybody, and some asked."""
    start = now() - timedelta(days=30)
    with site.sessions.write.begin() as session:
        people = [
            add_member(
                session,
                name=f"Member {number}",
                organisation=f"House {number}",
                requests=(("supply", ("wheat", "cotton", "tea")[number % 3]),),
                offers=(("supply", ("cotton", "tea", "wheat")[number % 3]),),
            )
            for number in range(MEMBERS)
        ]
        version = versions.live_version(session)
        one_run = MatchRun(model_version_id=version.id, kind="full", seed=1)
        session.add(one_run)
        session.flush()
        for number, seeker in enumerate(people):
            others = [one for one in people if one is not seeker]
            for position, candidate in enumerate(others, start=1):
                session.add(
                    Impression(
                        run_id=one_run.id,
                        seeker_id=seeker.id,
                        candidate_id=candidate.id,
                        position=position,
                        propensity=1.0,
                        joint=0.3,
                        shown_on=(start + timedelta(days=number % DAYS)).date(),
                    )
                )
            _ask(session, people, number, start)


def _ask(session: Session, people: list[Profile], number: int, start: datetime) -> None:
    state = (IntroductionState.ACCEPTED, IntroductionState.DECLINED)[number % 2]
    candidate = people[(number + 1) % MEMBERS]
    asked = add_introduction(session, people[number], candidate, state=state)
    asked.asked_at = start + timedelta(days=number % DAYS)


@pytest.mark.usefixtures("history")
def test_learning_keeps_a_candidate_and_tells_in_words_what_changed(
    site: Site,
) -> None:
    result = run("train", "--name", "spring", "--note", "first try")
    assert result.exit_code == 0, result.output
    assert "132 statements" in result.output
    assert "120 on what was shown, 12 answers, 0 outcomes" in result.output
    assert "matching texts" in result.output
    assert "±" in result.output
    assert "Log loss on the latest" in result.output
    assert "Not to be concluded from:" in result.output
    assert "too few statements" in result.output
    assert "Kept as spring, a candidate." in result.output
    with site.sessions.read() as session:
        version = versions.find_version(session, "spring")
        assert version is not None
        assert (version.state, version.note) == ("candidate", "first try")
        assert version.author
        assert version.window_from is not None
        assert version.window_to is not None
        assert version.window_from < version.window_to
        assert version.metrics is not None
        assert version.metrics["log_loss"]["judged"] > 0
        live = versions.find_live(session)
        assert live is not None
        assert live.name != "spring"


@pytest.mark.usefixtures("history")
def test_a_version_that_does_not_pass_goes_live_for_a_reason_only(site: Site) -> None:
    refused = run("train", "--name", "spring", "--promote")
    assert refused.exit_code == 1
    assert "spring stays a candidate" in refused.output
    with site.sessions.read() as session:
        assert [one.name for one in live(session)] == ["prior-1"]
        assert len(session.scalars(select(PromotionReport)).all()) == 1
    told = run("train", "--name", "summer", "--because", "The board wants it so")
    assert "summer is live; prior-1 has retired" in told.output
    with site.sessions.read() as session:
        assert [one.name for one in live(session)] == ["summer"]
        entry = session.scalars(select(AuditEntry)).one()
    assert entry.action == "model-override"
    assert entry.subject["reason"] == "The board wants it so"


def live(session: Session) -> list[ModelVersion]:
    return list(session.scalars(select(ModelVersion).where(ModelVersion.live)))


@pytest.mark.usefixtures("history")
def test_a_dry_run_keeps_nothing(site: Site) -> None:
    result = run("train", "--dry-run")
    assert result.exit_code == 0
    assert "nothing was kept" in result.output
    with site.sessions.read() as session:
        assert session.scalar(select(func.count(ModelVersion.id))) == 1


@pytest.mark.usefixtures("history")
def test_learning_can_begin_on_a_day() -> None:
    day = (now() - timedelta(days=30 - DAYS + 2)).date()
    whole, part = (
        run("train", "--dry-run"),
        run("train", "--dry-run", "--since", f"{day}"),
    )
    assert whole.output.split()[0] == "132"
    assert 0 < int(part.output.split()[0]) < 132
    assert str(day) in part.output


@pytest.mark.usefixtures("history")
@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--since", "2099-01-01"], "nothing to learn from"),
        (["--since", "yesterday"], "does not match"),
        (["--dry-run", "--promote"], "nothing can be promoted"),
        (["--name", "prior-1"], "a version named prior-1 already"),
    ],
)
def test_what_cannot_be_done_is_one_line(words: list[str], told: str) -> None:
    result = run("train", *words)
    assert result.exit_code != 0
    assert told in result.output
    assert "Traceback" not in result.output


def test_a_new_site_has_nothing_to_learn_from() -> None:
    result = run("train")
    assert result.exit_code == 1
    assert "nothing to learn from" in result.output
