"""Pages on which people take what is stored about them, or have it erased."""

import html
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import (
    Blueprint,
    Flask,
    g,
    redirect,
    render_template,
    send_file,
    url_for,
)
from flask import session as cookie
from flask_babel import force_locale
from flask_login import logout_user
from werkzeug.wrappers import Response

from matchmaker.accounts.signed_in import me, recently_confirmed
from matchmaker.clock import now
from matchmaker.errors import DomainError
from matchmaker.owndata import erasure, jobs, service
from matchmaker.owndata.bundle import Scribe, exports_folder
from matchmaker.owndata.collect import find_owner
from matchmaker.owndata.forms import EraseForm
from matchmaker.owndata.rules import KEPT
from matchmaker.owndata.texts import TITLES
from matchmaker.web.access import member, public
from matchmaker.web.fragments import forget_all
from matchmaker.web.session import get_session, writes

bp = Blueprint("owndata", __name__)
Answer = str | Response | tuple[str, int]
INVALID = 422


def init_app(app: Flask) -> None:
    """Register the pages."""

    @app.before_request
    def provide_folder() -> None:
        g.instance = Path(str(app.config["INSTANCE"]))

    app.register_blueprint(bp)


def make_scribe(app: Flask) -> Scribe:
    """Return what writes the words of a copy in its owner's language."""

    def write(template: str, locale: str, values: Mapping[str, Any]) -> str:
        base = app.config["BASE_URL"] or "http://localhost:8000"
        with app.test_request_context(base_url=base), force_locale(locale):
            g.locale = locale
            text = render_template(
                f"owndata/{template}.txt",
                site=app.config["SITE_NAME"],
                titles=TITLES,
                **values,
            )
        # Macros of pages write for HTML; this is a text.
        return html.unescape(text).strip() + "\n"

    return write


@bp.get("/settings/data")
@member
def show() -> str:
    """Say what one can do with one's data, and how far a copy is."""
    asked = service.find_open(get_session(), me().id)
    if asked is not None and service.is_over(asked, now()):
        asked = None
    until = asked.ready_at + KEPT if asked and asked.ready_at else None
    return render_template("owndata/show.html", asked=asked, until=until)


@bp.post("/settings/data")
@member
def ask() -> Response:
    """Ask for a copy; the worker makes it."""
    service.ask(get_session(), me().id)
    return redirect(url_for("owndata.show"), code=303)


@bp.get("/settings/data/<export_id>/file")
@member
@recently_confirmed
@writes
def download(export_id: str) -> Response:
    """Give a person their own copy."""
    found = service.fetch(get_session(), me().id, export_id)
    path = exports_folder(g.instance) / found.file_name
    if not path.is_file():
        raise DomainError("export-unknown", status=404)
    name = f"my-data-{now().date().isoformat()}.zip"
    answer: Response = send_file(
        path.resolve(), "application/zip", as_attachment=True, download_name=name
    )
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@bp.route("/settings/data/erase", methods=["GET", "POST"])
@member
@recently_confirmed
def erase() -> Answer:
    """Say what erasure does, and do it at once."""
    form = EraseForm()
    if form.validate_on_submit():
        try:
            return _erase_me()
        except DomainError as error:
            form.refuse(error)
    status = INVALID if form.is_submitted() else 200
    return render_template("owndata/erase.html", form=form), status


def _erase_me() -> Response:
    session = get_session()
    erasure.check_may_leave(session, me().id)
    owner = find_owner(session, me().id)
    if owner is None:
        raise DomainError("link-invalid", status=404)
    erased = erasure.erase(session, owner)
    jobs.forget_files(g.instance, erased)
    forget_all()
    logout_user()
    kept = cookie.get("locale") or owner.locale
    cookie.clear()
    cookie["locale"] = kept
    return redirect(url_for("owndata.farewell"), code=303)


@bp.get("/erased")
@public
def farewell() -> str:
    """Say that it is done, and what the others still see."""
    return render_template("owndata/farewell.html")
