"""What is noted of a contact: follow-ups, next steps, and changes to them."""

from collections.abc import Callable
from datetime import date

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from matchmaker.accounts.signed_in import me
from matchmaker.errors import DomainError
from matchmaker.matching import rules as matching_rules
from matchmaker.matching.models import Introduction
from matchmaker.messaging import ledger, ledger_forms, rules
from matchmaker.messaging.kept import today
from matchmaker.messaging.ledger_views import contact_page, names, own
from matchmaker.messaging.models import ContactKind, FollowUp, StepOwner
from matchmaker.messaging.service import partner_of
from matchmaker.web.access import member
from matchmaker.web.session import get_session

bp = Blueprint("follow_ups", __name__)
Answer = str | Response | tuple[str, int]
INVALID = 422
DAYS = {"day": 1, "week": 7}  # how far a step is put off by one press


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(bp)


def _back(introduction: Introduction, part: str) -> Response:
    target = url_for("contacts.contact", introduction_id=introduction.public_id)
    return redirect(f"{target}#{part}", code=303)


@bp.post("/contacts/<introduction_id>/follow-ups")
@member
def note(introduction_id: str) -> Answer:
    """Record a contact that took place: its kind and "today" are enough."""
    introduction = own(introduction_id)
    form = ledger_forms.FollowUpForm()
    if not (form.validate_on_submit() and _fits(form, form.day(today()))):
        return contact_page(introduction, follow_up_form=form), INVALID
    kind, day = ContactKind(form.kind.data), form.day(today())
    noted = ledger.add_follow_up(
        get_session(),
        introduction,
        me().profile_id,
        kind=kind,
        happened_on=day,
        what=form.what.data,
        next_step=form.next_step.data,
        due_on=form.due_on.data,
        owner=StepOwner(form.owner.data),
        shared=form.shared.data,
        finishes=form.finishes.data,
        form_key=form.form_key.data or "",
        today=today(),
    )
    if noted is not None:
        undo = url_for("follow_ups.remove", follow_up_id=noted.public_id)
        flash(
            _("Noted: %(kind)s.", kind=str(ledger_forms.KIND_NAMES[kind]).lower()), undo
        )
    return _back(introduction, "follow-ups")


def _fits(
    form: ledger_forms.StepFields,
    happened_on: date | None,
    before: FollowUp | None = None,
) -> bool:
    """Check the days that were typed; those that stood there before may stay."""
    here, good = today(), True
    due_on = form.due_on.data
    if happened_on and (before is None or happened_on != before.happened_on):
        good = _check(form, lambda: rules.check_past(happened_on, here), "happened_on")
    if due_on and (before is None or due_on != before.due_on):
        good &= _check(form, lambda: matching_rules.check_due(due_on, here), "due_on")
    return good


def _check(form: ledger_forms.StepFields, rule: Callable[[], None], field: str) -> bool:
    return bool(form.check(rule, field))


@bp.post("/contacts/<introduction_id>/step")
@member
def plan(introduction_id: str) -> Answer:
    """Set the next step, without anything that took place."""
    introduction = own(introduction_id)
    form = ledger_forms.PlanForm(prefix="plan-")
    if not (form.validate_on_submit() and _fits(form, None)):
        return contact_page(introduction, plan_form=form), INVALID
    ledger.add_follow_up(
        get_session(),
        introduction,
        me().profile_id,
        kind=ContactKind.CALL,
        happened_on=today(),
        what="",
        next_step=form.next_step.data,
        due_on=form.due_on.data,
        owner=StepOwner(form.owner.data),
        shared=False,
        planned=True,
        form_key=form.form_key.data or "",
        today=today(),
    )
    return _back(introduction, "step")


@bp.post("/follow-ups/<follow_up_id>/done")
@member
def done(follow_up_id: str) -> Response:
    """Mark a next step as done."""
    step = ledger.finish_step(get_session(), me().profile_id, follow_up_id, done=True)
    undo = url_for("follow_ups.reopen", follow_up_id=follow_up_id)
    flash(_("Done. What comes next?"), undo)
    return _back(step.introduction, "step")


@bp.post("/follow-ups/<follow_up_id>/reopen")
@member
def reopen(follow_up_id: str) -> Response:
    """Take back that a step is done."""
    step = ledger.finish_step(get_session(), me().profile_id, follow_up_id, done=False)
    return _back(step.introduction, "step")


@bp.post("/follow-ups/<follow_up_id>/move")
@member
def move(follow_up_id: str) -> Response:
    """Put a step off by a day or a week."""
    try:
        seen = date.fromisoformat(request.form.get("due_on", ""))
    except ValueError:
        seen = None
    step = ledger.move_step(
        get_session(),
        me().profile_id,
        follow_up_id,
        days=DAYS.get(request.form.get("by", ""), 1),
        seen=seen,
        version=request.form.get("version", 0, type=int),
        today=today(),
    )
    return _back(step.introduction, "step")


@bp.route("/follow-ups/<follow_up_id>", methods=["GET", "POST"])
@member
def edit(follow_up_id: str) -> Answer:
    """Change what one noted; of two windows the second is asked to look again."""
    session, profile_id = get_session(), me().profile_id
    noted = ledger.get_own(session, profile_id, follow_up_id)
    form = ledger_forms.EditForm(obj=noted)
    status, stored = 200, None
    if form.is_submitted():
        status = INVALID
        if form.validate() and _fits(form, form.happened_on.data, noted):
            try:
                ledger.edit_follow_up(
                    session,
                    profile_id,
                    follow_up_id,
                    noted=form.noted(noted),
                    version=form.version.data or 0,
                    today=today(),
                )
            except DomainError as error:
                form.refuse(error)
                status, stored = error.status, noted
                form.version.raw_data = None
                form.version.process_data(noted.version)
            else:
                flash(_("Saved."))
                return _back(noted.introduction, "follow-ups")
    page = render_template(
        "contacts/follow_up.html",
        form=form,
        noted=noted,
        stored=stored,
        partner=partner_of(noted.introduction, profile_id),
        **names(),
    )
    return page, status


@bp.post("/follow-ups/<follow_up_id>/remove")
@member
def remove(follow_up_id: str) -> Response:
    """Remove what one noted; also the way back right after noting it."""
    introduction = ledger.remove_follow_up(get_session(), me().profile_id, follow_up_id)
    flash(_("Removed."))
    return _back(introduction, "follow-ups")


@bp.post("/contacts/<introduction_id>/quiet")
@member
def quiet(introduction_id: str) -> Response:
    """Leave a contact in peace, or let reminders of it come again."""
    introduction = own(introduction_id)
    ledger.set_quiet(
        get_session(),
        introduction.id,
        me().profile_id,
        quiet=request.form.get("quiet") == "1",
    )
    return _back(introduction, "reminders")
