"""Pages of contacts: the ledger, one contact, follow-ups, what came of it."""

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
from matchmaker.messaging import conversations, forms, ledger
from matchmaker.messaging.models import ContactKind
from matchmaker.messaging.rules import Shelf
from matchmaker.messaging.service import partner_of
from matchmaker.profiles import rules as profile_rules
from matchmaker.web.access import member
from matchmaker.web.session import get_session, writes

bp = Blueprint("contacts", __name__)
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
    found = ledger.list_contacts(session, profile_id, today=today())
    shelves = [(shelf, [one for one in found if one.shelf is shelf]) for shelf in Shelf]
    return render_template(
        "contacts/ledger.html",
        received=[one for one in pending if one.candidate_id == profile_id],
        sent=[one for one in pending if one.seeker_id == profile_id],
        shelves=[(shelf, group) for shelf, group in shelves if group],
        saved=matching_service.list_saved(session, profile_id),
        today=today(),
    )


@bp.get("/contacts/<introduction_id>")
@member
def contact(introduction_id: str) -> Answer:
    """Show one contact: follow-ups, details, outcomes, the way to the conversation."""
    introduction = _own(introduction_id)
    if introduction.state is not IntroductionState.ACCEPTED:
        return redirect(
            url_for("introductions.introduction", introduction_id=introduction_id)
        )
    return _contact_page(introduction)


def _own(introduction_id: str) -> Introduction:
    return introductions.get_introduction(
        get_session(), me().profile_id, introduction_id
    )


def _contact_page(
    introduction: Introduction,
    *,
    follow_up_form: forms.FollowUpForm | None = None,
) -> str:
    session, profile_id = get_session(), me().profile_id
    partner = partner_of(introduction, profile_id)
    since = introduction.answered_at
    second = since and now() - since > matching_rules.SECOND_STAGE_AFTER
    return render_template(
        "contacts/contact.html",
        introduction=introduction,
        partner=partner,
        mine=introduction.seeker_id == profile_id,
        latest=conversations.list_messages(session, introduction.id)[-3:],
        follow_ups=ledger.list_follow_ups(session, introduction.id, profile_id),
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
            partner.contacts, connected=True, own=False
        ),
        follow_up_form=follow_up_form
        or forms.FollowUpForm(formdata=None, happened_on=today()),
        today=today(),
        profile_id=profile_id,
    )


@bp.post("/contacts/<introduction_id>/follow-ups")
@member
def follow_up(introduction_id: str) -> Answer:
    """Record a contact that took place, with the next step."""
    introduction = _own(introduction_id)
    form = forms.FollowUpForm()
    if form.validate_on_submit():
        try:
            ledger.add_follow_up(
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
            target = url_for("contacts.contact", introduction_id=introduction_id)
            return redirect(f"{target}#follow-ups", code=303)
    return _contact_page(introduction, follow_up_form=form), INVALID


@bp.post("/follow-ups/<follow_up_id>/done")
@member
def done(follow_up_id: str) -> Response:
    """Mark a next step as done, or open it again."""
    finished = request.form.get("done", "1") == "1"
    step = ledger.finish_step(
        get_session(), me().profile_id, follow_up_id, done=finished
    )
    target = url_for("contacts.contact", introduction_id=step.introduction.public_id)
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
    target = url_for("contacts.contact", introduction_id=introduction_id)
    return redirect(f"{target}#outcome", code=303)
