"""Several people and browsers at one request at the same moment: one state results."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from matchmaker.clock import now
from matchmaker.db import Base, Sessions, make_engine
from matchmaker.errors import DomainError
from matchmaker.matching import answers, clockwork, introductions
from matchmaker.matching.models import Introduction, IntroductionState
from matchmaker.notices.models import Notification
from matchmaker.profiles.models import Profile
from tests.conftest import add_introduction, add_member
from tests.matching.asking import DAYS, TERMS, ask, in_days

State = IntroductionState
PATIENCE = 60  # seconds a busy machine may take for all of them
Act = Callable[[Session], object]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Sessions]:
    """Give sessions that really commit, on a database of their own."""
    if request.param == "sqlite":
        place = tmp_path_factory.mktemp("races")
        yield from _prepared(f"sqlite:///{place}/races.db")
        return
    server = make_engine(request.getfixturevalue("postgres_url"))
    with server.connect().execution_options(isolation_level="AUTOCOMMIT") as admin:
        admin.execute(text("CREATE DATABASE races"))
        url = server.url.set(database="races")
        yield from _prepared(url.render_as_string(hide_password=False))
        admin.execute(text("DROP DATABASE races"))
    server.dispose()


def _prepared(url: str) -> Iterator[Sessions]:
    found = Sessions(make_engine(url))
    Base.metadata.create_all(found.engine)
    yield found
    found.engine.dispose()


@pytest.fixture
def sessions(database: Sessions) -> Sessions:
    """Give the database without a row of an earlier test."""
    with database.write.begin() as session:
        for table in reversed(Base.metadata.sorted_tables):
            session.execute(table.delete())
    return database


@pytest.fixture
def people(sessions: Sessions) -> list[int]:
    """Give the ids of a seeker, a candidate and a colleague of that one."""
    with sessions.write.begin() as session:
        found = [
            add_member(session, offers=(("supply", "Wheat"),), organisation=name)
            for name in ("One", "Two", "")
        ]
        found[2].organisation = found[1].organisation
        session.flush()
        return [one.id for one in found]


def race(sessions: Sessions, *acts: Act) -> list[str]:
    """Do everything at once; return for each "ok" or the code of its refusal."""
    gate = threading.Barrier(len(acts))
    ends = [""] * len(acts)

    def run(place: int, act: Act) -> None:
        gate.wait()
        try:
            with sessions.write.begin() as session:
                act(session)
            ends[place] = "ok"
        except DomainError as error:
            ends[place] = error.code

    threads = [
        threading.Thread(target=run, args=(place, act))
        for place, act in enumerate(acts)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert all(ends), "somebody never came to an end"
    return ends


def asking(seeker: int, candidate: int, **values: object) -> Act:
    """Return what lets one person ask another."""
    return lambda session: ask(
        session,
        session.get_one(Profile, seeker),
        session.get_one(Profile, candidate),
        **values,
    )


def pending(sessions: Sessions, people: list[int], *, over: bool = False) -> str:
    """Store a request of the first to the second; return its public id."""
    with sessions.write.begin() as session:
        seeker, candidate = (session.get_one(Profile, one) for one in people[:2])
        introduction = add_introduction(session, seeker, candidate, state=State.PENDING)
        if over:
            introduction.expires_at = now() + timedelta(seconds=0.05)
        return introduction.public_id


def stored(sessions: Sessions) -> list[Introduction]:
    with sessions.read() as session:
        return list(session.scalars(select(Introduction).order_by(Introduction.id)))


def count_told(sessions: Sessions, code: str) -> int:
    with sessions.read() as session:
        counted = select(func.count()).where(Notification.code == code)
        return session.scalar(counted) or 0


def test_twenty_equal_posts_are_one_request(
    sessions: Sessions, people: list[int]
) -> None:
    seeker, candidate, _colleague = people
    acts = [asking(seeker, candidate, form_key="k")] * 20
    assert race(sessions, *acts) == ["ok"] * 20
    assert len(stored(sessions)) == 1
    assert count_told(sessions, "asked") == 1


def test_of_two_who_ask_each_other_at_once_one_is_first(
    sessions: Sessions, people: list[int]
) -> None:
    seeker, candidate, _colleague = people
    ends = race(sessions, asking(seeker, candidate), asking(candidate, seeker))
    assert sorted(ends) == ["introduction-open", "ok"]
    assert [one.state for one in stored(sessions)] == [State.PENDING]


def test_one_seeker_in_many_windows_stays_within_the_limit(
    sessions: Sessions, people: list[int]
) -> None:
    seeker, first, second = people
    with sessions.write.begin() as session:
        third = add_member(session, offers=(("supply", "Wheat"),)).id
    acts = [asking(seeker, one, open_limit=1) for one in (first, second, third)]
    assert Counter(race(sessions, *acts)) == {"ok": 1, "too-many-open": 2}


def test_many_seekers_at_once_respect_the_pace(
    sessions: Sessions, people: list[int]
) -> None:
    _seeker, candidate, _colleague = people
    with sessions.write.begin() as session:
        answers.set_pace(session, candidate, 3)
        offers = (("supply", "Wheat"),)
        seekers = [add_member(session, offers=offers).id for _ in range(6)]
    assert race(sessions, *(asking(one, candidate) for one in seekers)) == ["ok"] * 6
    states = Counter(one.state for one in stored(sessions))
    assert states == {State.PENDING: 3, State.QUEUED: 3}


def test_eight_taps_on_yes_are_one_yes(sessions: Sessions, people: list[int]) -> None:
    public_id = pending(sessions, people)
    candidate = people[1]
    acts: list[Act] = [lambda s: answers.accept(s, candidate, public_id)] * 8
    assert race(sessions, *acts) == ["ok"] * 8
    assert [(one.state, one.version) for one in stored(sessions)] == [
        (State.ACCEPTED, 2)
    ]
    assert count_told(sessions, "accepted") == 1


def test_of_every_answer_and_a_withdrawal_at_once_one_counts(
    sessions: Sessions, people: list[int]
) -> None:
    seeker, candidate, colleague = people
    public_id = pending(sessions, people)
    with sessions.read() as session:
        to = session.get_one(Profile, colleague).public_id
    ends = race(
        sessions,
        lambda s: answers.accept(s, candidate, public_id),
        lambda s: answers.decline(s, candidate, public_id, reason=None),
        lambda s: answers.hand_over(s, candidate, public_id, to=to, terms=TERMS),
        lambda s: answers.withdraw(s, seeker, public_id),
    )
    assert Counter(ends) == {"ok": 1, "introduction-closed": 3}
    winner = (State.ACCEPTED, State.DECLINED, State.HANDED_OVER, State.WITHDRAWN)[
        ends.index("ok")
    ]
    first, *rest = stored(sessions)
    assert first.state is winner
    assert first.version == 2
    assert len(rest) == (winner is State.HANDED_OVER)


def test_a_later_and_a_yes_at_once_end_as_a_yes_or_wait(
    sessions: Sessions, people: list[int]
) -> None:
    candidate = people[1]
    public_id = pending(sessions, people)
    ends = race(
        sessions,
        lambda s: answers.accept(s, candidate, public_id),
        lambda s: answers.put_off(s, candidate, public_id, day=in_days(9), days=DAYS),
    )
    (only,) = stored(sessions)
    # A later that came first may still become a yes, never the other way round.
    assert ends[0] == "ok"
    assert only.state is State.ACCEPTED


def test_a_yes_while_the_time_runs_out_is_either_or(
    sessions: Sessions, people: list[int]
) -> None:
    candidate = people[1]
    public_id = pending(sessions, people, over=True)
    acts: list[Act] = [lambda s: answers.accept(s, candidate, public_id)]
    acts += [clockwork.expire_due] * 4
    ends = race(sessions, *acts)
    with sessions.write.begin() as session:
        clockwork.expire_due(session)
    (only,) = stored(sessions)
    expected = State.ACCEPTED if ends[0] == "ok" else State.EXPIRED
    if ends[0] != "ok":
        threading.Event().wait(0.1)
        with sessions.write.begin() as session:
            clockwork.expire_due(session)
        (only,) = stored(sessions)
    assert only.state is expected
    assert only.version == 2
    assert count_told(sessions, "expired") == (expected is State.EXPIRED)


def test_workers_side_by_side_do_everything_once(
    sessions: Sessions, people: list[int]
) -> None:
    with sessions.write.begin() as session:
        seeker = session.get_one(Profile, people[0])
        for _ in range(5):
            other = add_member(session, offers=(("supply", "Wheat"),))
            late = add_introduction(session, seeker, other, state=State.PENDING)
            late.expires_at = now() - timedelta(minutes=1)
    race(sessions, *[clockwork.move_due] * 4)
    assert {(one.state, one.version) for one in stored(sessions)} == {
        (State.EXPIRED, 2)
    }
    assert count_told(sessions, "expired") == 5


def test_outcomes_sent_twice_at_once_are_stored_once(
    sessions: Sessions, people: list[int]
) -> None:
    public_id = pending(sessions, people)
    with sessions.write.begin() as session:
        answers.accept(session, people[1], public_id)

    def tell(session: Session) -> None:
        found = introductions.get_introduction(session, people[0], public_id)
        introductions.record_outcome(
            session, found, people[0], stage=1, value="informative"
        )

    assert race(sessions, *[tell] * 8) == ["ok"] * 8
    with sessions.read() as session:
        found = introductions.get_introduction(session, people[0], public_id)
        assert len(introductions.list_outcomes(session, found.id)) == 1
