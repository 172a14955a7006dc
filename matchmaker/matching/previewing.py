"""Comparing the people of an event without a visitor who waits for it.

An import is compared by the worker as soon as it is written. Where the worker is
another process, or the event changed since, the first who opens the page starts the
comparison in a thread of its own and sees how far it is.
"""

import threading
from typing import Final

import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matchmaker.clock import now
from matchmaker.db import Sessions
from matchmaker.events.models import Attendance
from matchmaker.events.roster import BatchState, ImportBatch
from matchmaker.matching.preview import KEPT_FOR, EventMatches, Preview
from matchmaker.profiles.models import Profile, ProfileStatus
from matchmaker.progress import Progress

log = structlog.get_logger()
#: People of the event and members together who are compared within a request: about
#: half a second of one core.
AT_ONCE: Final = 200


class PreviewWork:
    """Keeps previews at hand.

    Parameters
    ----------
    preview
        What compares, and remembers.
    """

    def __init__(self, preview: Preview) -> None:
        self._preview = preview
        self._lock = threading.Lock()
        self._running: set[int] = set()
        self._broken: set[int] = set()

    def find(
        self, sessions: Sessions, session: Session, event_id: int
    ) -> EventMatches | Progress:
        """Return who would match whom, or how far the comparison is.

        What is old is returned and compared again meanwhile.
        """
        found = self._preview.find(session, event_id)
        if found is not None:
            if not self._preview.is_fresh(found):
                self._start(sessions, event_id)
            return found
        with self._lock:
            broke_off = event_id in self._broken
            self._broken.discard(event_id)
        # What broke off in a thread shall do so where somebody sees it.
        if broke_off or _is_small(session, event_id):
            return self._preview.of_event(session, event_id)
        self._start(sessions, event_id)
        return self._preview.progress.get(event_id) or Progress("wait", 0, 0)

    def _start(self, sessions: Sessions, event_id: int) -> None:
        with self._lock:
            if event_id in self._running:
                return
            self._running.add(event_id)
        threading.Thread(
            target=self._compare, args=(sessions, event_id), daemon=True
        ).start()

    def _compare(self, sessions: Sessions, event_id: int) -> None:
        try:
            with sessions.read() as session:
                self._preview.of_event(session, event_id)
        except Exception:  # a thread has nobody above it
            log.exception("preview-failed", event=event_id)
            with self._lock:
                self._broken.add(event_id)
        finally:
            with self._lock:
                self._running.discard(event_id)

    def compare_imported(self, sessions: Sessions) -> int:
        """Compare the people of the events into which lists came lately; how many."""
        with sessions.read() as session:
            events = session.scalars(
                select(ImportBatch.event_id)
                .where(
                    ImportBatch.state == BatchState.DONE,
                    ImportBatch.finished_at > now() - KEPT_FOR,
                )
                .distinct()
            ).all()
            missing = [one for one in events if not self._preview.find(session, one)]
            for event_id in missing:
                self._preview.of_event(session, event_id)
        return len(missing)


def _is_small(session: Session, event_id: int) -> bool:
    people = select(func.count(Attendance.id)).where(Attendance.event_id == event_id)
    members = select(func.count(Profile.id)).where(
        Profile.status == ProfileStatus.ACTIVE
    )
    return (session.scalar(people) or 0) + (session.scalar(members) or 0) <= AT_ONCE
