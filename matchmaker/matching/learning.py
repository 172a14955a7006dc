"""What members did with proposals, as examples to learn from; training on them.

Reads impressions, decisions, introductions and outcomes; never messages, follow-ups or
private notes. What a statement is worth is in ``engine.examples``, how weights are
learned in ``engine.training``.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.clock import now
from matchmaker.engine.calibration import (
    Calibration,
    calibrate,
    digest_of,
    judge_chances,
)
from matchmaker.engine.community import Community
from matchmaker.engine.examples import STATEMENTS, Example, Examples, Stage, examples_of
from matchmaker.engine.ranking import attention
from matchmaker.engine.reliability import Reliability
from matchmaker.engine.scoring import Weights
from matchmaker.engine.training import (
    Comparison,
    Fitted,
    compare,
    fit_weights,
    split_by_time,
)
from matchmaker.matching import credence
from matchmaker.matching.models import (
    Decision,
    DecisionKind,
    DecisionReason,
    DeclineReason,
    Impression,
    Introduction,
    IntroductionState,
    ModelVersion,
    Outcome,
)

Directed = tuple[int, int]

#: Silence is no answer before the seeker had some days to come back.
QUIET = timedelta(days=3)
#: Reasons against this person or moment that say nothing of the fit.
#: Who was put off may come back: that says nothing.
_LIKED = {DecisionKind.SAVED: "saved", DecisionKind.INTERESTED: "saved"}
NO_WORD_ON_FIT = (DecisionReason.ALREADY_KNOWN, DecisionReason.NOT_NOW)
_ANSWERS = {
    IntroductionState.ACCEPTED: "accepted",
    IntroductionState.DECLINED: "declined",
}
#: Below so many unbiased statements the prior outweighs them: it is worth a hundred.
LEAST_EFFECTIVE = 200
#: Below so many answered requests the bands are still mostly those of the prior.
LEAST_ANSWERS = 50


@dataclass(slots=True)
class _Seen:
    """How a candidate was shown to a seeker, over all days."""

    first: date
    last: date
    never_shown: float = 1.0  # chance that the policy would not have shown it
    never_looked: float = 1.0


@dataclass(slots=True)
class _Asked:
    """One request with its answer and what both sides said came of it."""

    seeker_id: int
    candidate_id: int
    state: IntroductionState
    reason: DeclineReason | None
    day: date
    told: dict[int, dict[int, str]] = field(default_factory=lambda: defaultdict(dict))

    def judges_fit(self) -> bool:
        """Tell whether the answer says something of the fit, not of the moment only."""
        return self.state in _ANSWERS and self.reason is not DeclineReason.NOT_NOW

    def outcomes(self) -> dict[int, str]:
        """Return the latest word of each side that says something of the fit."""
        words = {
            author: [said[stage] for stage in sorted(said) if said[stage] in STATEMENTS]
            for author, said in self.told.items()
        }
        return {author: known[-1] for author, known in words.items() if known}


def training_set(
    session: Session, community: Community, *, since: date | None = None
) -> Examples:
    """Return everything that was said of pairs that were shown or asked.

    Sends four statements, whatever the size. The evidence is that of today's profiles;
    statements about people who are not listed any more are left out.
    """
    return examples_of(community, list_examples(session, since=since))


def list_examples(session: Session, *, since: date | None = None) -> list[Example]:
    """Return statements about directions of pairs, without their evidence.

    - A pair that was shown is judged by its seeker: asked, saved, refused, or passed
      over. It counts by the chance that the policy shows it. Who said something surely
      looked; who did not, looked at place r of a list with chance 1/r, on several days
      at least once (``ranking.attention``, the same that lists are made for).
    - A request is judged by who was asked: accepted or declined. An expired or
      withdrawn one is no answer, and a no "for now" says nothing of the fit. That a
      pair was asked without having been shown says nothing of interest, as nobody
      counts who was found in the directory and not asked.
    - An introduction is judged by each side that said what came of it.
    - What a closed group of new accounts says of itself is left out (``credence``).
    """
    seen = _seen(session, since)
    asked = _asked(session, since)
    reasons = {
        (seeker_id, candidate_id): (kind, reason)
        for seeker_id, candidate_id, kind, reason in session.execute(
            select(
                Decision.seeker_id,
                Decision.candidate_id,
                Decision.kind,
                Decision.reason,
            )
        )
    }
    rows = [_answer(one) for one in asked if one.judges_fit()]
    rows.extend(row for one in asked for row in _met(one))
    rows.extend(_interest(seen, asked, reasons))
    accepted = [
        (one.seeker_id, one.candidate_id)
        for one in asked
        if one.state is IntroductionState.ACCEPTED
    ]
    return credence.keep_credible(rows, accepted, credence.list_established(session))


def _seen(session: Session, since: date | None) -> dict[Directed, _Seen]:
    shown = select(
        Impression.seeker_id,
        Impression.candidate_id,
        Impression.run_id,
        Impression.shown_on,
        Impression.position,
        Impression.propensity,
    ).order_by(Impression.shown_on, Impression.id)
    if since is not None:
        shown = shown.where(Impression.shown_on >= since)
    rows = session.execute(shown).all()
    # A drawn candidate may stand at any of the list's drawn places.
    places = Counter((row[0], row[2], row[3]) for row in rows if row[5] < 1)
    looks = attention(np.array([row[4] for row in rows], float)).tolist()
    seen: dict[Directed, _Seen] = {}
    for (seeker, candidate, run, day, _, chance), look in zip(rows, looks, strict=True):
        one = seen.setdefault((seeker, candidate), _Seen(day, day))
        one.last = day
        one.never_shown *= 1 - min(1.0, chance * places.get((seeker, run, day), 1))
        one.never_looked *= 1 - look
    return seen


def _asked(session: Session, since: date | None) -> list[_Asked]:
    told = (
        select(
            Introduction.id,
            Introduction.seeker_id,
            Introduction.candidate_id,
            Introduction.state,
            Introduction.reason,
            Introduction.asked_at,
            Outcome.author_id,
            Outcome.stage,
            Outcome.value,
        )
        .outerjoin(Outcome, Outcome.introduction_id == Introduction.id)
        .order_by(Introduction.id, Outcome.id)
    )
    if since is not None:
        told = told.where(Introduction.asked_at >= datetime.combine(since, time(), UTC))
    found: dict[int, _Asked] = {}
    for row in session.execute(told):
        known, seeker, candidate, state, reason, at, author, stage, value = row
        one = found.setdefault(
            known, _Asked(seeker, candidate, state, reason, at.date())
        )
        if value is not None:
            one.told[author][stage] = value
    return list(found.values())


def _answer(one: _Asked) -> Example:
    """Return what the one who was asked answered; it is their gain that was judged."""
    word = _ANSWERS[one.state]
    said = [STATEMENTS[told].label for told in one.outcomes().values()]
    return Example(
        str(one.candidate_id),
        str(one.seeker_id),
        STATEMENTS[word],
        one.day,
        helped=sum(said) / len(said) if said else None,
    )


def _met(one: _Asked) -> Iterator[Example]:
    for author, word in one.outcomes().items():
        sides = {one.seeker_id, one.candidate_id}
        other = next(iter(sides - {author}))
        yield Example(str(author), str(other), STATEMENTS[word], one.day)


def _interest(
    seen: Mapping[Directed, _Seen],
    asked: Sequence[_Asked],
    decided: Mapping[Directed, tuple[DecisionKind, DecisionReason | None]],
) -> Iterator[Example]:
    requests = {(one.seeker_id, one.candidate_id): one.state for one in asked}
    settled = now().date() - QUIET
    for pair, one in seen.items():
        word: str | None = "passed" if one.last <= settled else None
        if pair[::-1] in requests:
            word = None  # the other side asked first: the answer is the word
        if pair in decided:
            kind, reason = decided[pair]
            refused = None if reason in NO_WORD_ON_FIT else "refused"
            word = refused if kind is DecisionKind.NOT_FOR_ME else _LIKED.get(kind)
        if pair in requests:
            withdrawn = requests[pair] is IntroductionState.WITHDRAWN
            word = None if withdrawn else "asked"
        if word is not None:
            yield Example(
                str(pair[0]),
                str(pair[1]),
                STATEMENTS[word],
                one.first,
                shown=1 - one.never_shown,
                examined=1 - one.never_looked if word == "passed" else 1.0,
            )


@dataclass(frozen=True, slots=True)
class Trained:
    """A candidate for the live version, and how far to believe it.

    Attributes
    ----------
    judged
        How the chances of an earlier fit did on later requests.
    said
        Statements by stage: shown, asked, met.
    window
        First and last day of the pairs learned from.
    """

    fitted: Fitted
    calibration: Calibration
    comparison: Comparison | None
    judged: Reliability
    said: Mapping[str, int]
    window: tuple[date, date]

    @property
    def doubts(self) -> list[str]:
        """Reasons not to conclude anything, as codes; none if there are none."""
        compared = self.comparison
        found = {
            "few-statements": self.fitted.effective < LEAST_EFFECTIVE,
            "few-answers": self.calibration.answers < LEAST_ANSWERS,
            "one-day": compared is None,
            "not-better": compared is not None and not compared.is_better,
        }
        return [code for code, doubtful in found.items() if doubtful]

    def metrics(self) -> dict[str, Any]:
        """Return the figures to keep with the version, as plain values."""
        return {
            "statements": dict(self.said),
            "effective": round(self.fitted.effective, 1),
            "errors": dict(self.fitted.errors),
            "log_loss": asdict(self.comparison) if self.comparison else None,
            "reliability": asdict(self.judged),
            "doubts": self.doubts,
        }


def train(examples: Examples) -> Trained:
    """Learn weights and calibration, and judge both on the latest quarter.

    Raises
    ------
    ValueError
        If there are no examples.
    """
    if not len(examples):
        raise ValueError("there is nothing to learn from")
    before, after = split_by_time(examples)
    earlier = fit_weights(before).weights
    fitted = fit_weights(examples)
    days = [
        date.fromordinal(int(day)) for day in (examples.day.min(), examples.day.max())
    ]
    counts = np.bincount(examples.stage, minlength=len(Stage)).tolist()
    return Trained(
        fitted,
        calibrate(examples, fitted.weights),
        compare(examples),
        judge_chances(after, earlier, calibrate(before, earlier)),
        dict(zip([stage.name.lower() for stage in Stage], counts, strict=True)),
        (days[0], days[1]),
    )


def add_candidate(
    session: Session, trained: Trained, *, name: str, author: str, note: str = ""
) -> ModelVersion:
    """Keep what was trained as a candidate; see ``versions.promote``."""
    weights = asdict(trained.fitted.weights)
    calibration = trained.calibration.state()
    version = ModelVersion(
        name=name,
        digest=digest_of(weights, calibration),
        weights=weights,
        calibration=calibration,
        metrics=trained.metrics(),
        window_from=trained.window[0],
        window_to=trained.window[1],
        author=author,
        note=note or None,
    )
    session.add(version)
    session.flush()
    return version


def add_by_hand(  # noqa: PLR0913  each by name
    session: Session,
    examples: Examples,
    weights: Weights,
    *,
    name: str,
    author: str,
    note: str = "",
) -> ModelVersion:
    """Keep weights that somebody chose as a candidate, calibrated on the ledger."""
    state, calibration = asdict(weights), calibrate(examples, weights).state()
    today = now().date()
    version = ModelVersion(
        name=name,
        digest=digest_of(state, calibration),
        weights=state,
        calibration=calibration,
        window_from=today,
        window_to=today,
        author=author,
        note=note or None,
    )
    session.add(version)
    session.flush()
    return version
