"""Judging one model in the place of another, where the truth is known by construction.

A simulated market of wants: everybody looks for one kind of goods and accepts who
offers it. The words of a profile tell the kind, its place tells nothing.
"""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from sqlalchemy.orm import Session

from matchmaker.clock import now
from matchmaker.engine.community import Community
from matchmaker.engine.scoring import DEFAULT_WEIGHTS, Weights
from matchmaker.matching import promotion, trial_lists, trial_past, trials, versions
from matchmaker.matching.bridge import MarketShape
from matchmaker.matching.inputs import list_members, make_member
from matchmaker.matching.lists import Policy
from matchmaker.matching.models import Impression, IntroductionState, MatchRun
from matchmaker.profiles.models import Profile
from tests.conftest import add_introduction, add_member

GOODS = ("wheat", "cotton", "copper wire", "green tea", "glass jars", "sawn timber")
PEOPLE = 36
SHOWN = 6
TODAY = date(2026, 11, 22)
CHANCE = 0.7  # of a yes where the goods are the right ones; else there is none
#: What is judged draws nothing; the log drew everything, so that it could have shown
#: what any model would show.
POLICY = Policy(MarketShape(SHOWN, PEOPLE, 0.0, PEOPLE), 0.0, 0)
GOOD = DEFAULT_WEIGHTS
BAD = replace(
    DEFAULT_WEIGHTS, text=0.0, collaboration=0.0, sector=0.0, market=0.0, place=3.0
)


@pytest.fixture
def people(session: Session) -> list[Profile]:
    """Give members of whom each wants one kind of goods and has another."""
    return [
        add_member(
            session,
            name=f"Member {number}",
            organisation="",
            country=("KZ", "CN", "RU")[number // 2 % 3],
            requests=(("supply", GOODS[number % 6]),),
            offers=(("supply", GOODS[(number + 1) % 6]),),
        )
        for number in range(PEOPLE)
    ]


def community_of(session: Session, weights: Weights = DEFAULT_WEIGHTS) -> Community:
    return Community(weights).fit([make_member(one) for one in list_members(session)])


def wants(seeker: int, candidate: int) -> bool:
    return (candidate + 1) % 6 == seeker % 6


def log_days(
    session: Session, people: list[Profile], rng: np.random.Generator, days: int = 6
) -> None:
    """Log pages drawn from everybody, and accepted requests to who has the goods."""
    run = MatchRun(
        model_version_id=versions.live_version(session).id, kind="full", seed=1
    )
    session.add(run)
    session.flush()
    asked = set()
    for day in range(days):
        shown_on = TODAY - timedelta(days=40 - 3 * day)
        for at, seeker in enumerate(people):
            others = [other for other in range(PEOPLE) if other != at]
            for place, other in enumerate(rng.permutation(others)[:SHOWN], 1):
                session.add(
                    Impression(
                        run_id=run.id,
                        seeker_id=seeker.id,
                        candidate_id=people[other].id,
                        position=place,
                        propensity=1 / len(others),
                        joint=0.3,
                        shown_on=shown_on,
                    )
                )
                pair = frozenset({at, int(other)})
                if wants(at, other) and pair not in asked and rng.random() < CHANCE:
                    asked.add(pair)
                    made = add_introduction(session, seeker, people[other])
                    made.asked_at = now().replace(
                        year=shown_on.year, month=shown_on.month, day=shown_on.day
                    )
    session.flush()


def trial(
    session: Session, old: Weights, new: Weights, policy: Policy = POLICY
) -> dict[str, Any]:
    terms = trial_past.Terms(policy, TODAY)
    sides = trials.Side(old), trials.Side(new)
    return trials.run_trial(session, community_of(session), sides, terms)


def test_a_worse_model_is_refused_and_a_better_one_passes(
    session: Session, people: list[Profile]
) -> None:
    log_days(session, people, np.random.default_rng(3))
    worse, better = trial(session, GOOD, BAD), trial(session, BAD, GOOD)
    assert (worse["later"]["word"], better["later"]["word"]) == ("worse", "better")
    assert (worse["replay"]["word"], better["replay"]["word"]) == ("worse", "better")
    assert [promotion.judge(one)[0] for one in (worse, better)] == [False, True]


def test_a_model_beside_itself_shows_no_difference_and_does_not_pass(
    session: Session, people: list[Profile]
) -> None:
    log_days(session, people, np.random.default_rng(4))
    found = trial(session, GOOD, GOOD)
    assert found["later"]["difference"] == 0
    assert found["replay"]["word"] == "no difference seen"
    passed, criteria = promotion.judge(found)
    assert not passed
    assert [one["code"] for one in criteria if one["passed"] is False] == ["better"]
    entries = [entry for one in found["sample"] for entry in one["entries"]]
    assert entries
    assert all(entry["before"] == entry["after"] for entry in entries)


def test_replay_tells_the_value_that_a_model_truly_has(
    session: Session, people: list[Profile]
) -> None:
    log_days(session, people, np.random.default_rng(5), days=1)
    sides = trial(session, BAD, GOOD)["replay"]["sides"]
    number = {one.id: at for at, one in enumerate(people)}
    for weights, side in zip((BAD, GOOD), sides, strict=True):
        made = trial_lists.market(
            session, community_of(session, weights), POLICY, now=False
        )
        own = [number[int(one)] for one in made.ids]
        pages = trial_lists.first_pages(made, SHOWN)
        fits = [
            wants(own[seeker], own[candidate])
            for seeker, page in enumerate(pages.tolist())
            for candidate in page
        ]
        truth = CHANCE * float(np.mean(fits))
        for name in ("snips", "ips"):
            wide = side[name]["high"] - side[name]["low"]  # four standard errors
            assert side[name]["value"] == pytest.approx(truth, abs=wide)
            assert 0 < wide < 0.5


@pytest.mark.usefixtures("people")
def test_what_moved_is_told_with_the_reason_that_changed(session: Session) -> None:
    found = trial(session, GOOD, replace(GOOD, place=3.0))
    changes = [
        change
        for one in found["sample"]
        for entry in one["entries"]
        for change in entry["changes"]
    ]
    assert {change["code"] for change in changes} == {"place"}
    assert all(change["after"] > change["before"] for change in changes)


def test_without_any_history_the_trial_says_that_nothing_can_be_concluded(
    session: Session,
) -> None:
    found = trial(session, GOOD, BAD)
    assert (found["later"]["word"], found["replay"]["word"]) == (
        "too few",
        "too few data",
    )
    assert (found["statements"], found["sample"], found["window"]) == (0, [], None)
    assert promotion.judge(found)[0] is False


def test_one_accepted_request_concludes_nothing(
    session: Session, people: list[Profile]
) -> None:
    add_introduction(session, people[0], people[1])
    found = trial(session, GOOD, BAD)
    assert found["later"]["word"] == "too few"
    assert found["later"]["cut"] is None
    assert promotion.judge(found)[0] is False


def test_where_everything_is_accepted_no_model_is_found_better(
    session: Session, people: list[Profile]
) -> None:
    for number in range(0, PEOPLE, 2):
        made = add_introduction(session, people[number], people[number + 1])
        made.asked_at = now() - timedelta(days=40 - number)
    session.flush()
    found = trial(session, GOOD, BAD)
    assert found["later"]["word"] == "too few"
    assert found["later"]["ready"] > TODAY.isoformat()
    assert np.isfinite(found["later"]["difference"])


def test_what_is_learned_is_judged_by_its_recipe(
    session: Session, people: list[Profile]
) -> None:
    log_days(session, people, np.random.default_rng(6))
    terms = trial_past.Terms(POLICY, TODAY)
    sides = trials.Side(GOOD), trials.Side(GOOD, learned_to=TODAY)
    found = trials.run_trial(session, community_of(session), sides, terms)
    assert found["recipe"]["cut"] == found["later"]["cut"]
    assert found["recipe"]["losses"] != found["later"]["losses"]
    codes = [one["code"] for one in promotion.judge(found)[1]]
    assert "as-given" in codes


def test_other_weights_of_the_same_members_leave_the_first_as_they_are(
    session: Session, people: list[Profile]
) -> None:
    first = community_of(session)
    before = first.score(str(people[0].id)).joint.copy()
    second = trials.with_weights(first, BAD)
    apart = second.score(str(people[0].id)).joint
    assert (first.score(str(people[0].id)).joint == before).all()
    assert not np.allclose(before, apart)
    again = community_of(session, BAD).score(str(people[0].id)).joint
    assert apart == pytest.approx(again)


@pytest.mark.usefixtures("people")
def test_the_dial_gives_away_introductions_for_members_with_few(
    session: Session,
) -> None:
    policy = replace(POLICY, shape=replace(POLICY.shape, shown=3))
    rows = trial_lists.work_out_dial(session, community_of(session), policy)
    assert [row["value"] for row in rows] == [0.0, 0.25, 0.5, 0.75, 1.0]
    assert all(0 < row["introductions"] < 3 * PEOPLE for row in rows)
    assert all(0 <= row["few"] <= 1 for row in rows)
    assert rows[-1]["few"] <= rows[0]["few"]


def test_the_dial_of_nobody_is_zero(session: Session) -> None:
    rows = trial_lists.work_out_dial(session, community_of(session), POLICY)
    assert {(row["introductions"], row["few"]) for row in rows} == {(0.0, 0.0)}


def test_a_request_that_was_declined_is_no_reward(
    session: Session, people: list[Profile]
) -> None:
    log_days(session, people, np.random.default_rng(7), days=1)
    terms = trial_past.Terms(POLICY, TODAY)
    ids = community_of(session).ids
    before = trial_past.past_pages(session, ids, terms, since=None).rewards.sum()
    made = add_introduction(
        session, people[0], people[2], state=IntroductionState.DECLINED
    )
    made.asked_at = now()
    session.flush()
    after = trial_past.past_pages(session, ids, terms, since=None).rewards.sum()
    assert before == after > 0


@pytest.mark.parametrize(
    ("have", "days", "expected"),
    [(0.0, 10, None), (50.0, 10, None), (25.0, 10, "2026-12-03")],
)
def test_from_when_there_will_be_enough(
    have: float, days: int, expected: str | None
) -> None:
    assert trial_past.ready_on(have, 50.0, days, TODAY) == expected
