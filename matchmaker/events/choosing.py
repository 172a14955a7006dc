"""What organisers decide about a staged file: its table and its columns.

A change starts the preview anew; what was chosen for the columns is remembered.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from sqlalchemy.orm import Session

from matchmaker.errors import DomainError
from matchmaker.events import lines as batch_lines
from matchmaker.events.formats import Columns
from matchmaker.events.imports import check_open, read_batch
from matchmaker.events.mappings import find_mapping, remember_mapping
from matchmaker.events.reading import (
    FILE_CHOICES,
    Understood,
    mapping_values,
    understand,
)
from matchmaker.events.roster import BatchState, ImportBatch


def choose_table(
    session: Session, batch: ImportBatch, choices: Mapping[str, Any]
) -> Understood:
    """Read the file by other choices and start its preview anew.

    Raises
    ------
    FileRefused
        When the file cannot be read like that; the old choices stay.
    DomainError
        ``import-closed``.
    """
    check_open(batch)
    wanted = {name: choices.get(name) for name in FILE_CHOICES}
    if wanted == {name: batch.options.get(name) for name in FILE_CHOICES}:
        return read_batch(batch)
    options = {name: value for name, value in wanted.items() if value is not None}
    found = understand(batch.content or b"", batch.file_name, options)
    remembered = find_mapping(session, batch.author_id, found.table.shape_key)
    if remembered:
        options |= {"mapping": remembered, "remembered": True}
    batch.options = options | {"header": list(found.table.header)}
    _start_again(session, batch)
    return found


def choose_columns(
    session: Session, batch: ImportBatch, *, user_id: int, fields: Mapping[int, str]
) -> None:
    """Store what each column is, and remember it for files of this shape.

    Raises
    ------
    DomainError
        ``import-closed``, or ``import-nobody`` when no column tells who it is.
    """
    found = read_batch(batch)
    columns = with_fields(found.widest, fields)
    named = {column.field for column in columns}
    if not named & _TELLING:
        raise DomainError("import-nobody", status=422)
    mapping = mapping_values(columns)
    if columns != found.widest:
        remember_mapping(session, user_id, found.table.shape_key, mapping)
    if mapping != batch.options.get("mapping"):
        batch.options = dict(batch.options) | {"mapping": mapping, "remembered": False}
        _start_again(session, batch)


#: A table without any of these has nobody in it.
_TELLING: Final = frozenset(
    {"name", "given", "family", "email", "phone", "contacts", "name_original"}
    | {"name_display", "display", "upn", "account_email", "whatsapp", "telegram"}
    | {"wechat", "messenger", "sort_name", "account_name", "order_email"}
)


def with_fields(columns: Columns, fields: Mapping[int, str]) -> Columns:
    """Return the columns with the fields somebody chose for some of them."""
    return tuple(
        replace(column, field=fields[column.index], certainty=1.0, choice="")
        if fields.get(column.index, column.field) != column.field
        else column
        for column in columns
    )


def _start_again(session: Session, batch: ImportBatch) -> None:
    batch_lines.forget_lines(session, batch.id)
    batch.state = BatchState.STAGED
    batch.done_rows = 0
    batch.counts = {}
    session.flush()
