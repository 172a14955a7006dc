"""Who would match whom: drafts are compared for the organiser and for nobody else."""

import re
import time

import pytest
from sqlalchemy import select

from matchmaker.app import Site
from matchmaker.clock import now
from matchmaker.events import jobs
from matchmaker.events.models import EventStaff, StaffRole
from matchmaker.events.roster import ImportBatch, Seed
from matchmaker.mail import Letter
from matchmaker.matching import previewing
from matchmaker.matching.models import Proposal
from matchmaker.matching.preview import KEPT_FOR, Coverage
from matchmaker.profiles.models import Profile, ProfileStatus
from matchmaker.progress import Progress
from tests.conftest import Visitor, add_member
from tests.events.house import House
from tests.events.rosters import PACE, add_draft, add_event

RAIL = (("logistics", "Rail freight of grain from Kostanay to Xi'an, three a week"),)
WHEAT = (("supply", "Wheat and barley from Kostanay, 5000 tonnes a month"),)
WANTS_WHEAT = "Where can I buy wheat and barley from Kostanay?"


@pytest.fixture
def meeting(house: House) -> House:
    """Give an event with drafts that fit each other, and a member who fits one."""
    with house.site.sessions.write.begin() as session:
        seed = session.scalars(select(Seed)).one()
        add_draft(
            session,
            seed.event,
            name="Chen Hao",
            email="chen@example.org",
            country="CN",
            organisation="Zhengzhou Oils",
            locale="zh",
            question=WANTS_WHEAT,
        )
        add_draft(
            session,
            seed.event,
            name="Silent One",
            email="silent@example.org",
            country="UZ",
            organisation="",
            question="",
        )
        add_member(session, name="Li Wenjing", country="CN", offers=RAIL)
        add_member(session, name="Daniyar", organisation="Grain", offers=WHEAT)
    return house


def event_id(site: Site) -> int:
    with site.sessions.read() as session:
        return session.scalars(select(Seed.event_id)).first() or 0


def staff(house: House, role: StaffRole) -> Visitor:
    """Return a browser of somebody who runs the event in a role."""
    visitor = house.join(name="On duty", email=f"{role}@example.org", offers=RAIL)
    with house.site.sessions.write.begin() as session:
        seed = session.scalars(select(Seed)).first()
        assert seed is not None
        name = Profile.full_name == "On duty"
        user_id = session.scalars(select(Profile.user_id).where(name)).one()
        session.add(EventStaff(event_id=seed.event_id, user_id=user_id, role=role))
    return visitor


def test_drafts_find_members_and_each_other(meeting: House) -> None:
    site = meeting.site
    with site.sessions.read() as session:
        found = site.preview.of_event(session, event_id(site))
    by_name = {one.name: one for one in found.people}
    assert set(by_name) == {"Динара Оспанова", "Chen Hao", "Silent One"}
    assert by_name["Динара Оспанова"].best[0].name == "Li Wenjing"
    assert by_name["Chen Hao"].best[0].name == "Daniyar"
    assert by_name["Silent One"].count == 0
    assert found.matched == 2
    assert found.by_country() == [
        Coverage("CN", 1, 1),
        Coverage("KZ", 1, 1),
        Coverage("UZ", 1, 0),
    ]
    told = by_name["Chen Hao"].best[0].told
    assert told is not None
    assert told["reasons"][0]["evidence"]["need_text"] == WANTS_WHEAT


def test_comparing_drafts_shows_them_to_no_member(meeting: House) -> None:
    site = meeting.site
    with site.sessions.read() as session:
        members = set(site.matcher.sync(session).ids)
        before = meeting.rows()
        site.preview.of_event(session, event_id(site))
        assert set(site.matcher.sync(session).ids) == members
    assert meeting.rows() == before
    member = meeting.join(name="Buyer", requests=(("purchase", WANTS_WHEAT),))
    page = member.get("/proposals").text + member.get("/directory").text
    assert "Daniyar" in page
    assert "Chen Hao" not in page
    with site.sessions.read() as session:
        drafts = set(session.scalars(select(Seed.profile_id)))
        proposed = set(session.scalars(select(Proposal.candidate_id)))
        assert proposed
        assert not drafts & proposed


def test_only_members_whose_offer_meets_the_question_count_as_answers(
    meeting: House,
) -> None:
    site = meeting.site
    with site.sessions.read() as session:
        found = {
            name: site.preview.count_answers(session, profile_id)
            for profile_id, name in session.execute(
                select(Profile.id, Profile.full_name).join(
                    Seed, Seed.profile_id == Profile.id
                )
            )
        }
    assert found == {"Динара Оспанова": 1, "Chen Hao": 1, "Silent One": 0}
    with site.sessions.read() as session:
        drafts = {str(one) for one in session.scalars(select(Seed.profile_id))}
        assert not drafts & set(site.preview._members.sync(session).ids)


def test_the_worker_puts_the_number_of_answers_into_the_letter(
    meeting: House,
) -> None:
    site = meeting.site
    with site.sessions.write.begin() as session:
        seed = session.scalars(select(Seed).where(Seed.email.like("chen%"))).one()
        seed.profile.status = ProfileStatus.INVITED
    count = site.preview.count_answers
    assert jobs.send_invitations(site.sessions, PACE, count) == 1
    assert jobs.send_invitations(site.sessions, PACE, count) == 0
    with site.sessions.read() as session:
        told = {one.recipient: one.context for one in session.scalars(select(Letter))}
    assert told["chen@example.org"]["answers"] == 1
    assert told["draft@example.org"]["answers"] == 0  # nobody counted for that one


def test_the_preview_is_kept_until_the_event_changes(meeting: House) -> None:
    site = meeting.site
    number = event_id(site)
    with site.sessions.read() as session:
        first = site.preview.of_event(session, number)
        assert site.preview.of_event(session, number) is first
        assert KEPT_FOR.total_seconds() > 60
    with site.sessions.write.begin() as session:
        seed = session.scalars(select(Seed)).first()
        assert seed is not None
        add_draft(session, seed.event, name="Late", email="late@example.org")
    with site.sessions.read() as session:
        names = {one.name for one in site.preview.of_event(session, number).people}
    assert "Late" in names


# The organiser's pages -------------------------------------------------------


def test_an_organiser_chooses_sees_the_letter_and_only_then_sends(
    meeting: House,
) -> None:
    owner = staff(meeting, StaffRole.MANAGER)
    page = owner.get("/events/spring/invite").text
    # Who would find somebody stands first and is ticked; the invited one is not here.
    assert page.index("Chen Hao") < page.index("Silent One")
    assert page.count("checked") == 1
    answer = owner.post("/events/spring/invite/preview", {"all": "1"})
    assert "Chen Hao" in answer.text
    assert "/claim/preview" in answer.text
    with meeting.site.sessions.read() as session:
        assert session.query(Seed).filter(Seed.digest.is_not(None)).count() == 1
    people = {"person": _ids(answer.text)}
    assert len(people["person"]) == 2
    assert owner.post("/events/spring/invite/send", people).status_code == 303
    page = owner.get("/events/spring/invite").text
    assert "2 letters wait for their turn" in page
    assert "Chen Hao" not in page
    assert owner.post("/events/spring/invite/stop").status_code == 303
    assert "Chen Hao" in owner.get("/events/spring/invite").text


def _ids(page: str) -> list[str]:
    return re.findall(r'name="person"\s+value="([^"]+)"', page)


def test_a_helper_looks_and_does_not_send(meeting: House) -> None:
    helper = staff(meeting, StaffRole.HELPER)
    assert "Chen Hao" in helper.get("/events/spring/preview-matches").text
    page = helper.post("/events/spring/invite/preview", {"all": "1"}).text
    assert "/invite/send" not in page
    people = {"person": _ids(helper.get("/events/spring/invite").text)}
    before = meeting.rows()
    for act in ("send", "stop"):
        answer = helper.post(f"/events/spring/invite/{act}", people)
        assert answer.status_code == 403
    assert meeting.rows() == before


def test_an_organiser_invites_nobody_of_another_event(meeting: House) -> None:
    with meeting.site.sessions.write.begin() as session:
        event, owner = add_event(session, slug="autumn")
        add_draft(session, event, name="Elsewhere", email="else@example.org")
        assert owner.user is not None
        email = owner.user.email
        elsewhere = session.scalars(
            select(Profile.public_id).where(Profile.full_name == "Chen Hao")
        ).one()
    organiser = meeting.visit()
    organiser.sign_in(email)
    for page in ("invite", "preview-matches"):
        text = organiser.get(f"/events/autumn/{page}").text
        assert "Elsewhere" in text
        assert "Chen Hao" not in text
        assert organiser.get(f"/events/spring/{page}").status_code == 404
    organiser.post("/events/autumn/invite/send", {"person": elsewhere})
    assert "wait" not in organiser.get("/events/autumn/invite").text


def test_a_large_event_is_compared_by_the_worker_and_the_page_counts_meanwhile(
    meeting: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = meeting.site
    monkeypatch.setattr(previewing, "AT_ONCE", 0)
    organiser = staff(meeting, StaffRole.OWNER)
    with site.sessions.write.begin() as session:
        session.scalars(select(ImportBatch)).one().finished_at = now()
    # As if another thread were at it: nothing new is begun, the count is shown.
    number = event_id(site)
    site.previewing._running.add(number)
    site.preview.progress[number] = Progress("compare", 1, 3)
    for page in ("preview-matches", "invite"):
        assert "1 of 3 people" in organiser.get(f"/events/spring/{page}").text
    site.preview.progress.clear()
    site.previewing._running.clear()
    assert site.previewing.compare_imported(site.sessions) == 1
    assert site.previewing.compare_imported(site.sessions) == 0
    assert "Chen Hao" in organiser.get("/events/spring/preview-matches").text


def test_who_opens_the_page_first_starts_the_comparison_and_it_ends(
    meeting: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = meeting.site
    monkeypatch.setattr(previewing, "AT_ONCE", 0)
    organiser = staff(meeting, StaffRole.OWNER)
    assert "data-poll" in organiser.get("/events/spring/preview-matches").text
    give_up = time.monotonic() + 20
    while site.previewing._running and time.monotonic() < give_up:
        time.sleep(0.05)
    assert "Chen Hao" in organiser.get("/events/spring/preview-matches").text
