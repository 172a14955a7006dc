"""What is past its time goes: by kind, with counts, and on trial without doing it.

A trial does the very same and takes it back, so what it says is what would happen.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Connection, delete, event
from sqlalchemy.orm import sessionmaker

from matchmaker.accounts import jobs as accounts
from matchmaker.clock import now
from matchmaker.db import Sessions
from matchmaker.events import jobs as events
from matchmaker.mail import Letter, LetterState
from matchmaker.matching.models import Impression
from matchmaker.messaging import jobs as messaging
from matchmaker.notices import jobs as notices
from matchmaker.owndata import service
from matchmaker.owndata.models import DataRequest, RequestState
from matchmaker.trust import seen

#: Jobs that work in small steps are called again until they find nothing.
_MOST_STEPS: Final = 10_000
_CHANGES: Final = ("DELETE", "UPDATE")
_REQUESTS_KEPT: Final = timedelta(days=90)  # that somebody took a copy of their data


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of data that does not stay for ever."""

    name: str
    remove: Callable[[Sessions], object]
    in_steps: bool = False


def list_rules(settings: Mapping[str, Any]) -> list[Rule]:
    """Return what goes after its time, with the times of the settings."""
    letters, shown = settings["LETTERS_KEPT_DAYS"], settings["IMPRESSIONS_KEPT_DAYS"]
    views, unclaimed = settings["CONTACT_VIEWS_KEPT_DAYS"], settings["UNCLAIMED_DAYS"]
    imports, maximum = settings["IMPORT_KEPT_DAYS"], settings["SESSION_MAXIMUM"]
    return [
        Rule("sign-ins and links", lambda s: accounts.tidy(s, maximum=maximum)),
        Rule("letters that left or failed", lambda s: _letters(s, letters)),
        Rule("copies of somebody's data", _copies),
        Rule("rows and files of imports", lambda s: events.forget_imports(s, imports)),
        Rule(
            "people who never answered an invitation",
            lambda s: events.erase_unclaimed(s, unclaimed),
            in_steps=True,
        ),
        Rule("notices", notices.forget_old, in_steps=True),
        Rule("proposals that were seen", lambda s: _impressions(s, shown)),
        Rule("views of contact details", lambda s: _views(s, views)),
        Rule("cancelled steps", messaging.forget),
    ]


def tidy(
    sessions: Sessions, settings: Mapping[str, Any], *, dry_run: bool = False
) -> dict[str, int]:
    """Remove what is past its time; return rows removed or emptied, by kind.

    Each kind is a transaction of its own; a dry run takes each of them back.
    """
    return {
        rule.name: _run(sessions, rule, dry_run=dry_run)
        for rule in list_rules(settings)
    }


def _run(sessions: Sessions, rule: Rule, *, dry_run: bool) -> int:
    with sessions.engine.connect() as connection, connection.begin() as outer:
        counted = 0
        for _step in range(_MOST_STEPS if rule.in_steps else 1):
            with _counting(connection) as count:
                rule.remove(_Within(sessions, connection))
            counted += count[0]
            if not count[0]:
                break
        if dry_run:
            outer.rollback()
    return counted


class _Within(Sessions):
    """Sessions whose transactions are steps of one that stands around them."""

    def __init__(self, sessions: Sessions, connection: Connection) -> None:
        self.engine, self.reading = sessions.engine, sessions.reading
        self.write = self.read = sessionmaker(
            connection, join_transaction_mode="create_savepoint"
        )


@contextmanager
def _counting(connection: Connection) -> Iterator[list[int]]:
    """Give a list whose only number counts the rows that change."""
    count = [0]

    def note(_c: Any, cursor: Any, statement: str, *_rest: Any) -> None:  # noqa: ANN401
        if statement.lstrip().startswith(_CHANGES):
            count[0] += max(cursor.rowcount, 0)

    event.listen(connection, "after_cursor_execute", note)
    try:
        yield count
    finally:
        event.remove(connection, "after_cursor_execute", note)


def _letters(sessions: Sessions, days: int) -> None:
    with sessions.write.begin() as session:
        session.execute(
            delete(Letter).where(
                Letter.state != LetterState.WAITING,
                Letter.created_at < now() - timedelta(days=days),
            )
        )


def _copies(sessions: Sessions) -> None:
    with sessions.write.begin() as session:
        service.close_old(session)
        session.flush()
        session.execute(
            delete(DataRequest).where(
                DataRequest.state == RequestState.GONE,
                DataRequest.asked_at < now() - _REQUESTS_KEPT,
            )
        )


def _impressions(sessions: Sessions, days: int) -> None:
    with sessions.write.begin() as session:
        session.execute(
            delete(Impression).where(
                Impression.shown_on < now().date() - timedelta(days=days)
            )
        )


def _views(sessions: Sessions, days: int) -> None:
    with sessions.write.begin() as session:
        seen.forget(session, days=days)
