"""The form of a reviewer."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from matchmaker.matching.review_models import Verdict
from matchmaker.web.forms import Form, text

NOTE_LIMIT = 500  # characters

VERDICT_TEXTS = {
    Verdict.GOOD: _l("Good"),
    Verdict.FAIR: _l("Fair"),
    Verdict.BAD: _l("Bad"),
    Verdict.CANNOT_SAY: _l("Cannot say"),
}
VERDICT_HINTS = {
    Verdict.GOOD: _l("One has what the other looks for: I would introduce them."),
    Verdict.FAIR: _l("Some common ground: worth a talk, no more."),
    Verdict.BAD: _l("Nothing for either: it would cost both time."),
    Verdict.CANNOT_SAY: _l("Too little is written, or I do not know the trade."),
}


class ReviewForm(Form):
    """What a reviewer says of a pair."""

    verdict = RadioField(
        _l("Would you introduce these two?"),
        choices=[
            SelectChoice(value=verdict.value, label=words)
            for verdict, words in VERDICT_TEXTS.items()
        ],
        validators=[InputRequired(message=_l("Choose one of the four."))],
    )
    note = text(
        _l("Note"),
        limit=NOTE_LIMIT,
        description=_l("For whoever settles a disagreement. No names, please."),
        render_kw={"rows": 2},
    )
