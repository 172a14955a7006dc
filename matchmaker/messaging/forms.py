"""Forms of messaging."""

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    Field,
    SelectField,
    SelectMultipleField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional, ValidationError

from matchmaker.messaging.models import ContactKind
from matchmaker.messaging.talk import is_seen
from matchmaker.trust.forms import ReportForm
from matchmaker.web.forms import Form, line, required, text

MESSAGE_LIMIT = 10_000  # characters

KIND_TEXTS = {
    ContactKind.CALL: _l("a call"),
    ContactKind.MEETING: _l("a meeting"),
    ContactKind.MAIL: _l("mail"),
    ContactKind.VISIT: _l("a visit"),
    ContactKind.CHAT: _l("a chat elsewhere"),
}


def _visible(_form: Form, field: Field) -> None:
    """Refuse a text of which nothing can be seen: joiners, fillers, marks."""
    if not any(is_seen(char) for char in field.data or ""):
        raise ValidationError(_l("Please fill in this field."))


class MessageForm(Form):
    """One message."""

    text = text(
        _l("Your message"),
        required(),
        _visible,
        limit=MESSAGE_LIMIT,
        render_kw={"rows": 3, "dir": "auto"},
    )


class MessageReportForm(ReportForm):
    """Messages that moderators are to read, and what is wrong with them."""

    excerpt = None  # the messages are chosen; nobody has to copy them
    messages = SelectMultipleField(_l("Messages to show them"))


class FollowUpForm(Form):
    """A contact that took place, and the next step."""

    kind = SelectField(
        _l("There was"),
        choices=[SelectChoice(value=k.value, label=t) for k, t in KIND_TEXTS.items()],
    )
    happened_on = DateField(_l("On"), validators=[required()])
    what = text(_l("What came up"), limit=2000, render_kw={"rows": 2})
    next_step = line(_l("Next step"), limit=200)
    due_on = DateField(_l("By"), validators=[Optional()])
    shared = BooleanField(_l("The other side may read this note"))
