"""What the people of the demo were shown in its three months, by the real policy.

The lists are the engine's, of a market in which nobody had met anybody; each day some
places of the first page are drawn by ``matching.rules.place`` with that day's seed, so
the propensity of an impression is the one with which it came about. What people
looked at follows from the history: who said something to a proposal had turned the
pages down to it, and many came, looked at a page and went.
"""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from matchmaker.db import Sessions
from matchmaker.demo.clockwork import awake, midnight
from matchmaker.demo.community import SEED, call_members
from matchmaker.demo.pairing import find_pairs
from matchmaker.matching import lists, rules, versions
from matchmaker.matching.bridge import Matcher, Pair
from matchmaker.matching.models import (
    Decision,
    DecisionKind,
    DecisionReason,
    Impression,
    Introduction,
    MatchRun,
)
from matchmaker.profiles.models import Profile, ProfileStatus

WIDER = 2  # so many times a list is made: who joined later is taken out of it
MOST_PAGES = 4  # who stands farther down was found in the directory
IDLE_VISITS = (1, 6)  # days on which somebody looked and said nothing of the history
#: What is said of a proposal that is looked at, out of a hundred, where both sides'
#: items answer each other by construction, and where they do not. Silence is the rest.
_SAID_OF_PAIRS = ((DecisionKind.INTERESTED, 20), (DecisionKind.SAVED, 15))
_SAID_OF_OTHERS = (
    (DecisionKind.SKIPPED, 8),
    (DecisionKind.NOT_FOR_ME, 5),
    (DecisionKind.INTERESTED, 2),
)

Directed = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Person:
    """Somebody who is listed."""

    id: int
    public_id: str
    house: int | None
    zone: str
    joined: datetime
    is_guide: bool  # one of the three whose logins are printed


@dataclass(slots=True)
class _Story:
    """What happened so far, and what is found out about it on the way."""

    people: dict[int, _Person]
    order: dict[int, list[Pair]]
    true: Collection[Directed]
    said: dict[Directed, datetime]
    runs: dict[date, int]
    told: dict[Directed, str]
    rng: Random
    shown: dict[tuple[int, int, date], dict[str, Any]] = field(default_factory=dict)
    decided: list[dict[str, Any]] = field(default_factory=list)


def load_impressions(
    sessions: Sessions, matcher: Matcher, policy: lists.Policy, *, today: date
) -> int:
    """Write what the demo's people were shown before today; return how many rows.

    Call it once, after the history and before the first run: what was said in the
    history is not in today's lists any more.
    """
    shape = replace(policy.shape, kept=policy.shape.kept * WIDER)
    with sessions.read() as session:
        people = _people(session)
        matcher.sync(session)
        apart = _colleagues(people.values())
        made = matcher.market(session, shape, forbidden=apart, waiting={})
        order = {one.seeker_id: one.pairs for one in made}
        said = _said(session)
        told = _told(session, matcher)
    story = _Story(
        people, order, _true(people.values(), today), said, {}, told, Random(SEED)
    )
    with sessions.write.begin() as session:
        _add_runs(session, story, today=today)
        _live(story, policy, today=today)
        session.execute(insert(Impression), list(story.shown.values()))
        if story.decided:
            session.execute(insert(Decision), story.decided)
        return len(story.shown)


def _people(session: Session) -> dict[int, _Person]:
    rows = session.scalars(
        select(Profile)
        .where(Profile.status == ProfileStatus.ACTIVE)
        .order_by(Profile.id)
    )
    found = (
        _Person(
            one.id,
            one.public_id,
            one.organisation_id,
            one.user.time_zone if one.user else "UTC",
            one.created_at,
            is_guide=one.user is not None and one.user.password_hash is not None,
        )
        for one in rows
    )
    return {one.id: one for one in found}


def _colleagues(people: Iterable[_Person]) -> dict[int, set[int]]:
    houses: dict[int, set[int]] = defaultdict(set)
    for one in people:
        if one.house is not None:
            houses[one.house].add(one.id)
    return {one: same - {one} for same in houses.values() for one in same}


def _said(session: Session) -> dict[Directed, datetime]:
    """Return when each seeker first said something to each candidate."""
    said: dict[Directed, datetime] = {}
    for model, moment in (
        (Decision, Decision.decided_at),
        (Introduction, Introduction.asked_at),
    ):
        rows = session.execute(select(model.seeker_id, model.candidate_id, moment))
        for seeker_id, candidate_id, at in rows:
            pair = (seeker_id, candidate_id)
            said[pair] = min(said.get(pair, at), at)
    return said


def _told(session: Session, matcher: Matcher) -> dict[Directed, str]:
    """Return the kinds of reasons beside the proposals that led to a request."""
    asked: dict[int, list[int]] = defaultdict(list)
    for seeker_id, candidate_id in session.execute(
        select(Introduction.seeker_id, Introduction.candidate_id)
    ):
        asked[seeker_id].append(candidate_id)
    return {
        (seeker_id, candidate_id): rules.reason_kinds(told)
        for seeker_id, candidates in asked.items()
        for candidate_id, told in matcher.explain(
            session, seeker_id, candidates
        ).items()
    }


def _true(people: Iterable[_Person], today: date) -> set[Directed]:
    """Return the pairs whose items answer each other, both ways round."""
    _events, members = call_members(today, rng=Random(SEED))
    number = {one.public_id: one.id for one in people}
    found: set[Directed] = set()
    for pair in find_pairs(members):
        ids = [
            number.get(hashlib.sha256(key.encode()).hexdigest()[:12])
            for key in sorted(pair.keys)
        ]
        if len(ids) > 1 and ids[0] is not None and ids[1] is not None:
            found |= {(ids[0], ids[1]), (ids[1], ids[0])}
    return found


def _add_runs(session: Session, story: _Story, *, today: date) -> None:
    """Add the run of each night since the first member joined."""
    version = versions.live_version(session)
    day = min(one.joined for one in story.people.values()).date()
    while day < today:
        started = midnight(day)
        run = MatchRun(
            model_version_id=version.id,
            kind="full",
            seed=lists.SEED,
            members=sum(one.joined < started for one in story.people.values()),
            started_at=started,
            finished_at=started + timedelta(minutes=1),
        )
        session.add(run)
        session.flush()
        story.runs[day] = run.id
        day += timedelta(days=1)


def _live(story: _Story, policy: lists.Policy, *, today: date) -> None:
    """Let everybody come back now and then, in the order of time."""
    visits: list[tuple[datetime, int, int | None]] = [
        (at - timedelta(minutes=1), seeker, candidate)
        for (seeker, candidate), at in story.said.items()
        if seeker in story.people
    ]
    end = midnight(today) - timedelta(hours=1)
    for one in story.people.values():
        for _ in range(story.rng.randint(*IDLE_VISITS)):
            moment = one.joined + (end - one.joined) * story.rng.random()
            visits.append((awake(moment, one.zone, rng=story.rng), one.id, None))
    for at, seeker, candidate in sorted(visits, key=lambda visit: visit[:2]):
        if at.date() in story.runs:
            _visit(story, policy, at, seeker=seeker, candidate=candidate)


def _visit(
    story: _Story,
    policy: lists.Policy,
    at: datetime,
    *,
    seeker: int,
    candidate: int | None,
) -> None:
    """Show somebody the pages they look at; idle visitors may say something."""
    size, run_id = policy.shape.shown, story.runs[at.date()]
    open_list = list(_list_of_the_day(story, policy, seeker, at))
    there = [row["candidate_id"] for row in open_list]
    pages = 1
    if candidate in there:
        pages = there.index(candidate) // size + 1
    if pages > MOST_PAGES:
        pages = 1
    for row in open_list[: pages * size]:
        key = (seeker, row["candidate_id"], at.date())
        kept = {"run_id": run_id, "shown_on": at.date(), "shown_at": at}
        story.shown.setdefault(key, {"seeker_id": seeker, **row, **kept})
        if candidate is None and not story.people[seeker].is_guide:
            _judge(story, at, seeker, row)


def _list_of_the_day(
    story: _Story, policy: lists.Policy, seeker: int, at: datetime
) -> Iterator[dict[str, Any]]:
    """Yield the day's list in the order of its places, as the policy made it."""
    night = midnight(at.date())
    open_pairs = [
        pair
        for pair in story.order.get(seeker, ())
        if story.people[pair.candidate_id].joined < night
        and story.said.get((seeker, pair.candidate_id), at) >= night
        and story.said.get((pair.candidate_id, seeker), at) >= night
    ][: policy.shape.kept]
    placed = rules.place(
        len(open_pairs),
        shown=policy.shape.shown,
        share=policy.exploration,
        seed=f"{lists.SEED}:{seeker}:{at.date()}",
    )
    for one in placed:
        pair = open_pairs[one.rank - 1]
        yield {
            "candidate_id": pair.candidate_id,
            "position": one.position,
            "propensity": one.propensity,
            "joint": pair.joint,
            "kinds": story.told.get((seeker, pair.candidate_id), ""),
        }


def _judge(story: _Story, at: datetime, seeker: int, row: dict[str, Any]) -> None:
    """Let somebody who looks at a place say something, or nothing."""
    pair: Directed = (seeker, row["candidate_id"])
    known = story.said.keys()
    looks = story.rng.random() < 1 / row["position"]
    if not looks or pair in known or pair[::-1] in known:
        return
    chances = _SAID_OF_PAIRS if pair in story.true else _SAID_OF_OTHERS
    kinds: list[DecisionKind | None] = [kind for kind, _chance in chances]
    weights = [chance for _kind, chance in chances]
    kind = story.rng.choices([*kinds, None], [*weights, 100 - sum(weights)])[0]
    if kind is None:
        return
    moment = at + timedelta(seconds=5 * row["position"])
    story.said[pair] = moment
    refused = kind is DecisionKind.NOT_FOR_ME
    story.decided.append(
        {
            "seeker_id": seeker,
            "candidate_id": pair[1],
            "kind": kind,
            "reason": DecisionReason.NOT_NOW if refused else None,
            "decided_at": moment,
        }
    )
