"""Logs of a policy with known chances, so that the value of another one is known."""

import numpy as np
import pytest

from matchmaker.engine.replay import (
    LEAST_EFFECTIVE,
    Log,
    compare_policies,
    effective_size,
    replay,
)

KINDS = 4
LOGGING = np.array([0.4, 0.3, 0.2, 0.1])
JUDGED = np.array([0.1, 0.2, 0.3, 0.4])
REWARD = np.array([0.1, 0.2, 0.3, 0.5])  # chance that a kind of candidate accepts
TRUTH = float(JUDGED @ REWARD)
LOGGED = float(LOGGING @ REWARD)
RUNS = 200


def make_log(seed: int, seekers: int = 150, shown: int = 5) -> tuple[Log, np.ndarray]:
    """Return a log and the kind of each shown candidate."""
    rng = np.random.default_rng(seed)
    kinds = rng.choice(KINDS, size=seekers * shown, p=LOGGING)
    # Some seekers find everybody good: what one person does hangs together.
    keen = np.repeat(rng.uniform(0.5, 1.5, seekers), shown)
    rewards = (rng.random(len(kinds)) < REWARD[kinds] * keen).astype(float)
    return Log(np.repeat(np.arange(seekers), shown), rewards, LOGGING[kinds]), kinds


def test_both_intervals_hold_the_true_value_of_another_policy() -> None:
    held = np.zeros(2)
    refused = 0
    for seed in range(RUNS):
        log, kinds = make_log(seed)
        found = replay(log, JUDGED[kinds], random_state=seed)
        held += [one.low <= TRUTH <= one.high for one in (found.ips, found.snips)]
        refused += found.refusal is not None
    assert ((held >= 0.9 * RUNS) & (held <= 0.99 * RUNS)).all(), held
    assert refused <= 2


def test_the_average_reward_of_the_log_would_have_misled() -> None:
    log, kinds = make_log(0, seekers=2000)
    found = replay(log, JUDGED[kinds])
    assert log.rewards.mean() == pytest.approx(LOGGED, abs=0.02)
    assert found.snips.low > LOGGED
    assert found.mean_weight == pytest.approx(1, abs=0.1)


def test_equal_policies_have_no_winner() -> None:
    log, kinds = make_log(1)
    found = compare_policies(log, JUDGED[kinds], JUDGED[kinds])
    assert found.verdict == "no difference seen"
    assert (found.snips.value, found.snips.low, found.snips.high) == (0, 0, 0)


def test_a_policy_that_differs_where_it_does_not_matter_seldom_wins() -> None:
    chances = np.array([0.3, 0.3, 0.2, 0.2])
    other = chances[[1, 0, 3, 2]]
    won = 0
    for seed in range(100):
        rng = np.random.default_rng(seed)
        kinds = rng.choice(KINDS, size=750, p=chances)
        rewards = (rng.random(750) < 0.3).astype(float)
        log = Log(np.arange(750) // 5, rewards, chances[kinds])
        # All kinds accept alike, so both policies are worth the same.
        verdict = compare_policies(log, other[kinds], chances[kinds]).verdict
        won += verdict in {"first", "second"}
    assert won <= 12


def test_the_better_policy_wins_over_what_was_done() -> None:
    log, kinds = make_log(2, seekers=1000)
    assert compare_policies(log, JUDGED[kinds], log.propensities).verdict == "first"
    assert compare_policies(log, log.propensities, JUDGED[kinds]).verdict == "second"


def test_a_small_log_concludes_nothing() -> None:
    log, kinds = make_log(0, seekers=25)
    found = replay(log, JUDGED[kinds])
    assert found.effective < LEAST_EFFECTIVE
    assert found.refusal == "too few data"
    assert compare_policies(log, JUDGED[kinds], log.propensities).verdict == (
        "too few data"
    )


def test_a_few_heavy_weights_are_worth_few_impressions() -> None:
    weights = np.array([100.0] + [0.01] * 999)
    assert effective_size(weights) == pytest.approx(1.2, abs=0.1)
    assert effective_size(np.ones(50)) == 50
    assert effective_size(np.zeros(3)) == effective_size(np.zeros(0)) == 0


def test_a_policy_that_shows_what_was_never_shown_is_not_judged() -> None:
    log, kinds = make_log(0, seekers=400)
    # Half of what it shows was never shown by the log: half of its weight is missing.
    found = replay(log, JUDGED[kinds] / 2)
    assert found.refusal == "propensities do not fit"


def test_wrongly_logged_propensities_are_noticed() -> None:
    log, kinds = make_log(0, seekers=400)
    wrong = Log(log.seekers, log.rewards, np.full(len(kinds), 0.25))
    assert replay(wrong, JUDGED[kinds]).refusal == "propensities do not fit"


def test_an_empty_log_is_no_error() -> None:
    nothing = np.zeros(0)
    log = Log(np.zeros(0, np.int64), nothing, nothing)
    assert replay(log, nothing).refusal == "too few data"
    assert compare_policies(log, nothing, nothing).verdict == "too few data"


@pytest.mark.parametrize(
    ("rewards", "propensities", "target", "told"),
    [
        ([1.0], [0.0], [0.5], "propensity"),
        ([1.0], [1.5], [0.5], "propensity"),
        ([1.0], [0.5], [1.5], "chance"),
        ([np.nan], [0.5], [0.5], "reward"),
        ([1.0], [0.5], [0.5, 0.5], "one length"),
    ],
)
def test_impossible_logs_are_refused(
    rewards: list[float], propensities: list[float], target: list[float], told: str
) -> None:
    log = Log(np.array([0]), np.array(rewards), np.array(propensities))
    with pytest.raises(ValueError, match=told):
        replay(log, np.array(target))


class Market:
    """A simulated community: what everybody says to everybody is known.

    Pages of five of fifteen candidates were drawn, all alike, on four days.
    """

    SEEKERS, CANDIDATES, PAGE, DAYS = 90, 15, 5, 4

    def __init__(self, seed: int, *, alike: bool = False) -> None:
        self.rng = np.random.default_rng(seed)
        shape = (self.SEEKERS, self.CANDIDATES)
        self.chance = np.full(shape, 0.2) if alike else self.rng.beta(1, 4, shape)
        pages = np.argsort(self.rng.random((self.DAYS, *shape)), axis=2)
        self.shown = pages[:, :, : self.PAGE]
        seekers = np.broadcast_to(np.arange(self.SEEKERS)[:, None], self.shown.shape)
        self.seekers = seekers.ravel()
        said = self.chance[self.seekers, self.shown.ravel()]
        rewards = (self.rng.random(len(said)) < said).astype(float)
        drawn = np.full(len(said), self.PAGE / self.CANDIDATES)
        self.log = Log(self.seekers, rewards, drawn)

    def policy(self, scores: np.ndarray) -> np.ndarray:
        """Return the pages that show the candidates of the highest scores."""
        ranks = np.argsort(np.argsort(-scores, axis=1), axis=1)
        return (ranks < self.PAGE).astype(float)

    def target(self, pages: np.ndarray) -> np.ndarray:
        """Return the chance with which a policy makes each impression of the log."""
        return np.asarray(pages[self.seekers, self.shown.ravel()], float)

    def truth(self, pages: np.ndarray) -> float:
        """Return the accepted share of what a policy truly shows."""
        return float((pages * self.chance).sum() / pages.sum())


def test_the_best_policy_of_a_community_is_found_within_its_interval() -> None:
    found = held = 0
    for seed in range(20):
        market = Market(seed)
        best = market.policy(market.chance)
        other = market.policy(market.rng.random(market.chance.shape))
        value = replay(market.log, market.target(best), random_state=seed)
        verdict = compare_policies(
            market.log, market.target(best), market.target(other), random_state=seed
        ).verdict
        found += verdict == "first"
        held += value.snips.low <= market.truth(best) <= value.snips.high
    assert found == 20
    assert held >= 17


def test_between_equal_policies_of_a_community_a_winner_is_rarely_found() -> None:
    winners = 0
    for seed in range(20):
        market = Market(seed, alike=True)
        pages = [
            market.policy(market.rng.random(market.chance.shape)) for _ in range(2)
        ]
        assert market.truth(pages[0]) == pytest.approx(market.truth(pages[1]))
        targets = [market.target(one) for one in pages]
        told = compare_policies(market.log, targets[0], targets[1], random_state=seed)
        winners += told.verdict in {"first", "second"}
    assert winners <= 2
