"""What an import would do with each person of a file. Values in, verdicts out.

The same person is found by mail, then by phone and name, then by organisation and
name. Names that are only alike are a question for the organiser, never an answer.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from anyascii import anyascii
from rapidfuzz import fuzz, process

from matchmaker.events import rules
from matchmaker.events.entries import Entry
from matchmaker.events.known import Stored
from matchmaker.events.roster import Verdict

_ALIKE: Final = 88.0  # of 100: Bekova and Bekowa, not Bekova and Bykova
_PREFIX: Final = 3  # letters two spellings of a name have in common at its start
_LETTERS: Final = re.compile(r"[^a-z0-9 ]+")
_LEGAL: Final = re.compile(
    r"\b(?:ооо|оао|зао|пао|ао|ип|тоо|осоо|чп|нао|гк|ltd|llc|llp|inc|co|corp|gmbh|ag|sa|"
    r"sarl|srl|bv|plc|pvt|limited|company|group|mchj)\b|有限责任公司|有限公司|股份"
)
_NO_WORD: Final = re.compile(r"[\W_]+")


@lru_cache(maxsize=200_000)
def name_key(name: str) -> str:
    """Return a name in Latin letters with its parts in one order."""
    plain = name if name.isascii() else anyascii(name)
    return " ".join(sorted(_LETTERS.sub("", plain.lower().replace("-", " ")).split()))


@lru_cache(maxsize=100_000)
def organisation_key(name: str) -> str:
    """Return an organisation's name without legal form and marks."""
    folded = unicodedata.normalize("NFKC", name).casefold().replace("ё", "е")
    bare = _NO_WORD.sub(" ", _LEGAL.sub(" ", _NO_WORD.sub(" ", folded)))
    return bare.strip() or _NO_WORD.sub(" ", folded).strip()


@dataclass(frozen=True, slots=True)
class Finding:
    """A verdict on one person; ``row`` is the earlier row it repeats or resembles."""

    verdict: Verdict
    reason: str = ""
    stored: Stored | None = None
    row: int = 0


@dataclass(slots=True)
class _Somebody:
    """A person to compare with: stored, or of an earlier row of the file."""

    key: str
    organisation: str
    emails: frozenset[str] | set[str]
    stored: Stored | None
    row: int


#: People whose names share their first letters in a country: names, and who it is.
_Block = tuple[list[str], list[_Somebody]]


class Judge:
    """Compares the people of a file with those known and with each other.

    Parameters
    ----------
    known
        Everybody of the event, by profile.
    members
        Profile by confirmed address, also of people who are not at the event.
    never
        Addresses that are never to be written to.
    asks
        Whether somebody can be asked about people who are only alike; if not, they
        are not looked for.
    """

    def __init__(
        self,
        known: Mapping[int, Stored],
        *,
        members: Mapping[str, int],
        never: Iterable[str] = (),
        asks: bool = True,
    ) -> None:
        self.known = known
        self._never = frozenset(never)
        self._asks = asks
        self._by_mail: dict[str, _Somebody] = {}
        self._by_phone: dict[tuple[str, str], _Somebody] = {}
        self._by_employer: dict[tuple[str, str], _Somebody] = {}
        self._blocks: dict[tuple[str, str], _Block] = {}
        self._taken: dict[int, int] = {}
        for stored in known.values():
            self._remember_stored(stored)
        for email, profile_id in members.items():
            if email not in self._by_mail:
                stored = known.get(profile_id) or Stored(profile_id, claimed=True)
                self._by_mail[email] = _Somebody("", "", {email}, stored, 0)

    def judge(self, entry: Entry, *, row: int, consent: bool | None = None) -> Finding:
        """Return what becomes of a person, and remember it for the rows that follow."""
        refused = rules.NEVER_AGAIN if entry.email in self._never else ""
        refused = rules.NO_CONSENT if consent is False and not refused else refused
        if refused:
            return Finding(Verdict.SKIPPED, refused)
        key = name_key(entry.full_name)
        employer = organisation_key(entry.organisation) if entry.organisation else ""
        same = self._certain(entry, key, employer)
        if same is not None and same.stored is None:
            return Finding(Verdict.DUPLICATE, rules.SAME_IN_FILE, row=same.row)
        parts = _parts(key) if self._asks else set()
        alike = None
        if same is None:
            blocks = (self._blocks.get((entry.country, part)) for part in parts)
            alike = self._alike(key, employer, blocks)
        stored = same.stored if same is not None else None
        someone = _Somebody(
            key, employer, {entry.email} if entry.email else set(), None, row
        )
        self._remember(someone, parts, phone=entry.phone, country=entry.country)
        if stored is not None:
            return self._find_stored(stored, entry, row)
        if alike is not None:
            reason = rules.ALIKE if alike.stored else rules.ALIKE_IN_FILE
            return Finding(Verdict.REVIEW, reason, alike.stored, alike.row)
        return Finding(Verdict.NEW)

    def _find_stored(self, stored: Stored, entry: Entry, row: int) -> Finding:
        """Return what a row adds to somebody known; the first such row counts."""
        first = self._taken.setdefault(stored.profile_id, row)
        if first != row:
            return Finding(Verdict.DUPLICATE, rules.SAME_IN_FILE, row=first)
        verdict, reason = judge_stored(stored, entry)
        return Finding(verdict, reason, stored)

    def _remember_stored(self, stored: Stored) -> None:
        profile = stored.profile
        key = name_key(profile["full_name"])
        employer = organisation_key(stored.organisation)
        someone = _Somebody(key, employer, stored.emails, stored, 0)
        self._remember(
            someone, _parts(key), phone=stored.phone, country=profile["country"]
        )

    def _remember(
        self, someone: _Somebody, parts: set[str], *, phone: str, country: str
    ) -> None:
        for email in someone.emails:
            self._by_mail.setdefault(email, someone)
        if not someone.key:
            return
        if phone:
            self._by_phone.setdefault((phone, someone.key), someone)
        if someone.organisation:
            employer = (someone.organisation, someone.key)
            self._by_employer.setdefault(employer, someone)
        for part in parts:
            keys, people = self._blocks.setdefault((country, part), ([], []))
            keys.append(someone.key)
            people.append(someone)

    def _certain(self, entry: Entry, key: str, employer: str) -> _Somebody | None:
        if entry.email and (same := self._by_mail.get(entry.email)):
            return same
        if not key:
            return None
        if entry.phone and (same := self._by_phone.get((entry.phone, key))):
            return same
        same = self._by_employer.get((employer, key)) if employer else None
        # Two addresses at one firm may be two people of one name: that is asked.
        if same is not None and not (entry.email and same.emails):
            return same
        return None

    def _alike(
        self, key: str, employer: str, blocks: Iterable[_Block | None]
    ) -> _Somebody | None:
        for block in blocks:
            if block is None:
                continue
            keys, people = block
            # Mostly nobody is alike, and the search for one ends sooner.
            if not process.extractOne(
                key, keys, scorer=fuzz.ratio, score_cutoff=_ALIKE
            ):
                continue
            for _name, _score, at in process.extract(
                key, keys, scorer=fuzz.ratio, score_cutoff=_ALIKE, limit=5
            ):
                if self._may_be_one(people[at], employer):
                    return people[at]
        return None

    @staticmethod
    def _may_be_one(other: _Somebody, employer: str) -> bool:
        """Tell whether to ask: namesakes of one file at two firms are two people."""
        if other.stored is not None:
            return True
        return not (employer and other.organisation) or employer == other.organisation


def _parts(key: str) -> set[str]:
    """Return under what a name is looked for: how a part begins, and the others.

    Two spellings of a name hardly ever differ in the beginnings of all its parts.
    """
    parts = key.split()
    initials = "".join(part[0] for part in parts)
    return {
        f"{part[:_PREFIX]} {initials}" for part in parts if len(part) >= _PREFIX
    } or {key}


def judge_stored(stored: Stored, entry: Entry) -> tuple[Verdict, str]:
    """Return whether an entry adds anything to somebody known."""
    if stored.claimed:
        adds = not stored.attendance or bool(fills_attendance(stored, entry))
        return (Verdict.UPDATE if adds else Verdict.SAME), rules.MEMBER
    adds = (
        stored.attendance is None
        or stored.seed is None
        or bool(
            fills_profile(stored, entry)
            or fills_seed(stored, entry)
            or fills_attendance(stored, entry)
            or new_items(stored, entry)
            or (entry.organisation and not stored.profile["organisation_id"])
        )
    )
    return (Verdict.UPDATE, rules.FILLS) if adds else (Verdict.SAME, rules.KNOWN)


_FILLED: Final = (
    *("latin_name", "job_title", "country", "city", "languages", "sectors"),
    *("full_name", "about"),
)


def fills_profile(stored: Stored, entry: Entry) -> dict[str, Any]:
    """Return the blank fields of a draft that an entry fills."""
    found = {
        name: value
        for name in _FILLED
        if not stored.profile[name] and (value := getattr(entry, name))
    }
    if "about" in found:
        found["about_lang"] = entry.about_lang
    contacts = stored.profile["contacts"]
    if more := {k: v for k, v in entry.contacts.items() if k not in contacts}:
        found["contacts"] = contacts | more
    return found


def fills_seed(stored: Stored, entry: Entry) -> dict[str, Any]:
    """Return address and phone where the draft has none."""
    seed = stored.seed or {}
    return {
        name: value
        for name in ("email", "phone")
        if not seed.get(name) and (value := getattr(entry, name))
    }


def fills_attendance(stored: Stored, entry: Entry) -> dict[str, Any]:
    """Return what is new about somebody's part in the event."""
    old = stored.attendance
    if old is None:
        return {}
    found: dict[str, Any] = {}
    if entry.attended and not old["attended"]:
        found["attended"] = True
    if entry.minutes is not None and old["minutes"] is None:
        found["minutes"] = entry.minutes
    if entry.question and not old["question"]:
        found["question"] = entry.question
    if entry.role != "participant" and old["role"] == "participant":
        found["role"] = entry.role
    return found


def new_items(stored: Stored, entry: Entry) -> list[tuple[Any, str, str]]:
    """Return the offers and requests that a draft does not have yet."""
    return [
        item
        for item in entry.items
        if (item[0].value, item[1].casefold()) not in stored.items
    ]
