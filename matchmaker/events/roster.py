"""Tables of what organisers bring in: files, their rows, and people not yet members.

A person that a file brought is a profile in draft with a :class:`Seed` beside it. The
seed holds the address and the notice; it goes when the person claims or is erased.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.clock import now
from matchmaker.db import Base, Id, PublicId
from matchmaker.events.models import Event
from matchmaker.profiles.models import Profile


class BatchState(StrEnum):
    """Life of an import."""

    STAGED = "staged"
    READY = "ready"
    DONE = "done"
    UNDONE = "undone"


class Basis(StrEnum):
    """Why an organiser may bring in these people (GDPR Art. 6 and its kin)."""

    CONSENT = "consent"
    CONTRACT = "contract"
    INTEREST = "interest"


class Verdict(StrEnum):
    """What an import would do, or did, with a row."""

    NEW = "new"
    UPDATE = "update"
    SAME = "same"
    DUPLICATE = "duplicate"
    REVIEW = "review"
    SKIPPED = "skipped"


class Choice(StrEnum):
    """What an organiser decided about a row that looks like somebody known."""

    SAME_PERSON = "same_person"
    ANOTHER = "another"
    LEAVE_OUT = "leave_out"


class ImportBatch(Base):
    """One file on its way in, and what came of it."""

    __tablename__ = "import_batch"

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    event_id: Mapped[int] = mapped_column(
        ForeignKey("event.id", ondelete="CASCADE"), index=True
    )
    author_id: Mapped[int | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL")
    )
    file_name: Mapped[str]
    file_digest: Mapped[str] = mapped_column(comment="SHA-256 of the file")
    content: Mapped[bytes | None] = mapped_column(
        LargeBinary, comment="the file, until the import is done or given up"
    )
    options: Mapped[dict[str, Any]] = mapped_column(
        default=dict, comment="format, encoding, sheet, header row, mapping"
    )
    basis: Mapped[Basis | None]
    state: Mapped[BatchState] = mapped_column(default=BatchState.STAGED)
    done_rows: Mapped[int] = mapped_column(default=0, comment="rows looked at so far")
    all_rows: Mapped[int] = mapped_column(default=0, comment="rows of the table")
    counts: Mapped[dict[str, Any]] = mapped_column(
        default=dict, comment="rows by verdict"
    )
    created_at: Mapped[datetime] = mapped_column(default=now)
    asked_at: Mapped[datetime | None] = mapped_column(
        comment="when the worker was asked to write it; null: it was not"
    )
    finished_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]
    event: Mapped[Event] = relationship()


class ImportRow(Base):
    """One row of a file: what stood there, what it was read as, what came of it."""

    __tablename__ = "import_row"
    __table_args__ = (
        UniqueConstraint("batch_id", "number"),
        Index("ix__import_row__batch_id_verdict", "batch_id", "verdict"),
    )

    id: Mapped[Id]
    batch_id: Mapped[int] = mapped_column(
        ForeignKey("import_batch.id", ondelete="CASCADE")
    )
    number: Mapped[int] = mapped_column(comment="row of the file, from 1")
    cells: Mapped[list[str]] = mapped_column(
        default=list, comment="the row as it stood; emptied once it is imported"
    )
    person: Mapped[dict[str, Any]] = mapped_column(
        default=dict, comment="what the row was read as; emptied once it is imported"
    )
    verdict: Mapped[Verdict]
    reason: Mapped[str] = mapped_column(default="", comment="code")
    choice: Mapped[Choice | None]
    like_id: Mapped[int | None] = mapped_column(
        ForeignKey("profile.id", ondelete="SET NULL"),
        index=True,
        comment="whom the row looks like",
    )
    profile_id: Mapped[int | None] = mapped_column(
        ForeignKey("profile.id", ondelete="SET NULL"),
        index=True,
        comment="whom it was written to",
    )
    before: Mapped[dict[str, Any] | None] = mapped_column(
        comment="what undo restores; null where the row made something new"
    )


class SavedMapping(Base):
    """How an organiser mapped the columns of a kind of file, for the next one."""

    __tablename__ = "saved_mapping"
    __table_args__ = (UniqueConstraint("user_id", "shape_key"),)

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    shape_key: Mapped[str] = mapped_column(comment="hash of the headers")
    mapping: Mapped[dict[str, Any]]
    saved_at: Mapped[datetime] = mapped_column(default=now)


class Seed(Base):
    """Somebody whom an organiser brought in and who has not claimed the profile."""

    __tablename__ = "seed"

    profile_id: Mapped[int] = mapped_column(
        ForeignKey("profile.id", ondelete="CASCADE"), primary_key=True
    )
    event_id: Mapped[int] = mapped_column(
        ForeignKey("event.id", ondelete="CASCADE"), index=True
    )
    batch_id: Mapped[int | None] = mapped_column(
        ForeignKey("import_batch.id", ondelete="SET NULL"), index=True
    )
    email: Mapped[str] = mapped_column(
        default="", index=True, comment="lower case; empty if the file had none"
    )
    phone: Mapped[str] = mapped_column(default="", comment="E.164")
    locale: Mapped[str] = mapped_column(default="en", comment="of the letter")
    digest: Mapped[str | None] = mapped_column(
        unique=True, comment="SHA-256 of the secret in the claim link"
    )
    invited_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None] = mapped_column(
        comment="end of the claim link, and the day of erasure"
    )
    created_at: Mapped[datetime] = mapped_column(default=now)
    profile: Mapped[Profile] = relationship()
    event: Mapped[Event] = relationship()


class Never(Base):
    """An address that asked never to be written to again; only its keyed hash."""

    __tablename__ = "never"

    digest: Mapped[str] = mapped_column(
        primary_key=True, comment="HMAC-SHA-256 of the address with the site's key"
    )
    created_at: Mapped[datetime] = mapped_column(default=now)
