"""The gate in front of the live model: reports, promotions, rollback, the dial.

A version goes live with a kept report that it passed, against the very version it
replaces; or by an override whose reason stays on its card; or because it was live
before. Flush, never commit.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from matchmaker.clock import now
from matchmaker.errors import DomainError
from matchmaker.matching import versions
from matchmaker.matching.lists import Policy
from matchmaker.matching.models import ModelVersion
from matchmaker.matching.trial_models import (
    Dial,
    ModelTask,
    Promotion,
    PromotionReport,
    PromotionWay,
    TaskKind,
    TaskState,
)
from matchmaker.profiles.models import Profile

FAIRNESS: Final = "fairness"
#: A report speaks of the community it read; after this time that is another one.
FRESH: Final = timedelta(days=30)
LEAST_REASON = 10  # characters of a reason that says something
LONGEST_REASON = 500
#: How much more unequal lists may become, in shares of all.
SLACK: Final = {"unseen": 0.01, "without_list": 0.01, "gini": 0.03, "top_share": 0.02}
#: What is fair enough whatever it was before: the most shown 5 % have a fifth of all
#: attention at most, and the Gini is that of lists that are bounded by capacity. A
#: model that knows nothing shows everybody alike; none that knows something could
#: replace it otherwise.
FAIR_ENOUGH: Final = {"top_share": 0.20, "gini": 0.30}
Criterion = dict[str, Any]


def judge(found: dict[str, Any]) -> tuple[bool, list[Criterion]]:
    """Return whether a trial is passed, and each criterion as code, result, numbers.

    ``passed`` of a criterion is None where nothing can be concluded. A trial is passed
    if a judge that may say so finds the version surely better, none finds it surely
    worse, and the lists stay as fair as they were.
    """
    later, recipe, past = found["later"], found["recipe"], found["replay"]
    # What a version learned from says nothing for it, only against it.
    free = recipe or later
    better = "better" in (free["word"], past["word"])
    criteria: list[Criterion] = [
        {"code": "better", "passed": better},
        {"code": "later", "passed": _says(free["word"])},
        {"code": "replay", "passed": _says(past["word"])},
    ]
    if recipe:
        worse = later["word"] == "worse"
        criteria.append({"code": "as-given", "passed": False if worse else None})
    before, after = found["lists"]
    for code, slack in SLACK.items():
        held = after[code] <= before[code] + slack
        held = held or after[code] <= FAIR_ENOUGH.get(code, 0.0)
        criteria.append(
            {
                "code": code,
                "passed": held,
                "before": before[code],
                "after": after[code],
                "slack": slack,
            }
        )
    return better and all(one["passed"] is not False for one in criteria), criteria


def _says(word: str) -> bool | None:
    return {"better": True, "worse": False}.get(word)


def keep_report(
    session: Session,
    pair: tuple[ModelVersion, ModelVersion],
    digests: tuple[str, str],
    found: dict[str, Any],
    *,
    author: str,
) -> PromotionReport:
    """Keep what a trial found of a version (second) in the place of another (first)."""
    passed, criteria = judge(found)
    window = found["window"] or (None, None)
    days = [date.fromisoformat(day) if day else None for day in window]
    report = PromotionReport(
        version_id=pair[1].id,
        against_id=pair[0].id,
        version_digest=digests[1],
        against_digest=digests[0],
        data_digest=found["digest"],
        window_from=days[0],
        window_to=days[1],
        passed=passed,
        result={**found, "criteria": criteria},
        author=author,
    )
    session.add(report)
    session.flush()
    return report


def get_report(session: Session, public_id: str) -> PromotionReport:
    """Return a kept report.

    Raises
    ------
    DomainError
        ``report-unknown``.
    """
    found = session.scalar(
        select(PromotionReport)
        .where(PromotionReport.public_id == public_id)
        .options(
            joinedload(PromotionReport.version), joinedload(PromotionReport.against)
        )
    )
    if found is None:
        raise DomainError("report-unknown", status=404)
    return found


def list_people(session: Session, ids: set[int]) -> dict[int, Profile]:
    """Return the people that a report names, as far as they are still here, by id."""
    return {
        one.id: one
        for one in session.scalars(select(Profile).where(Profile.id.in_(ids)))
    }


def list_reports(session: Session, version_id: int) -> Sequence[PromotionReport]:
    """Return the reports on a version, the newest first."""
    return session.scalars(
        select(PromotionReport)
        .where(PromotionReport.version_id == version_id)
        .options(joinedload(PromotionReport.against))
        .order_by(PromotionReport.id.desc())
    ).all()


def find_passing(session: Session, version: ModelVersion) -> PromotionReport | None:
    """Return the fresh report that lets a version replace what is live now.

    The latest one on these very models counts: a later one that failed takes an
    earlier pass back.
    """
    live = versions.live_version(session)
    latest = session.scalar(
        select(PromotionReport)
        .where(
            PromotionReport.version_id == version.id,
            PromotionReport.version_digest == version.digest,
            PromotionReport.against_digest == live.digest,
            PromotionReport.made_at > now() - FRESH,
        )
        .order_by(PromotionReport.id.desc())
        .limit(1)
    )
    return latest if latest is not None and latest.passed else None


def promote(
    session: Session, version: ModelVersion, *, author: str, reason: str = ""
) -> Promotion:
    """Put a version in force and keep by what right.

    Raises
    ------
    DomainError
        ``model-live``; ``model-damaged``; ``model-not-passed`` without a passing
        report, a reason, or a time in force before.
    """
    if version.live:
        raise DomainError("model-live")
    versions.check_whole(version)
    report = find_passing(session, version)
    if version.promoted_at is not None:
        way, report = PromotionWay.ROLLBACK, None
    elif report is not None:
        way = PromotionWay.REPORT
    elif len(reason) < LEAST_REASON:
        raise DomainError("model-not-passed", status=422)
    else:
        way = PromotionWay.OVERRIDE
    versions.live_version(session)  # the prior has its row before it retires
    retired = versions.promote(session, version)
    made = Promotion(
        version_id=version.id,
        replaced_id=retired.id if retired else None,
        report_id=report.id if report else None,
        way=way,
        reason=reason[:LONGEST_REASON] if way is PromotionWay.OVERRIDE else "",
        author=author,
    )
    session.add(made)
    session.flush()
    return made


def list_promotions(session: Session, version_id: int) -> Sequence[Promotion]:
    """Return when a version came into force and by what right, the latest first."""
    return session.scalars(
        select(Promotion)
        .where(Promotion.version_id == version_id)
        .options(joinedload(Promotion.report))
        .order_by(Promotion.id.desc())
    ).all()


def find_dial(session: Session) -> Dial | None:
    """Return what an admin set the fairness to, if one did."""
    return session.get(Dial, FAIRNESS)


def as_dialled(session: Session, policy: Policy) -> Policy:
    """Return the policy with the fairness that admins set; else it is the setting's."""
    dial = find_dial(session)
    if dial is None:
        return policy
    return replace(policy, shape=replace(policy.shape, fairness=dial.value))


def turn_dial(session: Session, value: float, *, author: str) -> Dial:
    """Set the fairness of all lists from the next full run on.

    Raises
    ------
    DomainError
        ``dial-range`` outside [0, 1].
    """
    if not 0 <= value <= 1:
        raise DomainError("dial-range", status=422)
    dial = find_dial(session)
    if dial is None:
        dial = Dial(name=FAIRNESS)
        session.add(dial)
    dial.value, dial.author, dial.changed_at = value, author, now()
    session.flush()
    return dial


def dialled_since(session: Session, moment: datetime | None) -> bool:
    """Tell whether the dial was turned after a moment, if there was one."""
    dial = find_dial(session)
    return dial is not None and moment is not None and dial.changed_at > moment


def ask(
    session: Session,
    kind: TaskKind,
    terms: dict[str, Any],
    *,
    author: str,
    form_key: str | None = None,
) -> ModelTask:
    """Ask the worker for a piece of work; a form sent twice asks once."""
    if form_key is not None:
        known = session.scalar(select(ModelTask).where(ModelTask.form_key == form_key))
        if known is not None:
            return known
    versions.live_version(session)  # what a candidate is compared with has a row
    task = ModelTask(kind=kind, terms=terms, author=author, form_key=form_key)
    session.add(task)
    session.flush()
    return task


def list_tasks(session: Session, *, limit: int = 10) -> Sequence[ModelTask]:
    """Return what was asked of the worker, the newest first."""
    return session.scalars(
        select(ModelTask).order_by(ModelTask.id.desc()).limit(limit)
    ).all()


def find_task(session: Session, kind: TaskKind) -> ModelTask | None:
    """Return the last work of a kind that was done."""
    return session.scalar(
        select(ModelTask)
        .where(ModelTask.kind == kind, ModelTask.state == TaskState.DONE)
        .order_by(ModelTask.id.desc())
        .limit(1)
    )
