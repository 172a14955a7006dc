"""Forms of the import: the file and the reason in law, the table, the columns."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import IntegerField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, NumberRange, Optional, ValidationError

from matchmaker.events import texts
from matchmaker.events.formats import Opened
from matchmaker.events.formats.encodings import KNOWN
from matchmaker.web.forms import Form

_MOST_ROWS = 1_000_000  # the longest sheet a spreadsheet program makes
_SEPARATORS = {
    ",": _l("Comma"),
    ";": _l("Semicolon"),
    "\t": _l("Tab"),
    "|": _l("Bar"),
}
#: The tab would be trimmed on its way through a form.
_NAMED_SEPARATORS = {"tab": "\t"}
_OWN_NAMES = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "cp1251": "Windows-1251 (Кириллица)",
    "koi8-r": "KOI8-R (Кириллица)",
    "cp866": "CP866 (Кириллица)",
    "mac-cyrillic": "Mac (Кириллица)",
    "gb18030": "GB18030 (简体中文)",
    "big5": "Big5 (繁體中文)",
    "cp1252": "Windows-1252 (Latin)",
    "cp1250": "Windows-1250 (Latin)",
    "cp1254": "Windows-1254 (Türkçe)",
    "shift_jis": "Shift JIS (日本語)",
    "euc-kr": "EUC-KR (한국어)",
}


class UploadForm(Form):
    """A file, and why its people may be brought in."""

    file = FileField(_l("The file"))
    basis = RadioField(
        _l("Why may you bring these people in?"),
        validators=[DataRequired(message=_l("Choose the reason that holds."))],
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.basis.choices = [
            SelectChoice(value=code, label=name)
            for code, name, _hint in texts.basis_texts()
        ]

    def validate_file(self, field: FileField) -> None:
        """Want a file; an empty one is refused with a sentence of its own."""
        if not field.data or not field.data.filename:
            raise ValidationError(_l("Choose a file first."))


class TableForm(Form):
    """What the file is, where somebody knows better than the guess."""

    format = SelectField(_l("What it is"))
    encoding = SelectField(_l("Encoding"))
    delimiter = SelectField(_l("Cells are separated by"))
    sheet = SelectField(_l("Sheet"))
    header_row = IntegerField(
        _l("Row with the headings"),
        validators=[Optional(), NumberRange(min=0, max=_MOST_ROWS)],
        description=_l("0 if there are none."),
        render_kw={"inputmode": "numeric"},
    )

    def offer(self, opened: Opened, sheets: list[str]) -> None:
        """Offer what the opened file can be; what it cannot have is left away."""
        names = texts.format_names()
        self.format.choices = [
            SelectChoice(value=code, label=name) for code, name in names.items()
        ]
        known = dict.fromkeys((opened.encoding or "", *opened.encodings, *KNOWN))
        self.encoding.choices = [
            SelectChoice(value=code, label=_OWN_NAMES.get(code, code))
            for code in known
            if code
        ]
        self.delimiter.choices = [
            SelectChoice(value="tab" if sign == "\t" else sign, label=str(name))
            for sign, name in _SEPARATORS.items()
        ]
        self.sheet.choices = [SelectChoice(value=name, label=name) for name in sheets]
        if opened.kind == "workbook" or opened.encoding is None:
            del self.encoding
        if opened.kind != "delimited":
            del self.delimiter
        if len(sheets) < 2:  # noqa: PLR2004  nothing to choose from
            del self.sheet
        if opened.kind == "vcard":
            del self.header_row
            del self.format

    def choices(self) -> dict[str, Any]:
        """Return what was chosen."""
        found = {}
        for name in ("format", "encoding", "delimiter", "sheet", "header_row"):
            if name in self and self[name].data not in {None, ""}:
                found[name] = self[name].data
        if "delimiter" in found:
            found["delimiter"] = _NAMED_SEPARATORS.get(
                found["delimiter"], found["delimiter"]
            )
        return found


def fill_table(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a file was read as under the names and values of the form."""
    sign = values["delimiter"]
    named = {each: name for name, each in _NAMED_SEPARATORS.items()}
    return {**values, "delimiter": named.get(sign, sign)}


class PlainForm(Form):
    """A form whose own fields depend on the file; only token and key are fixed."""
