"""Forms of accounts."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, PasswordField, SelectField, StringField
from wtforms.fields.choices import SelectChoice

from matchmaker.accounts import rules
from matchmaker.web.forms import Form, at_most, clean_line, required
from matchmaker.web.i18n import OWN_NAMES, time_zones


def _mail() -> StringField:
    return StringField(
        _l("Mail address"),
        validators=[required(), at_most(254)],
        filters=[clean_line],
        render_kw={"type": "email", "autocomplete": "username", "inputmode": "email"},
    )


def _new_password(label: object) -> PasswordField:
    return PasswordField(
        label,
        validators=[required()],
        description=_l("At least 8 characters. Three or four words are good."),
        render_kw={"autocomplete": "new-password", "minlength": "8"},
    )


def _current_password(label: object) -> PasswordField:
    return PasswordField(
        label,
        validators=[required()],
        render_kw={"autocomplete": "current-password"},
    )


def _app_code(**kw: object) -> StringField:
    return StringField(
        _l("Code of the app"),
        filters=[clean_line],
        render_kw={
            "autocomplete": "one-time-code",
            "inputmode": "numeric",
            "maxlength": "12",
        },
        **kw,
    )


def _recovery_code() -> StringField:
    return StringField(
        _l("Recovery code"),
        filters=[clean_line],
        render_kw={"autocomplete": "off", "autocapitalize": "characters"},
    )


class AddressForm(Form):
    """A form that names an account by its address."""

    email = _mail()

    def account(self) -> str:
        """Return the address as it is stored, so that limits count one account once."""
        return rules.normalize_email(self.email.data)

    def validate_email(self, _field: StringField) -> None:
        """Refuse what is no address."""
        self.check(self.account, "email")


class SignInForm(AddressForm):
    """Address and password."""

    password = _current_password(_l("Password"))
    next = HiddenField()


class RegisterForm(AddressForm):
    """A new account."""

    password = _new_password(_l("Password"))
    time_zone = HiddenField()

    def zone(self) -> str:
        """Return the browser's time zone if it is one."""
        zone = self.time_zone.data or ""
        return zone if zone in time_zones() else "UTC"


class AskResetForm(AddressForm):
    """Where to send a reset link."""


class PasswordForm(Form):
    """A new password after a reset link."""

    password = _new_password(_l("New password"))


class ChangePasswordForm(Form):
    """A new password, with the current one."""

    current = _current_password(_l("Current password"))
    password = _new_password(_l("New password"))


class CodeForm(Form):
    """A code of the app, or one that stands in for it."""

    code = _app_code()
    recovery = _recovery_code()
    next = HiddenField()

    def given(self) -> str:
        """Return the code that was typed, whichever it is."""
        return str(self.recovery.data or self.code.data or "")


class SwitchOnForm(Form):
    """The first code of a new app."""

    code = _app_code(validators=[required()])
    next = HiddenField()


class SwitchOffForm(CodeForm):
    """Password and code, to ask for codes no more."""

    password = _current_password(_l("Password"))


class AgainForm(Form):
    """The password once more. Its names are its own: other fields travel along."""

    form_key = None  # the one of the form that travels along is wanted
    again_password = _current_password(_l("Password"))
    again_code = _app_code()
    again_recovery = _recovery_code()
    again_next = HiddenField()
    again_replay = HiddenField()

    def given(self) -> str:
        """Return the code that was typed, whichever it is."""
        return str(self.again_recovery.data or self.again_code.data or "")


class NewAddressForm(AddressForm):
    """Another address to sign in with."""


class SettingsForm(Form):
    """Language and time zone."""

    locale = SelectField(
        _l("Language of the site and of letters"),
        choices=[SelectChoice(value=c, label=n) for c, n in OWN_NAMES.items()],
    )
    time_zone = SelectField(_l("Time zone"))

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.time_zone.choices = [
            SelectChoice(value=zone, label=zone.replace("_", " "))
            for zone in time_zones()
        ]
