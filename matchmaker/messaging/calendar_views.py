"""The calendar of due dates: its secret address, and what stands behind it."""

from datetime import timedelta

from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    flash,
    g,
    redirect,
    render_template,
    request,
    url_for,
)
from flask import session as cookie
from flask_babel import force_locale
from flask_babel import gettext as _
from icalendar import Calendar, Event
from werkzeug.wrappers import Response as Redirect

from matchmaker.accounts.signed_in import me
from matchmaker.messaging import calendars
from matchmaker.messaging.calendars import Agenda, Step
from matchmaker.web.access import member, public
from matchmaker.web.limits import address, check_limit
from matchmaker.web.session import get_session

bp = Blueprint("calendars", __name__)
READ_EVERY = timedelta(hours=6)  # what a calendar is asked to wait between readings
_SHOWN_ONCE = "calendar"  # where the new secret waits in the cookie for its page


def init_app(app: Flask) -> None:
    """Register the pages."""

    @app.before_request
    def provide_settings() -> None:
        g.calendar_settings = app.config

    app.register_blueprint(bp)


@bp.get("/settings/calendar")
@member
def settings() -> str:
    """Show whether a calendar is open, and a new address once."""
    secret = cookie.pop(_SHOWN_ONCE, None)
    shown = url_for("calendars.feed", secret=secret, _external=True) if secret else ""
    return render_template(
        "contacts/calendar.html",
        feed=calendars.find_feed(get_session(), me().profile_id),
        address=shown,
        hours=int(READ_EVERY.total_seconds() // 3600),
    )


@bp.post("/settings/calendar/renew")
@member
def renew() -> Redirect:
    """Open a calendar, or give it another address."""
    cookie[_SHOWN_ONCE] = calendars.renew_feed(get_session(), me().profile_id)
    return redirect(url_for("calendars.settings"), code=303)


@bp.post("/settings/calendar/notes")
@member
def notes() -> Redirect:
    """Let private notes stand in the calendar, or not."""
    calendars.set_notes(
        get_session(),
        me().profile_id,
        with_notes=request.form.get("with_notes") == "1",
    )
    flash(_("Saved."))
    return redirect(url_for("calendars.settings"), code=303)


@bp.post("/settings/calendar/close")
@member
def close() -> Redirect:
    """Close the calendar: its address leads nowhere from now on."""
    calendars.close_feed(get_session(), me().profile_id)
    flash(_("The calendar is closed. Its address leads nowhere now."))
    return redirect(url_for("calendars.settings"), code=303)


@bp.get("/calendar/<secret>.ics")
@public
def feed(secret: str) -> Response:
    """Return the steps behind a secret address as a calendar."""
    check_limit("CALENDAR_LIMIT", address())
    agenda = calendars.read_agenda(get_session(), secret)
    if agenda is None:
        abort(404)
    g.locale = agenda.locale
    with force_locale(agenda.locale):
        made = _calendar(agenda)
    answer = Response(made, content_type="text/calendar; charset=utf-8")
    answer.headers["Content-Disposition"] = "inline; filename=contacts.ics"
    # Only the calendar itself may keep it, and asks each time whether it changed.
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.last_modified = agenda.changed_at
    answer.add_etag()
    answer.make_conditional(request)
    return answer


def _calendar(agenda: Agenda) -> bytes:
    """Return the calendar as it is read: the same steps give the same bytes."""
    made = Calendar()
    made.add("prodid", "-//Matchmaker//Contacts//EN")
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("method", "PUBLISH")
    site = g.calendar_settings["SITE_NAME"]
    made.add("x-wr-calname", f"{site} · {_('Contacts')}")
    made.add("refresh-interval", READ_EVERY, {"VALUE": "DURATION"})
    made.add("x-published-ttl", READ_EVERY, {"VALUE": "DURATION"})
    for step in agenda.steps:
        made.add_component(_event(step))
    ics: bytes = made.to_ical()
    return ics


def _event(step: Step) -> Event:
    """Return a step as an event of a whole day, which every calendar subscribes to."""
    event = Event()
    event.add("uid", f"{step.uid}@step.matchmaker")
    event.add("sequence", step.sequence)
    event.add("dtstamp", step.changed_at)
    event.add("last-modified", step.changed_at)
    event.add("dtstart", step.day)
    event.add("dtend", step.day + timedelta(days=1))
    event.add("status", "CANCELLED" if step.cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    event.add("class", "PRIVATE")
    event.add("summary", _summary(step))
    if step.note:
        event.add("description", step.note)
    if step.introduction_id:
        event.add(
            "url",
            url_for(
                "contacts.contact",
                introduction_id=step.introduction_id,
                _external=True,
            ),
        )
    return event


def _summary(step: Step) -> str:
    if not step.introduction_id:
        return str(_("Cancelled"))
    if not step.next_step:
        return str(_("Next step with %(name)s", name=step.name))
    return f"{step.next_step} · {step.name}"
