"""The outbox: letters are rows of the transaction that wants them sent.

A sender leases due rows, renders and delivers them one recipient at a time, and
tries again with growing pauses. Losing the sender loses nothing.
"""

import smtplib
import ssl
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP as ON_THE_WIRE
from email.utils import format_datetime, make_msgid, parseaddr
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qs, unquote, urlsplit

import structlog
from sqlalchemy import Index, func, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from matchmaker.clock import now
from matchmaker.db import Base, Id, Sessions

log = structlog.get_logger()
# The library loses blanks where it folds a header of another script, and hides a long
# link of List-Unsubscribe in an encoded word. 998 is the longest line of RFC 5322.
LETTER = ON_THE_WIRE.clone(max_line_length=998)
SMTP_TIMEOUT = 20  # seconds for each step of a conversation with the mail server
LEASE_BATCH = 20  # letters one sender takes at a time
_NOWHERE = "matchmaker.invalid"  # domain of a letter's name until it is sent


class LetterState(StrEnum):
    """Life of a letter."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


class Letter(Base):
    """One letter to one recipient; its content is erased when it left or failed."""

    __tablename__ = "letter"
    __table_args__ = (Index("ix__letter__due", "state", "due_at"),)

    id: Mapped[Id]
    recipient: Mapped[str]
    template: Mapped[str] = mapped_column(comment="a folder-less name in email/")
    locale: Mapped[str]
    context: Mapped[dict[str, Any]] = mapped_column(comment="values for the template")
    message_id: Mapped[str] = mapped_column(unique=True)
    state: Mapped[LetterState] = mapped_column(default=LetterState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(default=now)
    due_at: Mapped[datetime] = mapped_column(default=now)
    leased_until: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(comment="class of the last failure")


class Rendered(Protocol):
    """What a renderer gives back: a subject, a plain text, perhaps more."""

    @property
    def subject(self) -> str:
        """One line."""

    @property
    def text(self) -> str:
        """The plain text."""

    @property
    def html(self) -> str:
        """The same with type and colour, or nothing."""

    @property
    def unsubscribe(self) -> str:
        """The link that ends further letters, or nothing."""

    @property
    def unsubscribe_post(self) -> bool:
        """Whether that link, sent a POST by a mail program, works at once."""


Renderer = Callable[[str, str, Mapping[str, Any]], Rendered]
Transport = Callable[[EmailMessage], None]


def queue_letter(
    session: Session,
    *,
    to: str,
    template: str,
    locale: str,
    context: Mapping[str, Any],
) -> Letter:
    """Put a letter into the outbox, in the caller's transaction."""
    letter = Letter(
        recipient=to,
        template=template,
        locale=locale,
        context=dict(context),
        message_id=make_msgid(domain=_NOWHERE),
    )
    session.add(letter)
    return letter


def count_waiting(session: Session) -> int:
    """Return the number of letters that have not left yet."""
    waiting = select(func.count()).where(Letter.state == LetterState.WAITING)
    return session.scalar(waiting) or 0


class Outbox:
    """Sends what is due.

    Parameters
    ----------
    sessions
        Factories of database sessions.
    render
        ``(template, locale, context)`` to subject and text.
    transport
        Delivers one message or raises.
    sender
        The From line.
    lease, first_retry, give_up
        Seconds; see config.py.
    """

    def __init__(  # noqa: PLR0913  settings, each by name
        self,
        sessions: Sessions,
        *,
        render: Renderer,
        transport: Transport,
        sender: str,
        lease: int,
        first_retry: int,
        give_up: int,
    ) -> None:
        self.sessions = sessions
        self.render = render
        self.transport = transport
        self.sender = sender
        self.lease = timedelta(seconds=lease)
        self.first_retry = first_retry
        self.give_up = timedelta(seconds=give_up)

    def send_due(self) -> int:
        """Send every due letter once; return how many left."""
        until = now() + self.lease
        return sum(self._send(letter_id, until) for letter_id in self._lease(until))

    def _lease(self, until: datetime) -> list[int]:
        moment = now()
        due = (
            select(Letter.id)
            .where(
                Letter.state == LetterState.WAITING,
                Letter.due_at <= moment,
                or_(Letter.leased_until.is_(None), Letter.leased_until < moment),
            )
            .order_by(Letter.due_at, Letter.id)
            .limit(LEASE_BATCH)
            .with_for_update(skip_locked=True)
        )
        with self.sessions.read() as session:
            if session.scalar(due.with_only_columns(Letter.id).limit(1)) is None:
                return []
        with self.sessions.write.begin() as session:
            ids = list(session.scalars(due))
            session.execute(
                update(Letter).where(Letter.id.in_(ids)).values(leased_until=until)
            )
        return ids

    def _send(self, letter_id: int, leased_until: datetime) -> bool:
        letter = self._take(letter_id, leased_until)
        if letter is None:
            return False
        try:
            self.transport(self._compose(letter))
        except Exception as error:  # noqa: BLE001
            # Whatever is wrong with one letter, even a mistake in its template:
            # the others must not wait behind it.
            self._postpone(letter_id, type(error).__name__)
            return False
        with self.sessions.write.begin() as session:
            sent = session.get(Letter, letter_id)
            if sent is not None:  # else its recipient was erased meanwhile
                sent.state = LetterState.SENT
                sent.sent_at = now()
                sent.context = {}
                sent.error = None
        return True

    def _take(self, letter_id: int, leased_until: datetime) -> Letter | None:
        """Lease a letter anew, unless its lease ran out and another sender has it."""
        with self.sessions.write.begin() as session:
            held: Any = session.execute(
                update(Letter)
                .where(
                    Letter.id == letter_id,
                    Letter.state == LetterState.WAITING,
                    Letter.leased_until == leased_until,
                )
                .values(leased_until=now() + self.lease)
            )
            if held.rowcount == 0:
                return None
            letter = session.get_one(Letter, letter_id)
            session.expunge(letter)
        return letter

    def _postpone(self, letter_id: int, error: str) -> None:
        with self.sessions.write.begin() as session:
            letter = session.get(Letter, letter_id)
            if letter is None:
                return
            letter.attempts += 1
            letter.error = error
            letter.leased_until = None
            letter.due_at = now() + timedelta(
                seconds=self.first_retry * 2 ** (letter.attempts - 1)
            )
            if letter.due_at - letter.created_at > self.give_up:
                letter.state = LetterState.FAILED
                letter.context = {}  # it may hold the secret of a link
            log.warning("letter-postponed", letter=letter_id, error=error)

    def _compose(self, letter: Letter) -> EmailMessage:
        rendered = self.render(letter.template, letter.locale, letter.context)
        message = EmailMessage(policy=LETTER)
        domain = parseaddr(self.sender)[1].rpartition("@")[2]
        message["From"] = self.sender
        message["To"] = letter.recipient
        # A line break in a header would let a name add recipients.
        message["Subject"] = " ".join(rendered.subject.split())
        # Of the row, so the same over all attempts; of a domain that exists.
        message["Message-ID"] = letter.message_id.replace(_NOWHERE, domain)
        message["Date"] = format_datetime(letter.created_at)
        message["Auto-Submitted"] = "auto-generated"
        if rendered.unsubscribe:
            message["List-Unsubscribe"] = f"<{rendered.unsubscribe}>"
            message["List-Id"] = f"<news.{domain}>"
            if rendered.unsubscribe_post:  # RFC 8058
                message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        message.set_content(rendered.text)
        if rendered.html:
            message.add_alternative(rendered.html, subtype="html")
        return message


def smtp_transport(url: str) -> Transport:
    """Return a transport for ``smtp://user:password@host:port?tls=starttls|none``.

    ``smtps://`` speaks TLS from the first byte.
    """
    parts = urlsplit(url)
    tls = parse_qs(parts.query).get("tls", ["starttls"])[0]

    def deliver(message: EmailMessage) -> None:
        host, port = parts.hostname or "localhost", parts.port or 0
        secure = ssl.create_default_context()
        client: smtplib.SMTP
        if parts.scheme == "smtps":
            client = smtplib.SMTP_SSL(host, port, timeout=SMTP_TIMEOUT, context=secure)
        else:
            client = smtplib.SMTP(host, port, timeout=SMTP_TIMEOUT)
        with client:
            if parts.scheme == "smtp" and tls == "starttls":
                client.starttls(context=secure)
            if parts.username:
                client.login(unquote(parts.username), unquote(parts.password or ""))
            client.send_message(message)

    return deliver


def folder_transport(folder: Path) -> Transport:
    """Return a transport that writes ``.eml`` files, for the demo."""

    def deliver(message: EmailMessage) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        stamp = now().strftime("%Y%m%d-%H%M%S-%f")
        (folder / f"{stamp}.eml").write_bytes(bytes(message))
        log.info("letter-written", file=f"{stamp}.eml")

    return deliver
