"""Whatever two people and the clock do with requests, what is promised holds."""

import contextlib
from datetime import timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)
from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.clock import now
from matchmaker.db import Base, make_engine
from matchmaker.errors import DomainError
from matchmaker.matching import answers, clockwork, rules
from matchmaker.matching.models import (
    OPEN_STATES,
    DeclineReason,
    Introduction,
    IntroductionState,
)
from matchmaker.profiles.models import Profile
from tests.conftest import add_member
from tests.matching.asking import DAYS, TERMS, ask, in_days, let_pass

State = IntroductionState
KNOWN_REFUSALS = {
    "introduction-open",
    "introduction-recent",
    "introduction-closed",
    "introduction-unknown",
    "colleague-unknown",
    "receiver-full",
}
WHO = st.integers(0, 3)


class Asking(RuleBasedStateMachine):
    """Four people, two of one organisation, ask and answer in any order."""

    def __init__(self) -> None:
        super().__init__()
        engine = make_engine("sqlite://")
        Base.metadata.create_all(engine)
        self.session = Session(engine)
        self.seen: dict[int, tuple[State, int]] = {}
        self.people: list[Profile] = []

    @initialize()
    def meet(self) -> None:
        """Let four people in."""
        offers = (("supply", "Wheat"),)
        self.people = [
            add_member(self.session, offers=offers, organisation=name)
            for name in ("One", "Two", "", "Four")
        ]
        self.people[2].organisation = self.people[1].organisation
        self.session.flush()

    def attempt(self, act: Any, *args: Any, **values: Any) -> None:
        """Do something; a refusal must be one that people can be told."""
        with contextlib.suppress(_Refused):
            try:
                with self.session.begin_nested():
                    act(self.session, *args, **values)
            except DomainError as error:
                if error.code not in KNOWN_REFUSALS:
                    raise
                raise _Refused from error

    def all(self) -> list[Introduction]:
        """Return every request."""
        self.session.expire_all()
        return list(
            self.session.scalars(select(Introduction).order_by(Introduction.id))
        )

    def some(self, number: int) -> Introduction:
        """Return one of the requests."""
        found = self.all()
        return found[number % len(found)]

    @rule(one=WHO, other=WHO)
    def ask(self, one: int, other: int) -> None:
        """Somebody asks somebody."""
        if one != other:
            self.attempt(ask, self.people[one], self.people[other])

    @precondition(lambda self: self.seen)
    @rule(number=st.integers(0, 99), who=WHO)
    def accept(self, number: int, who: int) -> None:
        """Somebody says yes, perhaps to what is not theirs."""
        found = self.some(number)
        self.attempt(answers.accept, self.people[who].id, found.public_id)

    @precondition(lambda self: self.seen)
    @rule(number=st.integers(0, 99), reason=st.sampled_from(DeclineReason))
    def decline(self, number: int, reason: DeclineReason) -> None:
        """Say no as the one who was asked."""
        found = self.some(number)
        self.attempt(
            answers.decline, found.candidate_id, found.public_id, reason=reason
        )

    @precondition(lambda self: self.seen)
    @rule(number=st.integers(0, 99), days=st.integers(1, 180))
    def put_off(self, number: int, days: int) -> None:
        """Want time as the one who was asked."""
        found = self.some(number)
        self.attempt(
            answers.put_off,
            found.candidate_id,
            found.public_id,
            day=in_days(days),
            days=DAYS,
        )

    @precondition(lambda self: self.seen)
    @rule(number=st.integers(0, 99), who=WHO)
    def hand_over(self, number: int, who: int) -> None:
        """Pass it on, perhaps to nobody of theirs."""
        found, to = self.some(number), self.people[who].public_id
        self.attempt(
            answers.hand_over,
            found.candidate_id,
            found.public_id,
            to=to,
            terms=TERMS,
        )

    @precondition(lambda self: self.seen)
    @rule(number=st.integers(0, 99))
    def withdraw(self, number: int) -> None:
        """Take it back as the one who asked."""
        found = self.some(number)
        self.attempt(answers.withdraw, found.seeker_id, found.public_id)

    @rule(who=WHO, pace=st.sampled_from([None, *rules.PACES]))
    def choose_pace(self, who: int, pace: int | None) -> None:
        """Somebody wants more or fewer requests."""
        self.attempt(answers.set_pace, self.people[who].id, pace)

    @rule(days=st.integers(1, 100))
    def wait(self, days: int) -> None:
        """Time passes, and the worker does what it brings."""
        for one in self.all():
            let_pass(one, days)
        self.session.flush()
        clockwork.move_due(self.session)

    @invariant()
    def holds(self) -> None:
        """Check what is promised after every step."""
        found = self.all()
        open_pairs = [
            frozenset((one.seeker_id, one.candidate_id))
            for one in found
            if one.state in OPEN_STATES
        ]
        assert len(open_pairs) == len(set(open_pairs)), "a pair has two open requests"
        for one in found:
            self._check_step(one)
            assert (one.pair_key is not None) == (one.state in OPEN_STATES)
            if one.state in {State.QUEUED, State.LATER}:
                assert one.returns_at is not None
                assert one.expires_at - one.returns_at >= timedelta(days=DAYS)
            if one.state is State.PENDING:
                assert one.expires_at > now() - timedelta(minutes=1)

    def _check_step(self, one: Introduction) -> None:
        before, version = self.seen.get(one.id, (one.state, one.version))
        assert one.version >= version
        if one.version == version:
            assert one.state is before, "a state changed without a version"
        elif one.version == version + 1:
            assert one.state in rules.TRANSITIONS[before]
        self.seen[one.id] = one.state, one.version

    def teardown(self) -> None:
        """Forget everything."""
        self.session.close()


class _Refused(Exception):  # noqa: N818  it ends a step, nothing is wrong
    """A step was refused and undone."""


TestAsking = Asking.TestCase
TestAsking.settings = settings(max_examples=15, stateful_step_count=20, deadline=None)
