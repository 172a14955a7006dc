"""The own terms: a draft, what it would change, and putting it in force."""

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
from flask_babel import ngettext
from werkzeug.wrappers import Response

from matchmaker.accounts.signed_in import me
from matchmaker.admin import vocabulary_people as people
from matchmaker.admin.service import note_access
from matchmaker.admin.vocabulary_forms import TermForm
from matchmaker.admin.vocabulary_jobs import read_preview
from matchmaker.admin.vocabulary_terms import OwnTerms, WrongTerm
from matchmaker.errors import DomainError
from matchmaker.vocabulary.sectors import LOCALES
from matchmaker.vocabulary.terms import Entry
from matchmaker.web.access import admin
from matchmaker.web.forms import clean_line
from matchmaker.web.session import get_session, writes

bp = Blueprint("terms", __name__)
Answer = str | Response | tuple[str, int]
INVALID = 422
LONGEST_QUERY = 120  # characters
SHOWN = 200  # concepts on the page; the rest is searched for


def init_app(app: Flask, *, is_behind: Callable[[], bool]) -> None:
    """Register the pages; proposals may be behind the glossary in force."""

    @app.before_request
    def provide_terms() -> None:
        g.terms_behind = is_behind

    app.register_blueprint(bp)


@bp.get("/admin/terms")
@admin
@writes
def glossary() -> str:
    """Show the own terms, the draft, and what it would change."""
    note_access(get_session(), me().id, "terms")
    terms = OwnTerms(g.site_folder)
    state = terms.state()
    query = clean_line(request.args.get("q"))[:LONGEST_QUERY]
    shown = [one for one in state.shown if _has(one, query)]
    preview = read_preview(g.site_folder) if state.draft is not None else None
    return render_template(
        "admin/terms.html",
        state=state,
        shown=shown[:SHOWN],
        count=len(shown),
        others={
            name: [one for one in entries if _has(one, query)]
            for name, entries in state.others.items()
        },
        query=query,
        locales=LOCALES,
        digest=terms.digest(),
        preview=preview,
        named=people.named(get_session(), preview),
        behind=g.terms_behind(),
    )


def _has(entry: Entry, query: str) -> bool:
    told = query.casefold()
    names = [name for one in entry.names.values() for name in one]
    return any(told in name.casefold() for name in [entry.code, *names])


@bp.route("/admin/terms/new", methods=["GET", "POST"])
@admin
def new() -> Answer:
    """Add a concept to the draft."""
    return _edit(TermForm(), None)


@bp.route("/admin/terms/<concept>", methods=["GET", "POST"])
@admin
def term(concept: str) -> Answer:
    """Correct a concept in the draft."""
    entry = OwnTerms(g.site_folder).find(concept)
    typed: dict[str, Any] = {key: "\n".join(entry.names[key]) for key in LOCALES}
    return _edit(TermForm(data={**typed, "sector": entry.sector or ""}), entry)


def _edit(form: TermForm, entry: Entry | None) -> Answer:
    problems: tuple[str, ...] = ()
    if form.validate_on_submit():
        try:
            code = OwnTerms(g.site_folder).save(
                {key: _lines(form[key].data) for key in LOCALES},
                sector=form.sector.data,
                code=entry.code if entry else "",
            )
        except WrongTerm as error:
            form.refuse(error)
            problems = tuple(error.problems)
        except DomainError as error:
            form.refuse(error)
        else:
            note_access(get_session(), me().id, "terms-drafted", concept=code)
            flash(_("It is in the draft."))
            return redirect(url_for("terms.glossary"), code=303)
    page = render_template("admin/term.html", form=form, entry=entry, problems=problems)
    return page, INVALID if form.is_submitted() else 200


def _lines(text: str | None) -> list[str]:
    parts = (text or "").replace("|", "\n").split("\n")
    return [name for part in parts if (name := clean_line(part))]


@bp.post("/admin/terms/<concept>/remove")
@admin
def remove(concept: str) -> Response:
    """Take a concept out of the draft."""
    OwnTerms(g.site_folder).remove(concept)
    return _done("terms-drafted", _("Removed from the draft."), concept=concept)


@bp.post("/admin/terms/draft/drop")
@admin
def drop() -> Response:
    """Forget the draft."""
    OwnTerms(g.site_folder).drop()
    return _done("terms-dropped", _("The draft is dropped; nothing has changed."))


@bp.post("/admin/terms/draft/publish")
@admin
def publish() -> Response:
    """Put the draft in force."""
    count = OwnTerms(g.site_folder).publish(request.form.get("digest", ""))
    told = ngettext(
        "In force: %(num)s concept of your own. Search and proposals follow.",
        "In force: %(num)s concepts of your own. Search and proposals follow.",
        count,
    )
    return _done("terms-live", told, count=count)


@bp.post("/admin/terms/back")
@admin
def back() -> Response:
    """Put in force what was before."""
    OwnTerms(g.site_folder).go_back()
    return _done("terms-back", _("What was before is in force again."))


def _done(action: str, told: str, **subject: object) -> Response:
    note_access(get_session(), me().id, action, **subject)
    flash(told)
    return redirect(url_for("terms.glossary"), code=303)
