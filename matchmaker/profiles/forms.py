"""Forms of the profile: four short steps, and one offer or request."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    Field,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from matchmaker.profiles import rules
from matchmaker.profiles.models import Profile
from matchmaker.vocabulary import collaboration, countries, languages, sectors
from matchmaker.web.forms import CodesField, Form, line, required, text
from matchmaker.web.i18n import locale

SIZES = ("1", "2-9", "10-49", "50-249", "250-999", "1000+")


def _choices(names: dict[str, str], *, empty: object = None) -> list[SelectChoice]:
    first = [] if empty is None else [SelectChoice(value="", label=str(empty))]
    return first + [
        SelectChoice(value=code, label=name) for code, name in names.items()
    ]


class StepForm(Form):
    """A part of the profile; it knows which version it started from."""

    version = IntegerField(widget=HiddenField.widget)
    #: Fields of the profile this step changes, in the order of the page.
    fields: tuple[str, ...] = ()

    def changes(self) -> dict[str, Any]:
        """Return what is to be stored."""
        return {name: self[name].data for name in self.fields}


class PersonForm(StepForm):
    """Who one is."""

    fields = ("full_name", "latin_name", "job_title", "country", "city", "languages")
    full_name = line(
        _l("Your name"),
        required(),
        description=_l("As you write it yourself, in your own script."),
        render_kw={"autocomplete": "name"},
    )
    latin_name = line(
        _l("Name in Latin letters"),
        description=_l(
            "If your name is written in another script: how others read it."
        ),
    )
    job_title = line(
        _l("What you do there"),
        description=_l("For example: founder, export manager."),
        render_kw={"autocomplete": "organization-title"},
    )
    country = SelectField(_l("Country you work from"), validators=[required()])
    city = line(_l("City"), limit=100, render_kw={"autocomplete": "address-level2"})
    languages = CodesField(_l("Languages you speak"), limit=10)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.country.choices = _choices(
            countries.country_names(locale()), empty=_l("Choose a country")
        )
        self.languages.choices = _choices(languages.language_names(locale()))


class OrganisationForm(StepForm):
    """The organisation and its field."""

    fields = ("sectors", "about")
    organisation = line(_l("Organisation"), render_kw={"autocomplete": "organization"})
    website = line(
        _l("Website"), render_kw={"inputmode": "url", "placeholder": "https://"}
    )
    size = SelectField(_l("People who work there"))
    about = text(
        _l("What you do, in a few sentences"),
        description=_l(
            "In the language you like best: members who read others find it too."
        ),
        render_kw={"rows": 4},
    )
    sectors = CodesField(_l("Sectors"), limit=5)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.size.choices = _choices(
            {size: size for size in SIZES}, empty=_l("I'd rather not say")
        )
        self.sectors.choices = [
            SelectChoice(value=code, label=sectors.sector_name(code, locale()))
            for code in sectors.sector_codes()
        ]

    def validate_website(self, field: StringField) -> None:
        """Refuse what is no web address."""
        if field.data:
            self.check(lambda: rules.check_website(field.data), "website")


class ReachForm(StepForm):
    """Target markets and how to be reached."""

    fields = ("markets",)
    markets = CodesField(_l("Countries you want to work with"), limit=15)
    email = line(_l("Mail"), render_kw={"inputmode": "email"})
    email_visibility = SelectField(_l("Who sees the mail address"))
    phone = line(_l("Phone"), limit=40, render_kw={"inputmode": "tel"})
    phone_visibility = SelectField(_l("Who sees the phone number"))
    wechat = line(_l("WeChat"), limit=60)
    wechat_visibility = SelectField(_l("Who sees WeChat"))
    telegram = line(_l("Telegram"), limit=60)
    telegram_visibility = SelectField(_l("Who sees Telegram"))
    whatsapp = line(_l("WhatsApp"), limit=60)
    whatsapp_visibility = SelectField(_l("Who sees WhatsApp"))

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.markets.choices = _choices(countries.country_names(locale()))
        labels = {
            "connections": _l("only after we both say yes"),
            "members": _l("all members"),
            "nobody": _l("nobody"),
        }
        for kind in rules.CONTACT_KINDS:
            self[f"{kind}_visibility"].choices = [
                SelectChoice(value=value, label=str(labels[value]))
                for value in rules.VISIBILITIES
                if not (kind in rules.GUARDED_KINDS and value == "members")
            ]

    def validate_phone(self, field: StringField) -> None:
        """Refuse what nobody can dial."""
        if field.data:
            self.check(lambda: rules.check_phone(field.data), "phone")

    def contact_rows(self) -> list[tuple[Field, Field]]:
        """Return each contact field with the one that says who sees it."""
        return [(self[k], self[f"{k}_visibility"]) for k in rules.CONTACT_KINDS]

    def changes(self) -> dict[str, Any]:
        """Return markets and contacts."""
        contacts = {
            kind: {
                "value": self[kind].data,
                "visibility": self[f"{kind}_visibility"].data,
            }
            for kind in rules.CONTACT_KINDS
            if self[kind].data
        }
        return {"markets": self.markets.data, "contacts": contacts}


def _kinds(side: collaboration.Side) -> list[SelectChoice]:
    return [
        SelectChoice(value=code, label=collaboration.phrase(side, code, locale()))
        for code in collaboration.COLLABORATION_TYPES
    ]


class ItemForm(Form):
    """One offer or one request; it knows which version of the profile it began from."""

    version = IntegerField(widget=HiddenField.widget)
    collaboration = SelectField(_l("What is it about?"))
    text = text(
        _l("In one or two sentences"),
        required(),
        limit=600,
        description=_l(
            "Goods or service, amounts, places, standards: the more exact, the better "
            "the proposals."
        ),
        render_kw={"rows": 3},
    )
    valid_until = DateField(
        _l("Valid until"),
        validators=[Optional()],
        description=_l("Leave empty if it has no end."),
    )

    def set_side(self, side: str) -> None:
        """Offer the collaboration types in the words of one side."""
        self.collaboration.choices = _kinds("offer" if side == "offer" else "request")


class FirstItemsForm(Form):
    """The first offer and the first request, together."""

    offer_kind = SelectField(_l("I offer"))
    offer_text = text(_l("What you offer"), limit=600, render_kw={"rows": 3})
    request_kind = SelectField(_l("I look for"))
    request_text = text(_l("What you look for"), limit=600, render_kw={"rows": 3})

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        choose = SelectChoice(value="", label=str(_l("Choose what fits")))
        self.offer_kind.choices = [choose, *_kinds("offer")]
        self.request_kind.choices = [choose, *_kinds("request")]

    def validate(self, extra_validators: Any = None) -> bool:  # noqa: ANN401
        """Want at least one of the two: without it nobody can be matched."""
        ok = bool(super().validate(extra_validators))
        if ok and not (self.offer_text.data or self.request_text.data):
            for name in ("offer_text", "request_text"):
                self[name].errors = [
                    _l("Write at least one offer or one request: partners come by it.")
                ]
            return False
        for side in ("offer", "request"):
            if ok and self[f"{side}_text"].data and not self[f"{side}_kind"].data:
                self[f"{side}_kind"].errors = [_l("Please choose what it is about.")]
                ok = False
        return ok


def fill(profile: Profile) -> dict[str, Any]:
    """Return the stored values under the names of the form fields."""
    organisation = profile.organisation
    values: dict[str, Any] = {
        "version": profile.version,
        "full_name": profile.full_name,
        "latin_name": profile.latin_name,
        "job_title": profile.job_title,
        "country": profile.country,
        "city": profile.city,
        "languages": profile.languages,
        "sectors": profile.sectors,
        "markets": profile.markets,
        "about": profile.about,
        "organisation": organisation.name if organisation else "",
        "website": organisation.website if organisation else "",
        "size": organisation.size if organisation else "",
    }
    for kind in rules.CONTACT_KINDS:
        entry = profile.contacts.get(kind, {"value": "", "visibility": "connections"})
        values[kind] = entry["value"]
        values[f"{kind}_visibility"] = entry["visibility"]
    return values
