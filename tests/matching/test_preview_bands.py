"""The preview of an event speaks of the model that is live, not of the prior."""

from dataclasses import asdict
from datetime import date
from pathlib import Path

from sqlalchemy.orm import Session

from matchmaker.engine.calibration import Calibration, Curve, digest_of
from matchmaker.engine.scoring import DEFAULT_WEIGHTS
from matchmaker.matching.models import ModelVersion
from matchmaker.matching.preview import Preview
from tests.conftest import add_member
from tests.events.rosters import add_draft, add_event

WHEAT = (("supply", "Wheat and barley from Kostanay, 5000 tonnes a month"),)
QUESTION = "Where can I buy wheat and barley from Kostanay?"


def test_where_answers_are_rarer_than_scores_say_nobody_is_a_good_match(
    session: Session, tmp_path: Path
) -> None:
    event, _ = add_event(session)
    add_draft(session, event, organisation="Zhengzhou Oils", question=QUESTION)
    add_member(session, name="Daniyar", organisation="Grain", offers=WHEAT)
    session.flush()
    assert Preview(tmp_path / "before").of_event(session, event.id).matched == 1
    weights = asdict(DEFAULT_WEIGHTS)
    state = Calibration(joint=Curve(slope=1.0, level=-9.0)).state()
    session.add(
        ModelVersion(
            name="stricter",
            digest=digest_of(weights, state),
            weights=weights,
            calibration=state,
            window_to=date(2026, 3, 2),
            live=True,
        )
    )
    session.flush()
    assert Preview(tmp_path / "after").of_event(session, event.id).matched == 0
