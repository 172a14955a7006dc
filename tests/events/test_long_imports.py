"""A long list is written by the worker, counted, and can be stopped."""

import hashlib
from pathlib import Path

import pytest
from sqlalchemy import func, select

from matchmaker.app import Site
from matchmaker.cli.listwork import ListWork
from matchmaker.events import commit, imports, jobs
from matchmaker.events.roster import Basis, BatchState, ImportBatch
from matchmaker.profiles.models import Profile
from matchmaker.progress import Board, Progress
from tests.conftest import Visitor
from tests.events.rosters import add_event

ROWS = 130
LETTERS = str.maketrans("0123456789", "ghijklmnop")


def name(number: int) -> str:
    """Return a name that looks like nobody else's."""
    letters = hashlib.sha256(str(number).encode()).hexdigest().translate(LETTERS)
    return f"{letters[:9].title()} {letters[9:20].title()}"


LIST = "Name,Email\n" + "".join(
    f"{name(number)},p{number}@example.org\n" for number in range(ROWS)
)


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Count a list as long from a hundred rows on."""
    monkeypatch.setattr(commit, "AT_ONCE", 100)
    monkeypatch.setattr(commit, "STEP", 25)


@pytest.fixture
def place(site: Site, visitor: Visitor) -> tuple[Visitor, str]:
    """Give the owner of an event, and the path of a long list that was read."""
    with site.sessions.write.begin() as session:
        event, owner = add_event(session)
        assert owner.user is not None
        batch = imports.stage(
            session,
            event,
            author_id=owner.user_id,
            file_name="list.csv",
            data=LIST.encode(),
            basis=Basis.CONSENT,
        )
        assert imports.preview(session, batch, key=site.app.config["SECRET_KEY"])
        path, email = f"/imports/{batch.public_id}", owner.user.email
    assert visitor.sign_in(email).status_code == 303
    return visitor, path


def drafts(site: Site) -> int:
    with site.sessions.read() as session:
        named = select(func.count(Profile.id)).where(Profile.user_id.is_(None))
        return session.scalar(named) or 0


def state(site: Site) -> BatchState:
    with site.sessions.read() as session:
        return session.scalars(select(ImportBatch.state)).one()


def test_the_worker_writes_a_long_list_and_the_page_leads_to_the_result(
    site: Site, place: tuple[Visitor, str]
) -> None:
    owner, path = place
    assert owner.post(f"{path}/commit").headers["Location"] == f"{path}/preview"
    assert "begins in a moment" in owner.get(f"{path}/preview").text
    assert drafts(site) == 0
    assert ListWork(site).work_off() == 2  # written, and its people compared
    assert drafts(site) == ROWS
    assert owner.get(f"{path}/preview").headers["Location"] == path
    assert ListWork(site).work_off() == 0


def test_it_is_counted_and_the_count_survives_a_reload(
    site: Site, place: tuple[Visitor, str]
) -> None:
    owner, path = place
    owner.post(f"{path}/commit")
    told: list[Progress] = []
    with site.sessions.write.begin() as session:
        batch = session.scalars(select(ImportBatch)).one()
        commit.commit_batch(
            session, batch, key=site.app.config["SECRET_KEY"], tell=told.append
        )
        key = jobs.import_key(batch)
        session.rollback()
    phases = [one.phase for one in told]
    assert list(dict.fromkeys(phases)) == [
        *("load", "known", "compare", "write", "close")
    ]
    counts = [one.done for one in told if one.phase == "compare"]
    assert counts == list(range(0, ROWS, commit.STEP))
    last = [one for one in told if one.phase == "write"][-1]
    assert last.done == last.total == 3 * ROWS  # person, address, attendance
    site.board.tell(key, Progress("compare", 50, ROWS))
    for _reload in range(2):
        assert f"50 of {ROWS} rows" in owner.get(f"{path}/preview").text


def test_stopped_before_it_began_nothing_is_written_and_it_can_be_changed(
    site: Site, place: tuple[Visitor, str]
) -> None:
    owner, path = place
    owner.post(f"{path}/commit")
    assert owner.post(f"{path}/give-up").status_code == 409
    assert owner.post(f"{path}/stop").status_code == 303
    assert ListWork(site).work_off() == 0
    assert drafts(site) == 0
    assert "Import" in owner.get(f"{path}/preview").text
    assert owner.get(f"{path}/columns").status_code == 200


def test_stopped_in_the_middle_nothing_of_it_is_left(
    site: Site, place: tuple[Visitor, str]
) -> None:
    owner, path = place
    owner.post(f"{path}/commit")
    key = f"import-{path.rsplit('/', 1)[1]}"
    site.board.tell(key, Progress("compare", 0, ROWS))
    assert owner.post(f"{path}/stop").status_code == 303
    assert site.board.is_stopped(key)
    assert ListWork(site).work_off() == 0
    assert (drafts(site), state(site)) == (0, BatchState.READY)
    assert not site.board.is_stopped(key)
    owner.post(f"{path}/commit")
    assert ListWork(site).work_off() == 2  # written, and its people compared
    assert drafts(site) == ROWS


def test_what_breaks_off_is_told_and_not_tried_for_ever(
    site: Site, place: tuple[Visitor, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, path = place
    owner.post(f"{path}/commit")
    with monkeypatch.context() as patch:
        patch.setattr(commit, "STEP", 0)  # a bug of ours: divided by nothing
        with pytest.raises(ZeroDivisionError):
            ListWork(site).work_off()
    assert ListWork(site).work_off() == 0
    assert "broke off" in owner.get(f"{path}/preview").text
    assert drafts(site) == 0
    owner.post(f"{path}/commit")
    assert ListWork(site).work_off() == 2  # written, and its people compared


def test_a_board_without_a_disk_or_with_a_damaged_count_shows_none(
    tmp_path: Path,
) -> None:
    (tmp_path / "file").write_text("")
    nowhere = Board(tmp_path / "file" / "below")
    nowhere.tell("import-x", Progress("compare", 1, 2))
    assert nowhere.find("import-x") is None
    board = Board(tmp_path)
    for damaged in ("", "{", "[]", '{"phase": "x"}'):
        (tmp_path / "import-x").write_text(damaged)
        assert board.find("import-x") is None
    with pytest.raises(ValueError, match="elsewhere"):
        board.find("../elsewhere")
