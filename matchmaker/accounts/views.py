"""Pages for registering, signing in and out, passwords and own settings."""

from flask import (
    Blueprint,
    Flask,
    flash,
    g,
    redirect,
    render_template,
    request,
    url_for,
)
from flask import session as cookie
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from matchmaker.accounts import rules, second_factor, service, sessions, signed_in
from matchmaker.accounts.forms import (
    AgainForm,
    AskResetForm,
    ChangePasswordForm,
    CodeForm,
    PasswordForm,
    RegisterForm,
    SettingsForm,
    SignInForm,
)
from matchmaker.accounts.models import Purpose
from matchmaker.accounts.signed_in import me
from matchmaker.errors import DomainError
from matchmaker.web.access import member, public, safe_next
from matchmaker.web.i18n import OWN_NAMES, locale
from matchmaker.web.limits import address, check_left, check_limit
from matchmaker.web.session import get_session

bp = Blueprint("accounts", __name__)
Answer = str | Response | tuple[str, int]
INVALID = 422  # the status of a form that must be corrected


def init_app(app: Flask) -> None:
    """Register the pages and give them their settings."""

    @app.before_request
    def provide_settings() -> None:
        g.account_settings = app.config

    app.register_blueprint(bp)


@bp.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> Answer:
    """Sign in with address and password."""
    if current_user.is_authenticated:
        return redirect(url_for("web.home"))
    form = SignInForm(next=request.args.get("next", ""))
    if not form.validate_on_submit():
        status = INVALID if form.is_submitted() else 200
        return render_template("accounts/sign_in.html", form=form), status
    check_left("SIGN_IN_LIMIT", "account", form.account())
    check_left("SIGN_IN_LIMIT", "address", address())
    user = service.sign_in(get_session(), form.email.data, form.password.data)
    if user is None:
        check_limit("SIGN_IN_LIMIT", "account", form.account())
        check_limit("SIGN_IN_LIMIT", "address", address())
        form.form_errors.append(
            _(
                "Address and password do not belong together, or the address was "
                "never confirmed. Try again, or set a new password."
            )
        )
        return render_template("accounts/sign_in.html", form=form), INVALID
    return signed_in.enter(user, form.next.data)


@bp.route("/sign-in/code", methods=["GET", "POST"])
@public
def code() -> Answer:
    """Ask for the second factor of a sign-in whose password was right."""
    secret = cookie.get("pending", "")
    pending = second_factor.find_pending(get_session(), secret) if secret else None
    if pending is None:
        flash(_("Please enter your password again: the code took too long."))
        return redirect(url_for("accounts.sign_in"), code=303)
    form = CodeForm(next=request.args.get("next", ""))
    status = 200
    if form.validate_on_submit():
        account = str(pending.user_id)
        check_left("SECOND_FACTOR_LIMIT", account)
        user = second_factor.finish_sign_in(get_session(), pending, form.given())
        if user is not None:
            signed_in.start(user, with_code=True)
            target = safe_next(form.next.data, url_for("web.home"))
            return redirect(target, code=303)
        check_limit("SECOND_FACTOR_LIMIT", account)
        form.refuse(DomainError("second-factor-wrong"), "code")
        status = INVALID
    return render_template("accounts/code.html", form=form), status


@bp.route("/sign-in/again", methods=["GET", "POST"])
@member
def again() -> Answer:
    """Ask for the password before something that should not happen by a borrowed phone.

    What a guarded form had sent travels along and is sent on: 307 keeps it.
    """
    form = AgainForm(again_next=request.args.get("next", ""))
    kept = [(k, v) for k, v in request.form.items(multi=True) if k not in form]
    if not form.validate_on_submit():
        status = INVALID if form.is_submitted() else 200
        return signed_in.again_page(form, kept), status
    for setting, key in (limits := _failure_limits()):
        check_left(setting, *key)
    try:
        signed_in.confirm(form.again_password.data, form.given())
    except DomainError as error:
        wrong = "again_password" if error.code == "password-wrong" else "again_code"
        setting, key = limits[wrong == "again_code"]
        check_limit(setting, *key)
        form.refuse(error, wrong)
        return signed_in.again_page(form, kept), INVALID
    target = safe_next(form.again_next.data, url_for("web.home"))
    return redirect(target, code=307 if form.again_replay.data else 303)


def _failure_limits() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return what wrong passwords and wrong codes of the signed-in person count on."""
    return (
        ("SIGN_IN_LIMIT", ("account", me().email)),
        ("SECOND_FACTOR_LIMIT", (str(me().id),)),
    )


@bp.post("/sign-out")
@public
def sign_out() -> Response:
    """End this browser's session."""
    signed_in.end_current()
    cookie.clear()
    flash(_("You are signed out."))
    return redirect(url_for("web.front"), code=303)


@bp.route("/register", methods=["GET", "POST"])
@public
def register() -> Answer:
    """Open an account; the answer is the same for known addresses."""
    form = RegisterForm()
    if not form.validate_on_submit():
        status = INVALID if form.is_submitted() else 200
        return render_template("accounts/register.html", form=form), status
    check_limit("REGISTER_LIMIT", address())
    try:
        service.register(
            get_session(),
            form.email.data,
            form.password.data,
            locale=locale(),
            time_zone=form.zone(),
            browser=(browser := rules.new_secret()),
        )
    except DomainError as error:
        form.refuse(error, "password")
        return render_template("accounts/register.html", form=form), INVALID
    cookie["registered"] = browser
    return redirect(url_for("accounts.sent"), code=303)


@bp.get("/sent")
@public
def sent() -> str:
    """Say that a letter is under way, whoever asked for it."""
    return render_template("accounts/sent.html")


@bp.route("/confirm/<token>", methods=["GET", "POST"])
@public
def confirm(token: str) -> Answer:
    """Confirm an address: a button, so that a mail scanner confirms nothing.

    Elsewhere than where the password was typed, a new one is set.
    """
    browser = cookie.get("registered", "")
    found = service.get_token(get_session(), token, Purpose.CONFIRM)
    asks = not service.is_of_browser(found, browser)
    form = PasswordForm()
    if not asks:
        del form.password
    status = 200
    if form.validate_on_submit():
        password = form.password.data if asks else None
        try:
            user = service.confirm(
                get_session(), token, browser=browser, password=password
            )
        except DomainError as error:
            form.refuse(error, "password" if asks else None)
        else:
            entered = signed_in.enter(user)
            flash(_("Your address is confirmed. Welcome!"))
            return entered
    if form.is_submitted():
        status = INVALID
    email = found.user.email
    return render_template("accounts/confirm.html", form=form, email=email), status


@bp.route("/reset", methods=["GET", "POST"])
@public
def ask_reset() -> Answer:
    """Ask for a link to set a new password."""
    form = AskResetForm()
    if not form.validate_on_submit():
        status = INVALID if form.is_submitted() else 200
        return render_template("accounts/ask_reset.html", form=form), status
    check_limit("RESET_LIMIT", form.account())
    service.request_reset(get_session(), form.account())
    return redirect(url_for("accounts.sent"), code=303)


@bp.route("/reset/<token>", methods=["GET", "POST"])
@public
def reset(token: str) -> Answer:
    """Set a new password by a link; all sessions end and this one starts."""
    service.get_token(get_session(), token, Purpose.RESET)
    form = PasswordForm()
    if form.validate_on_submit():
        try:
            user = service.reset_password(get_session(), token, form.password.data)
        except DomainError as error:
            form.refuse(error, "password")
        else:
            entered = signed_in.enter(user)
            flash(_("Your new password is set. Other sign-ins have ended."))
            return entered
    status = INVALID if form.is_submitted() else 200
    return render_template("accounts/reset.html", form=form), status


@bp.post("/language")
@public
def set_language() -> Response:
    """Choose the language of the site, also for the next visits."""
    chosen = request.form.get("locale", "")
    if chosen in OWN_NAMES:
        cookie["locale"] = chosen
        cookie.permanent = True
        if current_user.is_authenticated:
            service.save_settings(
                get_session(), me().id, locale=chosen, time_zone=me().time_zone
            )
    target = safe_next(request.form.get("next"), url_for("web.front"))
    return redirect(target, code=303)


@bp.route("/settings", methods=["GET", "POST"])
@member
def settings() -> Answer:
    """Show and change language, time zone, password and own sessions."""
    form = SettingsForm(locale=me().locale, time_zone=me().time_zone)
    if form.validate_on_submit():
        service.save_settings(
            get_session(),
            me().id,
            locale=form.locale.data,
            time_zone=form.time_zone.data,
        )
        cookie["locale"] = form.locale.data
        return redirect(url_for("accounts.settings"), code=303)
    status = INVALID if form.is_submitted() else 200
    return _settings_page(form=form), status


def _settings_page(
    form: SettingsForm | None = None, password_form: ChangePasswordForm | None = None
) -> str:
    return render_template(
        "accounts/settings.html",
        form=form
        or SettingsForm(formdata=None, locale=me().locale, time_zone=me().time_zone),
        password_form=password_form or ChangePasswordForm(formdata=None),
        sessions=sessions.list_sessions(
            get_session(),
            me().id,
            idle=g.account_settings["SESSION_IDLE"],
            maximum=g.account_settings["SESSION_MAXIMUM"],
        ),
        current_id=me().session_id,
        factor=second_factor.find(get_session(), me().id),
    )


@bp.post("/settings/password")
@member
def change_password() -> Answer:
    """Change the password; other sessions end."""
    form = ChangePasswordForm()
    if form.validate_on_submit():
        check_left("SIGN_IN_LIMIT", "account", me().email)
        try:
            service.change_password(
                get_session(),
                me().id,
                current=form.current.data,
                new=form.password.data,
                keep=me().session_id,
            )
        except DomainError as error:
            field = "password"
            if error.code == "password-wrong":
                check_limit("SIGN_IN_LIMIT", "account", me().email)
                field = "current"
            form.refuse(error, field)
        else:
            flash(_("The password is changed. Other sign-ins have ended."))
            return redirect(url_for("accounts.settings"), code=303)
    return _settings_page(password_form=form), INVALID


@bp.post("/settings/sessions/<session_id>/end")
@member
def end_session(session_id: str) -> Response:
    """End one of one's own sessions."""
    sessions.end_session(get_session(), me().id, session_id)
    flash(_("That sign-in has ended."))
    return redirect(url_for("accounts.settings"), code=303)


@bp.post("/settings/sessions/end")
@member
def end_sessions() -> Response:
    """Sign out everywhere else."""
    sessions.end_sessions(get_session(), me().id, keep=me().session_id)
    flash(_("All other sign-ins have ended."))
    return redirect(url_for("accounts.settings"), code=303)
