"""The rows an import left out, as a file that says why, to be mended and sent again."""

from collections.abc import Callable, Sequence

from sqlalchemy.orm import Session

from matchmaker import sheets
from matchmaker.events import imports
from matchmaker.events.roster import ImportBatch, ImportRow, Verdict

KINDS = ("csv", "xlsx")


def rejected_file(
    session: Session,
    batch: ImportBatch,
    kind: str,
    *,
    head: Sequence[str],
    say: Callable[[ImportRow], str],
) -> bytes:
    """Return the rows that were left out, each as it stood with the reason before it.

    Parameters
    ----------
    kind
        ``csv`` or ``xlsx``.
    head
        What the two columns of ours are called: reason and row.
    say
        Gives a row's reason in the reader's language.
    """
    rows = imports.list_rows(session, batch, verdict=Verdict.SKIPPED)
    header = [str(cell) for cell in batch.options.get("header", ())]
    table = [[*head, *header]]
    for row in rows:
        cells = row.cells or [str(row.person.get("full_name", ""))]
        table.append([say(row), str(row.number), *cells])
    if kind == "xlsx":
        return sheets.xlsx_file(table, title=head[0])
    return sheets.csv_file(table)
