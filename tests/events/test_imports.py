"""Importing attendee lists: who is found, what is written, what stays hidden."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matchmaker.errors import DomainError
from matchmaker.events import imports, rules
from matchmaker.events.commit import commit_batch
from matchmaker.events.models import Attendance, Event
from matchmaker.events.roster import (
    BatchState,
    Choice,
    ImportBatch,
    ImportRow,
    Never,
    Seed,
    Verdict,
)
from matchmaker.profiles.models import (
    Profile,
    ProfileStatus,
    SearchEntry,
    Side,
)
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
    verdicts,
)


@pytest.fixture
def event(session: Session) -> Event:
    return make_event(session, "spring")


def test_a_list_becomes_drafts_with_all_it_says(session: Session, event: Event) -> None:
    batch = bring(session, event, HEADER + AIGERIM + OLEG)
    assert batch.counts == {"new": 2}
    oleg = session.scalars(select(Profile).where(Profile.full_name == "Олег Ким")).one()
    assert (oleg.status, oleg.user_id) == (ProfileStatus.DRAFT, None)
    assert (oleg.latin_name, oleg.country, oleg.city) == ("Oleg Kim", "RU", "Москва")
    assert oleg.sectors == ["logistics"]
    assert oleg.organisation_name == "ООО «Ветер»"
    seed = session.get_one(Seed, oleg.id)
    assert (seed.email, seed.phone) == ("oleg@example.org", "+79160000022")
    assert (seed.locale, seed.batch_id, seed.event_id) == ("ru", batch.id, event.id)
    (item,) = oleg.opportunities
    assert (item.side, item.lang) == (Side.REQUEST, "ru")
    assert item.text == "Как отправить груз в Китай?"
    there = session.scalars(
        select(Attendance).where(Attendance.profile_id == oleg.id)
    ).one()
    assert (there.question, there.batch_id) == (item.text, batch.id)


def test_the_same_file_twice_adds_nobody(session: Session, event: Event) -> None:
    bring(session, event, HEADER + AIGERIM + OLEG)
    before = dump(session)
    assert bring(session, event, HEADER + AIGERIM + OLEG).counts == {"same": 2}
    assert dump(session) == before


@pytest.mark.parametrize(
    ("known", "row"),
    [
        ("Ann Lee,ann@example.org,,,,,,,", "Anne,ANN@example.org,,,,,,,"),
        ("Ann Lee,,,,,,+77010000001,,", "Lee Ann,a@example.org,,,,,+77010000001,,"),
        ("Ann Lee,,Acme Ltd,,,,,,", "Ann Lee,a@example.org,ACME,,,,,,"),
        ("Олег Ким,,Acme,,,,,,", "Oleg Kim,oleg@example.org,«Acme»,,,,,,"),
    ],
)
def test_a_person_is_found_by_mail_then_phone_and_name_then_firm_and_name(
    session: Session, event: Event, known: str, row: str
) -> None:
    bring(session, event, f"{HEADER}{known}\n")
    batch = bring(session, event, f"{HEADER}{row}\nBo Berg,bo@example.org,,,,,,,\n")
    assert "new" not in {
        each.verdict.value for each in imports.list_rows(session, batch)[:1]
    }
    assert len(people(session)) == 2


def test_what_a_draft_says_already_is_kept_and_only_gaps_are_filled(
    session: Session, event: Event
) -> None:
    bring(session, event, HEADER + AIGERIM)
    other = "A. Bekova,aigerim@example.org,Other Firm,Boss,China,Almaty,,Mining,\n"
    assert bring(session, event, HEADER + other).counts == {"update": 1}
    (draft,) = people(session)
    assert (draft.full_name, draft.job_title) == ("Aigerim Bekova", "Director")
    assert (draft.organisation_name, draft.country) == ("Steppe Grain", "KZ")
    assert (draft.city, draft.sectors) == ("Almaty", ["mining"])


def test_a_members_own_words_are_never_touched(
    session: Session, event: Event, make_member: MakeMember
) -> None:
    member = make_member(email="aigerim@example.org", name="Айгерим", city="")
    before = {
        name: rows for name, rows in dump(session).items() if name != "attendance"
    }
    batch = bring(
        session, event, HEADER + AIGERIM.replace(",,,,\n", ",Astana,,,Why?\n")
    )
    assert batch.counts == {"update": 1}
    after = dump(session)
    assert len(after.pop("attendance")) == 1
    assert after == before
    there = session.scalars(select(Attendance)).one()
    assert (there.profile_id, there.question) == (member.id, "Why?")


def test_an_address_that_nobody_confirmed_finds_no_member(
    session: Session, event: Event, make_member: MakeMember
) -> None:
    member = make_member(email="aigerim@example.org")
    assert member.user is not None
    member.user.confirmed_at = None
    assert bring(session, event, HEADER + AIGERIM).counts == {"new": 1}


def test_a_draft_of_another_event_is_neither_found_nor_touched(
    session: Session, event: Event
) -> None:
    other = make_event(session, "autumn")
    bring(session, other, HEADER + AIGERIM)
    before = dump(session)["profile"]
    row = AIGERIM.replace("aigerim@", "bekova@")
    batch = show(session, event, HEADER + row + AIGERIM.replace("Bekova", "B"))
    assert [verdict for verdict, _reason in verdicts(session, batch)] == ["new", "new"]
    commit_batch(session, batch, key=KEY)
    assert dump(session)["profile"][: len(before)] == before
    assert len(people(session)) == 3


def test_who_said_never_is_left_out_by_a_hash_alone(
    session: Session, event: Event
) -> None:
    session.add(Never(digest=rules.never_digest(KEY, "Oleg@Example.org ")))
    session.flush()
    batch = bring(session, event, HEADER + AIGERIM + OLEG)
    assert batch.counts == {"new": 1, "skipped": 1}
    assert ("skipped", "never") in verdicts(session, batch)
    assert [one.full_name for one in people(session)] == ["Aigerim Bekova"]


def test_who_said_no_to_being_contacted_is_left_out(
    session: Session, event: Event
) -> None:
    text = "Name,Email,I agree to be contacted\nAnn,ann@a.org,No\nBo,bo@a.org,Yes\n"
    batch = bring(session, event, text)
    assert verdicts(session, batch) == [("skipped", "no_consent"), ("new", "")]


ALIKE = AIGERIM.replace("aigerim@", "bekova@").replace("Steppe Grain", "Kazlog")


@pytest.mark.parametrize(
    ("choice", "counts", "total"),
    [
        (None, {"skipped": 1}, 1),
        (Choice.LEAVE_OUT, {"skipped": 1}, 1),
        (Choice.SAME_PERSON, {"same": 1}, 1),
        (Choice.ANOTHER, {"new": 1}, 2),
    ],
)
def test_somebody_alike_is_asked_about_and_never_merged_by_itself(
    session: Session,
    event: Event,
    choice: Choice | None,
    counts: dict[str, int],
    total: int,
) -> None:
    bring(session, event, HEADER + AIGERIM)
    batch = show(session, event, HEADER + ALIKE.replace("Bekova", "Bekowa"))
    assert verdicts(session, batch) == [("review", "alike")]
    if choice is not None:
        imports.decide(session, batch, {2: choice})
    assert imports.count_undecided(session, batch) == (choice is None)
    assert commit_batch(session, batch, key=KEY) == counts
    assert len(people(session)) == total


@pytest.mark.parametrize(
    "row",
    [
        "Aigul Bekova,x@example.org,Kazlog,,Kazakhstan,,,,",
        "Aigerim Bekova,x@example.org,Kazlog,,China,,,,",
    ],
)
def test_another_name_or_another_country_is_another_person(
    session: Session, event: Event, row: str
) -> None:
    bring(session, event, HEADER + AIGERIM)
    assert verdicts(session, show(session, event, f"{HEADER}{row}\n")) == [("new", "")]


def test_two_rows_of_one_person_are_one_and_namesakes_at_two_firms_are_two(
    session: Session, event: Event
) -> None:
    rows = (
        "Ivan Petrov,ivan@a.org,Alpha,,Russia,,+79160000001,,\n"
        "Ivan Petrov,petrov@b.org,Beta,,Russia,,,,\n"
        "Petrov Ivan,ip@c.org,Gamma,,Russia,,+79160000001,,\n"
        "Ivan Petrov,i.petrov@a.org,Alpha,,Russia,,,,\n"
    )
    assert verdicts(session, show(session, event, HEADER + rows)) == [
        ("new", ""),
        ("new", ""),
        ("duplicate", "same_in_file"),
        ("review", "alike_in_file"),
    ]


def test_people_of_one_firm_share_it_but_never_that_of_a_member(
    session: Session, event: Event, make_member: MakeMember
) -> None:
    member = make_member(organisation="Steppe Grain")
    bring(session, event, HEADER + AIGERIM)
    bob = "Bob,bob@example.org,«Steppe Grain» LLP,,Kazakhstan,,,,\n"
    bring(session, event, HEADER + bob)
    drafts = [one for one in people(session) if one.id != member.id]
    (shared,) = {one.organisation_id for one in drafts}
    assert shared not in {None, member.organisation_id}


def test_the_preview_writes_nobody(session: Session, event: Event) -> None:
    before = dump(session)
    show(session, event, HEADER + AIGERIM + OLEG)
    assert dump(session) == before


def test_pressing_import_twice_writes_once(session: Session, event: Event) -> None:
    batch = show(session, event, HEADER + AIGERIM + OLEG)
    commit_batch(session, batch, key=KEY)
    before = dump(session)
    assert commit_batch(session, batch, key=KEY) == {"new": 2}
    assert dump(session) == before


def test_nothing_is_written_before_the_file_is_read_to_its_end(
    session: Session, event: Event
) -> None:
    batch = show(session, event, HEADER + AIGERIM)
    batch.state = BatchState.STAGED
    session.flush()
    with pytest.raises(DomainError, match="import-not-ready"):
        commit_batch(session, batch, key=KEY)


def test_a_long_file_is_read_in_parts_and_goes_on_where_it_stopped(
    session: Session, event: Event
) -> None:
    rows = [
        f"Person {n},p{n}@example.org,,,,,,,\n" for n in range(imports.SLICE * 2 + 5)
    ]
    text = HEADER + "".join(rows)
    batch = show(session, event, text)
    whole = verdicts(session, batch)
    again = imports.stage(
        session,
        event,
        author_id=None,
        file_name="list.csv",
        data=text.encode(),
        basis=batch.basis,
    )
    done = []
    while not imports.preview(session, again, key=KEY, seconds=0):
        done.append((again.done_rows, again.all_rows))
    assert done == [(imports.SLICE, len(rows)), (imports.SLICE * 2, len(rows))]
    assert verdicts(session, again) == whole
    assert again.counts == batch.counts


def test_nothing_of_the_people_stays_with_the_import_once_it_is_done(
    session: Session, event: Event
) -> None:
    batch = show(session, event, f"{HEADER}{AIGERIM}{OLEG}Total,2,,,,,,,\n")
    assert batch.content is not None
    commit_batch(session, batch, key=KEY)
    assert batch.content is None
    for row in imports.list_rows(session, batch):
        kept = row.verdict is Verdict.SKIPPED
        assert bool(row.cells) == bool(row.person) == kept, row.number


def test_giving_up_deletes_the_file_and_its_rows(
    session: Session, event: Event
) -> None:
    batch = show(session, event, HEADER + AIGERIM)
    imports.give_up(session, batch)
    for model in (ImportBatch, ImportRow):
        assert session.scalar(select(func.count()).select_from(model)) == 0


def test_drafts_are_in_no_index_and_no_list(session: Session, event: Event) -> None:
    bring(session, event, HEADER + OLEG)
    assert session.scalars(select(SearchEntry)).all() == []
    draft = session.scalars(select(Profile)).one()
    assert (draft.list_stale_since, draft.reach_stale_since) == (None, None)
