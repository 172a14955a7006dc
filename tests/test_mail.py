"""Letters: from the transaction that wants them to a real mail server."""

import email
import smtplib
from collections.abc import Callable, Iterator
from datetime import timedelta
from email.message import EmailMessage, Message
from email.policy import default as policy
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import Engine, delete, select, update

from matchmaker.accounts import service as accounts
from matchmaker.accounts.models import Purpose
from matchmaker.app import Site, create_site
from matchmaker.clock import now
from matchmaker.db import Base, Sessions
from matchmaker.mail import (
    Letter,
    LetterState,
    Outbox,
    count_waiting,
    folder_transport,
    queue_letter,
    smtp_transport,
)
from tests.conftest import Visitor, add_member

FIRST_RETRY = 60  # seconds, the default of config.py
SENDER = "Matchmaker <noreply@example.org>"


class MailServer:
    """What a real SMTP server received; it refuses while ``refusing`` is set."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []
        self.refusing = ""

    async def handle_DATA(  # noqa: N802  the server's name for it
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Keep what came, or refuse it."""
        if self.refusing:
            return self.refusing
        self.envelopes.append(envelope)
        return "250 Kept"

    @property
    def letters(self) -> list[Message]:
        """The letters as a mail program reads them."""
        return [
            email.message_from_bytes(bytes(e.content or b""), policy=policy)
            for e in self.envelopes
        ]


class AnyPort(Controller):
    """A controller that takes whichever port is free."""

    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@pytest.fixture
def server() -> Iterator[tuple[MailServer, str]]:
    """Give a mail server and its address."""
    kept = MailServer()
    controller = AnyPort(kept, hostname="127.0.0.1", port=0)
    controller.start()
    yield kept, f"smtp://127.0.0.1:{controller.port}?tls=none"
    controller.stop()


class Words:
    """A rendered letter."""

    def __init__(self, subject: str, text: str) -> None:
        self.subject = subject
        self.text = text
        self.unsubscribe = ""
        self.unsubscribe_post = False
        self.html = ""


def plain(template: str, _locale: str, context: dict[str, Any]) -> Words:
    return Words(context.get("subject", template), context.get("text", "Hello\n"))


MakeOutbox = Callable[..., Outbox]


@pytest.fixture
def sessions(engine: Engine) -> Iterator[Sessions]:
    """Give session factories of each database, and no letters."""
    yield Sessions(engine)
    with engine.begin() as connection:
        connection.execute(delete(Letter))


@pytest.fixture
def make_outbox(sessions: Sessions, server: tuple[MailServer, str]) -> MakeOutbox:
    """Return a factory of outboxes that deliver to the mail server."""

    def make(**changes: object) -> Outbox:
        values: dict[str, Any] = {
            "render": plain,
            "transport": smtp_transport(server[1]),
            "sender": SENDER,
            "lease": 120,
            "first_retry": FIRST_RETRY,
            "give_up": 24 * 3600,
        }
        return Outbox(sessions, **{**values, **changes})

    return make


def put(sessions: Sessions, to: str = "anna@example.org", **context: object) -> int:
    with sessions.write.begin() as session:
        letter = queue_letter(
            session, to=to, template="note", locale="en", context=context
        )
        session.flush()
        return letter.id


def only_letter(sessions: Sessions) -> Letter:
    with sessions.read() as session:
        return session.scalars(select(Letter)).one()


def change(sessions: Sessions, **values: object) -> None:
    """Let time pass for all letters, by writing earlier times."""
    with sessions.write.begin() as session:
        session.execute(update(Letter).values(**values))


def test_a_letter_leaves_once_and_its_content_is_erased(
    sessions: Sessions, make_outbox: MakeOutbox, server: tuple[MailServer, str]
) -> None:
    put(sessions, text="A secret link\n")
    outbox = make_outbox()
    assert outbox.send_due() == 1
    assert outbox.send_due() == 0
    assert [e.rcpt_tos for e in server[0].envelopes] == [["anna@example.org"]]
    (received,) = server[0].letters
    assert received.get_content().strip() == "A secret link"
    letter = only_letter(sessions)
    assert letter.state is LetterState.SENT
    assert letter.sent_at is not None
    assert letter.context == {}


def test_a_letter_of_a_rolled_back_transaction_is_never_sent(
    sessions: Sessions, make_outbox: MakeOutbox, server: tuple[MailServer, str]
) -> None:
    with sessions.write() as session:
        queue_letter(session, to="a@example.org", template="x", locale="en", context={})
        session.flush()
        assert count_waiting(session) == 1
        session.rollback()
    assert make_outbox().send_due() == 0
    assert server[0].envelopes == []


def test_a_refused_letter_is_tried_again_with_growing_pauses(
    sessions: Sessions, make_outbox: MakeOutbox, server: tuple[MailServer, str]
) -> None:
    put(sessions)
    server[0].refusing = "451 Try later"
    outbox = make_outbox()
    pauses = []
    for _ in range(4):
        before = now()
        assert outbox.send_due() == 0
        letter = only_letter(sessions)
        pauses.append(round((letter.due_at - before).total_seconds() / FIRST_RETRY))
        assert outbox.send_due() == 0, "it waits for its time"
        assert letter.state is LetterState.WAITING
        assert letter.error == "SMTPDataError"
        change(sessions, due_at=now() - timedelta(seconds=1))
    assert pauses == [1, 2, 4, 8]
    server[0].refusing = ""
    assert outbox.send_due() == 1
    assert only_letter(sessions).error is None


def test_the_message_id_stays_the_same_over_all_attempts(
    sessions: Sessions, make_outbox: MakeOutbox, server: tuple[MailServer, str]
) -> None:
    put(sessions)
    seen = []

    def accept_then_break(message: EmailMessage) -> None:
        seen.append(message["Message-ID"])
        raise ConnectionResetError

    make_outbox(transport=accept_then_break).send_due()
    change(sessions, due_at=now() - timedelta(seconds=1))
    make_outbox().send_due()
    assert [server[0].letters[0]["Message-ID"]] == seen
    assert seen[0].startswith("<")


def test_a_letter_that_nobody_takes_for_a_day_has_failed_and_keeps_no_secret(
    sessions: Sessions, make_outbox: MakeOutbox
) -> None:
    put(sessions, text="A secret link\n")
    outbox = make_outbox(transport=smtp_transport("smtp://127.0.0.1:1?tls=none"))
    change(sessions, created_at=now() - timedelta(hours=23), attempts=10)
    assert outbox.send_due() == 0
    letter = only_letter(sessions)
    assert letter.state is LetterState.FAILED
    assert letter.context == {}
    change(sessions, due_at=now() - timedelta(days=9))
    assert outbox.send_due() == 0


def test_a_leased_letter_is_left_alone_until_the_lease_is_over(
    sessions: Sessions, make_outbox: MakeOutbox
) -> None:
    put(sessions)
    change(sessions, leased_until=now() + timedelta(seconds=60))
    assert make_outbox().send_due() == 0
    change(sessions, leased_until=now() - timedelta(seconds=1))
    assert make_outbox().send_due() == 1


def test_a_sender_that_was_too_slow_does_not_send_what_another_has_taken(
    sessions: Sessions, make_outbox: MakeOutbox, server: tuple[MailServer, str]
) -> None:
    for place in range(3):
        put(sessions, to=f"reader{place}@example.org")
    deliver, quick = smtp_transport(server[1]), make_outbox()

    def slow(message: EmailMessage) -> None:
        deliver(message)
        change(sessions, leased_until=now() - timedelta(seconds=1))
        if len(server[0].envelopes) == 1:
            assert quick.send_due() >= 2

    make_outbox(transport=slow).send_due()
    later = [e.rcpt_tos[0] for e in server[0].envelopes[1:]]
    assert later.count("reader1@example.org") == 1
    assert later.count("reader2@example.org") == 1


def test_a_letter_that_cannot_be_written_does_not_hold_up_the_others(
    sessions: Sessions, make_outbox: MakeOutbox, server: tuple[MailServer, str]
) -> None:
    put(sessions, subject=None)
    put(sessions, to="line@example.org\nBcc: victim@example.org")
    put(sessions, to="good@example.org")
    assert make_outbox().send_due() == 1
    assert [e.rcpt_tos for e in server[0].envelopes] == [["good@example.org"]]
    with sessions.read() as session:
        assert count_waiting(session) == 2


@pytest.mark.parametrize("line", ["\r\n", "\n", "\r", "\x0b", "\u2028"])
def test_a_line_break_in_a_subject_adds_no_header_and_no_recipient(
    sessions: Sessions,
    make_outbox: MakeOutbox,
    server: tuple[MailServer, str],
    line: str,
) -> None:
    put(sessions, subject=f"Hi{line}Bcc: victim@example.org{line}{line}Body")
    assert make_outbox().send_due() == 1
    (received,) = server[0].letters
    assert server[0].envelopes[0].rcpt_tos == ["anna@example.org"]
    assert received["Bcc"] is None
    assert received["Subject"] == "Hi Bcc: victim@example.org Body"


def test_names_of_every_script_arrive_as_they_were_written(
    sessions: Sessions, make_outbox: MakeOutbox, server: tuple[MailServer, str]
) -> None:
    subject = "Айгерим Бекова и 王小明, O'Brien & Sönner " * 4
    put(sessions, subject=subject, text="你好, привет\n.\nline after a dot\n")
    make_outbox().send_due()
    (received,) = server[0].letters
    assert received["Subject"] == subject.strip()
    assert received.get_content().replace("\r\n", "\n").strip().endswith("after a dot")
    assert received["From"] == SENDER
    assert received["Auto-Submitted"] == "auto-generated"


def test_a_long_subject_keeps_its_blanks_and_the_way_out_stays_a_link(
    sessions: Sessions, make_outbox: MakeOutbox, server: tuple[MailServer, str]
) -> None:
    subject = (
        "После «Первые контракты в регионе: платежи, маршруты, доверие»: профиль "
        "на сайте Matchmaker ждёт Вашего решения"
    )
    link = f"https://network.example.org/claim/{'x' * 43}/never"

    def leaving(template: str, locale: str, context: dict[str, Any]) -> Words:
        words = plain(template, locale, context)
        words.unsubscribe = link
        return words

    put(sessions, subject=subject)
    make_outbox(render=leaving).send_due()
    (received,) = server[0].letters
    assert received["Subject"] == subject
    (envelope,) = server[0].envelopes
    assert f"List-Unsubscribe: <{link}>".encode() in bytes(envelope.content or b"")


def test_a_server_that_does_not_encrypt_gets_no_letter_unless_told_so(
    server: tuple[MailServer, str],
) -> None:
    message = EmailMessage()
    message["To"], message["From"] = "anna@example.org", SENDER
    with pytest.raises(smtplib.SMTPNotSupportedError):
        smtp_transport(server[1].replace("?tls=none", ""))(message)
    assert server[0].envelopes == []


def test_a_demo_writes_its_letters_into_a_folder(
    sessions: Sessions, make_outbox: MakeOutbox, tmp_path: Path
) -> None:
    put(sessions, subject="Hello")
    make_outbox(transport=folder_transport(tmp_path / "letters")).send_due()
    (file,) = (tmp_path / "letters").glob("*.eml")
    assert email.message_from_bytes(file.read_bytes())["Subject"] == "Hello"


@pytest.mark.parametrize(
    ("locale", "words"),
    [("en", "new password"), ("ru", "парол"), ("zh", "密码")],
)
def test_letters_speak_the_readers_language_and_link_to_the_configured_site(
    tmp_path: Path, server: tuple[MailServer, str], locale: str, words: str
) -> None:
    site = create_site(
        {
            "ENVIRONMENT": "test",
            "SECRET_KEY": "k" * 40,
            "INSTANCE": str(tmp_path),
            "DATABASE_URL": f"sqlite:///{tmp_path}/site.db",
            "BASE_URL": "https://network.example.org",
            "SMTP_URL": server[1],
        }
    )
    Base.metadata.create_all(site.sessions.engine)
    with site.sessions.write.begin() as session:
        user = add_member(session, locale=locale).user
        assert user is not None
        secret = accounts.send_link(session, user, Purpose.RESET, seconds=3600)
    assert site.outbox.send_due() == 1
    site.sessions.engine.dispose()
    (received,) = server[0].letters
    assert words in received["Subject"]
    assert f"https://network.example.org/reset/{secret}" in received.get_content()


@pytest.mark.parametrize("template", ["asked", "accepted", "confirm", "known", "reset"])
@pytest.mark.parametrize("locale", ["en", "ru", "zh"])
def test_every_letter_has_a_subject_and_a_link_in_every_language(
    site: Site, template: str, locale: str
) -> None:
    context = {
        "name": "O'Brien & Söhne <b>",
        "organisation": "Steppe & Grain",
        "introduction": "abc",
        "token": "t",
        "hours": 5,
    }
    letter = site.outbox.render(template, locale, context)
    assert letter.subject
    assert "\n" not in letter.subject
    assert "http://localhost/" in letter.text
    assert "&amp;" not in letter.subject + letter.text
    if template == "asked":
        assert "O'Brien & Söhne <b>" in letter.subject


def test_every_purpose_of_a_link_has_a_letter(site: Site) -> None:
    written = {
        p.stem for p in (Path(site.app.template_folder or "") / "email").iterdir()
    }
    assert {purpose.value for purpose in Purpose} <= written


def test_a_request_that_fails_after_queueing_sends_no_letter(
    site: Site, visitor: Visitor
) -> None:
    answer = visitor.post("/reset", {"email": "not an address"})
    assert answer.status_code == 422
    with site.sessions.read() as session:
        assert count_waiting(session) == 0
