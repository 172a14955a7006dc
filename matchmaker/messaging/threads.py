"""What pages of conversations read: inbox lines, one conversation, what is new.

Rows and columns instead of whole models: these pages are opened most of all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Row,
    Select,
    and_,
    bindparam,
    case,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Session, aliased

from matchmaker.errors import DomainError
from matchmaker.matching.models import Introduction, IntroductionState
from matchmaker.messaging.models import Message, MessageDraft
from matchmaker.profiles.models import Organisation, Profile
from matchmaker.trust import blocks

Columns = Select[*tuple[Any, ...]]
THREADS = 50  # conversations on a page of the inbox
PAGE = 50  # messages on a page of a conversation
MOST = 200  # messages on it when that many are unread


@dataclass(frozen=True, slots=True)
class Employer:
    """Where the other side works."""

    name: str


@dataclass(frozen=True, slots=True)
class Partner:
    """The other side, as far as a line of the inbox shows it."""

    id: int
    public_id: str
    full_name: str
    latin_name: str
    job_title: str
    organisation: Employer | None


@dataclass(frozen=True, slots=True)
class Thread:
    """One line of the inbox."""

    public_id: str
    since: datetime
    partner: Partner
    last: Any
    unread: int
    draft: str


@dataclass(frozen=True, slots=True)
class Conversation:
    """What the page of one conversation needs, less its messages."""

    id: int
    public_id: str
    partner: Partner
    total: int
    unread: int
    draft: str
    draft_key: str


@dataclass(frozen=True, slots=True)
class News:
    """What an open page compares with what it shows."""

    id: int
    partner: Partner
    total: int
    seen: bool


_Partner = aliased(Profile)
_Counted = aliased(Message)
_Unseen = aliased(Message)
_PARTNER = (
    _Partner.id,
    _Partner.public_id,
    _Partner.full_name,
    _Partner.latin_name,
    _Partner.job_title,
    Organisation.name.label("employer"),
)


def _partner(row: Row[Any]) -> Partner:
    employer = Employer(row.employer) if row.employer else None
    return Partner(
        id=row.id,
        public_id=row.public_id,
        full_name=row.full_name,
        latin_name=row.latin_name,
        job_title=row.job_title,
        organisation=employer,
    )


def is_mine(me: Any) -> ColumnElement[bool]:  # noqa: ANN401  an SQL expression
    """Return the condition that a member is a side of an introduction."""
    return or_(Introduction.seeker_id == me, Introduction.candidate_id == me)


def other_side(me: Any) -> ColumnElement[int]:  # noqa: ANN401  an SQL expression
    """Return the id of the other side as an expression."""
    return case(
        (Introduction.seeker_id == me, Introduction.candidate_id),
        else_=Introduction.seeker_id,
    )


def _unread(me: Any) -> Any:  # noqa: ANN401  SQL expressions
    return (
        select(func.count())
        .where(
            _Unseen.introduction_id == Introduction.id,
            _Unseen.recipient_id == me,
            _Unseen.read_at.is_(None),
        )
        .correlate(Introduction)
        .scalar_subquery()
        .label("unread")
    )


def _total() -> Any:  # noqa: ANN401  SQL expressions
    return (
        select(func.count())
        .where(_Counted.introduction_id == Introduction.id)
        .correlate(Introduction)
        .scalar_subquery()
    )


def _with_partner(chosen: Columns, me: Any) -> Columns:  # noqa: ANN401
    """Join the other side and the member's own draft; leave out whom a block hides."""
    return (
        chosen.select_from(Introduction)
        .join(_Partner, _Partner.id == other_side(me))
        .outerjoin(Organisation, Organisation.id == _Partner.organisation_id)
        .outerjoin(
            MessageDraft,
            and_(
                MessageDraft.introduction_id == Introduction.id,
                MessageDraft.author_id == me,
            ),
        )
        .where(is_mine(me), _Partner.id.not_in(blocks.hidden_from(me)))
    )


# The statements below are written once: writing one takes longer than running it.
@cache
def _threads() -> Columns:
    me: BindParameter[int] = bindparam("me")
    latest = (
        select(func.max(_Counted.id))
        .where(_Counted.introduction_id == Introduction.id)
        .correlate(Introduction)
        .scalar_subquery()
    )
    last = (Message.author_id, Message.text, Message.lang, Message.sent_at)
    since = func.coalesce(Introduction.answered_at, Introduction.asked_at)
    return (
        _with_partner(
            select(
                *_PARTNER,
                Introduction.public_id.label("thread"),
                since.label("since"),
                *last,
                _unread(me),
                MessageDraft.text.label("draft"),
            ),
            me,
        )
        .outerjoin(Message, Message.id == latest)
        .where(Introduction.state == IntroductionState.ACCEPTED)
        .order_by(func.coalesce(Message.sent_at, since).desc())
        .limit(bindparam("limit"))
        .offset(bindparam("offset"))
    )


def list_threads(
    session: Session, profile_id: int, *, limit: int = THREADS, offset: int = 0
) -> list[Thread]:
    """Return a member's conversations, the latest first."""
    rows = session.execute(
        _threads(), {"me": profile_id, "limit": limit, "offset": offset}
    )
    return [
        Thread(
            public_id=row.thread,
            since=row.since,
            partner=_partner(row),
            last=row if row.sent_at is not None else None,
            unread=row.unread,
            draft=row.draft or "",
        )
        for row in rows
    ]


@cache
def _conversation() -> Columns:
    me: BindParameter[int] = bindparam("me")
    return _with_partner(
        select(
            *_PARTNER,
            Introduction.id.label("thread_id"),
            Introduction.public_id.label("thread"),
            Introduction.state,
            _total().label("total"),
            _unread(me),
            MessageDraft.text.label("draft"),
            MessageDraft.form_key.label("draft_key"),
        ),
        me,
    ).where(Introduction.public_id == bindparam("thread"))


def get_conversation(session: Session, profile_id: int, public_id: str) -> Conversation:
    """Return one of a member's own conversations.

    Raises
    ------
    DomainError
        ``introduction-unknown``, also for those of others and of blocked people;
        ``conversation-closed`` before both have said yes.
    """
    row = session.execute(
        _conversation(), {"me": profile_id, "thread": public_id}
    ).first()
    if row is None:
        raise DomainError("introduction-unknown", status=404)
    if row.state is not IntroductionState.ACCEPTED:
        raise DomainError("conversation-closed")
    return Conversation(
        id=row.thread_id,
        public_id=row.thread,
        partner=_partner(row),
        total=row.total,
        unread=row.unread,
        draft=row.draft or "",
        draft_key=row.draft_key or "",
    )


@cache
def _news() -> Columns:
    me: BindParameter[int] = bindparam("me")
    last_read = (
        select(_Counted.read_at)
        .where(_Counted.introduction_id == Introduction.id, _Counted.author_id == me)
        .order_by(_Counted.id.desc())
        .limit(1)
        .correlate(Introduction)
        .scalar_subquery()
    )
    return (
        select(
            *_PARTNER,
            Introduction.id.label("thread_id"),
            _total().label("total"),
            last_read.label("last_read"),
        )
        .join(_Partner, _Partner.id == other_side(me))
        .outerjoin(Organisation, Organisation.id == _Partner.organisation_id)
        .where(
            is_mine(me),
            _Partner.id.not_in(blocks.hidden_from(me)),
            Introduction.public_id == bindparam("thread"),
            Introduction.state == IntroductionState.ACCEPTED,
        )
    )


def find_news(session: Session, profile_id: int, public_id: str) -> News:
    """Return how far one of a member's own conversations has come.

    Raises
    ------
    DomainError
        ``introduction-unknown``.
    """
    row = session.execute(_news(), {"me": profile_id, "thread": public_id}).first()
    if row is None:
        raise DomainError("introduction-unknown", status=404)
    return News(row.thread_id, _partner(row), row.total, row.last_read is not None)


@cache
def _page() -> Columns:
    return (
        select(
            Message.id,
            Message.author_id,
            Message.text,
            Message.lang,
            Message.sent_at,
            Message.read_at,
        )
        .where(Message.introduction_id == bindparam("thread_id"))
        .order_by(Message.id.desc())
        .limit(bindparam("limit"))
        .offset(bindparam("offset"))
    )


def list_page(
    session: Session, introduction_id: int, *, limit: int, skip: int = 0
) -> Sequence[Row[Any]]:
    """Return the last messages, oldest first, less the ``skip`` latest ones."""
    rows = session.execute(
        _page(), {"thread_id": introduction_id, "limit": limit, "offset": skip}
    )
    return rows.all()[::-1]
