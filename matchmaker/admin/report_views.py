"""The report of an event: on a page that prints well, and as files."""

from collections.abc import Iterator

from flask import Blueprint, Flask, Response, abort, render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from matchmaker import sheets
from matchmaker.accounts.signed_in import me
from matchmaker.admin import report_service, service
from matchmaker.admin.report_service import KINDS, STEPS, Reached, Report
from matchmaker.clock import now
from matchmaker.events import service as events
from matchmaker.vocabulary.countries import country_name
from matchmaker.vocabulary.languages import language_name
from matchmaker.vocabulary.sectors import sector_name
from matchmaker.web.access import organiser
from matchmaker.web.i18n import locale
from matchmaker.web.session import get_session, writes

bp = Blueprint("reports", __name__)
#: What each step is called, and what is counted: printed beside every number.
STEP_TEXTS = {
    "listed": (_l("On the list"), _l("people of this event, imported or registered")),
    "invited": (
        _l("Invited"),
        _l("of these, who were sent an invitation or signed up"),
    ),
    "claimed": (_l("Claimed"), _l("of these, who confirmed their profile")),
    "complete": (_l("Complete"), _l("of these, whose profile is listed or paused")),
    "asked": (_l("Asked"), _l("people who asked for at least one introduction")),
    "answered": (
        _l("Answered"),
        _l("people who got at least one yes or no; expired counts as unanswered"),
    ),
    "accepted": (_l("Accepted"), _l("people who got at least one yes")),
    "followed_up": (
        _l("Followed up"),
        _l("people with an accepted request and a follow-up by either side"),
    ),
    "good": (
        _l("Good outcome"),
        _l("people with a request of which a side reports cooperation or more"),
    ),
}
KIND_TEXTS = {
    "group": _l("Group"),
    "sector": _l("Sector"),
    "country": _l("Country"),
    "language": _l("Language"),
}
FILES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(bp)


@bp.get("/events/<slug>/report")
@organiser
@writes
def page(slug: str) -> str:
    """Show what came of an event."""
    session = get_session()
    event = events.get_event(session, me().id, slug)
    service.note_access(session, me().id, "report", event=slug)
    return render_template(
        "events/report.html",
        event=event,
        report=report_service.report(session, event),
        steps=STEPS,
        kinds=KINDS,
        step_texts=STEP_TEXTS,
        kind_texts=KIND_TEXTS,
        part_name=part_name,
        moment=now(),
    )


@bp.get("/events/<slug>/report.<ending>")
@organiser
@writes
def file(slug: str, ending: str) -> Response:
    """Return the same figures as a file."""
    if ending not in FILES:
        abort(404)
    session = get_session()
    event = events.get_event(session, me().id, slug)
    service.note_access(session, me().id, "report", event=slug, file=ending)
    rows = list(_rows(report_service.report(session, event)))
    made = sheets.csv_file(rows)
    if ending == "xlsx":
        made = sheets.xlsx_file(rows, title=slug)
    answer = Response(made, content_type=FILES[ending])
    answer.headers["Content-Disposition"] = f"attachment; filename={slug}.{ending}"
    return answer


def part_name(kind: str, label: str) -> str:
    """Return what a part of the people is called in the reader's language."""
    if not label:
        return str(_("not stated"))
    if kind == "country":
        return str(country_name(label, locale()))
    if kind == "language":
        return str(language_name(label, locale()))
    return str(sector_name(label, locale())) if kind == "sector" else label


def _rows(report: Report) -> Iterator[list[str]]:
    yield [_("People"), "", *(str(STEP_TEXTS[step][0]) for step in STEPS)]
    yield ["", _("What is counted"), *(str(STEP_TEXTS[step][1]) for step in STEPS)]
    yield _row(_("All"), "", report.whole)
    for kind in KINDS:
        for part in report.parts[kind]:
            yield _row(str(KIND_TEXTS[kind]), part_name(kind, part.label), part)


def _row(kind: str, name: str, part: Reached) -> list[str]:
    return [kind, name, *(str(part.counts[step]) for step in STEPS)]
