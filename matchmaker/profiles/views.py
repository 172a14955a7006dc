"""Pages of one's own profile, and the directory."""

from collections.abc import Callable
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
from werkzeug.wrappers import Response

from matchmaker.accounts.signed_in import me
from matchmaker.errors import DomainError
from matchmaker.profiles import directory as directory_search
from matchmaker.profiles import forms, rules, service
from matchmaker.profiles.models import Profile, ProfileStatus, Revision, Side
from matchmaker.profiles.search import FACETS
from matchmaker.vocabulary import sectors
from matchmaker.vocabulary.languages import guess_language
from matchmaker.web.access import member
from matchmaker.web.forms import Form, clean_line
from matchmaker.web.i18n import locale
from matchmaker.web.session import get_session

bp = Blueprint("profiles", __name__)
Answer = str | Response | tuple[str, int]
INVALID = 422
STEPS = ("person", "organisation", "items", "reach")
_FORMS: dict[str, type[forms.StepForm]] = {
    "person": forms.PersonForm,
    "organisation": forms.OrganisationForm,
    "reach": forms.ReachForm,
}
#: On which page each field of the meter is filled in.
FIELD_STEP = {
    "name": "person",
    "country": "person",
    "languages": "person",
    "organisation": "organisation",
    "sectors": "organisation",
    "about": "organisation",
    "offer": "items",
    "request": "items",
    "markets": "reach",
    "contacts": "reach",
}


def init_app(app: Flask, *, hidden_from: Callable[[int], Any]) -> None:
    """Register the pages.

    Parameters
    ----------
    hidden_from
        Gives a SELECT of the profiles that a member is not to find: rooms above know.
    """

    @app.before_request
    def provide_settings() -> None:
        g.profile_settings = app.config
        g.hidden_from = hidden_from

    app.register_blueprint(bp)


def own() -> Profile:
    """Return the signed-in person's profile."""
    return service.get_own(get_session(), me().profile_id)


def first_open_step(profile: Profile) -> str:
    """Return where somebody goes on who left in the middle of the steps."""
    if not (profile.full_name and profile.country):
        return "person"
    if not profile.organisation_name and not profile.sectors:
        return "organisation"
    return "reach" if profile.opportunities else "items"


@bp.route(
    "/welcome/<any(person, organisation, items, reach):step>", methods=["GET", "POST"]
)
@member
def welcome(step: str) -> Answer:
    """Go through one of the four first steps; each is saved on its own."""
    profile = own()
    position = STEPS.index(step)
    following = STEPS[position + 1] if position + 1 < len(STEPS) else None
    target = (
        url_for("profiles.welcome", step=following)
        if following
        else url_for("matching.proposals")
    )
    return _step_page(profile, step, target=target, welcome=True)


@bp.route("/me/edit/<any(person, organisation, reach):step>", methods=["GET", "POST"])
@member
def edit(step: str) -> Answer:
    """Change one part of one's own profile."""
    return _step_page(own(), step, target=url_for("profiles.mine"), welcome=False)


def _step_page(profile: Profile, step: str, *, target: str, welcome: bool) -> Answer:
    if step == "items":
        return _first_items(profile, target)
    form = _FORMS[step](data=forms.fill(profile))
    stored: dict[str, str] = {}
    status = 200
    if form.validate_on_submit():
        try:
            _save_step(profile, step, form)
        except DomainError as error:
            form.refuse(error)
            status = error.status
            if error.code == "edited-elsewhere":
                stored = _differences(profile, form)
                form.version.data = form.version.raw_data = None
                form.version.process_data(profile.version)
        else:
            if not welcome:
                flash(_("Saved. Your proposals follow the change."))
            return redirect(target, code=303)
    status = _status(form, status)
    page = render_template(
        "profiles/step.html",
        form=form,
        step=step,
        steps=STEPS,
        welcome=welcome,
        stored=stored,
        sector_tree=_sector_tree() if step == "organisation" else (),
    )
    return page, status


def _status(form: Form, refused: int) -> int:
    """Return 200 for a page that was opened, else why the form came back."""
    if not form.is_submitted():
        return 200
    return INVALID if refused == 200 else refused  # noqa: PLR2004  not refused by us


def _typed_version() -> int:
    """Return the version a form began from; without one it counts as old."""
    return int(request.form.get("version", 0, type=int))


def _save_step(profile: Profile, step: str, form: forms.StepForm) -> None:
    session, changes = get_session(), form.changes()
    version = _typed_version()
    if step == "organisation":
        changes["about_lang"] = guess_language(changes["about"], locale())
        service.save_organisation(
            session,
            profile.id,
            version=version,
            name=form["organisation"].data,
            website=form["website"].data,
            size=form["size"].data,
            changes=changes,
        )
    else:
        service.save_profile(session, profile.id, version=version, changes=changes)


def _differences(profile: Profile, form: forms.StepForm) -> dict[str, str]:
    """Return what is stored now where it is not what was typed."""
    found = {}
    for name, value in forms.fill(profile).items():
        if name != "version" and name in form and form[name].data != value:
            text = ", ".join(value) if isinstance(value, list) else str(value)
            found[str(form[name].label.text)] = text or "–"
    return found


def _first_items(profile: Profile, target: str) -> Answer:
    form = forms.FirstItemsForm(data=_first_texts(profile))
    if form.validate_on_submit():
        for side in (Side.OFFER, Side.REQUEST):
            words = form[f"{side}_text"].data
            if not words:
                continue
            existing = next((i for i in profile.opportunities if i.side is side), None)
            service.save_item(
                get_session(),
                profile.id,
                existing.public_id if existing else None,
                side=side,
                collaboration=form[f"{side}_kind"].data,
                text=words,
                lang=guess_language(words, locale()),
            )
        return redirect(target, code=303)
    status = INVALID if form.is_submitted() else 200
    page = render_template(
        "profiles/first_items.html", form=form, step="items", steps=STEPS
    )
    return page, status


def _first_texts(profile: Profile) -> dict[str, str]:
    values: dict[str, str] = {}
    for item in reversed(profile.opportunities):
        values[f"{item.side}_kind"] = item.collaboration
        values[f"{item.side}_text"] = item.text
    return values


@bp.get("/me")
@member
def mine() -> Answer:
    """Show one's own profile, what is missing, and where to change it."""
    profile = own()
    if profile.status is ProfileStatus.CLAIMED and not profile.full_name:
        return redirect(url_for("profiles.welcome", step="person"))
    return render_template(
        "profiles/mine.html",
        profile=profile,
        completion=service.completion(profile),
        field_step=FIELD_STEP,
        sides=Side,
        contacts=rules.visible_contacts(profile.contacts, connected=True, own=True),
    )


@bp.route("/me/items/new/<any(offer, request):side>", methods=["GET", "POST"])
@member
def new_item(side: str) -> Answer:
    """Add an offer or a request."""
    return _item_page(own(), Side(side), None)


@bp.route("/me/items/<item_id>", methods=["GET", "POST"])
@member
def edit_item(item_id: str) -> Answer:
    """Change one of one's own offers or requests."""
    profile = own()
    item = service.get_own_item(get_session(), profile, item_id)
    return _item_page(profile, item.side, item_id)


def _item_page(profile: Profile, side: Side, item_id: str | None) -> Answer:
    item = service.get_own_item(get_session(), profile, item_id) if item_id else None
    newest = service.newest_words(get_session(), item) if item else None
    form = forms.ItemForm(obj=newest, version=profile.version)
    stored, status = "", 200
    form.set_side(side.value)
    if item_id is None and not form.is_submitted():
        form.text.data = clean_line(request.args.get("text"))[:200]
    if form.validate_on_submit():
        try:
            saved = service.save_item(
                get_session(),
                profile.id,
                item_id,
                side=side,
                collaboration=form.collaboration.data,
                text=form.text.data,
                lang=guess_language(form.text.data, locale()),
                valid_until=form.valid_until.data,
                # A new item disturbs nobody's; a changed one must be the one seen.
                version=_typed_version() if item_id else None,
            )
        except DomainError as error:
            form.refuse(error)
            status = error.status
            if error.code == "edited-elsewhere" and newest is not None:
                stored = newest.text
                form.version.process_data(profile.version)
                form.version.raw_data = None
        else:
            if isinstance(saved, Revision):
                flash(_("Saved. It is listed as soon as an organiser has checked it."))
            else:
                flash(_("Saved. Your proposals follow the change."))
            return redirect(url_for("profiles.mine"), code=303)
    status = _status(form, status)
    page = render_template(
        "profiles/item.html", form=form, side=side.value, item=item, stored=stored
    )
    return page, status


@bp.post("/me/items/<item_id>/remove")
@member
def remove_item(item_id: str) -> Response:
    """Remove one of one's own offers or requests."""
    service.remove_item(get_session(), me().profile_id, item_id)
    flash(_("Removed."))
    return redirect(url_for("profiles.mine"), code=303)


@bp.post("/me/pause")
@member
def pause() -> Response:
    """Disappear from proposals and directory for a while, or come back."""
    paused = request.form.get("paused") == "1"
    service.set_paused(get_session(), me().profile_id, paused=paused)
    return redirect(url_for("profiles.mine"), code=303)


@bp.get("/directory")
@member
def directory() -> str:
    """Search all listed members, with facets."""
    settings = g.profile_settings
    query = clean_line(request.args.get("q"))[:200]
    chosen = {
        facet: list(dict.fromkeys(request.args.getlist(facet)))[:20] for facet in FACETS
    }
    last = settings["DIRECTORY_PAGES"]
    page = min(max(request.args.get("page", 1, type=int), 1), last)
    found = directory_search.search(
        get_session(),
        query,
        chosen=chosen,
        page=page,
        size=settings["DIRECTORY_PAGE"],
        hidden=g.hidden_from(me().profile_id),
    )
    pages = min(-(-found.total // settings["DIRECTORY_PAGE"]), last)
    return render_template(
        "profiles/directory.html",
        found=found,
        query=query,
        chosen=chosen,
        page=page,
        pages=pages,
        address=_page_address(query, chosen),
    )


def _page_address(query: str, chosen: dict[str, list[str]]) -> Any:  # noqa: ANN401
    def address(**changes: Any) -> str:  # noqa: ANN401
        values: dict[str, Any] = {"q": query or None, **chosen, **changes}
        return url_for("profiles.directory", **{k: v for k, v in values.items() if v})

    return address


def _sector_tree() -> list[tuple[str, tuple[str, ...]]]:
    return [
        (code, sectors.sector_children(code))
        for code in sectors.sector_codes()
        if sectors.sector_parent(code) is None
    ]
