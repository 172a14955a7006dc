"""Who looked at whose contact details."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.clock import now
from matchmaker.trust import blocks, seen
from matchmaker.trust.models import ContactView, SeenWhere
from tests.conftest import MakeMember


def test_looks_of_a_day_count_once_for_each_place(
    session: Session, make_member: MakeMember
) -> None:
    anna, boris = make_member(name="Anna"), make_member(name="Boris")
    for _look in range(3):
        seen.note(session, boris.id, [anna.id], SeenWhere.PAGE)
    seen.note(session, boris.id, [anna.id], SeenWhere.CARD)
    (looker,) = seen.list_lookers(session, anna.id)
    assert looker.viewer.id == boris.id
    assert looker.places == (SeenWhere.CARD, SeenWhere.PAGE)
    assert (looker.days, looker.last) == (1, now().date())
    assert seen.find_new(session, boris.id, [anna.id], SeenWhere.PAGE) == []
    assert seen.find_new(session, boris.id, [anna.id], SeenWhere.EXPORT) == [anna.id]


def test_ones_own_look_is_no_look(session: Session, make_member: MakeMember) -> None:
    anna = make_member(name="Anna")
    seen.note(session, anna.id, [anna.id], SeenWhere.PAGE)
    assert seen.list_lookers(session, anna.id) == []


def test_who_is_blocked_is_not_named(session: Session, make_member: MakeMember) -> None:
    anna, boris = make_member(name="Anna"), make_member(name="Boris")
    seen.note(session, boris.id, [anna.id], SeenWhere.PAGE)
    blocks.block(session, boris.id, anna.id)
    assert seen.list_lookers(session, anna.id) == []


def test_old_looks_are_forgotten(session: Session, make_member: MakeMember) -> None:
    anna, boris = make_member(name="Anna"), make_member(name="Boris")
    for place in SeenWhere:
        seen.note(session, boris.id, [anna.id], place)
    old = session.scalars(select(ContactView)).first()
    assert old is not None
    old.seen_on = now().date() - timedelta(days=400)
    session.flush()
    seen.forget(session, days=365)
    assert len(session.scalars(select(ContactView)).all()) == len(SeenWhere) - 1
