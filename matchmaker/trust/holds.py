"""What is held back before it reaches somebody: haste, mass mailings, held people.

Nothing here sends a text on: the room that would have sent it keeps what it needs in
the held text's ``rest``, and a moderator's release does the sending. Flush, never
commit.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Self

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from matchmaker.clock import now
from matchmaker.errors import DomainError
from matchmaker.profiles.models import Profile
from matchmaker.trust import cases, rules
from matchmaker.trust.models import (
    HeldState,
    HeldText,
    Restraint,
    SentText,
    SignalKind,
    TextPurpose,
)

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is normal; see config.py."""

    new_days: int = 7
    first_contacts_new: int = 5
    first_contacts: int = 20
    alike: float = 0.9
    people: int = 5
    kept_days: int = 30
    burst_times: int = 10

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Self:
        """Return the limits of a site."""
        return cls(
            new_days=settings["NEW_DAYS"],
            first_contacts_new=settings["FIRST_CONTACTS_NEW"],
            first_contacts=settings["FIRST_CONTACTS"],
            alike=settings["TEXT_ALIKE"],
            people=settings["TEXT_PEOPLE"],
            kept_days=settings["SENT_KEPT_DAYS"],
            burst_times=settings["BURST_TIMES"],
        )


def check_first_contact(
    session: Session, author: Profile, limits: Limits | None = None
) -> None:
    """Refuse a request to somebody new beyond the day's number, or by an unproved one.

    Raises
    ------
    DomainError
        ``not-confirmed``, ``pace-new`` or ``pace-day``.
    """
    limits = limits or Limits()
    user = author.user
    if user is None or user.confirmed_at is None:
        raise DomainError("not-confirmed", status=403)
    new = rules.is_new(user.created_at, now(), limits.new_days)
    used = session.scalar(
        select(func.count(SentText.recipient_id.distinct())).where(
            SentText.author_id == author.id,
            SentText.purpose == TextPurpose.REQUEST,
            SentText.sent_at > now() - DAY,
        )
    )
    most = limits.first_contacts_new if new else limits.first_contacts
    rules.check_first_contacts(used or 0, most, new=new)


@dataclass(frozen=True, slots=True)
class Words:
    """A text that somebody is about to send, and whether it waits first.

    Attributes
    ----------
    recipients
        Others who got nearly the same text lately.
    everything
        Whether all texts of the author are held, by a decision.
    """

    author_id: int
    recipient_id: int | None
    purpose: TextPurpose
    text: str
    sketch: bytes | None
    recipients: int
    everything: bool
    held: bool


def check_text(  # noqa: PLR0913  each by name
    session: Session,
    author_id: int,
    text: str,
    *,
    recipient_id: int | None = None,
    purpose: TextPurpose = TextPurpose.MESSAGE,
    rest: Mapping[str, Any] | None = None,
    drafted: str = "",
    limits: Limits | None = None,
) -> HeldText | None:
    """Note that somebody writes a text, or keep it for a moderator.

    None means: send it. A held text is stored already; whoever asked must not send it
    and says so to its author.

    Parameters
    ----------
    rest
        Plain values from which the asking room can send it later.
    drafted
        What the site itself proposed to write: its words are nobody's mailing.
    """
    limits = limits or Limits()
    words = judge_text(
        session,
        author_id,
        text,
        recipient_id=recipient_id,
        purpose=purpose,
        drafted=drafted,
        limits=limits,
    )
    if not words.held:
        note_sent(session, words)
        return None
    return hold(session, words, rest=rest or {}, limits=limits)


def judge_text(  # noqa: PLR0913  each by name
    session: Session,
    author_id: int,
    text: str,
    *,
    recipient_id: int | None,
    purpose: TextPurpose,
    drafted: str,
    limits: Limits,
) -> Words:
    """Return whether a text is to wait for a moderator; nothing is stored."""
    reader = session.get(Profile, recipient_id) if recipient_id else None
    names = () if reader is None else (reader.full_name, reader.latin_name)
    made = rules.sketch(text, without=names)
    own = rules.sketch(drafted, without=names) if drafted else None
    if made and own and rules.alike(made, [own])[0] >= limits.alike:
        made = None
    reached = _reached(session, author_id, recipient_id, made, limits)
    restraint = session.get(Restraint, author_id)
    everything = restraint is not None and restraint.texts_held
    return Words(
        author_id=author_id,
        recipient_id=recipient_id,
        purpose=purpose,
        text=text,
        sketch=made,
        recipients=reached,
        everything=everything,
        held=everything or reached >= limits.people,
    )


def note_sent(session: Session, words: Words) -> None:
    """Note that a text goes out, so that later ones are compared with it."""
    session.add(
        SentText(
            author_id=words.author_id,
            recipient_id=words.recipient_id,
            purpose=words.purpose,
            sketch=words.sketch,
        )
    )
    session.flush()


def hold(
    session: Session, words: Words, *, rest: Mapping[str, Any], limits: Limits
) -> HeldText:
    """Keep a text for a moderator; the same one sent twice is kept once."""
    known = session.scalar(
        select(HeldText).where(
            HeldText.author_id == words.author_id,
            HeldText.recipient_id == words.recipient_id,
            HeldText.state == HeldState.WAITING,
            HeldText.text == words.text,
        )
    )
    if known is not None:
        return known
    note_sent(session, words)
    held = HeldText(
        author_id=words.author_id,
        recipient_id=words.recipient_id,
        purpose=words.purpose,
        text=words.text,
        rest=dict(rest),
        recipients=0 if words.everything else words.recipients,
    )
    session.add(held)
    session.flush()
    if not words.everything:
        cases.note_signal(
            session,
            words.author_id,
            kind=SignalKind.SAME_TEXT,
            key=held.created_at.date().isoformat(),
            figures={"people": words.recipients, "days": limits.kept_days},
        )
    return held


def _reached(
    session: Session,
    author_id: int,
    recipient_id: int | None,
    made: bytes | None,
    limits: Limits,
) -> int:
    """Return how many others got nearly the same text from the same author lately."""
    if made is None:
        return 0
    rows = session.execute(
        select(SentText.id, SentText.recipient_id, SentText.sketch).where(
            SentText.author_id == author_id,
            SentText.sketch.is_not(None),
            SentText.sent_at > now() - timedelta(days=limits.kept_days),
        )
    ).all()
    close = rules.alike(made, [row[2] for row in rows if row[2]]) >= limits.alike
    return len(
        {
            row[1] or f"text {row[0]}"
            for row, same in zip(rows, close, strict=True)
            if same and (recipient_id is None or row[1] != recipient_id)
        }
    )


def list_own(session: Session, author_id: int) -> list[HeldText]:
    """Return the held texts of a member that wait or were refused, newest first."""
    return list(
        session.scalars(
            select(HeldText)
            .where(
                HeldText.author_id == author_id,
                HeldText.state != HeldState.RELEASED,
            )
            .order_by(HeldText.id.desc())
            .limit(20)
            .options(joinedload(HeldText.recipient))
        )
    )


def list_waiting(session: Session) -> list[HeldText]:
    """Return the texts that wait for a moderator, the oldest first."""
    return list(
        session.scalars(
            select(HeldText)
            .where(HeldText.state == HeldState.WAITING)
            .order_by(HeldText.id)
            .limit(cases.PAGE)
            .options(joinedload(HeldText.author), joinedload(HeldText.recipient))
        )
    )


def take(
    session: Session,
    public_id: str,
    *,
    moderator_id: int,
    state: HeldState,
    reason: str = "",
) -> tuple[HeldText, str, dict[str, Any]]:
    """Decide about a held text once; return it with its content, which is erased.

    Raises
    ------
    DomainError
        ``held-unknown``, also when it was decided already.
    """
    held = session.scalar(
        select(HeldText)
        .where(HeldText.public_id == public_id, HeldText.state == HeldState.WAITING)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if held is None:
        raise DomainError("held-unknown", status=404)
    text, rest = held.text, held.rest
    held.text, held.rest = "", {}
    held.state = state
    held.reason = reason
    held.moderator_id = moderator_id
    held.decided_at = now()
    session.flush()
    return held, text, rest
