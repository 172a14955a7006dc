"""The fitted community on disk: shared, followed, and never trusted when damaged."""

from pathlib import Path

import pytest
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from matchmaker.matching.bridge import Matcher
from matchmaker.vocabulary import terms
from tests.conftest import MakeMember


@pytest.fixture
def people(make_member: MakeMember) -> list[str]:
    return [
        str(make_member(name=name, offers=(("supply", f"Honey of {name}"),)).id)
        for name in ("Anna", "Boris", "Chen")
    ]


def test_another_process_reads_what_one_wrote(
    session: Session, people: list[str], tmp_path: Path
) -> None:
    Matcher(tmp_path).refit(session)
    other = Matcher(tmp_path)
    community = other.sync(session)
    assert community.ids == people
    assert not community.base_.haves.data.flags.writeable  # mapped, not copied


def test_a_running_process_takes_up_a_newer_one(
    session: Session, people: list[str], tmp_path: Path
) -> None:
    first, second = Matcher(tmp_path), Matcher(tmp_path)
    first.refit(session)
    before = second.sync(session)
    assert second.sync(session) is before
    first.refit(session)
    assert second.sync(session) is not before
    assert second.sync(session).ids == people


@pytest.mark.parametrize("damage", ["cut", "flipped", "gone"])
def test_a_damaged_file_leaves_the_old_model_serving_and_says_so(
    session: Session,
    people: list[str],
    tmp_path: Path,
    damage: str,
) -> None:
    writer, reader = Matcher(tmp_path), Matcher(tmp_path)
    writer.refit(session)
    serving = reader.sync(session)
    writer.refit(session)
    model = tmp_path / "community.npz"
    whole = model.read_bytes()
    if damage == "gone":
        model.unlink()
    else:
        # A file is replaced, never written into: readers map it.
        model.unlink()
        half = len(whole) // 2
        flipped = whole[:half] + bytes([whole[half] ^ 1]) + whole[half + 1 :]
        model.write_bytes(whole[:half] if damage == "cut" else flipped)
    with capture_logs() as told:
        assert reader.sync(session) is serving
        assert reader.sync(session).ids == people
    assert [one["event"] for one in told] == ["model-damaged"]


def test_what_was_made_with_other_terms_is_not_read(
    session: Session,
    people: list[str],
    tmp_path: Path,
) -> None:
    writer = Matcher(tmp_path / "model")
    writer.refit(session)
    assert not writer.has_old_terms()
    own = tmp_path / "terms"
    own.mkdir()
    (own / "own.csv").write_text(
        "code,sector,en,ru,zh\nown-thing,,zorbing ball,зорб,悠波球\n", "utf-8"
    )
    try:
        assert terms.use_own_terms(own) == 1
        assert writer.has_old_terms()
        assert Matcher(tmp_path / "model").sync(session).ids == people
    finally:
        terms.use_own_terms(tmp_path / "nothing")
