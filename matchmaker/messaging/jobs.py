"""Work of the ledger that needs no request. Each step is its own transaction.

What was told is known by its key, so a job that dies goes on where it stopped and one
that runs twice tells nobody twice.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import func, select, union
from sqlalchemy.orm import Session, joinedload

from matchmaker.accounts.models import User
from matchmaker.clock import now
from matchmaker.db import Sessions
from matchmaker.matching.models import Introduction, IntroductionState, Outcome
from matchmaker.messaging import calendars, rules
from matchmaker.messaging.ledger import is_open_step
from matchmaker.messaging.models import ContactChoice, FollowUp, Message
from matchmaker.notices.models import NoticeKind, Notification
from matchmaker.notices.service import notify
from matchmaker.profiles.models import Profile, ProfileStatus
from matchmaker.trust import blocks

BATCH = 200  # introductions looked at in one transaction
#: Who wants to hear of contacts; a pause is a pause from this too.
_LISTENING = (ProfileStatus.ACTIVE, ProfileStatus.CLAIMED)
#: Words that close a contact for the one who said them.
_CLOSING = ("no_interest", "no_contact")
_OUTCOME_STAGES = (90, 180)  # reminders that ask for the second stage


@dataclass(slots=True)
class _Known:
    """What is known of some introductions; sides are (introduction, profile) ids."""

    spoken: dict[int, datetime]
    followed: dict[tuple[int, int], date]
    resting: set[tuple[int, int]]
    planned: set[tuple[int, int]]
    answered: set[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class _Nudge:
    user: User
    stage: int
    key: str
    partner: Profile
    introduction: Introduction


def nudge(sessions: Sessions, *, size: int = BATCH) -> int:
    """Remind members of contacts of which nothing is noted; return how many times."""
    told, last_id = 0, 0
    with sessions.read() as session:
        apart = blocks.list_pairs(session)
    while True:
        with sessions.read() as session:
            batch = _batch(session, last_id, size)
            due = list(_due(session, batch, apart))
        if not batch:
            return told
        last_id = batch[-1].id
        if due:
            with sessions.write.begin() as session:
                for one in due:
                    _tell(session, one)
            told += len(due)


def forget(sessions: Sessions) -> int:
    """Erase the cancelled steps that calendars had time enough to hear of."""
    with sessions.write.begin() as session:
        return calendars.forget_cancelled(session)


def _batch(session: Session, after: int, size: int) -> Sequence[Introduction]:
    return session.scalars(
        select(Introduction)
        .where(
            Introduction.id > after,
            Introduction.state == IntroductionState.ACCEPTED,
            Introduction.answered_at <= now() - timedelta(days=min(rules.NUDGES)),
        )
        .order_by(Introduction.id)
        .limit(size)
        .options(
            joinedload(Introduction.seeker).joinedload(Profile.user),
            joinedload(Introduction.candidate).joinedload(Profile.user),
        )
    ).all()


def _due(
    session: Session, batch: Sequence[Introduction], apart: dict[int, set[int]]
) -> Iterator[_Nudge]:
    """Return the reminders of some introductions that nobody was given yet."""
    if not batch:
        return
    known = _look_up(session, [one.id for one in batch])
    found = []
    for one in batch:
        if one.candidate_id in apart.get(one.seeker_id, ()):
            continue
        for side, partner in (
            (one.seeker, one.candidate),
            (one.candidate, one.seeker),
        ):
            made = _nudge_of(one, side, partner, known)
            if made is not None:
                found.append(made)
    rows = session.execute(
        select(Notification.user_id, Notification.once_key).where(
            Notification.once_key.in_([one.key for one in found])
        )
    )
    given = {(user_id, key) for user_id, key in rows}
    yield from (one for one in found if (one.user.id, one.key) not in given)


def _nudge_of(
    introduction: Introduction, side: Profile, partner: Profile, known: _Known
) -> _Nudge | None:
    user, place = side.user, (introduction.id, side.id)
    if (
        user is None
        or user.disabled_at is not None
        or side.status not in _LISTENING
        or partner.status is ProfileStatus.ERASED
        or place in known.resting
    ):
        return None
    since = _silent_since(introduction, place, known)
    stage = rules.nudge_stage(since, now())
    touched = introduction.id in known.spoken or place in known.followed
    if (
        stage is None
        or (stage == min(rules.NUDGES) and touched)
        or place in known.planned
        or (stage in _OUTCOME_STAGES and place in known.answered)
    ):
        return None
    key = f"nudge:{introduction.public_id}:{stage}:{since.date().isoformat()}"
    return _Nudge(user, stage, key, partner, introduction)


def _silent_since(
    introduction: Introduction, place: tuple[int, int], known: _Known
) -> datetime:
    """Return when the last thing happened that one of the two knows of."""
    moments = [introduction.answered_at or introduction.asked_at]
    if introduction.id in known.spoken:
        moments.append(known.spoken[introduction.id])
    if place in known.followed:
        moments.append(datetime.combine(known.followed[place], time.min, tzinfo=UTC))
    return max(moments)


def _look_up(session: Session, ids: Sequence[int]) -> _Known:
    """Return what the reminders of some introductions depend on; five statements."""
    spoken = session.execute(
        select(Message.introduction_id, func.max(Message.sent_at))
        .where(Message.introduction_id.in_(ids))
        .group_by(Message.introduction_id)
    )
    noted = session.execute(
        select(
            FollowUp.introduction_id,
            FollowUp.author_id,
            func.max(FollowUp.happened_on),
        )
        .where(FollowUp.introduction_id.in_(ids), FollowUp.planned.is_(False))
        .group_by(FollowUp.introduction_id, FollowUp.author_id)
    )
    return _Known(
        spoken=dict(spoken.all()),
        followed={(one, author): day for one, author, day in noted},
        resting=_places(session, _resting(ids)),
        planned=_places(session, _planned(ids)),
        answered=_places(session, _said(ids).where(Outcome.stage == 2)),  # noqa: PLR2004
    )


def _places(session: Session, statement: Any) -> set[tuple[int, int]]:  # noqa: ANN401
    return {(one, other) for one, other in session.execute(statement)}


def _resting(ids: Sequence[int]) -> Any:  # noqa: ANN401  a union of selects
    """Return who left a contact in peace, or said that it came to nothing."""
    return union(
        select(ContactChoice.introduction_id, ContactChoice.profile_id).where(
            ContactChoice.introduction_id.in_(ids),
            ContactChoice.quiet_since.is_not(None),
        ),
        _said(ids).where(Outcome.value.in_(_CLOSING)),
    )


def _planned(ids: Sequence[int]) -> Any:  # noqa: ANN401  a select
    return select(FollowUp.introduction_id, FollowUp.author_id).where(
        FollowUp.introduction_id.in_(ids), *is_open_step(FollowUp)
    )


def _said(ids: Sequence[int]) -> Any:  # noqa: ANN401  a select
    return select(Outcome.introduction_id, Outcome.author_id).where(
        Outcome.introduction_id.in_(ids)
    )


def _tell(session: Session, one: _Nudge) -> None:
    notify(
        session,
        session.get_one(User, one.user.id),
        kind=NoticeKind.FOLLOW_UP,
        code=rules.NUDGES[one.stage],
        once_key=one.key,
        context={
            "name": one.partner.full_name,
            "introduction": one.introduction.public_id,
        },
    )
