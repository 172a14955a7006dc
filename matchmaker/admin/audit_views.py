"""The audit log: who did what, about whom, when."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from typing import Any

from flask import Blueprint, Flask, Response, render_template, request, url_for
from flask_babel import gettext as _

from matchmaker import sheets
from matchmaker.accounts.signed_in import me
from matchmaker.admin import audit_log, audit_texts
from matchmaker.admin.service import note_access
from matchmaker.web.access import admin
from matchmaker.web.forms import clean_line
from matchmaker.web.session import get_session, writes

bp = Blueprint("audit", __name__)
MOST_PAGES = 100_000  # a number in an address is no larger


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(bp)


@bp.get("/admin/audit")
@admin
@writes
def log() -> str:
    """Show the entries that are looked for, the newest first."""
    session = get_session()
    wanted, wrong = _wanted()
    note_access(session, me().id, "audit")
    found = audit_log.search(session, wanted, zone=me().time_zone, page=_page())
    actions = sorted(
        ((code, audit_texts.action_text(code)) for code in _codes()),
        key=lambda pair: pair[1].casefold(),
    )
    return render_template(
        "admin/audit.html",
        wanted=wanted,
        wrong=wrong,
        found=found,
        actions=actions,
        action_text=audit_texts.action_text,
        told=audit_texts.told,
        address=_address(wanted),
        file=url_for("audit.file", **_asked(wanted)),
    )


@bp.get("/admin/audit.csv")
@admin
@writes
def file() -> Response:
    """Return the entries that are looked for as a file."""
    session = get_session()
    wanted, _wrong = _wanted()
    note_access(session, me().id, "audit-file")
    lines = audit_log.all_lines(session, wanted, zone=me().time_zone)
    answer = Response(sheets.csv_file(_rows(lines)), content_type="text/csv")
    answer.headers["Content-Disposition"] = "attachment; filename=audit.csv"
    return answer


def _codes() -> set[str]:
    """Return the actions that can be chosen: those that stand in the log."""
    return set(audit_log.list_actions(get_session()))


def _rows(lines: Iterator[audit_log.Line]) -> Iterator[list[str]]:
    yield [
        _("When (UTC)"),
        _("Who"),
        _("Profile"),
        _("Action"),
        _("In words"),
        _("About whom or what"),
    ]
    for line in lines:
        yield [
            line.happened_at.strftime("%Y-%m-%d %H:%M:%S"),
            line.name,
            line.profile_id,
            line.action,
            audit_texts.action_text(line.action),
            "; ".join(map(": ".join, audit_texts.told(line.subject))),
        ]


def _wanted() -> tuple[audit_log.Wanted, bool]:
    """Return what is looked for, and whether a day of it could not be read."""
    words = {
        name: clean_line(request.args.get(name))[: audit_log.LONGEST]
        for name in ("who", "what", "about", "first", "last")
    }
    days: dict[str, date | None] = {}
    wrong = False
    for name in ("first", "last"):
        try:
            days[name] = date.fromisoformat(words[name]) if words[name] else None
        except ValueError:
            days[name], wrong = None, True
    found = audit_log.Wanted(
        who=words["who"], what=words["what"], about=words["about"], **days
    )
    return found, wrong


def _page() -> int:
    return min(request.args.get("page", 1, type=int), MOST_PAGES)


def _asked(wanted: audit_log.Wanted) -> dict[str, Any]:
    """Return what an address carries of a search."""
    return {name: str(value) for name, value in asdict(wanted).items() if value}


def _address(wanted: audit_log.Wanted) -> Any:  # noqa: ANN401  a function of a page
    return lambda page: url_for("audit.log", **_asked(wanted), page=page)
