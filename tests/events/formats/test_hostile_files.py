"""Files that are damaged, lie or are too much: a clear code, never anything else."""

import io
import random
import struct
import time
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matchmaker.events.formats import FormatError, Limits, Reading, read
from tests.events.formats.made import make_csv, make_ods, make_xlsx, make_zip, people_of

SAMPLES = Path(__file__).parents[4] / "shared" / "data" / "imports"
HEADER = ["Name", "E-mail", "Country"]
ROW = ["Ann Lee", "ann@example.org", "Italy"]
SMALL = Limits(file_bytes=200_000, unpacked_bytes=1_000_000, rows=50)


def sample_files() -> list[Path]:
    return sorted(p for p in SAMPLES.glob("*") if p.suffix != ".json")


def refused(data: bytes, filename: str = "x.csv", limits: Limits = SMALL) -> str:
    with pytest.raises(FormatError) as caught:
        read(data, filename, limits=limits)
    return caught.value.code


def workbook(rows: list[list[str]]) -> bytes:
    return make_xlsx({"A": rows})


def far_cell(at: str) -> bytes:
    """Return a workbook of two cells, the second one far away."""
    data = workbook([["Name"]])
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for info in old.infolist():
            body = old.read(info)
            if info.filename == "xl/worksheets/sheet1.xml":
                number = at.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
                far = f'<row r="{number}"><c r="{at}"><v>1</v></c></row></sheetData>'
                body = body.replace(b"</sheetData>", far.encode())
            new.writestr(info.filename, body)
    return out.getvalue()


def bomb() -> bytes:
    zeros = b"<row/>" * 2_000_000
    return make_zip({"xl/workbook.xml": b"<workbook/>", "xl/worksheets/a.xml": zeros})


def lying_bomb() -> bytes:
    """Return an archive whose directory says that a big part is small."""
    data = bytearray(
        make_xlsx({"A": [HEADER] * 30}, extra={"xl/big.xml": b"a" * 900_000})
    )
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
        info = archive.getinfo("xl/big.xml")
    wrong = struct.pack("<I", 10)
    at = data.rfind(b"xl/big.xml") - 46 + 24
    data[at : at + 4] = wrong
    data[info.header_offset + 22 : info.header_offset + 26] = wrong
    return bytes(data)


def encrypted_zip() -> bytes:
    data = bytearray(workbook([HEADER, ROW]))
    at = 0
    while (at := data.find(b"PK\x01\x02", at)) >= 0:
        data[at + 8] |= 1
        at += 4
    return bytes(data)


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENTITY = b'<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet>&a;</worksheet>'

REFUSALS = {
    "nothing": (b"", "empty"),
    "only blanks": (b" \r\n\t\n", "empty"),
    "only a mark": (b"\xef\xbb\xbf", "empty"),
    "only commas": (b",,,\n,,,\n", "empty"),
    "zero bytes": (b"\0" * 500, "empty"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + b"\0\1\2" * 90, "not_a_table"),
    "a document": (b"%PDF-1.7\nstuff", "not_a_table"),
    "noise": (random.Random(5).randbytes(20_000), "not_a_table"),  # noqa: S311
    "prose": (b"Dear all,\nplease come to the meeting.\nYours\n", "no_table"),
    "a page": (b"<html><body><p>Sign in</p></body></html>", "no_table"),
    "office xml": (b'<?xml version="1.0"?><Workbook/>', "xml_spreadsheet"),
    "too big": (b"a,b\n" * 60_000, "too_big"),
    "too many rows": (b"Name,E-mail\n" + b"A B,a@example.org\n" * 60, "too_many_rows"),
    "too many columns": (
        make_csv([HEADER * 70, ROW * 70]).encode(),
        "too_many_columns",
    ),
    "too long a cell": (
        make_csv([HEADER, ["x" * 10_001, "", ""]]).encode(),
        "cell_too_long",
    ),
    "a zip": (make_zip({"a.txt": b"hello"}), "not_a_workbook"),
    "half a workbook": (workbook([HEADER, ROW])[:700], "damaged_workbook"),
    "an encrypted archive": (encrypted_zip(), "encrypted"),
    "an encrypted workbook": (
        OLE + "EncryptedPackage".encode("utf-16-le") * 9,
        "encrypted",
    ),
    "an old workbook cut off": (OLE + b"\1" * 900, "damaged_workbook"),
    "a bomb": (bomb(), "too_big_unpacked"),
    "a bomb that lies": (lying_bomb(), "damaged_workbook"),
    "a cell in the last corner": (far_cell("XFD1048576"), "too_many_columns"),
    "a cell in the last row": (far_cell("B1048576"), "too_many_rows"),
    "entities": (
        make_xlsx({"A": [HEADER]}, extra={"xl/sharedStrings.xml": ENTITY}),
        "xml_entities",
    ),
    "workbook rows": (workbook([HEADER, *[ROW] * 200]), "too_many_rows"),
    "workbook columns": (workbook([HEADER * 70, ROW * 70]), "too_many_columns"),
    "workbook cell": (workbook([HEADER, ["x" * 10_001]]), "cell_too_long"),
    "empty workbook": (workbook([]), "empty"),
    "empty document": (make_ods([]), "empty"),
    "cards": (b"BEGIN:VCARD\nFN:A B\nEND:VCARD\n" * 60, "too_many_rows"),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_what_cannot_be_read_is_refused_with_its_code(name: str) -> None:
    data, code = REFUSALS[name]
    assert refused(data) == code


def test_a_refusal_names_the_limit_and_the_row() -> None:
    with pytest.raises(FormatError) as caught:
        read(make_csv([HEADER, ["x" * 10_001, "", ""]]).encode(), "x.csv")
    assert caught.value.details == {"row": 2, "limit": 10_000}
    assert str(caught.value) == "cell_too_long (row=2, limit=10000)"


@pytest.mark.parametrize(
    ("data", "filename"),
    [
        (workbook([HEADER, ROW]), "list.csv"),
        (make_csv([HEADER, ROW]).encode(), "list.xlsx"),
        (make_ods([HEADER, ROW]), "list.xls"),
        (
            b"<html><table><tr><th>Name<th>E-mail<th>Country<tr><td>Ann&nbsp;Lee<td>ann@example.org<td>Italy</table>",
            "list.xls",
        ),
    ],
)
def test_a_wrong_extension_does_not_matter(data: bytes, filename: str) -> None:
    assert [p["full_name"] for p in people_of(read(data, filename))] == ["Ann Lee"]


def test_an_unclosed_quote_does_not_swallow_the_people_below() -> None:
    rows = [f"Ann {chr(65 + at % 26)}ee,a{at}@example.org" for at in range(120)]
    rows[3] = '"' + rows[3]
    reading = read("\n".join(["Name,E-mail", *rows]).encode(), "x.csv")
    assert "quotes_broken" in reading.warnings
    assert len(reading.people) == 120


def test_zero_bytes_between_letters_are_taken_out_and_said() -> None:
    reading = read(
        b"Name,E-mail\nAnn\0 Lee,ann@\0example.org\nBo Li,bo@example.org\n" * 3, "x.csv"
    )
    assert "nul_removed" in reading.warnings
    assert [p["full_name"] for p in people_of(reading)] == ["Ann Lee", "Bo Li"]


def test_formulas_are_text_and_their_marks_come_off() -> None:
    rows = [
        [*HEADER, "Phone", "Company"],
        [
            "'=cmd|' /C calc'!A0",
            "'ann@example.org",
            '="Italy"',
            "'+390600000001",
            "'@home",
        ],
        [
            "Bo Li",
            '=HYPERLINK("mailto:bo@example.org","bo@example.org")',
            "",
            '="+390600000002"',
            "",
        ],
    ]
    found = people_of(read(make_csv(rows).encode(), "x.csv"))
    assert [(p["email"], p["phone"]) for p in found] == [
        ("ann@example.org", "+390600000001"),
        ("bo@example.org", "+390600000002"),
    ]
    assert (found[0]["country"], found[0]["company"]) == ("IT", "@home")


def attempt(data: bytes, filename: str) -> Reading | FormatError:
    try:
        return read(data, filename)
    except FormatError as error:
        return error


@pytest.mark.skipif(
    not SAMPLES.exists(), reason="the samples of ../shared are not here"
)
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_any_sample_cut_off_or_hurt_gives_a_reading_or_a_code(
    data: st.DataObject,
) -> None:
    path = data.draw(st.sampled_from(sample_files()))
    content = bytearray(path.read_bytes())
    end = data.draw(st.integers(1, len(content)))
    cut = data.draw(st.booleans())
    hurt = data.draw(
        st.lists(
            st.tuples(st.integers(0, len(content) - 1), st.integers(0, 255)),
            max_size=12,
        )
    )
    for at, byte in hurt:
        content[at] = byte
    found = attempt(bytes(content[:end] if cut else content), path.name)
    assert isinstance(found, Reading | FormatError)


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.lists(st.text(max_size=30), max_size=6), max_size=8),
    st.sampled_from(",;\t|"),
)
def test_any_cells_under_a_header_give_a_reading_or_a_code(
    rows: list[list[str]], delimiter: str
) -> None:
    header = [
        "Name",
        "Email",
        "Phone",
        "Country",
        "Join time",
        "Duration",
        "Sector",
        "WhatsApp / Telegram",
        "Status",
    ]
    content = make_csv([header, *rows], delimiter=delimiter)
    found = attempt(content.encode("utf-8", "surrogatepass"), "x.csv")
    assert isinstance(found, Reading | FormatError)


SLOW_CELLS = {
    "digits": "1" * 9_999,
    "phone pieces": "+7 (9" * 1_999,
    "at signs": "a@" * 4_999,
    "commas": ", " * 4_999,
    "brackets": "(" * 9_999,
    "device": "iphone " + "1 " * 4_000,
    "units": "1h" * 4_999,
    "labels": "telegram whatsapp " * 500,
    "blanks": " " * 9_998 + "x",
    "dots": "a." * 4_999,
    "formula": '=HYPERLINK("' + '"' * 9_000,
}


@pytest.mark.parametrize("name", SLOW_CELLS)
def test_no_cell_makes_a_pattern_run_for_ever(name: str) -> None:
    header = [
        "Name",
        "Email",
        "Phone",
        "Country",
        "Join time",
        "Duration",
        "Sector",
        "Messenger",
        "Status",
        "Question",
        "City",
    ]
    rows = [[SLOW_CELLS[name] + str(at)] * len(header) for at in range(10)]
    start = time.process_time()
    attempt(make_csv([header, *rows]).encode(), "x.csv")
    attempt(make_csv([[SLOW_CELLS[name]] * 9, *rows]).encode(), "x.csv")
    assert time.process_time() - start < 5
