"""Copies, files of the model, letters, the log: what lies outside of the tables."""

import gzip
import io
import json
import re
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from matchmaker.accounts.models import User, UserSession
from matchmaker.app import Site
from matchmaker.clock import now
from matchmaker.matching.models import MatchRun, ModelVersion, Proposal
from matchmaker.messaging import conversations
from matchmaker.notices import service as notices
from matchmaker.notices.models import NoticeKind, Notification
from matchmaker.owndata import jobs, replay
from matchmaker.owndata.models import DataRequest, Erasure, RequestState
from matchmaker.owndata.registry import KINDS
from matchmaker.owndata.views import make_scribe
from matchmaker.profiles.models import Profile, ProfileStatus
from tests.conftest import Visitor, add_introduction, add_member
from tests.owndata.everything import DEAR, MAIL, NAME, OFFER, TRACES, add_person

Make = Callable[..., Any]


def arrive(site: Site, visitor: Visitor, *, others: int = 3) -> None:
    """Let a person come into a community, meet somebody, and sign in."""
    with site.sessions.write.begin() as session:
        person = add_person(session)
        for number in range(others):
            other = add_member(
                session,
                name=f"Person {number}",
                offers=(("supply", f"Diamond wire number {number}"),),
                requests=(("supply", "Stone for floors"),),
            )
        between = add_introduction(session, other, person)
        for author, text in ((person, "Zuhra says: come!"), (other, DEAR)):
            conversations.write_message(
                session,
                between,
                author.id,
                text=text,
                lang="en",
                form_key=str(author.id),
            )
        notices.notify(
            session,
            other.user,
            kind=NoticeKind.REQUEST,
            code="asked",
            context={
                "name": NAME,
                "organisation": "Tosheva Marble",
                "introduction": between.public_id,
            },
        )
    assert visitor.sign_in(MAIL).status_code == 303


def make(site: Site, tmp_path: Path) -> int:
    return jobs.make_exports(site.sessions, tmp_path, make_scribe(site.app))


def request_of(site: Site) -> DataRequest:
    with site.sessions.read() as session:
        return session.scalars(select(DataRequest)).one()


def test_a_copy_is_asked_for_made_told_of_and_downloaded(
    site: Site, visitor: Visitor, tmp_path: Path
) -> None:
    arrive(site, visitor)
    assert visitor.post("/settings/data").status_code == 303
    assert visitor.post("/settings/data").status_code == 303
    assert "data-poll" in visitor.get("/settings/data").text
    assert make(site, tmp_path) == 1
    assert make(site, tmp_path) == 0
    asked = request_of(site)
    assert (asked.state, asked.done, asked.total) == (
        RequestState.READY,
        len(KINDS),
        len(KINDS),
    )
    path = f"/settings/data/{asked.public_id}/file"
    assert path in visitor.get("/settings/data").text
    answer = visitor.get(path)
    assert answer.headers["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        names = set(archive.namelist())
        told = json.loads(archive.read("data.json"))
        readme = archive.read("README.txt").decode()
        table = archive.read("csv/messages.csv").decode("utf-8-sig")
    assert {"README.txt", "data.json", "csv/account.csv"} <= names
    assert told["profile"][0]["full_name"] == NAME
    assert [one["text"] for one in told["messages"]] == ["Zuhra says: come!", DEAR]
    assert [one["author"] for one in told["messages"]] == ["you", "Person 2"]
    assert "csv/messages.csv" in readme
    assert "2 entries" in readme
    assert table.splitlines()[0].startswith("introduction,author")
    assert request_of(site).state is RequestState.FETCHED
    with site.sessions.read() as session:
        codes = session.scalars(select(Notification.code)).all()
    assert "export_ready" in codes
    assert "ready to download" in visitor.get("/notices").text


@pytest.mark.parametrize("locale", ["en", "ru", "zh"])
def test_reasons_are_told_in_words(site: Site, locale: str) -> None:
    evidence = {
        "need_text": "Мрамор & гранит",
        "offer_text": OFFER,
        "need_side": "need",
        "offer_side": "offer",
        "need_spans": [[0, 6]],
        "offer_spans": [[0, 6]],
        "concepts": [],
    }
    reasons = [
        {
            "code": "need-offer",
            "direction": "for_me",
            "contribution": 0.5,
            "evidence": evidence,
        },
        {
            "code": "place",
            "direction": "both",
            "contribution": 0.1,
            "evidence": {"country": "UZ"},
        },
    ]
    told = {"reasons": reasons, "interpreter": True}
    text = make_scribe(site.app)("reasons", locale, {"told": told})
    lines = [line for line in text.splitlines() if line.strip()]
    assert len(lines) == 3
    assert "Мрамор & гранит" in lines[0]
    assert OFFER in lines[0]


def test_a_copy_is_for_its_owner_and_needs_a_fresh_password(
    site: Site, visitor: Visitor, join: Make, tmp_path: Path
) -> None:
    arrive(site, visitor)
    visitor.post("/settings/data")
    make(site, tmp_path)
    path = f"/settings/data/{request_of(site).public_id}/file"
    other, _public_id = join(name="Curious")
    assert other.get(path).status_code == 404
    with site.sessions.write.begin() as session:
        session.execute(update(UserSession).values(confirmed_at=None))
    asked = visitor.get(path)
    assert asked.status_code == 303
    assert "/again" in asked.headers["Location"]


def test_a_copy_lies_ready_for_a_day_and_stray_files_go(
    site: Site, visitor: Visitor, tmp_path: Path
) -> None:
    arrive(site, visitor)
    visitor.post("/settings/data")
    make(site, tmp_path)
    asked = request_of(site)
    file = tmp_path / "exports" / asked.file_name
    stray = tmp_path / "exports" / "left-over.zip"
    stray.write_bytes(b"x")
    assert file.stat().st_mode & 0o777 == 0o600
    assert jobs.forget_exports(site.sessions, tmp_path) == 0
    assert file.exists()
    assert not stray.exists()
    with site.sessions.write.begin() as session:
        session.execute(update(DataRequest).values(ready_at=now() - timedelta(days=1)))
    assert visitor.get(f"/settings/data/{asked.public_id}/file").status_code == 404
    assert jobs.forget_exports(site.sessions, tmp_path) == 1
    assert not file.exists()
    assert visitor.post("/settings/data").status_code == 303
    assert make(site, tmp_path) == 1


def test_a_copy_that_breaks_off_leaves_no_file_and_is_tried_again(
    site: Site, visitor: Visitor, tmp_path: Path
) -> None:
    arrive(site, visitor)
    visitor.post("/settings/data")

    def broken(*_words: Any) -> str:
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        jobs.make_exports(site.sessions, tmp_path, broken)
    assert list((tmp_path / "exports").iterdir()) == []
    assert make(site, tmp_path) == 1


def test_erasing_needs_a_ticked_box_and_a_fresh_password(
    site: Site, visitor: Visitor
) -> None:
    arrive(site, visitor)
    assert visitor.get("/settings/data/erase").status_code == 200
    assert visitor.post("/settings/data/erase").status_code == 422
    with site.sessions.write.begin() as session:
        session.execute(update(UserSession).values(confirmed_at=None))
    refused = visitor.post("/settings/data/erase", {"sure": "y"})
    assert refused.status_code == 403
    with site.sessions.read() as session:
        assert session.scalars(select(User).where(User.email == MAIL)).one()


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file, packed ones unpacked too."""
    found = {}
    for path in folder.rglob("*"):
        if not path.is_file():
            continue
        raw = path.read_bytes()
        found[path.name] = raw
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                for name in archive.namelist():
                    found[f"{path.name}/{name}"] = archive.read(name)
        elif raw[:2] == b"\x1f\x8b":
            found[f"{path.name}/"] = gzip.decompress(raw)
    return found


def traces_in(folder: Path) -> list[tuple[str, str]]:
    return [
        (name, trace)
        for name, raw in contents(folder).items()
        for trace in TRACES
        if trace.encode() in raw.lower()
    ]


def test_somebody_erased_is_in_no_file_of_the_site_and_in_no_log(
    site: Site,
    visitor: Visitor,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    arrive(site, visitor, others=49)
    with site.sessions.read() as session:
        site.matcher.refit(session)
    visitor.post("/settings/data")
    make(site, tmp_path)
    queued = site.outbox.send_due()
    kept = tmp_path / "letters" / "other.eml"
    kept.write_text("To: boris@example.org\nSubject: Hello\n\nNothing here.\n", "utf-8")
    where = {name.split("/")[0] for name, _trace in traces_in(tmp_path)}
    assert {"site.db-wal", "community.npz"} <= where
    assert any(name.endswith(".zip") for name in where)
    assert queued
    assert any(name.endswith(".eml") for name in where)
    gone = visitor.post("/settings/data/erase", {"sure": "y"})
    assert gone.headers["Location"].endswith("/erased")
    assert visitor.get("/erased").status_code == 200
    assert visitor.get("/me").status_code == 303
    assert jobs.finish_erasures(site.sessions, site.matcher, tmp_path) == 1
    assert jobs.finish_erasures(site.sessions, site.matcher, tmp_path) == 0
    assert traces_in(tmp_path) == []
    assert kept.exists()
    out, err = capfd.readouterr()
    assert [trace for trace in TRACES if trace in (out + err).lower()] == []
    assert Visitor(site.app.test_client()).sign_in(MAIL).status_code == 422


def test_the_partner_reads_deleted_member_in_every_place(
    site: Site, visitor: Visitor, new_visitor: Callable[[], Visitor]
) -> None:
    arrive(site, visitor)
    with site.sessions.read() as session:
        other = session.scalars(
            select(Profile).where(Profile.full_name == "Person 2")
        ).one()
        assert other.user is not None
        email = other.user.email
    partner = new_visitor()
    partner.sign_in(email)
    seen = partner.get("/messages").text
    assert NAME in seen
    thread = re.findall(r'href="(/messages/[^"#?]+)', seen)[0]
    assert "says: come!" in partner.get(thread).text
    assert visitor.post("/settings/data/erase", {"sure": "y"}).status_code == 303
    contact = thread.replace("messages", "contacts")
    for path in ("/messages", thread, contact, "/contacts"):
        page = partner.get(path)
        assert page.status_code == 200, path
        assert "Deleted member" in page.text, path
        assert "Zuhra" not in page.text, path
    assert "Erased together with" in partner.get(thread).text
    assert "<textarea" not in partner.get(thread).text


def test_a_restored_backup_loses_again_whom_the_list_names(
    site: Site, visitor: Visitor, tmp_path: Path
) -> None:
    arrive(site, visitor)
    with site.sessions.read() as session:
        public_id = session.scalars(
            select(Profile.public_id).where(Profile.full_name == NAME)
        ).one()
    visitor.post("/settings/data/erase", {"sure": "y"})
    jobs.finish_erasures(site.sessions, site.matcher, tmp_path)
    with site.sessions.write.begin() as session:  # as a backup of yesterday has it
        session.query(Erasure).delete()
        back = add_person(session)
        back.public_id = public_id
        add_member(session, name="Somebody new")
    earlier = now() - timedelta(days=1)
    later = now() + timedelta(days=1)
    again = replay.replay_erasures
    assert again(site.sessions, later, instance=tmp_path) == 0
    assert again(site.sessions, earlier, instance=tmp_path) == 1
    assert again(site.sessions, earlier, instance=tmp_path) == 0
    with site.sessions.read() as session:
        assert NAME not in session.scalars(select(Profile.full_name)).all()
        assert session.scalars(select(User).where(User.email == MAIL)).all() == []
        erased = session.scalars(
            select(Profile).where(Profile.status == ProfileStatus.ERASED)
        ).all()
    assert len(erased) == 2


def test_a_broken_line_of_the_list_does_not_hide_the_others(tmp_path: Path) -> None:
    line = json.dumps({"digest": "a" * 64, "erased_at": now().isoformat()})
    (tmp_path / replay.FILE).write_text(f"{{broken\n\n{line}\n", "utf-8")
    assert list(replay.read_list(tmp_path)) == ["a" * 64]


def test_lists_with_somebody_erased_are_computed_anew(
    site: Site, visitor: Visitor
) -> None:
    arrive(site, visitor)
    with site.sessions.write.begin() as session:
        person = session.scalars(select(Profile).where(Profile.full_name == NAME)).one()
        seeker = session.scalars(
            select(Profile).where(Profile.full_name == "Person 0")
        ).one()
        version = ModelVersion(name="prior", digest="d", weights={})
        session.add(version)
        session.flush()
        run = MatchRun(model_version_id=version.id, kind="full", seed=1)
        session.add(run)
        session.flush()
        session.add(
            Proposal(
                run_id=run.id,
                seeker_id=seeker.id,
                candidate_id=person.id,
                **dict.fromkeys(("position", "rank", "propensity"), 1),
                **dict.fromkeys(("fit_for_me", "fit_for_them", "joint"), 0.5),
                band="good",
                reasons={},
            )
        )
        seeker.list_stale_since = None
        seeker_id = seeker.id
    visitor.post("/settings/data/erase", {"sure": "y"})
    with site.sessions.read() as session:
        assert session.scalars(select(Proposal)).all() == []
        assert session.get_one(Profile, seeker_id).list_stale_since is not None
