"""What is learned from, on both databases, and what is kept of it."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from matchmaker.clock import now
from matchmaker.engine.community import Community
from matchmaker.engine.examples import STATEMENTS, Example
from matchmaker.engine.scoring import DEFAULT_WEIGHTS
from matchmaker.matching import learning, versions
from matchmaker.matching.inputs import list_members, make_member
from matchmaker.matching.models import (
    Decision,
    DecisionKind,
    DecisionReason,
    DeclineReason,
    Impression,
    IntroductionState,
    MatchRun,
    ModelState,
    Outcome,
)
from matchmaker.messaging.models import Message
from matchmaker.profiles.models import Profile, ProfileStatus
from tests.conftest import MakeMember, add_introduction

LONG_AGO = date(2026, 3, 2)
Show = Callable[..., None]


@pytest.fixture
def people(make_member: MakeMember) -> list[Profile]:
    """Give three people who have something for each other."""
    wants = ("Rail freight to China", "Wheat of the third class", "Wagons for grain")
    return [
        make_member(
            name=name,
            requests=(("logistics", want),),
            offers=(("logistics", have),),
        )
        for name, want, have in zip(
            ("Anna", "Boris", "Chen"), wants, (*wants[1:], wants[0]), strict=True
        )
    ]


@pytest.fixture
def show(session: Session) -> Show:
    """Return a function that logs that a candidate was shown to a seeker."""
    run = MatchRun(
        model_version_id=versions.live_version(session).id, kind="full", seed=1
    )
    session.add(run)
    session.flush()

    def log(
        seeker: Profile,
        candidate: Profile,
        *,
        position: int = 1,
        propensity: float = 1.0,
        day: date = LONG_AGO,
    ) -> None:
        session.add(
            Impression(
                run_id=run.id,
                seeker_id=seeker.id,
                candidate_id=candidate.id,
                position=position,
                propensity=propensity,
                joint=0.3,
                shown_on=day,
            )
        )
        session.flush()

    return log


def words(rows: list[Example]) -> list[str]:
    known = {said: word for word, said in reversed(STATEMENTS.items())}
    return sorted(known[row.statement] for row in rows)


def community_of(session: Session) -> Community:
    return Community().fit([make_member(one) for one in list_members(session)])


def test_what_is_shown_and_left_is_passed_over_once_some_days_have_gone_by(
    session: Session, people: list[Profile], show: Show
) -> None:
    anna, boris, chen = people
    show(anna, boris)
    show(anna, chen, day=now().date())
    (row,) = learning.list_examples(session)
    assert row == Example(
        str(anna.id), str(boris.id), STATEMENTS["passed"], LONG_AGO, 1.0, 1.0
    )


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ((DecisionKind.SAVED, None), "saved"),
        ((DecisionKind.NOT_FOR_ME, None), "passed"),  # the same label: a no
        ((DecisionKind.NOT_FOR_ME, DecisionReason.WRONG_SECTOR), "passed"),
        ((DecisionKind.NOT_FOR_ME, DecisionReason.ALREADY_KNOWN), None),
        ((DecisionKind.NOT_FOR_ME, DecisionReason.NOT_NOW), None),
    ],
)
def test_a_decision_says_as_much_as_its_reason_says_of_the_fit(
    session: Session,
    people: list[Profile],
    show: Show,
    said: tuple[DecisionKind, DecisionReason | None],
    word: str | None,
) -> None:
    anna, boris, _ = people
    show(anna, boris)
    session.add(
        Decision(seeker_id=anna.id, candidate_id=boris.id, kind=said[0], reason=said[1])
    )
    session.flush()
    assert words(learning.list_examples(session)) == ([word] if word else [])


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (IntroductionState.PENDING, ["asked"]),
        (IntroductionState.EXPIRED, ["asked"]),
        (IntroductionState.WITHDRAWN, []),
        (IntroductionState.DECLINED, ["asked", "declined"]),
        (IntroductionState.ACCEPTED, ["accepted", "asked"]),
    ],
)
def test_silence_and_withdrawal_are_no_rejection(
    session: Session,
    people: list[Profile],
    show: Show,
    state: IntroductionState,
    expected: list[str],
) -> None:
    anna, boris, _ = people
    show(anna, boris)
    add_introduction(session, anna, boris, state=state)
    rows = learning.list_examples(session)
    assert words(rows) == expected
    answered = [row for row in rows if row.statement.stage == 1]
    assert all(row.gainer == str(boris.id) for row in answered)


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        (DeclineReason.NOT_NOW, ["asked"]),
        (DeclineReason.NOT_RELEVANT, ["asked", "declined"]),
    ],
)
def test_a_no_for_now_says_nothing_of_the_fit(
    session: Session,
    people: list[Profile],
    show: Show,
    reason: DeclineReason,
    expected: list[str],
) -> None:
    anna, boris, _ = people
    show(anna, boris)
    no = add_introduction(session, anna, boris, state=IntroductionState.DECLINED)
    no.reason = reason
    session.flush()
    assert words(learning.list_examples(session)) == expected


def test_a_request_from_the_directory_counts_by_its_answer_only(
    session: Session, people: list[Profile]
) -> None:
    add_introduction(session, people[0], people[1])
    assert words(learning.list_examples(session)) == ["accepted"]


def test_who_was_asked_first_has_not_passed_over_the_other(
    session: Session, people: list[Profile], show: Show
) -> None:
    show(people[1], people[0])
    add_introduction(session, people[0], people[1], state=IntroductionState.DECLINED)
    assert words(learning.list_examples(session)) == ["declined"]


def test_each_side_tells_of_its_own_gain_and_its_latest_word_counts(
    session: Session, people: list[Profile]
) -> None:
    anna, boris, _ = people
    introduction = add_introduction(session, anna, boris)
    told = [
        (anna, 1, "cooperation_possible"),
        (anna, 2, "no_contact"),
        (boris, 1, "informative"),
        (boris, 2, "knowledge"),
    ]
    for author, stage, value in told:
        session.add(
            Outcome(
                introduction_id=introduction.id,
                author_id=author.id,
                stage=stage,
                value=value,
            )
        )
    session.flush()
    rows = {
        (row.gainer, row.statement.stage.name): row
        for row in learning.list_examples(session)
    }
    one, other = str(anna.id), str(boris.id)
    assert rows.keys() == {(other, "ASKED"), (one, "MET"), (other, "MET")}
    assert rows[one, "MET"].statement == STATEMENTS["no_contact"]
    assert rows[other, "MET"].statement == STATEMENTS["knowledge"]
    assert rows[one, "MET"].other == other
    # The request was accepted, but it has helped only as much as the sides say.
    assert rows[other, "ASKED"].statement.label == 1
    assert rows[other, "ASKED"].helped == pytest.approx(0.2)


def test_a_talk_that_was_not_held_says_nothing_of_the_fit(
    session: Session, people: list[Profile]
) -> None:
    introduction = add_introduction(session, people[0], people[1])
    session.add(
        Outcome(
            introduction_id=introduction.id,
            author_id=people[0].id,
            stage=1,
            value="not_held",
        )
    )
    session.flush()
    (row,) = learning.list_examples(session)
    assert words([row]) == ["accepted"]
    assert row.helped is None


def test_a_place_is_looked_at_with_the_chance_of_its_position_over_all_days(
    session: Session, people: list[Profile], show: Show
) -> None:
    anna, boris, chen = people
    show(anna, boris, position=4)
    show(anna, boris, position=2, day=LONG_AGO + timedelta(days=1))
    show(anna, chen, position=10)
    rows = {row.other: row for row in learning.list_examples(session)}
    twice = rows[str(boris.id)]
    assert twice.examined == pytest.approx(1 - (1 - 1 / 4) * (1 - 1 / 2))
    assert (twice.day, twice.shown) == (LONG_AGO, 1)
    assert rows[str(chen.id)].examined == pytest.approx(1 / 10)


def test_a_drawn_candidate_could_stand_at_any_drawn_place(
    session: Session, people: list[Profile], show: Show
) -> None:
    anna, boris, chen = people
    show(anna, boris, position=9, propensity=1 / 20)
    show(anna, chen, position=10, propensity=1 / 20)
    show(boris, chen, position=10, propensity=1 / 20)
    rows = {(row.gainer, row.other): row for row in learning.list_examples(session)}
    assert rows[str(anna.id), str(chen.id)].shown == pytest.approx(2 / 20)
    assert rows[str(boris.id), str(chen.id)].shown == pytest.approx(1 / 20)


def test_what_was_shown_or_asked_before_the_day_is_left_out(
    session: Session, people: list[Profile], show: Show
) -> None:
    anna, boris, chen = people
    show(anna, boris)
    show(anna, chen, day=LONG_AGO + timedelta(days=1))
    old = add_introduction(session, boris, chen)
    old.asked_at = now() - timedelta(days=365)
    session.flush()
    rows = learning.list_examples(session, since=LONG_AGO + timedelta(days=1))
    assert [row.other for row in rows] == [str(chen.id)]
    assert len(learning.list_examples(session)) == 3


def test_training_reads_few_statements_and_never_a_message(
    session: Session, people: list[Profile], show: Show
) -> None:
    anna, boris, chen = people
    for one in people:
        for other in people:
            if one is not other:
                show(one, other)
    introduction = add_introduction(session, anna, boris)
    session.add(
        Message(
            introduction_id=introduction.id,
            author_id=anna.id,
            recipient_id=boris.id,
            text="private",
            lang="en",
            form_key="k",
        )
    )
    chen.status = ProfileStatus.DRAFT
    session.flush()
    community, sent = community_of(session), []
    connection = session.connection()

    def note(_c: object, _cur: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    event.listen(connection, "before_cursor_execute", note)
    examples = learning.training_set(session, community)
    event.remove(connection, "before_cursor_execute", note)
    assert len(sent) == 4
    assert not any("message" in one or "follow_up" in one for one in sent)
    # Anna and Boris about each other, the answer; Chen is not listed any more.
    assert len(examples) == 2
    assert examples.gains[:, 0].max() > 0


def trained(session: Session, people: list[Profile]) -> learning.Trained:
    add_introduction(session, people[0], people[1])
    return learning.train(learning.training_set(session, community_of(session)))


def test_a_candidate_is_kept_with_everything_one_needs_to_judge_it(
    session: Session, people: list[Profile]
) -> None:
    found = trained(session, people)
    assert found.doubts == ["few-statements", "few-answers", "one-day"]
    version = learning.add_candidate(session, found, name="first", author="Anna")
    session.expire_all()
    assert version.state is ModelState.CANDIDATE
    assert version.window_from == version.window_to == now().date()
    assert version.metrics is not None
    assert version.metrics["statements"] == {"shown": 0, "asked": 1, "met": 0}
    assert version.metrics["errors"].keys() >= {"bias", "text", "place"}
    # Scores stay as they are until it is promoted.
    assert versions.live_weights(session) == DEFAULT_WEIGHTS


def test_nothing_to_learn_from_is_said(session: Session) -> None:
    examples = learning.training_set(session, Community().fit([]))
    assert len(examples) == 0
    with pytest.raises(ValueError, match="nothing"):
        learning.train(examples)
