"""Telling members what happened. Flush, never commit; the caller owns the transaction.

A notice is a row of the transaction that it tells of. Whoever wants it by mail at
once gets a letter from the same transaction; the rest waits for the digest.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.accounts.models import User
from matchmaker.clock import now
from matchmaker.mail import queue_letter
from matchmaker.notices.models import (
    Delivery,
    NoticeChoice,
    NoticeKind,
    Notification,
)

#: What happens where a member chose nothing.
DEFAULTS = {
    NoticeKind.REQUEST: Delivery.AT_ONCE,
    NoticeKind.ANSWER: Delivery.AT_ONCE,
    NoticeKind.MESSAGE: Delivery.DIGEST,
    NoticeKind.FOLLOW_UP: Delivery.DIGEST,
    NoticeKind.PROPOSALS: Delivery.DIGEST,
    NoticeKind.SEARCH: Delivery.DIGEST,
    NoticeKind.EVENT: Delivery.AT_ONCE,
}


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
        Which sentence; ``email/<code>.txt`` is its letter.
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
    session.add(
        Notification(
            user_id=user.id,
            kind=kind,
            code=code,
            context=dict(context),
            once_key=once_key,
            mailed_at=None if delivery is Delivery.DIGEST else now(),
        )
    )
    if delivery is Delivery.AT_ONCE:
        queue_letter(
            session, to=user.email, template=code, locale=user.locale, context=context
        )


def find_delivery(session: Session, user_id: int, kind: NoticeKind) -> Delivery:
    """Return how somebody wants a kind of notice by mail."""
    chosen = session.scalar(
        select(NoticeChoice.delivery).where(
            NoticeChoice.user_id == user_id, NoticeChoice.kind == kind
        )
    )
    return chosen or DEFAULTS[kind]
