"""The form of erasure."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField
from wtforms.validators import InputRequired

from matchmaker.web.forms import Form


class EraseForm(Form):
    """One box, so that nobody erases themselves by a slip."""

    sure = BooleanField(
        _l("I understand that this cannot be taken back"),
        validators=[InputRequired(_l("Please tick the box, if you are sure."))],
    )
