"""Decisions about introductions and lists. Plain values in, plain values out."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from matchmaker.errors import DomainError
from matchmaker.matching.models import IntroductionState
from matchmaker.profiles.models import Answers
from matchmaker.vocabulary import sectors

TEXT_REASONS = frozenset({"need-offer", "field"})
STAGE_VALUES = {
    1: ("not_held", "no_interest", "informative", "cooperation_possible"),
    2: ("no_contact", "knowledge", "valuable_contact", "negotiation", "agreement"),
}
SECOND_STAGE_AFTER = timedelta(days=60)  # asked once a contact had time to grow
FARTHEST_DUE = timedelta(days=3653)  # ten years: beyond it is a slip of the finger

FARTHEST_LATER = 183  # days, half a year: after that a new request is better
LATER_CHOICES = (7, 30, 90)  # days offered in one tap
PACES = (1, 3, 5, 10)  # requests a week that a member may choose to get at most
FARTHEST_DELIVERY = 4  # weeks a request may wait for its turn
LEAST_RECEIVED = 5  # answers are told in words only above so many requests
MEMORY = 0.85  # weight of a request as a share of the next newer one's
_WORDS = (
    (0.25, Answers.RARELY),
    (0.6, Answers.SOMETIMES),
    (0.9, Answers.USUALLY),
    (2.0, Answers.ALMOST_ALWAYS),
)

_S = IntroductionState
#: From each state the states that a request may go to. What is not here is refused.
TRANSITIONS: Mapping[IntroductionState, frozenset[IntroductionState]] = {
    _S.QUEUED: frozenset({_S.PENDING, _S.WITHDRAWN}),
    _S.PENDING: frozenset(
        {
            _S.ACCEPTED,
            _S.DECLINED,
            _S.LATER,
            _S.HANDED_OVER,
            _S.EXPIRED,
            _S.WITHDRAWN,
        }
    ),
    # Who asked for time may answer sooner, or take more of it.
    _S.LATER: frozenset(
        {
            _S.PENDING,
            _S.LATER,
            _S.ACCEPTED,
            _S.DECLINED,
            _S.HANDED_OVER,
            _S.WITHDRAWN,
        }
    ),
    _S.ACCEPTED: frozenset(),
    _S.DECLINED: frozenset(),
    _S.HANDED_OVER: frozenset(),
    _S.EXPIRED: frozenset(),
    _S.WITHDRAWN: frozenset(),
}
#: States in which the one who was asked can answer.
ANSWERABLE = (IntroductionState.PENDING, IntroductionState.LATER)
#: States that count as an answer given; a withdrawn request counts nowhere.
ANSWERED = (
    IntroductionState.ACCEPTED,
    IntroductionState.DECLINED,
    IntroductionState.LATER,
    IntroductionState.HANDED_OVER,
)


@dataclass(frozen=True, slots=True)
class Placed:
    """A candidate at a place of a list, with the chance it had to stand there."""

    rank: int
    position: int
    propensity: float


def pair_key(one: int, other: int) -> str:
    """Return the same text for a pair whoever asks."""
    low, high = sorted((one, other))
    return f"{low}-{high}"


def check_open(
    state: IntroductionState, expires_at: datetime, moment: datetime
) -> None:
    """Refuse to answer what is answered, withdrawn or past its time.

    Raises
    ------
    DomainError
        ``introduction-closed``.
    """
    if state not in ANSWERABLE or expires_at <= moment:
        raise DomainError("introduction-closed")


def check_transition(state: IntroductionState, to: IntroductionState) -> None:
    """Refuse a way that the table of states does not have.

    Raises
    ------
    DomainError
        ``introduction-closed``.
    """
    if to not in TRANSITIONS[state]:
        raise DomainError("introduction-closed")


def check_later(day: date, today: date) -> None:
    """Refuse a day to come back on that is over, or too far away.

    Raises
    ------
    DomainError
        ``later-over``, ``later-far``.
    """
    if day <= today:
        raise DomainError("later-over", status=422)
    if (day - today).days > FARTHEST_LATER:
        raise DomainError("later-far", status=422)


def morning(day: date, zone: str, *, at: time = time(8)) -> datetime:
    """Return the moment, in UTC, at which a day begins for somebody.

    Where clocks skip that hour it is the same time after the start of the day as on
    the day before (PEP 495), so it is always on that very day.
    """
    return datetime.combine(day, at, ZoneInfo(zone)).astimezone(UTC)


def week_start(moment: datetime, zone: str, *, weeks: int = 0) -> datetime:
    """Return when the week of a moment began for somebody, or one some weeks later."""
    today = moment.astimezone(ZoneInfo(zone)).date()
    monday = today - timedelta(days=today.weekday()) + timedelta(weeks=weeks)
    return morning(monday, zone, at=time(0) if weeks == 0 else time(8))


def weeks_to_wait(pace: int | None, *, received: int, queued: int) -> int:
    """Return in how many weeks it is a request's turn; 0 is at once.

    Raises
    ------
    DomainError
        ``receiver-full`` if that is too far away.

    Parameters
    ----------
    pace
        Requests a week that the receiver wants at most; None is any number.
    received
        Requests that came before the receiver this week.
    queued
        Requests that wait for their turn already.
    """
    if pace is None or (not queued and received < pace):
        return 0
    weeks = queued // pace + 1
    if weeks > FARTHEST_DELIVERY:
        raise DomainError("receiver-full")
    return weeks


def answers_word(answered: Sequence[bool]) -> Answers | None:
    """Return in a word how often somebody answers; None while too few are known.

    The share is a weighted one: with ``a_k`` = 1 if the k-th newest request was
    answered and 0 if it expired, it is ``sum(m**k * a_k) / sum(m**k)``, k = 0, 1, ...,
    m = ``MEMORY``. So ten answers in a row lift somebody who never answered to four
    fifths: nobody is marked for good.

    Parameters
    ----------
    answered
        Of the requests that were answered or expired, the newest first.
    """
    if len(answered) <= LEAST_RECEIVED:
        return None
    weights = [MEMORY**k for k in range(len(answered))]
    gained = sum(w for w, one in zip(weights, answered, strict=True) if one)
    share = gained / sum(weights)
    return next(word for limit, word in _WORDS if share < limit)


def check_outcome(stage: int, value: str) -> None:
    """Refuse a value that is no step of its scale.

    Raises
    ------
    DomainError
        ``outcome-unknown``.
    """
    if value not in STAGE_VALUES.get(stage, ()):
        raise DomainError("outcome-unknown", status=422)


def check_due(due: date, today: date) -> None:
    """Refuse a due date that is over, or years away.

    Raises
    ------
    DomainError
        ``date-over``, ``date-far``. A day's grace is left for time zones.
    """
    if due < today - timedelta(days=1):
        raise DomainError("date-over", status=422)
    if due - today > FARTHEST_DUE:
        raise DomainError("date-far", status=422)


def place(count: int, *, shown: int, share: float, seed: str) -> list[Placed]:
    """Place ranked candidates, drawing a share of the shown places.

    The last ``share`` of the first ``shown`` places is filled by a draw without
    replacement from all candidates below the ranked ones; the rest keeps its
    order. A drawn place had the same chance for everybody in the draw, so its
    propensity is 1 over their number (Horvitz & Thompson 1952, as in Swaminathan
    & Joachims 2015); a ranked place is certain.

    Parameters
    ----------
    count
        Candidates of the list, ranked from 1.
    shown
        Places of the first page.
    share
        Share of those places that is drawn, in [0, 1].
    seed
        The same seed gives the same list.

    Returns
    -------
    list of Placed
        In order of position; ranks are a permutation of 1..count.
    """
    drawn = round(min(shown, count) * share)
    if count <= shown:
        drawn = 0  # nobody waits below: every place is certain
    ranked = min(shown, count) - drawn
    pool = list(range(ranked + 1, count + 1))
    picked = random.Random(seed).sample(pool, drawn)  # noqa: S311  not a secret
    below = [rank for rank in pool if rank not in set(picked)]
    placed = [Placed(rank, rank, 1.0) for rank in range(1, ranked + 1)]
    chance = 1 / len(pool) if pool else 1.0
    placed += [Placed(rank, ranked + n, chance) for n, rank in enumerate(picked, 1)]
    start = ranked + drawn
    placed += [Placed(rank, start + n, 1.0) for n, rank in enumerate(below, 1)]
    return placed


def reason_kinds(told: Mapping[str, Any]) -> str:
    """Return the codes of a proposal's reasons, each once, spaced."""
    return " ".join(sorted({one["code"] for one in told.get("reasons", ())}))


def quotable(reasons: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the text reasons worth quoting: one each way, each saying something.

    A pair of texts without a marked word shows nothing, the name of a sector is
    nobody's own words, and the second direction must not repeat the first. What texts
    of any trade share is quoted only if there is nothing better either way.
    """
    quotes = [reason for reason in reasons if _shows_something(reason)]
    # A reason that was kept before ``telling`` was told is taken for telling.
    telling = [one for one in quotes if one["evidence"].get("telling", True)]
    chosen: list[Mapping[str, Any]] = []
    quoted: list[set[str]] = []
    for direction in ("for_me", "for_them"):
        for reason in telling or quotes[:1]:
            texts = _texts(reason)
            if reason["direction"] == direction and texts not in quoted:
                chosen.append(reason)
                quoted.append(texts)
                break
    return chosen


def _texts(reason: Mapping[str, Any]) -> set[str]:
    return {reason["evidence"][f"{side}_text"] for side in ("need", "offer")}


def _shows_something(reason: Mapping[str, Any]) -> bool:
    if reason["code"] not in TEXT_REASONS:
        return False
    told = reason["evidence"]
    marked = bool(told["need_spans"] and told["offer_spans"])
    return marked and not _texts(reason) & _sector_names()


@cache
def _sector_names() -> frozenset[str]:
    return frozenset(
        sectors.sector_name(code, locale)
        for code in sectors.sector_codes()
        for locale in ("en", "ru", "zh")
    )
