"""Taking an import back, and two organisers at once."""

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from matchmaker.accounts import service as accounts
from matchmaker.clock import now
from matchmaker.errors import DomainError
from matchmaker.events import imports
from matchmaker.events.commit import commit_batch
from matchmaker.events.models import Event
from matchmaker.events.roster import BatchState, ImportRow, Seed
from matchmaker.events.undo import undo
from matchmaker.profiles import service as profiles
from matchmaker.profiles.models import Organisation, Profile, ProfileStatus
from tests.conftest import MakeMember
from tests.events.lists import (
    AIGERIM,
    HEADER,
    KEY,
    OLEG,
    bring,
    dump,
    make_event,
    people,
    show,
)

FULLER = (
    "Aigerim Bekova,aigerim@example.org,Steppe Grain,,Kazakhstan,Almaty,+77010000001,"
    "Mining,How do I insure grain?\n"
)


@pytest.fixture
def event(session: Session) -> Event:
    return make_event(session, "spring")


def test_undo_restores_every_row(
    session: Session, event: Event, make_member: MakeMember
) -> None:
    make_member(email="li@example.org", name="Li Wei")
    bring(session, event, HEADER + AIGERIM)
    before = dump(session)
    li = "Li Wei,li@example.org,Other,,China,,,,\n"
    batch = bring(session, event, HEADER + OLEG + FULLER + li)
    assert batch.counts == {"new": 1, "update": 2}
    assert dump(session) != before
    undo(session, batch)
    assert dump(session) == before
    assert batch.state is BatchState.UNDONE


def test_undo_gives_a_draft_without_firm_none_back_and_deletes_the_firm(
    session: Session, event: Event
) -> None:
    bring(session, event, HEADER + AIGERIM.replace("Steppe Grain", ""))
    batch = bring(session, event, HEADER + FULLER)
    assert session.scalars(select(Organisation.name)).all() == ["Steppe Grain"]
    undo(session, batch)
    assert session.scalars(select(Organisation.name)).all() == []


def test_undo_twice_changes_nothing_more(session: Session, event: Event) -> None:
    batch = bring(session, event, HEADER + OLEG)
    undo(session, batch)
    before = dump(session)
    undo(session, batch)
    assert dump(session) == before


def test_an_import_can_be_done_again_after_it_was_undone(
    session: Session, event: Event
) -> None:
    undo(session, bring(session, event, HEADER + OLEG))
    assert bring(session, event, HEADER + OLEG).counts == {"new": 1}


def test_an_undone_import_is_not_written_again(session: Session, event: Event) -> None:
    batch = show(session, event, HEADER + OLEG)
    commit_batch(session, batch, key=KEY)
    undo(session, batch)
    with pytest.raises(DomainError, match="import-closed"):
        commit_batch(session, batch, key=KEY)


def test_what_is_not_done_cannot_be_undone(session: Session, event: Event) -> None:
    with pytest.raises(DomainError, match="import-not-done"):
        undo(session, show(session, event, HEADER + OLEG))


def test_undo_is_refused_once_somebody_has_claimed(
    session: Session, event: Event
) -> None:
    batch = bring(session, event, HEADER + OLEG)
    (draft,) = people(session)
    session.execute(delete(Seed))
    draft.user = accounts.create_user(session, "oleg@example.org", password=None)
    session.flush()
    before = dump(session)
    with pytest.raises(DomainError, match="import-claimed"):
        undo(session, batch)
    assert dump(session) == before


def test_undo_is_refused_once_a_draft_was_edited(
    session: Session, event: Event
) -> None:
    batch = bring(session, event, HEADER + OLEG)
    (draft,) = people(session)
    profiles.save_profile(session, draft.id, version=1, changes={"city": "Omsk"})
    with pytest.raises(DomainError, match="import-edited"):
        undo(session, batch)


def test_an_invited_draft_is_no_obstacle(session: Session, event: Event) -> None:
    batch = bring(session, event, HEADER + OLEG)
    (draft,) = people(session)
    draft.status = ProfileStatus.INVITED
    undo(session, batch)
    assert people(session) == []


def test_the_later_of_two_imports_is_undone_first(
    session: Session, event: Event
) -> None:
    before = dump(session)
    first = bring(session, event, HEADER + AIGERIM)
    second = bring(session, event, HEADER + FULLER)
    with pytest.raises(DomainError, match="import-built-on"):
        undo(session, first)
    undo(session, second)
    undo(session, first)
    assert dump(session) == before


def test_rows_that_were_left_out_are_forgotten_after_their_time(
    session: Session, event: Event
) -> None:
    batch = bring(session, event, f"{HEADER}{OLEG}Total,2,,,,,,,\n")
    open_one = show(session, event, HEADER + AIGERIM)
    number = open_one.id
    assert imports.forget_old(session, kept_days=14) == 0
    later = now() + timedelta(days=15)
    assert imports.forget_old(session, kept_days=14, moment=later) == 2
    session.expire_all()
    rows = imports.list_rows(session, batch)
    assert [(row.cells, row.person) for row in rows] == [([], {}), ([], {})]
    assert batch.counts == {"new": 1, "skipped": 1}
    left = session.scalars(select(ImportRow).where(ImportRow.batch_id == number))
    assert left.all() == []
    assert imports.forget_old(session, kept_days=14, moment=later) == 0


@pytest.fixture
def event_id(engine: Engine) -> Iterator[int]:
    """Give an event that other connections see; it goes with all its people."""
    with Session(engine) as session, session.begin():
        number = make_event(session, "at-once").id
    yield number
    with Session(engine) as session, session.begin():
        session.execute(delete(Profile))
        session.execute(delete(Organisation))
        session.execute(delete(Event).where(Event.id == number))


def test_two_organisers_at_once_lose_nobody_and_double_nobody(
    engine: Engine, event_id: int
) -> None:
    def name(number: int) -> str:
        """Return a name that is like no other."""
        return "".join(chr(97 + int(digit)) * 3 for digit in f"{number:03}")

    def text(first: int) -> str:
        numbers = range(first, first + 200)
        return HEADER + "".join(
            f"{name(n)},p{n}@example.org,Firm {n % 9},,,,,,\n" for n in numbers
        )

    ready = threading.Barrier(2)
    failed: list[BaseException] = []

    def work(first: int) -> None:
        try:
            with Session(engine) as session:
                batch = show(session, session.get_one(Event, event_id), text(first))
                session.commit()
                number = batch.id
            ready.wait(timeout=20)
            with Session(engine) as session, session.begin():
                batch = session.get_one(type(batch), number)
                commit_batch(session, batch, key=KEY)
        except BaseException as error:  # noqa: BLE001  told by the test below
            failed.append(error)

    threads = [threading.Thread(target=work, args=(first,)) for first in (0, 100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert failed == []
    with Session(engine) as session:
        emails = session.scalars(select(Seed.email).order_by(Seed.email)).all()
        assert emails == sorted(f"p{n}@example.org" for n in range(300))
        assert len(session.scalars(select(Organisation)).all()) == 9
