"""The statements of the notebook: each line's shelf, filters, order, counts.

They are built once for each combination of filters; values are bound later. All of
them know the bound values ``me``, ``today``, ``awake`` (the oldest day that is not
asleep) and ``moment``.
"""

from functools import lru_cache
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    Date,
    Select,
    String,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    true,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import aliased

from matchmaker.db import UTCDateTime
from matchmaker.events.models import Attendance, Event
from matchmaker.matching.models import (
    OPEN_STATES,
    Decision,
    DecisionKind,
    Introduction,
    IntroductionState,
)
from matchmaker.messaging.ledger import is_open_step
from matchmaker.messaging.models import FollowUp, Message, StepOwner
from matchmaker.messaging.rules import Shelf
from matchmaker.messaging.service import connected_to
from matchmaker.profiles.models import (
    Organisation,
    Profile,
    ProfileStatus,
    SearchEntry,
)
from matchmaker.profiles.search import facet_key
from matchmaker.trust import blocks

#: Of what is filtered by, what the directory's index knows.
INDEXED = ("sector", "language")
SPELLINGS = 4  # ways to write a word: SQLite knows small and capital of ASCII only
Shape = tuple[bool, bool, str, tuple[str, ...]]

_ME: Any = bindparam("me", type_=BigInteger())
_TODAY: Any = bindparam("today", type_=Date())
_AWAKE: Any = bindparam("awake", type_=Date())
_MOMENT: Any = bindparam("moment", type_=UTCDateTime())


def _contacts() -> Select[Any]:
    """Return the lines of people one is introduced to."""
    step_id = (
        select(func.max(FollowUp.id))
        .where(
            FollowUp.introduction_id == Introduction.id,
            FollowUp.author_id == _ME,
            *is_open_step(FollowUp),
        )
        .scalar_subquery()
    )
    last_id = (
        select(FollowUp.id)
        .where(
            FollowUp.introduction_id == Introduction.id,
            or_(FollowUp.author_id == _ME, FollowUp.shared),
            FollowUp.planned.is_(False),
        )
        .order_by(FollowUp.happened_on.desc(), FollowUp.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    spoken_at = (
        select(Message.sent_at)
        .where(Message.introduction_id == Introduction.id)
        .order_by(Message.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    began_at = func.coalesce(Introduction.answered_at, Introduction.asked_at)
    raw = (
        select(
            Introduction.id.label("introduction_id"),
            _partner().label("partner_id"),
            func.date(began_at, type_=Date()).label("began_on"),
            func.date(spoken_at, type_=Date()).label("spoken_on"),
            step_id.label("step_id"),
            last_id.label("last_id"),
        )
        .where(connected_to(_ME))
        .cte("raw")
    )
    return _shelved(raw)


def _shelved(raw: CTE) -> Select[Any]:
    step, last = aliased(FollowUp), aliased(FollowUp)
    spoken_on = func.coalesce(raw.c.spoken_on, raw.c.began_on, type_=Date())
    happened_on = func.coalesce(last.happened_on, raw.c.began_on, type_=Date())
    last_on = case(
        (spoken_on >= happened_on, spoken_on),
        else_=happened_on,
    )
    last_kind = case(
        (last.happened_on >= spoken_on, type_coerce(last.kind, String())),
        (raw.c.spoken_on.is_not(None), literal("message")),
        else_=type_coerce(last.kind, String()),
    )
    awake = last_on >= _AWAKE
    their_turn = step.owner == StepOwner.THEM
    shelf = case(
        (step.due_on < _TODAY, literal(Shelf.OVERDUE.value)),
        (step.due_on == _TODAY, literal(Shelf.TODAY.value)),
        (their_turn & (step.due_on.is_not(None) | awake), Shelf.WAITING.value),
        (step.due_on.is_not(None), literal(Shelf.NEXT.value)),
        (~awake, literal(Shelf.SLEEPING.value)),
        (last.id.is_not(None), literal(Shelf.TOUCH.value)),
        else_=literal(Shelf.NEW.value),
    )
    return (
        select(
            raw.c.introduction_id,
            raw.c.partner_id,
            shelf.label("shelf"),
            step.next_step.label("next_step"),
            type_coerce(step.owner, String()).label("owner"),
            step.due_on.label("due_on"),
            last_on.label("last_on"),
            last_kind.label("last_kind"),
        )
        .outerjoin_from(raw, step, step.id == raw.c.step_id)
        .outerjoin(last, last.id == raw.c.last_id)
    )


def _partner() -> Any:  # noqa: ANN401  an SQL expression
    return case(
        (Introduction.seeker_id == _ME, Introduction.candidate_id),
        else_=Introduction.seeker_id,
    )


def _without_step() -> tuple[Any, ...]:
    return (
        cast(null(), String()).label("next_step"),
        cast(null(), String()).label("owner"),
    )


def _requests() -> Select[Any]:
    """Return the lines of requests that are not answered for good yet."""
    mine = Introduction.seeker_id == _ME
    states = IntroductionState
    shelf = case(
        (mine, literal(Shelf.WAITING.value)),
        (Introduction.state == states.LATER, literal(Shelf.NEXT.value)),
        else_=literal(Shelf.ASKED.value),
    )
    ends_at = func.coalesce(Introduction.returns_at, Introduction.expires_at)
    pending = Introduction.state == states.PENDING
    return select(
        Introduction.id,
        _partner(),
        shelf,
        *_without_step(),
        func.date(ends_at, type_=Date()),
        func.date(Introduction.asked_at, type_=Date()),
        cast(null(), String()),
    ).where(
        or_(
            and_(pending, Introduction.expires_at > _MOMENT),
            Introduction.state == states.LATER,
            and_(Introduction.state == states.QUEUED, mine),
        ),
        or_(mine, Introduction.candidate_id == _ME),
        _partner().not_in(blocks.hidden_from(_ME)),
    )


def _saved() -> Select[Any]:
    """Return the lines of people who were saved from the proposals."""
    return (
        select(
            cast(null(), BigInteger()),
            Decision.candidate_id,
            literal(Shelf.SAVED.value),
            *_without_step(),
            cast(null(), Date()),
            func.date(Decision.decided_at, type_=Date()),
            cast(null(), String()),
        )
        .join(Profile, Profile.id == Decision.candidate_id)
        .where(
            Decision.seeker_id == _ME,
            Decision.kind.in_((DecisionKind.SAVED, DecisionKind.INTERESTED)),
            Profile.status == ProfileStatus.ACTIVE,
            Decision.candidate_id.not_in(blocks.hidden_from(_ME)),
            Decision.candidate_id.not_in(_met()),
        )
    )


def _met() -> Select[Any]:
    """Return whom one has an open or accepted request with: they stand elsewhere."""
    return select(_partner()).where(
        Introduction.state.in_(OPEN_STATES),
        or_(Introduction.seeker_id == _ME, Introduction.candidate_id == _ME),
    )


def _book() -> CTE:
    """Return every line of the notebook, with who it is about."""
    lines = union_all(_contacts(), _requests(), _saved()).cte("lines")
    return (
        select(
            *lines.c,
            Profile.public_id,
            Profile.full_name,
            Profile.latin_name,
            Profile.job_title,
            Profile.country,
            Organisation.name.label("organisation_name"),
        )
        .join_from(lines, Profile, Profile.id == lines.c.partner_id)
        .outerjoin(Organisation, Organisation.id == Profile.organisation_id)
        .cte("book")
    )


def _narrow(book: CTE, shape: Shape) -> CTE:
    """Return the lines that pass the filters; the shelf is none of them."""
    _shelf, has_words, _sort, facets = shape
    chosen = select(book)
    for name in facets:
        chosen = chosen.where(_passes(book, name))
    if has_words:
        chosen = chosen.where(_mentions(book))
    return chosen.cte("chosen")


def _passes(book: CTE, facet: str) -> Any:  # noqa: ANN401  an SQL expression
    value = bindparam(facet, type_=String())
    if facet in INDEXED:
        listed = select(SearchEntry.profile_id).where(SearchEntry.key == value)
        return book.c.partner_id.in_(listed)
    if facet == "event":
        there = select(Attendance.profile_id).join(Event).where(Event.slug == value)
        return book.c.partner_id.in_(there.where(Event.id.in_(_own_events())))
    if facet == "step":
        return case((book.c.owner.is_(None), literal("no")), else_="yes") == value
    column = book.c.country if facet == "country" else book.c.last_kind
    return column == value


def _own_events() -> Select[Any]:
    return select(Attendance.event_id).where(Attendance.profile_id == _ME)


def _mentions(book: CTE) -> Any:  # noqa: ANN401  an SQL expression
    patterns = [bindparam(f"words_{n}", type_=String()) for n in range(SPELLINGS)]

    def holds(*columns: Any) -> Any:  # noqa: ANN401
        return or_(*(c.ilike(p, escape="\\") for c in columns for p in patterns))

    noted = select(FollowUp.introduction_id).where(
        or_(FollowUp.author_id == _ME, FollowUp.shared),
        holds(FollowUp.next_step, FollowUp.what),
    )
    names = (book.c.full_name, book.c.latin_name, book.c.organisation_name)
    return or_(holds(*names), book.c.introduction_id.in_(noted))


@lru_cache(maxsize=256)
def lines_statement(shape: Shape) -> Select[Any]:
    """Return the statement of a page; building it anew would take milliseconds."""
    of_shelf, _words, sort, _facets = shape
    chosen = _narrow(_book(), shape)
    counts = (
        select(chosen.c.shelf, func.count().label("lines"))
        .group_by(chosen.c.shelf)
        .cte("counts")
    )
    page = select(chosen)
    if of_shelf:
        page = page.where(chosen.c.shelf == bindparam("shelf", type_=String()))
    shown = (
        page.order_by(*_order(chosen, sort))
        .limit(bindparam("size", type_=BigInteger()))
        .offset(bindparam("skipped", type_=BigInteger()))
        .subquery("shown")
    )
    columns = [column for column in shown.c if column.name != "shelf"]
    return (
        select(
            counts.c.shelf,
            counts.c.lines,
            *columns,
            Introduction.public_id.label("introduction_public_id"),
            Introduction.state,
            Introduction.note,
            Introduction.lang,
        )
        .outerjoin_from(counts, shown, shown.c.shelf == counts.c.shelf)
        .outerjoin(Introduction, Introduction.id == shown.c.introduction_id)
        .order_by(*_order(shown, sort))
    )


def _order(lines: Any, sort: str) -> list[Any]:  # noqa: ANN401  a CTE or subquery
    last = [lines.c.last_on.desc(), lines.c.partner_id.desc()]
    if sort == "recent":
        return last
    if sort == "oldest":
        return [lines.c.last_on, lines.c.partner_id]
    if sort == "name":
        return [func.lower(lines.c.full_name), lines.c.partner_id]
    places = {shelf.value: place for place, shelf in enumerate(Shelf)}
    return [case(places, value=lines.c.shelf), lines.c.due_on.nulls_last(), *last]


@lru_cache(maxsize=1)
def state_statement() -> Select[Any]:
    """Return the statement that tells whether a notebook has changed."""
    mine = or_(Introduction.seeker_id == _ME, Introduction.candidate_id == _ME)
    told = FollowUp.shared & (FollowUp.author_id != _ME)
    theirs = told & FollowUp.introduction_id.in_(select(Introduction.id).where(mine))
    pending = Introduction.state == IntroductionState.PENDING
    open_yet = pending & (Introduction.expires_at > _MOMENT)
    waiting = select(func.count(Introduction.id)).where(mine, open_yet)
    own = _noted(FollowUp.author_id == _ME).subquery("own")
    shared = _noted(theirs).subquery("shared")
    return select(*own.c, *shared.c, waiting.scalar_subquery()).join_from(
        own, shared, true()
    )


def _noted(whose: Any) -> Any:  # noqa: ANN401  SQL expressions
    return select(
        func.count(FollowUp.id).label("notes"),
        func.sum(FollowUp.version).label("changes"),
        func.max(FollowUp.created_at).label("latest"),
    ).where(whose)


@lru_cache(maxsize=1)
def choices_statement() -> Any:  # noqa: ANN401  a union of selects
    """Return the statement that counts what one can filter by."""
    book = _book()
    no_label = cast(null(), String())
    has_step = case((book.c.owner.is_(None), literal("no")), else_="yes")
    plain = {"country": book.c.country, "kind": book.c.last_kind, "step": has_step}
    parts = [
        select(literal(name), func.coalesce(column, ""), no_label, func.count())
        .select_from(book)
        .group_by(column)
        for name, column in plain.items()
    ]
    for name in INDEXED:
        listed = SearchEntry.key.startswith(facet_key(name, ""))
        parts.append(
            select(literal(name), SearchEntry.key, no_label, func.count())
            .join_from(book, SearchEntry, SearchEntry.profile_id == book.c.partner_id)
            .where(listed)
            .group_by(SearchEntry.key)
        )
    names = cast(Event.names, String())
    parts.append(
        select(literal("event"), Event.slug, names, func.count())
        .join_from(book, Attendance, Attendance.profile_id == book.c.partner_id)
        .join(Event, Event.id == Attendance.event_id)
        .where(Event.id.in_(_own_events()))
        .group_by(Event.id, Event.slug, names)
    )
    return union_all(*parts)
