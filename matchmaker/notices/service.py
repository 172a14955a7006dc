"""Telling members what happened. Flush, never commit; the caller owns the transaction.

A notice is a row of the transaction that it tells of. Whoever wants it by mail at
once gets a letter from the same transaction; the rest waits for the digest.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from matchmaker.accounts.models import User
from matchmaker.clock import now
from matchmaker.errors import DomainError
from matchmaker.mail import queue_letter
from matchmaker.notices import rules
from matchmaker.notices.models import (
    Delivery,
    NoticeChoice,
    NoticeKind,
    NoticeSettings,
    Notification,
    Rhythm,
)

LISTED = 200  # notices on the page
ERASED_AT_ONCE = 500  # old notices in one transaction
#: Keys of a context that name what the notice is about, most telling first.
_ABOUT = ("introduction", "event")


def notify(  # noqa: PLR0913  each by name
    session: Session,
    user: User | None,
    *,
    kind: NoticeKind,
    code: str,
    context: Mapping[str, Any],
    once_key: str | None = None,
) -> None:
    """Tell somebody something; without an account there is nobody to tell.

    Parameters
    ----------
    code
        Which sentence of ``notices/texts.py``; ``email/<code>.txt`` is its letter,
        where there is none the sentence alone is.
    context
        Values for sentence, link and letter: names and public ids, never the text
        of a message.
    once_key
        The same key is told once to the same person, however often it is said.
    """
    if user is None:
        return
    if once_key is not None:
        known = select(Notification.id).where(
            Notification.user_id == user.id, Notification.once_key == once_key
        )
        if session.scalar(known) is not None:
            return
    delivery = find_delivery(session, user.id, kind)
    about = next((context[key] for key in _ABOUT if key in context), None)
    session.add(
        Notification(
            user_id=user.id,
            kind=kind,
            code=code,
            context=dict(context),
            about=about,
            once_key=once_key,
            mailed_at=None if delivery is Delivery.DIGEST else now(),
        )
    )
    if delivery is Delivery.AT_ONCE and user.disabled_at is None:
        _write_letter(session, user, kind=kind, code=code, context=context)


def _write_letter(
    session: Session,
    user: User,
    *,
    kind: NoticeKind,
    code: str,
    context: Mapping[str, Any],
) -> None:
    settings = get_settings(session, user.id)
    letter = queue_letter(
        session,
        to=user.email,
        template=code,
        locale=user.locale,
        context={**context, "way_out": [settings.public_id, kind.value]},
    )
    letter.due_at = rules.quiet_until(
        now(),
        zone=user.time_zone,
        quiet_from=settings.quiet_from,
        quiet_to=settings.quiet_to,
    )


def find_delivery(session: Session, user_id: int, kind: NoticeKind) -> Delivery:
    """Return how somebody wants a kind of notice by mail."""
    return list_deliveries(session, user_id)[kind]


def list_deliveries(session: Session, user_id: int) -> dict[NoticeKind, Delivery]:
    """Return how somebody wants each kind; who stopped all letters wants none."""
    if is_stopped(session, user_id):
        return dict.fromkeys(NoticeKind, Delivery.NEVER)
    return list_choices(session, user_id)


def list_choices(session: Session, user_id: int) -> dict[NoticeKind, Delivery]:
    """Return what somebody chose for each kind, or the default."""
    rows = session.execute(
        select(NoticeChoice.kind, NoticeChoice.delivery).where(
            NoticeChoice.user_id == user_id
        )
    )
    return {**rules.DEFAULTS, **{row[0]: row[1] for row in rows}}


def is_stopped(session: Session, user_id: int) -> bool:
    """Tell whether somebody stopped all letters but those about the account."""
    stopped = select(NoticeSettings.id).where(
        NoticeSettings.user_id == user_id, NoticeSettings.stopped_at.is_not(None)
    )
    return session.scalar(stopped) is not None


def get_settings(session: Session, user_id: int) -> NoticeSettings:
    """Return when letters may come to somebody; the row is made when missing."""
    wanted = select(NoticeSettings).where(NoticeSettings.user_id == user_id)
    found = session.scalar(wanted)
    if found is not None:
        return found
    found = NoticeSettings(user_id=user_id)
    try:
        with session.begin_nested():
            session.add(found)
    except IntegrityError:  # made by another request at this very moment
        return session.scalars(wanted).one()
    return found


def save_choices(
    session: Session, user_id: int, chosen: Mapping[NoticeKind, Delivery]
) -> None:
    """Store how somebody wants each kind."""
    for kind, delivery in chosen.items():
        choice = session.scalar(
            select(NoticeChoice).where(
                NoticeChoice.user_id == user_id, NoticeChoice.kind == kind
            )
        )
        if choice is None:
            choice = NoticeChoice(user_id=user_id, kind=kind)
            session.add(choice)
        choice.delivery = delivery
    session.flush()


def save_rhythm(  # noqa: PLR0913  each by name
    session: Session,
    user: User,
    *,
    rhythm: Rhythm,
    weekday: int,
    hour: int,
    quiet: tuple[int, int] | None,
) -> None:
    """Store when letters may come. It takes back a stop of all letters."""
    settings = get_settings(session, user.id)
    if settings.rhythm is Rhythm.NEVER or settings.stopped_at is not None:
        _let_go(session, user.id)
    settings.rhythm, settings.weekday, settings.hour = rhythm, weekday, hour
    settings.quiet_from, settings.quiet_to = quiet or (None, None)
    settings.stopped_at = None
    plan(settings, user)
    session.flush()


def _let_go(session: Session, user_id: int) -> None:
    """Keep what gathered while nobody wanted a digest out of the first one."""
    session.execute(
        update(Notification)
        .where(Notification.user_id == user_id, Notification.mailed_at.is_(None))
        .values(mailed_at=now())
    )


def plan(
    settings: NoticeSettings, user: User, *, after: datetime | None = None
) -> None:
    """Reckon anew when the next digest is due."""
    settings.time_zone = user.time_zone
    settings.next_at = rules.next_digest(
        after or now(),
        zone=user.time_zone,
        rhythm=Rhythm.NEVER if settings.stopped_at else settings.rhythm,
        weekday=settings.weekday,
        hour=settings.hour,
        sent_at=settings.sent_at,
    )


def list_notices(session: Session, user_id: int) -> list[Notification]:
    """Return what a member was told in the last months, newest first."""
    return list(
        session.scalars(
            select(Notification)
            .where(
                Notification.user_id == user_id,
                Notification.created_at > now() - rules.KEPT,
            )
            .order_by(Notification.id.desc())
            .limit(LISTED)
        )
    )


def see(session: Session, user_id: int, public_id: str) -> Notification:
    """Mark a notice as seen and return it.

    Raises
    ------
    DomainError
        ``notice-unknown``, also for notices of others.
    """
    found = session.scalar(
        select(Notification).where(
            Notification.user_id == user_id, Notification.public_id == public_id
        )
    )
    if found is None:
        raise DomainError("notice-unknown", status=404)
    found.seen_at = found.seen_at or now()
    return found


def see_all(session: Session, user_id: int) -> int:
    """Mark all of a member's notices as seen; return how many were not."""
    return _see(session, user_id)


def is_unseen(session: Session, user_id: int, about: str) -> bool:
    """Tell whether a member was told something about a page and has not seen it."""
    unseen = select(Notification.id).where(
        Notification.user_id == user_id,
        Notification.about == about,
        Notification.seen_at.is_(None),
    )
    return session.scalar(unseen.limit(1)) is not None


def see_about(session: Session, user_id: int, about: str) -> int:
    """Mark as seen what a page is about that the member opened."""
    return _see(session, user_id, Notification.about == about)


def _see(session: Session, user_id: int, *conditions: ColumnElement[bool]) -> int:
    seen: Any = session.execute(
        update(Notification)
        .where(
            Notification.user_id == user_id,
            Notification.seen_at.is_(None),
            *conditions,
        )
        .values(seen_at=now())
        .execution_options(synchronize_session=False)
    )
    return int(seen.rowcount)


def count_unseen(user_id: Any) -> Any:  # noqa: ANN401  SQL expressions
    """Return a scalar subquery: notices the member has not seen."""
    return (
        select(func.count())
        .where(
            and_(
                Notification.user_id == user_id,
                Notification.seen_at.is_(None),
                Notification.created_at > now() - rules.KEPT,
            )
        )
        .scalar_subquery()
    )


def stop(session: Session, public_id: str, what: str) -> User:
    """End letters by a link: all, the digest, or one kind.

    Raises
    ------
    DomainError
        ``link-invalid`` when the account is gone.
    """
    settings, user = _linked(session, public_id)
    if what == rules.ALL:
        settings.stopped_at = settings.stopped_at or now()
        plan(settings, user)
    elif what == rules.DIGEST:
        settings.rhythm = Rhythm.NEVER
        plan(settings, user)
    else:
        save_choices(session, user.id, {NoticeKind(what): Delivery.NEVER})
    session.flush()
    return user


def resume(session: Session, public_id: str, what: str) -> User:
    """Take back what a link ended.

    Raises
    ------
    DomainError
        ``link-invalid`` when the account is gone.
    """
    settings, user = _linked(session, public_id)
    _let_go(session, user.id)
    if what == rules.ALL:
        settings.stopped_at = None
        plan(settings, user)
    elif what == rules.DIGEST:
        settings.rhythm = Rhythm.DAILY
        plan(settings, user)
    else:
        kind = NoticeKind(what)
        save_choices(session, user.id, {kind: rules.DEFAULTS[kind]})
    session.flush()
    return user


def get_linked(session: Session, public_id: str) -> User:
    """Return whom a link of a letter is for.

    Raises
    ------
    DomainError
        ``link-invalid`` when the account is gone.
    """
    return _linked(session, public_id)[1]


def _linked(session: Session, public_id: str) -> tuple[NoticeSettings, User]:
    row = session.execute(
        select(NoticeSettings, User)
        .join(User, User.id == NoticeSettings.user_id)
        .where(NoticeSettings.public_id == public_id)
    ).first()
    if row is None:
        raise DomainError("link-invalid", status=404)
    return row[0], row[1]


def forget_about(session: Session, about: Sequence[str]) -> None:
    """Erase what anybody was told about some introductions: it names people."""
    session.execute(delete(Notification).where(Notification.about.in_(about)))


def has_old(session: Session) -> bool:
    """Tell whether there are notices that are no longer shown."""
    return session.scalar(_old(1)) is not None


def _old(at_most: int) -> Select[int]:
    return (
        select(Notification.id)
        .where(Notification.created_at < now() - rules.KEPT - timedelta(days=1))
        .limit(at_most)
    )


def forget_old(session: Session) -> int:
    """Erase some of the notices that are no longer shown; return how many."""
    ids = list(session.scalars(_old(ERASED_AT_ONCE)))
    session.execute(delete(Notification).where(Notification.id.in_(ids)))
    return len(ids)
