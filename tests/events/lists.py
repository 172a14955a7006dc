"""Lists that organisers bring, and what stands in the tables before and after."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from matchmaker.accounts.models import User
from matchmaker.clock import now
from matchmaker.events import imports
from matchmaker.events.commit import import_file
from matchmaker.events.models import Attendance, Event, EventKind
from matchmaker.events.roster import Basis, ImportBatch, Seed
from matchmaker.profiles.models import (
    Opportunity,
    Organisation,
    Profile,
    SearchEntry,
)

KEY = "k" * 40
HEADER = "Name,Email,Company,Title,Country,City,Phone,Sector,Your question\n"
AIGERIM = "Aigerim Bekova,aigerim@example.org,Steppe Grain,Director,Kazakhstan,,,,\n"
OLEG = (
    "Олег Ким,oleg@example.org,ООО «Ветер»,Директор,Россия,Москва,+7 916 000-00-22,"
    "Логистика,Как отправить груз в Китай?\n"
)
TOUCHED = (Profile, Organisation, Opportunity, Seed, Attendance, SearchEntry, User)


def make_event(session: Session, slug: str) -> Event:
    event = Event(
        slug=slug,
        names={"en": slug.title()},
        kind=EventKind.WEBINAR,
        starts_at=now() - timedelta(days=2),
        ends_at=now() - timedelta(days=2),
    )
    session.add(event)
    session.flush()
    return event


def bring(session: Session, event: Event, text: str, **values: Any) -> ImportBatch:
    """Import a text as the command does."""
    return import_file(
        session,
        event,
        author_id=None,
        file_name="list.csv",
        data=text.encode(),
        basis=Basis.CONSENT,
        key=KEY,
        **values,
    )


def show(session: Session, event: Event, text: str) -> ImportBatch:
    """Stage a text and judge it, as the wizard does."""
    batch = imports.stage(
        session,
        event,
        author_id=None,
        file_name="list.csv",
        data=text.encode(),
        basis=Basis.CONSENT,
    )
    assert imports.preview(session, batch, key=KEY)
    return batch


def verdicts(session: Session, batch: ImportBatch) -> list[tuple[str, str]]:
    return [
        (row.verdict.value, row.reason) for row in imports.list_rows(session, batch)
    ]


def dump(session: Session) -> dict[str, list[Any]]:
    """Return everything an import may touch."""
    session.flush()
    found = {}
    for model in TOUCHED:
        table = model.__table__
        assert isinstance(table, Table)
        keys = list(table.primary_key.columns)
        rows = session.execute(select(table).order_by(*keys)).all()
        found[table.name] = [tuple(row) for row in rows]
    return found


def people(session: Session) -> list[Profile]:
    """Return all profiles by name."""
    return list(session.scalars(select(Profile).order_by(Profile.full_name)))
