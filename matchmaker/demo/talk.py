"""What is said around an introduction: the note and the conversation."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from matchmaker.demo.clockwork import awake
from matchmaker.demo.library import DialogueRecord, cities, dialogues, notes, topics
from matchmaker.demo.model import DemoMessage, DemoPerson, Language
from matchmaker.demo.pairing import Pair
from matchmaker.demo.people import Member
from matchmaker.demo.wording import chosen, city_slots, country_slots, sentence

# Which scripts suit which collaboration type.
_KINDS = {
    "supply": "goods",
    "purchase": "goods",
    "distribution": "goods",
    "manufacturing": "goods",
    "logistics": "logistics",
    "expertise": "advice",
    "mentoring": "advice",
    "investment": "invest",
    "jointventure": "invest",
    "project": "invest",
    "technology": "tech",
    "talent": "tech",
    "marketing": "any",
}
# This share of messages is answered the same day.
QUICK_ANSWERS = 0.6
# The last note of each list mentions the question at the webinar.
_WEBINAR_NOTE = 4
_PLATFORM: tuple[Language, ...] = ("en", "ru", "zh")


@dataclass(slots=True)
class Speech:
    """Hands out notes and scripts evenly."""

    rng: Random
    note_turns: Counter[tuple[str, str]] = field(default_factory=Counter)
    script_turns: Counter[int] = field(default_factory=Counter)
    written: set[str] = field(default_factory=set)

    def note(self, pair: Pair, sender: Member) -> str:
        """Return the note that goes with the request."""
        lang = sender.person.locale
        role = "need" if sender is pair.requester else "offer"
        receiver = pair.provider if sender is pair.requester else pair.requester
        texts = notes()[lang][role]
        turn = self.note_turns[lang, role]
        self.note_turns[lang, role] += 1
        index = turn % len(texts)
        asked = any(a.question for a in receiver.person.attendance)
        if role == "need" and index == _WEBINAR_NOTE and not asked:
            index = turn // len(texts) % _WEBINAR_NOTE
        slots = _note_slots(pair, sender, receiver, lang=lang)
        # Nobody sends one and the same note twice.
        order = [*range(index, _WEBINAR_NOTE), *range(index)]
        for number in [index, *order]:
            text = sentence(texts[number].format_map(slots))
            if text not in self.written:
                break
        else:
            text = sentence(texts[index].format_map(slots))
        self.written.add(text)
        return text

    def conversation(
        self, pair: Pair, start: datetime, *, end: datetime
    ) -> tuple[DemoMessage, ...]:
        """Return the messages between the two, as far as they come before `end`."""
        script = self._script(pair)
        langs = dict(zip("RO", script["langs"].split("/"), strict=True))
        moment = start
        found: list[DemoMessage] = []
        for line in script["lines"]:
            who, text = line[0], line[2:]
            speaker = pair.requester if who == "R" else pair.provider
            lang = next(code for code in _PLATFORM if code == langs[who])
            moment += self._pause()
            moment = awake(moment, speaker.person.time_zone, rng=self.rng)
            if moment >= end:
                break
            slots = _talk_slots(pair, lang)
            text = sentence(text.format_map(slots))
            found.append(DemoMessage(speaker.person.key, text, lang, moment))
        return tuple(found)

    def _pause(self) -> timedelta:
        """Return the time until an answer: often an hour, sometimes a day."""
        if self.rng.random() < QUICK_ANSWERS:
            return timedelta(minutes=self.rng.randint(12, 180))
        return timedelta(hours=self.rng.randint(5, 30))

    def _script(self, pair: Pair) -> DialogueRecord:
        kind = _KINDS[pair.provider.person.opportunities[pair.offer].type]
        langs = conversation_languages(pair)
        numbered = list(enumerate(dialogues()))
        fitting = [
            number
            for number, script in numbered
            if script["langs"] == langs and script["kind"] in {kind, "any"}
        ]
        number = min(fitting, key=lambda n: (self.script_turns[n], n))
        self.script_turns[number] += 1
        return dialogues()[number]


def conversation_languages(pair: Pair) -> str:
    """Return `requester/provider`, the languages the two write in."""
    one, other = pair.requester.person, pair.provider.person
    if one.locale == other.locale:
        return f"{one.locale}/{other.locale}"
    # Russian and Chinese writers keep their own language; the platform translates.
    if {one.locale, other.locale} == {"ru", "zh"}:
        return f"{one.locale}/{other.locale}"
    common = set(one.languages) & set(other.languages)
    for lang in ("en", "ru", "zh"):
        if lang in common:
            return f"{lang}/{lang}"
    return "en/en"


def topic_name(pair: Pair, lang: Language) -> str:
    """Return what the pair is about."""
    return chosen(topics()[pair.topic].names, lang)


def _note_slots(
    pair: Pair, sender: Member, receiver: Member, *, lang: Language
) -> dict[str, str]:
    person = sender.person
    return {
        "name": _address(receiver, lang),
        "company": _company(person),
        "topic": topic_name(pair, lang),
        **_home(person, lang),
        **country_slots("country", person.country, lang),
    }


def _talk_slots(pair: Pair, lang: Language) -> dict[str, str]:
    return {
        "topic": topic_name(pair, lang),
        **country_slots("R", pair.requester.person.country, lang),
        **country_slots("O", pair.provider.person.country, lang),
    }


def _home(person: DemoPerson, lang: Language) -> dict[str, str]:
    city = next(c for c in cities(person.country) if c.en == person.city)
    return city_slots(city, lang)


def _company(person: DemoPerson) -> str:
    return "" if person.organisation is None else person.organisation.name


def _address(receiver: Member, lang: Language) -> str:
    """Return the given name, in Cyrillic for Russian where it is written so."""
    cyrillic = all("\u0400" <= c <= "\u04ff" or c == "-" for c in receiver.own_given)
    if lang == "ru" and cyrillic:
        return receiver.own_given
    if lang == "zh" and receiver.person.languages[:1] == ("zh",):
        return receiver.person.full_name
    return receiver.given
