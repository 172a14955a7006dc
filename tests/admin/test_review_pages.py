"""Blind review in the browser: nothing of the model is shown, and every word counts."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from matchmaker.admin.models import AuditEntry
from matchmaker.app import Site
from matchmaker.matching import lists
from matchmaker.matching.models import Band
from matchmaker.matching.review_drawing import draw_when_due, monday
from matchmaker.matching.review_models import (
    ReviewLabel,
    ReviewPair,
    Source,
    Verdict,
)
from matchmaker.matching.views import make_policy
from matchmaker.profiles.models import Profile, ProfileStatus
from tests.conftest import Visitor, add_member
from tests.matching.reviewing import add_pair, add_round

Join = Callable[..., tuple[Visitor, str]]


@pytest.fixture
def chief(join: Join) -> Visitor:
    return join(is_admin=True, name="Chief")[0]


@pytest.fixture
def second(join: Join) -> Visitor:
    return join(is_admin=True, name="Second")[0]


@pytest.fixture
def pairs(site: Site) -> list[str]:
    """Give the public ids of two pairs of one round: one proposed, one not."""
    with site.sessions.write.begin() as session:
        made = add_round(session, week=monday())
        people = [
            add_member(
                session,
                name=f"Zhanna {letter}",
                organisation=f"House {letter}",
                offers=(("supply", f"Flour of {letter}"),),
            )
            for letter in "ABCD"
        ]
        for one in people:
            one.status = ProfileStatus.ACTIVE
        first = add_pair(session, made, *people[:2])
        other = add_pair(
            session, made, *people[2:], source=Source.UNLISTED, band=Band.POSSIBLE
        )
        return [first.public_id, other.public_id]


def shape(page: str) -> str:
    """Return a page without what differs between people: ids, keys, letters."""
    bare = re.sub(r'value="[^"]*"|/admin/review/[\w-]{12}', "", page)
    bare = re.sub(r"Flour of \w", "Flour", bare)
    return re.sub(r'nonce="[^"]*"', "", bare)


def test_a_pair_shows_what_people_wrote_and_nothing_that_names_them(
    chief: Visitor, pairs: list[str]
) -> None:
    page = chief.get(f"/admin/review/{pairs[0]}").text
    assert "Flour of A" in page
    assert "Flour of B" in page
    assert "Zhanna" not in page
    assert "House A" not in page
    assert "1 of 2" in page


def test_the_page_of_a_proposed_pair_is_that_of_any_other(
    chief: Visitor, pairs: list[str]
) -> None:
    proposed, other = (chief.get(f"/admin/review/{one}").text for one in pairs)
    assert shape(proposed) == shape(other)
    main = proposed[proposed.index("<main") : proposed.index("</main>")]
    for word in ("strong", "possible", "0.81", "81", "prior", "unlisted", "chance"):
        assert word not in main.lower(), word


def test_the_queue_goes_from_pair_to_pair_and_back(
    site: Site, chief: Visitor, pairs: list[str]
) -> None:
    assert chief.get("/admin/review/next").location.endswith(pairs[0])
    answer = chief.post(f"/admin/review/{pairs[0]}", {"verdict": "good"})
    assert answer.location.endswith("/admin/review/next")
    assert chief.get("/admin/review/next").location.endswith(pairs[1])
    assert "2 of 2" in chief.get(f"/admin/review/{pairs[1]}").text
    back = chief.post("/admin/review/undo")
    assert back.location.endswith(pairs[0])
    for one in pairs:
        chief.post(f"/admin/review/{one}", {"verdict": "bad", "note": "No trade"})
    done = chief.get("/admin/review/next", follow_redirects=True).text
    assert "Nothing waits for you" in done
    with site.sessions.read() as session:
        found = session.scalars(select(ReviewLabel.verdict)).all()
    assert found == [Verdict.BAD, Verdict.BAD]


def test_a_form_without_a_choice_comes_back_with_the_note(
    chief: Visitor, pairs: list[str]
) -> None:
    answer = chief.post(f"/admin/review/{pairs[0]}", {"note": "Both mill flour"})
    assert answer.status_code == 422
    assert "Choose one of the four." in answer.text
    assert "Both mill flour" in answer.text
    wrong = chief.post(f"/admin/review/{pairs[0]}", {"verdict": "superb"})
    assert wrong.status_code == 422


def test_what_the_other_said_is_hidden_until_one_has_judged(
    chief: Visitor, second: Visitor, join: Join, pairs: list[str]
) -> None:
    third = join(is_admin=True, name="Third")[0]
    chief.post(f"/admin/review/{pairs[0]}", {"verdict": "good", "note": "Surely"})
    assert "Surely" not in second.get("/admin/review").text
    assert "Surely" not in second.get(f"/admin/review/{pairs[0]}").text
    second.post(f"/admin/review/{pairs[0]}", {"verdict": "bad"})
    assert "Surely" in second.get("/admin/review").text
    page = third.get("/admin/review").text
    assert "waits for you" in page
    assert "Surely" not in page
    third.post(f"/admin/review/{pairs[0]}", {"verdict": "fair"})
    assert "settled: Fair" in chief.get("/admin/review").text


def test_before_anything_the_page_says_what_to_do(chief: Visitor) -> None:
    page = chief.get("/admin/review").text
    assert "not drawn yet" in page
    assert "No figures yet" in page
    answer = chief.post("/admin/review/draw")
    assert "There are no proposals yet" in chief.get(answer.location).text
    assert chief.post("/admin/review/undo").status_code == 409


def test_of_one_reviewer_there_is_no_agreement_and_it_says_why(
    chief: Visitor, pairs: list[str]
) -> None:
    chief.post(f"/admin/review/{pairs[0]}", {"verdict": "good"})
    page = chief.get("/admin/review").text
    assert "Agreement needs a second reviewer" in page
    assert "nan" not in re.sub(r"<[^>]+>", " ", page).lower().split()
    assert "What the lists miss can be told once 20 pairs" in page


def test_figures_of_two_reviewers_have_intervals(
    chief: Visitor, second: Visitor, pairs: list[str]
) -> None:
    for who in (chief, second):
        for one, verdict in zip(pairs, ("good", "bad"), strict=True):
            who.post(f"/admin/review/{one}", {"verdict": verdict})
    page = chief.get("/admin/review").text
    assert "Cohen" in page
    assert "Of 100 proposed pairs reviewers call 100 good" in page


def test_somebody_erased_meanwhile_cannot_be_judged(
    site: Site, chief: Visitor, pairs: list[str]
) -> None:
    with site.sessions.write.begin() as session:
        pair = session.scalars(
            select(ReviewPair).where(ReviewPair.public_id == pairs[0])
        ).one()
        session.get_one(Profile, pair.seeker_id).status = ProfileStatus.ERASED
    assert chief.get(f"/admin/review/{pairs[0]}").status_code == 404
    answer = chief.post(f"/admin/review/{pairs[0]}", {"verdict": "good"})
    assert answer.status_code == 404
    assert chief.get("/admin/review/next").location.endswith(pairs[1])


def test_every_look_at_two_profiles_is_in_the_log(
    site: Site, chief: Visitor, pairs: list[str]
) -> None:
    chief.get(f"/admin/review/{pairs[0]}")
    chief.post(f"/admin/review/{pairs[0]}", {"verdict": "good"})
    with site.sessions.read() as session:
        noted = [
            (one.action, one.subject)
            for one in session.scalars(select(AuditEntry).order_by(AuditEntry.id))
        ]
    assert ("review-read", {"pair": pairs[0]}) in noted
    assert ("review-judge", {"pair": pairs[0]}) in noted


def test_once_begun_the_worker_draws_each_week_and_only_once(site: Site) -> None:
    policy = make_policy(site.app.config)

    def draw() -> int:
        return draw_when_due(site.sessions, site.matcher, policy, pairs=20)

    assert draw() == 0, "nobody asked for reviews"
    with site.sessions.write.begin() as session:
        add_round(session, week=monday() - timedelta(days=7))
    assert draw() == 0, "nobody has proposals"
    with site.sessions.write.begin() as session:
        people = [
            add_member(
                session,
                organisation=f"House {at}",
                offers=(("supply", "wheat flour"),),
                requests=(("buy", "wheat flour"),),
            )
            for at in range(4)
        ]
        for one in people:
            one.status = ProfileStatus.ACTIVE
        session.flush()
        for one in people:
            lists.refresh_member(session, site.matcher, policy, one.id)
    assert draw() == 1
    assert draw() == 0
    with site.sessions.read() as session:
        drawn = session.scalars(select(ReviewPair)).all()
    # Four people make six pairs, each judged once whichever side it was drawn from.
    assert 0 < len(drawn) <= 6
