"""Files that mean harm or are broken: a sentence or a right preview, never a 500."""

import io
import random
import re
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from matchmaker.app import Site
from matchmaker.events.models import Attendance, EventStaff, StaffRole
from matchmaker.events.roster import ImportBatch, ImportRow, Seed
from matchmaker.profiles.models import Profile
from matchmaker.settings import ROOT
from matchmaker.sheets import xlsx_file
from tests.conftest import Visitor
from tests.events.lists import AIGERIM, HEADER, OLEG, make_event

SAMPLES = ROOT.parent / "shared" / "data" / "imports"
GOOD = (HEADER + AIGERIM + OLEG).encode()
WORKBOOK = xlsx_file([["Name", "Email"], ["Ann Lee", "ann@example.org"]], title="T")


@pytest.fixture
def organiser(site: Site, join: Callable[..., Any]) -> Visitor:
    """Give somebody who owns the event "spring"."""
    visitor: Visitor
    visitor, public_id = join(name="Olga Owner")
    with site.sessions.write.begin() as session:
        event = make_event(session, "spring")
        user_id = session.scalar(
            select(Profile.user_id).where(Profile.public_id == public_id)
        )
        assert user_id is not None
        session.add(
            EventStaff(event_id=event.id, user_id=user_id, role=StaffRole.OWNER)
        )
    return visitor


def archive(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(name.replace("__", "/"), content)
    return out.getvalue()


ENTITIES = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'
WIDE = ",".join(f"c{n}" for n in range(1000))
#: What is sent, and what the answer says.
REFUSED = {
    "empty": (b"", "There is nothing in the file."),
    "blank": (b"\xef\xbb\xbf \r\n\r\n", "There is nothing in the file."),
    "document": (b"%PDF-1.7 something", "This is no table."),
    "zeros": (b"\0" * 3000, "There is nothing in the file."),
    "cut workbook": (WORKBOOK[: len(WORKBOOK) // 2], "damaged"),
    "archive": (archive(readme=b"hello"), "an archive, not a table"),
    "bomb": (archive(xl__workbook_xml=b"0" * 60_000_000), "archive"),
    "unpacked": (
        archive(**{"xl/workbook.xml": b"0" * 60_000_000}),
        "larger than 50 MB",
    ),
    "entities": (
        archive(**{"xl/workbook.xml": ENTITIES}),
        "refused for safety",
    ),
    "encrypted": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
        "protected by a password",
    ),
    "columns": (f"Name,Email,{WIDE}\nAnn,a@b.org\n".encode(), "more than 200 columns"),
    "long cell": (f"Name,Email\n{'x' * 10_500},a@b.org\n".encode(), "10000 characters"),
    "too large": (GOOD + b"x" * 5_000_000, "larger than 5 MB"),
    "too long": (HEADER.encode() + b"A,a@b.org,,,,,,,\n" * 20_100, "20000 rows"),
}
#: What is sent, and whom the preview shows.
READ = {
    "formulas": ("Name,Email\n\"=cmd|' /C calc'!A0\",a@b.org\n", "cmd"),
    "markup": ("Name,Email\n<script>alert(1)</script>,a@b.org\n", "&lt;script&gt;"),
    "zeros inside": ("Name,Email\nAnn\0 Lee,a@b.org\n", "Ann Lee"),
    "turned text": ("Name,Email\n\u202eAnn Lee\u202c,a@b.org\n", "Ann Lee"),
    "headers twice": ("Name,Name,Email,Email\nAnn Lee,,a@b.org,\n", "Ann Lee"),
    "no header": ("Ann Lee,ann@example.org,Kazakhstan\n" * 3, "Ann Lee"),
    "open quote": ('Name,Email\n"Ann Lee,a@b.org\nBo Berg,b@b.org\n', "b.org"),
    "paths": ("Name,Email\n../../etc/passwd,a@b.org\n", "passwd"),
    "template": ("Name,Email\n{{ config }},a@b.org\n", "{{ config }}"),
    "a field of ours": ("Name,Email,is_admin,user_id\nAnn Lee,a@b.org,1,1\n", "Ann"),
}


def send(visitor: Visitor, data: bytes, name: str = "list.csv") -> Any:
    form = {"file": (io.BytesIO(data), name), "basis": "consent"}
    return visitor.post(
        "/events/spring/import", form, content_type="multipart/form-data"
    )


def count(site: Site, model: Any) -> int:
    with site.sessions.read() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def go_through(site: Site, visitor: Visitor, data: bytes, name: str) -> str:
    """Do everything with a file that can be done; return the text of its preview."""
    answer = send(visitor, data, name)
    if answer.status_code != 303:
        assert answer.status_code == 422, answer.status_code
        assert re.search(r'class="wrong"[^>]*>[^<]{20,}<', answer.text), answer.text
        assert count(site, ImportBatch) == 0
        return ""
    place = str(answer.headers["Location"]).removesuffix("/table")
    pages = [visitor.get(f"{place}/{step}") for step in ("table", "columns")]
    answer = visitor.post(f"{place}/columns", {})
    if answer.status_code == 422:
        assert "No column tells who it is about." in answer.text
        visitor.post(f"{place}/give-up")
        return ""
    shown = visitor.get(f"{place}/preview")
    before = count(site, Seed)
    pages += [
        shown,
        visitor.get(f"{place}/preview?show=skipped"),
        visitor.post(f"{place}/commit"),
        visitor.get(place),
        visitor.get(f"{place}/rejected.csv"),
        visitor.get(f"{place}/rejected.xlsx"),
    ]
    assert [page.status_code for page in pages if page.status_code >= 400] == []
    with site.sessions.read() as session:
        batch = session.scalars(select(ImportBatch)).one()
        assert count(site, Seed) - before == batch.counts.get("new", 0)
        assert count(site, Seed) == count(site, Attendance)
    assert visitor.post(f"{place}/undo").status_code == 303
    assert count(site, Seed) == before
    with site.sessions.write.begin() as session:
        session.delete(session.scalars(select(ImportBatch)).one())
    return str(shown.text)


@pytest.mark.parametrize("kind", REFUSED)
def test_what_cannot_be_read_gets_a_sentence_and_stores_nothing(
    site: Site, organiser: Visitor, kind: str
) -> None:
    data, words = REFUSED[kind]
    answer = send(organiser, data)
    assert answer.status_code == 422
    assert words in answer.text
    assert count(site, ImportBatch) == 0


def test_what_is_larger_than_any_request_may_be_says_how_large(
    site: Site, organiser: Visitor
) -> None:
    answer = send(organiser, b"x" * 7_000_000)
    assert answer.status_code == 413
    assert "5 MB" in answer.text
    assert count(site, ImportBatch) == 0


@pytest.mark.parametrize("kind", READ)
def test_what_is_odd_is_shown_as_text_and_imported_whole(
    site: Site, organiser: Visitor, kind: str
) -> None:
    text, words = READ[kind]
    assert words in go_through(site, organiser, text.encode(), "list.csv")


@pytest.mark.parametrize("name", ["list.csv", "list.xlsx", "list.vcf", "", ".."])
@pytest.mark.parametrize("data", [GOOD, WORKBOOK], ids=["csv", "xlsx"])
def test_a_wrong_name_or_ending_does_not_matter(
    site: Site, organiser: Visitor, data: bytes, name: str
) -> None:
    if not name:
        assert send(organiser, data, name).status_code == 422
    else:
        assert "example.org" in go_through(site, organiser, data, name)


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1251", "koi8-r", "gb18030"],
)
def test_letters_come_out_right_or_the_doubt_is_told(
    site: Site, organiser: Visitor, encoding: str
) -> None:
    text = "Имя,Почта,Страна\nОльга Ким,olga@example.org,Россия\n" * 5
    assert "Ольга Ким" in go_through(site, organiser, text.encode(encoding), "a.csv")


def test_damaged_samples_never_break_the_site(site: Site, organiser: Visitor) -> None:
    files = sorted(SAMPLES.glob("*.*")) if SAMPLES.exists() else []
    if not files:
        pytest.skip("the samples are not here: ../shared/data/imports")
    luck = random.Random(7)  # noqa: S311  the same damage at every run
    for file in files:
        data = bytearray(file.read_bytes())
        for _time in range(max(1, len(data) // 400)):
            data[luck.randrange(len(data))] = luck.randrange(256)
        go_through(site, organiser, bytes(data), file.name)
        go_through(site, organiser, bytes(data[: luck.randrange(len(data))]), file.name)
    assert (count(site, ImportBatch), count(site, ImportRow)) == (0, 0)
