"""Work of this room that needs no request. Each step is its own transaction.

What is to be done stands in the database, so a job that dies loses nothing and one
that runs twice changes nothing.
"""

import time
from email import message_from_bytes
from email.policy import default as mail_policy
from pathlib import Path
from typing import Final

from sqlalchemy import select, update

from matchmaker.clock import now
from matchmaker.db import Sessions
from matchmaker.events.jobs import scrub
from matchmaker.matching.bridge import Matcher
from matchmaker.owndata import replay, service
from matchmaker.owndata.bundle import Scribe, exports_folder, write_bundle
from matchmaker.owndata.collect import find_owner
from matchmaker.owndata.erasure import Erased
from matchmaker.owndata.models import Erasure

_EVERY: Final = 0.5  # seconds between two notes of how far a copy has come


def make_exports(sessions: Sessions, instance: Path, scribe: Scribe) -> int:
    """Make the copy that waits longest, if one does; return how many were made."""
    with sessions.read() as session:
        request_id = service.next_asked(session)
    if request_id is None:
        return 0
    with sessions.write.begin() as session:
        asked = service.begin(session, request_id)
        if asked is None:
            return 0
        user_id, path = asked.user_id, exports_folder(instance) / asked.file_name
    try:
        size = _make(sessions, request_id, user_id, path, scribe)
    except BaseException:
        path.unlink(missing_ok=True)
        with sessions.write.begin() as session:
            service.give_back(session, request_id)
        raise
    with sessions.write.begin() as session:
        there = service.finish(session, request_id, size)
    if not there:  # the person was erased meanwhile
        path.unlink(missing_ok=True)
    return int(there)


def _make(
    sessions: Sessions, request_id: int, user_id: int, path: Path, scribe: Scribe
) -> int:
    told_at = 0.0

    def tell(done: int, total: int) -> None:
        nonlocal told_at
        if done < total and time.monotonic() - told_at < _EVERY:
            return
        told_at = time.monotonic()
        with sessions.write.begin() as session:
            service.note_progress(session, request_id, done, total)

    with sessions.read() as session:
        owner = find_owner(session, user_id)
        if owner is None:
            return 0
        return write_bundle(session, owner, path, scribe=scribe, tell=tell)


def forget_exports(sessions: Sessions, instance: Path) -> int:
    """Delete copies whose day is over, and files that belong to nobody."""
    with sessions.write.begin() as session:
        closed = service.close_old(session)
    folder = exports_folder(instance)
    with sessions.read() as session:
        known = service.list_files(session)
    for path in folder.glob("*"):
        if path.with_suffix(".zip").name not in known:
            path.unlink(missing_ok=True)
    return closed


def forget_files(instance: Path, erased: Erased) -> None:
    """Delete what lies in folders about somebody erased: copies, letters of a demo."""
    for name in erased.files:
        (exports_folder(instance) / name).unlink(missing_ok=True)
    for path in (instance / "letters").glob("*.eml"):
        letter = message_from_bytes(path.read_bytes(), policy=mail_policy)
        texts = [str(letter["To"]), str(letter["Subject"])]
        texts += [
            part.get_content()
            for part in letter.walk()
            if part.get_content_maintype() == "text"
        ]
        if any(erased.words.finds(text) for text in texts):
            path.unlink(missing_ok=True)


def finish_erasures(sessions: Sessions, matcher: Matcher, instance: Path) -> int:
    """Make the files anew in which people still are who were erased.

    The fitted community keeps texts and their words, so it is fitted again; SQLite's
    log of changes is emptied. Then the list is written that outlives the database.
    """
    waiting = select(Erasure.digest).where(Erasure.finished_at.is_(None))
    with sessions.read() as session:
        digests = list(session.scalars(waiting))
    if not digests:
        return 0
    if matcher.state() != "none":
        with sessions.read() as session:
            matcher.refit(session)
    replay.keep_list(sessions, instance)
    scrub(sessions)
    with sessions.write.begin() as session:
        session.execute(
            update(Erasure).where(Erasure.digest.in_(digests)).values(finished_at=now())
        )
    return len(digests)
