"""The wizard of the import, through its pages."""

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from matchmaker.app import Site
from matchmaker.events import imports, texts
from matchmaker.events.formats.word_lists import word_rows
from matchmaker.events.models import Event, EventStaff, StaffRole
from matchmaker.events.roster import (
    Basis,
    BatchState,
    ImportBatch,
    ImportRow,
    SavedMapping,
    Seed,
)
from matchmaker.profiles.models import Profile
from matchmaker.settings import ROOT
from tests.conftest import Visitor
from tests.events.lists import AIGERIM, HEADER, OLEG, make_event

FORMATS = ROOT / "matchmaker" / "events" / "formats"


@pytest.fixture
def organiser(site: Site, join: Callable[..., Any]) -> Visitor:
    """Give somebody who owns the event "spring"."""
    with site.sessions.write.begin() as session:
        make_event(session, "spring")
    return join_staff(site, join, StaffRole.OWNER)


def join_staff(site: Site, join: Callable[..., Any], role: StaffRole) -> Visitor:
    visitor: Visitor
    visitor, public_id = join(email=f"{role.value}@example.org", name=role.value)
    with site.sessions.write.begin() as session:
        user_id = session.scalar(
            select(Profile.user_id).where(Profile.public_id == public_id)
        )
        event_id = session.scalar(select(Event.id).where(Event.slug == "spring"))
        assert user_id is not None
        assert event_id is not None
        session.add(EventStaff(event_id=event_id, user_id=user_id, role=role))
    return visitor


def upload(visitor: Visitor, data: bytes | str, name: str = "list.csv") -> Any:
    content = data.encode() if isinstance(data, str) else data
    return visitor.post(
        "/events/spring/import",
        {"file": (io.BytesIO(content), name), "basis": "consent"},
        content_type="multipart/form-data",
    )


def stage(visitor: Visitor, data: bytes | str, name: str = "list.csv") -> str:
    """Upload a file; return the address of the import."""
    answer = upload(visitor, data, name)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"]).removesuffix("/table")


def start(visitor: Visitor, data: bytes | str, name: str = "list.csv") -> str:
    """Upload a file and go to its preview."""
    place = stage(visitor, data, name)
    answer = visitor.post(f"{place}/columns", {})
    assert answer.headers["Location"] == f"{place}/preview", answer.text
    return place


def count(site: Site, model: Any) -> int:
    with site.sessions.read() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_a_file_goes_from_upload_to_result_and_back(
    site: Site, organiser: Visitor
) -> None:
    place = start(organiser, HEADER + AIGERIM + OLEG)
    assert "Олег Ким" in organiser.get(f"{place}/preview").text
    assert count(site, Seed) == 0
    assert organiser.post(f"{place}/commit").headers["Location"] == place
    assert count(site, Seed) == 2
    assert "Imported" in organiser.get(place).text
    assert organiser.post(f"{place}/undo").status_code == 303
    assert count(site, Seed) == 0
    assert "Taken back" in organiser.get(place).text
    assert "taken back" in organiser.get("/events/spring").text


def test_the_reason_in_law_and_the_file_are_noted_and_wanted(
    site: Site, organiser: Visitor
) -> None:
    answer = organiser.post("/events/spring/import", {})
    assert answer.status_code == 422
    assert "Choose a file first." in answer.text
    assert "Choose the reason that holds." in answer.text
    stage(organiser, HEADER + AIGERIM, "../../etc/list one.csv")
    with site.sessions.read() as session:
        batch = session.scalars(select(ImportBatch)).one()
        assert (batch.basis, batch.file_name) == (Basis.CONSENT, "list one.csv")
        assert batch.author_id is not None


def test_a_helper_may_not_import_and_sees_no_lists(
    site: Site, organiser: Visitor, join: Callable[..., Any]
) -> None:
    place = start(organiser, HEADER + AIGERIM)
    helper = join_staff(site, join, StaffRole.HELPER)
    answer = helper.get("/events/spring/import")
    assert answer.status_code == 403
    assert "Only the owner and the managers" in answer.text
    assert helper.get(f"{place}/preview").status_code == 404
    page = helper.get("/events/spring")
    assert page.status_code == 200
    assert "list.csv" not in page.text
    assert "/events/spring/import" not in page.text


def test_a_manager_goes_on_with_the_import_of_the_owner(
    site: Site, organiser: Visitor, join: Callable[..., Any]
) -> None:
    place = start(organiser, HEADER + AIGERIM)
    manager = join_staff(site, join, StaffRole.MANAGER)
    assert manager.post(f"{place}/commit").headers["Location"] == place
    assert count(site, Seed) == 1


def test_a_file_read_wrongly_is_read_again_by_choice(organiser: Visitor) -> None:
    place = stage(organiser, "Имя;Почта\nЯна Ли;yana@example.org\n".encode("cp1251"))
    page = organiser.get(f"{place}/table").text
    assert "Яна Ли" in page
    assert '<option selected value="cp1251">' in page
    chosen = {"format": "generic_table", "encoding": "koi8-r", "delimiter": ";"}
    again = {**chosen, "header_row": "1", "then": "again"}
    answer = organiser.post(f"{place}/table", again)
    assert answer.headers["Location"] == f"{place}/table"
    assert "Яна Ли" not in organiser.get(f"{place}/table").text
    chosen["encoding"] = "cp1251"
    organiser.post(f"{place}/table", chosen)
    assert "Яна Ли" in organiser.get(f"{place}/columns").text


def test_a_choice_that_cannot_be_right_is_refused_and_changes_nothing(
    organiser: Visitor,
) -> None:
    place = stage(organiser, HEADER + AIGERIM)
    chosen = {"format": "generic_table", "encoding": "utf-8", "delimiter": ","}
    answer = organiser.post(f"{place}/table", {**chosen, "header_row": "900"})
    assert answer.status_code == 422
    assert "no row 900" in answer.text
    assert "Aigerim Bekova" in organiser.get(f"{place}/table").text


def test_what_a_column_is_can_be_changed_and_is_remembered(
    site: Site, organiser: Visitor
) -> None:
    text = "Name,Email,Firm or so\nAnn Lee,ann@example.org,Acme\n"
    place = stage(organiser, text)
    organiser.post(f"{place}/columns", {"column-2": "title"})
    organiser.post(f"{place}/commit")
    with site.sessions.read() as session:
        (ann,) = session.scalars(select(Profile).where(Profile.user_id.is_(None)))
        assert (ann.full_name, ann.job_title) == ("Ann Lee", "Acme")
    assert count(site, SavedMapping) == 1
    place = stage(organiser, text.replace("Ann", "Bo").replace("ann@", "bo@"))
    page = organiser.get(f"{place}/columns").text
    assert "As you chose for the last file of this kind." in page
    organiser.post(f"{place}/columns", {})
    organiser.post(f"{place}/commit")
    with site.sessions.read() as session:
        titles = session.scalars(
            select(Profile.job_title).where(Profile.user_id.is_(None))
        )
        assert titles.all() == ["Acme", "Acme"]


def test_columns_that_tell_nobody_are_refused(organiser: Visitor) -> None:
    place = stage(organiser, "Name,Email\nAnn Lee,ann@example.org\n")
    answer = organiser.post(f"{place}/columns", {"column-0": "", "column-1": "city"})
    assert answer.status_code == 422
    assert "No column tells who it is about." in answer.text


def test_secrets_of_a_file_are_named_and_never_kept(
    site: Site, organiser: Visitor
) -> None:
    text = (
        "Name,Email,IP Address,Join Link\nTotal,,10.1.2.3,x\nAnn,a@b.org,10.1.2.4,y\n"
    )
    place = stage(organiser, text)
    page = organiser.get(f"{place}/columns").text
    assert "Never imported" in page
    assert "10.1.2" not in page
    organiser.post(f"{place}/columns", {"column-2": "phone"})
    organiser.post(f"{place}/commit")
    with site.sessions.read() as session:
        rows = session.scalars(select(ImportRow)).all()
        assert [row.cells for row in rows if row.cells] == [["Total", "", "", ""]]
        assert session.scalars(select(Seed.phone)).all() == [""]


def test_rows_are_filtered_by_verdict_words_and_reason(organiser: Visitor) -> None:
    rows = "".join(f"Жан {chr(65 + n)}ли,j{n}@example.org,,,,,,,\n" for n in range(20))
    place = start(organiser, f"{HEADER}{rows}{OLEG}Total,1,,,,,,,\niPhone,,,,,,,,\n")
    assert "iPhone" not in organiser.get(f"{place}/preview").text
    left = organiser.get(f"{place}/preview?show=skipped").text
    assert "iPhone" in left
    found = organiser.get(f"{place}/preview?show=new&q=ким+OLEG@").text
    assert "Олег Ким" in found
    assert "Жан" not in found
    page = organiser.get(f"{place}/preview?show=skipped&reason=total_row").text
    assert "iPhone" not in page
    for odd in ("?show=x", "?page=999999999999999999999", "?page=-1", "?reason=%27"):
        assert organiser.get(f"{place}/preview{odd}").status_code == 200


def test_somebody_alike_is_shown_side_by_side_and_decided_on(
    site: Site, organiser: Visitor
) -> None:
    organiser.post(f"{start(organiser, HEADER + AIGERIM)}/commit")
    place = start(organiser, HEADER + AIGERIM.replace("aigerim@", "bekova@"))
    page = organiser.get(f"{place}/preview").text
    assert "bekova@example.org" in page
    assert "aigerim@example.org" in page
    assert "1 row without your decision stays out." in page
    organiser.post(f"{place}/decide", {"row-2": "another", "row-x": "", "row-3": "?"})
    organiser.post(f"{place}/commit")
    assert count(site, Seed) == 2


def test_a_long_file_shows_how_far_it_is_read_and_goes_on(
    site: Site, organiser: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("matchmaker.events.views.PATIENCE", 0.0)
    monkeypatch.setattr(imports, "SLICE", 2)
    rows = "".join(f"Ann {chr(97 + n)},a{n}@example.org,,,,,,,\n" for n in range(5))
    place = start(organiser, HEADER + rows)
    assert "2 of 5 rows" in organiser.get(f"{place}/preview").text
    assert organiser.post(f"{place}/commit").status_code == 409
    organiser.post(f"{place}/read")
    assert "4 of 5 rows" in organiser.get(f"{place}/preview").text
    organiser.post(f"{place}/read")
    organiser.post(f"{place}/commit")
    assert count(site, Seed) == 5


def test_a_draft_is_found_by_no_member(
    site: Site, organiser: Visitor, join: Callable[..., Any]
) -> None:
    organiser.post(f"{start(organiser, HEADER + OLEG)}/commit")
    with site.sessions.read() as session:
        draft = session.scalars(
            select(Profile.public_id).where(Profile.user_id.is_(None))
        ).one()
    somebody, _public_id = join(offers=(("logistics", "Перевозка грузов в Китай"),))
    for visitor in (somebody, organiser):
        assert visitor.get(f"/people/{draft}").status_code == 404
        for page in ("/directory?q=Ветер", "/directory", "/proposals"):
            assert "Олег" not in visitor.get(page).text


def test_giving_up_leaves_nothing(site: Site, organiser: Visitor) -> None:
    place = start(organiser, HEADER + AIGERIM)
    assert organiser.post(f"{place}/give-up").status_code == 303
    assert (count(site, ImportBatch), count(site, ImportRow)) == (0, 0)
    assert organiser.get(place).status_code == 404


def test_a_finished_import_leads_to_its_result_from_every_step(
    organiser: Visitor,
) -> None:
    place = start(organiser, HEADER + AIGERIM)
    organiser.post(f"{place}/commit")
    for step in ("table", "columns", "preview"):
        assert organiser.get(f"{place}/{step}").headers["Location"] == place
    assert organiser.post(f"{place}/give-up").status_code == 409


def test_an_undo_that_is_too_late_is_refused_with_the_reason(
    site: Site, organiser: Visitor
) -> None:
    place = start(organiser, HEADER + AIGERIM)
    organiser.post(f"{place}/commit")
    with site.sessions.write.begin() as session:
        (draft,) = session.scalars(select(Profile).where(Profile.user_id.is_(None)))
        draft.version += 1
    assert "was changed meanwhile" in organiser.get(place).text
    assert organiser.post(f"{place}/undo").status_code == 409
    with site.sessions.read() as session:
        assert session.scalars(select(ImportBatch)).one().state is BatchState.DONE


def test_rows_left_out_come_as_files(organiser: Visitor) -> None:
    place = start(organiser, f"{HEADER}{AIGERIM}Total,1,,,,,,,\n")
    organiser.post(f"{place}/commit")
    for kind, mark in (("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK")):
        answer = organiser.get(f"{place}/rejected.{kind}")
        assert answer.data.startswith(mark)
        assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "A row of sums." in organiser.get(f"{place}/rejected.csv").text


def test_every_reason_and_every_trouble_has_a_sentence() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in FORMATS.glob("*.py"))
    refusals = (FORMATS / "refusals.py").read_text(encoding="utf-8")
    reasons = set(re.findall(r'return "([a-z_]+)"', refusals))
    reasons |= set(re.findall(r'Skipped\([^,]+, "([a-z_]+)"', source))
    reasons |= {name for group, name, *_ in word_rows("signs") if group == "refused"}
    assert {"refunded", "bot", "shared_email", "no_person"} <= reasons
    assert reasons - texts.known_reasons() == set()
    troubles = set(re.findall(r'FormatError\(\s*"([a-z_]+)"', source))
    assert "too_many_rows" in troubles
    assert troubles - texts.known_files() == set()
