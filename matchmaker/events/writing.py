"""The rows an import writes: new drafts, and gaps filled in drafts that exist."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.clock import now
from matchmaker.db import Base
from matchmaker.events import judging
from matchmaker.events.bulk import (
    chunks,
    insert_rows,
    new_public_ids,
    take_ids,
    update_rows,
)
from matchmaker.events.entries import Entry
from matchmaker.events.known import Stored
from matchmaker.events.lines import TAKEN, Line
from matchmaker.events.models import Attendance, Event
from matchmaker.events.roster import ImportBatch, Seed, Verdict
from matchmaker.profiles.models import (
    Opportunity,
    Organisation,
    Profile,
    ProfileStatus,
)
from matchmaker.progress import Progress
from matchmaker.vocabulary.kind_of_item import guess_kind

STEP: Final = 5_000  # rows of an insert, between two counts
_LAST: Final = 99  # position of what is added to a draft: behind everything else
_SEED_BLANK: Final[Mapping[str, Any]] = {
    "digest": None,
    "invited_at": None,
    "reminded_at": None,
    "expires_at": None,
}


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


class Writer:
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
        self._tell: Callable[[Progress], None] = lambda _progress: None
        self._done = self._rows = 0

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

    def flush(self, tell: Callable[[Progress], None]) -> None:
        """Write everything; ``tell`` hears how many rows are written, of how many."""
        people, items = len(self._new), sum(len(e.items) for _line, e in self._new)
        # An organisation, a person, an address and an attendance are a row each.
        self._rows = len(self._founded) + items + 3 * people
        self._tell = tell
        self._write_organisations()
        ids = take_ids(self._session, Profile, len(self._new))
        for profile_id, (line, _entry) in zip(ids, self._new, strict=True):
            line.profile_id = profile_id
        codes = new_public_ids(len(self._new))
        self._insert(
            Profile,
            [
                self._profile(code, line, entry)
                for code, (line, entry) in zip(codes, self._new, strict=True)
            ],
        )
        changes = Changes(self._batch.id)
        for line, entry, stored in self._old:
            changes.note(line, entry, stored, employer=self._employer(entry))
        changes.write(self._session)
        self._write_items(changes.items)
        drafted = [(line.profile_id, entry) for line, entry in self._new]
        self._insert(
            Seed,
            [self._seed(*each) for each in (*drafted, *changes.seeds)],
        )
        self._insert(
            Attendance,
            [self._attendance(*each) for each in (*drafted, *changes.attendance)],
        )

    def _insert(self, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
        for part in chunks(rows, STEP):
            insert_rows(self._session, model, part)
            self._done += len(part)
            # What fills gaps of drafts that exist is not known before it is compared.
            self._tell(Progress("write", self._done, max(self._rows, self._done)))

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
        self._insert(Organisation, rows)

    def _profile(self, code: str, line: Line, entry: Entry) -> dict[str, Any]:
        return {
            "id": line.profile_id,
            "public_id": code,
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
        codes = new_public_ids(len(wanted))
        rows = []
        for number, code, (line, item, at) in zip(ids, codes, wanted, strict=True):
            side, words, lang = item
            if line.before is not None:
                line.before.setdefault("items", []).append(number)
            rows.append(
                {
                    "id": number,
                    "public_id": code,
                    "profile_id": line.profile_id,
                    "side": side,
                    "collaboration": guess_kind(words, side.value),
                    "text": words,
                    "lang": lang,
                    "position": at,
                    "valid_until": None,
                    "created_at": self._moment,
                }
            )
        self._insert(Opportunity, rows)

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


class Changes:
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
