"""Files of event tools go through the wizard in a browser and come out as expected."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from matchmaker.events import commit
from matchmaker.events.models import Attendance, Event, EventStaff, StaffRole
from matchmaker.events.roster import Seed
from matchmaker.profiles.models import Profile
from matchmaker.settings import ROOT
from tests.browser.served import Served
from tests.browser.test_pages import AXE, MEASURE, OPTIONS, SMALLEST
from tests.browser.visitor import DESKTOP, PHONE, Person, Visit
from tests.conftest import add_member
from tests.events.lists import AIGERIM, HEADER, OLEG, make_event

pytestmark = pytest.mark.browser
SAMPLES = ROOT.parent / "shared" / "data" / "imports"
OWNER = "imports@example.org"


@pytest.fixture(scope="module")
def expected(served: Served) -> dict[str, dict[str, Any]]:
    """Give what each sample holds, and an event for each in the served site."""
    told: dict[str, dict[str, Any]] = {}
    if (SAMPLES / "expected.json").exists():
        text = (SAMPLES / "expected.json").read_text(encoding="utf-8")
        told = json.loads(text)
    with served.site.sessions.write.begin() as session:
        owner = add_member(session, email=OWNER, name="Olga Owner")
        assert owner.user_id is not None
        for slug in (*(slug_of(name) for name in told), "by-hand", "looked-at", "long"):
            event = make_event(session, slug)
            session.add(
                EventStaff(
                    event_id=event.id, user_id=owner.user_id, role=StaffRole.OWNER
                )
            )
    return told


def slug_of(name: str) -> str:
    return Path(name).stem.replace("_", "-")


def choose_file(person: Person, slug: str, file: Path) -> Page:
    """Choose a file, say why, and go on to the table."""
    page = person.go(f"/events/{slug}/import")
    page.set_input_files("input[type=file]", file)
    page.check("input[name=basis][value=contract]")
    person.send("form.stack")
    expect(page.locator("h1")).to_have_text("Is this the table?")
    return page


def go_to_preview(person: Person) -> None:
    """Accept the table and the columns as they were guessed."""
    person.send("form[data-reread]")
    expect(person.page.locator("h1")).to_have_text("What are the columns?")
    person.send("form:has(.mapping)")
    expect(person.page.locator("h1")).to_have_text("Who is in the list")


def stored(served: Served, slug: str) -> Iterator[dict[str, Any]]:
    """Return the drafts of an event in the words of the expected values."""
    with served.site.sessions.read() as session:
        rows = session.execute(
            select(Profile, Seed, Attendance)
            .join(Seed, Seed.profile_id == Profile.id)
            .join(Attendance, Attendance.profile_id == Profile.id)
            .join(Event, Event.id == Seed.event_id)
            .where(Event.slug == slug)
            .order_by(Profile.id)
        )
        for profile, seed, there in rows:
            yield {
                "full_name": profile.full_name,
                "email": seed.email or None,
                "country": profile.country or None,
                "company": profile.organisation_name or None,
                "title": profile.job_title or None,
                "phone": seed.phone or None,
                "attended": there.attended,
                "minutes": there.minutes,
                "question": there.question or None,
                "city": profile.city or None,
            }


def as_stored(person: dict[str, Any]) -> dict[str, Any]:
    """Return what is told of an expected person, as a draft says it.

    Whoever the file says nothing about was there: the event is over.
    """
    names = ("full_name", "email", "country", "company", "phone", "minutes")
    told = {
        name: person[name] for name in (*names, "question", "city") if name in person
    }
    attended = person["attended"]
    if title := person["title"] or person.get("title_company_raw"):
        told["title"] = title
    return told | {"attended": True if attended is None else attended}


def in_order(people: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return people by their names; a file may list hosts before guests."""
    return sorted(people, key=lambda one: (one["full_name"] or "", one["email"] or ""))


def test_every_sample_is_imported_as_it_should_be(
    visit: Visit, served: Served, expected: dict[str, dict[str, Any]]
) -> None:
    if not expected:
        pytest.skip("the samples are not here: ../shared/data/imports")
    person = visit().sign_in(OWNER)
    for name, told in expected.items():
        slug = slug_of(name)
        page = choose_file(person, slug, SAMPLES / name)
        go_to_preview(person)
        people = told["people"]
        for one in people:
            if one["full_name"]:
                expect(page.locator(".rows").first).to_contain_text(one["full_name"])
        person.send("form.ready")
        expect(page.locator("h1")).to_have_text("Imported")
        there = in_order(stored(served, slug))
        assert len(there) == len(people), name
        for found, wanted in zip(there, in_order(people), strict=True):
            told_of = as_stored(wanted)
            assert {key: found[key] for key in told_of} == told_of, name
        left_out = page.locator(".figures div", has_text="Left out").locator("dd")
        shown = int(left_out.inner_text()) if left_out.count() else 0
        assert shown == len(told.get("skipped", ())), name


def look(page: Page, name: str) -> list[str]:
    """Return what axe and a ruler find wrong, light on a phone and dark on a desk."""
    wrong = []
    for width, colours in ((390, "light"), (1280, "dark")):
        page.set_viewport_size({"width": width, "height": 844})
        page.emulate_media(color_scheme=colours)  # type: ignore[arg-type]
        measured: dict[str, Any] = page.evaluate(MEASURE, SMALLEST)
        wrong += [f"{name}, {width}: too small {one}" for one in measured["small"]]
        if measured["wide"] > 0:
            wrong.append(f"{name}, {width}: {measured['wide']} px too wide")
        for found in AXE.run(page, options=OPTIONS).response["violations"]:
            places = [node["failureSummary"] for node in found["nodes"]][:2]
            wrong.append(f"{name}, {width}: {found['id']}: {places}")
    return wrong


def test_every_step_is_accessible_and_fits(
    visit: Visit, expected: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    assert expected is not None
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    first.write_text(HEADER + AIGERIM, encoding="utf-8")
    second.write_text(
        f"{HEADER[:-1]},IP address,Notes\n{AIGERIM.replace('aigerim@', 'b@')}"
        f"{OLEG}Total,2,,,,,,,\n",
        encoding="utf-8",
    )
    person = visit(reduced_motion="reduce").sign_in(OWNER)
    page = person.go("/events/looked-at/import")
    wrong = look(page, "upload")
    person.send("form.stack")
    wrong += look(page, "upload refused")
    choose_file(person, "looked-at", first)
    go_to_preview(person)
    person.send("form.ready")
    choose_file(person, "looked-at", second)
    wrong += look(page, "table")
    person.send("form[data-reread]")
    page.eval_on_selector_all("details", "all => all.forEach(d => d.open = true)")
    wrong += look(page, "columns")
    person.send("form:has(.mapping)")
    wrong += look(page, "preview")
    for tab in ("To decide", "Left out"):
        page.locator(".tabs a", has_text=tab).click()
        wrong += look(page, tab)
    person.send("form.ready")
    wrong += look(page, "result")
    for path in ("", "/edit", "/team"):
        person.go(f"/events/looked-at{path}")
        wrong += look(page, f"event{path}")
    person.go("/events/new")
    person.send("form.stack")
    wrong += look(page, "new event refused")
    assert wrong == []


def test_the_table_is_read_again_as_soon_as_a_choice_changes(
    visit: Visit,
    expected: dict[str, dict[str, Any]],
    tmp_path: Path,
) -> None:
    assert expected is not None
    file = tmp_path / "list.csv"
    file.write_bytes("Имя;Почта\nЯна Ли;yana@example.org\n".encode("cp1251"))
    person = visit(viewport=DESKTOP).sign_in(OWNER)
    page = choose_file(person, "by-hand", file)
    expect(page.locator(".cells")).to_contain_text("Яна Ли")
    page.select_option("select[name=encoding]", "koi8-r")
    expect(page.locator(".cells")).not_to_contain_text("Яна Ли")
    page.select_option("select[name=encoding]", "cp1251")
    expect(page.locator(".cells")).to_contain_text("Яна Ли")
    with page.expect_navigation():
        page.locator("button.btn-lost").click()
    expect(page.locator(".note")).to_contain_text("Given up")


def test_an_organiser_on_a_phone_imports_decides_and_takes_back(
    visit: Visit,
    served: Served,
    expected: dict[str, dict[str, Any]],
    tmp_path: Path,
) -> None:
    assert expected is not None
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    first.write_text(HEADER + AIGERIM, encoding="utf-8")
    second.write_text(
        f"{HEADER}{AIGERIM.replace('aigerim@', 'bekova@')}{OLEG}Total,2,,,,,,,\n",
        encoding="utf-8",
    )
    person = visit(viewport=PHONE).sign_in(OWNER)
    choose_file(person, "by-hand", first)
    go_to_preview(person)
    person.send("form.ready")
    page = choose_file(person, "by-hand", second)
    go_to_preview(person)
    page.locator(".tabs a", has_text="To decide").click()
    page.get_by_label("The same person").check()
    with page.expect_navigation():
        page.get_by_role("button", name="Keep these answers").click()
    expect(page.locator("form.ready")).not_to_contain_text("without your decision")
    person.send("form.ready")
    assert len(list(stored(served, "by-hand"))) == 2
    with page.expect_download() as download:
        page.get_by_role("link", name="as CSV").click()
    assert "A row of sums." in download.value.path().read_text(encoding="utf-8-sig")
    with page.expect_navigation():
        page.get_by_role("button", name="Take this import back").click()
    expect(page.locator("h1")).to_have_text("Taken back")
    (left,) = stored(served, "by-hand")
    assert (left["full_name"], left["email"]) == (
        "Aigerim Bekova",
        "aigerim@example.org",
    )


def test_a_long_list_is_written_by_the_worker_and_the_page_goes_on_by_itself(
    visit: Visit,
    served: Served,
    expected: dict[str, dict[str, Any]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert expected is not None
    file = tmp_path / "long.csv"
    file.write_text(HEADER + AIGERIM + OLEG, encoding="utf-8")
    person = visit().sign_in(OWNER)
    page = choose_file(person, "long", file)
    go_to_preview(person)
    monkeypatch.setattr(commit, "AT_ONCE", 1)
    person.send("form.ready")
    expect(page.locator("h1")).to_have_text("Imported", timeout=20_000)
    assert len(list(stored(served, "long"))) == 2
