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

    password = PasswordField(
        _l("Password"),
        validators=[required()],
        render_kw={"autocomplete": "current-password"},
    )
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

    current = PasswordField(
        _l("Current password"),
        validators=[required()],
        render_kw={"autocomplete": "current-password"},
    )
    password = _new_password(_l("New password"))


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
