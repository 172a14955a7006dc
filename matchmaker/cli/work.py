"""The background work. The database says what is due; nothing else is kept."""

import threading
import time
from datetime import UTC, datetime, timedelta

import structlog

from matchmaker.admin import upkeep
from matchmaker.app import Site
from matchmaker.cli.listwork import ListWork
from matchmaker.cli.tasks import AT_EVERY_TURN, Task, list_tasks
from matchmaker.clock import now
from matchmaker.matching import jobs
from matchmaker.matching.views import make_policy

log = structlog.get_logger()
PAUSE_AFTER_ERROR = 10.0  # seconds; the database may be restarting
HEARTBEAT_EVERY = timedelta(minutes=1)
LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Worker:
    """Does what is due, again and again. Doing it twice changes nothing.

    A job that fails is logged, noted for the page Operations, and left alone for a
    while; the others go on.
    """

    def __init__(self, site: Site) -> None:
        self.site = site
        self.tasks = list_tasks(site)
        self.policy = make_policy(site.app.config)
        self.pause = float(site.app.config["WORK_PAUSE"])
        self.every = timedelta(seconds=site.app.config["REFRESH_EVERY"])
        #: Names of the jobs that failed when they were tried last.
        self.failed: set[str] = set()
        self._ran: dict[str, datetime] = {}
        self._not_before: dict[str, float] = {}
        self._beat_at = LONG_AGO

    def run(self, stop: threading.Event) -> None:
        """Work until told to stop."""
        warm = False
        ListWork(self.site).start(stop)
        while not stop.is_set():
            try:
                if not warm:
                    self._warm_up()
                    warm = True
                done = self.work_off()
            except Exception:  # the database is away: everything must go on later
                log.exception("work-failed")
                stop.wait(PAUSE_AFTER_ERROR)
                continue
            if not done:
                stop.wait(self.pause)

    def _warm_up(self) -> None:
        with self.site.sessions.read() as session:
            self.site.matcher.warm_up(session)

    def work_off(self) -> int:
        """Do everything that is due now; return how many things were done."""
        self._beat()
        done = sum(self._try(task) for task in self.tasks if self._is_due(task))
        if not done and self._is_refresh_due():
            done += self._try(Task("full-run", AT_EVERY_TURN, self._refresh))
        return done

    def _is_refresh_due(self) -> bool:
        """Tell whether all lists are too old, or of another model or glossary."""
        if self.site.matcher.is_behind_terms():
            return True
        return jobs.is_refresh_due(self.site.sessions, self.every)

    def _refresh(self) -> int:
        site = self.site
        return jobs.refresh(site.sessions, site.matcher, self.policy, progress=_quietly)

    def _is_due(self, task: Task) -> bool:
        if time.monotonic() < self._not_before.get(task.name, 0.0):
            return False
        return now() - self._ran.get(task.name, LONG_AGO) >= task.every

    def _try(self, task: Task) -> int:
        sessions, began = self.site.sessions, time.monotonic()
        try:
            done = task.work()
        except Exception as error:  # one job must not stop the others
            log.exception("job-failed", job=task.name)
            self.failed.add(task.name)
            self._not_before[task.name] = time.monotonic() + PAUSE_AFTER_ERROR
            upkeep.note_failure(sessions, task.name, error)
            return 0
        self._ran[task.name] = now()
        # A job of every turn that found nothing to do is not worth a write.
        if done or task.every or task.name in self.failed:
            self.failed.discard(task.name)
            took = time.monotonic() - began
            upkeep.note_run(sessions, task.name, took=took, done=done)
        return done

    def _beat(self) -> None:
        """Say now and then that a worker is there."""
        if now() - self._beat_at >= HEARTBEAT_EVERY:
            self._beat_at = now()
            upkeep.note_run(self.site.sessions, upkeep.HEARTBEAT, took=0.0, done=0)


def _quietly(_done: int, _total: int) -> None:
    """Show no progress: nobody watches the worker."""
