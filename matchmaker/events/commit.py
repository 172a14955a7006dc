"""Writing an import: all of it in one transaction, or nothing.

What stood there before is kept row by row, so that ``undo`` can put it back. The
event is locked meanwhile: of two organisers who import at once the second one finds
the people of the first.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.clock import now
from matchmaker.db import new_public_id
from matchmaker.errors import DomainError
from matchmaker.events import imports, judging, rules
from matchmaker.events import lines as batch_lines
from matchmaker.events.bulk import insert_rows, take_ids, update_rows
from matchmaker.events.entries import Entry
from matchmaker.events.formats import Limits
from matchmaker.events.known import Stored
from matchmaker.events.lines import TAKEN, Line
from matchmaker.events.models import Attendance, Event
from matchmaker.events.reading import LIMITS, Originals, find_people, understand
from matchmaker.events.roster import (
    Basis,
    BatchState,
    Choice,
    ImportBatch,
    Seed,
    Verdict,
)
from matchmaker.profiles.models import (
    Opportunity,
    Organisation,
    Profile,
    ProfileStatus,
)

_LAST: Final = 99  # position of what is added to a draft: behind everything else
_SEED_BLANK: Final[Mapping[str, Any]] = {
    "digest": None,
    "invited_at": None,
    "reminded_at": None,
    "expires_at": None,
}


def commit_batch(session: Session, batch: ImportBatch, *, key: str) -> dict[str, int]:
    """Write the people of a previewed import; return its rows by verdict.

    Pressed twice it changes nothing the second time. Everybody is looked up anew:
    since the preview somebody else may have imported, claimed or asked to be left
    alone.

    Raises
    ------
    DomainError
        ``import-not-ready`` before the preview is complete, ``import-closed`` after
        it was undone.
    """
    event = _lock(session, batch)
    if batch.state is BatchState.DONE:
        return {name: int(number) for name, number in batch.counts.items()}
    if batch.state is BatchState.UNDONE:
        raise DomainError("import-closed")
    if batch.state is not BatchState.READY:
        raise DomainError("import-not-ready")
    lines = batch_lines.load_lines(session, batch)
    batch_lines.forget_lines(session, batch.id)
    return _write(session, batch, event, lines, key=key)


def import_file(  # noqa: PLR0913  each by name
    session: Session,
    event: Event,
    *,
    author_id: int | None,
    file_name: str,
    data: bytes,
    basis: Basis,
    key: str,
    options: Mapping[str, Any] | None = None,
    limits: Limits = LIMITS,
    alike: Choice = Choice.ANOTHER,
) -> ImportBatch:
    """Read and write a file in one go, for the command line.

    ``alike`` says what becomes of people who only look like somebody known.

    Raises
    ------
    FileRefused
        When the file cannot be read.
    """
    batch = imports.stage(
        session,
        event,
        author_id=author_id,
        file_name=file_name,
        data=data,
        basis=basis,
        options=options,
        limits=limits,
    )
    found = understand(data, file_name, batch.options, limits=limits)
    people = find_people(found)
    lines = batch_lines.make_lines(people, Originals(found))
    for line in lines:
        line.choice = alike if line.person is not None else None
    _lock(session, batch)
    batch.options = dict(batch.options) | {"warnings": list(people.warnings)}
    batch.all_rows = batch.done_rows = len(lines)
    _write(session, batch, event, lines, key=key, again=False)
    return batch


def _lock(session: Session, batch: ImportBatch) -> Event:
    """Lock the event, then read the import as it is now."""
    event = session.execute(
        select(Event).where(Event.id == batch.event_id).with_for_update()
    ).scalar_one()
    session.refresh(batch)
    return event


def _write(  # noqa: PLR0913  each by name
    session: Session,
    batch: ImportBatch,
    event: Event,
    lines: list[Line],
    *,
    key: str,
    again: bool = True,
) -> dict[str, int]:
    judge = batch_lines.make_judge(session, event.id, key, lines)
    writer = _Writer(session, batch, event, load_organisations(session, event.id))
    for line in lines:
        if line.person is None:
            continue
        shown = line.verdict
        batch_lines.judge_line(line, judge)
        _settle(line, shown=shown if again else None, known=judge.known)
        writer.take(line)
    writer.flush()
    batch_lines.store_lines(session, batch.id, lines, emptied=True)
    batch.counts = batch_lines.count(lines)
    batch.state = BatchState.DONE
    batch.finished_at = now()
    batch.content = None
    # What the columns were called is kept for the file of rejected rows only.
    kept = ("header", "format", "encoding", "sheet", "warnings")
    batch.options = {n: v for n, v in batch.options.items() if n in kept}
    session.flush()
    return dict(batch.counts)


def _settle(line: Line, *, shown: Verdict | None, known: Mapping[int, Stored]) -> None:
    """Turn a question into what was decided about it; nobody is merged unasked."""
    if line.verdict is not Verdict.REVIEW:
        return
    if shown not in {None, Verdict.REVIEW}:
        line.verdict, line.reason = Verdict.NEW, ""  # the resemblance is younger
    elif line.choice is Choice.ANOTHER:
        line.verdict, line.reason = Verdict.NEW, ""
    elif line.choice is Choice.SAME_PERSON and line.stored is None:
        line.verdict, line.reason = Verdict.DUPLICATE, rules.SAME_IN_FILE
    elif line.choice is Choice.SAME_PERSON and line.entry is not None:
        line.stored = known.get(line.stored.profile_id) if line.stored else None
        if line.stored is not None:
            line.verdict, line.reason = judging.judge_stored(line.stored, line.entry)
    else:
        left_out = line.choice is Choice.LEAVE_OUT
        line.verdict = Verdict.SKIPPED
        line.reason = rules.LEFT_OUT if left_out else rules.UNDECIDED


def load_organisations(session: Session, event_id: int) -> dict[str, int]:
    """Return the organisations of an event's drafts by their bare name.

    Those of members stay theirs: a member may rename the own organisation.
    """
    rows = session.execute(
        select(Organisation.name, Organisation.id)
        .join(Profile, Profile.organisation_id == Organisation.id)
        .join(Seed, Seed.profile_id == Profile.id)
        .where(Seed.event_id == event_id, Profile.user_id.is_(None))
    )
    return {judging.organisation_key(row[0]): row[1] for row in rows}


class _Writer:
    """Collects what an import writes and sends it in a few statements."""

    def __init__(
        self,
        session: Session,
        batch: ImportBatch,
        event: Event,
        organisations: dict[str, int],
    ) -> None:
        self._session = session
        self._batch = batch
        self._event = event
        self._moment: datetime = now()
        self._came: bool = event.starts_at <= self._moment
        self._employers: dict[str, int | None] = dict(organisations)
        self._founded: dict[str, Entry] = {}
        self._new: list[tuple[Line, Entry]] = []
        self._old: list[tuple[Line, Entry, Stored]] = []

    def take(self, line: Line) -> None:
        """Note what a judged line will write."""
        entry = line.entry
        if entry is None or line.verdict not in TAKEN:
            return
        if line.verdict is Verdict.NEW:
            self._new.append((line, entry))
        elif line.stored is not None:
            line.profile_id = line.stored.profile_id
            if line.verdict is Verdict.UPDATE:
                self._old.append((line, entry, line.stored))
        if line.verdict is not Verdict.UPDATE:
            line.before = None
        line.like_id = None
        self._found(entry, line)

    def _found(self, entry: Entry, line: Line) -> None:
        """Note an organisation that nobody of the event's drafts has yet."""
        wanted = line.verdict is Verdict.NEW or (
            line.verdict is Verdict.UPDATE
            and line.stored is not None
            and not line.stored.claimed
            and not line.stored.profile.get("organisation_id")
        )
        if wanted and entry.organisation:
            name = judging.organisation_key(entry.organisation)
            if name not in self._employers:
                self._employers[name] = None
                self._founded[name] = entry

    def flush(self) -> None:
        """Write everything."""
        self._write_organisations()
        ids = take_ids(self._session, Profile, len(self._new))
        for profile_id, (line, _entry) in zip(ids, self._new, strict=True):
            line.profile_id = profile_id
        insert_rows(
            self._session,
            Profile,
            [self._profile(line, entry) for line, entry in self._new],
        )
        changes = _Changes(self._batch.id)
        for line, entry, stored in self._old:
            changes.note(line, entry, stored, employer=self._employer(entry))
        changes.write(self._session)
        self._write_items(changes.items)
        drafted = [(line.profile_id, entry) for line, entry in self._new]
        insert_rows(
            self._session,
            Seed,
            [self._seed(*each) for each in (*drafted, *changes.seeds)],
        )
        insert_rows(
            self._session,
            Attendance,
            [self._attendance(*each) for each in (*drafted, *changes.attendance)],
        )

    def _employer(self, entry: Entry) -> int | None:
        if not entry.organisation:
            return None
        return self._employers.get(judging.organisation_key(entry.organisation))

    def _write_organisations(self) -> None:
        ids = take_ids(self._session, Organisation, len(self._founded))
        rows = []
        for number, (name, entry) in zip(ids, self._founded.items(), strict=True):
            self._employers[name] = number
            rows.append(
                {
                    "id": number,
                    "name": entry.organisation,
                    "website": entry.website,
                    "founded": None,
                    "size": "",
                }
            )
        insert_rows(self._session, Organisation, rows)

    def _profile(self, line: Line, entry: Entry) -> dict[str, Any]:
        return {
            "id": line.profile_id,
            "public_id": new_public_id(),
            "user_id": None,
            "organisation_id": self._employer(entry),
            "status": ProfileStatus.DRAFT,
            "version": 1,
            "full_name": entry.full_name,
            "latin_name": entry.latin_name,
            "job_title": entry.job_title,
            "country": entry.country,
            "city": entry.city,
            "languages": entry.languages,
            "sectors": entry.sectors,
            "markets": [],
            "about": entry.about,
            "about_lang": entry.about_lang,
            "contacts": entry.contacts,
            "created_at": self._moment,
            "changed_at": self._moment,
            "list_stale_since": None,
            "reach_stale_since": None,
        }

    def _write_items(self, more: Iterable[tuple[Line, Any]]) -> None:
        """Write offers and requests; those of old drafts are noted for undo."""
        wanted = [
            (line, item, at)
            for line, entry in self._new
            for at, item in enumerate(entry.items)
        ]
        wanted += [(line, item, _LAST) for line, item in more]
        ids = take_ids(self._session, Opportunity, len(wanted))
        rows = []
        for number, (line, (side, words, lang), at) in zip(ids, wanted, strict=True):
            if line.before is not None:
                line.before.setdefault("items", []).append(number)
            rows.append(
                {
                    "id": number,
                    "public_id": new_public_id(),
                    "profile_id": line.profile_id,
                    "side": side,
                    "collaboration": "",
                    "text": words,
                    "lang": lang,
                    "position": at,
                    "valid_until": None,
                    "created_at": self._moment,
                }
            )
        insert_rows(self._session, Opportunity, rows)

    def _seed(self, profile_id: int | None, entry: Entry) -> dict[str, Any]:
        return {
            "profile_id": profile_id,
            "event_id": self._event.id,
            "batch_id": self._batch.id,
            "email": entry.email,
            "phone": entry.phone,
            "locale": entry.locale,
            "created_at": self._moment,
            **_SEED_BLANK,
        }

    def _attendance(self, profile_id: int | None, entry: Entry) -> dict[str, Any]:
        came = self._came if entry.attended is None else entry.attended
        return {
            "event_id": self._event.id,
            "profile_id": profile_id,
            "attended": came,
            "minutes": entry.minutes,
            "role": entry.role,
            "question": entry.question,
            "batch_id": self._batch.id,
        }


class _Changes:
    """What an import changes of people known already, with what stood there."""

    def __init__(self, batch_id: int) -> None:
        self._batch_id = batch_id
        self._profiles: list[tuple[dict[str, Any], dict[str, Any]]] = []
        self._seeds: list[tuple[dict[str, Any], dict[str, Any]]] = []
        self._attendance: list[tuple[dict[str, Any], dict[str, Any]]] = []
        self.items: list[tuple[Line, Any]] = []
        self.seeds: list[tuple[int, Entry]] = []
        self.attendance: list[tuple[int, Entry]] = []

    def note(
        self, line: Line, entry: Entry, stored: Stored, *, employer: int | None
    ) -> None:
        """Note what one line fills in; a member's own words are left alone."""
        line.before = {}
        if stored.attendance is None:
            line.before["attendance"] = None
            self.attendance.append((stored.profile_id, entry))
        elif more := judging.fills_attendance(stored, entry):
            line.before["attendance"] = {n: stored.attendance[n] for n in more}
            self._attendance.append(({"profile_id": stored.profile_id}, more))
        if stored.claimed:
            return
        fills = judging.fills_profile(stored, entry)
        if employer is not None and not stored.profile["organisation_id"]:
            fills["organisation_id"] = employer
        fills["version"] = stored.profile["version"] + 1
        line.before["profile"] = {name: stored.profile[name] for name in fills}
        self._profiles.append(({"id": stored.profile_id}, fills))
        if stored.seed is None:
            line.before["seed"] = None
            self.seeds.append((stored.profile_id, entry))
        elif more := judging.fills_seed(stored, entry):
            line.before["seed"] = {name: stored.seed[name] for name in more}
            self._seeds.append(({"profile_id": stored.profile_id}, more))
        self.items += ((line, item) for item in judging.new_items(stored, entry))

    def write(self, session: Session) -> None:
        """Send the changes of rows that exist."""
        update_rows(session, Profile, self._profiles)
        update_rows(session, Seed, self._seeds)
        event_id = select(ImportBatch.event_id).where(ImportBatch.id == self._batch_id)
        at_event = {"event_id": session.scalar(event_id)}
        update_rows(
            session,
            Attendance,
            ((at_event | where, values) for where, values in self._attendance),
        )
