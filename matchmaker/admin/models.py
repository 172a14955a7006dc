"""The audit log; ``admin.audit`` keeps the database from changing it."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.admin.audit import append_only
from matchmaker.clock import now
from matchmaker.db import Base, Id


class AuditEntry(Base):
    """One privileged read or change. Appended, never changed."""

    __tablename__ = "audit_entry"

    id: Mapped[Id]
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL"), index=True
    )
    action: Mapped[str]
    subject: Mapped[dict[str, Any]] = mapped_column(default=dict)
    happened_at: Mapped[datetime] = mapped_column(default=now, index=True)


class JobState(Base):
    """When a job of the worker ran last, and how it went; one row a job."""

    __tablename__ = "job_state"

    name: Mapped[str] = mapped_column(primary_key=True)
    ran_at: Mapped[datetime | None] = mapped_column(comment="last time it went well")
    took: Mapped[float] = mapped_column(default=0.0, comment="seconds")
    done: Mapped[int] = mapped_column(default=0, comment="things done that time")
    failed_at: Mapped[datetime | None] = mapped_column(comment="last time it failed")
    error: Mapped[str] = mapped_column(default="", comment="class of the last failure")

    @property
    def is_failing(self) -> bool:
        """Whether it failed the last time it ran."""
        failed = self.failed_at
        return failed is not None and (self.ran_at is None or failed > self.ran_at)


append_only(AuditEntry.__table__)
