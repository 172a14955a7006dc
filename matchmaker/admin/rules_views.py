"""Pages where an organiser groups people and says who may ask whom."""

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
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from matchmaker.accounts.signed_in import me
from matchmaker.admin import rules_service, service
from matchmaker.errors import DomainError
from matchmaker.events import groups
from matchmaker.events import service as events
from matchmaker.events.groups import Rule
from matchmaker.events.models import Event, EventGroup, StaffRole
from matchmaker.web.access import organiser
from matchmaker.web.forms import clean_line
from matchmaker.web.session import get_session
from matchmaker.web.texts import refusal_text

bp = Blueprint("rules", __name__)
MAY_CHANGE = (StaffRole.OWNER, StaffRole.MANAGER)
LARGEST_NUMBER = 1000
INVALID = 422


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(bp)


@bp.get("/events/<slug>/rules")
@organiser
def matrix(slug: str) -> str:
    """Show the groups, who may ask whom, and what that does."""
    event = events.get_event(get_session(), me().id, slug)
    return _page(event, groups.get_matrix(get_session(), event.id))


@bp.post("/events/<slug>/rules")
@organiser
def save_matrix(slug: str) -> str | Response:
    """Save the matrix, or only count what it would do."""
    session = get_session()
    event = _own_event(slug)
    wanted = _typed_matrix(
        [group for group, _n in groups.list_groups(session, event.id)]
    )
    if request.form.get("act") != "save":
        return _page(event, wanted)
    groups.save_matrix(session, event.id, wanted)
    service.note_access(session, me().id, "rules", event=slug)
    flash(_("Saved. Lists follow with the next computation of proposals."))
    return redirect(url_for(".matrix", slug=slug), code=303)


@bp.post("/events/<slug>/groups")
@organiser
def save_group(slug: str) -> tuple[str, int] | Response:
    """Create, rename or remove a group."""
    session = get_session()
    event = _own_event(slug)
    public_id = request.form.get("group") or None
    try:
        if request.form.get("act") == "remove" and public_id:
            groups.remove_group(session, event.id, public_id)
        else:
            groups.save_group(
                session,
                event.id,
                public_id,
                name=clean_line(request.form.get("name")),
                open_limit=_number("open_limit"),
            )
    except DomainError as error:
        found = groups.get_matrix(session, event.id)
        return _page(event, found, wrong=refusal_text(error.code)), INVALID
    return redirect(url_for(".matrix", slug=slug), code=303)


@bp.get("/events/<slug>/groups/people")
@organiser
def people(slug: str) -> str:
    """Show people of the event to be put into a group."""
    session = get_session()
    event = events.get_event(session, me().id, slug)
    found = groups.list_groups(session, event.id)
    wanted = _typed_filter(event)
    return render_template(
        "events/group_people.html",
        event=event,
        groups=found,
        names={group.id: group.name for group, _n in found},
        people=rules_service.list_people(session, event, wanted),
        countries=events.count_countries(session, event.id),
        wanted=wanted,
        may_change=_may_change(event),
    )


@bp.post("/events/<slug>/groups/people")
@organiser
def assign(slug: str) -> Response:
    """Put the ticked people into a group, or into none."""
    session = get_session()
    event = _own_event(slug)
    public_id = request.form.get("group")
    group = groups.get_group(session, event.id, public_id) if public_id else None
    ticked = set(request.form.getlist("person"))
    everybody = events.list_attendance(session, event.id)
    chosen = [one.profile_id for one in everybody if one.profile.public_id in ticked]
    count = groups.assign(session, event.id, group, chosen)
    told = ngettext("%(num)s person moved.", "%(num)s people moved.", count)
    flash(told)
    return redirect(url_for(".people", slug=slug), code=303)


def _own_event(slug: str) -> Event:
    """Return an event that the signed-in person may change, not only see."""
    event = events.get_event(get_session(), me().id, slug)
    if not _may_change(event):
        raise DomainError("event-unknown", status=404)
    return event


def _may_change(event: Event) -> bool:
    return events.get_role(get_session(), me().id, event.id) in MAY_CHANGE


def _page(event: Event, wanted: groups.Matrix, wrong: str = "") -> str:
    session = get_session()
    shown = g.policy.shape.shown
    saved = groups.get_matrix(session, event.id)
    return render_template(
        "events/rules.html",
        event=event,
        groups=groups.list_groups(session, event.id),
        matrix=wanted,
        open_rule=groups.OPEN,
        before=rules_service.effect(session, event, saved, shown=shown),
        after=rules_service.effect(session, event, wanted, shown=shown),
        changed=dict(wanted) != saved,
        wrong=wrong,
        may_change=_may_change(event),
    )


def _typed_matrix(found: list[EventGroup]) -> dict[tuple[int, int], Rule]:
    typed: dict[tuple[int, int], Rule] = {}
    for asking in found:
        for asked in found:
            cell = f"{asking.public_id}-{asked.public_id}"
            rule = Rule(f"may-{cell}" in request.form, _number(f"quota-{cell}"))
            if rule != groups.OPEN:
                typed[asking.id, asked.id] = rule
    return typed


def _number(name: str) -> int | None:
    """Return a number that was typed; nothing for what is none."""
    value = clean_line(request.form.get(name))[:9]
    if not (value.isascii() and value.isdigit()):
        return None
    return min(int(value), LARGEST_NUMBER) or None


def _typed_filter(event: Event) -> rules_service.Filter:
    group = request.args.get("group", "")
    known = {
        one.public_id: one.id for one, _n in groups.list_groups(get_session(), event.id)
    }
    return rules_service.Filter(
        words=clean_line(request.args.get("q"))[:100],
        country=request.args.get("country", "")[:2],
        role=request.args.get("role", "")[:40],
        group_id=known.get(group),
        without_group=group == "none",
    )
