"""Pages for admins and organisers: how it goes."""

from flask import Blueprint, Flask, render_template

from matchmaker.accounts.signed_in import me
from matchmaker.admin import report_service, service
from matchmaker.admin.quality_texts import STEP_TEXTS as CHAIN_TEXTS
from matchmaker.admin.report_views import STEP_TEXTS
from matchmaker.events import service as events
from matchmaker.profiles.models import ProfileStatus
from matchmaker.web.access import admin, organiser
from matchmaker.web.session import get_session, writes

bp = Blueprint("admin", __name__)
MOST_PEOPLE = 200  # rows of the table on an event's page; the rest is searched for


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(bp)


@bp.get("/admin")
@admin
@writes
def overview() -> str:
    """Show the funnel, the members without proposals and the runs."""
    service.note_access(get_session(), me().id, "overview")
    return render_template(
        "admin/overview.html",
        overview=service.overview(get_session()),
        statuses=ProfileStatus,
        chain_texts=CHAIN_TEXTS,
    )


@bp.get("/events")
@organiser
def event_list() -> str:
    """Show the events the signed-in person runs."""
    session = get_session()
    found = events.list_events(session, me().id)
    counts = {event.id: events.count_statuses(session, event.id) for event in found}
    return render_template(
        "events/list.html", events=found, counts=counts, statuses=ProfileStatus
    )


@bp.get("/events/<slug>")
@organiser
@writes
def event(slug: str) -> str:
    """Show one event: what became of its people, and who they are."""
    session = get_session()
    found = events.get_event(session, me().id, slug)
    service.note_access(session, me().id, "event", event=slug)
    return render_template(
        "events/event.html",
        event=found,
        counts=events.count_statuses(session, found.id),
        reached=report_service.report(session, found).whole,
        steps=report_service.STEPS,
        step_texts=STEP_TEXTS,
        countries=events.count_countries(session, found.id),
        attendance=events.list_attendance(session, found.id, limit=MOST_PEOPLE),
        everybody=events.count_attendance(session, found.id),
        statuses=ProfileStatus,
    )
