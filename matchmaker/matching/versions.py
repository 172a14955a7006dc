"""Model versions: which one is live, what it says, how another takes its place.

Below the bridge, so that the bridge can ask which weights to score with. Training is
in ``learning``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Literal

import structlog
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from matchmaker.clock import now
from matchmaker.errors import DomainError
from matchmaker.matching.models import ModelVersion

if TYPE_CHECKING:
    from matchmaker.engine.calibration import Bands, Calibration
    from matchmaker.engine.scoring import Weights

log = structlog.get_logger()

PRIOR_NAME = "prior-1"  # weights from the documented prior, not learned
_UNSEEN = 0.97  # share of the prior's spread that is left when nothing was learned
_UNCHANGED = 1.96  # standard errors; less is no change one can speak of
Change = Literal["prior", "same", "lower", "higher", "nothing", "more", "less"]


@dataclass(frozen=True, slots=True)
class LiveModel:
    """What is in force: the prior of this program, or a version that was promoted.

    Attributes
    ----------
    digest
        Changes with every change of weights or calibration.
    """

    digest: str
    weights: Weights
    calibration: Calibration


def find_version(session: Session, name: str) -> ModelVersion | None:
    """Return the version of a name, if there is one."""
    return session.scalar(select(ModelVersion).where(ModelVersion.name == name))


def find_live(session: Session) -> ModelVersion | None:
    """Return the live version; none before the first run."""
    return session.scalar(select(ModelVersion).where(ModelVersion.live))


def live_model(session: Session) -> LiveModel:
    """Return what to score with now. Reads one row, writes nothing.

    A row made from the prior stands for the prior of this program, which a new release
    may have changed. A row that is damaged is named in the log, and the prior serves.
    """
    from matchmaker.engine import calibration  # noqa: PLC0415
    from matchmaker.engine.scoring import DEFAULT_WEIGHTS  # noqa: PLC0415

    prior = LiveModel(_prior_digest(), DEFAULT_WEIGHTS, calibration.Calibration())
    version = find_live(session)
    if version is None or version.window_to is None:
        return prior
    try:
        return _read(version)
    except ValueError as error:
        log.warning("model-version-damaged", name=version.name, detail=str(error))
        return prior


def model_of(session: Session, version: ModelVersion) -> LiveModel:
    """Return what a version scores with, live or not.

    Raises
    ------
    DomainError
        ``model-damaged``.
    """
    if version.live:
        return live_model(session)
    check_whole(version)
    return _read(version)


def check_whole(version: ModelVersion) -> None:
    """Refuse a version whose weights are not those it was kept with.

    Raises
    ------
    DomainError
        ``model-damaged``.
    """
    try:
        _read(version)
    except ValueError as error:
        raise DomainError("model-damaged") from error


def _read(version: ModelVersion) -> LiveModel:
    from matchmaker.engine import calibration  # noqa: PLC0415

    state = version.calibration
    if calibration.digest_of(version.weights, state) != version.digest:
        raise ValueError("the hash does not fit")
    return LiveModel(
        version.digest,
        calibration.weights_from_state(version.weights),
        calibration.Calibration.from_state(state)
        if state
        else calibration.Calibration(),
    )


def list_versions(session: Session) -> Sequence[ModelVersion]:
    """Return all versions: the live one, then the newest."""
    return session.scalars(
        select(ModelVersion).order_by(ModelVersion.live.desc(), ModelVersion.id.desc())
    ).all()


def get_version(session: Session, name: str) -> ModelVersion:
    """Return the version of a name.

    Raises
    ------
    DomainError
        ``model-unknown``.
    """
    found = find_version(session, name)
    if found is None:
        raise DomainError("model-unknown", status=404)
    return found


def live_weights(session: Session) -> Weights:
    """Return the weights to score with now."""
    return live_model(session).weights


def bands(session: Session) -> Bands:
    """Return from which joint scores on a pair is called strong, and good."""
    return live_model(session).calibration.bands()


def live_version(session: Session) -> ModelVersion:
    """Return the row of the version proposals are made with now; make it if needed."""
    live = find_live(session)
    digest = _prior_digest()
    if live is not None and (live.window_to is not None or live.digest == digest):
        return live
    try:
        with session.begin_nested():
            version = _prior_row(session, digest)
            promote(session, version)
    except IntegrityError:  # another process made it at this very moment
        found = find_live(session)
        if found is None:
            raise
        return found
    return version


def promote(session: Session, version: ModelVersion) -> ModelVersion | None:
    """Make a version the live one and return the one that retires, if there is one.

    Rolling back is the same with the earlier version. The caller owns the transaction,
    so that there is one live version at every moment.
    """
    before = find_live(session)
    if before is version:
        return None
    session.execute(
        update(ModelVersion)
        .where(ModelVersion.live)
        .values(live=False)
        .execution_options(synchronize_session="fetch")
    )
    version.live, version.promoted_at = True, now()
    session.flush()
    return before


def _prior_row(session: Session, digest: str) -> ModelVersion:
    from matchmaker.engine.scoring import DEFAULT_WEIGHTS  # noqa: PLC0415

    known = session.scalar(
        select(ModelVersion)
        .where(ModelVersion.digest == digest, ModelVersion.window_to.is_(None))
        .order_by(ModelVersion.id.desc())
        .limit(1)
    )
    if known is not None:
        return known
    count = session.scalar(select(func.count(ModelVersion.id))) or 0
    version = ModelVersion(
        name=PRIOR_NAME if not count else f"{PRIOR_NAME}.{count}",
        digest=digest,
        weights=asdict(DEFAULT_WEIGHTS),
    )
    session.add(version)
    return version


def _prior_digest() -> str:
    from matchmaker.engine.calibration import digest_of  # noqa: PLC0415
    from matchmaker.engine.scoring import DEFAULT_WEIGHTS  # noqa: PLC0415

    return digest_of(asdict(DEFAULT_WEIGHTS), None)


def change_of(name: str, old: float, new: float, error: float | None) -> Change:
    """Return in a word how a weight differs from another, as far as one can say.

    Parameters
    ----------
    error
        Standard error of the new one; None if it was not learned, so that it is sure.
    """
    from matchmaker.engine.training import PRIOR_SPREAD  # noqa: PLC0415

    if error is not None and error > _UNSEEN * PRIOR_SPREAD:
        return "prior"
    if new == old or (error is not None and abs(new - old) < _UNCHANGED * error):
        return "same"
    if name == "bias":
        return "lower" if new < old else "higher"
    if new == 0:
        return "nothing"
    return "more" if new > old else "less"
