"""Long work that an organiser waits for, beside the letters and lists of the worker.

It has a thread of its own: a list of 20,000 people, or who would match whom in it, must
not wait for the nightly run, nor hold up anybody's letter.
"""

import threading

import structlog

from matchmaker.app import Site
from matchmaker.events import jobs
from matchmaker.matching.trial_jobs import work_models
from matchmaker.matching.views import make_policy

log = structlog.get_logger()
PAUSE_AFTER_ERROR = 10.0  # seconds; the database may be restarting


class ListWork:
    """Writes long imports and compares the people they brought."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.pause = float(site.app.config["WORK_PAUSE"])

    def start(self, stop: threading.Event) -> threading.Thread:
        """Work in a thread until told to stop."""
        thread = threading.Thread(
            target=self.run, args=(stop,), name="list-work", daemon=True
        )
        thread.start()
        return thread

    def run(self, stop: threading.Event) -> None:
        """Work until told to stop."""
        while not stop.is_set():
            try:
                done = self.work_off()
            except Exception:  # the next list must go on
                log.exception("list-work-failed")
                stop.wait(PAUSE_AFTER_ERROR)
                continue
            if not done:
                stop.wait(self.pause)

    def work_off(self) -> int:
        """Do what is due now; return how many things were done."""
        site = self.site
        key = site.app.config["SECRET_KEY"]
        done = jobs.write_imports(site.sessions, site.board, key=key)
        policy = make_policy(site.app.config)
        done += work_models(site.sessions, site.matcher, policy, site.board)
        return done + site.previewing.compare_imported(site.sessions)
