"""The sentence of each notice, and where it leads.

A new code needs one entry here and no more: the page, the letter at once and the
digest are made of it. A letter that says more is ``email/<code>.txt``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import LazyString, ngettext
from flask_babel import lazy_gettext as _l
from markupsafe import Markup, escape

from matchmaker.notices.models import Delivery, NoticeKind
from matchmaker.web.i18n import day

_OPEN = _l("Open")


@dataclass(frozen=True, slots=True)
class Sentence:
    """What a notice says, with names of its context in it, and the page it opens.

    Where the words depend on a number, ``text`` makes them of the context's ``count``.
    """

    text: LazyString | Callable[[int], str]
    endpoint: str
    #: Part of the address: the key of the context that fills it.
    address: Mapping[str, str] = field(default_factory=dict)
    icon: str = "letter"
    #: What the button of a letter says.
    button: LazyString = _OPEN
    #: What a letter adds, where the sentence alone is too short for one.
    more: LazyString | str = ""


_REQUEST = {"introduction_id": "introduction"}

SENTENCES: dict[str, Sentence] = {
    "asked": Sentence(
        _l("%(name)s asks to be introduced to you"),
        "introductions.introduction",
        _REQUEST,
        icon="letter",
        button=_l("Read and answer"),
        more=_l(
            "If it does not fit, say no: they learn only that it did not work out."
        ),
    ),
    "accepted": Sentence(
        _l("%(name)s said yes: you are introduced"),
        "conversations.thread",
        _REQUEST,
        icon="check",
        button=_l("Open the conversation"),
        more=_l("Contact details and the conversation are open."),
    ),
    "came_back": Sentence(
        _l("You asked for time: the request of %(name)s is here again"),
        "introductions.introduction",
        _REQUEST,
        icon="clock",
        button=_l("Read and answer"),
    ),
    "declined": Sentence(
        _l("It did not work out with %(name)s this time"),
        "introductions.introduction",
        _REQUEST,
        icon="no",
    ),
    "expired": Sentence(
        _l("Your request to %(name)s ended without an answer"),
        "introductions.introduction",
        _REQUEST,
        icon="clock",
    ),
    "expiring": Sentence(
        _l("Less than a day is left to answer %(name)s"),
        "introductions.introduction",
        _REQUEST,
        icon="clock",
        button=_l("Read and answer"),
    ),
    "handed_on": Sentence(
        _l("%(colleague)s passed a request of %(name)s on to you"),
        "introductions.introduction",
        _REQUEST,
        icon="arrow",
        button=_l("Read and answer"),
    ),
    "handed_over": Sentence(
        _l("%(name)s passed your request on to %(colleague)s"),
        "introductions.introduction",
        _REQUEST,
        icon="arrow",
    ),
    "put_off": Sentence(
        _l("%(name)s asked for time: your request is before them again on %(on)s"),
        "introductions.introduction",
        _REQUEST,
        icon="clock",
    ),
    "nudge_talked": Sentence(
        _l("You are introduced to %(name)s: did you talk?"),
        "contacts.contact",
        _REQUEST,
        icon="contacts",
        button=_l("Write, or note what was"),
    ),
    "nudge_next": Sentence(
        _l("Two weeks without a word with %(name)s: what is the next step?"),
        "contacts.contact",
        _REQUEST,
        icon="contacts",
        button=_l("Set a next step"),
    ),
    "nudge_quiet": Sentence(
        _l("It has been quiet with %(name)s for three months: what came of it?"),
        "contacts.contact",
        _REQUEST,
        icon="contacts",
        button=_l("Say what came of it"),
    ),
    "nudge_result": Sentence(
        _l("Half a year without a word with %(name)s: what came of it?"),
        "contacts.contact",
        _REQUEST,
        icon="contacts",
        button=_l("Say what came of it"),
    ),
    "event_no_item": Sentence(
        _l("One offer or request, and partners are proposed to you: %(event_name)s"),
        "profiles.mine",
        icon="events",
        button=_l("Add what you offer or look for"),
        more=_l(
            "Others find you, and you them, by what you offer and what you look for. "
            "One line is enough to begin with."
        ),
    ),
    "event_no_request": Sentence(
        _l("Say what you look for, and you get better proposals: %(event_name)s"),
        "profiles.mine",
        icon="events",
        button=_l("Add a request"),
        more=_l(
            "Your offers are listed already. With a request you are also shown who "
            "can help you, with the reasons."
        ),
    ),
    "event_pending": Sentence(
        lambda count: ngettext(
            "%(num)s person waits for your answer: %(event_name)s",
            "%(num)s people wait for your answer: %(event_name)s",
            count,
            event_name="%(event_name)s",
        ),
        "contacts.contacts",
        icon="events",
        button=_l("Read and answer"),
        more=_l(
            "Yes or no, one press is enough; if it is no, they learn only that it "
            "did not work out."
        ),
    ),
    "export_ready": Sentence(
        _l("The copy of your data is ready to download, until %(on)s"),
        "owndata.show",
        icon="lock",
        button=_l("Download"),
    ),
    "message": Sentence(
        _l("%(name)s wrote to you"),
        "conversations.thread",
        _REQUEST,
        icon="messages",
        button=_l("Open the conversation"),
    ),
    "search": Sentence(
        lambda count: ngettext(
            '%(num)s new member fits your search "%(name)s"',
            '%(num)s new members fit your search "%(name)s"',
            count,
            name="%(name)s",
        ),
        "wishes.standing",
        icon="directory",
        button=_l("Look who it is"),
    ),
}
#: For codes of an earlier version of the site.
_UNKNOWN = Sentence(_l("There is something new for you"), "web.home")

KIND_TEXTS = {
    NoticeKind.REQUEST: (
        _l("Requests to you"),
        _l("Somebody asks to be introduced to you, or a request is about to end."),
    ),
    NoticeKind.ANSWER: (
        _l("Answers to your requests"),
        _l("The other side said yes, asked for time, or handed it to a colleague."),
    ),
    NoticeKind.MESSAGE: (
        _l("Messages"),
        _l("Somebody wrote to you in a conversation."),
    ),
    NoticeKind.FOLLOW_UP: (
        _l("Next steps and what came of it"),
        _l(
            "What you planned is due, a contact has gone quiet, or a request ended "
            "without a yes."
        ),
    ),
    NoticeKind.PROPOSALS: (
        _l("New proposals"),
        _l("Up to three people you have not seen yet, with the reasons."),
    ),
    NoticeKind.SEARCH: (
        _l("Saved searches"),
        _l("Somebody new answers a search that you keep."),
    ),
    NoticeKind.EVENT: (
        _l("Events and their organisers"),
        _l("What concerns an event you take part in."),
    ),
}
DELIVERY_TEXTS = {
    Delivery.AT_ONCE: _l("At once"),
    Delivery.DIGEST: _l("In the digest"),
    Delivery.NEVER: _l("Not by mail"),
}


class _Values(dict[str, Any]):
    """Values of a sentence; one that is missing leaves a gap, not an error."""

    def __missing__(self, _key: str) -> str:
        return ""


def find_sentence(code: str) -> Sentence:
    """Return the sentence of a code."""
    return SENTENCES.get(code, _UNKNOWN)


def plain(code: str, context: Mapping[str, Any]) -> str:
    """Return the sentence of a notice in the reader's language, for a letter."""
    values = _Values({key: _words(key, value) for key, value in context.items()})
    return _text(code, context) % values


def _text(code: str, context: Mapping[str, Any]) -> str:
    text = find_sentence(code).text
    return str(text) if isinstance(text, LazyString) else text(context.get("count", 0))


def marked_up(code: str, context: Mapping[str, Any]) -> Markup:
    """Return the sentence for a page; what people wrote stands apart from it."""
    values = _Values(
        {
            key: Markup("<bdi>{}</bdi>").format(_words(key, value))
            for key, value in context.items()
        }
    )
    return escape(_text(code, context)) % values


def _words(key: str, value: Any) -> str:  # noqa: ANN401  a value of a JSON column
    if key == "on":  # a day
        return day(date.fromisoformat(value))
    return " ".join(str(value).split())


def address(code: str, context: Mapping[str, Any], *, external: bool = False) -> str:
    """Return where a notice leads."""
    sentence = find_sentence(code)
    parts = {name: context.get(key) for name, key in sentence.address.items()}
    if not all(parts.values()):
        sentence, parts = _UNKNOWN, {}
    return url_for(sentence.endpoint, _external=external, **parts)
