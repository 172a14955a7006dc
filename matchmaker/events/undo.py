"""Taking an import back, row for row, as long as nobody has built on it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session, aliased

from matchmaker.clock import now
from matchmaker.errors import DomainError
from matchmaker.events import erasure
from matchmaker.events.admission import settle
from matchmaker.events.bulk import chunks, delete_rows, update_rows
from matchmaker.events.models import Attendance, Event
from matchmaker.events.roster import (
    BatchState,
    ImportBatch,
    ImportRow,
    Seed,
    Verdict,
)
from matchmaker.profiles.models import (
    Opportunity,
    Organisation,
    Profile,
    ProfileStatus,
)

_Change = tuple[dict[str, Any], dict[str, Any]]
_WRITTEN = (Verdict.NEW, Verdict.UPDATE)
_UNCLAIMED = frozenset({ProfileStatus.DRAFT, ProfileStatus.INVITED})


def undo(session: Session, batch: ImportBatch) -> None:
    """Delete what an import made and restore what it changed.

    Raises
    ------
    DomainError
        ``import-not-done``; ``import-claimed`` or ``import-edited`` once a person in
        it has claimed or changed the profile; ``import-built-on`` when a later
        import added to its people: that one is undone first.
    """
    session.execute(
        select(Event.id).where(Event.id == batch.event_id).with_for_update()
    )
    session.refresh(batch)
    if batch.state is BatchState.UNDONE:
        return
    check_undo(session, batch)
    rows = _rows(session, batch)
    made = [row.profile_id for row in rows if row.before is None]
    employers = _employers(session, (row.profile_id for row in rows))
    _restore(session, batch, [row for row in rows if row.before is not None])
    for ids in chunks(made):
        # A letter that waits would leave with a link to nobody.
        invited = select(Seed.email).where(
            Seed.profile_id.in_(ids), Seed.invited_at.is_not(None)
        )
        for email in session.scalars(invited).all():
            erasure.forget_letters(session, email)
    for model in (Seed, Attendance, Opportunity):
        for ids in chunks(made):
            session.execute(delete(model).where(model.profile_id.in_(ids)))
    delete_rows(session, Profile, made)
    _delete_unused(session, employers)
    settle(session, [row.profile_id for row in rows if row.before is not None])
    batch.state = BatchState.UNDONE
    batch.undone_at = now()
    session.flush()
    session.expire_all()


def check_undo(session: Session, batch: ImportBatch) -> None:
    """Refuse to take back what somebody has made their own.

    Raises
    ------
    DomainError
        As :func:`undo`.
    """
    if batch.state is not BatchState.DONE:
        raise DomainError("import-not-done")
    if _is_built_on(session, batch):
        raise DomainError("import-built-on")
    rows = session.execute(
        select(ImportRow.before, Profile.status, Profile.user_id, Profile.version)
        .join(Profile, Profile.id == ImportRow.profile_id)
        .where(ImportRow.batch_id == batch.id, ImportRow.verdict.in_(_WRITTEN))
    )
    for before, status, user_id, version in rows:
        if before is not None and "profile" not in before:
            continue  # a member from the beginning: only the attendance was added
        if user_id is not None or status not in _UNCLAIMED:
            raise DomainError("import-claimed")
        written = 1 if before is None else before["profile"]["version"] + 1
        if version != written:
            raise DomainError("import-edited")


def _is_built_on(session: Session, batch: ImportBatch) -> bool:
    later = aliased(ImportRow)
    other = aliased(ImportBatch)
    return bool(
        session.scalar(
            select(
                exists().where(
                    ImportRow.batch_id == batch.id,
                    ImportRow.verdict.in_(_WRITTEN),
                    later.profile_id == ImportRow.profile_id,
                    later.verdict.in_(_WRITTEN),
                    later.batch_id == other.id,
                    other.state == BatchState.DONE,
                    other.finished_at > batch.finished_at,
                )
            )
        )
    )


def _rows(session: Session, batch: ImportBatch) -> Sequence[Any]:
    return session.execute(
        select(ImportRow.profile_id, ImportRow.before).where(
            ImportRow.batch_id == batch.id,
            ImportRow.verdict.in_(_WRITTEN),
            ImportRow.profile_id.is_not(None),
        )
    ).all()


def _employers(session: Session, profile_ids: Any) -> set[int]:  # noqa: ANN401  ids
    found: set[int] = set()
    for ids in chunks(profile_ids):
        found.update(
            number
            for number in session.scalars(
                select(Profile.organisation_id).where(Profile.id.in_(ids)).distinct()
            )
            if number is not None
        )
    return found


def _restore(session: Session, batch: ImportBatch, rows: Sequence[Any]) -> None:
    """Put back what stood there before this import filled it in."""
    profiles: list[_Change] = []
    seeds: list[_Change] = []
    attendance: list[_Change] = []
    added: dict[type[Seed | Attendance], list[int]] = {Seed: [], Attendance: []}
    items: list[int] = []
    for profile_id, before in rows:
        if "profile" in before:
            profiles.append(({"id": profile_id}, before["profile"]))
        for model, name, kept in (
            (Seed, "seed", seeds),
            (Attendance, "attendance", attendance),
        ):
            if name in before and before[name] is None:
                added[model].append(profile_id)
            elif name in before:
                kept.append(({"profile_id": profile_id}, before[name]))
        items += before.get("items", ())
    update_rows(session, Profile, profiles)
    update_rows(session, Seed, seeds)
    at_event = {"event_id": batch.event_id}
    update_rows(session, Attendance, ((at_event | w, v) for w, v in attendance))
    delete_rows(session, Opportunity, items)
    for model, ids in added.items():
        for part in chunks(ids):
            session.execute(
                delete(model).where(
                    model.profile_id.in_(part), model.event_id == batch.event_id
                )
            )


def _delete_unused(session: Session, ids: set[int]) -> None:
    """Delete organisations of the import in which nobody works any more."""
    used: set[int] = set()
    for part in chunks(ids):
        used.update(
            number
            for number in session.scalars(
                select(Profile.organisation_id).where(Profile.organisation_id.in_(part))
            )
            if number is not None
        )
    delete_rows(session, Organisation, sorted(ids - used))
