"""What the demo's people were shown: a log that a policy could have written."""

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.app import create_site
from matchmaker.clock import now
from matchmaker.db import Base
from matchmaker.demo.load import load
from matchmaker.demo.shown import load_impressions
from matchmaker.matching.models import (
    Decision,
    DecisionKind,
    Impression,
    Introduction,
    MatchRun,
)
from matchmaker.matching.views import make_policy
from matchmaker.profiles.models import Profile

pytestmark = pytest.mark.slow
SHOWN = 10


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """Give the demo community with its impressions."""
    folder = tmp_path_factory.mktemp("shown")
    site = create_site(
        {
            "ENVIRONMENT": "test",
            "SECRET_KEY": "k" * 40,
            "INSTANCE": str(folder),
            "DATABASE_URL": f"sqlite:///{folder}/site.db",
            "BASE_URL": "http://localhost",
        }
    )
    Base.metadata.create_all(site.sessions.engine)
    today: date = now().date()
    load(site.sessions, today=today, progress=lambda _done, _all: None)
    policy = make_policy(site.app.config)
    assert policy.shape.shown == SHOWN
    load_impressions(site.sessions, site.matcher, policy, today=today)
    with site.sessions.read() as session:
        yield session
    site.sessions.engine.dispose()


def test_only_the_drawn_place_has_a_chance_below_one(session: Session) -> None:
    rows = session.execute(select(Impression.position, Impression.propensity)).all()
    assert len(rows) > 10_000
    assert {row.propensity for row in rows if row.position != SHOWN} == {1.0}
    drawn = [row.propensity for row in rows if row.position == SHOWN]
    assert min(drawn) > 0
    assert sum(chance < 0.1 for chance in drawn) > len(drawn) * 0.9


def test_an_impression_belongs_to_the_run_of_its_day_and_to_members_of_that_day(
    session: Session,
) -> None:
    joined = {one.id: one.created_at for one in session.scalars(select(Profile))}
    rows = session.execute(
        select(Impression, MatchRun.started_at).join(
            MatchRun, MatchRun.id == Impression.run_id
        )
    )
    for shown, started in rows:
        assert started.date() == shown.shown_on == shown.shown_at.date()
        assert joined[shown.candidate_id] < started
        assert joined[shown.seeker_id] <= shown.shown_at
        assert shown.shown_at < now()


def test_who_was_refused_or_asked_is_not_shown_on_later_days(
    session: Session,
) -> None:
    said = {
        (one.seeker_id, one.candidate_id): one.decided_at
        for one in session.scalars(
            select(Decision).where(Decision.kind == DecisionKind.NOT_FOR_ME)
        )
    }
    for one in session.scalars(select(Introduction)):
        said[one.seeker_id, one.candidate_id] = one.asked_at
    for shown in session.scalars(select(Impression)):
        moment = said.get((shown.seeker_id, shown.candidate_id))
        assert moment is None or shown.shown_on <= moment.date()


def test_most_requests_of_the_history_followed_from_a_proposal(
    session: Session,
) -> None:
    shown = {
        (one.seeker_id, one.candidate_id): one.kinds
        for one in session.scalars(select(Impression))
    }
    asked = session.scalars(select(Introduction)).all()
    followed = [one for one in asked if (one.seeker_id, one.candidate_id) in shown]
    assert len(asked) / 2 < len(followed) < len(asked)
    assert all(shown[one.seeker_id, one.candidate_id] for one in followed)
