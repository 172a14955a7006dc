"""The pages of models, from asking to the model in force and back."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from matchmaker.admin.models import AuditEntry
from matchmaker.app import Site
from matchmaker.cli.listwork import ListWork
from matchmaker.matching import jobs, promotion, versions
from matchmaker.matching.models import ModelVersion
from matchmaker.matching.trial_jobs import BY_HAND
from matchmaker.matching.trial_models import ModelTask, TaskState
from matchmaker.matching.views import make_policy
from matchmaker.profiles import service as profiles
from matchmaker.profiles.models import Profile, ProfileStatus
from tests.conftest import Visitor, add_introduction

Join = Callable[..., tuple[Visitor, str]]
REASON = "The board wants it for the fair"


@pytest.fixture
def chief(join: Join, site: Site) -> Visitor:
    goods = ("wheat", "cotton", "tea")
    for number in range(6):
        join(
            name=f"Member {number}",
            organisation="",
            requests=(("supply", goods[number % 3]),),
            offers=(("supply", goods[(number + 1) % 3]),),
        )
    chief = join(is_admin=True, name="Chief")[0]
    with site.sessions.write.begin() as session:
        for profile in session.scalars(select(Profile)):
            if profile.opportunities:
                profile.status = ProfileStatus.ACTIVE
                profiles.note_change(session, profile)
    return chief


def work(site: Site) -> None:
    while ListWork(site).work_off():
        pass


def weights(**typed: str) -> dict[str, str]:
    return dict.fromkeys(BY_HAND, "0.5") | {"name": "mine"} | typed


def names(site: Site) -> list[str]:
    with site.sessions.read() as session:
        return list(
            session.scalars(select(ModelVersion.name).order_by(ModelVersion.id))
        )


def live(site: Site) -> str:
    with site.sessions.read() as session:
        version = versions.find_live(session)
        return version.name if version else ""


def test_before_anything_happened_the_pages_say_what_is_missing(
    chief: Visitor,
) -> None:
    page = chief.get("/admin/models").text
    assert "the prior of this program" in page
    assert "is not worked out yet" in page
    assert "no other version yet" in chief.get("/admin/models/prior-1").text
    assert chief.get("/admin/models/nobody").status_code == 404
    assert chief.get("/admin/models/reports/nothing").status_code == 404


def test_with_nothing_said_learning_is_refused_in_words(
    site: Site, chief: Visitor
) -> None:
    assert chief.post("/admin/models/fit", {"form_key": "k"}).status_code == 303
    assert "waiting for the worker" in chief.get("/admin/models").text
    work(site)
    assert "nothing to learn from yet" in chief.get("/admin/models").text
    assert names(site) == ["prior-1"]


def test_a_candidate_is_learned_in_the_background_and_has_a_card(
    site: Site, chief: Visitor
) -> None:
    with site.sessions.write.begin() as session:
        people = session.scalars(
            select(Profile).where(Profile.status == ProfileStatus.ACTIVE)
        ).all()
        add_introduction(session, people[0], people[1])
    form = {"name": "first", "note": "A try", "form_key": "k"}
    for _ in range(2):
        assert chief.post("/admin/models/fit", form).status_code == 303
    work(site)
    assert names(site) == ["prior-1", "first"]
    page = chief.get("/admin/models/first").text
    assert "A try" in page
    assert "1 answers" in page
    assert re.search(r"<samp>[0-9a-f]{64}</samp>", page)
    assert live(site) == "prior-1"


def test_comparing_keeps_a_report_and_without_a_pass_only_a_reason_opens_the_gate(
    site: Site, chief: Visitor
) -> None:
    chief.post("/admin/models/by-hand", weights(form_key="a"))
    work(site)
    chief.post("/admin/models/mine/compare", {"against": "prior-1", "form_key": "b"})
    work(site)
    found = re.search(
        r'href="(/admin/models/reports/[^"]+)"', chief.get("/admin/models").text
    )
    assert found is not None
    report = chief.get(found.group(1)).text
    assert "mine does not pass in the place of prior-1" in report
    assert "Nothing can be said yet" in report
    assert "No page was seen" in report
    assert "Member 0" in report
    refused = chief.post("/admin/models/mine/promote", {"reason": "because"})
    assert refused.status_code == 422
    assert "because</textarea>" in refused.text
    assert live(site) == "prior-1"
    assert (
        chief.post("/admin/models/mine/promote", {"reason": REASON}).status_code == 303
    )
    assert live(site) == "mine"
    page = chief.get("/admin/models/mine").text
    assert "put in force against the gate" in page
    assert REASON in page
    assert chief.post("/admin/models/prior-1/promote").status_code == 303
    assert live(site) == "prior-1"
    with site.sessions.read() as session:
        log = session.execute(select(AuditEntry.action, AuditEntry.subject)).all()
    told = {row.action: row.subject for row in log}
    assert told["model-override"]["reason"] == REASON
    assert told["model-rollback"]["version"] == "prior-1"


@pytest.mark.parametrize(
    "typed", [{"text": "much"}, {"text": "-1"}, {"text": "nan"}, {"name": "a/b"}]
)
def test_impossible_weights_keep_what_was_typed(
    site: Site, chief: Visitor, typed: dict[str, str]
) -> None:
    answer = chief.post("/admin/models/by-hand", weights(**{"note": "Mine", **typed}))
    assert answer.status_code == 422
    assert 'value="Mine"' in answer.text
    assert f'value="{next(iter(typed.values()))}"' in answer.text
    with site.sessions.read() as session:
        assert session.scalars(select(ModelTask)).all() == []


def test_a_version_is_not_compared_with_itself(chief: Visitor) -> None:
    chief.get("/admin/models")
    same = chief.post("/admin/models/prior-1/compare", {"against": "prior-1"})
    assert same.status_code == 422


def test_the_dial_is_worked_out_and_turned_and_lists_are_made_anew(
    site: Site, chief: Visitor
) -> None:
    policy = make_policy(site.app.config)
    jobs.refresh(site.sessions, site.matcher, policy, progress=lambda *_: None)
    every = site.app.config["REFRESH_EVERY"]
    assert not jobs.is_refresh_due(site.sessions, timedelta(seconds=every))
    chief.post("/admin/models/dial", {"act": "work-out", "form_key": "k"})
    work(site)
    page = chief.get("/admin/models").text
    assert len(re.findall(r'type="radio"\s+name="value"', page)) == 5
    assert chief.post("/admin/models/dial", {"value": "2"}).status_code == 422
    assert chief.post("/admin/models/dial", {"value": "0.75"}).status_code == 303
    assert "It stands at 0.75." in chief.get("/admin/models").text
    assert jobs.is_refresh_due(site.sessions, timedelta(seconds=every))
    jobs.refresh(site.sessions, site.matcher, policy, progress=lambda *_: None)
    assert not jobs.is_refresh_due(site.sessions, timedelta(seconds=every))
    with site.sessions.read() as session:
        assert promotion.as_dialled(session, policy).shape.fairness == 0.75


def test_work_that_breaks_off_is_told_and_not_tried_for_ever(
    site: Site, chief: Visitor
) -> None:
    chief.post("/admin/models/by-hand", weights(form_key="a"))
    with site.sessions.write.begin() as session:
        task = session.scalars(select(ModelTask)).one()
        task.terms = {"name": "mine", "weights": {}}
    with pytest.raises(KeyError):
        ListWork(site).work_off()
    assert ListWork(site).work_off() == 0
    with site.sessions.read() as session:
        assert session.scalars(select(ModelTask)).one().state is TaskState.FAILED
    assert "The work broke off" in chief.get("/admin/models").text
