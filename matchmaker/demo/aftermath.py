"""What came of a conversation: follow-ups and the two stages of the outcome."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Literal

from matchmaker.demo.clockwork import on_day
from matchmaker.demo.library import follow_up_texts
from matchmaker.demo.model import (
    STAGE_1,
    STAGE_2,
    DemoFollowUp,
    DemoOutcome,
    FollowUpKind,
)
from matchmaker.demo.pairing import Pair
from matchmaker.demo.people import Member
from matchmaker.demo.talk import topic_name

# How each pair of texts in `followups.json` took place.
_KINDS: tuple[FollowUpKind, ...] = (
    "call",
    "call",
    "meeting",
    "mail",
    "visit",
    "chat",
    "call",
    "mail",
)
FOLLOWED_SHARE = 0.66
SECOND_SHARE = 0.4
DONE_SHARE = 0.65
PRIVATE_SHARE = 0.15
AGREE_SHARE = 0.75
BOTH_SIDES_SHARE = 0.7
# Stage 1 is asked when the first talks are over, stage 2 when weeks have passed.
STAGE_1_AFTER_DAYS = 16
STAGE_2_AFTER_DAYS = 50
_WEIGHTS_1 = (1, 2, 5, 6)
_WEIGHTS_2 = (1, 3, 5, 4, 2)


@dataclass(slots=True)
class Ledger:
    """Writes follow-ups and outcomes between the last message and today."""

    today: date
    rng: Random
    turns: Counter[str] = field(default_factory=Counter)

    def follow_ups(self, pair: Pair, after: datetime) -> tuple[DemoFollowUp, ...]:
        """Return none, one or two follow-ups of one side."""
        if self.rng.random() > FOLLOWED_SHARE:
            return ()
        author = self.rng.choice((pair.requester, pair.provider))
        found: list[DemoFollowUp] = []
        day = after.date() + timedelta(days=self.rng.randint(1, 5))
        while day < self.today:
            found.append(self._follow_up(pair, author, day))
            if len(found) > 1 or self.rng.random() > SECOND_SHARE:
                break
            day += timedelta(days=self.rng.randint(6, 16))
        return tuple(found)

    def overdue(self, pair: Pair, author: Member, after: datetime) -> DemoFollowUp:
        """Return a follow-up whose next step is a few days late."""
        made = self._follow_up(pair, author, after.date() + timedelta(days=1))
        return DemoFollowUp(
            author=made.author,
            kind=made.kind,
            happened_on=made.happened_on,
            what=made.what,
            next_step=made.next_step,
            due_on=self.today - timedelta(days=4),
            done_at=None,
            private=False,
            recorded_at=made.recorded_at,
        )

    def _follow_up(self, pair: Pair, author: Member, day: date) -> DemoFollowUp:
        lang = author.person.locale
        texts = follow_up_texts()[lang]
        index = self.turns[lang] % len(texts)
        self.turns[lang] += 1
        topic = topic_name(pair, lang)
        what, step = (text.format(topic=topic) for text in texts[index])
        due = day + timedelta(days=self.rng.randint(5, 14))
        zone = author.person.time_zone
        done: datetime | None = None
        if due < self.today and self.rng.random() < DONE_SHARE:
            done = on_day(
                due - timedelta(days=self.rng.randint(0, 3)), zone, rng=self.rng
            )
        return DemoFollowUp(
            author=author.person.key,
            kind=_KINDS[index],
            happened_on=day,
            what=what,
            next_step=step,
            due_on=due,
            done_at=done,
            private=self.rng.random() < PRIVATE_SHARE,
            recorded_at=on_day(day, zone, rng=self.rng),
        )

    def outcomes(
        self, pair: Pair, asked: date, *, last: datetime, met: bool
    ) -> tuple[DemoOutcome, ...]:
        """Return what both sides, or one, answered so far.

        Who has met cannot say afterwards that nothing took place.
        """
        if (self.today - asked).days < STAGE_1_AFTER_DAYS:
            return ()
        first = self._stage(pair, 1, last.date() + timedelta(days=2), met=met)
        good = any(o.value in STAGE_1[2:] for o in first)
        if not good or (self.today - asked).days < STAGE_2_AFTER_DAYS:
            return first
        latest = max(o.recorded_at.date() for o in first)
        return first + self._stage(pair, 2, latest + timedelta(days=21), met=True)

    def _stage(
        self, pair: Pair, stage: Literal[1, 2], earliest: date, *, met: bool
    ) -> tuple[DemoOutcome, ...]:
        skipped = 1 if met else 0
        values = (STAGE_1 if stage == 1 else STAGE_2)[skipped:]
        weights = (_WEIGHTS_1 if stage == 1 else _WEIGHTS_2)[skipped:]
        value = self.rng.choices(values, weights)[0]
        authors = [pair.requester, pair.provider]
        self.rng.shuffle(authors)
        if self.rng.random() > BOTH_SIDES_SHARE:
            authors.pop()
        found: list[DemoOutcome] = []
        for author in authors:
            day = earliest + timedelta(days=self.rng.randint(0, 6))
            if day >= self.today:
                continue
            zone = author.person.time_zone
            at = on_day(day, zone, rng=self.rng)
            found.append(DemoOutcome(author.person.key, stage, value, at))
            if self.rng.random() > AGREE_SHARE:
                # The other side sees the same talks one step differently.
                place = values.index(value)
                value = values[place - 1 if place else 1]
        return tuple(found)
