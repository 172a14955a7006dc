"""A backup is one moment of a site at work, and comes back whole or not at all."""

import io
import tarfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, inspect, select, text

from matchmaker import schema
from matchmaker.backup import backup, restore
from matchmaker.db import Base, Sessions, make_engine
from matchmaker.errors import SetupError
from matchmaker.matching.models import Introduction
from matchmaker.messaging.models import Message
from matchmaker.profiles.models import Profile
from tests.conftest import add_introduction, add_member

WRITERS = 8
Counts = dict[str, int]


def quietly(_table: str, _rows: int) -> None:
    """Show no progress."""


def fresh(url: str) -> Engine:
    """Return an empty database."""
    engine = make_engine(url)
    Base.metadata.drop_all(engine)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE IF EXISTS alembic_version"))
    return engine


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Engine]:
    """Give an empty SQLite database to restore into."""
    engine = fresh(f"sqlite:///{tmp_path}/other.db")
    yield engine
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def filled(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """Give a site of two people who talk, in each database."""
    if request.param == "sqlite":
        engine = fresh(f"sqlite:///{tmp_path}/site.db")
    else:
        engine = fresh(request.getfixturevalue("postgres_url"))
    schema.upgrade(engine)
    with Sessions(engine).write.begin() as session:
        anna = add_member(session, name="Анна", offers=(("supply", "Пшеница 小麦"),))
        pair = add_introduction(session, anna, add_member(session, name="陈浩"))
        add_message(session, pair, "Здравствуйте 🌾")
    (tmp_path / "terms").mkdir()
    (tmp_path / "places.json").write_text("{}", "utf-8")
    (tmp_path / "terms" / "own.csv").write_text("code,sector,en,ru,zh\n", "utf-8")
    yield engine
    fresh(str(engine.url.render_as_string(hide_password=False))).dispose()
    Base.metadata.create_all(engine)  # other tests of this server expect tables
    engine.dispose()


def add_message(session: object, pair: Introduction, words: str) -> None:
    session.add(  # type: ignore[attr-defined]
        Message(
            introduction_id=pair.id,
            author_id=pair.seeker_id,
            recipient_id=pair.candidate_id,
            text=words,
            lang="ru",
            form_key=words,
        )
    )


def counts(engine: Engine) -> Counts:
    with engine.connect() as connection:
        return {
            table.name: connection.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        }


def rows(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    with engine.connect() as connection:
        return {
            table.name: [
                tuple(row)
                for row in connection.execute(
                    select(table).order_by(*table.primary_key.columns)
                )
            ]
            for table in Base.metadata.sorted_tables
        }


def test_what_was_saved_comes_back_row_for_row_in_another_database(
    filled: Engine, other: Engine, tmp_path: Path
) -> None:
    file = tmp_path / "site.backup"
    made = backup(filled, tmp_path, file, progress=quietly)
    assert made.rows["profile"] == 2
    assert file.stat().st_mode & 0o077 == 0
    restore(other, tmp_path / "new", file, force=False, progress=quietly)
    assert rows(other) == rows(filled)
    assert (tmp_path / "new" / "terms" / "own.csv").exists()
    assert (tmp_path / "new" / "places.json").exists()
    schema.check_revision(other)


def test_new_rows_are_numbered_after_the_restored_ones(
    filled: Engine, tmp_path: Path
) -> None:
    file = tmp_path / "site.backup"
    backup(filled, tmp_path, file, progress=quietly)
    restore(filled, tmp_path, file, force=True, progress=quietly)
    with Sessions(filled).write.begin() as session:
        known = session.scalar(select(func.max(Profile.id)))
        assert add_member(session, name="Third").id > (known or 0)


def test_a_site_with_people_in_it_is_not_replaced_by_accident(
    filled: Engine, tmp_path: Path
) -> None:
    file = tmp_path / "site.backup"
    backup(filled, tmp_path, file, progress=quietly)
    before = counts(filled)
    with pytest.raises(SetupError, match="--force"):
        restore(filled, tmp_path, file, force=False, progress=quietly)
    assert counts(filled) == before


def test_eight_writers_go_on_while_a_consistent_moment_is_saved(
    filled: Engine, other: Engine, tmp_path: Path
) -> None:
    sessions = Sessions(filled)
    stop, acknowledged = threading.Event(), [0] * WRITERS
    with sessions.read() as session:
        pair_id = session.scalars(select(Introduction.id)).one()

    def write(number: int) -> None:
        while not stop.is_set():
            with sessions.write.begin() as session:
                pair = session.get_one(Introduction, pair_id)
                # Two rows of one transaction: a backup holds both or neither.
                for half in ("a", "b"):
                    add_message(
                        session, pair, f"{number}:{acknowledged[number]}:{half}"
                    )
            acknowledged[number] += 1

    writers = [threading.Thread(target=write, args=(n,)) for n in range(WRITERS)]
    for one in writers:
        one.start()
    while min(acknowledged) < 3:
        stop.wait(0.05)
    before = list(acknowledged)
    file = tmp_path / "site.backup"
    backup(filled, tmp_path, file, progress=quietly)
    after = list(acknowledged)
    stop.set()
    for one in writers:
        one.join()
    restore(other, tmp_path / "new", file, force=False, progress=quietly)
    with other.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        texts = set(connection.scalars(select(Message.text)))
    for number in range(WRITERS):
        saved = {one for one in texts if one.startswith(f"{number}:")}
        done = len(saved) // 2
        assert before[number] <= done <= after[number] + 1
        assert saved == {f"{number}:{at}:{half}" for at in range(done) for half in "ab"}


@pytest.mark.parametrize("harm", ["cut", "flipped", "other", "swapped", "empty"])
def test_a_damaged_file_is_refused_before_anything_is_touched(
    other: Engine, tmp_path: Path, harm: str
) -> None:
    schema.upgrade(other)
    file = tmp_path / "site.backup"
    backup(other, tmp_path, file, progress=quietly)
    data = file.read_bytes()
    if harm == "cut":
        data = data[: len(data) // 2]
    elif harm == "flipped":
        at = len(data) // 2
        data = data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]
    elif harm == "other":
        data = b"PK\x03\x04 not a backup"
    elif harm == "empty":
        data = b""
    else:
        data = swapped(data)
    file.write_bytes(data)
    before = counts(other)
    with pytest.raises(SetupError) as refused:
        restore(other, tmp_path, file, force=True, progress=quietly)
    assert "\n" not in str(refused.value)
    assert counts(other) == before


def swapped(data: bytes) -> bytes:
    """Return a backup in which one part has other bytes than it says."""
    changed = io.BytesIO()
    with (
        tarfile.open(fileobj=io.BytesIO(data), mode="r:gz") as source,
        tarfile.open(fileobj=changed, mode="w:gz") as target,
    ):
        for entry in source:
            reader = source.extractfile(entry)
            assert reader is not None
            part = reader.read()
            if entry.name == "tables/user.jsonl":
                part = part.replace(b"email", b"lemai")
            entry.size = len(part)
            target.addfile(entry, io.BytesIO(part))
    return changed.getvalue()


def test_a_backup_that_cannot_be_written_leaves_nothing(
    other: Engine, tmp_path: Path
) -> None:
    schema.upgrade(other)
    target = tmp_path / "no such folder" / "site.backup"
    with pytest.raises(SetupError, match="cannot be written"):
        backup(other, tmp_path, target, progress=quietly)
    assert not target.parent.exists()


def test_an_empty_database_has_nothing_to_save(other: Engine, tmp_path: Path) -> None:
    assert inspect(other).get_table_names() == []
    with pytest.raises(SetupError, match="matchmaker init"):
        backup(other, tmp_path, tmp_path / "site.backup", progress=quietly)
