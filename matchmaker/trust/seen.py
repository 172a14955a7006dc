"""Who looked at whose contact details. Flush, never commit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session, joinedload

from matchmaker.clock import now
from matchmaker.profiles.models import Profile
from matchmaker.trust.blocks import hidden_from
from matchmaker.trust.models import ContactView, SeenWhere

LISTED = 200  # people on the page, the latest first


@dataclass(frozen=True, slots=True)
class Looker:
    """Somebody who saw the contact details of a member."""

    viewer: Profile
    places: tuple[SeenWhere, ...]
    days: int
    last: date


def find_new(
    session: Session, viewer_id: int, viewed: Sequence[int], place: SeenWhere
) -> list[int]:
    """Return those of some people whom a viewer has not seen today in a place."""
    known = set(
        session.scalars(
            select(ContactView.viewed_id).where(
                ContactView.viewer_id == viewer_id,
                ContactView.viewed_id.in_(viewed),
                ContactView.place == place,
                ContactView.seen_on == now().date(),
            )
        )
    )
    return [one for one in viewed if one not in known and one != viewer_id]


def note(
    session: Session, viewer_id: int, viewed: Sequence[int], place: SeenWhere
) -> None:
    """Note that contact details were given to somebody; once a day and place."""
    rows = [
        {
            "viewer_id": viewer_id,
            "viewed_id": one,
            "place": place,
            "seen_on": now().date(),
        }
        for one in viewed
        if one != viewer_id
    ]
    if rows:
        dialect = session.get_bind().dialect.name
        upsert = sqlite_insert if dialect == "sqlite" else postgresql_insert
        session.execute(upsert(ContactView).on_conflict_do_nothing(), rows)


def list_lookers(session: Session, viewed_id: int) -> list[Looker]:
    """Return who saw a member's contact details, the latest first.

    Who is invisible by a block is not named here either.
    """
    views = (
        select(
            ContactView.viewer_id,
            func.count(func.distinct(ContactView.seen_on)).label("days"),
            func.max(ContactView.seen_on).label("last"),
        )
        .where(
            ContactView.viewed_id == viewed_id,
            ContactView.viewer_id.not_in(hidden_from(viewed_id)),
        )
        .group_by(ContactView.viewer_id)
        .order_by(func.max(ContactView.seen_on).desc(), ContactView.viewer_id)
        .limit(LISTED)
    ).subquery()
    rows = session.execute(
        select(Profile, views.c.days, views.c.last)
        .join(views, views.c.viewer_id == Profile.id)
        .order_by(views.c.last.desc(), Profile.id)
        .options(joinedload(Profile.organisation))
    ).all()
    where: dict[int, list[SeenWhere]] = {}
    for viewer_id, place in session.execute(
        select(ContactView.viewer_id, ContactView.place)
        .where(ContactView.viewed_id == viewed_id)
        .distinct()
        .order_by(ContactView.place)
    ):
        where.setdefault(viewer_id, []).append(place)
    return [Looker(row[0], tuple(where[row[0].id]), row[1], row[2]) for row in rows]


def forget(session: Session, *, days: int) -> None:
    """Erase what is older than some days."""
    session.execute(
        delete(ContactView).where(
            ContactView.seen_on < now().date() - timedelta(days=days)
        )
    )
