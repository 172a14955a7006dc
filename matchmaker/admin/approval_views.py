"""Pages on which an organiser looks at people and items before they are listed."""

from datetime import datetime
from typing import Any

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from matchmaker.accounts.signed_in import me
from matchmaker.admin import service
from matchmaker.clock import now
from matchmaker.errors import DomainError
from matchmaker.events import admission, approval
from matchmaker.events import service as events
from matchmaker.events.approval_texts import reason_choices, refusal_sentence
from matchmaker.events.models import Event, Outcome
from matchmaker.events.rules import IMPORTING
from matchmaker.profiles.models import Profile, Side
from matchmaker.web.access import organiser
from matchmaker.web.forms import clean
from matchmaker.web.session import get_session, writes
from matchmaker.web.texts import refusal_text

bp = Blueprint("approval", __name__)
Answer = str | Response | tuple[str, int]
INVALID = 422


def init_app(app: Flask) -> None:
    """Register the pages, and what other pages show of the queue."""
    app.jinja_env.globals["held_profile"] = _held_profile
    app.jinja_env.globals["held_words"] = _held_words
    app.jinja_env.globals["waiting_at"] = _waiting_at
    app.jinja_env.filters["refusal_sentence"] = refusal_sentence
    app.jinja_env.filters["waited"] = approval.age
    app.register_blueprint(bp)


def _held_profile(profile: Profile) -> admission.Held | None:
    return admission.find_held(get_session(), profile)


def _held_words(profile: Profile) -> list[admission.HeldWords]:
    return admission.list_held_words(get_session(), profile)


def _waiting_at(event: Event) -> int:
    """Return how many people and items of an event wait for its organisers."""
    return sum(approval.count_waiting(get_session(), event.id))


@bp.get("/events/<slug>/approval")
@organiser
@writes
def queue(slug: str) -> Answer:
    """Show who and what waits, the oldest first."""
    event = events.get_event(get_session(), me().id, slug)
    service.note_access(get_session(), me().id, "approval", event=slug)
    return _page(event)


def _page(event: Event, wrong: str = "", typed: Any = None) -> str:  # noqa: ANN401
    session = get_session()
    typed = typed if typed is not None else {}
    return render_template(
        "events/approval.html",
        event=event,
        people=approval.list_people(session, event),
        items=approval.list_items(session, event),
        counts=approval.count_waiting(session, event.id),
        freed=admission.count_freed(session, event),
        may_change=events.get_role(session, me().id, event.id) in IMPORTING,
        reasons=reason_choices(),
        sides=Side,
        wrong=wrong,
        ticked=set(typed.getlist("person") + typed.getlist("item")) if typed else set(),
        reason=typed.get("reason", ""),
        note=typed.get("note", ""),
        longest_note=approval.LONGEST_NOTE,
        shown_at=now().isoformat(),
    )


@bp.post("/events/<slug>/approval")
@organiser
def decide(slug: str) -> Answer:
    """Let the ticked ones in, or refuse them with a reason."""
    session, form = get_session(), request.form
    event = events.get_event(session, me().id, slug)
    outcome = Outcome.REFUSED if form.get("act") == "refuse" else Outcome.APPROVED
    try:
        done = approval.decide(
            session,
            event,
            by=me().id,
            outcome=outcome,
            people=set(form.getlist("person")),
            items=set(form.getlist("item")),
            shown_at=_moment(form.get("shown_at", "")),
            reason=form.get("reason", ""),
            note=clean(form.get("note")),
        )
    except DomainError as error:
        if error.status != INVALID:
            raise
        return _page(event, refusal_text(error.code), form), INVALID
    _tell(event, done, outcome)
    return redirect(url_for(".queue", slug=slug), code=303)


def _moment(text: str) -> datetime:
    """Return when the page was shown; what says nothing counts as long ago."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        return datetime.fromisoformat("2000-01-01T00:00:00+00:00")
    return found


def _tell(event: Event, done: approval.Decided, outcome: Outcome) -> None:
    if done.changed:
        flash(
            ngettext(
                "%(num)s entry changed while you read. Look at it once more.",
                "%(num)s entries changed while you read. Look at them once more.",
                done.changed,
            )
        )
    if done.approval is None:
        if not done.changed:
            flash(_("Nothing was ticked that still waits."))
        return
    count = len(done.people) + len(done.items)
    service.note_access(
        get_session(),
        me().id,
        f"approval-{outcome}",
        event=event.slug,
        people=list(done.people),
        items=list(done.items),
        reason=done.approval.reason,
    )
    told = (
        ngettext("%(num)s entry is listed.", "%(num)s entries are listed.", count)
        if outcome is Outcome.APPROVED
        else ngettext(
            "%(num)s entry is refused.", "%(num)s entries are refused.", count
        )
    )
    undo_at = url_for(".undo", slug=event.slug, approval_id=done.approval.public_id)
    flash(told, category=undo_at)


@bp.post("/events/<slug>/approval/<approval_id>/undo")
@organiser
def undo(slug: str, approval_id: str) -> Response:
    """Put back into the queue what one decision took out."""
    session = get_session()
    event = events.get_event(session, me().id, slug)
    count = approval.undo(session, event, approval_id, by=me().id)
    service.note_access(
        session, me().id, "approval-undo", event=slug, decision=approval_id
    )
    flash(ngettext("%(num)s entry waits again.", "%(num)s entries wait again.", count))
    return redirect(url_for(".queue", slug=slug), code=303)


@bp.post("/events/<slug>/approval/settings")
@organiser
def settings(slug: str) -> Response:
    """Begin or stop to look at people, and at what they write later."""
    session = get_session()
    event = events.get_event(session, me().id, slug)
    approval.check_may_decide(session, me().id, event.id)
    checks = request.form.get("checks", "")
    admission.set_checking(
        session, event, people=checks in {"people", "items"}, items=checks == "items"
    )
    service.note_access(session, me().id, "approval-rule", event=slug, checks=checks)
    flash(_("Saved."))
    return redirect(url_for(".queue", slug=slug), code=303)
