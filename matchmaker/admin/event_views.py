"""Pages on which an organiser sees who would match whom, and invites them.

They stand above matching because the choice of whom to invite depends on it.
"""

from typing import Any

from flask import Blueprint, Flask, g, redirect, render_template, request, url_for
from flask import flash as say
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from matchmaker.accounts.signed_in import me
from matchmaker.admin import service
from matchmaker.clock import now
from matchmaker.events import groups, invitations, notice
from matchmaker.events import service as events
from matchmaker.events.invitable import (
    Filters,
    Invitable,
    count_progress,
    list_invitable,
)
from matchmaker.events.invitations import Pace
from matchmaker.events.models import Event
from matchmaker.mail import Renderer
from matchmaker.matching.preview import Preview
from matchmaker.matching.previewing import PreviewWork
from matchmaker.progress import Progress
from matchmaker.web.access import organiser
from matchmaker.web.session import get_session

bp = Blueprint("event_people", __name__)
LISTED = 500  # people on the page; the others are reached by filters, or all at once
NAMED = 100  # people of the preview whose candidates are named on one page
CHOICES = {"yes": True, "no": False}


def init_app(app: Flask, preview: Preview, work: PreviewWork, render: Renderer) -> None:
    """Register the pages; ``render`` shows letters as the outbox would send them."""
    pace = make_pace(app.config)

    @app.before_request
    def provide_preview() -> None:
        g.preview, g.pace, g.render_letter = preview, pace, render
        g.preview_work = work

    app.register_blueprint(bp)


def make_pace(settings: Any) -> Pace:  # noqa: ANN401  a mapping or Flask's
    """Return how invitations leave, from the settings."""
    return Pace(
        key=settings["SECRET_KEY"],
        per_hour=settings["INVITATIONS_PER_HOUR"],
        days=settings["UNCLAIMED_DAYS"],
    )


def _event(slug: str, action: str) -> Event:
    """Return an event the signed-in person runs, and log that its people were seen.

    The entry has a transaction of its own: comparing people takes seconds, and on
    SQLite nobody else could write while this request held the lock.
    """
    event = events.get_event(get_session(), me().id, slug)
    with g.sessions.write.begin() as session:
        service.note_access(session, me().id, action, event=slug)
    return event


@bp.get("/events/<slug>/preview-matches")
@organiser
def preview_matches(slug: str) -> str:
    """Show who would match whom, coverage, and who would have nobody."""
    event = _event(slug, "preview-matches")
    found = g.preview_work.find(g.sessions, get_session(), event.id)
    if isinstance(found, Progress):
        return _wait(event, found, _("Who would match whom"))
    matched = sorted(
        (one for one in found.people if one.count), key=lambda one: -one.count
    )
    return render_template(
        "events/preview_matches.html",
        event=event,
        found=found,
        matched=matched[:NAMED],
        alone=[one for one in found.people if not one.count],
        is_sender=invitations.may_send(get_session(), me().id, event.id),
    )


def _wait(event: Event, progress: Progress, title: str) -> str:
    """Show how far the comparison is that a page stands on."""
    return render_template(
        "events/preview_wait.html", event=event, progress=progress, title=title
    )


@bp.get("/events/<slug>/invite")
@organiser
def invite(slug: str) -> str:
    """Choose whom to invite, and see how far the letters are."""
    event = _event(slug, "invite")
    session = get_session()
    filters = _filters()
    found = g.preview_work.find(g.sessions, session, event.id)
    if isinstance(found, Progress):
        return _wait(event, found, _("Invite"))
    counts = found.counts()
    people = _ranked(list_invitable(session, event, filters), counts)
    progress = count_progress(session, event)
    return render_template(
        "events/invite.html",
        event=event,
        filters=filters,
        people=people[:LISTED],
        total=len(people),
        counts=counts,
        progress=progress,
        minutes=minutes_for(progress.waiting, g.pace.per_hour),
        days=g.pace.days,
        countries=[code for code, _n in events.count_countries(session, event.id)],
        groups=[group for group, _n in groups.list_groups(session, event.id)],
        is_sender=invitations.may_send(session, me().id, event.id),
    )


def _filters() -> Filters:
    asked = request.values
    return Filters(
        country=asked.get("country", "")[:2],
        group=asked.get("group", "")[:16],
        question=CHOICES.get(asked.get("question", "")),
        item=CHOICES.get(asked.get("item", "")),
    )


def _ranked(people: list[Invitable], counts: dict[int, int]) -> list[Invitable]:
    """Return people with those first who would find somebody; by name among equals."""
    return sorted(people, key=lambda one: -counts.get(one.profile_id, 0))


def minutes_for(count: int, per_hour: int) -> int:
    """Return about how long so many letters take, in minutes."""
    if not per_hour:
        return 0  # somebody has stopped all letters
    hours, rest = divmod(count, per_hour)
    return hours * 60 + -(-rest // -(-per_hour // 60))


@bp.post("/events/<slug>/invite/preview")
@organiser
def preview_letters(slug: str) -> str | Response:
    """Show what would be written, in each language, and how many; send nothing."""
    # Sent by POST for its many names, but it only reads, and counting takes a moment:
    # on SQLite nobody else could write meanwhile.
    g.reads_only = True
    session = get_session()
    event = events.get_event(session, me().id, slug)
    listed = list_invitable(session, event, _filters())
    ticked = set(request.form.getlist("person"))
    chosen = [p for p in listed if "all" in request.form or p.public_id in ticked]
    if not chosen:
        return redirect(url_for("event_people.invite", slug=slug), code=303)
    by_locale: dict[str, list[Invitable]] = {}
    for one in chosen:
        by_locale.setdefault(one.locale, []).append(one)
    return render_template(
        "events/invite_preview.html",
        event=event,
        chosen=chosen,
        per_hour=g.pace.per_hour,
        minutes=minutes_for(len(chosen), g.pace.per_hour),
        letters=[_letter(event, people) for people in by_locale.values()],
        is_sender=invitations.may_send(session, me().id, event.id),
    )


def _letter(event: Event, people: list[Invitable]) -> dict[str, Any]:
    """Return the letter to the first of some people, as it would leave now."""
    session = get_session()
    first = next((one for one in people if one.has_question), people[0])
    seed = invitations.get_invitable(session, event, first.public_id)
    told = notice.make_notice(session, seed, seed.locale)
    answers = 0
    if told.question:
        answers = g.preview.count_answers(session, seed.profile_id)
    context = notice.letter_context(
        told,
        secret="preview",  # noqa: S106  a link that opens nothing
        expires_at=now() + invitations.link_life(g.pace),
        answers=answers,
        locale=seed.locale,
    )
    render: Renderer = g.render_letter
    return {
        "locale": seed.locale,
        "count": len(people),
        "to": first.full_name,
        "letter": render(invitations.INVITATION, seed.locale, context),
    }


@bp.post("/events/<slug>/invite/send")
@organiser
def send(slug: str) -> Response:
    """Hand the chosen people to the worker, which writes to them at a rate."""
    session = get_session()
    event = events.get_event(session, me().id, slug)
    count = invitations.invite(
        session, event, request.form.getlist("person"), by=me().id, key=g.pace.key
    )
    service.note_access(session, me().id, "invite-send", event=slug, letters=count)
    say(
        ngettext(
            "%(num)s letter is on its way.", "%(num)s letters are on their way.", count
        )
    )
    return redirect(url_for("event_people.invite", slug=slug), code=303)


@bp.post("/events/<slug>/invite/stop")
@organiser
def stop(slug: str) -> Response:
    """Take back the letters that have not been written yet."""
    session = get_session()
    event = events.get_event(session, me().id, slug)
    count = invitations.stop_waiting(session, event, by=me().id)
    service.note_access(session, me().id, "invite-stop", event=slug, letters=count)
    say(
        ngettext(
            "%(num)s letter was taken back.", "%(num)s letters were taken back.", count
        )
    )
    return redirect(url_for("event_people.invite", slug=slug), code=303)
