"""What the worker does, one line a job: its name, how often, and the work."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from matchmaker.accounts import jobs as accounts
from matchmaker.admin import quality_jobs, vocabulary_jobs
from matchmaker.admin.event_views import make_pace
from matchmaker.app import Site
from matchmaker.digest import jobs as digest
from matchmaker.events import jobs as events
from matchmaker.matching import jobs as matching
from matchmaker.matching import review_drawing, searches
from matchmaker.matching.views import make_policy
from matchmaker.messaging import jobs as messaging
from matchmaker.notices import jobs as notices
from matchmaker.owndata import jobs as owndata
from matchmaker.owndata.retention import tidy
from matchmaker.owndata.views import make_scribe
from matchmaker.trust import jobs as trust
from matchmaker.trust.holds import Limits

AT_EVERY_TURN = timedelta(0)
NOW_AND_THEN = timedelta(minutes=10)
HOURLY = timedelta(hours=1)
DAILY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Task:
    """One job: running it twice changes nothing, and it returns how much it did."""

    name: str
    every: timedelta
    work: Callable[[], int]


def list_tasks(site: Site) -> list[Task]:
    """Return the jobs of a site, the most urgent first."""
    sessions, settings = site.sessions, site.app.config
    pace, policy = make_pace(settings), make_policy(settings)
    limits = Limits.of(settings)

    def stale_lists() -> int:
        done = 0
        while matching.refresh_stale(sessions, site.matcher, policy):
            done += 1
        return done

    def invite() -> int:
        return events.send_invitations(sessions, pace, site.preview.count_answers)

    folder, scribe = Path(str(settings["INSTANCE"])), make_scribe(site.app)

    at_every_turn: dict[str, Callable[[], int]] = {
        "own-words": lambda: int(site.own_words.follow()),
        "resets": lambda: accounts.answer_requests(
            sessions,
            confirm_seconds=settings["CONFIRM_MAX_AGE"],
            reset_seconds=settings["RESET_MAX_AGE"],
        ),
        "letters": site.outbox.send_due,
        "expiry": lambda: matching.expire(sessions),
        "lists": stale_lists,
        "invitations": invite,
        "exports": lambda: owndata.make_exports(sessions, folder, scribe),
        "erasures": lambda: owndata.finish_erasures(sessions, site.matcher, folder),
        "term-preview": lambda: vocabulary_jobs.preview_draft(
            settings["DATABASE_URL"], folder, settings["ENCODER"]
        ),
        "digests": lambda: digest.send_digests(sessions, site.matcher),
    }
    now_and_then: dict[str, Callable[[], object]] = {
        "unclaimed": lambda: events.erase_unclaimed(sessions, pace.days),
        "digest-plan": lambda: digest.plan_digests(sessions),
        "old-notices": lambda: notices.forget_old(sessions),
        "abuse": lambda: trust.look_around(
            sessions, limits, seen_days=settings["CONTACT_VIEWS_KEPT_DAYS"]
        ),
        "old-imports": lambda: events.forget_imports(
            sessions, settings["IMPORT_KEPT_DAYS"]
        ),
        "scrub": lambda: events.scrub(sessions),
        "old-exports": lambda: owndata.forget_exports(sessions, folder),
        "searches": lambda: searches.look_again(sessions),
        "quality": lambda: quality_jobs.update(sessions),
        "old-sessions": lambda: accounts.tidy(
            sessions, maximum=settings["SESSION_MAXIMUM"]
        ),
    }
    hourly: dict[str, Callable[[], object]] = {
        "reviews": lambda: review_drawing.draw_when_due(
            sessions, site.matcher, policy, pairs=settings["REVIEW_PAIRS"]
        ),
        "nudges": lambda: messaging.nudge(sessions),
        "cancelled-steps": lambda: messaging.forget(sessions),
    }
    daily: dict[str, Callable[[], object]] = {
        "tidy": lambda: sum(tidy(sessions, settings).values()),
    }
    return [
        *(Task(name, AT_EVERY_TURN, work) for name, work in at_every_turn.items()),
        *(Task(name, NOW_AND_THEN, _counted(w)) for name, w in now_and_then.items()),
        *(Task(name, HOURLY, _counted(work)) for name, work in hourly.items()),
        *(Task(name, DAILY, _counted(work)) for name, work in daily.items()),
    ]


def _counted(work: Callable[[], object]) -> Callable[[], int]:
    """Return work that says how much it did, also where it does not tell."""

    def run() -> int:
        done = work()
        return done if isinstance(done, int) else 0

    return run
