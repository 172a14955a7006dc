"""The quality page over a million impressions, and counting them.

    python benchmarks/quality.py [--database sqlite] [--impressions 1000000]

Makes 10,000 members with 1,000,000 impressions of 90 days, 100,000 decisions, 30,000
introductions and 8,000 outcomes in a database of its own. Then: everything is counted,
counted again when nothing changed, and when fifty late outcomes came; and the page is
asked for through the whole site. Seconds of CPU of this process, and on the clock.
"""

import argparse
import random
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from datetime import time as clock
from http import HTTPStatus
from pathlib import Path
from typing import Any

from crash import database
from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from matchmaker.accounts import service as accounts
from matchmaker.accounts.rules import hash_password
from matchmaker.admin import quality_jobs
from matchmaker.app import Site, create_site
from matchmaker.clock import now
from matchmaker.db import Base
from matchmaker.demo.load import PASSWORD
from matchmaker.matching.models import (
    Decision,
    DecisionKind,
    Introduction,
    IntroductionState,
    MatchRun,
    ModelVersion,
    Outcome,
)
from matchmaker.profiles.models import Profile, ProfileStatus
from tests.conftest import Visitor

MEMBERS, DAYS = 10_000, 90
DECISIONS, INTRODUCTIONS, OUTCOMES = 100_000, 30_000, 8_000
CHUNK = 5_000  # rows of one INSERT
COUNTRIES = [f"{a}{b}" for a in "ABCDEFGHI" for b in "KLMNP"]  # 45, as in the demo
SECTORS = ("agri", "logistics.rail", "ict", "energy")
ROUNDS = 3

#: Each member sees 60 candidates, 40 of them twice: made by the database itself.
IMPRESSIONS = """
INSERT INTO impression (id, run_id, seeker_id, candidate_id, position, propensity,
                        joint, kinds, shown_on, shown_at)
WITH RECURSIVE turn(n) AS (
  SELECT 0 UNION ALL SELECT n + 1 FROM turn WHERE n + 1 < :turns
)
SELECT n * :members + p.id, 1, p.id, (p.id + 131 * (n % 60)) % :members + 1,
       n % 12 + 1, 1.0, (p.id * 7 + n * 13) % 100 / 100.0, 'market need-offer',
       {day}, {moment}
FROM turn CROSS JOIN profile AS p
"""


def start() -> datetime:
    """Return the first moment of the history."""
    day = now().date() - timedelta(days=DAYS - 1)
    return datetime.combine(day, clock(9), UTC)


def candidate(seeker: int, turn: int) -> int:
    """Return whom a member was shown in a turn; see IMPRESSIONS."""
    return (seeker + 131 * (turn % 60)) % MEMBERS + 1


def fill(site: Site, impressions: int, rng: random.Random) -> None:
    """Write the community and its history."""
    Base.metadata.create_all(site.sessions.engine)
    turns = max(impressions // MEMBERS, 1)
    sqlite = site.sessions.engine.dialect.name == "sqlite"
    step = "CAST(n * :days / :turns AS INTEGER)"
    day, moment = (
        f"(CAST(:first AS date) + {step})",
        f"(CAST(:first AS timestamptz) + {step} * interval '1 day')",
    )
    if sqlite:
        day = f"date(:first, '+' || {step} || ' days')"
        moment = f"strftime('%Y-%m-%d %H:%M:%f000', :first, '+' || {step} || ' days')"
    with site.sessions.write.begin() as session:
        chief = accounts.create_user(
            session,
            "chief@example.org",
            password=None,
            locale="en",
            is_admin=True,
            confirmed=True,
        )
        chief.password_hash = hash_password(PASSWORD)
        session.add(ModelVersion(name="prior-1", digest="a", weights={}))
        session.flush()
        session.add(MatchRun(model_version_id=1, kind="full", seed=1))
        session.flush()
        put(session, Profile, people(rng, chief.id))
        session.execute(
            text(IMPRESSIONS.format(day=day, moment=moment)),
            {
                "members": MEMBERS,
                "turns": turns,
                "days": DAYS,
                "first": start().strftime("%Y-%m-%d %H:%M:%S"),
            },
        )
        for model, rows in history(rng, turns).items():
            put(session, model, rows)


def put(session: Session, model: type[Base], rows: list[dict[str, Any]]) -> None:
    """Write rows in pieces."""
    for at in range(0, len(rows), CHUNK):
        session.execute(insert(model), rows[at : at + CHUNK])


def people(rng: random.Random, chief_id: int) -> list[dict[str, Any]]:
    """Return rows of members, the first of them the admin."""
    return [
        {
            "id": number,
            "user_id": chief_id if number == 1 else None,
            "status": ProfileStatus.ACTIVE,
            "full_name": f"Aigerim Bekova {number}",
            "country": rng.choice(COUNTRIES),
            "languages": rng.sample(["ru", "en", "zh", "uz"], 2),
            "sectors": [rng.choice(SECTORS)],
            "created_at": start() - timedelta(days=rng.randrange(-60, 60)),
        }
        for number in range(1, MEMBERS + 1)
    ]


def history(rng: random.Random, turns: int) -> dict[Any, list[dict[str, Any]]]:
    """Return rows of what was said of those shown."""
    places = rng.sample(range(MEMBERS * min(turns, 60)), DECISIONS)
    pairs = [(at % MEMBERS + 1, at // MEMBERS) for at in places]
    states = (
        [IntroductionState.ACCEPTED] * 45
        + [IntroductionState.DECLINED] * 15
        + [IntroductionState.EXPIRED] * 30
        + [IntroductionState.PENDING] * 10
    )
    decisions: list[dict[str, Any]] = []
    asked: list[dict[str, Any]] = []
    for number, (seeker, turn) in enumerate(pairs):
        at = start() + timedelta(days=turn * DAYS // turns, minutes=20)
        row = {"seeker_id": seeker, "candidate_id": candidate(seeker, turn)}
        kind = rng.choice(list(DecisionKind))
        decisions.append(row | {"kind": kind, "decided_at": at, "reason": None})
        if number < INTRODUCTIONS:
            state = rng.choice(states)
            answered = state in {IntroductionState.ACCEPTED, IntroductionState.DECLINED}
            ends = at + timedelta(hours=rng.randrange(1, 168)) if answered else None
            asked.append(
                row
                | {
                    "id": number + 1,
                    "note": "Shall we talk?" * 20,
                    "lang": "en",
                    "state": state,
                    "asked_at": at,
                    "expires_at": at + timedelta(days=7),
                    "answered_at": ends,
                }
            )
    yes = [one for one in asked if one["state"] is IntroductionState.ACCEPTED]
    outcomes = [
        {
            "introduction_id": one["id"],
            "author_id": one["seeker_id"],
            "stage": 1,
            "value": "cooperation_possible",
        }
        for one in yes[:OUTCOMES]
    ]
    return {Decision: decisions, Introduction: asked, Outcome: outcomes}


def timed(work: Callable[[], Any]) -> tuple[float, float]:
    """Return seconds of CPU and on the clock."""
    cpu, started = time.process_time(), time.perf_counter()
    work()
    return time.process_time() - cpu, time.perf_counter() - started


def late_outcomes(site: Site) -> None:
    """Let fifty contacts tell of an agreement."""
    with site.sessions.write.begin() as session:
        rows = session.execute(
            text(
                "SELECT id, seeker_id FROM introduction WHERE state = 'accepted' "
                "ORDER BY id LIMIT 50"
            )
        ).all()
        told = [
            {"introduction_id": a, "author_id": b, "stage": 2, "value": "agreement"}
            for a, b in rows
        ]
        session.execute(insert(Outcome), told)


def measure(site: Site) -> dict[str, tuple[float, float]]:
    """Return what counting and looking take."""
    found = {
        "count all": timed(lambda: quality_jobs.update(site.sessions)),
        "nothing new": timed(lambda: quality_jobs.update(site.sessions)),
    }
    late_outcomes(site)
    found["fifty late outcomes"] = timed(lambda: quality_jobs.update(site.sessions))
    visitor = Visitor(site.app.test_client())
    assert (
        visitor.sign_in("chief@example.org", PASSWORD).status_code
        == HTTPStatus.SEE_OTHER
    )
    for path in ("/admin/quality?days=30", "/admin/quality?days=90", "/admin"):
        answer = visitor.get(path)
        assert answer.status_code == HTTPStatus.OK
        rounds = [timed(lambda at=path: visitor.get(at)) for _ in range(ROUNDS)]
        found[f"{path} {len(answer.data) // 1024} kB"] = min(rounds)
    return found


def main() -> None:
    """Measure on the databases asked for and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--impressions", type=int, default=1_000_000)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], nargs="*")
    chosen = parser.parse_args()
    for kind in chosen.database or ["sqlite", "postgresql"]:
        with (
            tempfile.TemporaryDirectory() as folder,
            database(kind, Path(folder)) as url,
        ):
            site = create_site(
                {
                    "ENVIRONMENT": "demo",
                    "SECRET_KEY": "x" * 40,
                    "INSTANCE": folder,
                    "DATABASE_URL": url,
                    "LOG_LEVEL": "ERROR",
                    "SECOND_FACTOR": "optional",
                }
            )
            started = time.perf_counter()
            fill(site, chosen.impressions, random.Random(1))  # noqa: S311  no secret
            print(f"{kind}: filled in {time.perf_counter() - started:.1f} s")
            for name, (cpu, taken) in measure(site).items():
                print(f"  {name:34} {cpu:7.2f} s CPU {taken:7.2f} s")
            site.sessions.engine.dispose()


if __name__ == "__main__":
    main()
