"""The file of rows that were left out: complete, with reasons, safe to open."""

import csv
import io

import pytest
from sqlalchemy.orm import Session

from matchmaker import sheets
from matchmaker.events.formats import open_tables, read
from matchmaker.events.models import Event
from matchmaker.events.rejected import rejected_file
from matchmaker.events.roster import ImportBatch
from tests.events.lists import HEADER, OLEG, bring, make_event


@pytest.fixture
def batch(session: Session) -> ImportBatch:
    event: Event = make_event(session, "spring")
    text = "Name,Email,IP address,Attended\n"
    text += "Total,2,10.0.0.1,Yes\n=1+1,not a mail,10.0.0.2,Yes\n,,10.0.0.3,No\n"
    return bring(session, event, text)


def table(session: Session, batch: ImportBatch, kind: str) -> list[list[str]]:
    data = rejected_file(
        session, batch, kind, head=("Why", "Row"), say=lambda row: row.reason
    )
    if kind == "csv":
        return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    (sheet,) = open_tables(data, "x.xlsx").sheets
    return [list(row) for row in sheet.rows]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_every_row_left_out_is_there_as_it_stood_with_its_reason(
    session: Session, batch: ImportBatch, kind: str
) -> None:
    head, *rows = table(session, batch, kind)
    assert head == ["Why", "Row", "Name", "Email", "IP address", "Attended"]
    assert len(rows) == batch.counts["skipped"]
    assert rows[0][:4] == ["total_row", "2", "Total", "2"]
    assert all(row[0] for row in rows)


def test_columns_that_are_never_kept_are_blank_in_it(
    session: Session, batch: ImportBatch
) -> None:
    data = rejected_file(
        session, batch, "csv", head=("Why", "Row"), say=lambda row: row.reason
    )
    assert b"10.0.0" not in data


@pytest.mark.parametrize(
    "cell", ["=1+1", "+7 701", "-1", "@x", "\t=1", "\r=1", "\n=1", "＝1", "＋1", " =1"]
)
def test_a_cell_like_a_formula_is_made_harmless_in_csv(cell: str) -> None:
    (row,) = csv.reader(io.StringIO(sheets.csv_file([[cell]]).decode("utf-8-sig")))
    assert row == ["'" + cell]


def test_a_cell_like_a_formula_is_text_in_a_workbook() -> None:
    data = sheets.xlsx_file([["Name"], ["=1+1"], ["https://example.org"]], title="T")
    (sheet,) = open_tables(data, "x.xlsx").sheets
    assert [row[0] for row in sheet.rows] == ["Name", "=1+1", "https://example.org"]


def test_importing_such_a_file_takes_the_mark_off_again() -> None:
    rows = [["Name", "E-mail", "Phone"], ["Ann Lee", "ann@example.org", "+77010000001"]]
    (person,) = read(sheets.csv_file(rows), "left-out.csv").people
    assert (person.full_name, person.phone) == ("Ann Lee", "+77010000001")


def test_mended_rows_can_be_imported_from_the_file_itself(
    session: Session, batch: ImportBatch
) -> None:
    data = rejected_file(
        session, batch, "csv", head=("Why it was left out", "Row"), say=str
    )
    event = batch.event
    text = data.decode("utf-8-sig").replace("'=1+1,not a mail", "Ann Lee,a@b.org")
    assert bring(session, event, text).counts.get("new") == 1
    assert bring(session, event, HEADER + OLEG).counts == {"new": 1}
