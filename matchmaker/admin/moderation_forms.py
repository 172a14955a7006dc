"""Forms of moderators."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice

from matchmaker.trust.models import MeasureKind
from matchmaker.trust.reports import NOTE_LIMIT
from matchmaker.web.forms import Form, required, text

KIND_TEXTS = {
    MeasureKind.DISMISSED: _l("Nothing to do: dismiss"),
    MeasureKind.WARNED: _l("Warn: a letter with the reason"),
    MeasureKind.TEXTS_HELD: _l(
        "Hold texts: a moderator reads each request and message before it goes out"
    ),
    MeasureKind.SUSPENDED: _l(
        "Suspend: the account is closed, the profile hidden, every sign-in ended"
    ),
}


class DecideForm(Form):
    """What becomes of a case."""

    kind = RadioField(
        _l("Decision"),
        choices=[
            SelectChoice(value=kind.value, label=words)
            for kind, words in KIND_TEXTS.items()
        ],
        validators=[required()],
    )
    reason = text(
        _l("Reason"),
        limit=NOTE_LIMIT,
        description=_l(
            "The person reads it, in your words; name no reporter. Needed for all but "
            "a dismissal."
        ),
        render_kw={"rows": 4},
    )


class AnswerForm(Form):
    """What is answered to an appeal."""

    grant = RadioField(
        _l("Answer"),
        choices=[
            SelectChoice(value="no", label=_l("The decision stands")),
            SelectChoice(value="yes", label=_l("The decision is taken back")),
        ],
        validators=[required()],
    )
    text = text(
        _l("Reason"),
        required(),
        limit=NOTE_LIMIT,
        description=_l("The person reads it, in your words."),
        render_kw={"rows": 4},
    )


class RefuseForm(Form):
    """Why a held text is not sent."""

    reason = text(
        _l("Why it is not sent"),
        required(),
        limit=NOTE_LIMIT,
        description=_l("The author reads it, in your words."),
        render_kw={"rows": 3},
    )
