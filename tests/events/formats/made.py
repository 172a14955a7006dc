"""Files made in the tests: the smallest that the readers take for real ones."""

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

from matchmaker.events.formats import Choices, Reading, person_values, read

Cell = str | int | float
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def make_csv(rows: Sequence[Sequence[Cell]], *, delimiter: str = ",") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue()


def _letters(column: int) -> str:
    first, second = divmod(column, 26)
    return (chr(64 + first) if first else "") + chr(65 + second)


def sheet_xml(rows: Sequence[Sequence[Cell]], merged: Sequence[str] = ()) -> str:
    lines = []
    for number, row in enumerate(rows, 1):
        cells = []
        for column, value in enumerate(row):
            at = f"{_letters(column)}{number}"
            if isinstance(value, str) and value:
                said = escape(value)
                cells.append(f'<c r="{at}" t="inlineStr"><is><t>{said}</t></is></c>')
            elif not isinstance(value, str):
                cells.append(f'<c r="{at}"><v>{value}</v></c>')
        lines.append(f'<row r="{number}">{"".join(cells)}</row>')
    merges = "".join(f'<mergeCell ref="{ref}"/>' for ref in merged)
    tail = f'<mergeCells count="{len(merged)}">{merges}</mergeCells>' if merged else ""
    data = f"<sheetData>{''.join(lines)}</sheetData>"
    return f'<worksheet xmlns="{_MAIN}">{data}{tail}</worksheet>'


def _related(number: int) -> str:
    target = f'Target="worksheets/sheet{number}.xml"'
    return f'<Relationship Id="rId{number}" Type="{_RELS}/worksheet" {target}/>'


def _typed(number: int) -> str:
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
    part = f"/xl/worksheets/sheet{number}.xml"
    return f'<Override PartName="{part}" ContentType="{kind}"/>'


def make_xlsx(
    sheets: Mapping[str, Sequence[Sequence[Cell]]],
    *,
    merged: Sequence[str] = (),
    hidden: Sequence[str] = (),
    extra: Mapping[str, bytes] | None = None,
) -> bytes:
    """Return a workbook; ``merged`` belongs to the first sheet."""
    parts: dict[str, str | bytes] = {}
    listed, related, typed = [], [], []
    for number, (name, rows) in enumerate(sheets.items(), 1):
        refs = merged if number == 1 else ()
        parts[f"xl/worksheets/sheet{number}.xml"] = sheet_xml(rows, refs)
        state = ' state="hidden"' if name in hidden else ""
        at = f'sheetId="{number}" r:id="rId{number}"'
        listed.append(f'<sheet name="{escape(name)}" {at}{state}/>')
        related.append(_related(number))
        typed.append(_typed(number))
    parts["xl/workbook.xml"] = (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELS}">'
        f"<sheets>{''.join(listed)}</sheets></workbook>"
    )
    parts["xl/_rels/workbook.xml.rels"] = (
        f'<Relationships xmlns="{_PACKAGE}/relationships">{"".join(related)}'
        "</Relationships>"
    )
    parts["[Content_Types].xml"] = (
        f'<Types xmlns="{_PACKAGE}/content-types">{"".join(typed)}</Types>'
    )
    parts["_rels/.rels"] = (
        f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_RELS}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    )
    return make_zip({**parts, **(extra or {})})


def make_ods(rows: Sequence[Sequence[Cell]]) -> bytes:
    lines = []
    for row in rows:
        cells = "".join(
            f'<table:table-cell office:value-type="string"><text:p>{escape(str(value))}'
            "</text:p></table:table-cell>"
            if value != ""
            else "<table:table-cell/>"
            for value in row
        )
        lines.append(f"<table:table-row>{cells}</table:table-row>")
    space = "urn:oasis:names:tc:opendocument:xmlns"
    content = (
        f'<office:document-content xmlns:office="{space}:office:1.0" '
        f'xmlns:table="{space}:table:1.0" xmlns:text="{space}:text:1.0">'
        '<office:body><office:spreadsheet><table:table table:name="Sheet1">'
        f"{''.join(lines)}</table:table></office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = f'<manifest:manifest xmlns:manifest="{space}:manifest:1.0"/>'
    parts = {
        "mimetype": kind,
        "META-INF/manifest.xml": manifest,
        "content.xml": content,
    }
    return make_zip(parts)


def make_zip(parts: Mapping[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in parts.items():
            archive.writestr(name, body)
    return out.getvalue()


def reading_of(
    content: str | bytes, filename: str = "list.csv", *, encoding: str = "utf-8"
) -> Reading:
    data = content.encode(encoding) if isinstance(content, str) else content
    return read(data, filename, choices=Choices())


def people_of(reading: Reading) -> list[dict[str, object]]:
    return [person_values(person) for person in reading.people]


def reasons_of(reading: Reading) -> list[str]:
    return [each.reason for each in reading.skipped]


def assert_people(reading: Reading, *expected: Mapping[str, object]) -> None:
    """Check that these and no others were read, by the values given."""
    found = people_of(reading)
    names = [person["full_name"] for person in found]
    assert len(found) == len(expected), (names, reading.skipped)
    for person, want in zip(found, expected, strict=True):
        wrong = {key: person.get(key) for key in want if person.get(key) != want[key]}
        assert not wrong, (person["full_name"], wrong)
