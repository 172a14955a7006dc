"""Scores of pairs: monotone in every piece of evidence, in both directions.

``fit`` is a logistic function of non-negative evidence with non-negative weights, so a
true matching term can never lower it. The text part compares each want with each text
of the other side; what an offer's type does not answer counts less or nothing.
"""

from dataclasses import dataclass, field
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from matchmaker.engine.facts import EVIDENCE
from matchmaker.engine.lexicon import TextWeights
from matchmaker.engine.profile import ANSWERS
from matchmaker.engine.table import RowsOf

FloatArray = NDArray[np.float64]

Band = Literal["strong", "good", "possible"]
_STRONG: Final = 0.45
_GOOD: Final = 0.2
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
    collaboration, sector, market, language, place
        Weight of each fact; evidence lies in [0, 1].
    unknown
        Logit granted to a direction whose needs are not stated: uncertain, not zero.
    """

    bias: float = -3.0
    text: float = 2.0
    scale: float = 4.0
    power: float = 2.0
    collaboration: float = 0.6
    sector: float = 0.5
    market: float = 0.5
    language: float = 0.2
    place: float = 0.15
    unknown: float = 0.25
    texts: TextWeights = field(default_factory=TextWeights)

    def facts(self) -> FloatArray:
        """Return the weights of the facts in the order of ``facts.EVIDENCE``."""
        return np.array([float(getattr(self, name)) for name in EVIDENCE])


DEFAULT_WEIGHTS: Final = Weights()


def similarity(wants: RowsOf, haves: RowsOf) -> FloatArray:
    """Return the match of every want with every text, shape ``(wants, haves)``.

    A side of a few rows is made dense: a sparse matrix times a few dense columns
    passes once over its entries, faster than a product of two sparse ones.
    """
    few = 4
    if min(len(wants.kinds), len(haves.kinds)) > few:
        raw = (haves.matrix @ wants.matrix.T.tocsr()).toarray().T
    elif len(wants.kinds) <= len(haves.kinds):
        raw = (haves.matrix @ wants.matrix.toarray().T).T
    else:
        raw = wants.matrix @ haves.matrix.toarray().T
    return np.asarray(raw * ANSWERS[wants.kinds[:, None], haves.kinds[None, :]])


def text_match(wants: RowsOf, haves: RowsOf, power: float) -> FloatArray:
    """Return how well the texts of some members answer the wants of others.

    Returns
    -------
    FloatArray
        Shape ``(seekers, candidates)``, zero or positive, unbounded: for each want the
        power mean-like sum over the candidate's texts, added up over the wants.
    """
    match = similarity(wants, haves) ** power
    per_candidate = np.add.reduceat(match, haves.starts, axis=1) ** (1 / power)
    weighted = per_candidate * wants.weights[:, None]
    return np.asarray(np.add.reduceat(weighted, wants.starts, axis=0))


def logit(
    text: FloatArray, facts: FloatArray, stated: FloatArray, weights: Weights
) -> FloatArray:
    """Return the logit of one direction.

    Parameters
    ----------
    text
        Text match, shape ``(n,)``.
    facts
        Evidence of facts, shape ``(n, len(EVIDENCE))``.
    stated
        1 where the side that gains stated what it wants, else 0, shape ``(n,)``.
    """
    by_text = weights.text * np.log1p(text / weights.scale)
    return np.asarray(
        weights.bias
        + by_text
        + facts @ weights.facts()
        + weights.unknown * (1 - stated)
    )


def probability(value: FloatArray) -> FloatArray:
    """Return the logistic function of logits, rounded, strictly inside (0, 1)."""
    return np.clip(np.round(1 / (1 + np.exp(-value)), DECIMALS), 1e-9, 1 - 1e-9)


def joint_score(for_me: FloatArray, for_them: FloatArray) -> FloatArray:
    """Return the geometric mean of both directions: low as soon as one is low."""
    return np.asarray(np.round(np.sqrt(for_me * for_them), DECIMALS), np.float64)


def band(joint: float) -> Band:
    """Return a word for a joint score."""
    if joint >= _STRONG:
        return "strong"
    return "good" if joint >= _GOOD else "possible"
