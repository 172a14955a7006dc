"""What a score means: the chance of an answer that helps, and bands with a meaning.

The map from scores to chances is monotone and starts from a documented prior that few
answers cannot overturn. A model is saved as JSON, weights and calibration together,
with a hash.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from matchmaker.engine.examples import COLUMNS, Examples, Stage
from matchmaker.engine.lexicon import TextWeights
from matchmaker.engine.reliability import Reliability, reliability
from matchmaker.engine.scoring import (
    DECIMALS,
    GOOD,
    STRONG,
    Band,
    Weights,
    joint_score,
    probability,
)
from matchmaker.engine.training import (
    INFORMATION,
    Gaussian,
    Weighed,
    expit,
    plainly,
    solve,
    weighed,
)

FloatArray = NDArray[np.float64]

# The prior map is worth this many answers, the prior average as well.
_PRIOR_ANSWERS: Final = 50.0
# A score that tells nothing still ranks: the map stays increasing.
_LEAST_SLOPE: Final = 0.05
# Before any answer a joint score is taken for a chance as it is; the average request is
# then thought to help once in five times, and a strong pair in 45 of 100.
_PRIOR_AVERAGE: Final = GOOD
_PRIOR_STRONG: Final = STRONG
_EXTREME: Final = 1e-6


def _odds(chance: float) -> float:
    return chance / (1 - chance)


# A strong pair has this many times the odds of the average one: a bit more than three.
STRONG_ODDS: Final = _odds(_PRIOR_STRONG) / _odds(_PRIOR_AVERAGE)


@dataclass(frozen=True, slots=True)
class Curve:
    """A rising map from scores to chances: a line between their logits (Platt 1999).

    Attributes
    ----------
    slope
        Positive; 1 with ``level`` 0 leaves a score as it is.
    level
        Added to the logit.
    """

    slope: float = 1.0
    level: float = 0.0

    def __call__(self, scores: FloatArray) -> FloatArray:
        """Return chances for scores, any shape, strictly inside (0, 1)."""
        return probability(self.slope * _logit(scores) + self.level)

    def score_at(self, chance: float) -> float:
        """Return the score that stands for a chance, both in (0, 1)."""
        logit = (_logit(np.array(chance)) - self.level) / self.slope
        return float(np.round(expit(logit), DECIMALS))


def _logit(scores: FloatArray) -> FloatArray:
    inside = np.clip(scores, _EXTREME, 1 - _EXTREME)
    return np.asarray(np.log(inside / (1 - inside)))


def fit_curve(scores: FloatArray, said: Weighed) -> Curve:
    """Return the map that makes answers likely, the identity without any.

    A Gaussian prior worth 50 answers holds slope and level near the identity.
    """
    believed = Gaussian(
        mean=np.array([1.0, 0.0]),
        precision=np.full(2, _PRIOR_ANSWERS * INFORMATION),
        least=np.array([_LEAST_SLOPE, -np.inf]),
        most=np.full(2, np.inf),
    )
    design = np.stack([_logit(scores), np.ones(len(scores))], axis=1)
    return Curve(*map(float, solve(design, said, prior=believed)))


@dataclass(frozen=True, slots=True)
class Bands:
    """The lowest joint scores of the bands "strong" and "good".

    **Good**: the chance that a request is answered in a way that helps is at least that
    of the community's average request. **Strong**: its odds are at least 3.3 times
    those of the average request (:data:`STRONG_ODDS`; with an average of 20 in 100 that
    is 45 in 100, with 50 in 100 it is 77). **Possible**: less than average. A score
    that does not tell the good answers from the others makes no pair strong.
    """

    strong: float = _PRIOR_STRONG
    good: float = _PRIOR_AVERAGE

    def word(self, joint: float) -> Band:
        """Return the band of a joint score."""
        if joint >= self.strong:
            return "strong"
        return "good" if joint >= self.good else "possible"


@dataclass(frozen=True, slots=True)
class Calibration:
    """What scores mean as chances.

    Attributes
    ----------
    joint
        To the chance that a request helps: it is accepted, and counts for as much as
        the sides say came of it once they have said so.
    for_me
        To the chance that somebody who looks at the candidate asks to be introduced.
    for_them
        To the chance that who is asked accepts.
    average
        Chance that a request of this community helps, drawn to 0.2 by 50 answers.
    answers
        Answered requests all this was learned from.
    """

    joint: Curve = field(default_factory=Curve)
    for_me: Curve = field(default_factory=Curve)
    for_them: Curve = field(default_factory=Curve)
    average: float = _PRIOR_AVERAGE
    answers: int = 0

    def bands(self) -> Bands:
        """Return the bands as joint scores."""
        odds = STRONG_ODDS * _odds(self.average)
        strong = self.joint.score_at(odds / (1 + odds))
        return Bands(strong, self.joint.score_at(self.average))

    def state(self) -> dict[str, Any]:
        """Return plain values, to be saved as JSON."""
        return asdict(self)

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Self:
        """Return a calibration from :meth:`state`.

        Raises
        ------
        ValueError
            If a value is missing, unknown, not finite or out of its range.
        """
        try:
            curves = {
                name: Curve(**state[name]) for name in ("joint", "for_me", "for_them")
            }
            found = cls(**{**state, **curves})
            lines = [[one.slope, one.level] for one in curves.values()]
            sound = bool(np.isfinite(lines).all()) and 0 < found.average < 1
            sound = sound and min(one.slope for one in curves.values()) > 0
        except (KeyError, TypeError) as error:
            raise ValueError(f"not a calibration: {error}") from error
        if not sound:
            raise ValueError("not a calibration: a number is out of its range")
        return found


def scores_of(
    examples: Examples, weights: Weights
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the gain that was judged, that of the other side, and the joint score."""
    values = np.array([float(getattr(weights, name)) for name in COLUMNS])
    mine = probability(weights.bias + examples.gains @ values)
    theirs = probability(weights.bias + examples.returns @ values)
    return mine, theirs, joint_score(mine, theirs)


def calibrate(examples: Examples, weights: Weights) -> Calibration:
    """Return what the scores of these weights meant; without examples the prior.

    Interest is counted by inverse propensity, as in training. Answers are counted as
    they are: the map speaks of requests that people make.
    """
    mine, _, joint = scores_of(examples, weights)
    shown = examples.stage == Stage.SHOWN
    asked = examples.stage == Stage.ASKED
    # What a statement weighs beside others has no say in what a score means.
    plain = replace(examples, weight=np.ones(len(examples)))
    answers = examples.take(asked)
    count = float(len(answers))
    total = float(answers.helped.sum()) + _PRIOR_ANSWERS * _PRIOR_AVERAGE
    return Calibration(
        joint=fit_curve(joint[asked], plainly(answers.helped)),
        for_me=fit_curve(mine[shown], weighed(plain.take(shown))),
        for_them=fit_curve(mine[asked], plainly(answers.label)),
        average=total / (count + _PRIOR_ANSWERS),
        answers=len(answers),
    )


def wilson(share: float, count: float) -> tuple[float, float]:
    """Return the 95 % interval of a share of ``count`` cases (Wilson 1927).

    Of no cases it is everything from 0 to 1. It goes beside the bins of
    ``reliability.reliability``.
    """
    if count <= 0:
        return 0.0, 1.0
    z2 = 1.96**2
    middle = (share + z2 / (2 * count)) / (1 + z2 / count)
    spread = share * (1 - share) / count + z2 / (4 * count**2)
    half = 1.96 * spread**0.5 / (1 + z2 / count)
    return max(0.0, middle - half), min(1.0, middle + half)


def judge_chances(
    examples: Examples, trained: Weights, found: Calibration
) -> Reliability:
    """Return how answered requests compare with their chance, bins of equal size."""
    asked = examples.take(examples.stage == Stage.ASKED)
    chances = found.joint(scores_of(asked, trained)[2])
    return reliability(chances, asked.helped, bins=5, equal=True)


def weights_from_state(state: Mapping[str, Any]) -> Weights:
    """Return weights from the plain values of ``dataclasses.asdict``.

    A weight that is not named has its default.

    Raises
    ------
    ValueError
        If a name is unknown, or a number is not finite, or an evidence weight negative.
    """
    try:
        texts = TextWeights(**state.get("texts", {}))
        weights = Weights(**{**state, "texts": texts})
        plain = [*asdict(texts).values()]
        plain += [value for name, value in asdict(weights).items() if name != "texts"]
        finite = bool(np.isfinite(plain).all())
        positive = min(weights.scale, weights.power) > 0
        evidence = min(float(getattr(weights, name)) for name in COLUMNS)
    except TypeError as error:
        raise ValueError(f"not weights: {error}") from error
    if not finite or not positive or evidence < 0:
        raise ValueError("not weights: a number is out of its range")
    return weights


def digest_of(weights: Mapping[str, Any], calibration: Mapping[str, Any] | None) -> str:
    """Return the SHA-256 of a model given as plain values, whatever their order."""
    whole: object = weights
    if calibration is not None:
        whole = {"weights": weights, "calibration": calibration}
    return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()


def model_to_json(weights: Weights, calibration: Calibration) -> str:
    """Return weights and calibration with their hash as JSON."""
    parts = asdict(weights), calibration.state()
    whole = {"weights": parts[0], "calibration": parts[1], "digest": digest_of(*parts)}
    return json.dumps(whole, indent=2)


def model_from_json(text: str) -> tuple[Weights, Calibration]:
    """Return the model of :func:`model_to_json`.

    Raises
    ------
    ValueError
        If the text is no model, or is not what the hash was made of.
    """
    try:
        whole = json.loads(text)
        parts, digest = (whole["weights"], whole["calibration"]), whole["digest"]
    except (KeyError, TypeError) as error:
        raise ValueError(f"not a model: {error}") from error
    if digest != digest_of(*parts):
        raise ValueError("the hash of the model does not fit: it was changed")
    return weights_from_state(parts[0]), Calibration.from_state(parts[1])
