"""Pages of the import up to the preview: a file, what it is, its columns.

What is pressed then, and what came of it, is in ``result_views``.
"""

import re
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
from matchmaker.events import choosing, imports, shown, texts
from matchmaker.events.formats.headers import NEVER
from matchmaker.events.forms import (
    PlainForm,
    TableForm,
    UploadForm,
    fill_table,
)
from matchmaker.events.jobs import import_key
from matchmaker.events.models import Event
from matchmaker.events.reading import Understood
from matchmaker.events.roster import Basis, BatchState, Choice, ImportBatch, Verdict
from matchmaker.events.rules import FileRefused
from matchmaker.progress import Board
from matchmaker.web.access import organiser
from matchmaker.web.session import get_session

bp = Blueprint("events", __name__)
Answer = str | Response | tuple[str, int]
INVALID = 422
PATIENCE = 2.0  # seconds a request reads before it shows how far it came
LONGEST_SEARCH = 100  # characters


def init_app(app: Flask, board: Board) -> None:
    """Register the pages, and what the page of an event shows of them."""

    @app.before_request
    def provide_settings() -> None:
        g.import_settings, g.board = app.config, board

    app.jinja_env.globals["imports_of"] = _imports_of
    app.jinja_env.filters["import_row_text"] = texts.row_text
    app.jinja_env.filters["import_problems"] = texts.problem_texts
    app.register_blueprint(bp)


def _imports_of(event: Event) -> dict[str, Any]:
    """Return an event's imports and whether the reader may add one."""
    may = imports.may_import(get_session(), me().id, event.id)
    batches = imports.list_batches(get_session(), event.id) if may else ()
    return {"may": may, "batches": batches}


def find_batch(batch_id: str) -> ImportBatch:
    """Return an import of an event that the reader may import into."""
    return imports.get_batch(get_session(), me().id, batch_id)


def to(endpoint: str, batch: ImportBatch, **values: Any) -> Response:  # noqa: ANN401
    """Send the reader to another page of an import."""
    return redirect(
        url_for(f"events.{endpoint}", batch_id=batch.public_id, **values), code=303
    )


def _passed(batch: ImportBatch) -> Response | None:
    """Return the way on where an import is past its choices."""
    if batch.state in {BatchState.DONE, BatchState.UNDONE}:
        return to("result", batch)
    return to("preview", batch) if imports.is_running(batch) else None


@bp.route("/events/<slug>/import", methods=["GET", "POST"])
@organiser
def upload(slug: str) -> Answer:
    """Take a file and keep it if it can be read."""
    event = imports.get_import_event(get_session(), me().id, slug)
    form = UploadForm()
    if form.validate_on_submit():
        try:
            batch = _stage(event, form)
        except FileRefused as error:
            form.file.errors = [texts.file_text(error.file_code, error.details)]
        else:
            return to("table", batch)
    page = render_template(
        "events/import_upload.html", event=event, form=form, bases=texts.basis_texts()
    )
    return page, INVALID if form.is_submitted() else 200


def _stage(event: Event, form: UploadForm) -> ImportBatch:
    return imports.stage(
        get_session(),
        event,
        author_id=me().id,
        file_name=form.file.data.filename,
        data=form.file.data.read(),
        basis=Basis(form.basis.data),
    )


@bp.route("/imports/<batch_id>/table", methods=["GET", "POST"])
@organiser
def table(batch_id: str) -> Answer:
    """Show what the file was taken for, with a choice; read it again by choice."""
    batch = find_batch(batch_id)
    if passed := _passed(batch):
        return passed
    found = imports.read_batch(batch)
    form = _table_form(batch, found)
    if form.validate_on_submit():
        try:
            found = choosing.choose_table(
                get_session(), batch, _table_choices(form, batch, found)
            )
        except FileRefused as error:
            form.form_errors.append(texts.file_text(error.file_code, error.details))
        else:
            again = request.form.get("then") == "again"
            return to("table" if again else "columns", batch)
    page = render_template(
        "events/import_table.html",
        batch=batch,
        form=form,
        found=found,
        sample=shown.sample(found),
        earlier=imports.find_earlier(get_session(), batch),
        warnings=[
            text for code in found.warnings if (text := texts.warning_text(code))
        ],
    )
    return page, INVALID if form.is_submitted() else 200


def _effective(found: Understood) -> dict[str, Any]:
    """Return what the file was read as, by guess or by choice."""
    section = max(found.table.sections, key=lambda each: len(each.header))
    return {
        "format": found.table.format,
        "encoding": found.opened.encoding,
        "delimiter": found.opened.delimiter,
        "sheet": section.sheet,
        "header_row": section.header_row,
    }


def _table_form(batch: ImportBatch, found: Understood) -> TableForm:
    form = TableForm(data=fill_table(_effective(found)))
    form.offer(found.opened, imports.sheet_names(batch))
    return form


def _table_choices(
    form: TableForm, batch: ImportBatch, found: Understood
) -> dict[str, Any]:
    """Return the choices that differ from the guess: a guess finds more by itself."""
    now = _effective(found)
    return {
        name: batch.options.get(name) if value == now[name] else value
        for name, value in form.choices().items()
    }


@bp.route("/imports/<batch_id>/columns", methods=["GET", "POST"])
@organiser
def columns(batch_id: str) -> Answer:
    """Show what each column was taken for, with a choice."""
    batch = find_batch(batch_id)
    if passed := _passed(batch):
        return passed
    found = imports.read_batch(batch)
    form = PlainForm()
    if form.validate_on_submit():
        try:
            choosing.choose_columns(
                get_session(), batch, user_id=me().id, fields=_chosen_fields(found)
            )
            imports.preview(get_session(), batch, key=site_key(), seconds=PATIENCE)
        except FileRefused as error:
            form.form_errors.append(texts.file_text(error.file_code, error.details))
        except DomainError as error:
            form.refuse(error)
        else:
            return to("preview", batch)
    page = render_template(
        "events/import_columns.html",
        batch=batch,
        form=form,
        used=[c for c in found.widest if texts.field_name(c.field)],
        unused=[
            c
            for c in found.widest
            if not texts.field_name(c.field)
            and c.field not in NEVER
            and (c.header or c.samples)
        ],
        never=[c.header for c in found.widest if c.field in NEVER and c.header],
        fields=texts.field_names(),
        field_name=texts.field_name,
    )
    return page, INVALID if form.is_submitted() else 200


def _chosen_fields(found: Understood) -> dict[int, str]:
    """Return what was chosen for columns.

    A field nobody knows is no choice, and a column that is never imported has none.
    """
    chosen = {}
    for column in found.widest:
        if column.field in NEVER:
            continue
        value = request.form.get(f"column-{column.index}")
        if value is not None and (value in texts.FIELDS or value == ""):
            chosen[column.index] = value
    return chosen


def site_key() -> str:
    """Return the key to which the list of addresses never written to is bound."""
    return str(g.import_settings["SECRET_KEY"])


@bp.post("/imports/<batch_id>/read")
@organiser
def read(batch_id: str) -> Answer:
    """Judge more rows of a long file; it goes on where it stopped."""
    batch = find_batch(batch_id)
    imports.preview(get_session(), batch, key=site_key(), seconds=PATIENCE)
    return to("preview", batch)


@bp.get("/imports/<batch_id>/preview")
@organiser
def preview(batch_id: str) -> Answer:
    """Show what would become of each row, or how far the reading came."""
    batch = find_batch(batch_id)
    if batch.state in {BatchState.DONE, BatchState.UNDONE}:
        return to("result", batch)
    if batch.state is BatchState.STAGED:
        return render_template("events/import_progress.html", batch=batch)
    if imports.is_running(batch):
        return render_template(
            "events/import_writing.html",
            batch=batch,
            progress=g.board.find(import_key(batch)),
        )
    verdict = _shown_verdict(batch)
    words = request.args.get("q", "")[:LONGEST_SEARCH].strip()
    reason = request.args.get("reason", "")[:LONGEST_SEARCH]
    found = shown.show_rows(
        get_session(),
        batch,
        verdict=verdict,
        words=words,
        reason=reason,
        page=request.args.get("page", 1, type=int),
    )
    return render_template(
        "events/import_preview.html",
        batch=batch,
        verdict=verdict,
        verdicts=texts.verdict_names(),
        reason_text=texts.reason_text,
        found=found,
        words=words,
        reason=reason,
        alike=shown.find_alike(get_session(), batch, found.rows)
        if verdict is Verdict.REVIEW
        else {},
        undecided=imports.count_undecided(get_session(), batch),
        coming=sum(int(batch.counts.get(v.value, 0)) for v in _COMING),
        warnings=[
            text
            for code in batch.options.get("warnings", ())
            if (text := texts.warning_text(code))
        ],
    )


_COMING = (Verdict.NEW, Verdict.UPDATE)


def _shown_verdict(batch: ImportBatch) -> Verdict:
    """Return the tab asked for, else the first that has rows."""
    asked = request.args.get("show", "")
    if asked in set(Verdict):
        return Verdict(asked)
    return next(
        (
            verdict
            for verdict in texts.verdict_names()
            if batch.counts.get(verdict.value)
        ),
        Verdict.NEW,
    )


@bp.post("/imports/<batch_id>/decide")
@organiser
def decide(batch_id: str) -> Answer:
    """Note what was said about rows that look like somebody known."""
    batch = find_batch(batch_id)
    chosen = {}
    for name, value in request.form.items():
        found = re.fullmatch(r"row-([0-9]{1,9})", name)
        if found and value in set(Choice):
            chosen[int(found[1])] = Choice(value)
    imports.decide(get_session(), batch, chosen)
    flash(_("Noted."))
    return to("preview", batch, show=Verdict.REVIEW.value)
