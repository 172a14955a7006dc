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
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response

from matchmaker.accounts.signed_in import me
from matchmaker.clock import now
from matchmaker.matching import introductions, lists, rules, service, ties, wishes
from matchmaker.matching.bridge import MarketShape, Matcher, Pair
from matchmaker.matching.forms import NotForMeForm
from matchmaker.matching.models import (
    DecisionKind,
    DecisionReason,
    Introduction,
    IntroductionState,
)
from matchmaker.matching.wish_models import Strength
from matchmaker.profiles import rules as profile_rules
from matchmaker.profiles import service as profile_service
from matchmaker.profiles.models import Profile, ProfileStatus, Side
from matchmaker.trust.views import note_contact_view
from matchmaker.web.access import member, safe_next
from matchmaker.web.fragments import (
    Fragments,
    has_notes,
    page_state,
    with_token,
    without_token,
)
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
    since = me().extra["token_community"]
    kept = g.pages_kept.find(key, since=since) if plain else None
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
    shown = ("waiting", "unread", "events", "notices")
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
            wished=wishes.list_own(session, profile_id),
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
    contacts = profile_rules.visible_contacts(
        profile.contacts, connected=connected, own=False
    )
    if contacts:
        note_contact_view([profile.id])
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
        contacts=contacts,
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


@bp.post("/people/<profile_id>/interested")
@member
def interested(profile_id: str) -> Response:
    """Note that a proposal is interesting; it stays where it is."""
    candidate = _candidate(profile_id)
    service.decide(
        get_session(), me().profile_id, candidate.id, kind=DecisionKind.INTERESTED
    )
    flash(
        _("Noted: %(name)s interests you. Only you see it.", name=candidate.full_name),
        category=url_for("matching.undo", profile_id=profile_id),
    )
    return _back()


@bp.post("/people/<profile_id>/skip")
@member
def skip(profile_id: str) -> Response:
    """Put a proposal off for two weeks."""
    candidate = _candidate(profile_id)
    service.decide(
        get_session(), me().profile_id, candidate.id, kind=DecisionKind.SKIPPED
    )
    flash(
        _("%(name)s comes back in two weeks.", name=candidate.full_name),
        category=url_for("matching.undo", profile_id=profile_id),
    )
    return redirect(url_for("matching.proposals"), code=303)


@bp.route("/people/<profile_id>/not-for-me", methods=["GET", "POST"])
@member
def not_for_me(profile_id: str) -> Answer:
    """Put a proposal aside, with a reason that nobody else learns."""
    candidate = _candidate(profile_id)
    form = NotForMeForm()
    form.offer_fewer(candidate)
    if not form.validate_on_submit():
        status = INVALID if form.is_submitted() else 200
        page = render_template(
            "matching/not_for_me.html", form=form, candidate=candidate
        )
        return page, status
    for attribute, value in form.chosen_fewer():
        wishes.set_wish(
            get_session(),
            me().profile_id,
            attribute=attribute,
            value=value,
            strength=Strength.FEWER,
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
    return ties.get_candidate(get_session(), me().profile_id, public_id)
