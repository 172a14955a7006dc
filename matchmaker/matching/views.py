"""Pages on which people see proposals and each other, ask and answer."""

from collections.abc import Mapping
from typing import Any

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
from markupsafe import Markup
from werkzeug.wrappers import Response

from matchmaker.accounts.signed_in import me
from matchmaker.clock import now
from matchmaker.errors import DomainError
from matchmaker.matching import introductions, lists, rules, service
from matchmaker.matching.bridge import MarketShape, Matcher, Pair
from matchmaker.matching.forms import AskForm, NotForMeForm
from matchmaker.matching.models import (
    DecisionKind,
    DecisionReason,
    Introduction,
    IntroductionState,
)
from matchmaker.profiles import rules as profile_rules
from matchmaker.profiles import service as profile_service
from matchmaker.profiles.models import Opportunity, Profile, ProfileStatus, Side
from matchmaker.vocabulary.languages import guess_language
from matchmaker.web.access import member, safe_next
from matchmaker.web.fragments import (
    Fragments,
    has_notes,
    page_state,
    with_token,
    without_token,
)
from matchmaker.web.i18n import OWN_NAMES, locale
from matchmaker.web.limits import check_limit
from matchmaker.web.session import get_session, writes

bp = Blueprint("matching", __name__)
Answer = str | Response | tuple[str, int]
INVALID = 422
LONGEST_LIST = 3  # pages of proposals, the first ten included
PAGES_KEPT = 500  # rendered pages of proposals kept in memory, about 60 kB each


def init_app(app: Flask, matcher: Matcher) -> None:
    """Register the pages and give them the matcher."""
    policy = make_policy(app.config)
    app.jinja_env.filters["quotable"] = rules.quotable
    pages_kept: Fragments[str] = Fragments(PAGES_KEPT)

    @app.before_request
    def provide_matcher() -> None:
        g.matcher = matcher
        g.policy = policy
        g.pages_kept = pages_kept
        g.matching_settings = app.config

    app.register_blueprint(bp)


def make_policy(settings: Mapping[str, Any]) -> lists.Policy:
    """Return how lists are made, from the settings."""
    return lists.Policy(
        shape=MarketShape(
            shown=settings["PROPOSALS_PER_PAGE"],
            kept=settings["PROPOSALS_KEPT"],
            fairness=settings["FAIRNESS"],
            capacity=settings["CAPACITY"],
        ),
        exploration=settings["EXPLORATION_SHARE"],
        rematch_days=settings["REMATCH_DAYS"],
    )


@bp.get("/proposals")
@member
@writes
def proposals() -> Answer:
    """Show the open proposals of the signed-in person and log that they were seen."""
    profile_id, status = me().profile_id, me().extra["profile_status"]
    if status == ProfileStatus.CLAIMED:
        profile = profile_service.get_own(get_session(), profile_id)
        return render_template("matching/not_ready.html", profile=profile)
    page = min(max(request.args.get("page", 1, type=int), 1), LONGEST_LIST)
    plain = not (me().extra["list_stale"] or has_notes())
    key = (profile_id, page, now().date(), status, *_tokens(), *page_state())
    kept = g.pages_kept.find(key) if plain else None
    if kept is None:
        letters = _letters(page, paused=status == ProfileStatus.PAUSED)
        kept = without_token(
            render_template("matching/proposals.html", letters=letters)
        )
        if plain:
            g.pages_kept.keep(key, kept)
    return with_token(kept)


def _tokens() -> list[object]:
    extra = me().extra
    shown = ("waiting", "unread", "events")
    return [me().is_admin] + [
        extra[name] for name in extra if name.startswith("token_") or name in shown
    ]


def _letters(page: int, *, paused: bool) -> Markup:
    """Return the list as it is shown, freshly computed, and log its impressions.

    What is kept of it was logged when it was made: a list counts once a day.
    """
    session, profile_id = get_session(), me().profile_id
    if me().extra["list_stale"]:
        lists.refresh_member(session, g.matcher, g.policy, profile_id)
    size = g.policy.shape.shown
    shown = service.list_proposals(
        session, profile_id, limit=size + 1, offset=(page - 1) * size
    )
    more = len(shown) > size and page < LONGEST_LIST
    shown = shown[:size]
    lists.fill_reasons(session, g.matcher, shown)
    service.log_impressions(session, shown)
    return Markup(  # noqa: S704  our own template, escaped there
        render_template(
            "matching/_letters.html",
            proposals=shown,
            page=page,
            more=more,
            paused=paused,
        )
    )


@bp.get("/people/<profile_id>")
@member
def person(profile_id: str) -> str:
    """Show a listed person: what they offer and look for, and why you two fit."""
    check_limit("VIEW_LIMIT", str(me().id))
    session, own_id = get_session(), me().profile_id
    profile = profile_service.get_listed(session, profile_id, viewer_id=own_id)
    introduction = None
    pair: Pair | None = None
    told: dict[str, Any] = {}
    if profile.id != own_id:
        introduction = introductions.find_between(session, own_id, profile.id)
        pair, told = g.matcher.judge(session, own_id, profile.id)
        introductions.check_visible(session, own_id, profile.id, introduction)
    connected = _is_connected(introduction)
    return render_template(
        "matching/person.html",
        profile=profile,
        own=profile.id == own_id,
        introduction=introduction,
        connected=connected,
        asked_by_me=introduction is not None and introduction.seeker_id == own_id,
        pair=pair,
        told=told,
        sides=Side,
        contacts=profile_rules.visible_contacts(
            profile.contacts, connected=connected, own=False
        ),
    )


def _is_connected(introduction: Introduction | None) -> bool:
    return introduction is not None and introduction.state is IntroductionState.ACCEPTED


@bp.post("/people/<profile_id>/save")
@member
def save(profile_id: str) -> Response:
    """Save a person for later."""
    candidate = _candidate(profile_id)
    service.decide(
        get_session(), me().profile_id, candidate.id, kind=DecisionKind.SAVED
    )
    flash(
        _("%(name)s is kept under Contacts, Saved.", name=candidate.full_name),
        category=url_for("matching.undo", profile_id=profile_id),
    )
    return _back()


@bp.route("/people/<profile_id>/not-for-me", methods=["GET", "POST"])
@member
def not_for_me(profile_id: str) -> Answer:
    """Put a proposal aside, with a reason that nobody else learns."""
    candidate = _candidate(profile_id)
    form = NotForMeForm()
    if not form.validate_on_submit():
        return render_template(
            "matching/not_for_me.html", form=form, candidate=candidate
        )
    service.decide(
        get_session(),
        me().profile_id,
        candidate.id,
        kind=DecisionKind.NOT_FOR_ME,
        reason=DecisionReason(form.reason.data),
    )
    flash(
        _("%(name)s will not be proposed again.", name=candidate.full_name),
        category=url_for("matching.undo", profile_id=profile_id),
    )
    return redirect(url_for("matching.proposals"), code=303)


@bp.post("/people/<profile_id>/undo")
@member
def undo(profile_id: str) -> Response:
    """Take back the last word about a person."""
    service.undo_decision(get_session(), me().profile_id, profile_id)
    return _back()


def _back() -> Response:
    target = safe_next(request.form.get("next"), url_for("matching.proposals"))
    return redirect(target, code=303)


def _candidate(public_id: str) -> Profile:
    candidate = profile_service.get_listed(
        get_session(), public_id, viewer_id=me().profile_id
    )
    if candidate.id == me().profile_id:
        raise DomainError("introduction-self")
    return candidate


@bp.route("/people/<profile_id>/ask", methods=["GET", "POST"])
@member
def ask(profile_id: str) -> Answer:
    """Ask for an introduction, citing an item of each side."""
    session = get_session()
    candidate = _candidate(profile_id)
    seeker = profile_service.get_own(session, me().profile_id)
    between = introductions.find_between(session, seeker.id, candidate.id)
    opened = between is not None and request.method == "GET"
    if between is not None and opened and between.state is IntroductionState.PENDING:
        flash(_("You two are already being introduced: here is the request."))
        return redirect(url_for("messaging.contact", introduction_id=between.public_id))
    if between is not None and opened and between.state is IntroductionState.ACCEPTED:
        return redirect(url_for("messaging.contact", introduction_id=between.public_id))
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
        "matching/ask.html",
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
            "matching/_draft.txt",
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
            url_for("messaging.contact", introduction_id=introduction_id), code=303
        )
    flash(_("You said no, thank you. They learn only that it did not work out."))
    return redirect(url_for("messaging.contacts"), code=303)


@bp.post("/introductions/<introduction_id>/withdraw")
@member
def withdraw(introduction_id: str) -> Response:
    """Take back one's own request."""
    introductions.withdraw(get_session(), me().profile_id, introduction_id)
    flash(_("Your request is withdrawn."))
    return redirect(url_for("messaging.contacts"), code=303)
