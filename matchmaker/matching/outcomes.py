"""What came of introductions, as each side sees it. Flush, never commit.

The sides never see each other's words. Where they disagree both are kept; only
counts of that leave this room.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from sqlalchemy import Select, func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from matchmaker.clock import now
from matchmaker.errors import DomainError
from matchmaker.matching import rules
from matchmaker.matching.deal_models import Deal, DealKind, DealValue
from matchmaker.matching.models import Introduction, IntroductionState, Outcome
from matchmaker.vocabulary.countries import is_country

Said = TypeVar("Said", Outcome, Deal)
MOST_COUNTRIES = 20  # of one deal
AGREED = "agreement"  # what a deal says on the scale of the second stage


@dataclass(frozen=True, slots=True)
class OutcomeView:
    """What the block "What came of it?" of a contact shows to one side.

    Attributes
    ----------
    stages
        By stage the steps of its scale; the second one only when its time has come,
        or something was said of it.
    said
        By stage the word that this side gave.
    deal
        What this side says came of it, if anything.
    """

    introduction: Introduction
    stages: Mapping[int, Sequence[str]]
    said: Mapping[int, Outcome]
    deal: Deal | None


@dataclass(frozen=True, slots=True)
class DealCount:
    """Deals among some people, each contact counted once.

    Attributes
    ----------
    contacts
        Introductions of which at least one side tells of a deal.
    confirmed
        Those of which both do.
    kinds
        Introductions by kind of deal; one may be of several kinds.
    values
        Introductions by band; where the sides differ, the lower one counts.
    countries
        Introductions by country involved, both sides' words together.
    """

    contacts: int = 0
    confirmed: int = 0
    kinds: Mapping[str, int] = field(default_factory=dict)
    values: Mapping[str, int] = field(default_factory=dict)
    countries: Mapping[str, int] = field(default_factory=dict)


def record_outcome(
    session: Session,
    introduction: Introduction,
    author_id: int,
    *,
    stage: int,
    value: str,
) -> Outcome:
    """Store what one side says came of an accepted introduction.

    Raises
    ------
    DomainError
        ``outcome-unknown``, ``conversation-closed``.
    """
    rules.check_outcome(stage, value)
    _check_accepted(introduction)
    wanted = select(Outcome).where(
        Outcome.introduction_id == introduction.id,
        Outcome.author_id == author_id,
        Outcome.stage == stage,
    )
    new = Outcome(
        introduction_id=introduction.id, author_id=author_id, stage=stage, value=value
    )
    outcome = session.scalar(wanted) or _add(session, new, wanted)
    outcome.value = value
    outcome.recorded_at = now()
    session.flush()
    return outcome


def list_outcomes(session: Session, introduction_id: int) -> list[Outcome]:
    """Return what both sides said so far, oldest first."""
    return list(
        session.scalars(
            select(Outcome)
            .where(Outcome.introduction_id == introduction_id)
            .order_by(Outcome.stage, Outcome.recorded_at)
        )
    )


def record_deal(  # noqa: PLR0913  each by name
    session: Session,
    introduction: Introduction,
    author_id: int,
    *,
    kinds: Sequence[str],
    value: str,
    countries: Sequence[str],
) -> Deal | None:
    """Store what one side says came of a contact; without a kind it is taken back.

    A deal is an agreement on the scale of the second stage too, so that the model
    learns from it.

    Raises
    ------
    DomainError
        ``outcome-unknown``, ``conversation-closed``.
    """
    _check_accepted(introduction)
    known_values = {one.value for one in DealValue}
    if value not in known_values or not set(kinds) <= {one.value for one in DealKind}:
        raise DomainError("outcome-unknown", status=422)
    deal = find_deal(session, introduction.id, author_id)
    if not kinds:
        if deal is not None:
            session.delete(deal)
            session.flush()
        return None
    if deal is None:
        new = Deal(introduction_id=introduction.id, author_id=author_id, kinds=[])
        deal = _add(session, new, _deal_of(introduction.id, author_id))
    deal.kinds = [one.value for one in DealKind if one.value in kinds]
    deal.value = DealValue(value)
    known = [code for code in dict.fromkeys(countries) if is_country(code)]
    deal.countries = known[:MOST_COUNTRIES]
    deal.recorded_at = now()
    record_outcome(session, introduction, author_id, stage=2, value=AGREED)
    return deal


def find_deal(session: Session, introduction_id: int, author_id: int) -> Deal | None:
    """Return what one side says came of a contact."""
    return session.scalar(_deal_of(introduction_id, author_id))


def _deal_of(introduction_id: int, author_id: int) -> Select[Deal]:
    return select(Deal).where(
        Deal.introduction_id == introduction_id, Deal.author_id == author_id
    )


def _add(session: Session, row: Said, wanted: Select[Said]) -> Said:
    """Add a row, or return the one that the same form made at this very moment."""
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return session.execute(wanted).scalar_one()
    return row


def outcome_view(
    session: Session, introduction: Introduction, author_id: int
) -> OutcomeView:
    """Return what the block of outcomes shows to one side; two statements."""
    said = {
        one.stage: one
        for one in list_outcomes(session, introduction.id)
        if one.author_id == author_id
    }
    deal = find_deal(session, introduction.id, author_id)
    since = introduction.answered_at
    second = since is not None and now() - since > rules.SECOND_STAGE_AFTER
    asked = [1, 2] if second or 2 in said or deal is not None else [1]  # noqa: PLR2004
    stages = {stage: rules.STAGE_VALUES[stage] for stage in asked}
    return OutcomeView(introduction, stages, said, deal)


def count_deals(session: Session, profile_ids: Collection[int] | None) -> DealCount:
    """Return how many deals some people made, by words of either side.

    Parameters
    ----------
    profile_ids
        Introductions with at least one side among them count; None is everybody.
    """
    told = select(Deal).join(Introduction, Introduction.id == Deal.introduction_id)
    if profile_ids is not None:
        people = list(profile_ids)
        told = told.where(
            or_(
                Introduction.seeker_id.in_(people),
                Introduction.candidate_id.in_(people),
            )
        )
    by_contact: dict[int, list[Deal]] = defaultdict(list)
    for deal in session.scalars(told):
        by_contact[deal.introduction_id].append(deal)
    order = list(DealValue)
    kinds: Counter[str] = Counter()
    values: Counter[str] = Counter()
    countries: Counter[str] = Counter()
    for deals in by_contact.values():
        kinds.update({kind for deal in deals for kind in deal.kinds})
        countries.update({code for deal in deals for code in deal.countries})
        bands = [deal.value for deal in deals if deal.value is not DealValue.UNSAID]
        lowest = min(bands, key=order.index) if bands else DealValue.UNSAID
        values[lowest.value] += 1
    confirmed = sum(len(deals) > 1 for deals in by_contact.values())
    return DealCount(len(by_contact), confirmed, kinds, values, countries)


def count_disagreements(session: Session) -> dict[int, tuple[int, int]]:
    """Return by stage: contacts of which both sides told, and told differently."""
    both = (
        select(
            Outcome.stage,
            (func.min(Outcome.value) != func.max(Outcome.value)).label("differ"),
        )
        .group_by(Outcome.introduction_id, Outcome.stage)
        .having(func.count() > 1)
        .subquery()
    )
    rows = session.execute(
        select(both.c.stage, both.c.differ, func.count()).group_by(
            both.c.stage, both.c.differ
        )
    )
    found: dict[int, tuple[int, int]] = dict.fromkeys(rules.STAGE_VALUES, (0, 0))
    for stage, differ, count in rows:
        told, apart = found[stage]
        found[stage] = told + count, apart + (count if differ else 0)
    return found


def _check_accepted(introduction: Introduction) -> None:
    if introduction.state is not IntroductionState.ACCEPTED:
        raise DomainError("conversation-closed")
