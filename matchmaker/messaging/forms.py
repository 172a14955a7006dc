"""Forms of messaging."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from matchmaker.messaging.models import ContactKind
from matchmaker.web.forms import Form, line, required, text

KIND_TEXTS = {
    ContactKind.CALL: _l("a call"),
    ContactKind.MEETING: _l("a meeting"),
    ContactKind.MAIL: _l("mail"),
    ContactKind.VISIT: _l("a visit"),
    ContactKind.CHAT: _l("a chat elsewhere"),
}
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


class MessageForm(Form):
    """One message."""

    text = text(_l("Your message"), required(), limit=10_000, render_kw={"rows": 3})


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
