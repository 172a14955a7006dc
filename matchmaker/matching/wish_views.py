"""Pages of what members wish of their proposals, and of searches that stand."""

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from matchmaker.accounts.signed_in import me
from matchmaker.errors import DomainError
from matchmaker.matching import searches, wishes
from matchmaker.matching.forms import (
    ATTRIBUTE_TEXTS,
    STRENGTH_TEXTS,
    SearchForm,
    WishForm,
    value_name,
)
from matchmaker.matching.wish_models import Strength
from matchmaker.profiles.search import FACETS
from matchmaker.web.access import member
from matchmaker.web.forms import clean_line
from matchmaker.web.session import get_session

bp = Blueprint("wishes", __name__)
Answer = str | Response | tuple[str, int]
INVALID = 422


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.jinja_env.globals["wish_name"] = value_name
    app.jinja_env.globals["strength_texts"] = STRENGTH_TEXTS
    app.register_blueprint(bp)


@bp.route("/proposals/wishes", methods=["GET", "POST"])
@member
def wishes_page() -> Answer:
    """Show and add levers: what must be, what is preferred, of what fewer."""
    session, profile_id = get_session(), me().profile_id
    form = WishForm()
    form.set_choices()
    if form.validate_on_submit():
        attribute, _colon, value = form.what.data.partition(":")
        try:
            wishes.set_wish(
                session,
                profile_id,
                attribute=attribute,
                value=value,
                strength=form.strength.data,
            )
        except DomainError as error:
            form.refuse(error)
        else:
            flash(_("Your proposals follow it at once."))
            return redirect(url_for("wishes.wishes_page"), code=303)
    possible, listed = wishes.count_possible(session, profile_id)
    page = render_template(
        "matching/wishes.html",
        form=form,
        wished=wishes.list_own(session, profile_id),
        attribute_texts=ATTRIBUTE_TEXTS,
        strengths=list(Strength),
        possible=possible,
        listed=listed,
    )
    return page, INVALID if form.is_submitted() else 200


@bp.post("/proposals/wishes/change")
@member
def change() -> Response:
    """Change how much a wish counts, or forget it."""
    wishes.set_wish(
        get_session(),
        me().profile_id,
        attribute=request.form.get("attribute", ""),
        value=request.form.get("value", ""),
        strength=request.form.get("strength", ""),
    )
    return redirect(url_for("wishes.wishes_page"), code=303)


@bp.post("/proposals/wishes/forget")
@member
def forget() -> Response:
    """Care about nothing again."""
    wishes.forget_all(get_session(), me().profile_id)
    flash(_("You see everybody again."))
    return redirect(url_for("wishes.wishes_page"), code=303)


@bp.get("/directory/searches")
@member
def standing() -> str:
    """Show the searches that stand, with whom they found since."""
    found = searches.list_searches(get_session(), me().profile_id)
    return render_template("matching/searches.html", standing=found)


@bp.route("/directory/searches/new", methods=["GET", "POST"])
@member
def save() -> Answer:
    """Let a search stand: whoever answers it later is told."""
    query = clean_line(request.args.get("q"))[:200]
    chosen = {
        facet: list(dict.fromkeys(request.args.getlist(facet)))[:20] for facet in FACETS
    }
    form = SearchForm()
    if not form.is_submitted():
        form.name.data = query[:80]
    if form.validate_on_submit():
        try:
            searches.save_search(
                get_session(),
                me().profile_id,
                name=form.name.data,
                query=query,
                facets=chosen,
            )
        except DomainError as error:
            form.refuse(error)
        else:
            flash(_("Saved. Whoever fits it from now on is told to you."))
            return redirect(url_for("wishes.standing"), code=303)
    page = render_template(
        "matching/search_new.html", form=form, query=query, chosen=chosen
    )
    return page, INVALID if form.is_submitted() else 200


@bp.post("/directory/searches/<search_id>/remove")
@member
def remove(search_id: str) -> Response:
    """Let a search stand no longer."""
    searches.remove_search(get_session(), me().profile_id, search_id)
    flash(_("This search is removed."))
    return redirect(url_for("wishes.standing"), code=303)
