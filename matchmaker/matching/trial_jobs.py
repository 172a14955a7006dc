"""Work on models that admins asked for: fitting, judging, the dial. Long, so counted.

What is asked stands in ``model_task``; a worker that dies leaves it asked, and the
work is done again from its beginning. Each ends in one short transaction that writes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.clock import now
from matchmaker.errors import DomainError
from matchmaker.matching import promotion, versions
from matchmaker.matching.models import ModelVersion
from matchmaker.matching.trial_models import ModelTask, TaskKind, TaskState
from matchmaker.progress import Board, Progress

if TYPE_CHECKING:
    from matchmaker.db import Sessions
    from matchmaker.engine.community import Community
    from matchmaker.matching.bridge import Matcher
    from matchmaker.matching.lists import Policy
    from matchmaker.matching.trials import Tell

log = structlog.get_logger()
#: What a person may change by hand, in the order of the page.
BY_HAND = (
    "text",
    "collaboration",
    "sector",
    "market",
    "language",
    "place",
    "unknown",
)
Writing = Callable[[Session], dict[str, Any]]


def task_key(task: ModelTask) -> str:
    """Return under what name the counts of a task are shown."""
    return f"model-{task.public_id}"


def work_models(
    sessions: Sessions, matcher: Matcher, policy: Policy, board: Board
) -> int:
    """Do the work on models that waits longest; return how much was done."""
    with sessions.read() as session:
        task = session.scalar(
            select(ModelTask)
            .where(ModelTask.state == TaskState.ASKED)
            .order_by(ModelTask.id)
            .limit(1)
        )
        if task is None:
            return 0
    work = _Work(sessions, matcher, policy, board, task)
    try:
        write = work.prepare()
    except DomainError as error:
        work.end(TaskState.FAILED, {"refusal": error.code})
    except Exception:
        work.end(TaskState.FAILED, {"refusal": "model-work-failed"})
        raise
    else:
        work.finish(write)
    finally:
        board.clear(task_key(task))
    return 1


class _Work:
    """One task, from reading to the row that tells what came of it."""

    def __init__(
        self,
        sessions: Sessions,
        matcher: Matcher,
        policy: Policy,
        board: Board,
        task: ModelTask,
    ) -> None:
        self.sessions, self.matcher, self.policy = sessions, matcher, policy
        self.board, self.task = board, task

    def prepare(self) -> Writing:
        """Do the long part, which only reads; return what is then to be written."""
        kinds = {
            TaskKind.FIT: self._fit,
            TaskKind.BY_HAND: self._by_hand,
            TaskKind.JUDGE: self._judge,
            TaskKind.DIAL: self._dial,
        }
        self._tell(0, 1)
        with self.sessions.read() as session:
            community = self.matcher.sync(session).snapshot()
            self.policy = promotion.as_dialled(session, self.policy)
            return kinds[self.task.kind](session, community)

    def finish(self, write: Writing) -> None:
        """Write what came of it, and that it is done, in one transaction."""
        with self.sessions.write.begin() as session:
            found = write(session)
            self._end(session, TaskState.DONE, found)

    def end(self, state: TaskState, found: dict[str, Any]) -> None:
        """Note that it is over."""
        with self.sessions.write.begin() as session:
            self._end(session, state, found)

    def _end(self, session: Session, state: TaskState, found: dict[str, Any]) -> None:
        task = session.get_one(ModelTask, self.task.id)
        task.state, task.found, task.done_at = state, found, now()

    def _tell(self, done: int, total: int) -> None:
        progress = Progress(self.task.kind.value, done, total)
        self.board.tell(task_key(self.task), progress)

    def _fit(self, session: Session, community: Community) -> Writing:
        from matchmaker.matching import learning  # noqa: PLC0415

        since = self.task.terms.get("since")
        first = date.fromisoformat(since) if since else None
        examples = learning.training_set(session, community, since=first)
        self._tell(1, 2)
        if not len(examples):
            raise DomainError("model-nothing-said")
        trained = learning.train(examples)
        self._tell(2, 2)

        def write(session: Session) -> dict[str, Any]:
            version = learning.add_candidate(session, trained, **self._named(session))
            return {"version": version.name}

        return write

    def _by_hand(self, session: Session, community: Community) -> Writing:
        from matchmaker.matching import learning  # noqa: PLC0415

        model = versions.live_model(session)
        chosen = self.task.terms["weights"]
        typed: dict[str, Any] = {name: float(chosen[name]) for name in BY_HAND}
        weights = replace(model.weights, **typed)
        examples = learning.training_set(session, community)

        def write(session: Session) -> dict[str, Any]:
            version = learning.add_by_hand(
                session, examples, weights, **self._named(session)
            )
            return {"version": version.name}

        return write

    def _named(self, session: Session) -> dict[str, str]:
        """Return name, author and note of a new version; a taken name gets a number."""
        wanted = name = str(self.task.terms["name"])
        count = 1
        while versions.find_version(session, name) is not None:
            count += 1
            name = f"{wanted}-{count}"
        note = str(self.task.terms.get("note", ""))
        return {"name": name, "author": self.task.author, "note": note}

    def _judge(self, session: Session, community: Community) -> Writing:
        pair = [
            versions.get_version(session, self.task.terms[name])
            for name in ("against", "version")
        ]
        found, digests = judge_pair(
            session, community, (pair[0], pair[1]), self.policy, tell=self._tell
        )

        def write(session: Session) -> dict[str, Any]:
            rows = [session.get_one(ModelVersion, one.id) for one in pair]
            report = promotion.keep_report(
                session, (rows[0], rows[1]), digests, found, author=self.task.author
            )
            return {"report": report.public_id, "passed": report.passed}

        return write

    def _dial(self, session: Session, community: Community) -> Writing:
        from matchmaker.matching import trial_lists  # noqa: PLC0415

        rows = trial_lists.work_out_dial(session, community, self.policy, self._tell)
        return lambda _session: {"rows": rows, "members": len(community.ids)}


def judge_pair(
    session: Session,
    community: Community,
    pair: tuple[ModelVersion, ModelVersion],
    policy: Policy,
    *,
    tell: Tell = lambda _done, _total: None,
) -> tuple[dict[str, Any], tuple[str, str]]:
    """Return what a trial finds of the second version in the first's place.

    Returns
    -------
    tuple
        The figures, and the hashes of the first and the second as they were judged.
    """
    from matchmaker.matching import trial_past, trials  # noqa: PLC0415

    models = [versions.model_of(session, one) for one in pair]
    sides = [
        trials.Side(model.weights, one.window_to if one.metrics else None)
        for model, one in zip(models, pair, strict=True)
    ]
    terms = trial_past.Terms(policy, now().date(), seed=int(pair[1].digest[:8], 16))
    found = trials.run_trial(session, community, (sides[0], sides[1]), terms, tell=tell)
    found["weights"] = [asdict(model.weights) for model in models]
    return found, (models[0].digest, models[1].digest)
