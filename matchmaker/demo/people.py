"""Turns seats and the special three into people."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from matchmaker.demo.clockwork import awake
from matchmaker.demo.identity import Name, Register, ascii_slug
from matchmaker.demo.library import (
    SpecialRecord,
    cities,
    cultures,
    phrases,
    places,
    specials,
)
from matchmaker.demo.model import (
    DemoAttendance,
    DemoEvent,
    DemoOpportunity,
    DemoOrganisation,
    DemoPerson,
    MessengerKind,
    Side,
)
from matchmaker.demo.profiles import Profile, write_profile
from matchmaker.demo.seats import Seat

# How many join before the webinar, because the organiser asked them to.
EARLY_DAYS = (5, 12)
EARLY_SHARE = 0.1
JOIN_WITHIN_DAYS = 11
PHONE_SHARE = 0.8
# Trade with the neighbour makes some learn the other language.
SECOND_LANGUAGE_SHARE = 0.22
_NEIGHBOUR = {"ru": "zh", "zh": "ru", "en": "ru"}
_MESSENGERS: dict[str, MessengerKind] = {
    "ru": "telegram",
    "zh": "wechat",
    "en": "whatsapp",
}


@dataclass(frozen=True, slots=True)
class Member:
    """A person with the tags that say what each opportunity answers."""

    person: DemoPerson
    tags: tuple[str, ...]
    given: str  # The given name as others write it in Latin letters.
    own_given: str


def special_members(
    attendance: dict[str, tuple[DemoAttendance, ...]], joined: datetime
) -> list[Member]:
    """Return the three people with printed logins."""
    return [
        _special(record, attendance[record["key"]], joined) for record in specials()
    ]


def _special(
    record: SpecialRecord, attendance: tuple[DemoAttendance, ...], joined: datetime
) -> Member:
    city = next(c for c in cities(record["country"]) if c.en == record["city"])
    organisation = DemoOrganisation(
        country="UZ" if record["role"] != "member" else record["country"],
        city="Tashkent" if record["role"] != "member" else city.en,
        **record["organisation"],
    )
    person = DemoPerson(
        key=record["key"],
        full_name=record["full_name"],
        latin_name=record["latin_name"],
        email=f"{record['key']}@example.org",
        role=record["role"],
        state="active",
        locale=record["locale"],
        time_zone=city.time_zone,
        country=record["country"],
        city=city.en,
        languages=tuple(record["languages"]),
        job_title=record["job_title"],
        phone=record["phone"],
        messenger_kind=record["messenger_kind"],
        messenger=record["messenger"],
        organisation=organisation,
        sectors=tuple(record["sectors"]),
        markets=tuple(record["markets"]),
        about=record["about"],
        about_lang=record["locale"],
        opportunities=_special_items(record),
        attendance=attendance,
        joined_at=joined,
    )
    tags = tuple(row[2] for row in record["opportunities"])
    given = record["latin_name"].split()[0]
    return Member(person, tags, given, record["full_name"].split()[0])


def _special_items(record: SpecialRecord) -> tuple[DemoOpportunity, ...]:
    found: list[DemoOpportunity] = []
    for side_name, kind, _tag, text in record["opportunities"]:
        side: Side = "offer" if side_name == "offer" else "request"
        found.append(
            DemoOpportunity(side=side, type=kind, text=text, lang=record["locale"])
        )
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Roll:
    """What the other modules have decided about the people of all seats."""

    seats: tuple[Seat, ...]
    names: dict[int, Name]
    organisations: dict[int, DemoOrganisation]
    attendance: dict[int, tuple[DemoAttendance, ...]]

    def organisation(self, seat: Seat) -> DemoOrganisation:
        """Return the organisation, which may be somebody else's as well."""
        return self.organisations[seat.number if seat.lead is None else seat.lead]

    def lead_name(self, seat: Seat) -> str:
        """Return the colleague's name in a script the seat's language can read."""
        if seat.lead is None:
            return ""
        name = self.names[seat.lead]
        own = name.full[0]
        readable = (seat.lang == "ru" and "\u0400" <= own <= "\u04ff") or (
            seat.lang == "zh" and "\u4e00" <= own <= "\u9fff"
        )
        return name.full if readable else name.latin


def call_roll(
    seats: tuple[Seat, ...],
    register: Register,
    *,
    attendance: dict[int, tuple[DemoAttendance, ...]],
    rng: Random,
) -> Roll:
    """Name every person and every organisation."""
    names: dict[int, Name] = {}
    organisations: dict[int, DemoOrganisation] = {}
    for seat in seats:
        culture = places()[seat.country]["culture"]
        names[seat.number] = register.name(culture, female=seat.female)
        if seat.lead is None:
            organisations[seat.number] = register.organisation(seat, rng)
    return Roll(seats, names, organisations, attendance)


def seated_members(
    roll: Roll, register: Register, *, events: tuple[DemoEvent, ...], rng: Random
) -> list[Member]:
    """Return one member per seat, in the order of the seats."""
    partial = [seat.number for seat in roll.seats if seat.state == "partial"]
    found: list[Member] = []
    for seat in roll.seats:
        profile = write_profile(
            seat,
            roll.organisation(seat),
            lead_name=roll.lead_name(seat),
            order=partial.index(seat.number) if seat.state == "partial" else 0,
        )
        draft = _draft(seat, roll, register)
        person = draft
        if seat.state != "draft":
            person = _claimed(draft, seat, profile, rng=rng)
            joined = _joined(seat, person.attendance, events=events, rng=rng)
            person = replace(person, joined_at=joined)
        name = roll.names[seat.number]
        found.append(Member(person, profile.tags, name.latin_given, name.given))
    return found


def _draft(seat: Seat, roll: Roll, register: Register) -> DemoPerson:
    """Return what an attendee list tells about somebody."""
    name = roll.names[seat.number]
    organisation = roll.organisation(seat)
    if seat.state == "draft":
        organisation = replace(
            organisation, city="", website="", founded=None, size_band=""
        )
    titles = phrases("titles")[seat.lang]
    return DemoPerson(
        key=f"p{seat.number + 1:03d}",
        full_name=name.full,
        latin_name=name.latin,
        email=register.mail(name.latin),
        role="member",
        state=seat.state,
        locale=seat.lang,
        time_zone=seat.city.time_zone,
        country=seat.country,
        city="" if seat.state == "draft" else seat.city.en,
        languages=(),
        job_title=titles[(seat.number * 7) % len(titles)],
        phone="",
        messenger_kind="",
        messenger="",
        organisation=organisation,
        sectors=(),
        markets=(),
        about="",
        about_lang=None,
        opportunities=(),
        attendance=roll.attendance[seat.number],
        joined_at=None,
    )


def _claimed(
    draft: DemoPerson, seat: Seat, profile: Profile, *, rng: Random
) -> DemoPerson:
    person = replace(
        draft,
        languages=_languages(seat, rng),
        sectors=profile.sectors,
        markets=profile.markets,
        about=profile.about,
        about_lang=seat.lang if profile.about else None,
        opportunities=profile.opportunities,
    )
    if seat.state != "active" or rng.random() > PHONE_SHARE:
        return person
    # No numbering plan gives out area code 00, so these reach nobody.
    tail = f"{rng.randrange(100):02d} {rng.randrange(100):02d}"
    phone = f"{places()[seat.country]['dial']} 00 555 {tail}"
    kind = _MESSENGERS[seat.lang]
    handle = ascii_slug(draft.latin_name, joint="_") + "_demo"
    return replace(
        person,
        phone=phone,
        messenger_kind=kind,
        messenger=phone if kind == "whatsapp" else handle,
    )


def _languages(seat: Seat, rng: Random) -> tuple[str, ...]:
    culture = cultures()[places()[seat.country]["culture"]]
    spoken = [culture["own"], *culture["also"]]
    if seat.lang not in spoken:
        spoken.insert(1, seat.lang)
    neighbour = _NEIGHBOUR[seat.lang]
    if neighbour not in spoken and rng.random() < SECOND_LANGUAGE_SHARE:
        spoken.append(neighbour)
    return tuple(spoken)


def _joined(
    seat: Seat,
    attendance: tuple[DemoAttendance, ...],
    *,
    events: tuple[DemoEvent, ...],
    rng: Random,
) -> datetime:
    """Return when a profile was claimed: mostly in the days after an event."""
    zone = seat.city.time_zone
    starts = {event.key: event.starts_at for event in events}
    first = min(starts[a.event] for a in attendance)
    if rng.random() < EARLY_SHARE and attendance[0].event == "webinar":
        early = first - timedelta(days=rng.randint(*EARLY_DAYS))
        return awake(early, zone, rng=rng)
    after = timedelta(hours=rng.randrange(20, 24 * JOIN_WITHIN_DAYS))
    return awake(first + after, zone, rng=rng)
