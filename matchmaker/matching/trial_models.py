"""Work on model versions that an admin asked for, and what is kept of it for good."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import DDL, JSON, CheckConstraint, ForeignKey, event
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.clock import now
from matchmaker.db import Base, Id, PublicId
from matchmaker.matching.models import MatchRun, ModelVersion


class TaskKind(StrEnum):
    """What the worker is to do with models."""

    FIT = "fit"
    BY_HAND = "by_hand"
    JUDGE = "judge"
    DIAL = "dial"


class TaskState(StrEnum):
    """Life of a piece of work: asked for, done, or given up."""

    ASKED = "asked"
    DONE = "done"
    FAILED = "failed"


class PromotionWay(StrEnum):
    """How a version came into force."""

    REPORT = "report"
    OVERRIDE = "override"
    ROLLBACK = "rollback"


class ModelTask(Base):
    """A piece of work that an admin asked for; the worker does it once."""

    __tablename__ = "model_task"

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    kind: Mapped[TaskKind]
    state: Mapped[TaskState] = mapped_column(default=TaskState.ASKED, index=True)
    terms: Mapped[dict[str, Any]] = mapped_column(
        comment="what was asked: names of versions, first day, weights"
    )
    found: Mapped[dict[str, Any] | None] = mapped_column(
        JSON(none_as_null=True), comment="what came of it, or why nothing did"
    )
    author: Mapped[str]
    form_key: Mapped[str | None] = mapped_column(
        unique=True, comment="a form sent twice is one piece of work"
    )
    asked_at: Mapped[datetime] = mapped_column(default=now)
    done_at: Mapped[datetime | None]


class PromotionReport(Base):
    """How a version would do in the place of another. Appended, never changed."""

    __tablename__ = "promotion_report"

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    version_id: Mapped[int] = mapped_column(
        ForeignKey("model_version.id", ondelete="RESTRICT"), index=True
    )
    against_id: Mapped[int] = mapped_column(
        ForeignKey("model_version.id", ondelete="RESTRICT")
    )
    version_digest: Mapped[str] = mapped_column(comment="SHA-256 of what was judged")
    against_digest: Mapped[str] = mapped_column(comment="SHA-256 of what it replaces")
    data_digest: Mapped[str] = mapped_column(comment="SHA-256 of the statements read")
    window_from: Mapped[date | None] = mapped_column(comment="first day of the data")
    window_to: Mapped[date | None] = mapped_column(comment="last day of the data")
    passed: Mapped[bool]
    result: Mapped[dict[str, Any]] = mapped_column(comment="criteria and figures")
    author: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(default=now)
    version: Mapped[ModelVersion] = relationship(foreign_keys=version_id)
    against: Mapped[ModelVersion] = relationship(foreign_keys=against_id)


class Promotion(Base):
    """A version that came into force, and by what right. Appended, never changed."""

    __tablename__ = "promotion"
    __table_args__ = (
        CheckConstraint("way <> 'override' OR reason <> ''", name="override_reasoned"),
        CheckConstraint(
            "way <> 'report' OR report_id IS NOT NULL", name="report_named"
        ),
    )

    id: Mapped[Id]
    version_id: Mapped[int] = mapped_column(
        ForeignKey("model_version.id", ondelete="RESTRICT"), index=True
    )
    replaced_id: Mapped[int | None] = mapped_column(
        ForeignKey("model_version.id", ondelete="RESTRICT")
    )
    report_id: Mapped[int | None] = mapped_column(
        ForeignKey("promotion_report.id", ondelete="RESTRICT")
    )
    way: Mapped[PromotionWay]
    reason: Mapped[str] = mapped_column(default="", comment="of an override")
    author: Mapped[str]
    happened_at: Mapped[datetime] = mapped_column(default=now)
    report: Mapped[PromotionReport | None] = relationship()


class Dial(Base):
    """A number of the policy that admins changed; the setting is the default."""

    __tablename__ = "dial"
    __table_args__ = (CheckConstraint("value BETWEEN 0 AND 1", name="value_range"),)

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[float] = mapped_column(comment="in [0, 1]")
    author: Mapped[str]
    changed_at: Mapped[datetime] = mapped_column(default=now)


#: Tables whose rows stay, and whether they may change.
KEPT = {
    MatchRun.__tablename__: True,
    ModelVersion.__tablename__: True,
    PromotionReport.__tablename__: False,
    Promotion.__tablename__: False,
}


#: A doubled per cent sign is one in the statement.
_REFUSE = """
CREATE OR REPLACE FUNCTION rows_are_kept() RETURNS trigger AS $$
BEGIN
  RAISE EXCEPTION 'rows of %% are kept', TG_TABLE_NAME;
END
$$ LANGUAGE plpgsql
"""


def keeping(table: str, *, may_change: bool) -> dict[str, list[str]]:
    """Return, by dialect, the statements that have the database keep a table's rows."""
    refusals = ["DELETE"] if may_change else ["DELETE", "UPDATE"]
    stop = f"BEGIN SELECT RAISE(ABORT, 'rows of {table} are kept'); END"
    sqlite = [
        f"CREATE TRIGGER {table}_kept_{verb.lower()} BEFORE {verb} ON {table} {stop}"
        for verb in refusals
    ]
    when = f"BEFORE {' OR '.join(refusals)} ON {table} FOR EACH ROW"
    refuse = f"CREATE TRIGGER {table}_kept {when} EXECUTE FUNCTION rows_are_kept()"
    postgresql = [_REFUSE, refuse]
    return {"sqlite": sqlite, "postgresql": postgresql}


def _keep() -> None:
    """Have the triggers made together with the tables, as in tests and the demo."""
    for table, may_change in KEPT.items():
        for dialect, lines in keeping(table, may_change=may_change).items():
            for line in lines:
                # The library's constructor is untyped.
                made = DDL(line).execute_if(dialect=dialect)  # type: ignore[no-untyped-call]
                event.listen(Base.metadata.tables[table], "after_create", made)


_keep()
