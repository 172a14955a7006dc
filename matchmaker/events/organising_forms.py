"""Forms of an event and of its team."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from wtforms import DateTimeLocalField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, ValidationError

from matchmaker.events.models import Event, EventKind, StaffRole
from matchmaker.events.organising import EventFacts
from matchmaker.vocabulary.languages import language_names
from matchmaker.web.forms import CodesField, Form, line, required
from matchmaker.web.i18n import OWN_NAMES, locale, time_zones

_FIRST_YEAR, _LAST_YEAR = 2000, 2100
_NAME = {"en": "name_en", "ru": "name_ru", "zh": "name_zh"}


def _near(_form: Form, field: DateTimeLocalField) -> None:
    """Refuse a day no event has; the first years of the era are in no time zone."""
    if field.data and not _FIRST_YEAR <= field.data.year <= _LAST_YEAR:
        raise ValidationError(_l("Please choose a day between 2000 and 2100."))


def _moment(label: object) -> DateTimeLocalField:
    return DateTimeLocalField(
        label,
        format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        validators=[InputRequired(message=_l("Please enter day and time.")), _near],
    )


class EventForm(Form):
    """What an event is called, where and when it is."""

    name_en = line(_l("Name in English"))
    name_ru = line(_l("Name in Russian"))
    name_zh = line(_l("Name in Chinese"))
    kind = RadioField(_l("What it is"), validators=[required()])
    place = line(
        _l("Place"), description=_l("City and country, or the name of the platform.")
    )
    time_zone = SelectField(_l("Time zone"), validators=[required()])
    starts_at = _moment(_l("Begins"))
    ends_at = _moment(_l("Ends"))
    languages = CodesField(_l("Languages spoken there"), limit=10)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = [
            SelectChoice(value=EventKind.WEBINAR.value, label=str(_l("Webinar"))),
            SelectChoice(value=EventKind.MEETING.value, label=str(_l("Meeting"))),
        ]
        self.time_zone.choices = [
            SelectChoice(value=zone, label=zone.replace("_", " "))
            for zone in time_zones()
        ]
        self.languages.choices = [
            SelectChoice(value=code, label=name)
            for code, name in language_names(locale()).items()
        ]

    def validate(self, extra_validators: Any = None) -> bool:  # noqa: ANN401
        """Want one name at least: the others fall back on it."""
        ok = bool(super().validate(extra_validators))
        if not any(self[name].data for name in _NAME.values()):
            self[_NAME[locale()]].errors = [_l("Give the event a name.")]
            return False
        return ok

    def facts(self) -> EventFacts:
        """Return what was said, with times in UTC."""
        zone = ZoneInfo(self.time_zone.data)
        return EventFacts(
            names={
                code: self[name].data for code, name in _NAME.items() if self[name].data
            },
            kind=EventKind(self.kind.data),
            place=self.place.data,
            time_zone=self.time_zone.data,
            starts_at=_in_utc(self.starts_at.data, zone),
            ends_at=_in_utc(self.ends_at.data, zone),
            languages=list(self.languages.data),
        )

    def name_fields(self) -> list[Any]:
        """Return the names, the one in the reader's language first."""
        codes = sorted(OWN_NAMES, key=lambda code: code != locale())
        return [self[_NAME[code]] for code in codes]


def _in_utc(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.replace(tzinfo=zone).astimezone(UTC)


def fill_event(event: Event) -> dict[str, Any]:
    """Return what is stored, under the names of the form."""
    zone = ZoneInfo(event.time_zone)
    return {
        **{field: event.names.get(code, "") for code, field in _NAME.items()},
        "kind": event.kind.value,
        "place": event.place,
        "time_zone": event.time_zone,
        "starts_at": event.starts_at.astimezone(zone).replace(tzinfo=None),
        "ends_at": event.ends_at.astimezone(zone).replace(tzinfo=None),
        "languages": event.languages,
    }


class TeamForm(Form):
    """Somebody who shall run the event too."""

    email = line(
        _l("Mail address of a member"),
        required(),
        limit=254,
        render_kw={"inputmode": "email", "autocomplete": "off"},
    )
    role = RadioField(
        _l("What they may do"),
        validators=[DataRequired(message=_l("Choose what they may do."))],
        default=StaffRole.HELPER.value,
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.role.choices = [
            SelectChoice(value=code, label=name) for code, name, _hint in role_texts()
        ]


def role_texts() -> list[tuple[str, str, str]]:
    """Return the roles, each with its name and what it may do."""
    return [
        (
            StaffRole.OWNER.value,
            str(_l("Owner")),
            str(_l("May do everything, and chooses the team.")),
        ),
        (
            StaffRole.MANAGER.value,
            str(_l("Manager")),
            str(_l("Imports lists, invites, sets rules, changes the event.")),
        ),
        (
            StaffRole.HELPER.value,
            str(_l("Helper")),
            str(_l("Sees the people and the figures, changes nothing.")),
        ),
    ]
