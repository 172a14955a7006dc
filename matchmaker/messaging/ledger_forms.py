"""Forms and sentences of the ledger."""

from datetime import date, timedelta
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, IntegerField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional
from wtforms.widgets import HiddenInput

from matchmaker.messaging.ledger import Noted
from matchmaker.messaging.models import ContactKind, FollowUp, StepOwner
from matchmaker.messaging.rules import Shelf
from matchmaker.web.forms import Form, line, required, text

#: What each kind is called on a button, and the icon on it.
KIND_NAMES = {
    ContactKind.CALL: _l("Call"),
    ContactKind.MEETING: _l("Meeting"),
    ContactKind.MAIL: _l("E-mail"),
    ContactKind.VISIT: _l("Visit"),
    ContactKind.CHAT: _l("Chat elsewhere"),
}
OWNER_NAMES = {
    StepOwner.ME: _l("Mine"),
    StepOwner.THEM: _l("Theirs"),
    StepOwner.BOTH: _l("Ours"),
}
SHELF_NAMES = {
    Shelf.ASKED: _l("They wait for your answer"),
    Shelf.OVERDUE: _l("Overdue"),
    Shelf.TODAY: _l("Today"),
    Shelf.NEXT: _l("Next"),
    Shelf.WAITING: _l("You wait for them"),
    Shelf.NEW: _l("New: not followed up yet"),
    Shelf.TOUCH: _l("In touch"),
    Shelf.SLEEPING: _l("Sleeping"),
    Shelf.SAVED: _l("Saved"),
}
SORT_NAMES = {
    "due": _l("By what is due"),
    "recent": _l("Latest contact first"),
    "oldest": _l("Longest silence first"),
    "name": _l("By name"),
}
GROUP_NAMES = {
    "notes": _l("Follow-ups"),
    "messages": _l("Messages"),
    "introduction": _l("Introduction"),
    "outcome": _l("Outcome"),
    "details": _l("Contact details"),
}


def _choices(names: dict[Any, Any]) -> list[SelectChoice]:
    return [SelectChoice(value=one.value, label=name) for one, name in names.items()]


class StepFields(Form):
    """What comes next, by when, and whose turn it is."""

    next_step = line(_l("Next step"), limit=200, render_kw={"dir": "auto"})
    due_on = DateField(_l("By"), validators=[Optional()])
    owner = SelectField(
        _l("Whose turn"),
        choices=_choices(OWNER_NAMES),
        default=StepOwner.ME.value,
        validators=[InputRequired()],
    )


class PlanForm(StepFields):
    """A next step without anything that took place."""

    next_step = line(_l("Next step"), required(), limit=200, render_kw={"dir": "auto"})


class FollowUpForm(StepFields):
    """A contact that took place: its kind and a day are enough."""

    kind = RadioField(
        _l("What was it?"),
        choices=_choices(KIND_NAMES),
        validators=[InputRequired(message=_l("Please choose what it was."))],
    )
    happened_on = DateField(_l("On another day"), validators=[Optional()])
    what = text(_l("What came up"), limit=2000, render_kw={"rows": 2, "dir": "auto"})
    shared = BooleanField(_l("The other side may read this note"))
    finishes = BooleanField(_l("The step is done with it"))

    def day(self, today: date) -> date:
        """Return the day that was typed, else the one of the button."""
        typed: date | None = self.happened_on.data
        back = 1 if request.form.get("when") == "yesterday" else 0
        return typed or today - timedelta(days=back)


class EditForm(FollowUpForm):
    """What was noted, to be changed; it knows which version it began from."""

    happened_on = DateField(_l("On"), validators=[required()])
    version = IntegerField(widget=HiddenInput())
    finishes = None

    def noted(self, planned: FollowUp) -> Noted:
        """Return what was typed; of a step alone, kind and day stay as they are."""
        alone = planned.planned
        return Noted(
            kind=planned.kind if alone else ContactKind(self.kind.data),
            happened_on=planned.happened_on if alone else self.happened_on.data,
            what=self.what.data,
            next_step=self.next_step.data,
            due_on=self.due_on.data,
            owner=StepOwner(self.owner.data),
            shared=self.shared.data,
        )
