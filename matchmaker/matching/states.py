"""How a request moves from state to state, and who is told. Flush, never commit.

Every change goes through `move`: the table of states says what is allowed, the row's
version that nobody was faster. What time brings is in `clockwork`.
"""

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from matchmaker.errors import DomainError
from matchmaker.matching import rules
from matchmaker.matching.models import OPEN_STATES, Introduction, IntroductionState
from matchmaker.notices.models import NoticeKind
from matchmaker.notices.service import notify
from matchmaker.profiles.models import Profile
from matchmaker.trust import blocks
from matchmaker.vocabulary.countries import country_name

TRIES = 5  # others change the same row once or twice; more often is a fault
REMEMBERED = 30  # requests by which answers are judged; the next would weigh 0.8 %

#: What is told, and which switch of the notices it obeys. An end without a yes is no
#: news that somebody must have at once; that a day is left is none the day after.
_KINDS = {
    "asked": NoticeKind.REQUEST,
    "came_back": NoticeKind.REQUEST,
    "expiring": NoticeKind.REQUEST,
    "handed_on": NoticeKind.REQUEST,
    "accepted": NoticeKind.ANSWER,
    "put_off": NoticeKind.ANSWER,
    "handed_over": NoticeKind.ANSWER,
    "declined": NoticeKind.FOLLOW_UP,
    "expired": NoticeKind.FOLLOW_UP,
}


def move(
    session: Session,
    introduction: Introduction,
    to: IntroductionState,
    **values: Any,  # noqa: ANN401  columns that change with the state
) -> bool:
    """Bring a request into a state; False if it was brought there meanwhile.

    Of several who move it at once one comes first, and for the others the table
    decides again from where it is then.

    Raises
    ------
    DomainError
        ``introduction-closed``.
    """
    if to not in OPEN_STATES:
        values["pair_key"] = None
    for _try in range(TRIES):
        rules.check_transition(introduction.state, to)
        changed: Any = session.execute(
            update(Introduction)
            .where(
                Introduction.id == introduction.id,
                Introduction.version == introduction.version,
            )
            .values(state=to, version=introduction.version + 1, **values)
            .execution_options(synchronize_session=False)
        )
        session.refresh(introduction)
        if changed.rowcount:
            return True
        if introduction.state is to and to is not IntroductionState.LATER:
            return False
    raise DomainError("introduction-closed")


def tell(
    session: Session,
    code: str,
    introduction: Introduction,
    *,
    to: Profile,
    about: Profile,
    **context: str,
) -> None:
    """Tell one side what happened; nothing passes between people who are blocked."""
    if to.user is None or blocks.is_blocked(session, to.id, about.id):
        return
    notify(
        session,
        to.user,
        kind=_KINDS[code],
        code=code,
        once_key=":".join((code, introduction.public_id, context.get("on", ""))),
        context={
            "name": about.full_name,
            "organisation": about.organisation_name
            or country_name(about.country, to.user.locale),
            "introduction": introduction.public_id,
            **context,
        },
    )


def note_answers(session: Session, profile_id: int) -> None:
    """Store in a word how often a member answers, after an answer or an expiry."""
    ends = session.scalars(
        select(Introduction.state)
        .where(
            Introduction.candidate_id == profile_id,
            Introduction.state.in_((*rules.ANSWERED, IntroductionState.EXPIRED)),
            Introduction.seeker_id.not_in(blocks.hidden_from(profile_id)),
        )
        .order_by(Introduction.asked_at.desc(), Introduction.id.desc())
        .limit(REMEMBERED)
    )
    word = rules.answers_word([state in rules.ANSWERED for state in ends])
    session.execute(
        update(Profile)
        .where(Profile.id == profile_id, Profile.answers.is_distinct_from(word))
        .values(answers=word)
    )


def note_all_answers(session: Session) -> None:
    """Store the words of all who ever received a request."""
    received = select(Introduction.candidate_id).distinct()
    for profile_id in session.scalars(received).all():
        note_answers(session, profile_id)
