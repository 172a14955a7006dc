"""Blind review: who judges what, disputes, figures, the exported set."""

import json
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matchmaker.accounts.models import User
from matchmaker.engine.evaluation_set import read_evaluation_set
from matchmaker.errors import DomainError
from matchmaker.matching import (
    lists,
    review_drawing,
    review_export,
    review_figures,
    reviews,
)
from matchmaker.matching.bridge import MarketShape, Matcher
from matchmaker.matching.models import Band, Proposal
from matchmaker.matching.review_models import ReviewLabel, ReviewPair, Source, Verdict
from matchmaker.profiles.models import Profile, ProfileStatus
from matchmaker.trust import blocks
from tests.conftest import MakeMember, add_member
from tests.matching.reviewing import add_pair, add_round

POLICY = lists.Policy(MarketShape(3, 6, 0.5, 20), exploration=0.0, rematch_days=90)
TRADES = ("wheat flour", "cotton yarn", "solar panels", "raw honey")


@pytest.fixture
def crowd(session: Session) -> list[Profile]:
    """Give twenty members whose needs some others answer, with their lists."""
    people = [
        add_member(
            session,
            name=f"Person {at}",
            organisation=f"House {at}",
            country=("KZ", "RU", "CN")[at % 3],
            languages=(("ru",), ("ru", "en"), ("zh",))[at % 3],
            offers=(("supply", f"{TRADES[at % 4]}, {at} t a month"),),
            requests=(("buy", f"a supplier of {TRADES[(at + 1) % 4]}"),),
        )
        for at in range(20)
    ]
    matcher = Matcher()
    for person in people:
        person.status = ProfileStatus.ACTIVE
    session.flush()
    for person in people:
        lists.refresh_member(session, matcher, POLICY, person.id)
    return people


@pytest.fixture
def reviewers(make_member: MakeMember) -> list[int]:
    """Give three admins who are on no list."""
    found = []
    for number in range(3):
        user = make_member(name=f"Admin {number}", is_admin=True).user
        assert user is not None
        found.append(user.id)
    return found


def listed(session: Session, name: str = "A") -> Profile:
    """Add somebody with one offer and one request who is listed."""
    found = add_member(
        session,
        name=f"Name of {name}",
        organisation=f"House of {name}",
        offers=(("supply", "wheat flour in bags"),),
        requests=(("buy", "cotton yarn"),),
    )
    found.status = ProfileStatus.ACTIVE
    session.flush()
    return found


def says(session: Session, pair: ReviewPair, *words: tuple[int, Verdict]) -> None:
    """Let reviewers judge a pair, one after the other."""
    for who, verdict in words:
        reviews.judge(session, who, pair.public_id, verdict=verdict)


@pytest.mark.usefixtures("crowd")
def test_a_round_has_pairs_of_every_source_each_with_its_chance(
    session: Session,
) -> None:
    made = review_drawing.draw_round(session, Matcher(), POLICY, pairs=20, seed=5)
    pairs = list(session.scalars(select(ReviewPair)))
    assert {one.source for one in pairs} >= {Source.FIRST, Source.LISTED, Source.BELOW}
    assert 15 <= len(pairs) <= 20
    assert all(0 < one.chance <= 1 for one in pairs)
    proposed = session.scalar(select(func.count(Proposal.id)))
    assert made.sizes["first"] + made.sizes["listed"] == proposed
    assert sum(made.sizes.values()) == 20 * 19
    sides = Counter(frozenset({one.seeker_id, one.candidate_id}) for one in pairs)
    assert set(sides.values()) == {1}
    assert {one.swapped for one in pairs} == {True, False}


@pytest.mark.usefixtures("crowd")
def test_what_was_drawn_from_a_list_was_on_it(
    session: Session,
) -> None:
    review_drawing.draw_round(session, Matcher(), POLICY, pairs=20, seed=6)
    places = {
        (one.seeker_id, one.candidate_id): one.position
        for one in session.scalars(select(Proposal))
    }
    for one in session.scalars(select(ReviewPair)):
        place = places.get((one.seeker_id, one.candidate_id))
        if one.source is Source.FIRST:
            assert place is not None
            assert place <= 3
        elif one.source is Source.LISTED:
            assert place is not None
            assert place > 3
        else:
            assert place is None


def test_a_week_is_drawn_once_and_not_before_there_are_proposals(
    session: Session,
) -> None:
    listed(session)
    with pytest.raises(DomainError, match="review-nothing"):
        review_drawing.draw_round(session, Matcher(), POLICY, pairs=20)
    add_round(session, week=review_drawing.monday())
    with pytest.raises(DomainError, match="review-drawn"):
        review_drawing.draw_round(session, Matcher(), POLICY, pairs=20)
    assert review_drawing.monday(date(2026, 11, 22)) == date(2026, 11, 16)


def test_two_people_judge_a_pair_and_never_one_of_its_sides(
    session: Session, reviewers: list[int]
) -> None:
    one, other = listed(session, "A"), listed(session, "B")
    assert one.user is not None
    pair = add_pair(session, add_round(session), one, other)
    first, second, third = reviewers
    assert reviews.list_open(session, one.user.id) == []
    with pytest.raises(DomainError, match="review-unknown"):
        reviews.get_pair(session, one.user.id, pair.public_id)
    says(session, pair, (first, Verdict.GOOD))
    assert reviews.list_open(session, first) == []
    assert reviews.list_open(session, second) == [pair]
    says(session, pair, (second, Verdict.GOOD))
    assert reviews.list_open(session, third) == []


def test_a_word_said_twice_is_one_and_the_last_can_be_taken_back(
    session: Session, reviewers: list[int]
) -> None:
    pair = add_pair(session, add_round(session), listed(session), listed(session, "B"))
    says(session, pair, (reviewers[0], Verdict.GOOD), (reviewers[0], Verdict.BAD))
    assert session.scalars(select(ReviewLabel.verdict)).all() == [Verdict.BAD]
    assert reviews.progress(session, reviewers[0]) == reviews.Progress(1, 1)
    assert reviews.undo_last(session, reviewers[0]) == pair.public_id
    assert reviews.list_open(session, reviewers[0]) == [pair]
    with pytest.raises(DomainError, match="review-no-undo"):
        reviews.undo_last(session, reviewers[0])


def test_a_dispute_goes_to_a_third_who_knows_nothing_of_it_and_settles_it(
    session: Session, reviewers: list[int]
) -> None:
    pair = add_pair(session, add_round(session), listed(session), listed(session, "B"))
    first, second, third = reviewers
    says(session, pair, (first, Verdict.GOOD), (second, Verdict.BAD))
    assert reviews.list_open(session, third) == [pair]
    assert reviews.list_disputes(session, third)[0].verdicts == []
    seen = reviews.list_disputes(session, first)[0].verdicts
    assert seen == [Verdict.GOOD, Verdict.BAD]
    figures = review_figures.figures(session)
    assert figures.precision is not None
    assert figures.precision.value == 0.5
    says(session, pair, (third, Verdict.BAD))
    assert reviews.list_disputes(session, first)[0].settled is Verdict.BAD
    figures = review_figures.figures(session)
    assert figures.precision is not None
    assert figures.precision.value == 0


def test_who_cannot_say_leaves_the_pair_to_others_but_not_for_ever(
    session: Session, reviewers: list[int], make_member: MakeMember
) -> None:
    pair = add_pair(session, add_round(session), listed(session), listed(session, "B"))
    says(session, pair, *((one, Verdict.CANNOT_SAY) for one in reviewers))
    user = make_member(name="Admin 4").user
    assert user is not None
    assert reviews.list_open(session, user.id) == [pair]
    says(session, pair, (user.id, Verdict.CANNOT_SAY))
    figures = review_figures.figures(session)
    assert (figures.judged, figures.unsayable, figures.alpha) == (0, 1, None)
    assert figures.precision is None
    assert all(not rows for rows in figures.tables.values())


def test_a_pair_of_somebody_erased_or_blocked_comes_before_nobody(
    session: Session, reviewers: list[int]
) -> None:
    gone, other = listed(session), listed(session, "B")
    pair = add_pair(session, add_round(session), gone, other)
    own = session.scalars(select(Profile).where(Profile.user_id == reviewers[1])).one()
    blocks.block(session, other.id, own.id)
    assert reviews.list_open(session, reviewers[1]) == []
    with pytest.raises(DomainError, match="review-unknown"):
        reviews.get_pair(session, reviewers[1], pair.public_id)
    says(session, pair, (reviewers[0], Verdict.GOOD))
    gone.status = ProfileStatus.ERASED
    session.flush()
    assert reviews.list_open(session, reviewers[2]) == []
    assert review_figures.figures(session).judged == 1
    with pytest.raises(DomainError, match="review-unknown"):
        reviews.judge(session, reviewers[2], pair.public_id, verdict=Verdict.BAD)
    session.delete(gone)
    session.flush()
    session.expire_all()
    assert review_figures.figures(session).drawn == 0


def test_a_reviewer_who_left_does_not_take_the_words_along(
    session: Session, reviewers: list[int]
) -> None:
    pair = add_pair(session, add_round(session), listed(session), listed(session, "B"))
    says(session, pair, (reviewers[0], Verdict.GOOD))
    session.delete(session.get_one(User, reviewers[0]))
    session.flush()
    session.expire_all()
    assert review_figures.figures(session).judged == 1
    assert reviews.list_open(session, reviewers[1]) == [pair]


def test_a_share_weighs_a_pair_by_how_many_it_stands_for(
    session: Session, reviewers: list[int]
) -> None:
    made, people = add_round(session), [listed(session, str(at)) for at in range(4)]
    rare = add_pair(session, made, people[0], people[1], chance=0.75)
    common = add_pair(session, made, people[2], people[3], chance=0.25)
    says(session, rare, (reviewers[0], Verdict.GOOD))
    says(session, common, (reviewers[0], Verdict.BAD))
    figures = review_figures.figures(session)
    assert figures.precision is not None
    assert figures.precision.value == pytest.approx(0.25)
    assert figures.reviewers == 1
    assert figures.alpha is None


def test_what_was_missed_is_told_only_of_enough_pairs_and_adds_up(
    session: Session, reviewers: list[int]
) -> None:
    made, people = add_round(session), [listed(session, str(at)) for at in range(6)]
    sources = {Source.FIRST: 4, Source.BELOW: 10, Source.UNLISTED: 10}
    ways = [(a, b) for a in people for b in people if a is not b]
    for source, count in sources.items():
        for at in range(count):
            pair = add_pair(session, made, *ways.pop(), source=source)
            good = source is Source.FIRST or at == 0
            said = Verdict.GOOD if good else Verdict.BAD
            says(session, pair, (reviewers[0], said))
        if source is Source.BELOW:
            assert review_figures.figures(session).missed is None
    missed = review_figures.figures(session).missed
    assert missed is not None
    # All ten on first pages, a tenth of the ten below and of the ten elsewhere.
    assert missed.listed == pytest.approx(10)
    assert missed.missed == pytest.approx(2)
    assert missed.recall[0] == pytest.approx(10 / 12)
    assert missed.recall[1] < missed.recall[0] < missed.recall[2]


def test_agreement_counts_no_word_that_settles(
    session: Session, reviewers: list[int]
) -> None:
    made, people = add_round(session), [listed(session, str(at)) for at in range(6)]
    first, second, third = reviewers
    words = [(Verdict.GOOD, Verdict.GOOD), (Verdict.BAD, Verdict.BAD)]
    for at, (one, other) in enumerate([*words, (Verdict.GOOD, Verdict.BAD)]):
        pair = add_pair(session, made, people[2 * at], people[2 * at + 1])
        says(session, pair, (first, one), (second, other))
    before = review_figures.figures(session)
    assert before.kappa is not None
    assert before.kappa.value == pytest.approx(0.4)
    says(session, pair, (third, Verdict.BAD))
    after = review_figures.figures(session)
    assert (after.kappa, after.alpha) == (before.kappa, before.alpha)
    assert after.reviewers == 3


def test_the_exported_set_is_read_by_evaluate_and_names_nobody(
    session: Session, reviewers: list[int], tmp_path: Path
) -> None:
    one, two, three = (listed(session, letter) for letter in "ABC")
    made = add_round(session)
    says(session, add_pair(session, made, one, two), (reviewers[0], Verdict.GOOD))
    says(session, add_pair(session, made, one, three), (reviewers[0], Verdict.BAD))
    written = review_export.export(session, tmp_path)
    found = read_evaluation_set(tmp_path, review_export.SPLIT)
    assert (written.seekers, len(found.seekers)) == (2, 2)
    assert len(found.candidates) == 3
    gains = [gain for of in found.gains.values() for gain in of.values()]
    assert sorted(gains) == [0.0, 2.0, 2.0]
    text = "".join(file.read_text() for file in tmp_path.rglob("*.*") if file.is_file())
    assert "wheat flour in bags" in text
    for person in (one, two, three):
        assert person.full_name not in text
        assert person.organisation_name not in text
        assert person.public_id not in text
        assert person.opportunities[0].public_id not in text
    ids = [
        json.loads(line)["id"]
        for line in (tmp_path / "candidates.jsonl").read_text().splitlines()
    ]
    assert str(one.id) not in ids


def test_nothing_good_cannot_be_exported(
    session: Session, reviewers: list[int], tmp_path: Path
) -> None:
    pair = add_pair(session, add_round(session), listed(session), listed(session, "B"))
    says(session, pair, (reviewers[0], Verdict.BAD))
    with pytest.raises(ValueError, match="no listed pair"):
        review_export.export(session, tmp_path / "set")
    assert not (tmp_path / "set").exists()


@pytest.mark.usefixtures("crowd")
def test_the_live_model_is_judged_by_the_words_of_reviewers(
    session: Session, reviewers: list[int]
) -> None:
    matcher = Matcher()
    review_drawing.draw_round(session, matcher, POLICY, pairs=20, seed=1)
    for pair in session.scalars(select(ReviewPair)).all():
        fits = pair.band is Band.STRONG or pair.source is Source.FIRST
        says(session, pair, (reviewers[0], Verdict.GOOD if fits else Verdict.BAD))
    found = review_export.judge_live(session, matcher)
    assert sum(count for count, _ in found.bands.values()) == found.pairs
    assert found.auc is not None
    assert found.auc > 0.5
