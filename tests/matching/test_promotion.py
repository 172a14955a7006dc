"""The gate in front of the live model, rollback, the dial, and rows that are kept."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from matchmaker.clock import now
from matchmaker.engine.calibration import digest_of
from matchmaker.errors import DomainError
from matchmaker.matching import promotion, versions
from matchmaker.matching.bridge import MarketShape
from matchmaker.matching.lists import Policy
from matchmaker.matching.models import MatchRun, ModelState, ModelVersion
from matchmaker.matching.trial_models import (
    ModelTask,
    Promotion,
    PromotionReport,
    PromotionWay,
    TaskKind,
)

FAIR = {"gini": 0.2, "top_share": 0.1, "unseen": 0.0, "without_list": 0.0}
REASON = "The board wants it for the fair"


def found(word: str = "better", **lists: float) -> dict[str, Any]:
    """Return what a trial would find."""
    return {
        "later": {"word": word},
        "recipe": None,
        "replay": {"word": "too few data"},
        "lists": [FAIR, {**FAIR, **lists}],
        "window": ["2026-09-01", "2026-11-01"],
        "digest": "d" * 64,
        "sample": [],
    }


@pytest.fixture
def prior(session: Session) -> ModelVersion:
    return versions.live_version(session)


@pytest.fixture
def candidate(session: Session, prior: ModelVersion) -> ModelVersion:
    weights = {**prior.weights, "text": 2.0}
    version = ModelVersion(
        name="second",
        digest=digest_of(weights, None),
        weights=weights,
        window_from=now().date(),
        window_to=now().date(),
    )
    session.add(version)
    session.flush()
    return version


def report(
    session: Session, pair: tuple[ModelVersion, ModelVersion], **values: Any
) -> PromotionReport:
    digests = pair[0].digest, pair[1].digest
    return promotion.keep_report(
        session, pair, digests, found(**values), author="anna@example.org"
    )


def put(session: Session, version: ModelVersion, reason: str = "") -> Promotion:
    return promotion.promote(session, version, author="anna", reason=reason)


def test_a_version_goes_live_by_a_passing_report_and_back_by_one_action(
    session: Session, prior: ModelVersion, candidate: ModelVersion
) -> None:
    kept = report(session, (prior, candidate))
    made = put(session, candidate)
    assert (made.way, made.report_id) == (PromotionWay.REPORT, kept.id)
    assert candidate.state is ModelState.LIVE
    back = put(session, prior)
    assert (back.way, back.replaced_id) == (PromotionWay.ROLLBACK, candidate.id)
    assert versions.find_live(session) is prior
    assert put(session, candidate).way is PromotionWay.ROLLBACK


@pytest.mark.parametrize(
    "values",
    [
        {"word": "worse"},
        {"word": "no difference seen"},
        {"word": "too few"},
        {"unseen": 0.02},
        {"without_list": 0.02},
        {"gini": 0.31},
        {"top_share": 0.21},
    ],
)
def test_a_report_that_is_not_passed_opens_no_gate(
    session: Session,
    prior: ModelVersion,
    candidate: ModelVersion,
    values: dict[str, Any],
) -> None:
    assert not report(session, (prior, candidate), **values).passed
    with pytest.raises(DomainError, match="model-not-passed"):
        put(session, candidate)
    assert versions.find_live(session) is prior


def test_a_replay_that_finds_it_worse_outweighs_better_statements() -> None:
    told = found()
    told["replay"] = {"word": "worse"}
    assert promotion.judge(told)[0] is False
    told["replay"] = {"word": "better"}
    told["later"] = {"word": "too few"}
    assert promotion.judge(told)[0] is True


def test_a_report_on_other_weights_or_another_live_model_does_not_count(
    session: Session, prior: ModelVersion, candidate: ModelVersion
) -> None:
    digests = prior.digest, "of other weights"
    promotion.keep_report(session, (prior, candidate), digests, found(), author="a")
    assert promotion.find_passing(session, candidate) is None
    digests = "of another live model", candidate.digest
    promotion.keep_report(session, (prior, candidate), digests, found(), author="a")
    assert promotion.find_passing(session, candidate) is None


def test_a_later_report_that_failed_takes_the_pass_back(
    session: Session, prior: ModelVersion, candidate: ModelVersion
) -> None:
    report(session, (prior, candidate))
    report(session, (prior, candidate), word="worse")
    assert promotion.find_passing(session, candidate) is None


def test_an_override_needs_a_reason_that_stays(
    session: Session, candidate: ModelVersion
) -> None:
    for reason in ("", "because"):
        with pytest.raises(DomainError, match="model-not-passed"):
            put(session, candidate, reason)
    put(session, candidate, REASON)
    (made,) = promotion.list_promotions(session, candidate.id)
    assert (made.way, made.reason) == (PromotionWay.OVERRIDE, REASON)


def test_weights_that_were_changed_afterwards_never_go_live(
    session: Session, prior: ModelVersion, candidate: ModelVersion
) -> None:
    report(session, (prior, candidate))
    candidate.weights = {**candidate.weights, "text": 9.0}
    session.flush()
    with pytest.raises(DomainError, match="model-damaged"):
        put(session, candidate, REASON)


def test_the_live_version_cannot_be_promoted_again(
    session: Session, prior: ModelVersion
) -> None:
    with pytest.raises(DomainError, match="model-live"):
        put(session, prior)


def test_the_database_keeps_runs_versions_reports_and_promotions(
    session: Session, prior: ModelVersion, candidate: ModelVersion
) -> None:
    session.add(MatchRun(model_version_id=prior.id, kind="full", seed=1))
    report(session, (prior, candidate))
    put(session, candidate)
    for table in (Promotion, PromotionReport, MatchRun, ModelVersion):
        with pytest.raises(DBAPIError, match="kept"), session.begin_nested():
            session.execute(delete(table))
    with pytest.raises(DBAPIError, match="kept"), session.begin_nested():
        session.execute(update(PromotionReport).values(passed=True))
    with pytest.raises(DBAPIError, match="kept"), session.begin_nested():
        session.execute(text("UPDATE promotion SET reason = ''"))


def test_the_dial_is_the_setting_until_somebody_turns_it(session: Session) -> None:
    policy = Policy(MarketShape(10, 60, 0.5, 20), 0.1, 180)
    assert promotion.as_dialled(session, policy) == policy
    before = now() - timedelta(seconds=1)
    promotion.turn_dial(session, 0.25, author="anna")
    promotion.turn_dial(session, 0.75, author="anna")
    dialled = replace(policy, shape=replace(policy.shape, fairness=0.75))
    assert promotion.as_dialled(session, policy) == dialled
    assert promotion.dialled_since(session, before)
    assert not promotion.dialled_since(session, now() + timedelta(seconds=1))


@pytest.mark.parametrize("value", [-0.1, 1.1, float("nan")])
def test_the_dial_goes_from_0_to_1(session: Session, value: float) -> None:
    with pytest.raises(DomainError, match="dial-range"):
        promotion.turn_dial(session, value, author="anna")
    assert promotion.find_dial(session) is None


def test_a_form_sent_twice_asks_once(session: Session) -> None:
    for _ in range(2):
        promotion.ask(session, TaskKind.FIT, {"name": "x"}, author="a", form_key="k")
    assert len(session.scalars(select(ModelTask)).all()) == 1
