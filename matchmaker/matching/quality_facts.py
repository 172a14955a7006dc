"""What came of proposals: each pair's way from interest to agreement.

Reads decisions, introductions and outcomes, which are few beside impressions. What was
noted of a contact stands in a room above and is handed in as a query.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from hashlib import blake2b

from sqlalchemy import Select, select, union
from sqlalchemy.orm import Session
from sqlalchemy.sql import func

from matchmaker.matching import rules
from matchmaker.matching.models import (
    Decision,
    DecisionKind,
    Impression,
    Introduction,
    IntroductionState,
    Outcome,
)
from matchmaker.matching.quality_rules import FOLLOW_UP_DAYS, monday

Directed = tuple[int, int]
#: 0 or 1 for each of ``quality_rules.STEPS``, without the first.
Way = tuple[int, ...]
#: A query of (introduction id, day of its first follow-up).
Followed = Select[int, date]

GOOD = ("cooperation_possible", "valuable_contact", "negotiation", "agreement")
AGREED = "agreement"
#: What is no request to anybody: it never came before the receiver, or was taken back.
NOT_ASKED = (IntroductionState.QUEUED, IntroductionState.WITHDRAWN)
INTEREST: Way = (1, 0, 0, 0, 0, 0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Request:
    """A request to be introduced, with what became of it where it was handed over."""

    pair: Directed
    day: date
    hours: int
    way: Way


@dataclass(slots=True)
class Facts:
    """Everything that was said, by the day to which it is counted.

    Attributes
    ----------
    pairs
        By the day of first exposure: how far each pair came that came anywhere.
    beside
        By the day of asking: requests of pairs that had not been shown.
    hours
        Requests by day of asking and whole hours to the answer, -1 for none.
    received
        Requests by week and by who was asked.
    """

    pairs: dict[date, dict[Directed, Way]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    beside: dict[date, list[Way]] = field(default_factory=lambda: defaultdict(list))
    hours: Counter[tuple[date, int]] = field(default_factory=Counter)
    received: Counter[tuple[date, int]] = field(default_factory=Counter)

    def days(self) -> set[date]:
        """Return the days of which anything is told."""
        return {*self.pairs, *self.beside}

    def digest(self, day: date) -> str:
        """Return a text that changes whenever what is told of a day does."""
        told = sorted(self.pairs.get(day, {}).items())
        found = blake2b(repr(told).encode(), digest_size=16)
        found.update(repr(sorted(self.beside.get(day, ()))).encode())
        return found.hexdigest()


def collect(session: Session, followed: Followed, *, today: date) -> Facts:
    """Return what came of everything that was ever shown or asked. Six statements.

    Parameters
    ----------
    followed
        Introductions with the day of their first follow-up that took place.
    today
        Follow-ups are waited for until 14 days after the yes.
    """
    facts, first = Facts(), _first_days(session)
    for seeker, candidate, at in session.execute(
        select(Decision.seeker_id, Decision.candidate_id, Decision.decided_at).where(
            Decision.kind == DecisionKind.INTERESTED
        )
    ):
        pair = (seeker, candidate)
        if pair in first and at.date() >= first[pair]:
            facts.pairs[first[pair]][pair] = INTEREST
    for request in list_requests(session, followed, today=today):
        shown = first.get(request.pair)
        if shown is None or request.day < shown:
            facts.beside[request.day].append(request.way)
        else:
            known = facts.pairs[shown].get(request.pair, INTEREST)
            facts.pairs[shown][request.pair] = farther(known, request.way)
        facts.hours[request.day, request.hours] += 1
        facts.received[monday(request.day), request.pair[1]] += 1
    return facts


def farther(one: Way, other: Way) -> Way:
    """Return how far a pair came that was asked more than once."""
    return tuple(max(pair) for pair in zip(one, other, strict=True))


def _first_days(session: Session) -> dict[Directed, date]:
    """Return the day of first exposure of the pairs of which something was said."""
    said = union(
        select(Decision.seeker_id, Decision.candidate_id).where(
            Decision.kind == DecisionKind.INTERESTED
        ),
        select(Introduction.seeker_id, Introduction.candidate_id),
    ).subquery()
    rows = session.execute(
        select(said.c.seeker_id, said.c.candidate_id, func.min(Impression.shown_on))
        .join(
            Impression,
            (Impression.seeker_id == said.c.seeker_id)
            & (Impression.candidate_id == said.c.candidate_id),
        )
        .group_by(said.c.seeker_id, said.c.candidate_id)
    )
    return {(row[0], row[1]): row[2] for row in rows}


@dataclass(frozen=True, slots=True)
class _Row:
    """An introduction as far as the chain asks."""

    id: int
    pair: Directed
    state: IntroductionState
    asked_at: datetime
    came_at: datetime
    answered_at: datetime | None


def list_requests(
    session: Session, followed: Followed, *, today: date
) -> Iterator[Request]:
    """Yield the requests that reached somebody; a hand-over goes on in the first."""
    rows, successor = _rows(session)
    good, agreed = _told(session, GOOD), _told(session, (AGREED,))
    talked = {row[0]: row[1] for row in session.execute(followed)}
    later = set(successor.values())
    for one in rows.values():
        if one.id in later or one.state in NOT_ASKED:
            continue
        chain = list(_chain(one, rows, successor))
        yes = next(
            (row for row in chain if row.state is IntroductionState.ACCEPTED), None
        )
        after = _after(yes, talked, today) if yes else (0, 0)
        told = [int(yes is not None and yes.id in ids) for ids in (good, agreed)]
        answered = int(one.state in rules.ANSWERED)
        due = int(one.state is not IntroductionState.PENDING)
        way = (1, 1, due, answered, int(yes is not None), *after, *told)
        yield Request(one.pair, one.asked_at.date(), _hours(one), way)


def _rows(session: Session) -> tuple[dict[int, _Row], dict[int, int]]:
    """Return all introductions, and as which one each was handed on."""
    rows: dict[int, _Row] = {}
    successor: dict[int, int] = {}
    for known, one, other, state, asked, came, answered, before in session.execute(
        select(
            Introduction.id,
            Introduction.seeker_id,
            Introduction.candidate_id,
            Introduction.state,
            Introduction.asked_at,
            func.coalesce(Introduction.delivered_at, Introduction.asked_at),
            Introduction.answered_at,
            Introduction.handed_from_id,
        ).order_by(Introduction.id)
    ):
        rows[known] = _Row(known, (one, other), state, asked, came, answered)
        if before is not None:
            successor[before] = known
    return rows, successor


def _told(session: Session, values: Iterable[str]) -> set[int]:
    """Return the introductions of which a side said one of these words."""
    asked = select(Outcome.introduction_id).where(Outcome.value.in_(tuple(values)))
    return set(session.scalars(asked.distinct()))


def _chain(
    one: _Row, rows: Mapping[int, _Row], successor: Mapping[int, int]
) -> Iterator[_Row]:
    """Yield a request and those that colleagues handed it on as."""
    seen: set[int] = set()
    at: int | None = one.id
    while at is not None and at not in seen:
        seen.add(at)
        yield rows[at]
        at = successor.get(at)


def _after(yes: _Row, talked: Mapping[int, date], today: date) -> tuple[int, int]:
    """Return whether the time to follow up is over, and whether they did."""
    if yes.answered_at is None:
        return 0, 0
    limit = yes.answered_at.date() + timedelta(days=FOLLOW_UP_DAYS)
    did = yes.id in talked and talked[yes.id] <= limit
    return int(did or limit < today), int(did)


def _hours(one: _Row) -> int:
    if one.state not in rules.ANSWERED or one.answered_at is None:
        return -1
    return max(int((one.answered_at - one.came_at).total_seconds() // 3600), 0)
