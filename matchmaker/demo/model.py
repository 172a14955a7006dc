"""The values a demo community consists of.

Plain frozen values only: what they look like in the database is the loader's
affair, and who they are is written in the files of `content`.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

Language = Literal["en", "ru", "zh"]
Role = Literal["member", "organiser", "admin"]
PersonState = Literal["active", "partial", "draft"]
Side = Literal["offer", "request"]
IntroductionState = Literal["pending", "accepted", "declined", "expired"]
FollowUpKind = Literal["call", "meeting", "mail", "visit", "chat"]
DecisionKind = Literal["interested", "saved", "skipped", "not_for_me"]
DecisionReason = Literal[
    "wrong_sector", "wrong_market", "wrong_size", "already_know", "not_now"
]
MessengerKind = Literal["", "telegram", "wechat", "whatsapp"]
EventKind = Literal["webinar", "meeting"]

STAGE_1 = ("not_held", "no_interest", "informative", "cooperation_possible")
STAGE_2 = ("no_contact", "knowledge", "valuable_contact", "negotiation", "agreement")


@dataclass(frozen=True, slots=True)
class DemoText:
    """One text in the three languages of the interface."""

    en: str
    ru: str
    zh: str


@dataclass(frozen=True, slots=True)
class DemoEvent:
    """A webinar or a meeting that has taken place before the demo's today."""

    key: str
    kind: EventKind
    name: DemoText
    description: DemoText
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    country: str
    city: str  # Empty for the webinar, which has no place.
    organiser: str  # The key of the organiser.


@dataclass(frozen=True, slots=True)
class DemoAttendance:
    """One person at one event, as the event tool recorded it."""

    event: str
    registered_at: datetime
    minutes: int  # 0 for somebody who registered and did not come.
    question: str  # Empty when nothing was asked.
    question_lang: Language | None


@dataclass(frozen=True, slots=True)
class DemoOrganisation:
    """An organisation; two people who share it carry an equal value."""

    key: str
    name: str
    latin_name: str
    country: str  # ISO 3166-1 alpha-2.
    city: str
    website: str  # Empty when only an attendee list mentions it, as are those below.
    founded: int | None
    size_band: str  # "1-9", "10-49", "50-249", "250+" or empty.


@dataclass(frozen=True, slots=True)
class DemoOpportunity:
    """One offer or one request."""

    side: Side
    type: str  # A collaboration type without its prefix, such as "supply".
    text: str
    lang: Language


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """One person with everything the profile shows."""

    key: str
    full_name: str
    latin_name: str
    email: str
    role: Role
    state: PersonState
    locale: Language
    time_zone: str
    country: str
    city: str
    languages: tuple[str, ...]  # ISO 639-1, the first is the mother tongue.
    job_title: str
    phone: str
    messenger_kind: MessengerKind
    messenger: str
    organisation: DemoOrganisation | None
    sectors: tuple[str, ...]
    markets: tuple[str, ...]
    about: str
    about_lang: Language | None
    opportunities: tuple[DemoOpportunity, ...]
    attendance: tuple[DemoAttendance, ...]
    joined_at: datetime | None  # None for a draft nobody has claimed.


@dataclass(frozen=True, slots=True)
class DemoMessage:
    """One message of a conversation."""

    author: str
    text: str
    lang: Language
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class DemoFollowUp:
    """One recorded contact and what it led to."""

    author: str
    kind: FollowUpKind
    happened_on: date
    what: str
    next_step: str
    due_on: date | None
    done_at: datetime | None
    private: bool
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class DemoOutcome:
    """What one side answered about the result, at stage 1 or 2."""

    author: str
    stage: Literal[1, 2]
    value: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class DemoIntroduction:
    """A request to be introduced and all that came of it.

    The items are indexes into the `opportunities` of the two people.
    """

    key: str
    seeker: str
    candidate: str
    seeker_item: int | None
    candidate_item: int | None
    note: str
    lang: Language
    state: IntroductionState
    asked_at: datetime
    answered_at: datetime | None
    expires_at: datetime
    messages: tuple[DemoMessage, ...]
    follow_ups: tuple[DemoFollowUp, ...]
    outcomes: tuple[DemoOutcome, ...]


@dataclass(frozen=True, slots=True)
class DemoDecision:
    """What a seeker did with a proposal."""

    seeker: str
    candidate: str
    kind: DecisionKind
    reason: DecisionReason | None  # Only with "not_for_me".
    at: datetime


@dataclass(frozen=True, slots=True)
class DemoCommunity:
    """Everybody and everything, in an order that never changes."""

    events: tuple[DemoEvent, ...]
    people: tuple[DemoPerson, ...]
    introductions: tuple[DemoIntroduction, ...]
    decisions: tuple[DemoDecision, ...]
