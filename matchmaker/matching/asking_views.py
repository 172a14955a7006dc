"""Pages on which people ask for an introduction, and answer."""

from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

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
from matchmaker.clock import now
from matchmaker.errors import DomainError
from matchmaker.matching import answers, introductions, rules, sending, ties
from matchmaker.matching.asking_forms import AnswerForm, AskForm
from matchmaker.matching.models import (
    OPEN_STATES,
    DeclineReason,
    Introduction,
    IntroductionState,
)
from matchmaker.profiles import service as profile_service
from matchmaker.profiles.models import Opportunity, Profile
from matchmaker.trust import holds
from matchmaker.trust.models import HeldText
from matchmaker.vocabulary.languages import guess_language
from matchmaker.web.access import member
from matchmaker.web.i18n import OWN_NAMES, day, locale
from matchmaker.web.session import get_session
from matchmaker.web.texts import refusal_text

bp = Blueprint("introductions", __name__)
Answer = str | Response | tuple[str, int]
INVALID = 422
TAKEN = 409


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(bp)


def _candidate(public_id: str) -> Profile:
    return ties.get_candidate(get_session(), me().profile_id, public_id)


@bp.get("/introductions/<introduction_id>")
@member
def introduction(introduction_id: str) -> Answer:
    """Show one request with what can be answered; an accepted one is a contact."""
    found = _own(introduction_id)
    if found.state is IntroductionState.ACCEPTED:
        return redirect(url_for("contacts.contact", introduction_id=introduction_id))
    return _page(found, AnswerForm(formdata=None))


def _own(introduction_id: str) -> Introduction:
    return introductions.get_introduction(
        get_session(), me().profile_id, introduction_id
    )


def _page(found: Introduction, form: AnswerForm, *, refused: str = "") -> str:
    """Return the page of a request as it is now, with what was typed."""
    session = get_session()
    mine = found.seeker_id == me().profile_id
    over = found.state in rules.ANSWERABLE and found.expires_at <= now()
    state = IntroductionState.EXPIRED if over else found.state
    open_to_me = not mine and state in rules.ANSWERABLE
    handed = state is IntroductionState.HANDED_OVER
    if open_to_me:
        colleagues = answers.list_colleagues(
            session, found, rematch_days=_terms().rematch_days
        )
        form.set_colleagues(colleagues)
    return render_template(
        "introductions/introduction.html",
        introduction=found,
        state=state,
        mine=mine,
        partner=found.candidate if mine else found.seeker,
        successor=introductions.find_successor(
            session, found.id, viewer_id=me().profile_id
        )
        if handed
        else None,
        handed_by=introductions.find_handed_by(
            session, found, viewer_id=me().profile_id
        ),
        open_to_me=open_to_me,
        form=form,
        later_choices=rules.LATER_CHOICES,
        refused=refused,
    )


def _terms() -> answers.Terms:
    settings = g.matching_settings
    return answers.Terms(settings["INTRODUCTION_DAYS"], settings["REMATCH_DAYS"])


@bp.route("/people/<profile_id>/ask", methods=["GET", "POST"])
@member
def ask(profile_id: str) -> Answer:
    """Ask for an introduction, citing an item of each side."""
    session = get_session()
    candidate = _candidate(profile_id)
    seeker = profile_service.get_own(session, me().profile_id)
    between = introductions.find_between(session, seeker.id, candidate.id)
    if request.method == "GET" and between is not None and _is_open(between):
        flash(_("You two are already being introduced: here is the request."))
        return redirect(
            url_for("introductions.introduction", introduction_id=between.public_id)
        )
    form = AskForm()
    form.set_items(seeker.opportunities, candidate.opportunities)
    form.set_languages(locale(), _reader_language(candidate))
    if "compose" in request.form:
        _compose(form, seeker, candidate)
        return _ask_page(form, candidate)
    if not form.is_submitted():
        _choose_items(form, seeker, candidate)
        _compose(form, seeker, candidate)
        return _ask_page(form, candidate)
    if not form.validate():
        return _ask_page(form, candidate), INVALID
    return _send(form, seeker, candidate)


def _is_open(between: Introduction) -> bool:
    """Tell whether the signed-in person may see a request that stands open."""
    hidden = between.state is IntroductionState.QUEUED
    return between.state in OPEN_STATES and not (
        hidden and between.candidate_id == me().profile_id
    )


def _ask_page(
    form: AskForm, candidate: Profile, *, theirs: Introduction | None = None
) -> str:
    """Return the page on which one asks; ``theirs`` is a request of the other side."""
    session, settings = get_session(), g.matching_settings
    days = settings["INTRODUCTION_DAYS"]
    delivery = None
    try:
        delivery = introductions.next_delivery(session, candidate, days=days)
        if not form.is_submitted():
            introductions.check_free(
                session,
                me().profile_id,
                candidate.id,
                open_limit=settings["OPEN_REQUESTS"],
                rematch_days=settings["REMATCH_DAYS"],
            )
    except DomainError as error:
        if not form.is_submitted():
            form.refuse(error)
    return render_template(
        "introductions/ask.html",
        form=form,
        candidate=candidate,
        days=days,
        delivery=delivery,
        theirs=theirs,
    )


def _send(form: AskForm, seeker: Profile, candidate: Profile) -> Answer:
    session, settings = get_session(), g.matching_settings
    note, original = form.texts()
    reader = _reader_language(candidate) if form.two and original else locale()
    words = _words(form, seeker, candidate)
    try:
        asked = sending.send_request(
            session,
            seeker,
            candidate,
            drafted=(_draft(words, reader), _draft(words, locale())),
            limits=holds.Limits.of(settings),
            seeker_item=_find(seeker.opportunities, form.seeker_item.data),
            candidate_item=_find(candidate.opportunities, form.candidate_item.data),
            note=note,
            lang=guess_language(note, reader),
            original=original,
            original_lang=guess_language(original, locale()) if original else "",
            form_key=form.form_key.data,
            days=settings["INTRODUCTION_DAYS"],
            open_limit=settings["OPEN_REQUESTS"],
            rematch_days=settings["REMATCH_DAYS"],
        )
    except DomainError as error:
        form.refuse(error)
        between = introductions.find_between(session, seeker.id, candidate.id)
        theirs = between if error.code == "introduction-open" else None
        return _ask_page(form, candidate, theirs=theirs), TAKEN if theirs else INVALID
    if isinstance(asked, HeldText):
        flash(_("Your request is being looked at: a moderator reads it first."))
        return redirect(url_for("trust.safety", _anchor="held"), code=303)
    if asked.seeker_id != seeker.id:
        return _ask_page(form, candidate, theirs=asked)
    if asked.state is IntroductionState.QUEUED and asked.returns_at is not None:
        flash(
            _(
                "Your request waits for its turn: %(name)s gets it on %(day)s.",
                name=candidate.full_name,
                day=day(asked.returns_at),
            )
        )
    else:
        flash(_("Your request is with %(name)s now.", name=candidate.full_name))
    return redirect(url_for("matching.proposals"), code=303)


def _find(items: list[Opportunity], public_id: str | None) -> Opportunity | None:
    return next((item for item in items if item.public_id == public_id), None)


def _choose_items(form: AskForm, seeker: Profile, candidate: Profile) -> None:
    """Choose the items that matched best."""
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


def _compose(form: AskForm, seeker: Profile, candidate: Profile) -> None:
    """Begin the texts with the chosen items, each in its reader's language."""
    words = _words(form, seeker, candidate)
    form.note.data = _draft(words, _reader_language(candidate))
    if form.two:
        form.original.data = _draft(words, locale())


def _words(form: AskForm, seeker: Profile, candidate: Profile) -> dict[str, object]:
    """Return what a draft is made of."""
    return {
        "seeker": seeker,
        "candidate": candidate,
        "mine": _find(seeker.opportunities, form.seeker_item.data),
        "theirs": _find(candidate.opportunities, form.candidate_item.data),
    }


def _draft(words: dict[str, object], language: str) -> str:
    """Return a draft in a language; what nothing was chosen for leaves no gap."""
    with force_locale(language):
        written = render_template("introductions/_draft.txt", **words)
    *said, name = (line for line in written.splitlines() if line.strip())
    return "\n\n".join(said) + f"\n{name}"


def _reader_language(candidate: Profile) -> str:
    """Return the language in which the receiver reads this site."""
    reader = candidate.user.locale if candidate.user else "en"
    return reader if reader in OWN_NAMES else "en"


@bp.post("/introductions/<introduction_id>/answer")
@member
def answer(introduction_id: str) -> Answer:
    """Answer a request in one tap; an answer that comes too late says what happened."""
    form = AnswerForm()
    give = _WAYS.get(form.answer.data or "", _unknown)
    try:
        return give(introduction_id, form)
    except DomainError as error:
        if error.status not in {TAKEN, INVALID}:
            raise
        field = _FIELDS.get(error.code)
        if field is not None:
            form.refuse(error, field)
        refused = "" if field else refusal_text(error.code)
        return _page(_own(introduction_id), form, refused=refused), error.status


def _unknown(_introduction_id: str, _form: AnswerForm) -> Response:
    raise DomainError("answer-unknown", status=INVALID)


def _accept(introduction_id: str, _form: AnswerForm) -> Response:
    answers.accept(get_session(), me().profile_id, introduction_id)
    flash(_("You are introduced. Contact details and the conversation are open."))
    return redirect(
        url_for("contacts.contact", introduction_id=introduction_id), code=303
    )


def _decline(reason: DeclineReason) -> Callable[[str, AnswerForm], Response]:
    def give(introduction_id: str, _form: AnswerForm) -> Response:
        answers.decline(get_session(), me().profile_id, introduction_id, reason=reason)
        flash(_("You said no, thank you. They learn only that it did not work out."))
        return redirect(url_for("contacts.contacts"), code=303)

    return give


def _put_off(introduction_id: str, form: AnswerForm) -> Answer:
    if not form.validate():
        return _page(_own(introduction_id), form), INVALID
    chosen = form.later_on.data
    if form.in_days.data in rules.LATER_CHOICES:
        here = now().astimezone(ZoneInfo(me().time_zone)).date()
        chosen = here + timedelta(days=form.in_days.data)
    if chosen is None:
        raise DomainError("later-missing", status=INVALID)
    found = answers.put_off(
        get_session(),
        me().profile_id,
        introduction_id,
        day=chosen,
        days=_terms().days,
    )
    flash(
        _(
            "It comes back to you on %(day)s; %(name)s sees this day too.",
            day=day(chosen),
            name=found.seeker.full_name,
        )
    )
    return redirect(
        url_for("introductions.introduction", introduction_id=introduction_id), code=303
    )


def _hand_over(introduction_id: str, form: AnswerForm) -> Response:
    successor = answers.hand_over(
        get_session(),
        me().profile_id,
        introduction_id,
        to=form.colleague.data or "",
        terms=_terms(),
    )
    flash(
        _(
            "%(name)s has the request now and answers it.",
            name=successor.candidate.full_name,
        )
    )
    return redirect(url_for("contacts.contacts"), code=303)


_WAYS: dict[str, Callable[[str, AnswerForm], Answer]] = {
    "yes": _accept,
    "no": _decline(DeclineReason.NOT_NOW),
    "not_now": _decline(DeclineReason.NOT_NOW),
    "not_relevant": _decline(DeclineReason.NOT_RELEVANT),
    "later": _put_off,
    "colleague": _hand_over,
}
#: Refusals that belong to a field of the form; the others are told above the page.
_FIELDS = {
    "later-over": "later_on",
    "later-far": "later_on",
    "later-missing": "later_on",
    "colleague-unknown": "colleague",
}


@bp.post("/introductions/<introduction_id>/withdraw")
@member
def withdraw(introduction_id: str) -> Answer:
    """Take back one's own request; after an answer it says what happened."""
    try:
        answers.withdraw(get_session(), me().profile_id, introduction_id)
    except DomainError as error:
        if error.status != TAKEN:
            raise
        page = _page(
            _own(introduction_id),
            AnswerForm(formdata=None),
            refused=refusal_text(error.code),
        )
        return page, TAKEN
    flash(_("Your request is withdrawn."))
    return redirect(url_for("contacts.contacts"), code=303)
