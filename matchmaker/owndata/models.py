"""Copies of their data that people asked for, and who was erased."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.clock import now
from matchmaker.db import Base, Id, PublicId


class RequestState(StrEnum):
    """Life of a copy of one's data."""

    ASKED = "asked"
    MAKING = "making"
    READY = "ready"
    FETCHED = "fetched"
    GONE = "gone"


#: States in which a person asks for no second copy.
OPEN_STATES = (
    RequestState.ASKED,
    RequestState.MAKING,
    RequestState.READY,
    RequestState.FETCHED,
)


class DataRequest(Base):
    """Somebody asked for a copy of everything about them."""

    __tablename__ = "data_request"
    __table_args__ = (CheckConstraint("done <= total", name="done_of_total"),)

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), index=True
    )
    open_key: Mapped[int | None] = mapped_column(
        unique=True, comment="the user's id until the file is gone, else null"
    )
    state: Mapped[RequestState] = mapped_column(default=RequestState.ASKED, index=True)
    file_name: Mapped[str] = mapped_column(
        default="", comment="in the folder of exports; nobody can guess it"
    )
    done: Mapped[int] = mapped_column(default=0, comment="kinds of data written")
    total: Mapped[int] = mapped_column(default=0, comment="kinds of data there are")
    size: Mapped[int] = mapped_column(default=0, comment="bytes of the file")
    asked_at: Mapped[datetime] = mapped_column(default=now)
    started_at: Mapped[datetime | None]
    ready_at: Mapped[datetime | None]
    fetched_at: Mapped[datetime | None]

    @property
    def is_waiting(self) -> bool:
        """Whether the file is still to be made."""
        return self.state in {RequestState.ASKED, RequestState.MAKING}

    @property
    def is_ready(self) -> bool:
        """Whether the file can be downloaded."""
        return self.state in {RequestState.READY, RequestState.FETCHED}


class Erasure(Base):
    """That somebody was erased; it cannot be read from it who.

    A backup restored later brings the person back: this says whom to erase again.
    """

    __tablename__ = "erasure"

    digest: Mapped[str] = mapped_column(
        primary_key=True, comment="SHA-256 of the random public id of the profile"
    )
    erased_at: Mapped[datetime] = mapped_column(default=now)
    finished_at: Mapped[datetime | None] = mapped_column(
        index=True, comment="when files made of the data were made anew; null: not yet"
    )
