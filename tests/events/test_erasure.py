"""Erase, and never again: what goes, what stays, and for whom."""

import re
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.events import erasure, jobs
from matchmaker.events.commit import commit_batch
from matchmaker.events.models import Attendance
from matchmaker.events.roster import ImportRow, Never, Seed
from matchmaker.events.rules import never_digest
from matchmaker.mail import Letter
from matchmaker.profiles.models import Profile
from tests.events.house import House
from tests.events.lists import AIGERIM, HEADER, OLEG, bring, dump, show
from tests.events.rosters import KEY, add_draft, add_event, send


@pytest.mark.parametrize("page", ["/erase", "/never"])
def test_one_press_removes_everything_and_says_what(house: House, page: str) -> None:
    visitor = house.visit()
    answer = visitor.post(house.path(page))
    assert answer.headers["Location"] == "/claim/done"
    said = re.findall(r'class="chip">([^<]+)<', visitor.get("/claim/done").text)
    assert len(said) >= 10
    left = house.rows()
    for trace in ("draft@example.org", "7015550101", "Динара", "Kostanay", "Костанай"):
        assert trace not in left
    assert visitor.get(house.path()).status_code == 404
    with house.site.sessions.read() as session:
        digests = session.scalars(select(Never.digest)).all()
        wanted = [never_digest(KEY, "draft@example.org")] if page == "/never" else []
        assert digests == wanted
        assert session.query(Attendance).count() == 1


def test_the_button_of_a_mail_program_needs_no_form_and_no_cookie(
    house: House,
) -> None:
    client = house.site.app.test_client()
    opened = client.get(house.path("/out"))
    assert opened.headers["Location"].endswith("/never")
    assert client.post(house.path("/out"), data={"x": "y"}).status_code == 303
    assert "draft@example.org" in house.rows()
    pressed = {"List-Unsubscribe": "One-Click"}
    assert client.post(house.path("/out"), data=pressed).status_code == 204
    assert "draft@example.org" not in house.rows()
    with house.site.sessions.read() as session:
        assert session.scalars(select(Never.digest)).one()
    assert client.post(house.path("/out"), data=pressed).status_code == 404


def test_no_other_answer_is_taken_without_its_form(house: House) -> None:
    client = house.site.app.test_client()
    for page in ("/never", "/erase", "/confirm", "/correct"):
        client.post(house.path(page), data={"List-Unsubscribe": "One-Click"})
    assert "draft@example.org" in house.rows()


def test_erasing_takes_the_person_off_the_lists_of_every_event(
    session: Session,
) -> None:
    event, owner = add_event(session)
    other, _ = add_event(session, slug="autumn")
    seed, _namesake = (
        add_draft(session, one, email="same@example.org") for one in (event, other)
    )
    add_draft(session, other, email="stays@example.org", phone="+77010000000")
    send(session, event, owner, seed)
    erasure.erase_address(session, seed)
    assert session.scalars(select(Seed.email)).all() == ["stays@example.org"]
    rows = [row.cells for row in session.scalars(select(ImportRow)) if row.cells]
    assert rows == [["Динара Оспанова", "stays@example.org", "+77010000000"]]


def test_colleagues_keep_the_employer_of_somebody_erased(session: Session) -> None:
    event, _ = add_event(session)
    seed, colleague = (
        add_draft(session, event, email=f"{n}@example.org", phone=f"+770100000{n}1")
        for n in range(2)
    )
    colleague.profile.organisation = seed.profile.organisation
    kept = colleague.profile_id
    session.flush()
    erasure.erase(session, seed)
    assert session.get_one(Profile, kept).organisation_name == "Костанай Зерно"


def test_a_person_who_was_imported_and_erased_is_in_no_table_index_or_file(
    house: House, tmp_path: Path
) -> None:
    victim = "Zuhra Tosheva,zuhra@example.org,Lone Firm,Chief,Uzbekistan,Termez,"
    victim += "+998 90 123 45 67,Mining,Who buys marble blocks?\n"
    others = "".join(
        f"Person {n},person{n}@example.org,Firm {n},,China,,+86 138 0000 000{n},,\n"
        for n in range(4)
    )
    with house.site.sessions.write.begin() as session:
        event, owner = add_event(session, slug="autumn")
        bring(session, event, HEADER + victim + others)
        bring(session, event, HEADER + victim)  # the same person in a second file
        seed = session.scalars(select(Seed).where(Seed.email.like("zuhra%"))).one()
        send(session, event, owner, seed)
        secret = (
            session.scalars(
                select(Letter).where(Letter.recipient == "zuhra@example.org")
            )
            .one()
            .context["secret"]
        )
    assert house.visit().post(f"/claim/{secret}/erase").status_code == 303
    jobs.scrub(house.site.sessions)
    traces = (
        "zuhra",
        "Tosheva",
        "901234567",
        "90 123 45 67",
        "Termez",
        "Lone Firm",
        "marble",
    )
    left = house.rows()
    assert "person3@example.org" in left
    assert [trace for trace in traces if trace in left] == []
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert any(path.suffix == ".db" for path in files)
    for path in files:
        content = path.read_bytes()
        found = [t for t in traces if t.encode() in content]
        assert found == [], path.name


def test_a_list_that_waits_for_its_import_does_not_bring_back_who_was_erased(
    session: Session,
) -> None:
    event, owner = add_event(session)
    seed = add_draft(session, event, email="aigerim@example.org", phone="")
    send(session, event, owner, seed)
    batch = show(session, event, HEADER + AIGERIM + OLEG)
    erasure.erase_address(session, seed)
    commit_batch(session, batch, key=KEY)
    assert session.scalars(select(Seed.email)).all() == ["oleg@example.org"]
    assert "Aigerim" not in str(dump(session))
