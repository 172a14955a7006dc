"""What the tests of accounts share."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pyotp
import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, update

from matchmaker.accounts import jobs, rules
from matchmaker.accounts.models import SecondFactor, UserSession
from matchmaker.app import Site
from matchmaker.clock import now
from matchmaker.mail import Letter
from tests.conftest import Visitor, add_member

ANNA = "anna@example.org"


@pytest.fixture
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let Argon2id cost little: its price is not what these tests are about."""
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(rules, "_hasher", cheap)
    rules._decoy_hash.cache_clear()
    yield
    rules._decoy_hash.cache_clear()


@pytest.fixture
def anna(site: Site) -> int:
    """Give somebody who can sign in, as the number of the account."""
    with site.sessions.write.begin() as session:
        user = add_member(session, email=ANNA).user
        assert user is not None
        return user.id


class Phone:
    """An app for codes, which lies in the same second as the site's clock."""

    def __init__(self, secret: str) -> None:
        self.secret = secret

    def code(self, *, steps: int = 0) -> str:
        """Return the code of now, or of some steps of 30 seconds away."""
        here = int(now().timestamp()) // 30
        return str(pyotp.TOTP(self.secret).generate_otp(here + steps))


def forget_last_code(site: Site) -> None:
    """Let the codes of this half minute count again, as if time had passed."""
    with site.sessions.write.begin() as session:
        session.execute(update(SecondFactor).values(last_step=0))


def let_confirmation_age(site: Site, *, minutes: int) -> None:
    """Let it be a while ago that anybody gave the password."""
    with site.sessions.write.begin() as session:
        moment = now() - timedelta(minutes=minutes)
        session.execute(update(UserSession).values(confirmed_at=moment))


def set_up(site: Site, visitor: Visitor) -> tuple[Phone, list[str]]:
    """Switch the second factor on as a person does; return phone and codes."""
    assert visitor.post("/settings/second-factor/begin").status_code == 303
    with site.sessions.read() as session:
        waiting = SecondFactor.since.is_(None)
        secret = session.scalars(select(SecondFactor.secret).where(waiting)).one()
    phone = Phone(secret)
    answer = visitor.post("/settings/second-factor", {"code": phone.code()})
    assert answer.status_code == 200, answer.text
    forget_last_code(site)
    return phone, codes_on(answer.text)


def codes_on(page: str) -> list[str]:
    """Return the recovery codes that a page shows."""
    return re.findall(r'name="code" value="([^"]+)"', page)


def is_inside(visitor: Visitor) -> bool:
    """Tell whether somebody is signed in."""
    return bool(visitor.get("/settings").status_code == 200)


def answer_requests(site: Site) -> int:
    """Do the worker's share: open accounts, write letters."""
    return jobs.answer_requests(site.sessions, confirm_seconds=900, reset_seconds=900)


def secret_of_last_letter(site: Site) -> str:
    """Return the secret in the link of the newest letter, once the worker wrote it."""
    answer_requests(site)
    with site.sessions.read() as session:
        letter = session.scalars(select(Letter).order_by(Letter.id.desc())).first()
        assert letter is not None
        return str(letter.context["token"])
