"""Scores of pairs: monotone in every piece of evidence, in both directions.

``fit`` is a logistic function of non-negative evidence with non-negative weights, so a
true matching term can never lower it. The text part compares each want with each text
of the other side; what an offer's type does not answer counts less or nothing.
"""

from dataclasses import dataclass, field
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from matchmaker.engine.facts import EVIDENCE, fact_evidence
from matchmaker.engine.fusion import nearness
from matchmaker.engine.layer import Layer
from matchmaker.engine.lexicon import TextWeights
from matchmaker.engine.profile import ANSWERS, FIELD
from matchmaker.engine.table import RowTable

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

Band = Literal["strong", "good", "possible"]
STRONG: Final = 0.45
GOOD: Final = 0.2
# Scores are rounded so that both ways of computing a pair give the same number: sums of
# floats differ in the last bits with their order.
DECIMALS: Final = 10


@dataclass(frozen=True, slots=True)
class Weights:
    """Weights of the logistic score, in units of its logit.

    Attributes
    ----------
    bias
        Logit of a pair of which nothing is known to match.
    text
        Weight of ``log(1 + text match)``; about half of all logit in a typical pair.
    scale
        Text match, in units of inverse document frequency, that counts as one.
    power
        Exponent with which several texts of one member add up: 1 = their sum, large =
        the best one alone. Experience counts, but ten remarks are not ten offers.
    welcome
        Who can answer a need is glad of who has it, without having said so: the share
        of a stated need's text match that the answering side gains.
    meaning, unrelated
        What two texts of the same meaning are worth, in the units of ``scale``, and
        the cosine up to which they are unrelated; only with an encoder, see ``fusion``.
    collaboration, sector, market, language, place
        Weight of each fact; evidence lies in [0, 1].
    unknown
        Logit granted to a direction whose needs are not stated: uncertain, not zero.
    """

    bias: float = -3.0
    text: float = 2.5
    scale: float = 9.0
    power: float = 2.0
    welcome: float = 0.6
    meaning: float = 40.0
    unrelated: float = 0.25
    collaboration: float = 0.6
    sector: float = 0.35
    market: float = 0.5
    language: float = 0.2
    place: float = 0.15
    unknown: float = 0.25
    texts: TextWeights = field(default_factory=TextWeights)

    def facts(self) -> FloatArray:
        """Return the weights of the facts in the order of ``facts.EVIDENCE``."""
        return np.array([float(getattr(self, name)) for name in EVIDENCE])


DEFAULT_WEIGHTS: Final = Weights()


def similarity(wants: RowTable, haves: RowTable, weights: Weights) -> FloatArray:
    """Return the match of every want with every text, dense, ``(wants, haves)``."""
    wanted, had, match = _shared(wants, haves)
    found = by_meaning(wants, haves, weights)
    found[wanted, had] += match
    return found


def by_meaning(wants: RowTable, haves: RowTable, weights: Weights) -> FloatArray:
    """Return what the meaning of texts adds to their match, ``(wants, haves)``."""
    if not wants.meaning.size or not haves.meaning.size:
        return np.zeros((len(wants.kinds), len(haves.kinds)))
    near = nearness(wants.meaning, haves.meaning, weights.unrelated)
    near *= weights.meaning * ANSWERS[wants.kinds[:, None], haves.kinds]
    return near


def _matches(
    wants: RowTable, haves: RowTable, weights: Weights
) -> tuple[IntArray, IntArray, FloatArray]:
    """Return wants and texts that match at all, and how well, as flat arrays."""
    if not wants.meaning.size or not haves.meaning.size:
        return _shared(wants, haves)
    match = similarity(wants, haves, weights)
    wanted, had = np.nonzero(match)
    return wanted, had, match[wanted, had]


def _shared(wants: RowTable, haves: RowTable) -> tuple[IntArray, IntArray, FloatArray]:
    """Return wants and texts that share a key, and their match, as flat arrays.

    The side with fewer rows walks through the keys of the other.
    """
    known = min(wants.columns, haves.columns)
    if len(wants.kinds) <= len(haves.kinds):
        found = wants.matrix(known) @ haves.turned(known)
        wanted, had = _rows(found), found.indices
    else:
        found = haves.matrix(known) @ wants.turned(known)
        wanted, had = found.indices, _rows(found)
    return wanted, had, found.data * ANSWERS[wants.kinds[wanted], haves.kinds[had]]


def _rows(matrix: csr_array) -> IntArray:
    return np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))


def text_match(wants: RowTable, haves: RowTable, weights: Weights) -> FloatArray:
    """Return how well the texts of some members answer the wants of others.

    Returns
    -------
    FloatArray
        Shape ``(seekers, candidates)``, zero or positive, unbounded: for each want the
        power mean-like sum over the candidate's texts, added up over the wants.
    """
    wanted, had, match = _matches(wants, haves, weights)
    power = weights.power
    shape = (len(wants.kinds), len(haves))
    owners = had if haves.one_each else haves.owners[had]
    place = wanted * shape[1] + owners
    total = np.bincount(place, match**power, minlength=shape[0] * shape[1])
    per_candidate = total.reshape(shape) ** (1 / power) * wants.weights[:, None]
    if wants.one_each:
        return np.asarray(per_candidate)
    return np.asarray(np.add.reduceat(per_candidate, wants.starts[:-1], axis=0))


def fits(
    seekers: Layer, others: Layer, weights: Weights
) -> tuple[FloatArray, FloatArray]:
    """Return how well others fit seekers, and seekers fit others.

    One member against one, one against all and a tile of a community are all this
    function, so that they cannot differ.

    Returns
    -------
    tuple
        ``fit_for_me`` and ``fit_for_them``, each ``(seekers, others)``, in (0, 1).
    """
    found = fact_evidence(seekers.facts, others.facts).logits(weights.facts())
    texts = text_gains(seekers, others, weights)
    known = stated(seekers.wants)[:, None], stated(others.wants)[None, :]
    mine, theirs = (
        probability(logit(*each, weights))
        for each in zip(texts, found, known, strict=True)
    )
    return mine, theirs


def fit_for_me(seekers: Layer, others: Layer, weights: Weights) -> FloatArray:
    """Return the first of :func:`fits` alone."""
    found = fact_evidence(seekers.facts, others.facts).logits(weights.facts())
    text = text_match(seekers.wants, others.haves, weights)
    text = text + _welcome(others, seekers, weights).T
    return probability(logit(text, found[0], stated(seekers.wants)[:, None], weights))


def text_gains(
    seekers: Layer, others: Layer, weights: Weights
) -> tuple[FloatArray, FloatArray]:
    """Return what texts are worth to seekers and to others, ``(seekers, others)``.

    Each side gains what the other answers, and by ``Weights.welcome`` what it can
    answer itself.
    """
    mine = text_match(seekers.wants, others.haves, weights)
    theirs = text_match(others.wants, seekers.haves, weights).T
    asked = stated(seekers.wants)[:, None], stated(others.wants)[None, :]
    return (
        mine + weights.welcome * theirs * asked[1],
        theirs + weights.welcome * mine * asked[0],
    )


def _welcome(askers: Layer, answering: Layer, weights: Weights) -> FloatArray:
    """Return what answering stated needs is worth, ``(askers, answering)``."""
    asked = stated(askers.wants)[:, None]
    if not asked.any():
        return np.zeros((len(askers), len(answering)))
    match = text_match(askers.wants, answering.haves, weights)
    return np.asarray(weights.welcome * match * asked)


def stated(wants: RowTable) -> FloatArray:
    """Return 1 for members who stated a want, 0 for those of whom it is not known."""
    return np.asarray(wants.kinds[wants.starts[:-1]] != FIELD, float)


def logit(
    text: FloatArray, facts: FloatArray, known: FloatArray, weights: Weights
) -> FloatArray:
    """Return the logit of one direction.

    Parameters
    ----------
    text
        Text match, any shape.
    facts
        Weighted evidence of facts, of the same shape.
    known
        1 where the side that gains stated what it wants, else 0; broadcast.
    """
    by_text = weights.text * np.log1p(text / weights.scale)
    return np.asarray(weights.bias + by_text + facts + weights.unknown * (1 - known))


def probability(value: FloatArray) -> FloatArray:
    """Return the logistic function of logits, rounded, strictly inside (0, 1)."""
    return np.clip(np.round(1 / (1 + np.exp(-value)), DECIMALS), 1e-9, 1 - 1e-9)


def joint_score(for_me: FloatArray, for_them: FloatArray) -> FloatArray:
    """Return the geometric mean of both directions: low as soon as one is low."""
    return np.asarray(np.round(np.sqrt(for_me * for_them), DECIMALS), np.float64)


def band(joint: float) -> Band:
    """Return a word for a joint score."""
    if joint >= STRONG:
        return "strong"
    return "good" if joint >= GOOD else "possible"
