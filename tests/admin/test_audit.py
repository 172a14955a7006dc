"""The audit log can be written to and not changed, on both databases."""

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from matchmaker.accounts.models import User
from matchmaker.admin.models import AuditEntry
from matchmaker.admin.service import note_access
from tests.conftest import MakeMember


@pytest.fixture
def entry(session: Session, make_member: MakeMember) -> AuditEntry:
    user = make_member().user
    assert user is not None
    note_access(session, user.id, "case-read", case="abc")
    session.flush()
    return session.scalars(select(AuditEntry)).one()


@pytest.mark.parametrize(
    "change",
    [
        update(AuditEntry).values(action="nothing"),
        update(AuditEntry).values(subject={}),
        delete(AuditEntry),
    ],
)
@pytest.mark.usefixtures("entry")
def test_an_entry_is_neither_changed_nor_removed(
    session: Session, change: object
) -> None:
    with pytest.raises(DBAPIError, match="append-only"), session.begin_nested():
        session.execute(change)
    assert session.scalars(select(AuditEntry.action)).all() == ["case-read"]


def test_an_erased_account_leaves_its_entries_without_a_name(
    session: Session, entry: AuditEntry
) -> None:
    session.execute(delete(User).where(User.id == entry.user_id))
    session.expire_all()
    kept = session.scalars(select(AuditEntry)).one()
    assert (kept.user_id, kept.action) == (None, "case-read")
