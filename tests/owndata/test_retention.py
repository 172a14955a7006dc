"""What is past its time goes, and a dry run says so without doing it."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from matchmaker.accounts.models import Purpose, Token
from matchmaker.app import Site
from matchmaker.clock import now
from matchmaker.mail import Letter, LetterState
from matchmaker.matching.models import Impression, MatchRun, ModelVersion
from matchmaker.notices.models import NoticeKind, Notification
from matchmaker.owndata.models import DataRequest, RequestState
from matchmaker.owndata.retention import list_rules, tidy
from tests.conftest import add_member

LONG_AGO = now() - timedelta(days=3000)
MODELS: tuple[Any, ...] = (Token, Letter, Impression, Notification, DataRequest)


def fill(site: Site, moment: Any) -> None:
    """Store one of each kind, as old as told."""
    with site.sessions.write.begin() as session:
        one, other = add_member(session), add_member(session)
        version = ModelVersion(name=moment.isoformat(), digest="d", weights={})
        session.add(version)
        session.flush()
        run = MatchRun(model_version_id=version.id, kind="full", seed=1)
        session.add(run)
        session.flush()
        session.add_all(
            [
                Token(
                    digest=moment.isoformat(),
                    purpose=Purpose.RESET,
                    user_id=one.user_id,
                    expires_at=moment,
                ),
                Letter(
                    recipient="a@example.org",
                    template="reset",
                    locale="en",
                    context={},
                    message_id=moment.isoformat(),
                    state=LetterState.SENT,
                    created_at=moment,
                ),
                Impression(
                    run_id=run.id,
                    seeker_id=one.id,
                    candidate_id=other.id,
                    position=1,
                    propensity=1.0,
                    joint=0.5,
                    shown_on=moment.date(),
                ),
                Notification(
                    user_id=one.user_id,
                    kind=NoticeKind.EVENT,
                    code="news",
                    context={},
                    created_at=moment,
                ),
                DataRequest(
                    user_id=one.user_id, state=RequestState.GONE, asked_at=moment
                ),
            ]
        )


def counts(site: Site) -> list[int]:
    with site.sessions.read() as session:
        return [
            session.scalar(select(func.count()).select_from(model)) or 0
            for model in MODELS
        ]


def test_a_dry_run_counts_what_would_go_and_changes_nothing(site: Site) -> None:
    fill(site, LONG_AGO)
    fill(site, now())
    told = tidy(site.sessions, site.app.config, dry_run=True)
    assert counts(site) == [2] * len(MODELS)
    done = tidy(site.sessions, site.app.config)
    assert done == told
    assert sum(done.values()) == len(MODELS)
    assert counts(site) == [1] * len(MODELS)
    assert sum(tidy(site.sessions, site.app.config).values()) == 0


def test_letters_that_wait_are_never_too_old(site: Site) -> None:
    with site.sessions.write.begin() as session:
        session.add(
            Letter(
                recipient="a@example.org",
                template="reset",
                locale="en",
                context={},
                message_id="m",
                created_at=LONG_AGO,
            )
        )
    assert sum(tidy(site.sessions, site.app.config).values()) == 0


def test_work_in_steps_goes_on_until_all_is_done(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("matchmaker.notices.service.ERASED_AT_ONCE", 1)
    for days in range(3):
        fill(site, LONG_AGO - timedelta(days=days))
    assert tidy(site.sessions, site.app.config)["notices"] == 3


def test_every_kind_has_a_name_of_its_own(site: Site) -> None:
    names = [rule.name for rule in list_rules(site.app.config)]
    assert len(names) == len(set(names))
