"""What people did with proposals besides asking for an introduction."""

from datetime import date, datetime, timedelta
from random import Random

from matchmaker.demo.clockwork import awake, midnight
from matchmaker.demo.model import (
    DecisionKind,
    DecisionReason,
    DemoDecision,
    DemoIntroduction,
)
from matchmaker.demo.people import Member

DECIDERS = 170
MOST_DECISIONS = 5
_KINDS: tuple[DecisionKind, ...] = ("interested", "saved", "skipped", "not_for_me")
_WEIGHTS = (2, 4, 7, 5)


def build_decisions(
    members: list[Member],
    introductions: tuple[DemoIntroduction, ...],
    *,
    today: date,
    rng: Random,
) -> tuple[DemoDecision, ...]:
    """Return the decisions of three months, the oldest first."""
    by_key = {member.person.key: member for member in members}
    found = [_before(i, by_key[i.seeker], rng=rng) for i in introductions]
    taken = {(d.seeker, d.candidate) for d in found}
    taken |= {(i.candidate, i.seeker) for i in introductions}
    active = [m for m in members if _may_decide(m)]
    for seeker in rng.sample(active, DECIDERS):
        for candidate in rng.sample(active, rng.randint(1, MOST_DECISIONS)):
            pair = (seeker.person.key, candidate.person.key)
            if pair[0] != pair[1] and pair not in taken:
                taken.add(pair)
                found.append(_decide(seeker, candidate, today=today, rng=rng))
    return tuple(sorted(found, key=lambda d: (d.at, d.seeker, d.candidate)))


def _may_decide(member: Member) -> bool:
    person = member.person
    return person.state == "active" and person.role == "member"


def _before(
    introduction: DemoIntroduction, seeker: Member, *, rng: Random
) -> DemoDecision:
    """Return the interest that came some minutes before the request."""
    at = introduction.asked_at - timedelta(minutes=rng.randint(2, 40))
    joined = seeker.person.joined_at
    if joined is not None:
        at = max(at, joined + timedelta(minutes=1))
    return DemoDecision(
        introduction.seeker, introduction.candidate, "interested", None, at
    )


def _decide(
    seeker: Member, candidate: Member, *, today: date, rng: Random
) -> DemoDecision:
    kind = rng.choices(_KINDS, _WEIGHTS)[0]
    reason: DecisionReason | None = None
    if kind == "not_for_me":
        reason = rng.choice(_true_reasons(seeker, candidate))
    at = _moment(seeker, candidate, today=today, rng=rng)
    return DemoDecision(seeker.person.key, candidate.person.key, kind, reason, at)


def _true_reasons(seeker: Member, candidate: Member) -> list[DecisionReason]:
    """Return the reasons that are true of this pair."""
    one, other = seeker.person, candidate.person
    reasons: list[DecisionReason] = ["not_now"]
    trades = [{code.split(".")[0] for code in p.sectors} for p in (one, other)]
    if not trades[0] & trades[1]:
        reasons.append("wrong_sector")
    if other.country not in one.markets:
        reasons.append("wrong_market")
    if all(any(a.event == "meeting" for a in p.attendance) for p in (one, other)):
        reasons.append("already_know")
    sizes = {p.organisation.size_band for p in (one, other) if p.organisation}
    if len(sizes) > 1:
        reasons.append("wrong_size")
    return reasons


def _moment(seeker: Member, candidate: Member, *, today: date, rng: Random) -> datetime:
    end = midnight(today) - timedelta(days=1)
    start = max(m.person.joined_at or end for m in (seeker, candidate))
    moment = start + (end - start) * rng.random()
    return awake(moment, seeker.person.time_zone, rng=rng)
