"""The background work. The database says what is due; nothing else is kept."""

import threading
from datetime import UTC, datetime, timedelta

import structlog

from matchmaker.admin.event_views import make_pace
from matchmaker.app import Site
from matchmaker.clock import now
from matchmaker.events import jobs as event_jobs
from matchmaker.matching import jobs
from matchmaker.matching.views import make_policy

log = structlog.get_logger()
PAUSE_AFTER_ERROR = 10.0  # seconds; the database may be restarting
TIDY_EVERY = timedelta(minutes=10)  # between two looks for what is to be erased


class Worker:
    """Does what is due, again and again. Doing it twice changes nothing."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.policy = make_policy(site.app.config)
        self.pause = float(site.app.config["WORK_PAUSE"])
        self.every = timedelta(seconds=site.app.config["REFRESH_EVERY"])
        self.pace = make_pace(site.app.config)
        self.tidied = datetime.min.replace(tzinfo=UTC)

    def run(self, stop: threading.Event) -> None:
        """Work until told to stop."""
        warm = False
        while not stop.is_set():
            try:
                if not warm:
                    self._warm_up()
                    warm = True
                done = self.work_off()
            except Exception:  # letters and lists must go on
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
        site = self.site
        done = site.outbox.send_due() + jobs.expire(site.sessions)
        while jobs.refresh_stale(site.sessions, site.matcher, self.policy):
            done += 1
        done += self._invite()
        if not done and jobs.is_refresh_due(site.sessions, self.every):
            done += jobs.refresh(
                site.sessions, site.matcher, self.policy, progress=_quietly
            )
        return done

    def _invite(self) -> int:
        """Send the invitations whose turn it is, and forget whose time is over."""
        site = self.site
        done = event_jobs.send_invitations(
            site.sessions, self.pace, site.preview.count_answers
        )
        moment = now()
        if moment - self.tidied >= TIDY_EVERY:
            self.tidied = moment
            done += event_jobs.erase_unclaimed(site.sessions, self.pace.days)
            event_jobs.forget_imports(
                site.sessions, site.app.config["IMPORT_KEPT_DAYS"]
            )
            event_jobs.scrub(site.sessions)
        return done


def _quietly(_done: int, _total: int) -> None:
    """Show no progress: nobody watches the worker."""
