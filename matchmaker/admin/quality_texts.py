"""What the figures of the quality page are called, and what each counts."""

from collections.abc import Callable

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from matchmaker.vocabulary.countries import country_name
from matchmaker.vocabulary.sectors import sector_name
from matchmaker.web.i18n import locale

#: Step of the chain: its name, and what is counted.
STEP_TEXTS = {
    "shown": (
        _l("Shown"),
        _l(
            "proposals by the day on which their seeker saw the candidate for the "
            "first time; everything below is counted to that day"
        ),
    ),
    "interested": (
        _l("Interested"),
        _l("of those shown: the seeker said so, or asked for the introduction"),
    ),
    "asked": (
        _l("Asked"),
        _l(
            "of those shown: a request that came before the receiver and was not "
            "withdrawn"
        ),
    ),
    "answered": (
        _l("Answered"),
        _l(
            "yes, no, later or handed to a colleague, of the requests whose time is "
            "over or that were answered; expired counts as unanswered"
        ),
    ),
    "accepted": (_l("Accepted"), _l("a yes, of those answered")),
    "followed_up": (
        _l("Followed up"),
        _l(
            "by either side within 14 days of the yes, of the contacts that are 14 "
            "days old or were followed up"
        ),
    ),
    "good": (
        _l("Good"),
        _l("a side reports possible cooperation or more, of those accepted"),
    ),
    "agreed": (_l("Agreement"), _l("a side reports an agreement, of those accepted")),
}
#: Kind of table: its title, what its first column is called, what it tells.
DIMENSION_TEXTS = {
    "rank": (
        _l("By place in the list"),
        _l("Place"),
        _l("Where the proposal stood when it was first seen; 1 is the top."),
    ),
    "band": (
        _l("What “strong” meant"),
        _l("Band"),
        _l(
            "The band of the score that the proposal was shown with, by the model of "
            "that day. If bands mean something, acceptance falls from strong to "
            "possible and the intervals do not overlap."
        ),
    ),
    "score": (
        _l("By score"),
        _l("Score"),
        _l("The joint score of both sides in tenths, as it was when first seen."),
    ),
    "countries": (
        _l("By pair of countries"),
        _l("Countries"),
        _l("The countries of both sides, whoever asks."),
    ),
    "sector": (
        _l("By sector of the seeker"),
        _l("Sector"),
        _l("The branch of the first sector that the seeker names."),
    ),
    "languages": (
        _l("By language"),
        _l("Language"),
        _l("Whether both sides speak a language in common."),
    ),
    "event": (
        _l("By event of the seeker"),
        _l("Event"),
        _l("Somebody who was at two events counts in both rows."),
    ),
    "model": (
        _l("By model version"),
        _l("Version"),
        _l("The version that made the list in which the proposal was first seen."),
    ),
    "seeker_since": (
        _l("New and older seekers"),
        _l("Seeker"),
        _l("New: joined less than 30 days before the proposal was first seen."),
    ),
    "candidate_since": (
        _l("New and older candidates"),
        _l("Candidate"),
        _l("New: joined less than 30 days before they were first shown."),
    ),
}
_REASON_TEXTS = {
    "need-offer": _l("a text that answers a need"),
    "field": _l("texts of the same field"),
    "collaboration": _l("kinds of cooperation that fit"),
    "sector": _l("near sectors"),
    "market": _l("markets that meet"),
    "language": _l("a language in common"),
    "place": _l("the same place"),
    "welcome": _l("the other side can use what is offered"),
}
_VALUE_TEXTS = {
    ("band", "strong"): _l("Strong"),
    ("band", "good"): _l("Good"),
    ("band", "possible"): _l("Possible"),
    ("languages", "shared"): _l("in common"),
    ("languages", "none"): _l("none in common"),
    ("seeker_since", "new"): _l("new"),
    ("seeker_since", "old"): _l("older"),
    ("candidate_since", "new"): _l("new"),
    ("candidate_since", "old"): _l("older"),
    ("event", ""): _l("no event"),
}


def value_name(dimension: str, value: str, names: dict[str, str]) -> str:
    """Return what a kind of proposals is called in the reader's language."""
    known = _VALUE_TEXTS.get((dimension, value))
    if known is not None:
        return str(known)
    if not value:
        return str(_("not stated"))
    made = _MADE.get(dimension)
    return made(value) if made else names.get(value, value)


def _score(value: str) -> str:
    return f"0.{value}–{(int(value) + 1) / 10:.1f}"


def _countries(value: str) -> str:
    return " – ".join(country_name(one, locale()) for one in value.split("-"))


_MADE: dict[str, Callable[[str], str]] = {
    "countries": _countries,
    "sector": lambda value: str(sector_name(value, locale())),
    "score": _score,
    "rank": lambda value: value.replace("-", "–"),
}


def reason_name(kind: str) -> str:
    """Return what a kind of reason is called in the reader's language."""
    return str(_REASON_TEXTS.get(kind, kind))
