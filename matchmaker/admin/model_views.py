"""Pages where admins look at models, try them, put them in force and take them back."""

import math
import re
import secrets
from datetime import date
from typing import Any

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
from flask_babel import format_decimal
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from matchmaker.accounts.signed_in import me
from matchmaker.admin import service
from matchmaker.clock import now
from matchmaker.errors import DomainError
from matchmaker.matching import promotion, trial_jobs, versions
from matchmaker.matching.models import ModelVersion
from matchmaker.matching.trial_models import ModelTask, TaskKind, TaskState
from matchmaker.progress import Board
from matchmaker.web.access import admin
from matchmaker.web.forms import clean_line
from matchmaker.web.session import get_session, writes
from matchmaker.web.texts import refusal_text

bp = Blueprint("models", __name__)
INVALID = 422
LARGEST_WEIGHT = 100.0  # logits; beyond, every score is 0 or 1
LONGEST_NAME = 60
LONGEST_NOTE = 300
_NAME = re.compile(r"[\w.-]+")
#: What each weight says, in words.
WEIGHT_TEXTS = {
    "bias": _l("Level of all scores"),
    "text": _l("Matching texts"),
    "collaboration": _l("Kinds of cooperation that answer each other"),
    "sector": _l("Near sectors"),
    "market": _l("Markets that meet"),
    "language": _l("A language in common"),
    "place": _l("The same place"),
    "unknown": _l("Needs not stated"),
}
REASON_TEXTS = {
    "need-offer": _l("an offer that answers a request"),
    "field": _l("a field in common"),
    "welcome": _l("a request they can answer"),
    "collaboration": _l("kinds of cooperation"),
    "sector": _l("sectors"),
    "market": _l("markets"),
    "language": _l("languages"),
    "place": _l("place"),
}
TASK_TEXTS = {
    "fit": _l("Learning from the ledger"),
    "by_hand": _l("Weights by hand"),
    "judge": _l("Comparison"),
    "dial": _l("Positions of the fairness dial"),
}


def init_app(app: Flask, board: Board) -> None:
    """Register the pages and tell them where counts of work are kept."""
    app.jinja_env.filters["decimals"] = _decimals

    @app.before_request
    def provide_board() -> None:
        g.model_board = board

    app.register_blueprint(bp)


@bp.get("/admin/models")
@admin
@writes
def versions_page() -> str:
    """Show all versions, the work under way and the fairness dial."""
    service.note_access(get_session(), me().id, "models")
    return _list_page()


@bp.post("/admin/models/fit")
@admin
def fit() -> Response | tuple[str, int]:
    """Ask the worker to learn a candidate from the ledger."""
    typed = {
        key: clean_line(request.form.get(key)) for key in ("name", "since", "note")
    }
    try:
        terms = {
            "name": _name(typed["name"], "learned"),
            "note": typed["note"][:LONGEST_NOTE],
            "since": _day(typed["since"]),
        }
    except DomainError as error:
        return _list_page(wrong=refusal_text(error.code), typed=typed), INVALID
    return _asked(TaskKind.FIT, terms)


@bp.post("/admin/models/by-hand")
@admin
def by_hand() -> Response | tuple[str, int]:
    """Ask the worker to make a candidate of typed weights."""
    names = ("name", "note", *trial_jobs.BY_HAND)
    typed = {key: clean_line(request.form.get(key)) for key in names}
    try:
        terms = {
            "name": _name(typed["name"], "by-hand"),
            "note": typed["note"][:LONGEST_NOTE],
            "weights": {key: _weight(typed[key]) for key in trial_jobs.BY_HAND},
        }
    except DomainError as error:
        return _list_page(wrong=refusal_text(error.code), typed=typed), INVALID
    return _asked(TaskKind.BY_HAND, terms)


@bp.post("/admin/models/dial")
@admin
def dial() -> Response | tuple[str, int]:
    """Turn the fairness dial, or ask for the numbers of its positions."""
    session = get_session()
    if request.form.get("act") == "work-out":
        return _asked(TaskKind.DIAL, {})
    try:
        value = float(request.form.get("value", ""))
    except ValueError:
        value = math.nan
    try:
        promotion.turn_dial(session, value, author=_author())
    except DomainError as error:
        return _list_page(wrong=refusal_text(error.code)), INVALID
    service.note_access(session, me().id, "fairness-dial", value=value)
    flash(_("Set. The worker now makes all lists anew."))
    return _back()


@bp.get("/admin/models/<name>")
@admin
@writes
def card(name: str) -> str:
    """Show what a version is, how it did, and what may be done with it."""
    service.note_access(get_session(), me().id, "model", version=name)
    return _card_page(versions.get_version(get_session(), name))


@bp.post("/admin/models/<name>/compare")
@admin
def compare(name: str) -> Response:
    """Ask the worker what a version would do in the place of another."""
    session = get_session()
    version = versions.get_version(session, name)
    other = versions.get_version(session, clean_line(request.form.get("against")))
    if other.id == version.id:
        raise DomainError("model-same", status=422)
    return _asked(TaskKind.JUDGE, {"version": name, "against": other.name}, name)


@bp.post("/admin/models/<name>/promote")
@admin
def promote(name: str) -> Response | tuple[str, int]:
    """Put a version in force: by its report, by a reason, or back again."""
    session = get_session()
    version = versions.get_version(session, name)
    reason = clean_line(request.form.get("reason"))
    try:
        made = promotion.promote(session, version, author=_author(), reason=reason)
    except DomainError as error:
        told = refusal_text(error.code)
        return _card_page(version, wrong=told, reason=reason), INVALID
    # Reading a report has the code of its own name.
    way = "promoted" if made.report_id is not None else made.way.value
    service.note_access(
        session,
        me().id,
        f"model-{way}",
        version=name,
        digest=version.digest,
        reason=made.reason,
    )
    flash(_("%(name)s is in force. The worker now makes all lists anew.", name=name))
    return _back(name)


@bp.get("/admin/models/reports/<report_id>")
@admin
@writes
def report(report_id: str) -> str:
    """Show a kept report: the verdict, each criterion, lists side by side."""
    session = get_session()
    found = promotion.get_report(session, report_id)
    service.note_access(session, me().id, "model-report", report=report_id)
    sample = found.result["sample"]
    ids = {one["member"] for one in sample}
    ids |= {entry["candidate"] for one in sample for entry in one["entries"]}
    return render_template(
        "admin/model_report.html",
        report=found,
        result=found.result,
        people=promotion.list_people(session, ids),
        reason_texts=REASON_TEXTS,
        day=date.fromisoformat,
    )


def _list_page(wrong: str = "", typed: dict[str, str] | None = None) -> str:
    session = get_session()
    live = versions.live_version(session)
    weights = versions.live_model(session).weights
    dial = promotion.find_dial(session)
    worked_out = promotion.find_task(session, TaskKind.DIAL)
    usual = {name: str(getattr(weights, name)) for name in trial_jobs.BY_HAND}
    return render_template(
        "admin/models.html",
        versions=versions.list_versions(session),
        live=live,
        tasks=promotion.list_tasks(session),
        progress=_progress,
        states=TaskState,
        task_texts=TASK_TEXTS,
        refusal=refusal_text,
        weight_texts=WEIGHT_TEXTS,
        by_hand=trial_jobs.BY_HAND,
        typed={"name": "", "since": "", "note": "", **usual, **(typed or {})},
        dial=dial,
        fairness=dial.value if dial else g.policy.shape.fairness,
        worked_out=worked_out,
        form_key=_new_key(),
        wrong=wrong,
    )


def _card_page(version: ModelVersion, wrong: str = "", reason: str = "") -> str:
    session = get_session()
    return render_template(
        "admin/model.html",
        version=version,
        live=versions.live_version(session),
        others=[one for one in versions.list_versions(session) if one is not version],
        weights=weight_rows(version, versions.live_model(session).weights),
        weight_texts=WEIGHT_TEXTS,
        metrics=version.metrics or {},
        reports=promotion.list_reports(session, version.id),
        promotions=promotion.list_promotions(session, version.id),
        passing=promotion.find_passing(session, version),
        longest=promotion.LONGEST_REASON,
        form_key=_new_key(),
        wrong=wrong,
        reason=reason,
    )


def weight_rows(version: ModelVersion, live: Any) -> list[dict[str, Any]]:  # noqa: ANN401
    """Return each weight beside the live one, with its error and what changed.

    The codes are those of ``versions.change_of``, whose sentences the page has.
    """
    errors = (version.metrics or {}).get("errors", {})
    rows = []
    for name in WEIGHT_TEXTS:
        new = float(version.weights.get(name, getattr(live, name)))
        old, error = float(getattr(live, name)), errors.get(name)
        word = versions.change_of(name, old, new, error)
        rows.append(
            {"name": name, "live": old, "own": new, "error": error, "word": word}
        )
    return rows


def _asked(kind: TaskKind, terms: dict[str, Any], name: str = "") -> Response:
    session = get_session()
    key = clean_line(request.form.get("form_key"))[:40] or None
    task = promotion.ask(session, kind, terms, author=_author(), form_key=key)
    service.note_access(session, me().id, f"model-{kind.value}", task=task.public_id)
    flash(_("The worker does it now. What comes of it stands on this page."))
    return _back(name)


def _back(name: str = "") -> Response:
    where = url_for(".card", name=name) if name else url_for(".versions_page")
    return redirect(where, code=303)


def _progress(task: ModelTask) -> Any:  # noqa: ANN401  a count, or nothing
    board: Board = g.model_board
    return board.find(trial_jobs.task_key(task))


def _decimals(value: float, digits: int) -> str:
    """Return a number with so many digits after the sign of the reader's language."""
    return str(format_decimal(value, format=f"0.{'0' * digits}"))


def _author() -> str:
    # A number and no address: these rows are kept for good, also when the admin
    # has everything about themselves erased.
    return f"admin {me().id}"


def _new_key() -> str:
    return secrets.token_urlsafe(12)


def _name(typed: str, usual: str) -> str:
    name = typed or f"{usual}-{now():%Y%m%d-%H%M}"
    if len(name) > LONGEST_NAME or not _NAME.fullmatch(name):
        raise DomainError("model-name", status=422)
    return name


def _day(typed: str) -> str | None:
    if not typed:
        return None
    try:
        return date.fromisoformat(typed).isoformat()
    except ValueError as error:
        raise DomainError("model-day", status=422) from error


def _weight(typed: str) -> float:
    try:
        value = float(typed.replace(",", "."))
    except ValueError as error:
        raise DomainError("model-weight", status=422) from error
    if not 0 <= value <= LARGEST_WEIGHT:
        raise DomainError("model-weight", status=422)
    return value
