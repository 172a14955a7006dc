"""A small community for the counts of the quality page, and the slow way to count."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from itertools import count

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from matchmaker.admin.quality_jobs import FOLLOWED
from matchmaker.engine.calibration import Calibration
from matchmaker.matching import quality
from matchmaker.matching.models import (
    Decision,
    DecisionKind,
    Impression,
    Introduction,
    IntroductionState,
    MatchRun,
    Outcome,
)
from matchmaker.matching.quality_models import FunnelCell
from matchmaker.matching.quality_rules import STEPS
from matchmaker.messaging.models import ContactKind, FollowUp
from matchmaker.profiles.models import Profile

TODAY = date(2026, 11, 20)
KEYS = count()


def at(day: int, hour: int = 9) -> datetime:
    """Return an hour of a day before today."""
    return datetime.combine(TODAY - timedelta(days=day), time(hour), UTC)


def count_all(session: Session, *, afresh: bool = False) -> int:
    """Bring the counts up to date; return how many days were counted."""
    made = quality.plan(session, FOLLOWED, today=TODAY, afresh=afresh)
    for day in made.days:
        quality.store_day(session, made, day)
    for week in made.weeks:
        quality.store_week(session, made.facts, week)
    quality.store_answers(session, made.facts)
    session.flush()
    return len(made.days)


def show(  # noqa: PLR0913  each by name
    session: Session,
    run: MatchRun,
    seeker: Profile,
    candidate: Profile,
    *,
    day: int,
    position: int = 1,
    joint: float = 0.5,
    kinds: str = "market need-offer",
) -> None:
    """Add an impression, as the page of proposals does: once a day and run."""
    known = session.scalar(
        select(Impression.id).where(
            Impression.run_id == run.id,
            Impression.seeker_id == seeker.id,
            Impression.candidate_id == candidate.id,
            Impression.shown_on == at(day).date(),
        )
    )
    if known is None:
        session.add(
            Impression(
                run_id=run.id,
                seeker_id=seeker.id,
                candidate_id=candidate.id,
                position=position,
                propensity=1.0,
                joint=joint,
                kinds=kinds,
                shown_on=at(day).date(),
                shown_at=at(day),
            )
        )
        session.flush()


def ask(  # noqa: PLR0913  each by name
    session: Session,
    seeker: Profile,
    candidate: Profile,
    *,
    day: int,
    state: IntroductionState,
    hours: int = 30,
    handed_from: Introduction | None = None,
) -> Introduction:
    """Add a request; those with an answer got it after so many hours."""
    silent = {
        IntroductionState.QUEUED,
        IntroductionState.PENDING,
        IntroductionState.LATER,
        IntroductionState.EXPIRED,
    }
    made = Introduction(
        pair_key=None,
        seeker_id=seeker.id,
        candidate_id=candidate.id,
        note="Shall we talk?",
        lang="en",
        state=state,
        asked_at=at(day),
        expires_at=at(day - 7),
        answered_at=None if state in silent else at(day) + timedelta(hours=hours),
        handed_from_id=handed_from.id if handed_from else None,
    )
    session.add(made)
    session.flush()
    return made


def follow_up(session: Session, introduction: Introduction, day: int) -> None:
    """Note a call of the seeker."""
    session.add(
        FollowUp(
            introduction_id=introduction.id,
            author_id=introduction.seeker_id,
            kind=ContactKind.CALL,
            happened_on=at(day).date(),
            due_on=None,
            done_at=None,
            form_key=f"key-{next(KEYS)}",
        )
    )
    session.flush()


def tell(session: Session, introduction: Introduction, stage: int, value: str) -> None:
    """Say what came of it, as the seeker; a second word replaces the first."""
    wanted = (
        Outcome.introduction_id == introduction.id,
        Outcome.author_id == introduction.seeker_id,
        Outcome.stage == stage,
    )
    session.execute(delete(Outcome).where(*wanted))
    session.add(
        Outcome(
            introduction_id=introduction.id,
            author_id=introduction.seeker_id,
            stage=stage,
            value=value,
        )
    )
    session.flush()


def slowly(session: Session) -> dict[tuple[date, str, str], tuple[int, ...]]:
    """Count every cell by looking at every row, pair by pair, the obvious way."""
    people = {one.id: one for one in session.scalars(select(Profile))}
    versions = {
        run.id: run.model_version_id for run in session.scalars(select(MatchRun))
    }
    first: dict[tuple[int, int], Impression] = {}
    for one in session.scalars(select(Impression)):
        known = first.setdefault((one.seeker_id, one.candidate_id), one)
        if (one.shown_on, one.id) < (known.shown_on, known.id):
            first[one.seeker_id, one.candidate_id] = one
    cells: Counter[tuple[date, str, str, str]] = Counter()
    for pair, shown in first.items():
        steps = {"shown"} | _interest(session, pair, shown.shown_on)
        for request in _roots(session, pair):
            if request.asked_at.date() >= shown.shown_on:
                steps |= _steps(session, request)
        cells.update(
            (shown.shown_on, *kind, step)
            for kind in _kinds(people, versions, shown)
            for step in steps
        )
    roots = select(Introduction).where(Introduction.handed_from_id.is_(None))
    for request in session.scalars(roots):
        seen = first.get((request.seeker_id, request.candidate_id))
        day = request.asked_at.date()
        steps = set() if seen and seen.shown_on <= day else _steps(session, request)
        cells.update((day, "directory", "", step) for step in steps)
    keys = {key[:3] for key in cells}
    return {key: tuple(cells[*key, step] for step in STEPS) for key in keys}


def _interest(session: Session, pair: tuple[int, int], day: date) -> set[str]:
    decision = session.scalar(
        select(Decision).where(
            Decision.seeker_id == pair[0], Decision.candidate_id == pair[1]
        )
    )
    if decision is None or decision.kind is not DecisionKind.INTERESTED:
        return set()
    return {"interested"} if decision.decided_at.date() >= day else set()


def _roots(session: Session, pair: tuple[int, int]) -> list[Introduction]:
    return list(
        session.scalars(
            select(Introduction).where(
                Introduction.seeker_id == pair[0],
                Introduction.candidate_id == pair[1],
                Introduction.handed_from_id.is_(None),
            )
        )
    )


def _steps(session: Session, request: Introduction) -> set[str]:
    """Return what a request and its hand-overs came to."""
    if request.state.value in {"queued", "withdrawn"}:
        return set()
    found = {"interested", "asked"}
    if request.state.value != "pending":
        found.add("due")
    if request.state.value in {"accepted", "declined", "later", "handed_over"}:
        found.add("answered")
    last: Introduction | None = request
    while last is not None and last.state is not IntroductionState.ACCEPTED:
        last = session.scalar(
            select(Introduction).where(Introduction.handed_from_id == last.id)
        )
    if last is None:
        return found
    found.add("accepted")
    assert last.answered_at is not None
    limit = last.answered_at.date() + timedelta(days=14)
    talks = session.scalars(
        select(FollowUp.happened_on).where(
            FollowUp.introduction_id == last.id, FollowUp.planned.is_(False)
        )
    ).all()
    if any(day <= limit for day in talks):
        found |= {"settled", "followed_up"}
    elif limit < TODAY:
        found.add("settled")
    words = set(
        session.scalars(select(Outcome.value).where(Outcome.introduction_id == last.id))
    )
    if words & {"cooperation_possible", "agreement"}:
        found.add("good")
    if "agreement" in words:
        found.add("agreed")
    return found


def _kinds(
    people: dict[int, Profile], versions: dict[int, int], shown: Impression
) -> set[tuple[str, str]]:
    seeker, candidate = people[shown.seeker_id], people[shown.candidate_id]
    place = shown.position
    rank = (
        "1" if place == 1 else "2-3" if place < 4 else "4-10" if place < 11 else "11+"
    )
    codes = sorted((seeker.country, candidate.country))
    spoken = [set(one.languages) for one in (seeker, candidate)]
    languages = "shared" if spoken[0] & spoken[1] else "none"

    def since(one: Profile) -> str:
        return "new" if (shown.shown_on - one.created_at.date()).days < 30 else "old"

    kinds = {("reason", one) for one in shown.kinds.split()}
    return kinds | {
        ("all", ""),
        ("rank", rank),
        ("countries", "-".join(codes) if all(codes) else ""),
        (
            "sector",
            {"logistics.rail": "logistics", "agri": "agri"}.get(
                seeker.sectors[0] if seeker.sectors else "", ""
            ),
        ),
        ("languages", languages if all(spoken) else ""),
        ("event", ""),
        ("model", str(versions[shown.run_id])),
        ("seeker_since", since(seeker)),
        ("candidate_since", since(candidate)),
        ("band", Calibration().bands().word(shown.joint)),
        ("score", str(min(int(shown.joint * 10), 9))),
        *([("reason", "")] if shown.kinds else []),
    }


def stored(session: Session) -> dict[tuple[date, str, str], tuple[int, ...]]:
    """Return the cells as the page reads them."""
    return {
        (one.day, one.dimension, one.value): tuple(getattr(one, step) for step in STEPS)
        for one in session.scalars(select(FunnelCell))
    }
