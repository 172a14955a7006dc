"""Forms of the answers to an invitation."""

from collections.abc import Mapping
from typing import Any, Final

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import HiddenField, SelectField, StringField
from wtforms.fields.choices import SelectChoice

from matchmaker.accounts.forms import PasswordForm
from matchmaker.errors import DomainError
from matchmaker.events.claiming import CORRECTABLE
from matchmaker.events.roster import Seed
from matchmaker.profiles import rules
from matchmaker.profiles.models import Opportunity, Side
from matchmaker.vocabulary import collaboration, countries, languages
from matchmaker.web.forms import CodesField, Form, clean, line
from matchmaker.web.i18n import locale, time_zones

LONGEST_ITEM: Final = 600  # characters, as in the form of the profile


class ItemsForm(Form):
    """A form with offers and requests to keep, change or drop beside it."""

    def kept(self, typed: MultiDict[str, str]) -> dict[str, str]:
        """Return the texts of those that were ticked, by public id."""
        return {
            public_id: clean(typed.get(f"text-{public_id}"))
            for public_id in typed.getlist("keep")
        }

    def kinds(self, typed: MultiDict[str, str]) -> dict[str, str]:
        """Return the collaboration types of those that were ticked, by public id."""
        return {
            public_id: typed[f"kind-{public_id}"]
            for public_id in typed.getlist("keep")
            if f"kind-{public_id}" in typed
        }

    def check_items(self, kept: Mapping[str, str]) -> bool:
        """Refuse a text that is longer than a profile holds."""
        if all(len(text) <= LONGEST_ITEM for text in kept.values()):
            return True
        self.refuse(DomainError("item-long"))
        return False


class ClaimForm(ItemsForm, PasswordForm):
    """The password of the account that a claim opens."""

    time_zone = HiddenField()

    def zone(self) -> str:
        """Return the browser's time zone if it is one."""
        zone = self.time_zone.data or ""
        return zone if zone in time_zones() else "UTC"


class CorrectForm(ItemsForm):
    """What an imported person may put right without an account."""

    full_name = line(_l("Your name"), render_kw={"autocomplete": "name"})
    latin_name = line(_l("Name in Latin letters"))
    job_title = line(
        _l("What you do there"), render_kw={"autocomplete": "organization-title"}
    )
    organisation = line(_l("Organisation"), render_kw={"autocomplete": "organization"})
    country = SelectField(_l("Country you work from"))
    city = line(_l("City"), limit=100, render_kw={"autocomplete": "address-level2"})
    languages = CodesField(_l("Languages you speak"), limit=10)
    phone = line(_l("Phone"), limit=40, render_kw={"inputmode": "tel"})

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.country.choices = [
            SelectChoice(value="", label=str(_l("Choose a country"))),
            *_choices(countries.country_names(locale())),
        ]
        self.languages.choices = _choices(languages.language_names(locale()))

    def validate_phone(self, field: StringField) -> None:
        """Refuse what nobody can dial."""
        if field.data:
            self.check(lambda: rules.check_phone(field.data), "phone")

    def changes(self) -> dict[str, Any]:
        """Return what is to be stored of the profile itself."""
        return {name: self[name].data for name in CORRECTABLE}


def _choices(names: dict[str, str]) -> list[SelectChoice]:
    return [SelectChoice(value=code, label=name) for code, name in names.items()]


def fill(seed: Seed) -> dict[str, Any]:
    """Return what is stored under the names of the fields to correct."""
    profile = seed.profile
    stored = {name: getattr(profile, name) for name in CORRECTABLE}
    return {**stored, "organisation": profile.organisation_name, "phone": seed.phone}


def shown_items(
    items: list[Opportunity], typed: MultiDict[str, str] | None
) -> list[dict[str, Any]]:
    """Return offers and requests as the page shows them: with what was typed, if so."""
    return [
        {
            "id": item.public_id,
            "side": item.side.value,
            "lang": item.lang,
            "kind": item.collaboration
            if typed is None
            else typed.get(f"kind-{item.public_id}", ""),
            "text": item.text if typed is None else typed.get(f"text-{item.public_id}"),
            "keep": typed is None or item.public_id in typed.getlist("keep"),
        }
        for item in items
    ]


def kind_phrases() -> dict[str, list[tuple[str, str]]]:
    """Return the collaboration types as somebody says them, by side."""
    return {
        side.value: [
            (code, collaboration.phrase(side.value, code, locale()))
            for code in collaboration.COLLABORATION_TYPES
        ]
        for side in Side
    }
