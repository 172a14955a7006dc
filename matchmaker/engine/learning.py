"""Learning from earlier deals: what kind of seekers a candidate took on before.

Two steps, both monotone in every feature, so that more evidence never counts against a
candidate: a conditional logit (McFadden 1974) with non-negative weights ranks all,
and gradient-boosted trees with monotonic constraints re-rank the best of them, where
combinations decide (near *and* in the same trade). The newest deals are the answers to
learn from, the older ones what was known then.
"""

from collections.abc import Sequence
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from matchmaker.engine.deals import FEATURES, Deal, DealHistory
from matchmaker.engine.members import Member

FloatArray = NDArray[np.float64]
Example = tuple[FloatArray, NDArray[np.int64]]

# The last quarter of the deals is learned from; the others are history by then.
_HISTORY_SHARE: Final = 0.75
_MOST_EXAMPLES: Final = 1500
_PRIOR: Final = 0.2
_PULL_TO_PRIOR: Final = 1.0
_REFUSED_EACH: Final = 100
_RERANKED: Final = 300
_LEAST_DEALS: Final = 20
_LEARNED_SHARE: Final = 0.7
_TRUST: Final = (0.0, 0.25, 0.5, 0.75, 1.0)


class DealRanker:
    """Ranks candidates for new seekers by their earlier deals.

    Parameters
    ----------
    random_state
        Seed of the sample of deals learned from.
    """

    def __init__(self, *, random_state: int = 0) -> None:
        self.random_state = random_state

    def fit(self, candidates: Sequence[Member], deals: Sequence[Deal]) -> Self:
        """Learn weights from the newest deals, then count all of them.

        Raises
        ------
        ValueError
            If there are fewer than 20 deals.
        """
        if len(deals) < _LEAST_DEALS:
            raise ValueError(f"{len(deals)} earlier deals; {_LEAST_DEALS} are needed")
        ordered = sorted(
            deals, key=lambda deal: (deal.day, deal.seeker.id, deal.candidate_id)
        )
        day = ordered[int(len(ordered) * _HISTORY_SHARE)].day
        self.history_ = DealHistory(candidates)
        before = [deal for deal in ordered if deal.day < day]
        self.history_.count(before, day)
        examples = self._examples([deal for deal in ordered if deal.day >= day])
        # Which of the two steps to trust is decided on examples neither has seen.
        cut = int(len(examples) * _LEARNED_SHARE)
        self._learn(examples[:cut])
        self.trust_ = self._best_trust(examples[cut:])
        self._learn(examples)
        self.history_.count(ordered, ordered[-1].day)
        return self

    def _examples(self, deals: Sequence[Deal]) -> list[Example]:
        taken: dict[str, tuple[Member, set[int]]] = {}
        for deal in deals:
            _, places = taken.setdefault(deal.seeker.id, (deal.seeker, set()))
            places.add(self.history_.place_of(deal.candidate_id))
        rng = np.random.default_rng(self.random_state)
        groups = list(taken.values())
        chosen = np.sort(rng.permutation(len(groups))[:_MOST_EXAMPLES])
        return [
            (self.history_.features(groups[at][0]), np.array(sorted(groups[at][1])))
            for at in chosen
        ]

    def _learn(self, examples: Sequence[Example]) -> None:
        self.weights_ = _conditional_logit(examples)
        self._fit_trees(examples)

    def _best_trust(self, examples: Sequence[Example]) -> float:
        """Return the share of the trees' opinion that finds most of the taken early."""
        found = np.zeros(len(_TRUST))
        first = [features @ self.weights_ for features, _ in examples]
        places = [self._best(scores) for scores in first]
        best = [
            features[at] for (features, _), at in zip(examples, places, strict=True)
        ]
        if not best:
            return _TRUST[0]
        # One call for all: each call to the trees wakes their threads anew.
        ends = np.cumsum([len(rows) for rows in best])[:-1]
        trees = np.split(self.trees_.decision_function(np.vstack(best)), ends)
        for (_, taken), scores, at, opinion in zip(
            examples, first, places, trees, strict=True
        ):
            right = np.isin(at, taken)
            for number, share in enumerate(_TRUST):
                mixed = (1 - share) * scores[at] + share * opinion
                rank = np.flatnonzero(right[np.argsort(-mixed, kind="stable")]) + 2.0
                found[number] += float((1 / np.log2(rank)).sum()) / len(taken)
        return _TRUST[int(found.argmax())]

    def _fit_trees(self, examples: Sequence[Example]) -> None:
        from sklearn.ensemble import (  # noqa: PLC0415 - takes seconds to import
            HistGradientBoostingClassifier,
        )

        rng = np.random.default_rng(self.random_state)
        rows, answers = [], []
        for features, taken in examples:
            refused = rng.permutation(len(features))[:_REFUSED_EACH]
            refused = refused[~np.isin(refused, taken)]
            rows.extend([features[taken], features[refused]])
            answers.extend([np.ones(len(taken)), np.zeros(len(refused))])
        self.trees_ = HistGradientBoostingClassifier(
            max_iter=80,
            max_leaf_nodes=8,
            learning_rate=0.08,
            l2_regularization=5.0,
            min_samples_leaf=30,
            monotonic_cst=[1] * len(FEATURES),
            early_stopping=False,
            random_state=self.random_state,
        ).fit(np.vstack(rows), np.concatenate(answers))

    def score(self, seekers: Sequence[Member]) -> FloatArray:
        """Return scores in (0, 1), shape ``(seekers, candidates)``.

        The best few hundred of the first step stand in the upper half of the range in
        the order of the second; the others follow in the order of the first.
        """
        scores = np.zeros((len(seekers), len(self.history_.candidates)))
        best: list[FloatArray] = []
        for at, seeker in enumerate(seekers):
            features = self.history_.features(seeker)
            scores[at] = features @ self.weights_
            best.append(features[self._best(scores[at])])
        if not best:
            return scores
        ranked = self.trees_.decision_function(np.vstack(best))
        start = 0
        for at, features in enumerate(best):
            places = self._best(scores[at])
            # Both are log odds up to a constant, so a weighted sum is an opinion too.
            trees = ranked[start : start + len(features)]
            again = (1 - self.trust_) * scores[at, places] + self.trust_ * trees
            scores[at] = 0.5 / (1 + np.exp(-scores[at]))
            scores[at, places] = 0.5 + 0.5 / (1 + np.exp(-again))
            start += len(features)
        return scores

    @staticmethod
    def _best(scores: FloatArray) -> NDArray[np.int64]:
        return np.argsort(-scores, kind="stable")[:_RERANKED]


def _conditional_logit(examples: Sequence[Example]) -> FloatArray:
    """Return non-negative weights that make the taken candidates likely.

    Each example is a choice among all candidates; a ridge holds the weights near a
    common prior that a few deals cannot overturn.
    """
    from scipy.optimize import minimize  # noqa: PLC0415 - only training needs it

    prior = np.full(len(FEATURES), _PRIOR)

    def loss(weights: FloatArray) -> tuple[float, FloatArray]:
        total, slope = 0.0, np.zeros(len(weights))
        for features, taken in examples:
            value = features @ weights
            value -= value.max()
            chance = np.exp(value)
            mass = chance.sum()
            total -= float((value[taken] - np.log(mass)).mean())
            slope -= features[taken].mean(axis=0) - (chance @ features) / mass
        away = weights - prior
        total += _PULL_TO_PRIOR * float(away @ away)
        return total / len(examples), (slope + 2 * _PULL_TO_PRIOR * away) / len(
            examples
        )

    found = minimize(
        loss, prior, jac=True, method="L-BFGS-B", bounds=[(0, None)] * len(prior),
        options={"maxiter": 60},
    )  # fmt: skip
    return np.asarray(found.x)
