"""Three months of introductions, in the order in which things can happen."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from random import Random

from matchmaker.demo.aftermath import Ledger
from matchmaker.demo.clockwork import awake, midnight
from matchmaker.demo.model import DemoFollowUp, DemoIntroduction, IntroductionState
from matchmaker.demo.pairing import Pair, choose_pairs, find_pairs
from matchmaker.demo.people import Member
from matchmaker.demo.talk import Speech

INTRODUCTIONS = 150
# Out of a hundred: what becomes of an introduction.
_STATE_SHARES: tuple[tuple[IntroductionState, int], ...] = (
    ("accepted", 45),
    ("declined", 15),
    ("expired", 20),
    ("pending", 20),
)
EXPIRY_DAYS = 7
# The one who needs something asks more often than the one who offers it.
REQUESTER_ASKS_SHARE = 0.6
# How many days before today an introduction of a state was asked at the latest.
_LATEST_DAYS: dict[IntroductionState, float] = {
    "accepted": 6,
    "declined": 5,
    "expired": 8,
    "pending": 0.9,
}
PENDING_DAYS = 6.2
ANSWER_HOURS = (2, 120)


@dataclass(frozen=True, slots=True)
class _Plan:
    """Who asks whom, with which end."""

    pair: Pair
    seeker: Member
    state: IntroductionState
    days_ago: float | None = None  # None: anywhere between joining and the latest day.
    overdue: bool = False

    @property
    def candidate(self) -> Member:
        pair = self.pair
        return pair.provider if self.seeker is pair.requester else pair.requester


@dataclass(slots=True)
class Historian:
    """Writes the introductions of a community."""

    today: date
    rng: Random
    speech: Speech = field(init=False)
    ledger: Ledger = field(init=False)

    def __post_init__(self) -> None:
        """Give all parts the same generator, so that one seed decides everything."""
        self.speech = Speech(self.rng)
        self.ledger = Ledger(self.today, self.rng)

    def introductions(self, members: list[Member]) -> tuple[DemoIntroduction, ...]:
        """Return all introductions, the oldest first."""
        pairs = find_pairs(members)
        own = _plans_of_member(pairs, rng=self.rng)
        others = [p for p in pairs if not p.keys & {"member", "organiser", "admin"}]
        chosen = choose_pairs(others, INTRODUCTIONS - len(own), rng=self.rng)
        plans = own + self._plans(chosen)
        written = [self._write(plan) for plan in plans]
        written.sort(key=lambda i: (i.asked_at, i.seeker, i.candidate))
        return tuple(
            replace(introduction, key=f"i{number:03d}")
            for number, introduction in enumerate(written, start=1)
        )

    def _plans(self, pairs: list[Pair]) -> list[_Plan]:
        states: list[IntroductionState] = []
        for state, share in _STATE_SHARES:
            states += [state] * round(len(pairs) * share / 100)
        states += ["accepted"] * (len(pairs) - len(states))
        self.rng.shuffle(states)
        plans: list[_Plan] = []
        for pair, state in zip(pairs, states, strict=False):
            asks = self.rng.random() < REQUESTER_ASKS_SHARE
            seeker = pair.requester if asks else pair.provider
            plans.append(_Plan(pair, seeker, state))
        return plans

    def _write(self, plan: _Plan) -> DemoIntroduction:
        asked_at = self._asked_at(plan)
        expires_at = asked_at + timedelta(days=EXPIRY_DAYS)
        seeker_asks = plan.seeker is plan.pair.requester
        items = (plan.pair.request, plan.pair.offer)
        introduction = DemoIntroduction(
            key="",
            seeker=plan.seeker.person.key,
            candidate=plan.candidate.person.key,
            seeker_item=items[0] if seeker_asks else items[1],
            candidate_item=items[1] if seeker_asks else items[0],
            note=self.speech.note(plan.pair, plan.seeker),
            lang=plan.seeker.person.locale,
            state=plan.state,
            asked_at=asked_at,
            answered_at=None,
            expires_at=expires_at,
            messages=(),
            follow_ups=(),
            outcomes=(),
        )
        if plan.state in {"pending", "expired"}:
            return introduction
        answered_at = self._answered_at(plan, asked_at, expires_at=expires_at)
        if plan.state == "declined":
            return replace(introduction, answered_at=answered_at)
        return self._continued(introduction, plan, answered_at)

    def _continued(
        self, introduction: DemoIntroduction, plan: _Plan, answered_at: datetime
    ) -> DemoIntroduction:
        end = midnight(self.today)
        messages = self.speech.conversation(plan.pair, answered_at, end=end)
        last = messages[-1].sent_at if messages else answered_at
        follow_ups: tuple[DemoFollowUp, ...] = ()
        if plan.overdue:
            author = _the_member(plan.pair)
            follow_ups = (self.ledger.overdue(plan.pair, author, last),)
        elif plan.days_ago is None:
            follow_ups = self.ledger.follow_ups(plan.pair, last)
        after = max([last, *(f.recorded_at for f in follow_ups)])
        outcomes = self.ledger.outcomes(
            plan.pair,
            introduction.asked_at.date(),
            last=after,
            met=bool(follow_ups),
        )
        return replace(
            introduction,
            answered_at=answered_at,
            messages=messages,
            follow_ups=follow_ups,
            outcomes=outcomes,
        )

    def _asked_at(self, plan: _Plan) -> datetime:
        end = midnight(self.today)
        if plan.days_ago is not None:
            moment = end - timedelta(days=plan.days_ago)
            return awake(moment, plan.seeker.person.time_zone, rng=self.rng)
        latest = end - timedelta(days=_LATEST_DAYS[plan.state])
        earliest = max(
            member.person.joined_at or end for member in (plan.seeker, plan.candidate)
        ) + timedelta(hours=2)
        if plan.state == "pending":
            earliest = max(earliest, end - timedelta(days=PENDING_DAYS))
        # The square pulls towards the early days, when the events were fresh.
        share = self.rng.random() ** (2 if plan.state == "accepted" else 1)
        moment = earliest + (latest - earliest) * share
        return awake(moment, plan.seeker.person.time_zone, rng=self.rng)

    def _answered_at(
        self, plan: _Plan, asked_at: datetime, *, expires_at: datetime
    ) -> datetime:
        zone = plan.candidate.person.time_zone
        end = min(expires_at, midnight(self.today))
        while True:
            hours = self.rng.randint(*ANSWER_HOURS)
            answered = awake(asked_at + timedelta(hours=hours), zone, rng=self.rng)
            if answered < end:
                return answered


def _plans_of_member(pairs: list[Pair], *, rng: Random) -> list[_Plan]:
    """Plan what the printed member finds: to answer, to continue, to catch up on."""
    own = [
        pair
        for pair in pairs
        if "member" in pair.keys and not pair.keys & {"organiser", "admin"}
    ]
    chosen = _one_per_partner(own, rng=rng)
    asks_member: list[tuple[IntroductionState, float, bool]] = [
        ("pending", 1.2, False),
        ("pending", 2.6, False),
        ("pending", 4.7, False),
        ("accepted", 9.3, False),
        ("accepted", 24.4, True),
    ]
    plans: list[_Plan] = []
    for pair, (state, days_ago, overdue) in zip(chosen, asks_member, strict=False):
        other = next(
            m for m in (pair.requester, pair.provider) if m.person.key != "member"
        )
        plans.append(_Plan(pair, other, state, days_ago, overdue=overdue))
    later = chosen[len(plans) : len(plans) + 2]
    return plans + [_Plan(pair, _the_member(pair), "accepted") for pair in later]


def _one_per_partner(pairs: list[Pair], *, rng: Random) -> list[Pair]:
    """Return pairs with different partners, first those that need something else."""
    order = pairs.copy()
    rng.shuffle(order)
    order.sort(key=_familiarity)
    chosen: list[Pair] = []
    seen: set[frozenset[str]] = set()
    items: list[tuple[int, bool]] = []
    for round_number in range(len(order)):
        for pair in order:
            item = _member_item(pair)
            if pair.keys in seen or items.count(item) > round_number:
                continue
            chosen.append(pair)
            seen.add(pair.keys)
            items.append(item)
    return chosen


def _familiarity(pair: Pair) -> int:
    """Put partners who write Russian or Chinese first: the talks read best."""
    locales = {pair.requester.person.locale, pair.provider.person.locale}
    return 0 if "en" not in locales else 1


def _member_item(pair: Pair) -> tuple[int, bool]:
    asks = pair.requester.person.key == "member"
    return (pair.request if asks else pair.offer, asks)


def _the_member(pair: Pair) -> Member:
    return pair.requester if pair.requester.person.key == "member" else pair.provider
