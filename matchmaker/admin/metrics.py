"""Figures about the site for a monitoring: requests, letters, lists, jobs."""

from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import generate_latest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matchmaker.admin import upkeep
from matchmaker.clock import now
from matchmaker.profiles.models import Profile

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)  # seconds


class Metrics:
    """Counts of this process since it started, and the state of the database."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "matchmaker_requests",
            "Answers by page and status",
            ["page", "status"],
            registry=self._registry,
        )
        self._seconds = Histogram(
            "matchmaker_request_seconds",
            "Time to an answer by page",
            ["page"],
            buckets=BUCKETS,
            registry=self._registry,
        )
        self._gauges: dict[str, Gauge] = {}

    def count(self, page: str, status: int, seconds: float) -> None:
        """Count one answer."""
        self._requests.labels(page, str(status)).inc()
        self._seconds.labels(page).observe(seconds)

    def text(self, session: Session, folder: Path) -> bytes:
        """Return all figures in Prometheus' text form."""
        letters = upkeep.outbox(session)
        age = (now() - letters.oldest).total_seconds() if letters.oldest else 0.0
        self._set("letters_waiting", "Letters that have not left", letters.waiting)
        self._set("letters_failed", "Letters that never left", letters.failed)
        self._set("letter_oldest_seconds", "Age of the oldest due letter", max(age, 0))
        stale = select(func.count()).where(Profile.list_stale_since.is_not(None))
        self._set(
            "lists_stale", "Members whose proposals wait", session.scalar(stale) or 0
        )
        beat = upkeep.find_heartbeat(session)
        if beat is not None:
            silent = (now() - beat).total_seconds()
            self._set("worker_silent_seconds", "Since the worker's last sign", silent)
        for job in upkeep.list_jobs(session):
            name = job.name.replace("-", "_")
            if job.ran_at is not None:
                since = (now() - job.ran_at).total_seconds()
                self._set(f"job_{name}_age_seconds", "Since it went well last", since)
            self._set(f"job_{name}_failing", "1 if it failed last", job.is_failing)
        stored = upkeep.storage(session, folder)
        self._set("database_bytes", "Size of the database", stored.database)
        self._set("disk_free_bytes", "Free where the instance lies", stored.free)
        return bytes(generate_latest(self._registry))

    def _set(self, name: str, told: str, value: float) -> None:
        gauge = self._gauges.get(name)
        if gauge is None:
            gauge = Gauge(f"matchmaker_{name}", told, registry=self._registry)
            self._gauges[name] = gauge
        gauge.set(value)
