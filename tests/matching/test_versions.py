"""Versions of the model on both databases: candidate, live, retired."""

from dataclasses import asdict, replace
from datetime import date

import numpy as np
import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from matchmaker.engine.examples import COLUMNS, STATEMENTS, Example, Examples
from matchmaker.engine.scoring import DEFAULT_WEIGHTS
from matchmaker.matching import learning, versions
from matchmaker.matching.models import ModelState, ModelVersion


def trained() -> learning.Trained:
    said = Example("1", "2", STATEMENTS["accepted"], date(2026, 3, 2))
    evidence = np.ones((3, len(COLUMNS)))
    return learning.train(Examples.build([said] * 3, evidence, evidence))


def test_a_promoted_version_is_what_scores_are_made_with_and_can_be_taken_back(
    session: Session,
) -> None:
    prior = versions.live_version(session)
    found = trained()
    version = learning.add_candidate(session, found, name="first", author="Anna")
    assert versions.promote(session, version) is prior
    session.expire_all()
    assert (prior.state, version.state) == (ModelState.RETIRED, ModelState.LIVE)
    assert versions.live_weights(session) == found.fitted.weights
    assert versions.live_weights(session) != DEFAULT_WEIGHTS
    assert versions.bands(session) == found.calibration.bands()
    assert versions.live_version(session) is version
    assert versions.promote(session, version) is None
    assert versions.promote(session, prior) is version
    assert versions.live_weights(session) == DEFAULT_WEIGHTS
    assert versions.live_version(session) is prior
    assert version.state is ModelState.RETIRED


def test_a_release_with_another_prior_replaces_the_old_prior_only(
    session: Session,
) -> None:
    before = asdict(replace(DEFAULT_WEIGHTS, text=1.0))
    old = ModelVersion(name="prior-1", digest="old", weights=before, live=True)
    session.add(old)
    session.flush()
    assert versions.live_weights(session) == DEFAULT_WEIGHTS
    new = versions.live_version(session)
    assert new.name != old.name
    assert (old.live, new.live) == (False, True)
    assert new.weights == asdict(DEFAULT_WEIGHTS)
    assert versions.live_version(session) is new


def test_a_damaged_version_leaves_the_prior_serving(session: Session) -> None:
    found = trained()
    version = learning.add_candidate(session, found, name="first", author="Anna")
    versions.promote(session, version)
    version.weights = {**version.weights, "text": 9.0}
    session.flush()
    assert versions.live_weights(session) == DEFAULT_WEIGHTS
    version.weights = {"text": "much"}
    session.flush()
    assert versions.live_weights(session) == DEFAULT_WEIGHTS


def test_the_database_refuses_two_live_versions(session: Session) -> None:
    versions.live_version(session)
    session.add(ModelVersion(name="second", digest="d", weights={}))
    session.flush()
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(update(ModelVersion).values(live=True))
    assert (
        len(session.scalars(select(ModelVersion).where(ModelVersion.live)).all()) == 1
    )
