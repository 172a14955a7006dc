"""Pages behind the links of an invitation. They work without signing in.

Opening a link changes nothing, whoever or whatever opens it; each answer is the press
of a button. Nothing on these pages leads to another site.
"""

from flask import Blueprint, Flask, g, redirect, render_template, request, url_for
from flask import flash as say
from flask import session as cookie
from flask_babel import gettext as _
from flask_babel import refresh
from flask_login import current_user
from werkzeug.wrappers import Response

from matchmaker.accounts import signed_in
from matchmaker.accounts.claims import is_taken
from matchmaker.accounts.signed_in import me
from matchmaker.errors import DomainError
from matchmaker.events import claiming, erasure, joining
from matchmaker.events.claim_forms import (
    ClaimForm,
    CorrectForm,
    fill,
    kind_phrases,
    shown_items,
)
from matchmaker.events.notice import make_notice
from matchmaker.events.roster import Seed
from matchmaker.profiles import service as profiles
from matchmaker.web.access import member, public
from matchmaker.web.forms import Form
from matchmaker.web.i18n import locale
from matchmaker.web.limits import address, check_limit
from matchmaker.web.security import csrf
from matchmaker.web.session import get_session
from matchmaker.web.texts import refusal_text

bp = Blueprint("claims", __name__)
Answer = str | Response | tuple[str, int]
INVALID = 422
#: The path holds a secret: only the host goes out as Referer, which the check of
#: forms needs under https.
REFERRER = "strict-origin"


def init_app(app: Flask) -> None:
    """Register the pages and give them their settings."""

    @app.before_request
    def provide_settings() -> None:
        g.claim_settings = app.config

    app.register_blueprint(bp)


@bp.after_request
def keep_secret(response: Response) -> Response:
    """Keep the address of these pages out of other logs and out of search engines."""
    response.headers["Referrer-Policy"] = REFERRER
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


@bp.errorhandler(DomainError)
def refuse(error: DomainError) -> tuple[str, int]:
    """Say what to do when a link leads nowhere (any more)."""
    page = render_template(
        "claims/gone.html",
        status=error.status,
        text=refusal_text(error.code),
        request_id=g.request_id,
    )
    return page, error.status


def _open(secret: str) -> Seed:
    """Return whose link it is, and speak their language unless they chose another."""
    changing = request.method == "POST"
    if changing:
        check_limit("CLAIM_LIMIT", "answer", address())
    try:
        seed = claiming.get_claim(get_session(), secret, lock=changing)
    except DomainError:
        check_limit("CLAIM_LIMIT", "wrong", address())
        raise
    if "locale" not in cookie and not current_user.is_authenticated:
        g.locale = seed.locale
        refresh()
    return seed


@bp.get("/claim/<secret>")
@public
def claim(secret: str) -> Answer:
    """Show what is stored and where it came from, and the four answers."""
    seed = _open(secret)
    return render_template(
        "claims/claim.html",
        secret=secret,
        seed=seed,
        notice=make_notice(get_session(), seed, locale()),
        others=[
            make_notice(get_session(), other, locale())
            for other in joining.list_siblings(get_session(), seed)
        ],
    )


@bp.route("/claim/<secret>/confirm", methods=["GET", "POST"])
@public
def confirm(secret: str) -> Answer:
    """Make the draft one's own with a password, or with the account there is."""
    seed = _open(secret)
    if current_user.is_authenticated:
        return redirect(url_for("claims.join", secret=secret), code=303)
    if is_taken(get_session(), seed.email):
        return render_template("claims/known.html", secret=secret)
    form, typed = ClaimForm(), None
    others = joining.list_siblings(get_session(), seed)
    if form.is_submitted():
        typed = request.form
        items = form.kept(typed)
        if form.validate() and form.check_items(items):
            try:
                user = claiming.claim(
                    get_session(),
                    seed,
                    form.password.data,
                    locale=locale(),
                    time_zone=form.zone(),
                    items=items,
                    kinds=form.kinds(typed),
                )
            except DomainError as error:
                form.refuse(error, "password")
            else:
                signed_in.start(user)
                say(_("Welcome! This is yours now: look it through, step by step."))
                return redirect(url_for("profiles.welcome", step="person"), code=303)
    page = render_template(
        "claims/confirm.html",
        secret=secret,
        form=form,
        email=seed.email,
        items=shown_items(joining.items_of([seed, *others]), typed),
        phrases=kind_phrases(),
    )
    return page, 200 if typed is None else INVALID


@bp.route("/claim/<secret>/correct", methods=["GET", "POST"])
@public
def correct(secret: str) -> Answer:
    """Put right what is stored, without an account."""
    seed = _open(secret)
    form, typed = CorrectForm(data=fill(seed)), None
    if form.is_submitted():
        typed = request.form
        items = form.kept(typed)
        if form.validate() and form.check_items(items):
            claiming.correct(
                get_session(),
                seed,
                changes=form.changes(),
                organisation=form.organisation.data,
                phone=form.phone.data,
                items=items,
                kinds=form.kinds(typed),
            )
            say(_("Corrected. This is what is stored now."))
            return redirect(url_for("claims.claim", secret=secret), code=303)
    page = render_template(
        "claims/correct.html",
        secret=secret,
        form=form,
        items=shown_items(seed.profile.opportunities, typed),
        phrases=kind_phrases(),
    )
    return page, 200 if typed is None else INVALID


@bp.route("/claim/<secret>/erase", methods=["GET", "POST"])
@public
def erase(secret: str) -> Answer:
    """Erase everything after one press."""
    seed = _open(secret)
    if request.method != "POST":
        return render_template("claims/erase.html", secret=secret, seed=seed)
    return _gone("erase", erasure.erase_address(get_session(), seed))


@bp.route("/claim/<secret>/never", methods=["GET", "POST"])
@public
def never(secret: str) -> Answer:
    """Erase everything and never write again, after one press."""
    seed = _open(secret)
    if request.method != "POST":
        return render_template("claims/never.html", secret=secret, seed=seed)
    key = g.claim_settings["SECRET_KEY"]
    return _gone("never", erasure.never_again(get_session(), seed, key=key))


@bp.get("/claim/<secret>/out")
@public
def ask_out(secret: str) -> Answer:
    """Lead people whose mail program opens the link of the button to the page."""
    return redirect(url_for("claims.never", secret=secret), code=303)


@bp.post("/claim/<secret>/out")
@csrf.exempt  # type: ignore[untyped-decorator]  # a library without types
@public
def out(secret: str) -> Answer:
    """Never write again, by the button of a mail program (RFC 8058): it has no form.

    The secret in the address is what it shows, and nothing but this can be done so.
    """
    if request.form.get("List-Unsubscribe") != "One-Click":
        return redirect(url_for("claims.never", secret=secret), code=303)
    erasure.never_again(
        get_session(), _open(secret), key=g.claim_settings["SECRET_KEY"]
    )
    return Response(status=204)


def _gone(what: str, kinds: list[str]) -> Response:
    # Kinds of data only ("name", "phone"): the next page says what was removed.
    cookie["gone"] = {"what": what, "kinds": kinds}
    cookie["locale"] = locale()
    return redirect(url_for("claims.done"), code=303)


@bp.get("/claim/done")
@public
def done() -> Answer:
    """Say what was removed."""
    gone = cookie.get("gone")
    if not gone:
        return redirect(url_for("web.front"))
    return render_template("claims/done.html", gone=gone)


@bp.route("/claim/<secret>/join", methods=["GET", "POST"])
@public
def join(secret: str) -> Answer:
    """Add a draft to the profile of the signed-in person, who holds its link.

    Others are not sent to sign in first: the secret would travel in the address.
    """
    seed = _open(secret)
    if not current_user.is_authenticated:
        return redirect(url_for("claims.confirm", secret=secret), code=303)
    return _join(seed)


@bp.route("/claim/mine", methods=["GET", "POST"])
@member
def mine() -> Answer:
    """Add the draft that has the confirmed address of the signed-in person."""
    changing = request.method == "POST"
    return _join(claiming.get_own_claim(get_session(), me().email, lock=changing))


def _join(seed: Seed) -> Answer:
    form = Form()
    own = profiles.get_own(get_session(), me().profile_id)
    if form.validate_on_submit():
        try:
            joining.join(
                get_session(),
                seed,
                own.id,
                fields=request.form.getlist("field"),
                items=request.form.getlist("keep"),
            )
        except DomainError as error:
            form.refuse(error)
        else:
            say(_("Added to your profile. Nothing else of it is left."))
            return redirect(_after_join(), code=303)
    page = render_template(
        "claims/join.html",
        form=form,
        seed=seed,
        fields=joining.offered_fields(seed, own),
        notice=make_notice(get_session(), seed, locale()),
    )
    return page, INVALID if form.is_submitted() else 200


def _after_join() -> str:
    """Return where to go: to the draft of another event, if one waits."""
    try:
        claiming.get_own_claim(get_session(), me().email)
    except DomainError:
        return url_for("profiles.mine")
    return url_for("claims.mine")
