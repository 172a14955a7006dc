"""Forms of matching."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice

from matchmaker.matching import wishes
from matchmaker.matching.models import DecisionReason
from matchmaker.matching.wish_models import Attribute, Strength
from matchmaker.profiles.models import Profile
from matchmaker.vocabulary.collaboration import type_name
from matchmaker.vocabulary.countries import country_name
from matchmaker.vocabulary.languages import language_name
from matchmaker.vocabulary.sectors import sector_name
from matchmaker.web.forms import Form, line, required
from matchmaker.web.i18n import locale

REASON_TEXTS = {
    DecisionReason.WRONG_SECTOR: _l("another field"),
    DecisionReason.WRONG_MARKET: _l("another market"),
    DecisionReason.WRONG_SIZE: _l("too large or too small for us"),
    DecisionReason.ALREADY_KNOWN: _l("we know each other"),
    DecisionReason.NOT_NOW: _l("not now"),
}


ATTRIBUTE_TEXTS = {
    Attribute.LANGUAGE: _l("Language"),
    Attribute.COUNTRY: _l("Country"),
    Attribute.MARKET: _l("Target market"),
    Attribute.SECTOR: _l("Sector"),
    Attribute.KIND: _l("Kind of cooperation"),
}
SHARED_TEXTS = {
    Attribute.LANGUAGE: _l("a language in common with me"),
    Attribute.COUNTRY: _l("my own country"),
    Attribute.SECTOR: _l("one of my own sectors"),
}
STRENGTH_TEXTS = {
    Strength.MUST: _l("must have"),
    Strength.PREFER: _l("prefer"),
    Strength.FEWER: _l("fewer of these"),
}
OFFERS_TEXT = _l("They offer")
REQUESTS_TEXT = _l("They look for")


class SearchForm(Form):
    """The name under which a search stands."""

    name = line(_l("Name of this search"), required(), limit=80)


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

    fewer = SelectMultipleField(
        _l("Show me fewer people like this:"),
        description=_l("Your list is put in a new order at once."),
    )

    def offer_fewer(self, candidate: Profile) -> None:
        """Offer what this person has: one may want fewer of it."""
        traits = wishes.traits_of(candidate)
        self.fewer.choices = [
            SelectChoice(
                value=f"{attribute}:{value}", label=value_name(attribute, value)
            )
            for attribute in (Attribute.SECTOR, Attribute.COUNTRY, Attribute.KIND)
            for value in sorted(getattr(traits, attribute))
            if value in wishes.choices()[attribute]
        ]

    def chosen_fewer(self) -> list[tuple[str, str]]:
        """Return what was ticked, as attribute and value."""
        chosen = [one.partition(":") for one in self.fewer.data or ()]
        return [(attribute, value) for attribute, _, value in chosen]


class WishForm(Form):
    """One lever: what, and how much it counts."""

    what = SelectField(_l("What should they have?"), validators=[required()])
    strength = RadioField(
        _l("How much does it count?"),
        choices=[
            SelectChoice(value=strength.value, label=words)
            for strength, words in STRENGTH_TEXTS.items()
        ],
        default=Strength.PREFER.value,
    )

    def set_choices(self) -> None:
        """Offer every value, grouped by attribute, in the reader's language."""
        self.what.choices = [
            SelectChoice(
                value=f"{attribute}:{value}",
                label=value_name(attribute, value),
                optgroup=str(ATTRIBUTE_TEXTS[Attribute(attribute)]),
            )
            for attribute, values in wishes.choices().items()
            for value in sorted(values, key=lambda one: _order(attribute, one))
        ]


def _order(attribute: str, value: str) -> tuple[bool, str]:
    return value != wishes.SHARED, value_name(attribute, value).casefold()


def value_name(attribute: str, value: str) -> str:
    """Return what a wish is about, in the reader's language."""
    if value == wishes.SHARED:
        return str(SHARED_TEXTS[Attribute(attribute)])
    if attribute == Attribute.LANGUAGE:
        return language_name(value, locale())
    if attribute == Attribute.SECTOR:
        return sector_name(value, locale())
    if attribute == Attribute.KIND:
        side, _, code = value.partition(".")
        heading = OFFERS_TEXT if side == "offer" else REQUESTS_TEXT
        return f"{heading}: {type_name(code, locale())}"
    return country_name(value, locale())
