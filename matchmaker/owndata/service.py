"""Asking for a copy of one's data, and fetching it. Flush, never commit."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Select, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from matchmaker.accounts.models import User
from matchmaker.clock import now
from matchmaker.errors import DomainError
from matchmaker.notices.models import NoticeKind
from matchmaker.notices.service import notify
from matchmaker.owndata.bundle import new_file_name
from matchmaker.owndata.models import DataRequest, Erasure, RequestState
from matchmaker.owndata.rules import KEPT, STUCK


def ask(session: Session, user_id: int) -> DataRequest:
    """Ask for a copy; while one is made or lies ready, that one is returned."""
    known = find_open(session, user_id)
    if known is not None:
        return known
    asked = DataRequest(user_id=user_id, open_key=user_id)
    try:
        with session.begin_nested():
            session.add(asked)
    except IntegrityError:  # asked in another window at this very moment
        return session.scalars(_open(user_id)).one()
    return asked


def find_open(session: Session, user_id: int) -> DataRequest | None:
    """Return a person's copy that is made or lies ready."""
    return session.scalar(_open(user_id))


def _open(user_id: int) -> Select[DataRequest]:
    return select(DataRequest).where(DataRequest.open_key == user_id)


def fetch(session: Session, user_id: int, public_id: str) -> DataRequest:
    """Note that a person's own copy was downloaded, and return it.

    Raises
    ------
    DomainError
        ``export-unknown``, also for copies of others and those that are gone.
    """
    found = session.scalar(
        select(DataRequest).where(
            DataRequest.user_id == user_id, DataRequest.public_id == public_id
        )
    )
    if found is None or not found.is_ready or is_over(found, now()):
        raise DomainError("export-unknown", status=404)
    found.state = RequestState.FETCHED
    found.fetched_at = found.fetched_at or now()
    return found


def is_over(asked: DataRequest, moment: datetime) -> bool:
    """Tell whether the time to download a copy has passed."""
    return asked.ready_at is not None and asked.ready_at + KEPT <= moment


# What the worker does --------------------------------------------------------


def next_asked(session: Session) -> int | None:
    """Return the copy that waits longest; one that a worker dropped waits again."""
    dropped = (DataRequest.state == RequestState.MAKING) & (
        DataRequest.started_at < now() - STUCK
    )
    return session.scalar(
        select(DataRequest.id)
        .where(or_(DataRequest.state == RequestState.ASKED, dropped))
        .order_by(DataRequest.id)
        .limit(1)
    )


def begin(session: Session, request_id: int) -> DataRequest | None:
    """Take a copy to be made, unless another worker was faster."""
    found = session.get(DataRequest, request_id, with_for_update=True)
    if found is None or not found.is_waiting:
        return None
    if found.started_at is not None and found.started_at > now() - STUCK:
        return None
    found.state = RequestState.MAKING
    found.started_at = now()
    found.file_name = new_file_name()
    found.done = found.total = 0
    session.flush()
    return found


def note_progress(session: Session, request_id: int, done: int, total: int) -> None:
    """Note how far a copy has come."""
    session.execute(
        update(DataRequest)
        .where(DataRequest.id == request_id)
        .values(done=done, total=total)
    )


def give_back(session: Session, request_id: int) -> None:
    """Let a copy that broke off be tried again."""
    session.execute(
        update(DataRequest)
        .where(DataRequest.id == request_id)
        .values(state=RequestState.ASKED, started_at=None)
    )


def finish(session: Session, request_id: int, size: int) -> bool:
    """Say that a copy is ready, and tell the person; False if they are gone."""
    found = session.get(DataRequest, request_id, with_for_update=True)
    if found is None:
        return False
    found.state, found.ready_at, found.size = RequestState.READY, now(), size
    found.done = found.total
    notify(
        session,
        session.get(User, found.user_id),
        kind=NoticeKind.FOLLOW_UP,
        code="export_ready",
        context={"on": (found.ready_at + KEPT).date().isoformat()},
        once_key=f"export:{found.public_id}",
    )
    return True


def close_old(session: Session) -> int:
    """Close copies whose day is over; return how many."""
    over = session.scalars(
        select(DataRequest).where(
            DataRequest.open_key.is_not(None), DataRequest.ready_at <= now() - KEPT
        )
    ).all()
    for found in over:
        found.state, found.open_key, found.file_name = RequestState.GONE, None, ""
    return len(over)


def list_files(session: Session) -> set[str]:
    """Return the names of all files that may still be there."""
    names: Iterable[str] = session.scalars(
        select(DataRequest.file_name).where(DataRequest.file_name != "")
    )
    return set(names)


# What admins see -------------------------------------------------------------


def count_requests(session: Session, since: datetime) -> dict[str, int]:
    """Return how many copies were asked for, and how many people erased themselves."""
    asked = select(func.count(DataRequest.id)).where(DataRequest.asked_at >= since)
    erased = select(func.count(Erasure.digest)).where(Erasure.erased_at >= since)
    return {
        "exports": session.scalar(asked) or 0,
        "erasures": session.scalar(erased) or 0,
    }
