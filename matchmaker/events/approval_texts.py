"""Reasons of a refusal, as an organiser chooses them and as a member reads them."""

from flask_babel import lazy_gettext as _l

from matchmaker.events.admission import Refusal

#: Code: what the organiser chooses, and what the member reads.
_REASONS = {
    "incomplete": (
        _l("Says too little"),
        _l(
            "It says too little to judge by. Add who you are, what your organisation "
            "does and what exactly you offer or look for."
        ),
    ),
    "unfit": (
        _l("Does not fit this community"),
        _l("It does not fit what this community is for."),
    ),
    "advertising": (
        _l("Reads like advertising"),
        _l(
            "It reads like advertising. Say in plain words what you offer or look for, "
            "and to whom."
        ),
    ),
    "doubled": (
        _l("Is there twice"),
        _l("It is here already, under this or another profile."),
    ),
    "unlawful": (
        _l("Goods or services that are not allowed here"),
        _l("Goods or services like these are not allowed here."),
    ),
    "other": (_l("Another reason, written below"), ""),
}


def reason_choices() -> list[tuple[str, str]]:
    """Return the reasons to choose from, each with its name."""
    return [(code, str(name)) for code, (name, _text) in _REASONS.items()]


def refusal_sentence(refusal: Refusal) -> str:
    """Return what a member is told of a refusal, without the organiser's own words."""
    found = _REASONS.get(refusal.reason)
    return str(found[1]) if found else ""
