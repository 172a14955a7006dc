"""Pages on which people ask for an introduction, and answer."""

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
from flask_babel import force_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from matchmaker.accounts.signed_in import me
from matchmaker.errors import DomainError
from matchmaker.matching import introductions
from matchmaker.matching.forms import AskForm
from matchmaker.matching.models import OPEN_STATES, IntroductionState
from matchmaker.profiles import service as profile_service
from matchmaker.profiles.models import Opportunity, Profile
from matchmaker.vocabulary.languages import guess_language
from matchmaker.web.access import member
from matchmaker.web.i18n import OWN_NAMES, locale
from matchmaker.web.session import get_session

bp = Blueprint("introductions", __name__)
Answer = str | Response | tuple[str, int]
INVALID = 422


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(bp)


def _candidate(public_id: str) -> Profile:
    candidate = profile_service.get_listed(
        get_session(), public_id, viewer_id=me().profile_id
    )
    if candidate.id == me().profile_id:
        raise DomainError("introduction-self")
    return candidate


@bp.get("/introductions/<introduction_id>")
@member
def introduction(introduction_id: str) -> Answer:
    """Show one request with what can be answered; an accepted one is a contact."""
    found = introductions.get_introduction(
        get_session(), me().profile_id, introduction_id
    )
    if found.state is IntroductionState.ACCEPTED:
        return redirect(url_for("contacts.contact", introduction_id=introduction_id))
    mine = found.seeker_id == me().profile_id
    return render_template(
        "introductions/introduction.html",
        introduction=found,
        mine=mine,
        partner=found.candidate if mine else found.seeker,
    )


@bp.route("/people/<profile_id>/ask", methods=["GET", "POST"])
@member
def ask(profile_id: str) -> Answer:
    """Ask for an introduction, citing an item of each side."""
    session = get_session()
    candidate = _candidate(profile_id)
    seeker = profile_service.get_own(session, me().profile_id)
    between = introductions.find_between(session, seeker.id, candidate.id)
    opened = between is not None and request.method == "GET"
    if between is not None and opened and between.state in OPEN_STATES:
        if between.state is IntroductionState.PENDING:
            flash(_("You two are already being introduced: here is the request."))
        return redirect(
            url_for("introductions.introduction", introduction_id=between.public_id)
        )
    form = AskForm()
    form.set_items(seeker.opportunities, candidate.opportunities)
    if not form.is_submitted():
        _draft(form, seeker, candidate)
    if form.validate_on_submit():
        try:
            introductions.request_introduction(
                session,
                seeker,
                candidate,
                seeker_item=_find(seeker.opportunities, form.seeker_item.data),
                candidate_item=_find(candidate.opportunities, form.candidate_item.data),
                note=form.note.data,
                lang=guess_language(form.note.data, locale()),
                days=g.matching_settings["INTRODUCTION_DAYS"],
                open_limit=g.matching_settings["OPEN_REQUESTS"],
                rematch_days=g.matching_settings["REMATCH_DAYS"],
            )
        except DomainError as error:
            form.refuse(error)
        else:
            flash(_("Your request is with %(name)s now.", name=candidate.full_name))
            return redirect(url_for("matching.proposals"), code=303)
    status = INVALID if form.is_submitted() else 200
    page = render_template(
        "introductions/ask.html",
        form=form,
        candidate=candidate,
        days=g.matching_settings["INTRODUCTION_DAYS"],
    )
    return page, status


def _find(items: list[Opportunity], public_id: str) -> Opportunity | None:
    return next((item for item in items if item.public_id == public_id), None)


def _draft(form: AskForm, seeker: Profile, candidate: Profile) -> None:
    """Choose the items that matched best, and begin the note with them."""
    _pair, told = g.matcher.judge(get_session(), seeker.id, candidate.id)
    reason = next(
        (r for r in told.get("reasons", ()) if r["code"] == "need-offer"), None
    )
    mine = theirs = None
    if reason is not None:
        need, offer = reason["evidence"]["need_id"], reason["evidence"]["offer_id"]
        ours, other = (
            (need, offer) if reason["direction"] == "for_me" else (offer, need)
        )
        mine = _find(seeker.opportunities, ours or "")
        theirs = _find(candidate.opportunities, other or "")
    form.seeker_item.data = mine.public_id if mine else ""
    form.candidate_item.data = theirs.public_id if theirs else ""
    with force_locale(_common_language(seeker, candidate)):
        form.note.data = render_template(
            "introductions/_draft.txt",
            seeker=seeker,
            candidate=candidate,
            mine=mine,
            theirs=theirs,
        ).strip()


def _common_language(seeker: Profile, candidate: Profile) -> str:
    """Return the receiver's language if the sender speaks it, else one of both."""
    reader = candidate.user.locale if candidate.user else "en"
    choices = [reader, locale(), *OWN_NAMES]
    spoken = {*seeker.languages, locale()}
    for code in choices:
        if code in spoken and (code == reader or code in candidate.languages):
            return code
    return reader if reader in OWN_NAMES else "en"


@bp.post("/introductions/<introduction_id>/answer")
@member
def answer(introduction_id: str) -> Response:
    """Answer a request in one tap."""
    accept = request.form.get("answer") == "yes"
    introductions.answer(get_session(), me().profile_id, introduction_id, accept=accept)
    if accept:
        flash(_("You are introduced. Contact details and the conversation are open."))
        return redirect(
            url_for("contacts.contact", introduction_id=introduction_id), code=303
        )
    flash(_("You said no, thank you. They learn only that it did not work out."))
    return redirect(url_for("contacts.contacts"), code=303)


@bp.post("/introductions/<introduction_id>/withdraw")
@member
def withdraw(introduction_id: str) -> Response:
    """Take back one's own request."""
    introductions.withdraw(get_session(), me().profile_id, introduction_id)
    flash(_("Your request is withdrawn."))
    return redirect(url_for("contacts.contacts"), code=303)
