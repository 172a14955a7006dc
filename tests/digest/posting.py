"""Members with something new, and the digests they get."""

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from matchmaker.accounts.models import User
from matchmaker.app import Site
from matchmaker.clock import now
from matchmaker.digest import jobs
from matchmaker.mail import Letter
from matchmaker.notices import service as notices
from matchmaker.notices.models import Delivery, NoticeKind, NoticeSettings
from matchmaker.profiles.models import Profile
from tests.conftest import add_member
from tests.test_mail import MailServer, server  # noqa: F401  a fixture

BASE = "https://network.example.org"
Posted = tuple[Site, MailServer]


def person(session: Session, zone: str = "UTC", **values: Any) -> tuple[User, Profile]:
    profile = add_member(session, **values)
    assert profile.user is not None
    profile.user.time_zone = zone
    session.flush()
    return profile.user, profile


def tell(session: Session, user: User, code: str = "asked", **context: str) -> None:
    notices.save_choices(session, user.id, {NoticeKind.REQUEST: Delivery.DIGEST})
    notices.notify(
        session,
        user,
        kind=NoticeKind.REQUEST,
        code=code,
        context={"name": "Wang Wei", "introduction": "x", **context},
    )
    session.flush()


def digests(site: Site) -> list[Letter]:
    with site.sessions.read() as session:
        found = select(Letter).where(Letter.template == "digest").order_by(Letter.id)
        return list(session.scalars(found))


def due_now(site: Site) -> None:
    """Plan everybody's digest, and let its time come."""
    jobs.plan_digests(site.sessions)
    with site.sessions.write.begin() as session:
        session.execute(update(NoticeSettings).values(next_at=now()))
    jobs.send_digests(site.sessions, site.matcher)


def only_digest(site: Site) -> dict[str, Any]:
    """Return what the one digest says."""
    due_now(site)
    (letter,) = digests(site)
    return letter.context


def html_of(letter: Any) -> str:
    """Return the part of a letter with type and colour."""
    body = letter.get_body(preferencelist=("html",))
    assert body is not None
    text: str = body.get_content()
    return text
