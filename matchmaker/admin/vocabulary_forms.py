"""Forms for the words of the site: own terms, names of countries."""

from flask_babel import lazy_gettext as _l
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice

from matchmaker.admin.vocabulary_places import LONGEST_NAME
from matchmaker.vocabulary import sectors
from matchmaker.web.forms import Form, line, required, text
from matchmaker.web.i18n import locale

LONGEST_NAMES = 600  # characters of all names of a concept in one language


class PlaceForm(Form):
    """What a country is called here; an empty field means the usual name."""

    en = line(_l("In English"), limit=LONGEST_NAME)
    ru = line(_l("In Russian"), limit=LONGEST_NAME, render_kw={"lang": "ru"})
    zh = line(_l("In Chinese"), limit=LONGEST_NAME, render_kw={"lang": "zh"})


class TermForm(Form):
    """One concept: its names in each language, one on a line, the best first."""

    en = text(_l("Names in English"), required(), limit=LONGEST_NAMES)
    ru = text(
        _l("Names in Russian"),
        required(),
        limit=LONGEST_NAMES,
        render_kw={"lang": "ru"},
    )
    zh = text(
        _l("Names in Chinese"),
        required(),
        limit=LONGEST_NAMES,
        render_kw={"lang": "zh"},
    )
    sector = SelectField(_l("Sector"))

    def __init__(self, *args: object, **kw: object) -> None:
        super().__init__(*args, **kw)
        for field in (self.en, self.ru, self.zh):
            field.description = _l("One on a line; the first is the one shown.")
        self.sector.choices = [
            SelectChoice(value="", label=_l("None: it tells no field")),
            *(
                SelectChoice(value=code, label=sectors.sector_name(code, locale()))
                for code in sectors.sector_codes()
            ),
        ]
