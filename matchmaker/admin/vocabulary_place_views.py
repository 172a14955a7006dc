"""What countries and territories are called on this site."""

from pathlib import Path

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
from matchmaker.admin import vocabulary_places as places
from matchmaker.admin.service import note_access
from matchmaker.admin.vocabulary_forms import PlaceForm
from matchmaker.errors import DomainError
from matchmaker.vocabulary.sectors import LOCALES
from matchmaker.web.access import admin
from matchmaker.web.forms import clean_line
from matchmaker.web.i18n import locale
from matchmaker.web.session import get_session, writes

bp = Blueprint("places", __name__)
Answer = str | Response | tuple[str, int]
INVALID = 422


def init_app(app: Flask, folder: Path) -> None:
    """Register the pages; names are kept in the folder of the site."""

    @app.before_request
    def provide_folder() -> None:
        g.site_folder = folder

    app.register_blueprint(bp)


@bp.get("/admin/places")
@admin
@writes
def names() -> str:
    """Show the countries, the renamed ones first."""
    query = clean_line(request.args.get("q"))[: places.LONGEST_NAME]
    note_access(get_session(), me().id, "places")
    found = places.list_places(g.site_folder, query=query, locale=locale())
    return render_template(
        "admin/places.html", places=found, query=query, locales=LOCALES
    )


@bp.get("/admin/places/<country>")
@admin
def place(country: str) -> str:
    """Show what one country is called."""
    found = places.get_place(g.site_folder, country)
    return _page(found, PlaceForm(formdata=None, data=dict(found.own)))


@bp.post("/admin/places/<country>")
@admin
def rename(country: str) -> Answer:
    """Call a country by other names, or by the usual ones again."""
    session = get_session()
    found, form = places.get_place(g.site_folder, country), PlaceForm()
    if not form.validate_on_submit():
        return _page(found, form), INVALID
    wanted = {one: form[one].data or "" for one in LOCALES}
    action = "place-named" if any(wanted.values()) else "place-reset"
    try:
        note_access(session, me().id, action, country=country)
        session.flush()
        places.rename(g.site_folder, country, wanted)
    except DomainError as error:
        session.rollback()
        form.refuse(error)
        return _page(found, form), INVALID
    flash(_("Saved. It is shown so everywhere from now on."))
    return redirect(url_for("places.names"), code=303)


def _page(found: places.Place, form: PlaceForm) -> str:
    return render_template("admin/place.html", place=found, form=form, locales=LOCALES)
