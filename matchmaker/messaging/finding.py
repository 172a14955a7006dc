"""Search in one's own conversations: read there and then, kept in no index."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matchmaker.matching.models import Introduction, IntroductionState
from matchmaker.messaging.models import Message
from matchmaker.messaging.talk import find_spans, word_patterns
from matchmaker.messaging.threads import (
    Thread,
    is_mine,
    list_threads,
    other_side,
)
from matchmaker.profiles.models import Profile
from matchmaker.trust import blocks

SEARCHED = 20_000  # messages looked through, the latest first: about 0.1 s
SHOWN = 50  # lines and people of an answer
EVERYBODY = 10_000  # conversations whose names are looked through


@dataclass(frozen=True, slots=True)
class Hit:
    """A message that holds the words, and where they stand in it."""

    message: Any
    spans: list[list[int]]


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found in a member's own conversations."""

    people: Sequence[Thread]
    hits: Sequence[Hit]


def search_own(session: Session, profile_id: int, query: str) -> Found:
    """Return the conversations whose partner, and the lines whose text, fit a query."""
    patterns = word_patterns(query)
    if not patterns:
        return Found([], [])
    return Found(
        _list_people(session, profile_id, patterns),
        _list_hits(session, profile_id, patterns),
    )


def _list_people(
    session: Session, profile_id: int, patterns: Sequence[re.Pattern[str]]
) -> list[Thread]:
    threads = list_threads(session, profile_id, limit=EVERYBODY)

    def names(thread: Thread) -> str:
        person = thread.partner
        employer = person.organisation.name if person.organisation else ""
        return f"{person.full_name}\n{person.latin_name}\n{employer}"

    return [one for one in threads if find_spans(names(one), patterns)][:SHOWN]


def _list_hits(
    session: Session, profile_id: int, patterns: Sequence[re.Pattern[str]]
) -> list[Hit]:
    numbered = func.row_number().over(
        partition_by=Message.introduction_id, order_by=Message.id
    )
    partner = other_side(profile_id)
    rows = session.execute(
        select(
            Introduction.public_id.label("thread"),
            numbered.label("number"),
            Message.author_id,
            Message.text,
            Message.lang,
            Message.sent_at,
            Profile.full_name,
        )
        .join(Introduction, Introduction.id == Message.introduction_id)
        .join(Profile, Profile.id == partner)
        .where(
            is_mine(profile_id),
            Introduction.state == IntroductionState.ACCEPTED,
            partner.not_in(blocks.hidden_from(profile_id)),
        )
        .order_by(Message.id.desc())
        .limit(SEARCHED)
    )
    hits: list[Hit] = []
    for row in rows:
        spans = find_spans(row.text, patterns)
        if spans:
            hits.append(Hit(row, spans))
            if len(hits) == SHOWN:
                break
    return hits
