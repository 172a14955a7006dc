"""What stands in the demo's rows beside the story: the states of these very days.

Requests that wait for a week or a day, one that went to a colleague, steps planned with
the other side, people who were asked often enough to be known for how they answer, a
wish, a search that stands, deals, and what the member with a login was told of it all.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.clock import now
from matchmaker.demo.community import SEED
from matchmaker.matching import rules, searches, states
from matchmaker.matching.deal_models import Deal, DealKind, DealValue
from matchmaker.matching.models import (
    OPEN_STATES,
    Introduction,
    IntroductionState,
    Outcome,
)
from matchmaker.matching.wish_models import Attribute, SearchHit, Strength, Wish
from matchmaker.messaging.models import ContactKind, FollowUp, StepOwner
from matchmaker.notices.models import NoticeKind, Notification
from matchmaker.profiles.models import Opportunity, Profile, ProfileStatus, Side

LOGINS = frozenset({"member", "organiser", "admin"})
WEEK = timedelta(days=7)
OFTEN = 6  # requests received: above five, answers are put into a word
ASKED_OFTEN = 5  # people who were asked that often
#: How they answered, the first of all who were asked before the last.
_ENDS = (
    IntroductionState.DECLINED,
    IntroductionState.ACCEPTED,
    IntroductionState.EXPIRED,
    IntroductionState.ACCEPTED,
    IntroductionState.DECLINED,
    IntroductionState.ACCEPTED,
)
_NOTES = {
    "en": "Good day! Your offer is close to what we look for. Could we talk for a "
    "quarter of an hour next week?",
    "ru": "Здравствуйте! Ваше предложение близко к тому, что мы ищем. Найдётся "
    "четверть часа для разговора на следующей неделе?",
    "zh": "您好！贵方的供应与我们的需求相近，下周能否抽一刻钟通话？",
}
#: Steps of the member with a login: what, whose turn, days from today.
_STEPS = (
    ("Ждём расчёт фрахта по двум маршрутам", StepOwner.THEM, 4),
    ("Созвониться и сверить объёмы на декабрь", StepOwner.BOTH, 2),
)
_Told = tuple[datetime, NoticeKind, str, Introduction, dict[str, str]]


def add_lately(session: Session, people: Mapping[str, Profile]) -> None:
    """Add the states of these days to the loaded story."""
    diary = _Diary(session, people)
    diary.ask_often()
    diary.ask_for_member()
    diary.plan_steps()
    diary.wish()
    diary.deal()
    session.flush()
    states.note_all_answers(session)
    diary.tell()
    session.flush()


class _Diary:
    def __init__(self, session: Session, people: Mapping[str, Profile]) -> None:
        self.session = session
        self.member = people["member"]
        self.rng = Random(SEED)
        self.today = now().replace(hour=6, minute=0, second=0, microsecond=0)
        self.active = [
            one
            for key, one in people.items()
            if one.status is ProfileStatus.ACTIVE
            and one.user is not None
            and key not in LOGINS
        ]
        self.known = {
            frozenset(pair)
            for pair in session.execute(
                select(Introduction.seeker_id, Introduction.candidate_id)
            )
        }

    def _free(self, other: Profile) -> Iterator[Profile]:
        """Return who was never in a request with somebody, and works elsewhere."""
        for one in self.active:
            pair = frozenset((one.id, other.id))
            elsewhere = one.organisation is not other.organisation
            if len(pair) > 1 and elsewhere and pair not in self.known:
                yield one

    def _ask(
        self,
        seeker: Profile,
        candidate: Profile,
        state: IntroductionState,
        asked_at: datetime,
        **values: Any,  # noqa: ANN401  columns
    ) -> Introduction:
        self.known.add(frozenset((seeker.id, candidate.id)))
        locale = seeker.user.locale if seeker.user else "en"
        mine = _first(seeker.opportunities, Side.REQUEST)
        theirs = _first(candidate.opportunities, Side.OFFER)
        pair_key = rules.pair_key(seeker.id, candidate.id)
        told: dict[str, Any] = {
            "pair_key": pair_key if state in OPEN_STATES else None,
            "seeker_id": seeker.id,
            "candidate_id": candidate.id,
            "seeker_item": mine,
            "candidate_item": theirs,
            "seeker_cites": mine.text if mine else "",
            "candidate_cites": theirs.text if theirs else "",
            "note": _NOTES[locale],
            "lang": locale,
            "state": state,
            "asked_at": asked_at,
            "expires_at": asked_at + WEEK,
            **values,
        }
        made = Introduction(**told)
        self.session.add(made)
        self.session.flush()
        return made

    def ask_often(self) -> None:
        """Have some people be asked often, and answer as people do."""
        received = Counter(
            self.session.scalars(
                select(Introduction.candidate_id).where(
                    Introduction.state.in_((*rules.ANSWERED, IntroductionState.EXPIRED))
                )
            )
        )
        order = sorted(self.active, key=lambda one: (-received[one.id], one.id))
        for popular in order[:ASKED_OFTEN]:
            asking = list(self._free(popular))
            seekers = self.rng.sample(asking, OFTEN)
            for place, (seeker, state) in enumerate(zip(seekers, _ENDS, strict=True)):
                asked_at = self._moment(seeker, popular, 20 + 6 * place)
                answered = asked_at + timedelta(hours=self.rng.randint(5, 90))
                ended = state is not IntroductionState.EXPIRED
                values = {"answered_at": answered} if ended else {}
                self._ask(seeker, popular, state, asked_at, **values)

    def _moment(self, one: Profile, other: Profile, days: float) -> datetime:
        """Return a moment some days ago at which both were there, if there is one."""
        both = max(one.created_at, other.created_at) + timedelta(hours=3)
        wanted = self.today - timedelta(days=days)
        return max(both, wanted) if both < self.today - 2 * WEEK else wanted

    def ask_for_member(self) -> None:
        """Let requests of the member wait: for a day, a week, a colleague."""
        member, today = self.member, self.today
        offering = [
            one
            for one in self._free(member)
            if any(item.side is Side.OFFER for item in one.opportunities)
        ]
        staff = Counter(one.organisation_id for one in self.active)
        team = [one for one in offering if staff[one.organisation_id] > 1]
        first = team[0]
        colleague = next(
            one for one in team[1:] if one.organisation_id == first.organisation_id
        )
        single = [one for one in offering if staff[one.organisation_id] == 1]
        patient, busy = single[3], single[7]
        state = IntroductionState
        back = today + timedelta(days=5)
        self.later = self._ask(
            member,
            patient,
            state.LATER,
            today - timedelta(days=3),
            returns_at=back,
            expires_at=back + WEEK,
        )
        busy.weekly_contacts = 1
        zone = busy.user.time_zone if busy.user else "UTC"
        turn = rules.week_start(now(), zone, weeks=1)
        self._ask(
            member,
            busy,
            state.QUEUED,
            today - timedelta(days=1),
            returns_at=turn,
            expires_at=turn + WEEK,
        )
        handed = self._ask(
            member,
            first,
            state.HANDED_OVER,
            today - timedelta(days=4),
            answered_at=today - timedelta(days=2),
        )
        self.successor = self._ask(
            member,
            colleague,
            state.PENDING,
            today - timedelta(days=2),
            handed_from=handed,
        )
        self.first = first

    def _contacts(self) -> list[Introduction]:
        return list(
            self.session.scalars(
                select(Introduction)
                .where(
                    Introduction.state == IntroductionState.ACCEPTED,
                    (Introduction.seeker_id == self.member.id)
                    | (Introduction.candidate_id == self.member.id),
                )
                .order_by(Introduction.asked_at)
            )
        )

    def plan_steps(self) -> None:
        """Plan what is next where the story has left it open."""
        noted = set(
            self.session.scalars(
                select(FollowUp.introduction_id).where(
                    FollowUp.author_id == self.member.id, FollowUp.done_at.is_(None)
                )
            )
        )
        free = [one for one in self._contacts() if one.id not in noted]
        for contact, (step, owner, days) in zip(free, _STEPS, strict=False):
            self.session.add(
                FollowUp(
                    introduction_id=contact.id,
                    author_id=self.member.id,
                    kind=ContactKind.CALL,
                    happened_on=self.today.date(),
                    planned=True,
                    next_step=step,
                    owner=owner,
                    due_on=self.today.date() + timedelta(days=days),
                    form_key=f"demo-plan-{days}",
                    created_at=self.today - timedelta(days=1),
                )
            )

    def wish(self) -> None:
        """Give the member a wish, and a search that found somebody."""
        self.session.add(
            Wish(
                profile_id=self.member.id,
                attribute=Attribute.LANGUAGE,
                value="*",
                strength=Strength.PREFER,
            )
        )
        self.search = searches.save_search(
            self.session,
            self.member.id,
            name="Экспедиторы в Китае",
            query="",
            facets={"country": ["CN"], "sector": ["logistics.forwarding"]},
        )
        hit = self.session.scalar(
            select(SearchHit).where(SearchHit.search_id == self.search.id).limit(1)
        )
        if hit is not None:
            hit.found_at = self.today - timedelta(days=1)

    def deal(self) -> None:
        """Say what came of those who say that they agreed."""
        agreed = self.session.scalars(
            select(Outcome).where(Outcome.value == "agreement").order_by(Outcome.id)
        )
        kinds = (DealKind.ORDER, DealKind.AGREEMENT, DealKind.PROJECT)
        bands = (DealValue.TO_100K, DealValue.TO_1M, DealValue.BELOW_10K)
        for place, outcome in enumerate(agreed):
            one = self.session.get_one(Introduction, outcome.introduction_id)
            countries = sorted({one.seeker.country, one.candidate.country})
            self.session.add(
                Deal(
                    introduction_id=one.id,
                    author_id=outcome.author_id,
                    kinds=[kinds[place % len(kinds)].value],
                    value=bands[place % len(bands)],
                    countries=countries,
                    recorded_at=outcome.recorded_at,
                )
            )

    def tell(self) -> None:
        """Tell the member what happened, by the page alone: no letter leaves."""
        told: list[_Told] = [
            (one.asked_at, NoticeKind.REQUEST, "asked", one, {})
            for one in self._list(IntroductionState.PENDING)
        ]
        told += [
            (one.answered_at, NoticeKind.ANSWER, "accepted", one, {})
            for one in self._contacts()
            if one.seeker_id == self.member.id and one.answered_at
        ]
        day = timedelta(days=1)
        back = (self.today + 5 * day).date().isoformat()
        answer = NoticeKind.ANSWER
        told += [
            (self.today - 2 * day, answer, "put_off", self.later, {"on": back}),
            (
                self.today - 2 * day,
                answer,
                "handed_over",
                self.successor,
                {
                    "name": self.first.full_name,
                    "colleague": self.successor.candidate.full_name,
                },
            ),
        ]
        for at, kind, code, one, more in sorted(told, key=lambda row: row[0]):
            other = one.seeker if one.candidate_id == self.member.id else one.candidate
            self._notice(
                kind,
                code,
                at,
                about=one.public_id,
                context={
                    "name": other.full_name,
                    "organisation": other.organisation_name,
                    "introduction": one.public_id,
                    **more,
                },
            )
        self._notice(
            NoticeKind.SEARCH,
            "search",
            self.today - timedelta(hours=20),
            about=None,
            context={
                "name": self.search.name,
                "count": 1,
                "search": self.search.public_id,
            },
        )

    def _list(self, state: IntroductionState) -> Sequence[Introduction]:
        return self.session.scalars(
            select(Introduction).where(
                Introduction.candidate_id == self.member.id,
                Introduction.state == state,
            )
        ).all()

    def _notice(
        self,
        kind: NoticeKind,
        code: str,
        at: datetime,
        *,
        about: str | None,
        context: Mapping[str, object],
    ) -> None:
        old = at < self.today - timedelta(days=3)
        self.session.add(
            Notification(
                user_id=self.member.user_id,
                kind=kind,
                code=code,
                context=dict(context),
                about=about,
                created_at=at,
                seen_at=at + timedelta(hours=2) if old else None,
                mailed_at=at,
            )
        )


def _first(items: Sequence[Opportunity], side: Side) -> Opportunity | None:
    return next((item for item in items if item.side is side), None)
