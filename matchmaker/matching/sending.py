"""Sending a request under the rules of trust: haste and mass mailings are held back.

A request that is held does not exist for its receiver; a moderator's release makes it.
Flush, never commit.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from matchmaker.matching import introductions
from matchmaker.matching.models import Introduction
from matchmaker.profiles.models import Opportunity, Profile
from matchmaker.trust import holds
from matchmaker.trust.models import HeldText, TextPurpose


def send_request(  # noqa: PLR0913  each by name
    session: Session,
    seeker: Profile,
    candidate: Profile,
    *,
    note: str,
    drafted: tuple[str, str],
    limits: holds.Limits,
    **terms: Any,  # noqa: ANN401  passed on as they are
) -> Introduction | HeldText:
    """Ask to be introduced, or keep the request for a moderator.

    Everything else that may refuse a request comes first: what is held could be sent.

    Parameters
    ----------
    drafted
        The note and the original as the site proposed them: its words are nobody's
        mailing.
    terms
        The rest that ``introductions.request_introduction`` takes.

    Raises
    ------
    DomainError
        ``not-confirmed``, ``pace-new``, ``pace-day``, or as asking does.
    """
    before = introductions.find_between(session, seeker.id, candidate.id)
    last = before.id if before else None
    # Inside of a savepoint: what is refused or held has never been there.
    with session.begin_nested() as attempt:
        asked = introductions.request_introduction(
            session, seeker, candidate, note=note, **terms
        )
        if asked.id == last:
            return asked
        holds.check_first_contact(session, seeker, limits)
        texts = (note, terms.get("original") or "")
        judged = _judge(session, seeker, candidate, texts, drafted, limits=limits)
        if not any(words.held for words in judged):
            for words in judged:
                holds.note_sent(session, words)
            return asked
        attempt.rollback()
    words = replace(judged[0], recipients=max(one.recipients for one in judged))
    return holds.hold(session, words, rest=_rest(terms), limits=limits)


def _judge(  # noqa: PLR0913  pairs of texts
    session: Session,
    seeker: Profile,
    candidate: Profile,
    texts: tuple[str, str],
    drafted: tuple[str, str],
    *,
    limits: holds.Limits,
) -> list[holds.Words]:
    """Judge the note and the original, if any: a mailing may hide in either."""
    note, original = texts
    return [
        holds.judge_text(
            session,
            seeker.id,
            text,
            recipient_id=candidate.id,
            purpose=TextPurpose.REQUEST,
            drafted=proposed,
            limits=limits,
        )
        for text, proposed in zip(
            (note, original) if original else (note,), drafted, strict=False
        )
    ]


def send_held(
    session: Session,
    held: HeldText,
    text: str,
    rest: dict[str, Any],
    **terms: Any,  # noqa: ANN401
) -> Introduction:
    """Make the request that was held, as if it were asked now."""
    seeker = session.get_one(Profile, held.author_id)
    candidate = session.get_one(Profile, held.recipient_id)
    return introductions.request_introduction(
        session,
        seeker,
        candidate,
        note=text,
        seeker_item=_find(seeker.opportunities, rest["seeker_item"]),
        candidate_item=_find(candidate.opportunities, rest["candidate_item"]),
        **{name: rest[name] for name in ("lang", "original", "original_lang")},
        **terms,
    )


def _rest(terms: dict[str, Any]) -> dict[str, Any]:
    """Return what a release needs, as plain values."""
    items = {
        name: terms[name].public_id if terms[name] else ""
        for name in ("seeker_item", "candidate_item")
    }
    words = {
        name: terms.get(name) or "" for name in ("lang", "original", "original_lang")
    }
    return {**items, **words}


def _find(items: Sequence[Opportunity], public_id: str) -> Opportunity | None:
    return next((item for item in items if item.public_id == public_id), None)
