"""A list of 100,000 people into the database, beside the bare minimum.

    python benchmarks/imports.py [--rows 100000] [--database URL]

The measure is the time of reading the file (bytes to validated people) plus that of
a bare ``executemany`` of the very rows that the import wrote, into empty tables with
the same indexes. An import that compares everybody with everybody, keeps what undo
needs and writes in one transaction may take half as much again.
"""

import argparse
import random
import sqlite3
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from matchmaker.clock import now
from matchmaker.db import Base, make_engine
from matchmaker.events import undo as undoing
from matchmaker.events.commit import import_file
from matchmaker.events.formats import Limits, read
from matchmaker.events.models import Attendance, Event, EventKind
from matchmaker.events.roster import Basis, Choice, ImportBatch, ImportRow, Seed
from matchmaker.profiles.models import Opportunity, Organisation, Profile

LIMITS = Limits(file_bytes=200_000_000, rows=1_000_000)
WRITTEN = (Organisation, Profile, Opportunity, Seed, Attendance, ImportRow)
GOAL = 1.5  # times the bare minimum
_STARTS = ("Ai", "Bo", "Da", "El", "Gul", "Ka", "Li", "Ma", "Nur", "Sa", "Ti", "Za")
_ENDS = ("gerim", "nur", "mira", "vid", "bek", "lan", "ton", "sha", "rina", "dor")
_COUNTRIES = ("Kazakhstan", "Россия", "中国", "Uzbekistan", "India", "Germany")
_SECTORS = ("Logistics", "Textiles", "Mining", "E-commerce", "Energy")


def make_list(rows: int) -> bytes:
    """Return a list as CSV: every third asks a question, ten work at each firm."""
    luck = random.Random(20)  # noqa: S311  the same list at every run
    lines = ["Full name,E-mail,Company,Job title,Country,City,Phone,Sector,Question\n"]
    for number in range(rows):
        given = luck.choice(_STARTS) + luck.choice(_ENDS)
        family = luck.choice(_STARTS) + luck.choice(_ENDS) + luck.choice(_ENDS) + "ov"
        question = f"How do we ship {number} tons?" if number % 3 == 0 else ""
        lines.append(
            f"{given} {family},p{number}@example.org,Firm {number % (rows // 10 + 1)} "
            f"LLC,Manager,{luck.choice(_COUNTRIES)},City {number % 90},"
            f"+7701{number:07d},{luck.choice(_SECTORS)},{question}\n"
        )
    return "".join(lines).encode()


def timed(work: Callable[[], object]) -> float:
    """Return the seconds of CPU some work takes: other work changes them little."""
    start = time.process_time()
    work()
    return time.process_time() - start


def add_event(session: Session) -> Event:
    """Add an event to import into."""
    event = Event(
        slug="measured",
        names={"en": "Measured"},
        kind=EventKind.WEBINAR,
        starts_at=now() - timedelta(days=1),
        ends_at=now() - timedelta(days=1),
    )
    session.add(event)
    session.flush()
    return event


def bare_insert(source: Path, folder: str) -> float:
    """Return the seconds of the bare inserts of what an import wrote."""
    copy = Path(folder) / "bare.db"
    engine = make_engine(f"sqlite:///{copy}")
    Base.metadata.create_all(engine)
    engine.dispose()
    origin = sqlite3.connect(source)
    target = sqlite3.connect(copy)
    target.execute("PRAGMA journal_mode=WAL")
    target.execute("PRAGMA synchronous=FULL")
    tables = {}
    for model in WRITTEN:
        rows = origin.execute(f'SELECT * FROM "{model.__tablename__}"').fetchall()  # noqa: S608
        marks = ",".join("?" * len(rows[0])) if rows else ""
        tables[f'INSERT INTO "{model.__tablename__}" VALUES ({marks})'] = rows  # noqa: S608

    def insert() -> None:
        for statement, rows in tables.items():
            target.executemany(statement, rows)
        target.commit()

    seconds = timed(insert)
    origin.close()
    target.close()
    return seconds


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=100_000)
    options.add_argument("--database", help="Another database than SQLite.")
    chosen = options.parse_args()
    data = make_list(chosen.rows)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "import.db"
        engine = make_engine(chosen.database or f"sqlite:///{file}")
        Base.metadata.create_all(engine)
        read(make_list(500), "list.csv")  # the words of headers are loaded once
        parse = timed(lambda: read(data, "list.csv", limits=LIMITS))
        whole = timed(lambda: bring(engine, data))
        print(f"{chosen.rows} rows, {len(data) / 1e6:.1f} MB")
        print(f"read and validated      {parse:6.2f} s")
        if chosen.database is None:
            bare = bare_insert(file, folder)
            print(f"bare executemany        {bare:6.2f} s")
            print(f"import, read included   {whole:6.2f} s")
            print(f"ratio {whole / (parse + bare):.2f}, goal {GOAL}")
        else:
            print(f"import, read included   {whole:6.2f} s")
        print(f"  people alike sought   {timed(lambda: ask(data)):6.2f} s")
        print(f"the same file again     {timed(lambda: bring(engine, data)):6.2f} s")
        print(f"undo of the first       {timed(lambda: take_back(engine)):6.2f} s")
        engine.dispose()


def bring(engine: Engine, data: bytes, alike: Choice = Choice.ANOTHER) -> None:
    """Import a list in one transaction."""
    with Session(engine) as session, session.begin():
        event = session.scalar(select(Event)) or add_event(session)
        batch = import_file(
            session,
            event,
            author_id=None,
            file_name="list.csv",
            data=data,
            basis=Basis.CONSENT,
            key="k" * 40,
            limits=LIMITS,
            alike=alike,
        )
        print(batch.counts)


def ask(data: bytes) -> None:
    """Import a list into a database of its own and look for people alike."""
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{folder}/asked.db")
        Base.metadata.create_all(engine)
        bring(engine, data, alike=Choice.LEAVE_OUT)
        engine.dispose()


def take_back(engine: Engine) -> None:
    """Undo the first import."""
    with Session(engine) as session, session.begin():
        first = session.get_one(
            ImportBatch, session.scalar(select(func.min(ImportBatch.id)))
        )
        undoing.undo(session, first)


if __name__ == "__main__":
    main()
