"""The digest as a letter: its two parts, its headers, the way to the reader."""

import re
import time
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import select, update

from matchmaker.accounts.models import User
from matchmaker.app import Site, create_site
from matchmaker.clock import now
from matchmaker.db import Base
from matchmaker.digest import jobs
from matchmaker.mail import Letter, count_waiting
from tests.conftest import Visitor
from tests.digest.posting import (
    BASE,
    MailServer,
    Posted,
    digests,
    due_now,
    html_of,
    person,
    tell,
)

LARGEST = 60_000  # bytes of the part with type and colour


@pytest.mark.parametrize("locale", ["en", "ru", "zh"])
def test_the_letter_has_two_parts_that_any_mail_program_can_show(
    market: tuple[Site, MailServer, str], locale: str
) -> None:
    site, server, email = market
    with site.sessions.write.begin() as session:
        user = session.scalars(select(User).where(User.email == email)).one()
        user.locale = locale
        for place in range(40):
            tell(session, user, introduction=str(place), name="Имя " * 60)
    due_now(site)
    while site.outbox.send_due():
        pass
    (letter,) = [one for one in server.letters if one["To"] == email]
    assert isinstance(letter, EmailMessage)
    assert letter.get_content_type() == "multipart/alternative"
    parts = [part.get_content_type() for part in letter.iter_parts()]
    assert parts == ["text/plain", "text/html"]
    text, page = letter.get_body(("plain",)), html_of(letter)
    assert text is not None
    words = text.get_content()
    assert "<Grower" in words
    assert "Steppe & Grain" in words
    assert "&amp;" not in words
    assert "&lt;Grower" in page
    assert len(page.encode()) < LARGEST
    assert not re.search(r"<(img|script|link|iframe|form|input|svg)\b|url\(", page)
    assert not re.search(r"display:\s*(flex|grid)|position:|var\(--", page)
    links = set(re.findall(r'href="([^"]+)"', page))
    assert links
    assert all(one.startswith("https://network.example.org/") for one in links)


def test_the_letter_says_how_to_end_it_to_people_and_to_programs(
    posted: Posted,
) -> None:
    site, server = posted
    with site.sessions.write.begin() as session:
        user, _profile = person(session)
        tell(session, user)
    due_now(site)
    site.outbox.send_due()
    (letter,) = server.letters
    end = str(letter["List-Unsubscribe"]).strip("<>")
    assert end.startswith("https://network.example.org/unsubscribe/")
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert letter["List-Id"] == "<news.network.example.org>"
    assert str(letter["Message-ID"]).endswith("@network.example.org>")
    assert end in html_of(letter)
    answer = site.app.test_client().post(
        end.removeprefix(BASE),
        data={"List-Unsubscribe": "One-Click"},
        base_url=BASE,
    )
    assert answer.status_code == 200
    with site.sessions.write.begin() as session:
        tell(session, session.scalars(select(User)).one(), introduction="y")
    due = now() + timedelta(days=3)
    jobs.send_digests(site.sessions, site.matcher, moment=due)
    assert len(digests(site)) == 1


def test_the_letters_of_a_demo_show_the_plain_part(tmp_path: Path) -> None:
    site = create_site(
        {
            "ENVIRONMENT": "demo",
            "SECRET_KEY": "k" * 40,
            "INSTANCE": str(tmp_path),
            "DATABASE_URL": f"sqlite:///{tmp_path}/site.db",
            "TESTING": True,
        }
    )
    Base.metadata.create_all(site.sessions.engine)
    with site.sessions.write.begin() as session:
        tell(session, person(session)[0], name="Wang <Wei>")
    due_now(site)
    assert site.outbox.send_due() == 1
    page = Visitor(site.app.test_client()).get("/letters")
    site.sessions.engine.dispose()
    assert page.status_code == 200
    assert "- Wang &lt;Wei&gt; asks to be introduced" in page.text


def test_ten_minutes_without_a_mail_server_slow_no_page_and_lose_nothing(
    posted: Posted,
) -> None:
    site, server = posted
    server.refusing = "421 Out of order"
    base = {"base_url": BASE}
    with site.sessions.write.begin() as session:
        for place in range(8):
            user, _profile = person(session, email=f"p{place}@example.org")
            tell(session, user)
    due_now(site)
    slowest = 0.0
    visitor = Visitor(site.app.test_client())
    for _minute in range(10):
        site.outbox.send_due()
        began = time.perf_counter()
        assert visitor.get("/how-it-works", **base).status_code == 200
        slowest = max(slowest, time.perf_counter() - began)
        with site.sessions.write.begin() as session:
            for letter in session.scalars(select(Letter)):
                letter.due_at -= timedelta(minutes=1)
    assert slowest < 1
    assert server.envelopes == []
    with site.sessions.read() as session:
        assert count_waiting(session) == 8
    server.refusing = ""
    with site.sessions.write.begin() as session:
        session.execute(update(Letter).values(due_at=now()))
    while site.outbox.send_due():
        pass
    to = sorted(envelope.rcpt_tos[0] for envelope in server.envelopes)
    assert to == [f"p{place}@example.org" for place in range(8)]
