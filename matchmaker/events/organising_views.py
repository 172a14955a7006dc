"""Pages on which an event is made and changed, and its team is chosen."""

from flask import Blueprint, Flask, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from matchmaker.accounts.signed_in import me, staff_only
from matchmaker.errors import DomainError
from matchmaker.events import organising
from matchmaker.events.models import Event, StaffRole
from matchmaker.events.organising_forms import (
    EventForm,
    TeamForm,
    fill_event,
    role_texts,
)
from matchmaker.events.rules import IMPORTING
from matchmaker.web.access import member, organiser
from matchmaker.web.forms import Form
from matchmaker.web.session import get_session

bp = Blueprint("organising", __name__)
Answer = str | Response | tuple[str, int]
INVALID = 422
OWNERS = frozenset({StaffRole.OWNER})


def init_app(app: Flask) -> None:
    """Register the pages, and what the page of an event shows of them."""
    app.jinja_env.globals["role_in"] = _role_in
    app.register_blueprint(bp)


def _role_in(event: Event) -> str:
    """Return what the reader is for an event, "" for nothing."""
    role = organising.get_role(get_session(), me().id, event.id)
    return role.value if role else ""


@bp.route("/events/new", methods=["GET", "POST"])
@member
@staff_only
def new() -> Answer:
    """Make an event; whoever runs one already may, and admins."""
    if not (current_user.is_organiser or current_user.is_admin):
        abort(404)
    form = EventForm(data={"time_zone": me().time_zone})
    if form.validate_on_submit():
        try:
            event = organising.create_event(get_session(), me().id, form.facts())
        except DomainError as error:
            form.refuse(error, "ends_at")
        else:
            return redirect(url_for("admin.event", slug=event.slug), code=303)
    return _page(form, None)


@bp.route("/events/<slug>/edit", methods=["GET", "POST"])
@organiser
def edit(slug: str) -> Answer:
    """Change what an event says."""
    event = organising.get_run_event(get_session(), me().id, slug, roles=IMPORTING)
    form = EventForm(data=fill_event(event))
    if form.validate_on_submit():
        try:
            organising.edit_event(get_session(), event, form.facts())
        except DomainError as error:
            form.refuse(error, "ends_at")
        else:
            flash(_("Saved."))
            return redirect(url_for("admin.event", slug=event.slug), code=303)
    return _page(form, event)


def _page(form: Form, event: Event | None) -> Answer:
    page = render_template("events/event_form.html", form=form, event=event)
    return page, INVALID if form.is_submitted() else 200


@bp.route("/events/<slug>/team", methods=["GET", "POST"])
@organiser
def team(slug: str) -> Answer:
    """Show who runs an event, and let a member in or change a role."""
    event = organising.get_run_event(get_session(), me().id, slug, roles=OWNERS)
    form = TeamForm()
    if form.validate_on_submit():
        role = StaffRole(form.role.data)
        try:
            organising.set_role(get_session(), event, form.email.data, role)
        except DomainError as error:
            form.refuse(error, "email")
        else:
            flash(_("Saved."))
            return redirect(url_for("organising.team", slug=slug), code=303)
    page = render_template(
        "events/team.html",
        form=form,
        event=event,
        team=organising.list_team(get_session(), event.id),
        roles=role_texts(),
    )
    return page, INVALID if form.is_submitted() else 200


@bp.post("/events/<slug>/team/remove")
@organiser
def remove(slug: str) -> Answer:
    """Take somebody off the team."""
    event = organising.get_run_event(get_session(), me().id, slug, roles=OWNERS)
    form = TeamForm()
    organising.remove_staff(get_session(), event, form.email.data or "")
    if organising.get_role(get_session(), me().id, event.id) in OWNERS:
        return redirect(url_for("organising.team", slug=slug), code=303)
    return redirect(url_for("web.front"), code=303)
