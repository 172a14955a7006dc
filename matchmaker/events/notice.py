"""What a notice says: who brought somebody in, from where, what is stored, how long.

The same values stand in the letter and on the page behind its link, so that neither
can leave out what the other names (GDPR Art. 14). Codes only; sentences are templates.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from babel.dates import format_date
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from matchmaker.accounts.models import User
from matchmaker.events.models import Attendance, EventStaff, StaffRole
from matchmaker.events.roster import ImportBatch, Seed
from matchmaker.profiles.models import Profile
from matchmaker.vocabulary.countries import country_name
from matchmaker.vocabulary.languages import language_name
from matchmaker.vocabulary.sectors import is_sector, sector_name

LONGEST_QUOTE: Final = 300  # characters of the question at the head of a letter
_SINGLE: Final = (
    ("name", "full_name"),
    ("latin_name", "latin_name"),
    ("job_title", "job_title"),
    ("city", "city"),
    ("about", "about"),
)


@dataclass(frozen=True, slots=True)
class Source:
    """One list that somebody stands on: whose event, which file, when, on what basis.

    ``file`` is empty, and ``basis`` too, where no import is known (any more).
    """

    event: str
    file: str
    day: datetime
    basis: str


@dataclass(frozen=True, slots=True)
class Organiser:
    """Who answers for having brought the person in."""

    name: str
    organisation: str
    email: str


@dataclass(frozen=True, slots=True)
class Notice:
    """Everything a person must be told who did not give the data themselves."""

    rows: list[tuple[str, str]]
    source: Source
    organiser: Organiser
    question: str


def make_notice(session: Session, seed: Seed, locale: str) -> Notice:
    """Return what somebody is told, values in a language."""
    attendance = session.scalar(
        select(Attendance)
        .where(
            Attendance.profile_id == seed.profile_id,
            Attendance.event_id == seed.event_id,
        )
        .options(joinedload(Attendance.event))
    )
    return Notice(
        rows=list(stored_rows(seed, attendance, locale)),
        source=_source(session, seed, locale),
        organiser=_organiser(session, seed.event_id),
        question=attendance.question if attendance else "",
    )


def stored_rows(
    seed: Seed, attendance: Attendance | None, locale: str
) -> Iterator[tuple[str, str]]:
    """Yield the code and the text of every field that is stored, blank ones not."""
    rows = [
        *_profile_rows(seed.profile, locale),
        ("email", seed.email),
        ("phone", seed.phone),
        *((kind, one["value"]) for kind, one in sorted(_contacts(seed.profile))),
        *_item_rows(seed.profile, attendance.question if attendance else ""),
        *_attendance_rows(attendance),
    ]
    yield from ((code, text) for code, text in rows if text)


def _profile_rows(profile: Profile, locale: str) -> Iterator[tuple[str, str]]:
    for code, field in _SINGLE:
        yield code, getattr(profile, field)
    if profile.organisation is not None:
        yield "organisation", profile.organisation.name
        yield "website", profile.organisation.website
    if profile.country:
        yield "country", country_name(profile.country, locale)
    apart = "、" if locale == "zh" else ", "
    yield "languages", apart.join(language_name(c, locale) for c in profile.languages)
    yield (
        "sectors",
        apart.join(
            sector_name(code, locale) if is_sector(code) else code
            for code in profile.sectors
        ),
    )
    yield "markets", apart.join(country_name(c, locale) for c in profile.markets)


def _contacts(profile: Profile) -> list[tuple[str, dict[str, Any]]]:
    return [(kind, one) for kind, one in profile.contacts.items() if one.get("value")]


def _attendance_rows(attendance: Attendance | None) -> Iterator[tuple[str, str]]:
    if attendance is None:
        return
    yield "attended" if attendance.attended else "registered", "·"
    if attendance.minutes is not None:
        yield "minutes", str(attendance.minutes)
    yield "role", "" if attendance.role == "participant" else attendance.role


def _item_rows(profile: Profile, question: str) -> Iterator[tuple[str, str]]:
    """Yield offers and requests, and what was asked at the event, each text once."""
    asked = [line.strip() for line in question.split("\n")]
    texts = [item.text for item in profile.opportunities]
    for item in profile.opportunities:
        yield "asked" if item.text in asked else item.side.value, item.text
    yield "question", "\n".join(line for line in asked if line not in texts)


def _source(session: Session, seed: Seed, locale: str) -> Source:
    event = seed.event.name(locale)
    batch = session.get(ImportBatch, seed.batch_id) if seed.batch_id else None
    if batch is None:
        return Source(event, "", seed.created_at, "")
    day = batch.finished_at or batch.created_at
    basis = batch.basis.value if batch.basis else ""
    return Source(event, batch.file_name, day, basis)


def _organiser(session: Session, event_id: int) -> Organiser:
    """Return the event's owner, the first if there are several."""
    user = session.scalar(
        select(User)
        .join(EventStaff, EventStaff.user_id == User.id)
        .where(EventStaff.event_id == event_id, EventStaff.role == StaffRole.OWNER)
        .order_by(EventStaff.id)
        .limit(1)
    )
    if user is None:
        return Organiser("", "", "")
    profile = session.scalar(select(Profile).where(Profile.user_id == user.id))
    if profile is None:
        return Organiser("", "", user.email)
    return Organiser(profile.full_name, profile.organisation_name, user.email)


def letter_context(
    notice: Notice,
    *,
    secret: str,
    expires_at: datetime | None,
    answers: int,
    locale: str,
) -> dict[str, Any]:
    """Return a notice as the values of a letter's template, plain enough for JSON.

    Parameters
    ----------
    answers
        Members who could answer the question asked at the event; 0 leaves it out.
    """
    source, organiser = notice.source, notice.organiser
    named = [part for part in (organiser.name, organiser.organisation) if part]
    return {
        "secret": secret,
        "rows": [[code, _unlinked(code, text)] for code, text in notice.rows],
        "name": next((text for code, text in notice.rows if code == "name"), ""),
        "event": source.event,
        "file": source.file,
        "brought_on": long_day(source.day, locale),
        "basis": source.basis,
        "organiser": ("，" if locale == "zh" else ", ").join(named),
        "organiser_email": organiser.email,
        "question": _unlinked("question", notice.question)[:LONGEST_QUOTE],
        "answers": answers,
        "expires_on": long_day(expires_at, locale) if expires_at else "",
    }


def _unlinked(code: str, text: str) -> str:
    """Return a text on one line in which no mail program finds a link.

    Anybody could have typed it at the event under somebody else's address, and the
    letter comes from us.
    """
    line = " ".join(text.split())
    return line if code == "website" else line.replace("://", ": //")


def long_day(moment: datetime, locale: str) -> str:
    """Return a day in words of a language: letters are read in other years too."""
    # Russian ends its long form with "г.", which a full stop would follow.
    pattern = "d MMMM y" if locale == "ru" else "long"
    return str(format_date(moment.date(), pattern, locale=locale))
