"""A whole site in one file: every table as lines of JSON, and the organisation's words.

One form for both databases, made from one snapshot while others write. It needs no
program of the database, each part carries its SHA-256, and what was saved from SQLite
can be restored into PostgreSQL. The fitted community is left out: it is made anew.
"""

import base64
import hashlib
import io
import json
import os
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, Final

from sqlalchemy import (
    Connection,
    Date,
    Engine,
    LargeBinary,
    Table,
    func,
    insert,
    inspect,
    select,
    text,
)

from matchmaker import schema
from matchmaker.clock import now
from matchmaker.db import Base, UTCDateTime
from matchmaker.errors import SetupError

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
PLACES: Final = "places.json"  # own names of countries
BATCH: Final = 1_000  # rows read and written at a time
LONGEST_MANIFEST: Final = 1_000_000  # bytes
Progress = Callable[[str, int], None]


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says about itself.

    Attributes
    ----------
    made_at
        When its snapshot was taken, ISO 8601.
    revision
        Version of the database.
    parts
        Name of each part to its SHA-256.
    rows
        Table to its number of rows.
    """

    made_at: str
    revision: str
    parts: dict[str, str]
    rows: dict[str, int]


def backup(
    engine: Engine, folder: Path, target: Path, *, progress: Progress
) -> Manifest:
    """Write the site into one file, readable by its owner only.

    The file appears under its name when it is complete, and not before.

    Parameters
    ----------
    engine
        Its database; must have this program's version.
    folder
        The instance folder.
    target
        The file; an older one of the name is replaced.
    progress
        Called with each table and its rows.

    Raises
    ------
    SetupError
        If the database has another version or the file cannot be written.
    """
    schema.check_revision(engine)
    parts: dict[str, str] = {}
    rows: dict[str, int] = {}
    unfinished = target.with_name(f".{target.name}.unfinished")
    try:
        handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with (
            os.fdopen(handle, "wb") as file,
            tarfile.open(fileobj=file, mode="w:gz", compresslevel=5) as archive,
        ):
            with _snapshot(engine) as connection:
                made_at = now()
                for table in Base.metadata.sorted_tables:
                    rows[table.name] = _save_table(connection, table, archive, parts)
                    progress(table.name, rows[table.name])
            for path in sorted((folder / "terms").glob("*.csv")):
                _add(archive, f"terms/{path.name}", path.read_bytes(), parts)
            if (folder / PLACES).exists():
                _add(archive, PLACES, (folder / PLACES).read_bytes(), parts)
            manifest = Manifest(
                made_at.isoformat(), schema.head_revision(engine), parts, rows
            )
            told = {"format": FORMAT, **_plain(manifest)}
            _add(archive, MANIFEST, json.dumps(told, indent=1).encode(), {})
            archive.close()
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(target)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise SetupError(
            f"{target} cannot be written: {error.strerror or error}."
        ) from error
    return manifest


def _plain(manifest: Manifest) -> dict[str, Any]:
    return {name: getattr(manifest, name) for name in Manifest.__slots__}


def _snapshot(engine: Engine) -> Connection:
    """Return a connection whose reads all see one moment."""
    if engine.dialect.name == "sqlite":
        # A reader of the write-ahead log keeps its snapshot and stops no writer.
        return engine.execution_options(sqlite_begin="DEFERRED").connect()
    return engine.connect().execution_options(
        isolation_level="REPEATABLE READ", postgresql_readonly=True
    )


def _save_table(
    connection: Connection,
    table: Table,
    archive: tarfile.TarFile,
    parts: dict[str, str],
) -> int:
    count = 0
    with TemporaryFile() as lines:
        stream = connection.execution_options(yield_per=BATCH).execute(
            select(table).order_by(*table.primary_key.columns)
        )
        for row in stream:
            values = [_to_json(value) for value in row]
            line = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
            lines.write(line.encode() + b"\n")
            count += 1
        head = json.dumps([column.name for column in table.columns]).encode() + b"\n"
        size = lines.tell() + len(head)
        lines.seek(0)
        entry = tarfile.TarInfo(f"tables/{table.name}.jsonl")
        entry.size, entry.mode = size, 0o600
        reader = _Hashing(io.BytesIO(head), lines)
        archive.addfile(entry, reader)
        parts[entry.name] = reader.digest.hexdigest()
    return count


class _Hashing(io.RawIOBase):
    """Reads one stream after the other and remembers the hash of both."""

    def __init__(self, *streams: IO[bytes]) -> None:
        self.streams = list(streams)
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """Return exactly so many bytes, unless the streams end."""
        found = b""
        while self.streams and (size < 0 or len(found) < size):
            part = self.streams[0].read(size - len(found) if size >= 0 else -1)
            found += part
            if not part:
                self.streams.pop(0)
        self.digest.update(found)
        return found


def _add(
    archive: tarfile.TarFile, name: str, data: bytes, parts: dict[str, str]
) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(data), 0o600
    archive.addfile(entry, io.BytesIO(data))
    parts[name] = hashlib.sha256(data).hexdigest()


def _to_json(value: Any) -> Any:  # noqa: ANN401  a value of any column
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value


def restore(
    engine: Engine, folder: Path, source: Path, *, force: bool, progress: Progress
) -> Manifest:
    """Bring a site back from a file, in one transaction.

    The whole file is checked before the database is touched. A site that holds
    anything is refused; with ``force`` everything in it is lost.

    Raises
    ------
    SetupError
        If the file is damaged or of another version, or the database is in use.
    """
    try:
        with tarfile.open(source, "r:gz") as archive:
            manifest = _check(archive)
    except (OSError, EOFError, tarfile.TarError) as error:
        reason = getattr(error, "strerror", None) or "it is damaged or no backup"
        raise SetupError(f"{source} cannot be read: {reason}.") from error
    head = schema.head_revision(engine)
    if manifest.revision != head:
        raise SetupError(
            f"The backup is of version {manifest.revision}, this program needs {head}. "
            "Restore it with the release that made it, then bring it up to date with: "
            "matchmaker init"
        )
    _make_room(engine, force=force)
    with tarfile.open(source, "r:gz") as archive, engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        for table in Base.metadata.sorted_tables:
            count = _load_table(connection, table, archive)
            if count != manifest.rows.get(table.name):
                raise SetupError(f"The table {table.name} is not complete. Stopped.")
            progress(table.name, count)
        _set_counters(connection)
    with tarfile.open(source, "r:gz") as archive:
        _bring_terms(archive, manifest, folder)
    for stale in (folder / "model").glob("*"):
        stale.unlink()
    return manifest


def _check(archive: tarfile.TarFile) -> Manifest:
    """Return what a backup says, if every part is what it says."""
    found: dict[str, str] = {}
    told: dict[str, Any] | None = None
    for entry in archive:
        reader = archive.extractfile(entry)
        if reader is None:
            raise SetupError("The backup holds something that is no file. Stopped.")
        if entry.name == MANIFEST:
            try:
                told = json.loads(reader.read(LONGEST_MANIFEST))
            except ValueError as error:
                raise SetupError("The backup's list of parts is damaged.") from error
            continue
        digest = hashlib.sha256()
        while part := reader.read(1 << 20):
            digest.update(part)
        found[entry.name] = digest.hexdigest()
    if told is None or told.get("format") != FORMAT:
        raise SetupError("This is no backup that this program can read.")
    manifest = Manifest(**{name: told[name] for name in Manifest.__slots__})
    wrong = sorted(
        name
        for name in found.keys() | manifest.parts.keys()
        if found.get(name) != manifest.parts.get(name)
    )
    if wrong:
        raise SetupError(f"The backup is damaged: {', '.join(wrong[:3])}.")
    return manifest


def _make_room(engine: Engine, *, force: bool) -> None:
    """Leave an empty database of this program's version."""
    names = inspect(engine).get_table_names()
    if names:
        known = [one for one in Base.metadata.sorted_tables if one.name in names]
        with engine.connect() as connection:
            filled = any(
                connection.scalar(select(func.count()).select_from(table))
                for table in known
            )
        if filled and not force:
            raise SetupError(
                "The database is not empty. To replace everything in it, add --force."
            )
        Base.metadata.drop_all(engine)
        with engine.begin() as connection:
            connection.execute(text("DROP TABLE IF EXISTS alembic_version"))
    schema.upgrade(engine)
    with engine.begin() as connection:  # what migrations put there, the file has too
        for table in reversed(Base.metadata.sorted_tables):
            connection.execute(table.delete())


def _load_table(connection: Connection, table: Table, archive: tarfile.TarFile) -> int:
    reader = archive.extractfile(f"tables/{table.name}.jsonl")
    if reader is None:
        raise SetupError(f"The backup lacks the table {table.name}. Stopped.")
    names = json.loads(reader.readline())
    count = 0
    for batch in _batches(reader):
        rows = [
            {
                name: _from_json(table, name, value)
                for name, value in zip(names, values, strict=True)
            }
            for values in batch
        ]
        connection.execute(insert(table), rows)
        count += len(rows)
    return count


def _batches(reader: IO[bytes]) -> Iterator[list[list[Any]]]:
    batch: list[list[Any]] = []
    for line in reader:
        batch.append(json.loads(line))
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _from_json(table: Table, name: str, value: Any) -> Any:  # noqa: ANN401
    kind = table.columns[name].type
    if value is None:
        return None
    if isinstance(kind, UTCDateTime):
        return datetime.fromisoformat(value)
    if isinstance(kind, Date):
        return date.fromisoformat(value)
    if isinstance(kind, LargeBinary):
        return base64.b64decode(value)
    return value


def _set_counters(connection: Connection) -> None:
    """Let new rows of PostgreSQL be numbered after the restored ones."""
    if connection.dialect.name != "postgresql":
        return
    for table in Base.metadata.sorted_tables:
        if "id" not in table.columns:
            continue
        owned = func.pg_get_serial_sequence(f'"{table.name}"', "id")
        sequence = connection.scalar(select(owned))
        highest = connection.scalar(select(func.max(table.c.id)))
        if sequence and highest:
            connection.execute(select(func.setval(sequence, highest)))


def _bring_terms(archive: tarfile.TarFile, manifest: Manifest, folder: Path) -> None:
    terms = folder / "terms"
    for name in manifest.parts:
        kind, _, file = name.partition("/")
        # The name of a part is no path: only its last piece is used.
        if kind == "terms" and file.endswith(".csv") and Path(file).name == file:
            reader = archive.extractfile(name)
            if reader is not None:
                terms.mkdir(parents=True, exist_ok=True)
                (terms / file).write_bytes(reader.read())
    if PLACES in manifest.parts:
        reader = archive.extractfile(PLACES)
        if reader is not None:
            (folder / PLACES).write_bytes(reader.read())
