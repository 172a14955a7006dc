"""Levers: what members must have, prefer or want fewer of. Flush, never commit.

A must binds both ways: who does not want somebody from elsewhere is not proposed
there either, since a request would only end in silence. The rest moves the order of
one's own list and nothing else.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session, selectinload

from matchmaker.clock import now
from matchmaker.errors import DomainError
from matchmaker.matching.wish_models import Attribute, Strength, Wish
from matchmaker.profiles.models import Profile, ProfileStatus
from matchmaker.vocabulary import collaboration, countries, languages, sectors

MOST_WISHES = 30
SHARED = "*"  # any value that the one who wishes has as well
#: What one met wish makes of a pair's worth. A preference lifts a good pair over a
#: somewhat better one, not over one of twice its worth; "fewer" nearly halves twice.
FACTORS = {Strength.PREFER: 1.5, Strength.FEWER: 0.35}


@dataclass(frozen=True, slots=True)
class Traits:
    """What wishes look at in a member."""

    country: frozenset[str]
    language: frozenset[str]
    sector: frozenset[str]
    market: frozenset[str]
    kind: frozenset[str]

    def meets(self, wish: "Want", own: "Traits") -> bool:
        """Tell whether this member has what somebody with ``own`` traits wishes."""
        values: frozenset[str] = getattr(self, wish.attribute.value)
        if wish.value == SHARED:
            return bool(values & getattr(own, wish.attribute.value))
        if wish.attribute is Attribute.SECTOR:
            below = f"{wish.value}."
            return any(one == wish.value or one.startswith(below) for one in values)
        return wish.value in values


@dataclass(frozen=True, slots=True)
class Want:
    """One wish as a plain value."""

    attribute: Attribute
    value: str
    strength: Strength


@dataclass(frozen=True, slots=True)
class Wishes:
    """The wishes of some members, and the traits they are held against."""

    wants: Mapping[int, Sequence[Want]] = field(default_factory=dict)
    traits: Mapping[int, Traits] = field(default_factory=dict)

    def lets(self, owner: int, other: int) -> bool:
        """Tell whether the musts of one member let another one through.

        Of several musts about one attribute one is enough; each attribute counts.
        """
        own, theirs = self.traits.get(owner), self.traits.get(other)
        if own is None or theirs is None:
            return True
        met: dict[Attribute, bool] = {}
        for want in self.wants.get(owner, ()):
            if want.strength is Strength.MUST:
                known = met.get(want.attribute, False)
                met[want.attribute] = known or theirs.meets(want, own)
        return all(met.values())

    def agree(self, one: int, other: int) -> bool:
        """Tell whether neither side's musts stand between two members."""
        return self.lets(one, other) and self.lets(other, one)

    def factor(self, owner: int, other: int) -> float:
        """Return by how much the owner's wishes raise or lower a pair's worth."""
        own, theirs = self.traits.get(owner), self.traits.get(other)
        factor = 1.0
        if own is None or theirs is None:
            return factor
        preferred: set[Attribute] = set()
        for want in self.wants.get(owner, ()):
            if want.strength is Strength.MUST or not theirs.meets(want, own):
                continue
            if want.strength is Strength.PREFER:
                if want.attribute in preferred:
                    continue  # two preferred countries are not twice as good
                preferred.add(want.attribute)
            factor *= FACTORS[want.strength]
        return factor


def load(session: Session, profile_id: int | None = None) -> Wishes:
    """Return everybody's wishes, with the traits needed to judge them.

    Parameters
    ----------
    profile_id
        The member whose pairs are judged; None judges pairs of any two.
    """
    wants: dict[int, list[Want]] = defaultdict(list)
    for wish in session.scalars(select(Wish).order_by(Wish.id)):
        wants[wish.profile_id].append(Want(wish.attribute, wish.value, wish.strength))
    if not wants:
        return Wishes()
    if profile_id is not None and profile_id not in wants:
        return Wishes(wants, _traits(session, {profile_id, *wants}))
    return Wishes(wants, _traits(session, None))


def _traits(session: Session, ids: set[int] | None) -> dict[int, Traits]:
    found = (
        select(Profile)
        .where(Profile.status == ProfileStatus.ACTIVE)
        .options(selectinload(Profile.opportunities))
    )
    if ids is not None:
        found = found.where(Profile.id.in_(ids))
    return {one.id: traits_of(one) for one in session.scalars(found)}


def traits_of(profile: Profile) -> Traits:
    """Return what wishes look at in a profile."""
    return Traits(
        country=frozenset({profile.country} - {""}),
        language=frozenset(profile.languages),
        sector=frozenset(profile.sectors),
        market=frozenset(profile.markets),
        kind=frozenset(
            f"{item.side}.{item.collaboration}"
            for item in profile.opportunities
            if item.collaboration
        ),
    )


def list_own(session: Session, profile_id: int) -> list[Wish]:
    """Return a member's wishes: what must be first."""
    order = {strength: place for place, strength in enumerate(Strength)}
    found = session.scalars(select(Wish).where(Wish.profile_id == profile_id))
    return sorted(found, key=lambda wish: (order[wish.strength], wish.id))


def set_wish(
    session: Session,
    profile_id: int,
    *,
    attribute: str,
    value: str,
    strength: str,
) -> None:
    """Store a wish, or forget it where the strength is empty; lists follow at once.

    Raises
    ------
    DomainError
        ``wish-unknown``, ``wishes-many``.
    """
    check_value(attribute, value)
    known = session.scalar(
        select(Wish).where(
            Wish.profile_id == profile_id,
            Wish.attribute == Attribute(attribute),
            Wish.value == value,
        )
    )
    if not strength:
        if known is not None:
            session.delete(known)
            _mark(session, profile_id, both=known.strength is Strength.MUST)
        return
    if strength not in {one.value for one in Strength}:
        raise DomainError("wish-unknown", status=422)
    if known is None:
        count = select(func.count()).where(Wish.profile_id == profile_id)
        if (session.scalar(count) or 0) >= MOST_WISHES:
            raise DomainError("wishes-many", status=422)
        known = Wish(profile_id=profile_id, attribute=Attribute(attribute), value=value)
        session.add(known)
    both = Strength.MUST in {known.strength, Strength(strength)}
    known.strength = Strength(strength)
    _mark(session, profile_id, both=both)


def forget_all(session: Session, profile_id: int) -> None:
    """Care about nothing again."""
    session.execute(delete(Wish).where(Wish.profile_id == profile_id))
    _mark(session, profile_id, both=True)


def check_value(attribute: str, value: str) -> None:
    """Refuse what no member can have.

    Raises
    ------
    DomainError
        ``wish-unknown``.
    """
    known = value in choices().get(attribute, ())
    if not known:
        raise DomainError("wish-unknown", status=422)


def choices() -> dict[str, Sequence[str]]:
    """Return the values a wish can name, by attribute; names are the reader's."""
    return {
        Attribute.LANGUAGE: (SHARED, *languages.language_names("en")),
        Attribute.COUNTRY: (SHARED, *countries.country_names("en")),
        Attribute.MARKET: tuple(countries.country_names("en")),
        Attribute.SECTOR: (SHARED, *sectors.sector_codes()),
        Attribute.KIND: tuple(
            f"{side}.{kind}"
            for side in ("offer", "request")
            for kind in collaboration.COLLABORATION_TYPES
        ),
    }


def _mark(session: Session, profile_id: int, *, both: bool) -> None:
    """Mark the own list as stale, and those of others where a must changed."""
    session.flush()
    values = {"list_stale_since": now()}
    if both:  # others are bound by it too
        values["reach_stale_since"] = now()
    session.execute(update(Profile).where(Profile.id == profile_id).values(values))


def mark_lists(session: Session, seekers: Iterable[int]) -> None:
    """Mark the lists of those who wish something: a full run knows no wishes."""
    session.execute(
        update(Profile)
        .where(
            Profile.id.in_(list(seekers)),
            Profile.id.in_(select(Wish.profile_id)),
        )
        .values(list_stale_since=now())
    )


def count_possible(session: Session, profile_id: int) -> tuple[int, int]:
    """Return how many listed members the musts let through, and of how many."""
    wishes = load(session, profile_id)
    listed = session.scalars(
        select(Profile.id).where(
            Profile.status == ProfileStatus.ACTIVE, Profile.id != profile_id
        )
    ).all()
    return sum(wishes.agree(profile_id, one) for one in listed), len(listed)
