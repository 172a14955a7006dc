"""The form of what is told by mail, and when."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice

from matchmaker.notices import rules
from matchmaker.notices.models import Delivery, NoticeKind, Rhythm
from matchmaker.notices.texts import DELIVERY_TEXTS
from matchmaker.web.forms import Form, required
from matchmaker.web.i18n import time_zones

_HOURS = [SelectChoice(value=str(hour), label=f"{hour:02}:00") for hour in range(24)]
_DAYS = (
    _l("Monday"),
    _l("Tuesday"),
    _l("Wednesday"),
    _l("Thursday"),
    _l("Friday"),
    _l("Saturday"),
    _l("Sunday"),
)


def _hour(label: object) -> SelectField:
    return SelectField(label, validators=[required()], choices=_HOURS)


class NoticesForm(Form):
    """A switch for each kind, the rhythm of the digest, hours of quiet."""

    rhythm = RadioField(
        _l("How often"),
        choices=[
            SelectChoice(value=Rhythm.DAILY.value, label=_l("Every day")),
            SelectChoice(value=Rhythm.WEEKLY.value, label=_l("Once a week")),
            SelectChoice(value=Rhythm.NEVER.value, label=_l("Never")),
        ],
    )
    weekday = SelectField(
        _l("Day, if once a week"),
        validators=[required()],
        choices=[
            SelectChoice(value=str(place), label=name)
            for place, name in enumerate(_DAYS)
        ],
    )
    hour = _hour(_l("Hour"))
    time_zone = SelectField(
        _l("Time zone"),
        validators=[required()],
        choices=[
            SelectChoice(value=zone, label=zone.replace("_", " "))
            for zone in time_zones()
        ],
    )
    quiet = BooleanField(_l("Letters wait during quiet hours"))
    quiet_from = _hour(_l("From"))
    quiet_to = _hour(_l("Until"))

    def switch(self, kind: NoticeKind) -> RadioField:
        """Return the switch of a kind."""
        return self[f"kind_{kind.value}"]

    def choices(self) -> dict[NoticeKind, Delivery]:
        """Return what was chosen for each kind."""
        return {kind: Delivery(self.switch(kind).data) for kind in NoticeKind}

    def quiet_hours(self) -> tuple[int, int] | None:
        """Return the hours of quiet, if there are to be any."""
        if not self.quiet.data:
            return None
        return int(self.quiet_from.data), int(self.quiet_to.data)


def _switch(kind: NoticeKind) -> RadioField:
    offered = [
        one
        for one in Delivery
        if one is not Delivery.AT_ONCE or kind not in rules.GATHERED
    ]
    return RadioField(
        kind.value,
        choices=[
            SelectChoice(value=one.value, label=DELIVERY_TEXTS[one]) for one in offered
        ],
    )


# A field for each kind: a new kind has its switch without anybody thinking of it.
for _kind in NoticeKind:
    setattr(NoticesForm, f"kind_{_kind.value}", _switch(_kind))
