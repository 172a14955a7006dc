"""Writes what a person says about the business: about, offers, requests, markets."""

from dataclasses import dataclass

from matchmaker.demo.library import Item, items_of, phrases
from matchmaker.demo.model import DemoOpportunity, DemoOrganisation, Language
from matchmaker.demo.seats import Seat
from matchmaker.demo.wording import (
    chosen,
    city_slots,
    country_slots,
    sentence,
    variant_slots,
)

FEWEST_MARKETS = 2
# What the half-empty profiles lack, in turn.
_GAPS: tuple[frozenset[str], ...] = (
    frozenset({"about"}),
    frozenset({"markets"}),
    frozenset({"requests"}),
    frozenset({"about", "requests"}),
)


@dataclass(frozen=True, slots=True)
class Profile:
    """The written part of a profile; `tags` runs beside `opportunities`."""

    sectors: tuple[str, ...]
    markets: tuple[str, ...]
    about: str
    opportunities: tuple[DemoOpportunity, ...]
    tags: tuple[str, ...]


EMPTY = Profile(sectors=(), markets=(), about="", opportunities=(), tags=())


def write_profile(
    seat: Seat, organisation: DemoOrganisation, *, lead_name: str, order: int
) -> Profile:
    """Return the profile of a seat; a draft has none, a partial one has gaps."""
    if seat.state == "draft":
        return EMPTY
    profile = _full_profile(seat, organisation, lead_name=lead_name)
    if seat.state == "active":
        return profile
    return _with_gaps(profile, _GAPS[order % len(_GAPS)])


def _full_profile(
    seat: Seat, organisation: DemoOrganisation, *, lead_name: str
) -> Profile:
    markets = _markets(seat)
    slots = _slots(seat, organisation, market=markets[0])
    if seat.lead is None:
        about = chosen(seat.archetype["about"], seat.lang)
    else:
        texts = phrases("colleagues")[seat.lang]
        about = texts[seat.number % len(texts)]
        slots |= {"lead": lead_name, "org": organisation.name}
    items = items_of(seat.archetype)
    return Profile(
        sectors=tuple(seat.archetype["sectors"]),
        markets=markets,
        about=_fill(about, slots),
        opportunities=tuple(_opportunity(item, seat.lang, slots) for item in items),
        tags=tuple(item.tag for item in items),
    )


def _with_gaps(profile: Profile, gaps: frozenset[str]) -> Profile:
    kept = [
        (item, tag)
        for item, tag in zip(profile.opportunities, profile.tags, strict=True)
        if item.side == "offer" or "requests" not in gaps
    ]
    return Profile(
        sectors=profile.sectors[:1],
        markets=() if "markets" in gaps else profile.markets,
        about="" if "about" in gaps else profile.about,
        opportunities=tuple(item for item, _ in kept),
        tags=tuple(tag for _, tag in kept),
    )


def _markets(seat: Seat) -> tuple[str, ...]:
    abroad = [m for m in seat.archetype["markets"] if m != seat.country]
    turn = seat.variant % len(abroad)
    turned = abroad[turn:] + abroad[:turn]
    return tuple(turned[: FEWEST_MARKETS + seat.number % 3])


def _slots(
    seat: Seat, organisation: DemoOrganisation, *, market: str
) -> dict[str, str]:
    return {
        **variant_slots(seat.archetype, seat.variant, lang=seat.lang),
        **city_slots(seat.city, seat.lang),
        **country_slots("country", seat.country, seat.lang),
        **country_slots("m1", market, seat.lang),
        "year": str(organisation.founded),
    }


def _opportunity(item: Item, lang: Language, slots: dict[str, str]) -> DemoOpportunity:
    text = _fill(chosen(item.texts, lang), slots)
    return DemoOpportunity(side=item.side, type=item.type, text=text, lang=lang)


def _fill(text: str, slots: dict[str, str]) -> str:
    return sentence(text.format_map(slots))
