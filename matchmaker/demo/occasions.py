"""The two events, who came, for how long, and what they asked."""

from datetime import date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from matchmaker.demo.clockwork import awake, local_moment
from matchmaker.demo.library import LANGUAGES, event_records, phrases, specials
from matchmaker.demo.model import DemoAttendance, DemoEvent, DemoText, Language
from matchmaker.demo.seats import Seat
from matchmaker.demo.wording import city_slots, sentence

# The webinar takes its share of all; the rest came to the meeting only.
WEBINAR_SIZE = 330
MEETING_SIZE = 150
# Drafts always asked something; of the others this many did.
OTHER_QUESTIONS = 45
NO_SHOW_SHARE = 0.04
_PLACE: dict[Language, str] = {
    "en": "We are in {city}. {question}",
    "ru": "Мы {city_in}. {question}",
    "zh": "我们在{city}。{question}",
}


def build_events(today: date) -> tuple[DemoEvent, ...]:
    """Return the events, each at its distance from today."""
    found: list[DemoEvent] = []
    for record in event_records():
        day = today - timedelta(days=record["days_ago"])
        starts_at = local_moment(day, record["start"], record["tz"])
        ends_at = starts_at + timedelta(
            days=record["days"] - 1, minutes=record["minutes"]
        )
        found.append(
            DemoEvent(
                key=record["key"],
                kind=record["kind"],
                name=DemoText(*record["name"]),
                description=DemoText(*record["description"]),
                starts_at=starts_at,
                ends_at=ends_at,
                time_zone=record["tz"],
                country=record["country"],
                city=record["city"],
                organiser="organiser",
            )
        )
    return tuple(found)


def special_attendance(
    events: tuple[DemoEvent, ...],
) -> dict[str, tuple[DemoAttendance, ...]]:
    """Return the attendance of the three; the admin was at no event."""
    question = "Кто отвечает за зерно, если вагоны стоят на границе дольше срока?"
    found: dict[str, tuple[DemoAttendance, ...]] = {s["key"]: () for s in specials()}
    for key in ("member", "organiser"):
        found[key] = tuple(
            DemoAttendance(
                event=event.key,
                registered_at=event.starts_at - timedelta(days=6, hours=3),
                minutes=_length(event),
                question=question if (key, event.kind) == ("member", "webinar") else "",
                question_lang=(
                    "ru" if (key, event.kind) == ("member", "webinar") else None
                ),
            )
            for event in events
        )
    return found


def seat_attendance(
    seats: tuple[Seat, ...], events: tuple[DemoEvent, ...], *, rng: Random
) -> dict[int, tuple[DemoAttendance, ...]]:
    """Return who was where; everybody was at one event at least."""
    drafts = [seat.number for seat in seats if seat.state == "draft"]
    claimed = [seat.number for seat in seats if seat.state != "draft"]
    rng.shuffle(claimed)
    webinar = {*drafts, *claimed[: WEBINAR_SIZE - len(drafts)]}
    only_meeting = [n for n in claimed if n not in webinar]
    both = [n for n in claimed if n in webinar]
    meeting = {*only_meeting, *both[: MEETING_SIZE - len(only_meeting)]}
    askers = {*drafts, *both[-OTHER_QUESTIONS:]}
    questions = _questions(tuple(s for s in seats if s.number in askers))
    found: dict[int, tuple[DemoAttendance, ...]] = {}
    for seat in seats:
        crowds = ((events[0], webinar), (events[1], meeting))
        present = [event for event, crowd in crowds if seat.number in crowd]
        found[seat.number] = tuple(
            _attend(seat, event, questions.get(seat.number, ""), rng=rng)
            for event in present
        )
    return found


def _questions(askers: tuple[Seat, ...]) -> dict[int, str]:
    """Return a question each; who comes second to one says where it is asked from."""
    found: dict[int, str] = {}
    for lang in LANGUAGES:
        texts = phrases("questions")[lang]
        seats = [seat for seat in askers if seat.lang == lang]
        for turn, seat in enumerate(seats):
            text = texts[turn % len(texts)]
            if turn >= len(texts):
                slots = city_slots(seat.city, lang)
                text = _PLACE[lang].format(question=text, **slots)
            found[seat.number] = sentence(text) if lang != "zh" else text
    return found


def _attend(
    seat: Seat, event: DemoEvent, question: str, *, rng: Random
) -> DemoAttendance:
    asked = question if event.kind == "webinar" else ""
    length = _length(event)
    minutes = length - int(length * 0.8 * rng.random() ** 2)
    if not asked and rng.random() < NO_SHOW_SHARE:
        minutes = 0
    return DemoAttendance(
        event=event.key,
        registered_at=_registered(seat, event.starts_at, rng=rng),
        minutes=minutes,
        question=asked,
        question_lang=seat.lang if asked else None,
    )


def _registered(seat: Seat, starts_at: datetime, *, rng: Random) -> datetime:
    hours = rng.randrange(30, 24 * 20)
    return awake(starts_at - timedelta(hours=hours), seat.city.time_zone, rng=rng)


def _length(event: DemoEvent) -> int:
    """Return the minutes of the programme, nights not counted."""
    zone = ZoneInfo(event.time_zone)
    days = (event.ends_at.astimezone(zone) - event.starts_at.astimezone(zone)).days + 1
    span = event.ends_at - event.starts_at - timedelta(days=days - 1)
    return days * int(span.total_seconds() // 60)
