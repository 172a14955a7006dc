"""How the site itself is: one page for admins, and figures for a monitoring."""

import hmac
import time
from datetime import timedelta
from pathlib import Path

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
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from matchmaker.accounts.signed_in import me
from matchmaker.admin import service, upkeep
from matchmaker.admin.metrics import Metrics
from matchmaker.clock import now
from matchmaker.owndata.service import count_requests
from matchmaker.web.access import admin, public
from matchmaker.web.session import get_session, writes

bp = Blueprint("operations", __name__)
TOKEN_LENGTH = 16  # characters a token must have at least, else there are no figures
JOB_TEXTS = {
    "resets": _l("registrations and forgotten passwords"),
    "own-words": _l("taking up own terms and names"),
    "term-preview": _l("what a draft of terms would change"),
    "letters": _l("sending letters"),
    "expiry": _l("closing requests whose time is over"),
    "lists": _l("proposals after a change"),
    "invitations": _l("sending invitations"),
    "digests": _l("writing digests"),
    "exports": _l("copies of members' data"),
    "erasures": _l("files of the model without who was erased"),
    "old-exports": _l("deleting copies of members' data"),
    "tidy": _l("removing what is past its time"),
    "unclaimed": _l("erasing who never answered an invitation"),
    "digest-plan": _l("planning digests"),
    "old-notices": _l("forgetting old notices"),
    "abuse": _l("looking for abuse"),
    "old-imports": _l("forgetting old imports"),
    "scrub": _l("clearing the space of erased rows"),
    "reviews": _l("drawing the pairs of a week for blind review"),
    "searches": _l("looking for answers to saved searches"),
    "quality": _l("counting for the quality page"),
    "old-sessions": _l("forgetting ended sign-ins"),
    "nudges": _l("reminding of contacts"),
    "cancelled-steps": _l("forgetting cancelled steps"),
    "full-run": _l("all proposals anew"),
}


def init_app(app: Flask, metrics: Metrics, *, revision: str) -> None:
    """Register the pages, and count what is asked of the site."""

    @app.before_request
    def begin() -> None:
        g.began = time.perf_counter()
        g.metrics = metrics
        g.operations_settings = app.config
        g.revision = revision

    @app.after_request
    def count(response: Response) -> Response:
        began = g.pop("began", None)
        if began is not None:
            took = time.perf_counter() - began
            # The name of a page, never an address: those hold ids.
            metrics.count(request.endpoint or "none", response.status_code, took)
        return response

    app.register_blueprint(bp)


@bp.get("/admin/operations")
@admin
@writes
def operations() -> str:
    """Show jobs, letters, the last run, the model, the database and the disk."""
    session = get_session()
    service.note_access(session, me().id, "operations")
    folder = Path(str(g.operations_settings["INSTANCE"]))
    return render_template(
        "admin/operations.html",
        jobs=upkeep.list_jobs(session),
        job_texts=JOB_TEXTS,
        heartbeat=upkeep.find_heartbeat(session),
        silent=upkeep.is_silent(session),
        outbox=upkeep.outbox(session),
        waiting=upkeep.list_waiting(session),
        run=upkeep.last_run(session),
        storage=upkeep.storage(session, folder),
        own_data=count_requests(session, now() - timedelta(days=30)),
        revision=g.revision,
        moment=now(),
    )


@bp.post("/admin/operations/letters")
@admin
def send_letters() -> Response:
    """Let letters that wait for their next try leave now."""
    count = upkeep.send_at_once(get_session())
    service.note_access(get_session(), me().id, "letters-sent-again", count=count)
    flash(_("The worker tries them again now."))
    return redirect(url_for("operations.operations"), code=303)


@bp.get("/metrics")
@public
def metrics() -> Response:
    """Give figures in the text form of Prometheus to who knows the token."""
    token = str(g.operations_settings["METRICS_TOKEN"])
    given = request.headers.get("Authorization", "")
    right = hmac.compare_digest(given.encode(), f"Bearer {token}".encode())
    if len(token) < TOKEN_LENGTH or not right:
        abort(404)
    folder = Path(str(g.operations_settings["INSTANCE"]))
    text = g.metrics.text(get_session(), folder)
    return Response(text, content_type="text/plain; version=0.0.4; charset=utf-8")
