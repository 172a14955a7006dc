"""Pages from the press of *import* on: writing, the result, undo, giving up."""

import io

from flask import Flask, flash, g, redirect, render_template, send_file, url_for
from flask_babel import gettext as _

from matchmaker.errors import DomainError
from matchmaker.events import commit as writing
from matchmaker.events import imports, rejected, shown, texts, views
from matchmaker.events import undo as undoing
from matchmaker.events.jobs import import_key
from matchmaker.events.roster import BatchState, Verdict
from matchmaker.events.views import Answer, bp, find_batch, site_key, to
from matchmaker.progress import Board
from matchmaker.web.access import organiser
from matchmaker.web.session import get_session
from matchmaker.web.texts import refusal_text


def init_app(app: Flask, board: Board) -> None:
    """Register all pages of the import."""
    views.init_app(app, board)


@bp.post("/imports/<batch_id>/commit")
@organiser
def commit(batch_id: str) -> Answer:
    """Write everything, a long list by the worker; pressed twice it is written once."""
    batch = find_batch(batch_id)
    if batch.all_rows > writing.AT_ONCE:
        writing.ask(get_session(), batch)
        return to("preview", batch)
    writing.commit_batch(get_session(), batch, key=site_key())
    return to("result", batch)


@bp.post("/imports/<batch_id>/stop")
@organiser
def stop(batch_id: str) -> Answer:
    """Give up the writing of a long list, as long as it is not over."""
    # It reads only: whoever writes holds the lock of SQLite, and hears it by the board.
    g.reads_only = True
    batch = find_batch(batch_id)
    name = import_key(batch)
    if g.board.find(name) is not None:
        g.board.ask_stop(name)
    else:
        with g.sessions.write.begin() as session:
            writing.take_back(session, batch.id)
    return to("preview", batch)


@bp.get("/imports/<batch_id>")
@organiser
def result(batch_id: str) -> Answer:
    """Show what came of an import."""
    batch = find_batch(batch_id)
    if batch.state not in {BatchState.DONE, BatchState.UNDONE}:
        return to("table", batch)
    refusal = ""
    try:
        undoing.check_undo(get_session(), batch)
    except DomainError as error:
        refusal = refusal_text(error.code)
    return render_template(
        "events/import_result.html",
        batch=batch,
        refusal=refusal,
        undone=batch.state is BatchState.UNDONE,
        verdicts=texts.verdict_names(),
        reasons=shown.count_reasons(get_session(), batch, Verdict.SKIPPED),
        reason_text=texts.reason_text,
    )


@bp.get("/imports/<batch_id>/rejected.<any(csv, xlsx):kind>")
@organiser
def rejected_rows(batch_id: str, kind: str) -> Answer:
    """Give the rows that were left out, with the reasons, as a file."""
    batch = find_batch(batch_id)
    data = rejected.rejected_file(
        get_session(),
        batch,
        kind,
        head=(_("Why it was left out"), _("Row")),
        say=texts.row_text,
    )
    return send_file(
        io.BytesIO(data),
        as_attachment=True,
        download_name=f"left-out-{batch.public_id}.{kind}",
    )


@bp.post("/imports/<batch_id>/undo")
@organiser
def undo(batch_id: str) -> Answer:
    """Take an import back."""
    batch = find_batch(batch_id)
    undoing.undo(get_session(), batch)
    flash(_("Taken back: everything is as it was before this import."))
    return to("result", batch)


@bp.post("/imports/<batch_id>/give-up")
@organiser
def give_up(batch_id: str) -> Answer:
    """Forget a file that was not imported."""
    batch = find_batch(batch_id)
    slug = batch.event.slug
    imports.give_up(get_session(), batch)
    flash(_("Given up: the file and all that was read from it are deleted."))
    return redirect(url_for("admin.event", slug=slug), code=303)
