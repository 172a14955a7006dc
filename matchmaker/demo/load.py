"""The demo community as rows: the one place that knows both the story and tables."""

import hashlib
from collections.abc import Callable
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.accounts import rules as account_rules
from matchmaker.accounts.models import User
from matchmaker.clock import now
from matchmaker.db import Sessions
from matchmaker.demo.community import build_community
from matchmaker.demo.lately import add_lately
from matchmaker.demo.model import (
    DemoCommunity,
    DemoDecision,
    DemoIntroduction,
    DemoPerson,
)
from matchmaker.events.models import Attendance, Event, EventKind, EventStaff, StaffRole
from matchmaker.events.roster import Seed
from matchmaker.matching import rules as matching_rules
from matchmaker.matching.models import (
    Decision,
    DecisionKind,
    DecisionReason,
    Introduction,
    IntroductionState,
    Outcome,
)
from matchmaker.messaging.models import ContactKind, FollowUp, Message
from matchmaker.profiles import service as profiles
from matchmaker.profiles.models import (
    Opportunity,
    Organisation,
    Profile,
    ProfileStatus,
    Side,
)

#: The password of the three printed logins; a demo is not a place for secrets.
PASSWORD = "silk road 2026"  # noqa: S105
LOGINS = ("member", "organiser", "admin")
_STATES = {
    "active": ProfileStatus.ACTIVE,
    "partial": ProfileStatus.CLAIMED,
    "draft": ProfileStatus.DRAFT,
}
_KINDS = {
    "interested": DecisionKind.INTERESTED,
    "skipped": DecisionKind.SKIPPED,
    "saved": DecisionKind.SAVED,
    "not_for_me": DecisionKind.NOT_FOR_ME,
}
_REASONS = {
    "wrong_sector": DecisionReason.WRONG_SECTOR,
    "wrong_market": DecisionReason.WRONG_MARKET,
    "wrong_size": DecisionReason.WRONG_SIZE,
    "already_know": DecisionReason.ALREADY_KNOWN,
    "not_now": DecisionReason.NOT_NOW,
}


def is_loaded(sessions: Sessions) -> bool:
    """Tell whether the community is there already."""
    with sessions.read() as session:
        return session.scalar(select(Event.id).limit(1)) is not None


def describe_logins(address: str) -> str:
    """Return the lines that a newcomer needs first."""
    lines = [f"  {name:<10} {name}@example.org   {PASSWORD}" for name in LOGINS]
    return "\n".join([f"\nOpen {address} and sign in as one of", *lines, ""])


def load(
    sessions: Sessions, *, today: date, progress: Callable[[int, int], None]
) -> None:
    """Write the whole community in one transaction: all of it or nothing."""
    community = build_community(today=today)
    with sessions.write.begin() as session:
        _Loader(session, community, progress).run()


class _Loader:
    def __init__(
        self,
        session: Session,
        community: DemoCommunity,
        progress: Callable[[int, int], None],
    ) -> None:
        self.session = session
        self.community = community
        self.progress = progress
        self.password_hash = account_rules.hash_password(PASSWORD)
        self.profiles: dict[str, Profile] = {}
        self.items: dict[str, list[Opportunity]] = {}
        self.organisations: dict[str, Organisation] = {}

    def run(self) -> None:
        people = self.community.people
        total = len(people) + len(self.community.introductions)
        for done, person in enumerate(people, 1):
            self.profiles[person.key] = self._profile(person)
            self.progress(done, total)
        self.session.add_all(self.profiles.values())
        self.session.flush()
        profiles.reindex(self.session, list(self.profiles.values()))
        self._events()
        for done, introduction in enumerate(self.community.introductions, 1):
            self._introduction(introduction)
            self.progress(len(people) + done, total)
        for decision in self.community.decisions:
            self._decision(decision)
        self.session.flush()
        add_lately(self.session, self.profiles)

    def _user(self, person: DemoPerson) -> User | None:
        if person.state == "draft":
            return None
        # Only the printed logins can sign in; the others are for looking at.
        known = person.email.partition("@")[0] in LOGINS
        return User(
            email=person.email,
            password_hash=self.password_hash if known else None,
            locale=person.locale,
            time_zone=person.time_zone,
            is_admin=person.role == "admin",
            confirmed_at=person.joined_at,
            created_at=person.joined_at or now(),
        )

    def _organisation(self, person: DemoPerson) -> Organisation | None:
        told = person.organisation
        if told is None:
            return None
        if told.key not in self.organisations:
            size = {"1-9": "2-9", "250+": "250-999"}.get(told.size_band, told.size_band)
            self.organisations[told.key] = Organisation(
                name=told.name, website=told.website, founded=told.founded, size=size
            )
        return self.organisations[told.key]

    def _profile(self, person: DemoPerson) -> Profile:
        items = [
            Opportunity(
                side=Side(item.side),
                collaboration=item.type,
                text=item.text,
                lang=item.lang,
                position=position,
            )
            for position, item in enumerate(person.opportunities)
        ]
        self.items[person.key] = items
        contacts = {"email": {"value": person.email, "visibility": "connections"}}
        if person.phone:
            contacts["phone"] = {"value": person.phone, "visibility": "connections"}
        if person.messenger_kind:
            contacts[person.messenger_kind] = {
                "value": person.messenger,
                "visibility": "connections",
            }
        user = self._user(person)
        joined = person.joined_at or now()
        # Ids that a repeated run gives again: links in the README stay good.
        public_id = hashlib.sha256(person.key.encode()).hexdigest()[:12]
        return Profile(
            public_id=public_id,
            user=user,
            organisation=self._organisation(person),
            status=self._status(person, items),
            full_name=person.full_name,
            latin_name=person.latin_name,
            job_title=person.job_title,
            country=person.country,
            city=person.city,
            languages=list(person.languages),
            sectors=list(person.sectors),
            markets=list(person.markets),
            about=person.about,
            about_lang=person.about_lang or "",
            contacts=contacts if user else {},
            opportunities=items,
            created_at=joined,
            changed_at=joined,
        )

    @staticmethod
    def _status(person: DemoPerson, items: list[Opportunity]) -> ProfileStatus:
        status = _STATES[person.state]
        if status is ProfileStatus.CLAIMED and items and person.country:
            return ProfileStatus.ACTIVE  # half empty, yet enough to be matched
        if status is ProfileStatus.ACTIVE and not items:
            return ProfileStatus.CLAIMED
        return status

    def _events(self) -> None:
        events = {}
        for told in self.community.events:
            event = Event(
                slug=told.key,
                names={"en": told.name.en, "ru": told.name.ru, "zh": told.name.zh},
                kind=EventKind(told.kind),
                place=told.city,
                time_zone=told.time_zone,
                starts_at=told.starts_at,
                ends_at=told.ends_at,
                languages=["en", "ru", "zh"],
            )
            self.session.add(event)
            self.session.flush()
            events[told.key] = event
            organiser = self.profiles[told.organiser].user
            if organiser is not None:
                self.session.add(
                    EventStaff(
                        event_id=event.id, user_id=organiser.id, role=StaffRole.OWNER
                    )
                )
        for person in self.community.people:
            for part in person.attendance:
                self.session.add(
                    Attendance(
                        event_id=events[part.event].id,
                        profile_id=self.profiles[person.key].id,
                        attended=part.minutes > 0,
                        minutes=part.minutes,
                        question=part.question,
                    )
                )
            if person.state == "draft" and person.attendance:
                self.session.add(
                    Seed(
                        profile_id=self.profiles[person.key].id,
                        event_id=events[person.attendance[0].event].id,
                        email=person.email.lower(),
                        locale=person.locale,
                    )
                )
        self.session.flush()

    def _introduction(self, told: DemoIntroduction) -> None:
        seeker, candidate = self.profiles[told.seeker], self.profiles[told.candidate]
        mine = self._item(told.seeker, told.seeker_item)
        theirs = self._item(told.candidate, told.candidate_item)
        state = IntroductionState(told.state)
        open_states = {IntroductionState.PENDING, IntroductionState.ACCEPTED}
        introduction = Introduction(
            pair_key=matching_rules.pair_key(seeker.id, candidate.id)
            if state in open_states
            else None,
            seeker_id=seeker.id,
            candidate_id=candidate.id,
            seeker_item=mine,
            candidate_item=theirs,
            seeker_cites=mine.text if mine else "",
            candidate_cites=theirs.text if theirs else "",
            note=told.note,
            lang=told.lang,
            state=state,
            asked_at=told.asked_at,
            expires_at=told.expires_at,
            answered_at=told.answered_at,
        )
        self.session.add(introduction)
        self.session.flush()
        self._history(told, introduction)

    def _item(self, key: str, index: int | None) -> Opportunity | None:
        items = self.items[key]
        return None if index is None or index >= len(items) else items[index]

    def _history(self, told: DemoIntroduction, introduction: Introduction) -> None:
        people = {told.seeker: told.candidate, told.candidate: told.seeker}
        unread_since = now() - timedelta(days=2)
        for number, message in enumerate(told.messages):
            self.session.add(
                Message(
                    introduction_id=introduction.id,
                    author_id=self.profiles[message.author].id,
                    recipient_id=self.profiles[people[message.author]].id,
                    text=message.text,
                    lang=message.lang,
                    form_key=f"demo-{told.key}-{number}",
                    sent_at=message.sent_at,
                    read_at=None if message.sent_at > unread_since else message.sent_at,
                )
            )
        for number, step in enumerate(told.follow_ups):
            self.session.add(
                FollowUp(
                    introduction_id=introduction.id,
                    author_id=self.profiles[step.author].id,
                    kind=ContactKind(step.kind),
                    happened_on=step.happened_on,
                    what=step.what,
                    next_step=step.next_step,
                    due_on=step.due_on,
                    done_at=step.done_at,
                    shared=not step.private,
                    form_key=f"demo-{told.key}-{number}",
                    created_at=step.recorded_at,
                )
            )
        for outcome in told.outcomes:
            self.session.add(
                Outcome(
                    introduction_id=introduction.id,
                    author_id=self.profiles[outcome.author].id,
                    stage=outcome.stage,
                    value=outcome.value,
                    recorded_at=outcome.recorded_at,
                )
            )

    def _decision(self, told: DemoDecision) -> None:
        self.session.add(
            Decision(
                seeker_id=self.profiles[told.seeker].id,
                candidate_id=self.profiles[told.candidate].id,
                kind=_KINDS[told.kind],
                reason=_REASONS[told.reason] if told.reason else None,
                decided_at=told.at,
            )
        )
