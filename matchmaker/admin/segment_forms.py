"""The form of a letter to a segment."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField

from matchmaker.admin.segments import LONGEST_NOTE
from matchmaker.web.forms import Form, text


class SegmentForm(Form):
    """To whom, and a few words of one's own."""

    segment = HiddenField()
    note = text(
        _l("A few words of your own"),
        limit=LONGEST_NOTE,
        description=_l(
            "They stand in the letter as you write them, in each language the same."
        ),
        render_kw={"rows": 3, "dir": "auto"},
    )
