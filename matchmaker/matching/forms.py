"""Forms of matching."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField
from wtforms.fields.choices import SelectChoice

from matchmaker.matching.models import DecisionReason
from matchmaker.profiles.models import Opportunity
from matchmaker.web.forms import Form, required, text

REASON_TEXTS = {
    DecisionReason.WRONG_SECTOR: _l("another field"),
    DecisionReason.WRONG_MARKET: _l("another market"),
    DecisionReason.WRONG_SIZE: _l("too large or too small for us"),
    DecisionReason.ALREADY_KNOWN: _l("we know each other"),
    DecisionReason.NOT_NOW: _l("not now"),
}


class NotForMeForm(Form):
    """Why a proposal is not for somebody; the other side never learns it."""

    reason = RadioField(
        _l("Why?"),
        choices=[
            SelectChoice(value=reason.value, label=words)
            for reason, words in REASON_TEXTS.items()
        ],
        default=DecisionReason.NOT_NOW.value,
    )


class AskForm(Form):
    """A request to be introduced: it cites an item of each side."""

    seeker_item = SelectField(_l("Of yours, it is about"))
    candidate_item = SelectField(_l("Of theirs, it is about"))
    note = text(
        _l("A few words to begin with"),
        required(),
        limit=1000,
        description=_l("They read this before they answer. Change it as you like."),
        render_kw={"rows": 5},
    )

    def set_items(self, mine: list[Opportunity], theirs: list[Opportunity]) -> None:
        """Offer the items of both sides."""
        self.seeker_item.choices = _items(mine)
        self.candidate_item.choices = _items(theirs)


def _items(items: list[Opportunity]) -> list[SelectChoice]:
    nothing = SelectChoice(value="", label=str(_l("nothing in particular")))
    return [
        *(
            SelectChoice(value=item.public_id, label=_short(item.text))
            for item in items
        ),
        nothing,
    ]


def _short(words: str) -> str:
    longest = 110  # characters that fit in a select box on a phone, in two lines
    return words if len(words) <= longest else words[: longest - 1] + "…"
