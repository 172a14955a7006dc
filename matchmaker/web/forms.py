"""The base of every form: clean input, one-use keys, choices that are known."""

import secrets
import unicodedata
from collections.abc import Callable, Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, ValidationError

from matchmaker.errors import DomainError
from matchmaker.web.texts import refusal_text

LONGEST_FORM_KEY = 64  # characters; ours have 16

#: Control characters, and marks that are invisible or turn text around.
_REMOVED = dict.fromkeys(
    [
        *(code for code in range(32) if code not in {9, 10}),
        127,
        0x200B,
        0x2060,
        0xFEFF,
        *range(0x202A, 0x202F),
        *range(0x2066, 0x206A),
    ]
)


def clean(value: str | None) -> str:
    """Return NFC text without control characters and outer spaces."""
    text = unicodedata.normalize("NFC", (value or "").replace("\r\n", "\n"))
    return text.translate(_REMOVED).strip()


def clean_line(value: str | None) -> str:
    """Return ``clean`` text on one line."""
    return " ".join(clean(value).split())


def required() -> DataRequired:
    """Return a validator with a sentence that says what to do."""
    return DataRequired(message=_l("Please fill in this field."))


def at_most(limit: int) -> Length:
    """Return a validator of length in characters."""
    rule = Length(
        max=limit, message=_l("At most %(max)d characters, please: shorten the text.")
    )
    # As an attribute the browser would cut a pasted text without a word.
    rule.field_flags = {}
    return rule


class Form(FlaskForm):
    """A form with CSRF protection and a key that makes sending it twice harmless."""

    form_key = HiddenField(
        default=lambda: secrets.token_urlsafe(12),
        # A database index holds it; PostgreSQL refuses keys of some kilobytes.
        filters=[lambda key: (key or "")[:LONGEST_FORM_KEY]],
    )

    def refuse(self, error: DomainError, field: str | None = None) -> None:
        """Show a refusal of the domain at a field, or above the form."""
        text = refusal_text(error.code)
        if field is None:
            self.form_errors.append(text)
        else:
            errors = self[field].errors
            self[field].errors = [*errors, text]

    def check(self, rule: Callable[[], Any], field: str) -> bool:
        """Run a rule; show its refusal at ``field``; tell whether it held."""
        try:
            rule()
        except DomainError as error:
            self.refuse(error, field)
            return False
        return True


def line(
    label: object,
    *validators: object,
    limit: int = 200,
    **kw: Any,  # noqa: ANN401  passed through to the library
) -> StringField:
    """Return a field for one line of text."""
    return StringField(
        label, validators=[*validators, at_most(limit)], filters=[clean_line], **kw
    )


def text(
    label: object,
    *validators: object,
    limit: int = 2000,
    **kw: Any,  # noqa: ANN401
) -> TextAreaField:
    """Return a field for several lines of text."""
    return TextAreaField(
        label, validators=[*validators, at_most(limit)], filters=[clean], **kw
    )


class CodesField(SelectMultipleField):
    """Several codes out of a known list, typed or ticked; order is kept."""

    def __init__(self, label: object, *, limit: int, **kw: Any) -> None:  # noqa: ANN401
        super().__init__(label, validate_choice=True, **kw)
        self.limit = limit

    def process_formdata(self, valuelist: Iterable[str]) -> None:
        """Drop empty and repeated values."""
        self.data = list(dict.fromkeys(value for value in valuelist if value))

    def post_validate(self, _form: Any, _stopped: bool) -> None:  # noqa: ANN401, FBT001
        """Refuse more values than a profile may hold."""
        if len(self.data or ()) > self.limit:
            raise ValidationError(
                _l("Choose at most %(limit)s: the most important ones.")
                % {"limit": self.limit}
            )
