"""Every table is declared, and what is declared is there."""

import pytest
from sqlalchemy.orm import Session

import matchmaker.cli  # noqa: F401  loads every room, and with it every table
from matchmaker.db import Base
from matchmaker.owndata.collect import collect
from matchmaker.owndata.registry import KINDS, NOT_EXPORTED, Fate, Kind, tables_told
from matchmaker.owndata.texts import TITLES
from tests.conftest import add_member
from tests.owndata.everything import add_person, fill


def test_every_table_is_exported_or_has_a_reason_why_not() -> None:
    assert set(Base.metadata.tables) == tables_told()
    assert {kind.table for kind in KINDS} & NOT_EXPORTED.keys() == set()


def test_every_kind_has_a_title_for_its_owner() -> None:
    assert {kind.name for kind in KINDS} == TITLES.keys()


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_what_a_kind_names_are_columns_of_its_table(kind: Kind) -> None:
    columns = Base.metadata.tables[kind.table].c
    named = {*kind.hidden, *kind.emptied, *kind.gone_by}
    parent = Base.metadata.tables[kind.via[1]].c if kind.via else columns
    assert named <= set(columns.keys())
    assert set(kind.whose) <= set(parent.keys())


def test_rows_that_would_keep_an_account_are_deleted_with_it() -> None:
    for kind in KINDS:
        columns = Base.metadata.tables[kind.table].c
        if kind.fate is Fate.CASCADES:
            keys = [columns[kind.via[0]] if kind.via else columns[kind.whose[0]]]
            ends = {key.ondelete for one in keys for key in one.foreign_keys}
            assert ends == {"CASCADE"}, kind.name


def test_an_export_has_something_of_every_kind_and_no_secret(session: Session) -> None:
    person, other = add_person(session), add_member(session, name="Boris")
    owner = fill(session, person, other)
    for kind in KINDS:
        rows = collect(session, kind, owner)
        assert rows, kind.name
        assert not {name for row in rows for name in row} & kind.hidden, kind.name


def test_the_sender_of_a_request_does_not_learn_why_it_was_declined(
    session: Session,
) -> None:
    person, other = add_person(session), add_member(session, name="Boris")
    owner = fill(session, person, other)
    kind = next(kind for kind in KINDS if kind.name == "introductions")
    rows = collect(session, kind, owner)
    assert [row["seeker"] for row in rows] == ["you"]  # one is queued for them
    assert "reason" not in rows[0]
