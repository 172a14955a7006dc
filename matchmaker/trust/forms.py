"""Forms of reports and appeals."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField
from wtforms.fields.choices import SelectChoice

from matchmaker.trust.models import ReportKind
from matchmaker.trust.reports import EXCERPT_LIMIT, NOTE_LIMIT
from matchmaker.web.forms import Form, required, text

KIND_TEXTS = {
    ReportKind.SPAM: _l("Advertising or mass mailing"),
    ReportKind.FRAUD: _l("Fraud, or an attempt at it"),
    ReportKind.HARASSMENT: _l("Harassment, insults, threats"),
    ReportKind.FALSE_IDENTITY: _l("Pretends to be somebody else"),
    ReportKind.OTHER: _l("Something else"),
}


class ReportForm(Form):
    """What is wrong with a person or with what they wrote."""

    kind = RadioField(
        _l("What is it about?"),
        choices=[
            SelectChoice(value=kind.value, label=words)
            for kind, words in KIND_TEXTS.items()
        ],
        validators=[required()],
    )
    excerpt = text(
        _l("What they wrote"),
        limit=EXCERPT_LIMIT,
        description=_l(
            "Copy the words here. Moderators cannot read your conversations: they see "
            "only what stands in this form."
        ),
        render_kw={"rows": 4, "dir": "auto"},
    )
    note = text(
        _l("What happened, in your words"),
        limit=NOTE_LIMIT,
        render_kw={"rows": 4, "dir": "auto"},
    )
    also_block = BooleanField(_l("Block this person too"))


class AppealForm(Form):
    """Why a decision is wrong, in the words of whom it is about."""

    words = text(
        _l("Why the decision is wrong"),
        required(),
        limit=NOTE_LIMIT,
        description=_l(
            "You can write once. If there is another moderator, they read it."
        ),
        render_kw={"rows": 6, "dir": "auto"},
    )
