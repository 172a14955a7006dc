"""Telling members something, in tests."""

from typing import Any

from sqlalchemy.orm import Session

from matchmaker.accounts.models import User
from matchmaker.notices import service
from matchmaker.notices.models import NoticeKind
from tests.conftest import add_member

#: What somebody is told who is asked; names hold what pages must escape.
ASKED = {"name": "Wang <b>Wei</b>", "organisation": "Silk & Co", "introduction": "x"}


def user_of(session: Session, **values: Any) -> User:
    """Add a member and return the account."""
    user = add_member(session, **values).user
    assert user is not None
    return user


def tell(
    session: Session,
    user: User,
    code: str = "asked",
    kind: NoticeKind = NoticeKind.REQUEST,
    **context: str,
) -> None:
    """Tell a member something."""
    service.notify(session, user, kind=kind, code=code, context={**ASKED, **context})
    session.flush()
