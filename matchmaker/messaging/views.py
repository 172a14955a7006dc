"""Pages of contacts, conversations and follow-ups."""

from datetime import date
from zoneinfo import ZoneInfo

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from matchmaker.accounts.signed_in import me
from matchmaker.clock import now
from matchmaker.errors import DomainError
from matchmaker.matching import introductions
from matchmaker.matching import rules as matching_rules
from matchmaker.matching import service as matching_service
from matchmaker.matching.models import Introduction, IntroductionState
from matchmaker.messaging import forms, service
from matchmaker.messaging.models import ContactKind
from matchmaker.messaging.rules import Shelf
from matchmaker.profiles import rules as profile_rules
from matchmaker.vocabulary.languages import guess_language
from matchmaker.web.access import member
from matchmaker.web.i18n import locale
from matchmaker.web.session import get_session, writes

bp = Blueprint("messaging", __name__)
Answer = str | Response | tuple[str, int]
INVALID = 422


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(bp)


def today() -> date:
    """Return the date where the reader is."""
    return now().astimezone(ZoneInfo(me().time_zone)).date()


@bp.get("/contacts")
@member
@writes
def contacts() -> str:
    """Show who waits for an answer, the ledger, and who was saved."""
    session, profile_id = get_session(), me().profile_id
    introductions.expire_due(session)
    pending = introductions.list_introductions(
        session, profile_id, states=[IntroductionState.PENDING]
    )
    ledger = service.list_contacts(session, profile_id, today=today())
    shelves = [
        (shelf, [one for one in ledger if one.shelf is shelf]) for shelf in Shelf
    ]
    return render_template(
        "messaging/contacts.html",
        received=[one for one in pending if one.candidate_id == profile_id],
        sent=[one for one in pending if one.seeker_id == profile_id],
        shelves=[(shelf, found) for shelf, found in shelves if found],
        saved=matching_service.list_saved(session, profile_id),
        today=today(),
    )


@bp.get("/contacts/<introduction_id>")
@member
@writes
def contact(introduction_id: str) -> Answer:
    """Show one contact: the request, the conversation, follow-ups, outcomes."""
    introduction = _own(introduction_id)
    service.mark_read(get_session(), introduction.id, me().profile_id)
    return _contact_page(introduction)


def _own(introduction_id: str) -> Introduction:
    return introductions.get_introduction(
        get_session(), me().profile_id, introduction_id
    )


def _contact_page(
    introduction: Introduction,
    *,
    message_form: forms.MessageForm | None = None,
    follow_up_form: forms.FollowUpForm | None = None,
) -> str:
    session, profile_id = get_session(), me().profile_id
    partner = service.partner_of(introduction, profile_id)
    connected = introduction.state is IntroductionState.ACCEPTED
    since = introduction.answered_at
    second = since and now() - since > matching_rules.SECOND_STAGE_AFTER
    return render_template(
        "messaging/contact.html",
        introduction=introduction,
        partner=partner,
        mine=introduction.seeker_id == profile_id,
        connected=connected,
        messages=service.list_messages(session, introduction.id) if connected else [],
        follow_ups=service.list_follow_ups(session, introduction.id, profile_id),
        outcomes=[
            said
            for said in introductions.list_outcomes(session, introduction.id)
            if said.author_id == profile_id
        ],
        stages=[1, 2] if second else [1],
        stage_values=matching_rules.STAGE_VALUES,
        stage_texts=forms.STAGE_TEXTS,
        kind_texts=forms.KIND_TEXTS,
        contacts=profile_rules.visible_contacts(
            partner.contacts, connected=connected, own=False
        ),
        message_form=message_form or forms.MessageForm(formdata=None),
        follow_up_form=follow_up_form
        or forms.FollowUpForm(formdata=None, happened_on=today()),
        today=today(),
        profile_id=profile_id,
    )


@bp.post("/contacts/<introduction_id>/messages")
@member
def write(introduction_id: str) -> Answer:
    """Write a message; without a text the page comes back with a word."""
    introduction = _own(introduction_id)
    form = forms.MessageForm()
    if not form.validate_on_submit():
        return _contact_page(introduction, message_form=form), INVALID
    service.write_message(
        get_session(),
        introduction,
        me().profile_id,
        text=form.text.data,
        lang=guess_language(form.text.data, locale()),
        form_key=form.form_key.data or "",
    )
    target = url_for("messaging.contact", introduction_id=introduction_id)
    return redirect(f"{target}#latest", code=303)


@bp.get("/contacts/<introduction_id>/messages")
@member
@writes
def messages(introduction_id: str) -> str:
    """Return the messages after the first ``after``: the open page asks for them."""
    introduction = _own(introduction_id)
    service.check_connected(introduction)
    after = min(max(request.args.get("after", 0, type=int), 0), 10**6)
    found = service.list_messages_after(get_session(), introduction.id, after)
    if found:
        service.mark_read(get_session(), introduction.id, me().profile_id)
    return render_template(
        "messaging/_messages.html",
        messages=found,
        profile_id=me().profile_id,
        partner=service.partner_of(introduction, me().profile_id),
    )


@bp.get("/messages")
@member
def inbox() -> str:
    """Show the member's conversations, the latest first."""
    threads = service.list_threads(get_session(), me().profile_id)
    return render_template(
        "messaging/inbox.html", threads=threads, profile_id=me().profile_id
    )


@bp.post("/contacts/<introduction_id>/follow-ups")
@member
def follow_up(introduction_id: str) -> Answer:
    """Record a contact that took place, with the next step."""
    introduction = _own(introduction_id)
    form = forms.FollowUpForm()
    if form.validate_on_submit():
        try:
            service.add_follow_up(
                get_session(),
                introduction,
                me().profile_id,
                kind=ContactKind(form.kind.data),
                happened_on=form.happened_on.data,
                what=form.what.data,
                next_step=form.next_step.data,
                due_on=form.due_on.data,
                shared=form.shared.data,
                form_key=form.form_key.data or "",
                today=today(),
            )
        except DomainError as error:
            past = error.code in {"date-future", "date-far"}
            field = "happened_on" if past and form.happened_on.data else "due_on"
            if error.code == "date-far" and form.due_on.data:
                field = "due_on"
            form.refuse(error, field)
        else:
            flash(_("Noted."))
            target = url_for("messaging.contact", introduction_id=introduction_id)
            return redirect(f"{target}#follow-ups", code=303)
    return _contact_page(introduction, follow_up_form=form), INVALID


@bp.post("/follow-ups/<follow_up_id>/done")
@member
def done(follow_up_id: str) -> Response:
    """Mark a next step as done, or open it again."""
    finished = request.form.get("done", "1") == "1"
    step = service.finish_step(
        get_session(), me().profile_id, follow_up_id, done=finished
    )
    target = url_for("messaging.contact", introduction_id=step.introduction.public_id)
    return redirect(f"{target}#follow-ups", code=303)


@bp.post("/contacts/<introduction_id>/outcome")
@member
def outcome(introduction_id: str) -> Response:
    """Record what came of it."""
    introduction = _own(introduction_id)
    stage = request.form.get("stage", 0, type=int)
    introductions.record_outcome(
        get_session(),
        introduction,
        me().profile_id,
        stage=stage,
        value=request.form.get("value", ""),
    )
    flash(_("Thank you. It makes later proposals better."))
    target = url_for("messaging.contact", introduction_id=introduction_id)
    return redirect(f"{target}#outcome", code=303)
