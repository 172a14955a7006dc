"""Pages on which people say what came of a contact, and how many they want."""

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from matchmaker.accounts.signed_in import me
from matchmaker.errors import DomainError
from matchmaker.matching import answers, introductions, outcomes, rules
from matchmaker.matching.asking_forms import (
    DEAL_TEXTS,
    STAGE_TEXTS,
    VALUE_TEXTS,
    DealForm,
)
from matchmaker.matching.models import Introduction, IntroductionState
from matchmaker.web.access import member
from matchmaker.web.session import get_session

bp = Blueprint("outcomes", __name__)
Answer = str | Response | tuple[str, int]
INVALID = 422


def init_app(app: Flask) -> None:
    """Register the pages, and what the block of outcomes needs in templates."""
    app.register_blueprint(bp)
    app.jinja_env.globals.update(
        stage_words=STAGE_TEXTS,
        deal_words=DEAL_TEXTS,
        value_words=VALUE_TEXTS,
        paces=rules.PACES,
    )


def _contact(introduction_id: str) -> Introduction:
    """Return a contact of the signed-in person."""
    found = introductions.get_introduction(
        get_session(), me().profile_id, introduction_id
    )
    if found.state is not IntroductionState.ACCEPTED:
        raise DomainError("introduction-unknown", status=404)
    return found


def _back(introduction_id: str) -> Response:
    flash(_("Thank you. It makes later proposals better."))
    target = url_for("contacts.contact", introduction_id=introduction_id)
    return redirect(f"{target}#outcome", code=303)


@bp.post("/introductions/<introduction_id>/outcome")
@member
def stage(introduction_id: str) -> Response:
    """Record a step of one of the two scales."""
    outcomes.record_outcome(
        get_session(),
        _contact(introduction_id),
        me().profile_id,
        stage=request.form.get("stage", 0, type=int),
        value=request.form.get("value", ""),
    )
    return _back(introduction_id)


@bp.route("/introductions/<introduction_id>/deal", methods=["GET", "POST"])
@member
def deal(introduction_id: str) -> Answer:
    """Say what came of a contact: kinds, value, countries."""
    session, profile_id = get_session(), me().profile_id
    found = _contact(introduction_id)
    known = outcomes.find_deal(session, found.id, profile_id)
    between = dict.fromkeys((found.seeker.country, found.candidate.country))
    form = DealForm(known, between=[code for code in between if code])
    if form.validate_on_submit():
        outcomes.record_deal(
            session,
            found,
            profile_id,
            kinds=form.kinds.data,
            value=form.value.data,
            countries=form.countries.data,
        )
        return _back(introduction_id)
    mine = found.seeker_id == profile_id
    page = render_template(
        "introductions/deal.html",
        introduction=found,
        partner=found.candidate if mine else found.seeker,
        form=form,
    )
    return page, INVALID if form.is_submitted() else 200


@bp.post("/me/pace")
@member
def pace() -> Response:
    """Choose how many new requests a week one wants."""
    wanted = request.form.get("pace", "")
    if not wanted.isascii() or not (wanted.isdigit() or wanted == ""):
        raise DomainError("pace-unknown", status=INVALID)
    number = int(wanted[:3]) if wanted else None
    answers.set_pace(get_session(), me().profile_id, number)
    flash(_("Stored."))
    return redirect(url_for("profiles.mine"), code=303)
