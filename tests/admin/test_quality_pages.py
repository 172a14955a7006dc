"""The quality page: it says what is missing, and never shows what is not known."""

import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from matchmaker.admin import quality_jobs
from matchmaker.app import Site
from matchmaker.clock import now
from matchmaker.matching.models import (
    Impression,
    Introduction,
    IntroductionState,
    MatchRun,
    ModelVersion,
)
from matchmaker.profiles.models import Profile
from tests.conftest import Visitor, add_introduction, add_member

DAY = now() - timedelta(days=3)


@pytest.fixture
def chief(join: Callable[..., Any]) -> Visitor:
    visitor: Visitor = join(email="chief@example.org", is_admin=True)[0]
    return visitor


def show(site: Site, requests: int, *, accepted: int, silent: int = 0) -> None:
    """Show a seeker some candidates, of whom some are asked and some say yes."""
    with site.sessions.write.begin() as session:
        version = ModelVersion(name="first-model", digest="a", weights={})
        session.add_all([version, ModelVersion(name="second", digest="b", weights={})])
        session.flush()
        run = MatchRun(model_version_id=version.id, kind="full", seed=1)
        seeker = add_member(session, name="Seeker")
        session.add(run)
        session.flush()
        for number in range(requests + silent):
            candidate = add_member(session, name=f"C{number}", country="CN")
            session.add(
                Impression(
                    run_id=run.id,
                    seeker_id=seeker.id,
                    candidate_id=candidate.id,
                    position=number + 1,
                    propensity=1.0,
                    joint=0.6,
                    kinds="need-offer",
                    shown_on=DAY.date(),
                    shown_at=DAY,
                )
            )
            if number < requests:
                state = IntroductionState.ACCEPTED
                if number >= accepted:
                    state = IntroductionState.DECLINED
                add_introduction(session, seeker, candidate, state=state)
    quality_jobs.update(site.sessions)


def test_without_data_the_page_says_what_will_appear(chief: Visitor) -> None:
    page = chief.get("/admin/quality")
    assert page.status_code == 200
    assert "Nothing was shown to anybody yet." in page.text
    assert "nan" not in page.text.casefold().split()
    assert "<b>0" not in page.text


def test_one_decision_is_shown_as_a_case_and_not_as_a_percentage(
    site: Site, chief: Visitor
) -> None:
    show(site, 1, accepted=1)
    page = chief.get("/admin/quality?days=7").text
    assert "Shares of answers mean something from 30 requests on" in page
    assert "1 of 1" in page
    assert "<b>100%</b>" not in page


def test_where_everything_is_accepted_the_page_says_that_it_tells_nothing(
    site: Site, chief: Visitor
) -> None:
    show(site, 31, accepted=31)
    page = chief.get("/admin/quality?days=7").text
    assert "All answers are alike" in page
    assert "<b>100%</b>" in page


def test_no_share_stands_without_its_cases_and_interval(
    site: Site, chief: Visitor
) -> None:
    show(site, 0, accepted=0, silent=40)
    page = chief.get("/admin/quality?days=7").text
    shown = page.split("<b>0%</b>")
    assert len(shown) > 1
    for rest in shown[1:]:
        assert re.search(r"0%–[0-9.]+% · 0/\d\d<", rest[:120])


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("from=2126-01-01&to=2126-02-01", "This period has not begun yet."),
        ("from=2001-01-01&to=2001-02-01", "Nothing is counted before"),
        ("from=tomorrow", "A period needs a first day and a last day"),
        ("from=2026-03-01&to=2026-02-01", "The last day lies before the first."),
        ("from=0001-01-01", "more than ten years"),
        ("from=9999-12-01&to=9999-12-31&against=year", "has not begun yet"),
        ("days=1000000&sort=nothing:at-all", "Shares of answers"),
    ],
)
def test_a_strange_period_is_told_in_words_and_keeps_what_was_typed(
    site: Site, chief: Visitor, address: str, said: str
) -> None:
    show(site, 2, accepted=1)
    page = chief.get(f"/admin/quality?{address}")
    assert page.status_code == 200
    assert said in page.text
    for typed in re.findall(r"(?:from|to)=([^&]+)", address):
        assert f'value="{typed}"' in page.text


def test_a_version_that_was_never_live_is_named_without_a_figure(
    site: Site, chief: Visitor
) -> None:
    show(site, 2, accepted=1)
    rows = list(csv.reader(io.StringIO(_file(chief, "model"))))
    found = {row[0]: row[1:] for row in rows[2:]}
    assert found["first-model"][0] == "2"
    assert set(found["second"]) == {"0", ""}


def test_a_table_sorts_by_a_link_and_its_file_has_every_number(
    site: Site, chief: Visitor
) -> None:
    show(site, 4, accepted=3)
    page = chief.get("/admin/quality?days=7&sort=rank:asked").text
    assert 'aria-sort="descending"' in page
    chain = {row[0]: row for row in csv.reader(io.StringIO(_file(chief, "chain")))}
    assert chain["Accepted"][1:5] == ["3", "3", "4", "0.7500"]
    assert chief.get("/admin/quality/nothing.csv").status_code == 404


def test_the_front_shows_the_same_chain(site: Site, chief: Visitor) -> None:
    show(site, 4, accepted=3)
    with site.sessions.read() as session:
        assert len(session.scalars(select(Introduction)).all()) == 4
        assert len(session.scalars(select(Profile)).all()) == 6
    page = " ".join(chief.get("/admin").text.split())
    assert '<td>Asked</td> <td class="n">4</td>' in page
    assert '<td>Accepted</td> <td class="n">3</td>' in page


def test_counting_is_done_by_the_worker_once(site: Site) -> None:
    show(site, 2, accepted=1)
    assert quality_jobs.update(site.sessions) == 0
    assert quality_jobs.update(site.sessions, afresh=True) > 0


def _file(chief: Visitor, code: str) -> str:
    text: str = chief.get(f"/admin/quality/{code}.csv?days=7").get_data(as_text=True)
    return text.lstrip("\ufeff")
