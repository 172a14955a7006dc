"""Forms on which people ask, answer, and say what came of it."""

import unicodedata
from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    Field,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional, ValidationError

from matchmaker.matching.deal_models import Deal, DealKind, DealValue
from matchmaker.matching.outcomes import MOST_COUNTRIES
from matchmaker.profiles.models import Opportunity, Profile
from matchmaker.vocabulary.countries import country_names
from matchmaker.web.forms import CodesField, Form, text
from matchmaker.web.i18n import language, locale

NOTE_LIMIT = 1000  # characters: a screen on a phone
#: Letters and symbols by name that show nothing at all.
_BLANK = frozenset("\u3164\u115f\u1160\uffa0\u2800")

STAGE_TEXTS = {
    "not_held": _l("It did not take place"),
    "no_interest": _l("Too little interest"),
    "informative": _l("Informative"),
    "cooperation_possible": _l("Cooperation is possible"),
    "no_contact": _l("No further contact"),
    "knowledge": _l("We learned from each other"),
    "valuable_contact": _l("A valuable contact"),
    "negotiation": _l("We negotiate"),
    "agreement": _l("We have an agreement"),
}
DEAL_TEXTS = {
    DealKind.AGREEMENT: _l("an agreement"),
    DealKind.PROJECT: _l("a joint project"),
    DealKind.ORDER: _l("an order"),
    DealKind.INVESTMENT: _l("an investment"),
}
VALUE_TEXTS = {
    DealValue.UNSAID: _l("I would rather not say"),
    DealValue.BELOW_10K: _l("below 10,000"),
    DealValue.TO_100K: _l("10,000 to 100,000"),
    DealValue.TO_1M: _l("100,000 to 1 million"),
    DealValue.ABOVE_1M: _l("above 1 million"),
}


def shows_something(words: str) -> bool:
    """Tell whether a text has anything in it that can be seen."""
    return any(
        unicodedata.category(char)[0] in "LNPS" and char not in _BLANK for char in words
    )


class AskForm(Form):
    """A request to be introduced: it cites an item of each side.

    Where the two read different languages there are two texts: the note, which the
    receiver reads first, and the sender's own words, which stand below it.
    """

    seeker_item = SelectField(_l("Of yours, it is about"))
    candidate_item = SelectField(_l("Of theirs, it is about"))
    original = text(
        _l("In your own words"),
        limit=NOTE_LIMIT,
        description=_l("It stands below, as the original."),
        render_kw={"rows": 7},
    )
    note = text(
        _l("A few words to begin with"),
        limit=NOTE_LIMIT,
        description=_l("They read this before they answer. Change it as you like."),
        render_kw={"rows": 7},
    )

    def set_items(self, mine: list[Opportunity], theirs: list[Opportunity]) -> None:
        """Offer the items of both sides."""
        self.seeker_item.choices = _items(mine)
        self.candidate_item.choices = _items(theirs)

    def set_languages(self, mine: str, theirs: str) -> None:
        """Ask for one text, or for two in different languages."""
        self.two = mine != theirs
        if not self.two:
            self.note.flags.required = True
            del self.original
            return
        self.original.label.text = _(
            "In your own words (%(language)s)", language=language(mine)
        )
        self.note.label.text = _(
            "What they read first (%(language)s)", language=language(theirs)
        )
        self.note.description = _(
            "Begun for you in their language. If you do not write it, leave it as it "
            "is, or empty: then they get your own words only."
        )

    def texts(self) -> tuple[str, str]:
        """Return the note and the original; a single text is the note."""
        own = self.original.data or "" if self.two else ""
        note = self.note.data or ""
        if not shows_something(note):
            return own, ""
        return note, own if shows_something(own) and own != note else ""

    def validate_note(self, _field: Field) -> None:
        """Refuse to send nothing that can be read."""
        if not shows_something(self.texts()[0]):
            raise ValidationError(_("Please fill in this field."))


class AnswerForm(Form):
    """What an answer may carry: a day to come back on, or a colleague."""

    answer = StringField()
    in_days = IntegerField(validators=[Optional()])
    later_on = DateField(_l("Another day"), validators=[Optional()])
    colleague = SelectField(_l("Colleague"), validate_choice=False)

    def set_colleagues(self, colleagues: Sequence[Profile]) -> None:
        """Offer the people to whom the request may go."""
        self.colleague.choices = [
            SelectChoice(
                value=one.public_id,
                label=" · ".join(filter(None, (one.full_name, one.job_title))),
            )
            for one in colleagues
        ]


class DealForm(Form):
    """What came of a contact: of which kinds, how much, between which countries."""

    kinds = SelectMultipleField(
        _l("It led to"),
        choices=[SelectChoice(value=k.value, label=t) for k, t in DEAL_TEXTS.items()],
    )
    value = RadioField(
        _l("Worth about, in US dollars"),
        choices=[SelectChoice(value=v.value, label=t) for v, t in VALUE_TEXTS.items()],
        default=DealValue.UNSAID.value,
    )
    countries = CodesField(_l("Countries involved"), limit=MOST_COUNTRIES)

    def __init__(self, deal: Deal | None, *, between: Sequence[str]) -> None:
        """Show what was said before, at first the two sides' countries."""
        super().__init__(
            data={
                "kinds": deal.kinds if deal else [],
                "value": (deal.value if deal else DealValue.UNSAID).value,
                "countries": deal.countries if deal else list(between),
            }
        )
        self.countries.choices = [
            SelectChoice(value=code, label=name)
            for code, name in country_names(locale()).items()
        ]


def _items(items: list[Opportunity]) -> list[SelectChoice]:
    nothing = SelectChoice(value="", label=str(_l("nothing in particular")))
    chosen = [SelectChoice(value=i.public_id, label=_short(i.text)) for i in items]
    return [*chosen, nothing]


def _short(words: str) -> str:
    longest = 110  # characters that fit in a select box on a phone, in two lines
    return words if len(words) <= longest else words[: longest - 1] + "…"
