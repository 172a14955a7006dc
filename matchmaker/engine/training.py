"""Learning the weights of the score from what people said about pairs they were shown.

``fit_weights`` finds the weights that make an ``Examples`` table likely and stay as
near the prior as it allows; ``compare`` judges them on later statements. What a
score means as a chance is in ``calibration``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matchmaker.engine.examples import COLUMNS, Examples, Stage
from matchmaker.engine.replay import effective_size
from matchmaker.engine.scoring import DEFAULT_WEIGHTS, Weights

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

# An example counts at most five times for having been unlikely to be shown: beyond
# that the variance is worse than the bias it mends.
LEAST_SHOWN: Final = 0.2
# The prior is worth this many examples that carry full evidence and are undecided.
STRENGTH: Final = 100.0
INFORMATION: Final = 0.25  # curvature of one such example: p (1 - p) at p = 1/2
# Standard deviation of each weight before any example.
PRIOR_SPREAD: Final = (STRENGTH * INFORMATION) ** -0.5
# How far apart the levels of answers and outcomes may lie from that of interest, in
# logits: most who are asked accept, few who are shown ask.
_STAGE_SPREAD: Final = 2.0
_HELD_OUT: Final = 0.25
_NAMES: Final = ("bias", *COLUMNS)


@dataclass(frozen=True, slots=True)
class Weighed:
    """What was said, freed from who was shown what.

    Attributes
    ----------
    label
        In [0, 1].
    unseen
        Logarithm of the chance that nobody looked; -inf where somebody surely did.
    weight
        Weight of the statement over the chance that the pair was shown.
    effective
        Number of statements that say as much without such weights (Kish 1965).
    """

    label: FloatArray
    unseen: FloatArray
    weight: FloatArray
    effective: float


def weighed(examples: Examples) -> Weighed:
    """Return statements corrected for the two things that lists do to them.

    *Who was shown*: statements count by inverse propensity (Horvitz & Thompson 1952),
    clipped at :data:`LEAST_SHOWN` and self-normalised, so that all together say no more
    than their effective number. *Who was looked at*: that nothing was said of place r,
    which is looked at with chance 1/r, is explained by both, not looking and not
    wanting (examination hypothesis; Craswell et al., WSDM 2008). The chance is known,
    so it enters the likelihood; a yes from place ten counts once and not ten times, as
    with inverse propensity there too, and the truth is found with less noise.
    """
    inverse = 1 / np.maximum(examples.shown, LEAST_SHOWN)
    total = float(inverse.sum())
    effective = effective_size(inverse)
    scale = effective / total if total else 0.0
    with np.errstate(divide="ignore"):
        unseen = np.log(1 - np.minimum(examples.examined, 1.0))
    return Weighed(examples.label, unseen, scale * examples.weight * inverse, effective)


def plainly(label: FloatArray) -> Weighed:
    """Return answers that count as they are."""
    nobody = np.full(len(label), -np.inf)
    return Weighed(label, nobody, np.ones(len(label)), float(len(label)))


@dataclass(frozen=True, slots=True)
class Gaussian:
    """What is believed of coefficients before any example.

    Attributes
    ----------
    mean, precision
        Mean and inverse variance, ``(m,)``.
    least, most
        Bounds, infinite for none; equal ones hold a coefficient where it is.
    """

    mean: FloatArray
    precision: FloatArray
    least: FloatArray
    most: FloatArray


def solve(design: FloatArray, said: Weighed, *, prior: Gaussian) -> FloatArray:
    """Return the most likely coefficients of a logistic model under a prior.

    Parameters
    ----------
    design
        Shape ``(n, m)``; with ``n = 0`` the answer is the prior's mean to the last bit.
    """
    from scipy.optimize import minimize  # noqa: PLC0415 - only training needs it

    def loss(values: FloatArray) -> tuple[float, FloatArray]:
        logit, away = design @ values, values - prior.mean
        slope = said.weight * _slope(logit, said)
        total = said.weight @ log_loss(logit, said)
        total += 0.5 * (prior.precision * away) @ away
        return float(total), design.T @ slope + prior.precision * away

    found = minimize(
        loss,
        prior.mean,
        jac=True,
        method="L-BFGS-B",
        bounds=list(zip(prior.least, prior.most, strict=True)),
        options={"maxiter": 500, "ftol": 1e-13, "gtol": 1e-8},
    )
    return np.asarray(found.x, float)


def log_loss(logit: FloatArray, said: Weighed) -> FloatArray:
    """Return the log loss of each statement in nats, less what no weight can change.

    With p the logistic function of the logit and t the chance of being looked at,
    ``-y log p - (1 - y) log(1 - t p)``.
    """
    no = np.logaddexp(0, logit) - (1 - said.label) * np.logaddexp(
        0, logit + said.unseen
    )
    return np.asarray(no - said.label * logit)


def _slope(logit: FloatArray, said: Weighed) -> FloatArray:
    silent = (1 - said.label) * expit(logit + said.unseen)
    return np.asarray(expit(logit) - said.label - silent)


def _information(logit: FloatArray, said: Weighed) -> FloatArray:
    """Return the Fisher information of the logit in each statement."""
    chance, looked = expit(logit), -np.expm1(said.unseen)
    silent = np.maximum(1 - looked * chance, np.finfo(float).tiny)
    return np.asarray(looked * chance * (1 - chance) ** 2 / silent)


def expit(logit: FloatArray) -> FloatArray:
    """Return the logistic function, without overflow and unrounded."""
    return np.asarray(0.5 * (1 + np.tanh(0.5 * logit)))


@dataclass(frozen=True, slots=True)
class Fitted:
    """Weights learned from examples, and how sure they are.

    Attributes
    ----------
    weights
        The prior with bias and evidence weights as learned.
    offsets
        How much higher the levels of answers and of outcomes lie than that of interest,
        in logits. They belong to the statements, not to the score.
    errors
        Standard error of ``bias`` and of each of :data:`COLUMNS`. Without examples
        it is the spread of the prior.
    examples, effective
        Statements, and the number of unbiased ones that say as much.
    """

    weights: Weights
    offsets: tuple[float, float]
    errors: Mapping[str, float]
    examples: int
    effective: float

    @property
    def values(self) -> FloatArray:
        """Coefficients of the columns of :func:`design_of`."""
        return np.array([*_coefficients(self.weights), *self.offsets])


def design_of(examples: Examples) -> FloatArray:
    """Return the columns of the model: one, the evidence, answers, outcomes."""
    late = [examples.stage == stage for stage in (Stage.ASKED, Stage.MET)]
    ones = np.ones((len(examples), 1))
    return np.concatenate([ones, examples.gains, np.array(late, float).T], axis=1)


def _coefficients(weights: Weights) -> list[float]:
    return [float(getattr(weights, name)) for name in _NAMES]


def fit_weights(
    examples: Examples,
    prior: Weights = DEFAULT_WEIGHTS,
    *,
    strength: float = STRENGTH,
    levels_only: bool = False,
) -> Fitted:
    """Return the weights that explain the examples, as near the prior as they allow.

    Logistic regression by maximum a posteriori: evidence weights are never negative, so
    that a true match cannot lower a score; a Gaussian prior is centred on ``prior``;
    statements count by inverse propensity, see :func:`weighed`. Standard errors are
    those of Laplace's approximation or, where greater, those that hold for weighted
    statements of the same people (sandwich by member; Huber 1967, White 1980). At
    a weight of zero they are an upper bound.

    Parameters
    ----------
    examples
        None at all gives the prior exactly.
    strength
        Examples with full evidence that the prior is worth; positive.
    levels_only
        Keep the evidence weights, learn bias and offsets: the prior at its best level.

    Raises
    ------
    ValueError
        If ``strength`` is not positive.
    """
    if strength <= 0:
        raise ValueError(f"strength {strength} is not positive")
    design, said = design_of(examples), weighed(examples)
    believed = _believed(prior, strength, levels_only=levels_only)
    values = solve(design, said, prior=believed)
    errors = _errors(
        design,
        said,
        values=values,
        precision=believed.precision,
        group=examples.group,
    )
    found = values.tolist()
    return Fitted(
        replace(prior, **dict(zip(_NAMES, found, strict=False))),
        (found[-2], found[-1]),
        dict(zip(_NAMES, errors.tolist(), strict=False)),
        len(examples),
        said.effective,
    )


def _believed(prior: Weights, strength: float, *, levels_only: bool) -> Gaussian:
    mean = np.array([*_coefficients(prior), 0.0, 0.0])
    precision = np.full(len(mean), strength * INFORMATION)
    precision[-2:] = _STAGE_SPREAD**-2
    evident = np.zeros(len(mean), bool)
    evident[1:-2] = True
    least = np.where(evident, 0.0, -np.inf)
    most = np.full(len(mean), np.inf)
    if levels_only:
        least, most = (np.where(evident, mean, bound) for bound in (least, most))
    return Gaussian(mean, precision, least, most)


def _errors(
    design: FloatArray,
    said: Weighed,
    *,
    values: FloatArray,
    precision: FloatArray,
    group: IntArray,
) -> FloatArray:
    logit = design @ values
    curved = said.weight * _information(logit, said)
    inverse = np.linalg.inv((design.T * curved) @ design + np.diag(precision))
    score = design * (said.weight * _slope(logit, said))[:, None]
    summed = np.zeros((int(group.max(initial=-1)) + 1, len(values)))
    np.add.at(summed, group, score)
    robust = inverse @ (summed.T @ summed + np.diag(precision)) @ inverse
    return np.asarray(np.sqrt(np.maximum(np.diag(inverse), np.diag(robust))))


@dataclass(frozen=True, slots=True)
class Comparison:
    """The prior and the learned weights on later statements that neither has seen.

    Attributes
    ----------
    prior, fitted
        Mean log loss for each statement, in nats, corrected as in :func:`weighed`. The
        prior has its levels fitted on the same earlier statements.
    difference, error
        Fitted less prior, and its standard error over the members who spoke.
    learned, judged
        Statements before and after the split.
    """

    prior: float
    fitted: float
    difference: float
    error: float
    learned: int
    judged: int

    @property
    def is_better(self) -> bool:
        """Whether the 95 % interval of the difference lies below zero."""
        return self.difference + 1.96 * self.error < 0


def split_by_time(
    examples: Examples, share: float = _HELD_OUT
) -> tuple[Examples, Examples]:
    """Return the earlier statements and about the last ``share``; days stay whole."""
    if not len(examples):
        return examples, examples
    cut = np.sort(examples.day)[int(len(examples) * (1 - share))]
    before = examples.day < cut
    return examples.take(before), examples.take(~before)


def compare(
    examples: Examples,
    prior: Weights = DEFAULT_WEIGHTS,
    *,
    strength: float = STRENGTH,
) -> Comparison | None:
    """Judge learning by a split in time; nothing if all statements are of one day."""
    before, after = split_by_time(examples)
    if not len(before) or not len(after):
        return None
    said, design = weighed(after), design_of(after)
    losses = []
    for levels_only in (True, False):
        fitted = fit_weights(before, prior, strength=strength, levels_only=levels_only)
        losses.append(log_loss(design @ fitted.values, said))
    share = said.weight / said.weight.sum()
    means = [float(share @ one) for one in losses]
    apart = means[1] - means[0]
    each = np.bincount(after.group, share * (losses[1] - losses[0] - apart))
    error = float(np.sqrt((each**2).sum()))
    return Comparison(means[0], means[1], apart, error, len(before), len(after))
