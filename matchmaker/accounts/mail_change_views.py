"""Pages to change the address one signs in with, and to take that back."""

from typing import Final

from flask import Blueprint, Flask, flash, g, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from matchmaker.accounts import mail_change
from matchmaker.accounts.forms import NewAddressForm
from matchmaker.accounts.signed_in import me, recently_confirmed
from matchmaker.errors import DomainError
from matchmaker.web.access import member, public
from matchmaker.web.forms import Form
from matchmaker.web.limits import check_limit
from matchmaker.web.session import get_session

bp = Blueprint("mail_change", __name__)
Answer = str | Response | tuple[str, int]
INVALID: Final = 422  # the status of a form that must be corrected


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(bp)


@bp.route("/settings/address", methods=["GET", "POST"])
@member
@recently_confirmed
def ask() -> Answer:
    """Ask for another address; the answer is the same if it is somebody's."""
    form = NewAddressForm()
    if form.validate_on_submit():
        check_limit("RESET_LIMIT", "change", str(me().id))
        seconds = g.account_settings["CONFIRM_MAX_AGE"]
        try:
            mail_change.ask(get_session(), me().id, form.account(), seconds=seconds)
        except DomainError as error:
            form.refuse(error, "email")
        else:
            flash(
                _(
                    "Open the link in the letter to %(email)s: your address changes "
                    "then, not before.",
                    email=form.account(),
                )
            )
            return redirect(url_for("accounts.settings"), code=303)
    status = INVALID if form.is_submitted() else 200
    return render_template("accounts/new_address.html", form=form), status


@bp.route("/address/<token>", methods=["GET", "POST"])
@public
def confirm(token: str) -> Answer:
    """Change the address: a button, so that a mail scanner changes nothing."""
    wish = mail_change.get_wish(get_session(), token)
    form = Form()
    if not form.validate_on_submit():
        return render_template("accounts/confirm_address.html", form=form, wish=wish)
    seconds = g.account_settings["ADDRESS_UNDO_MAX_AGE"]
    user = mail_change.confirm(get_session(), token, undo_seconds=seconds)
    flash(_("You sign in as %(email)s from now on.", email=user.email))
    return redirect(url_for("accounts.settings"), code=303)


@bp.route("/address/undo/<token>", methods=["GET", "POST"])
@public
def undo(token: str) -> Answer:
    """Give the account back to its old address, and ask for a new password."""
    change = mail_change.get_done(get_session(), token)
    form = Form()
    if not form.validate_on_submit():
        return render_template("accounts/undo_address.html", form=form, change=change)
    seconds = g.account_settings["RESET_MAX_AGE"]
    secret = mail_change.undo(get_session(), token, reset_seconds=seconds)
    flash(_("The account is yours again. All sign-ins have ended: set a new password."))
    return redirect(url_for("accounts.reset", token=secret), code=303)
