"""Invitations on their way: what arrives, in every language, and what is undone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from matchmaker.clock import now
from matchmaker.events import invitations
from matchmaker.events.notice import letter_context, make_notice
from matchmaker.mail import Letter, LetterState
from tests.events.house import make_site
from tests.events.rosters import QUESTION, add_draft, add_event, invited
from tests.test_mail import AnyPort, MailServer


@pytest.fixture
def server() -> Iterator[tuple[MailServer, str]]:
    """Give a mail server and its address."""
    kept = MailServer()
    controller = AnyPort(kept, hostname="127.0.0.1", port=0)
    controller.start()
    yield kept, f"smtp://127.0.0.1:{controller.port}?tls=none"
    controller.stop()


def test_the_letter_arrives_with_its_four_links_and_a_way_out_in_its_head(
    tmp_path: Path, server: tuple[MailServer, str]
) -> None:
    site = make_site(
        tmp_path,
        BASE_URL="https://network.example.org",
        SMTP_URL=server[1],
        PRIVACY_CONTACT="privacy@example.org",
    )
    with site.sessions.write.begin() as session:
        event, owner = add_event(session)
        secret = invited(session, event, owner, locale="en")
    assert site.outbox.send_due() == 1
    site.sessions.engine.dispose()
    (received,) = server[0].letters
    assert server[0].envelopes[0].rcpt_tos == ["draft@example.org"]
    link = f"https://network.example.org/claim/{secret}"
    text = received.get_content()
    for ending in ("\n", "/correct\n", "/erase\n", "/never\n"):
        assert f"{link}{ending}" in text.replace("\r\n", "\n")
    assert received["List-Unsubscribe"] == f"<{link}/out>"
    assert received["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    for said in (
        *("Olga Owner, Trade Council", "The spring webinar", "spring.csv"),
        *("+77015550101", "privacy@example.org", "data protection authority"),
        *(QUESTION, "legitimate interest", "Динара Оспанова"),
    ):
        assert said in " ".join(text.split())


@pytest.mark.parametrize("template", invitations.TEMPLATES)
@pytest.mark.parametrize("locale", ["en", "ru", "zh"])
@pytest.mark.parametrize("answers", [0, 1, 3])
def test_both_letters_can_be_written_in_every_language(
    tmp_path: Path, template: str, locale: str, answers: int
) -> None:
    site = make_site(tmp_path)
    with site.sessions.write.begin() as session:
        event, _ = add_event(session)
        seed = add_draft(session, event, name="O'Brien & <b>Söhne</b>")
        told = make_notice(session, seed, locale)
        context = letter_context(
            told, secret="s3", expires_at=now(), answers=answers, locale=locale
        )
    letter = site.outbox.render(template, locale, context)
    site.sessions.engine.dispose()
    assert "\n" not in letter.subject
    assert "O'Brien & <b>Söhne</b>" in letter.text
    assert letter.unsubscribe == "http://localhost/claim/s3/out"
    assert ("3" in letter.subject) == (answers == 3 and template == "invitation")
    assert "{" not in letter.text


def test_a_letter_of_somebody_erased_while_it_left_disturbs_nobody(
    tmp_path: Path, server: tuple[MailServer, str]
) -> None:
    site = make_site(tmp_path, SMTP_URL=server[1])
    with site.sessions.write.begin() as session:
        event, owner = add_event(session)
        invited(session, event, owner, email="gone@example.org")
        invited(session, event, owner, email="stays@example.org")
    deliver = site.outbox.transport

    def erase_meanwhile(message: object) -> None:
        deliver(message)  # type: ignore[arg-type]
        with site.sessions.write.begin() as session:
            session.query(Letter).filter_by(recipient="gone@example.org").delete()

    site.outbox.transport = erase_meanwhile
    assert site.outbox.send_due() == 2
    with site.sessions.read() as session:
        (left,) = session.scalars(select(Letter))
        assert (left.recipient, left.state) == ("stays@example.org", LetterState.SENT)
    site.sessions.engine.dispose()
