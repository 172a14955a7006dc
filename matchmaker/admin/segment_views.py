"""Pages on which an organiser writes to those who are one step short."""

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
from flask_babel import ngettext
from werkzeug.wrappers import Response

from matchmaker.accounts.signed_in import me
from matchmaker.admin import segments, service
from matchmaker.admin.segment_forms import SegmentForm
from matchmaker.admin.segments import Cap, Segment
from matchmaker.errors import DomainError
from matchmaker.events import invitations
from matchmaker.events import service as events
from matchmaker.events.models import Event
from matchmaker.mail import Rendered, Renderer
from matchmaker.web.access import organiser
from matchmaker.web.i18n import OWN_NAMES, locale
from matchmaker.web.session import get_session, writes

bp = Blueprint("segments", __name__)
Answer = str | Response | tuple[str, int]
INVALID = 422


def init_app(app: Flask, render: Renderer) -> None:
    """Register the pages; ``render`` shows letters as the outbox would send them."""
    cap = Cap(
        per_day=app.config["SEGMENT_LETTERS_PER_DAY"],
        per_week=app.config["SEGMENT_LETTERS_PER_WEEK"],
    )

    @app.before_request
    def provide_cap() -> None:
        g.segment_cap, g.render_segment = cap, render

    app.register_blueprint(bp)


@bp.get("/events/<slug>/write")
@organiser
@writes
def choose(slug: str) -> str:
    """Show whom each segment reaches, and the letter in each language."""
    event = events.get_event(get_session(), me().id, slug)
    service.note_access(get_session(), me().id, "segments", event=slug)
    form = SegmentForm(formdata=None)
    form.segment.data = request.args.get("to", "")
    return _page(event, form)


@bp.post("/events/<slug>/write")
@organiser
def write(slug: str) -> Answer:
    """Show the letter with the organiser's words, or tell everybody of a segment."""
    session = get_session()
    event = events.get_event(session, me().id, slug)
    form = SegmentForm()
    known = form.segment.data in {segment.value for segment in Segment}
    if not (form.validate_on_submit() and known):
        return _page(event, form), INVALID
    if "look" in request.form:
        return _page(event, form)
    segment = Segment(form.segment.data)
    try:
        count = segments.write(
            session,
            event,
            segment,
            by=me().id,
            note=form.note.data,
            form_key=form.form_key.data or "",
            cap=g.segment_cap,
        )
    except DomainError as error:
        form.refuse(error)
        return _page(event, form), error.status
    service.note_access(
        session,
        me().id,
        "segment-write",
        event=slug,
        segment=segment.value,
        people=count,
    )
    flash(ngettext("%(num)s person is told.", "%(num)s people are told.", count))
    return redirect(url_for("segments.choose", slug=slug), code=303)


def _page(event: Event, form: SegmentForm) -> str:
    """Show the chosen segment, or the largest when none was chosen."""
    session = get_session()
    reaches = segments.list_reaches(session, event, g.segment_cap)
    wanted = [one for one in reaches if one.segment == form.segment.data]
    chosen = wanted[0] if wanted else max(reaches, key=lambda one: one.people)
    form.segment.data = chosen.segment.value
    return render_template(
        "events/segments.html",
        event=event,
        form=form,
        reaches=reaches,
        chosen=chosen,
        letters=[
            (code, chosen.locales.get(code, 0), _letter(event, form, code))
            for code in sorted(OWN_NAMES, key=lambda one: one != locale())
        ],
        unclaimed=segments.count_unclaimed(session, event),
        cap=g.segment_cap,
        is_sender=invitations.may_send(session, me().id, event.id),
    )


def _letter(event: Event, form: SegmentForm, code: str) -> Rendered:
    """Return the letter as it would leave, with a way out that ends nothing."""
    context = segments.context_of(event, code, note=form.note.data or "", waiting=1)
    render: Renderer = g.render_segment
    return render(form.segment.data, code, {**context, "way_out": ["preview", "event"]})
