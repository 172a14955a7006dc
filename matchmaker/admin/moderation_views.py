"""Pages of moderators: the queue, a case, an appeal, held texts."""

from flask import Blueprint, Flask, flash, g, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from matchmaker.accounts.signed_in import me
from matchmaker.admin import moderation
from matchmaker.admin import moderation_forms as forms
from matchmaker.admin.service import note_access
from matchmaker.errors import DomainError
from matchmaker.profiles.models import Side
from matchmaker.trust import cases, holds, measures
from matchmaker.trust.forms import KIND_TEXTS as REPORT_TEXTS
from matchmaker.trust.models import Case, Measure, MeasureKind
from matchmaker.web.access import admin
from matchmaker.web.session import get_session, writes

bp = Blueprint("moderation", __name__)
Answer = str | Response | tuple[str, int]
INVALID = 422


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(bp)


@bp.get("/admin/moderation")
@admin
@writes
def queue() -> str:
    """Show what waits: cases by person, appeals, held texts."""
    session = get_session()
    note_access(session, me().id, "moderation")
    return render_template(
        "admin/moderation.html",
        cases=cases.list_open(session),
        open_cases=cases.count_open(session),
        appeals=cases.list_appeals(session),
        held=holds.list_waiting(session),
        refuse=forms.RefuseForm(formdata=None),
        kind_texts=REPORT_TEXTS,
    )


@bp.get("/admin/moderation/<case_id>")
@admin
@writes
def case(case_id: str) -> str:
    """Show one case: what reporters quoted, what the site noticed, what was done."""
    found = moderation.open_page(get_session(), me().id, case_id)
    return _case_page(found, forms.DecideForm(formdata=None))


def _case_page(found: Case, form: forms.DecideForm) -> str:
    session = get_session()
    others = [one.other_id for one in found.signals if one.other_id]
    return render_template(
        "admin/case.html",
        case=found,
        form=form,
        history=cases.history(session, found.subject_id, but=found.id),
        profiles=moderation.load_profiles(session, [found.subject_id, *others]),
        measures=moderation.list_measures(session, found.subject_id),
        report_texts=REPORT_TEXTS,
        measure_texts=forms.KIND_TEXTS,
        sides=Side,
    )


@bp.post("/admin/moderation/<case_id>/decide")
@admin
def decide(case_id: str) -> Answer:
    """Decide a case."""
    form = forms.DecideForm()
    if form.validate_on_submit():
        try:
            moderation.decide(
                get_session(),
                me().id,
                case_id,
                kind=MeasureKind(form.kind.data),
                reason=form.reason.data,
            )
        except DomainError as error:
            if error.code == "case-unknown":
                raise
            form.refuse(error, "reason" if error.code == "reason-missing" else None)
        else:
            flash(_("Decided, and noted in the log."))
            return redirect(url_for("moderation.queue"), code=303)
    found = cases.get_case(get_session(), case_id)
    return _case_page(found, form), INVALID


@bp.post("/admin/decisions/<measure_id>/lift")
@admin
def lift(measure_id: str) -> Response:
    """Take a decision back."""
    measure = moderation.lift(get_session(), me().id, measure_id)
    flash(_("Taken back."))
    target = url_for("moderation.case", case_id=measure.case.public_id)
    return redirect(target, code=303)


@bp.route("/admin/decisions/<measure_id>/appeal", methods=["GET", "POST"])
@admin
@writes
def appeal(measure_id: str) -> Answer:
    """Read an appeal, and answer it."""
    session = get_session()
    measure = measures.get_measure(session, measure_id)
    form = forms.AnswerForm()
    if form.validate_on_submit():
        try:
            moderation.answer_appeal(
                session,
                me().id,
                measure_id,
                text=form.text.data,
                grant=form.grant.data == "yes",
            )
        except DomainError as error:
            form.refuse(error)
        else:
            flash(_("Answered. The person was told."))
            return redirect(url_for("moderation.queue"), code=303)
    status = INVALID if form.is_submitted() else 200
    return _appeal_page(measure, form), status


def _appeal_page(measure: Measure, form: forms.AnswerForm) -> str:
    note_access(get_session(), me().id, "appeal-read", measure=measure.public_id)
    return render_template(
        "admin/appeal.html",
        measure=measure,
        form=form,
        measure_texts=forms.KIND_TEXTS,
    )


@bp.post("/admin/texts/<text_id>/release")
@admin
def release(text_id: str) -> Response:
    """Send a held text on."""
    moderation.release_text(
        get_session(),
        me().id,
        text_id,
        asking={
            "days": g.matching_settings["INTRODUCTION_DAYS"],
            "open_limit": g.matching_settings["OPEN_REQUESTS"],
            "rematch_days": g.matching_settings["REMATCH_DAYS"],
        },
    )
    flash(_("Sent on."))
    return redirect(url_for("moderation.queue", _anchor="texts"), code=303)


@bp.post("/admin/texts/<text_id>/refuse")
@admin
def refuse(text_id: str) -> Response:
    """Keep a held text from being sent, with a reason for its author."""
    form = forms.RefuseForm()
    moderation.refuse_text(
        get_session(), me().id, text_id, form.reason.data if form.validate() else ""
    )
    flash(_("Not sent. The author was told why."))
    return redirect(url_for("moderation.queue", _anchor="texts"), code=303)
