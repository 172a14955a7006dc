"""Pages to set up the second factor, to renew its recovery codes, to switch it off."""

import re
from typing import Final

from flask import (
    Blueprint,
    Flask,
    abort,
    flash,
    g,
    redirect,
    render_template,
    request,
    url_for,
)
from flask import Response as FlaskResponse
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response

from matchmaker.accounts import codes, second_factor
from matchmaker.accounts.forms import SwitchOffForm, SwitchOnForm
from matchmaker.accounts.signed_in import me, must_set_up, recently_confirmed
from matchmaker.errors import DomainError
from matchmaker.web.access import member, safe_next
from matchmaker.web.limits import check_left, check_limit
from matchmaker.web.session import get_session

bp = Blueprint("second_factor", __name__, url_prefix="/settings/second-factor")
Answer = str | Response | tuple[str, int]
INVALID: Final = 422  # the status of a form that must be corrected
_CODE: Final = re.compile(r"[A-Z2-9]{4}(?:-[A-Z2-9]{4}){2}")


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(bp)


@bp.get("")
@member
@recently_confirmed
def show() -> str:
    """Say whether it is on; show the secret of one that waits for its first code."""
    return _page(SwitchOnForm(formdata=None, next=_next()))


def _next() -> str:
    return safe_next(request.values.get("next"), "")


def _page(form: SwitchOnForm, off_form: SwitchOffForm | None = None) -> str:
    factor = second_factor.find(get_session(), me().id)
    waits = factor is not None and factor.since is None
    uri = drawn = ""
    if factor is not None and waits:
        uri = codes.setup_uri(
            factor.secret, account=me().email, site=g.account_settings["SITE_NAME"]
        )
        drawn = Markup(codes.picture(uri))  # noqa: S704  drawn by us of our own text
    return render_template(
        "accounts/second_factor.html",
        form=form,
        off_form=off_form or SwitchOffForm(formdata=None),
        factor=factor,
        waits=waits,
        must=must_set_up(),
        everyone=g.second_factor_policy == "everyone",
        picture=drawn,
        uri=uri,
        secret=codes.grouped(factor.secret) if factor and waits else "",
        left=second_factor.count_recovery_codes(get_session(), me().id),
    )


@bp.post("/begin")
@member
@recently_confirmed
def begin() -> Response:
    """Make a secret to scan."""
    second_factor.begin(get_session(), me().id)
    return redirect(url_for("second_factor.show", next=_next() or None), code=303)


@bp.post("")
@member
@recently_confirmed
def switch_on() -> Answer:
    """Check the first code; show the recovery codes, once.

    They are in this answer and nowhere else, so it leads nowhere. Who sends the form
    again gets new ones, which are the ones that count.
    """
    form = SwitchOnForm(next=_next())
    if not form.validate_on_submit():
        return _page(form), INVALID
    check_left("SECOND_FACTOR_LIMIT", str(me().id))
    try:
        fresh = second_factor.switch_on(
            get_session(), me().id, code=form.code.data, keep=me().session_id
        )
    except DomainError as error:
        if error.code == "second-factor-on":
            return _show_codes(
                second_factor.renew_recovery_codes(get_session(), me().id)
            )
        check_limit("SECOND_FACTOR_LIMIT", str(me().id))
        form.refuse(error, "code")
        return _page(form), INVALID
    return _show_codes(fresh)


def _show_codes(fresh: list[str]) -> str:
    return render_template(
        "accounts/recovery_codes.html", fresh=fresh, next=_next() or url_for("web.home")
    )


@bp.post("/codes")
@member
@recently_confirmed
def renew() -> Answer:
    """Show ten new recovery codes, once; the ones before are void."""
    if not second_factor.is_on(get_session(), me().id):
        raise DomainError("second-factor-off")
    return _show_codes(second_factor.renew_recovery_codes(get_session(), me().id))


@bp.post("/codes.txt")
@member
def download() -> Response:
    """Return the codes of the page as a file; they are stored nowhere to read again."""
    sent = request.form.getlist("code")
    if not 0 < len(sent) <= codes.RECOVERY_CODES or not all(map(_CODE.fullmatch, sent)):
        abort(400)
    name = g.account_settings["SITE_NAME"]
    title = _("Recovery codes for %(site)s, %(email)s", site=name, email=me().email)
    once = _("Each works once, instead of a code of your app.")
    text = "\r\n".join([title, once, "", *sent, ""])
    answer = FlaskResponse(text, mimetype="text/plain")
    answer.headers["Content-Disposition"] = "attachment; filename=recovery-codes.txt"
    return answer


@bp.post("/off")
@member
def switch_off() -> Answer:
    """Ask for codes no more, after password and code."""
    form = SwitchOffForm()
    if not form.validate_on_submit():
        return _page(SwitchOnForm(formdata=None), form), INVALID
    limits = (
        ("SIGN_IN_LIMIT", "account", me().email),
        (
            "SECOND_FACTOR_LIMIT",
            str(me().id),
        ),
    )
    for limit in limits:
        check_left(*limit)
    try:
        second_factor.switch_off(
            get_session(),
            me().id,
            password=form.password.data,
            code=form.given(),
            keep=me().session_id,
        )
    except DomainError as error:
        wrong_password = error.code == "password-wrong"
        check_limit(*limits[0 if wrong_password else 1])
        form.refuse(error, "password" if wrong_password else "code")
        return _page(SwitchOnForm(formdata=None), form), INVALID
    flash(_("You are asked for the password only from now on."))
    return redirect(url_for("accounts.settings"), code=303)
