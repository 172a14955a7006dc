"""Pages of blind review: the queue, a pair, what the reviews say."""

from flask import (
    Blueprint,
    Flask,
    flash,
    g,
    redirect,
    render_template,
    url_for,
)
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from matchmaker.accounts.signed_in import me
from matchmaker.admin import review_forms as forms
from matchmaker.admin.service import note_access
from matchmaker.errors import DomainError
from matchmaker.matching import review_drawing, review_figures, reviews
from matchmaker.matching.review_models import ReviewPair, Verdict
from matchmaker.profiles.models import Side
from matchmaker.web.access import admin
from matchmaker.web.session import get_session, writes
from matchmaker.web.texts import refusal_text

bp = Blueprint("reviews", __name__)
Answer = str | Response | tuple[str, int]
INVALID = 422


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(bp)


@bp.get("/admin/review")
@admin
@writes
def overview() -> str:
    """Show how far the round is and what the reviews say."""
    session = get_session()
    note_access(session, me().id, "review")
    return render_template(
        "admin/review.html",
        round=review_figures.latest_round(session),
        this_week=review_drawing.monday(),
        progress=reviews.progress(session, me().id),
        figures=review_figures.figures(session),
        disputes=reviews.list_disputes(session, me().id),
        verdict_texts=forms.VERDICT_TEXTS,
        least_missed=review_figures.LEAST_MISSED,
        reviewers=reviews.REVIEWERS,
    )


@bp.post("/admin/review/draw")
@admin
def draw() -> Response:
    """Draw this week's pairs."""
    session = get_session()
    try:
        made = review_drawing.draw_round(
            session, g.matcher, g.policy, pairs=g.matching_settings["REVIEW_PAIRS"]
        )
    except DomainError as error:
        flash(refusal_text(error.code))
        return redirect(url_for("reviews.overview"), code=303)
    count = review_figures.count_pairs(session, made)
    note_access(session, me().id, "review-draw", week=str(made.week), pairs=count)
    flash(ngettext("%(num)s pair is drawn.", "%(num)s pairs are drawn.", count))
    return redirect(url_for("reviews.overview"), code=303)


@bp.get("/admin/review/next")
@admin
def next_pair() -> Response:
    """Go to the next pair, or back when all are judged."""
    waiting = reviews.list_open(get_session(), me().id)
    if not waiting:
        flash(_("Nothing waits for you: you have judged all pairs you can."))
        return redirect(url_for("reviews.overview"), code=303)
    target = url_for("reviews.pair", pair_id=waiting[0].public_id)
    return redirect(target, code=303)


@bp.get("/admin/review/<pair_id>")
@admin
@writes
def pair(pair_id: str) -> str:
    """Show two profiles, and nothing of what the model says of them."""
    session = get_session()
    found = reviews.get_pair(session, me().id, pair_id)
    note_access(session, me().id, "review-read", pair=pair_id)
    form = forms.ReviewForm(formdata=None)
    own = reviews.find_own(found, me().id)
    if own is not None:
        form.verdict.data, form.note.data = own.verdict.value, own.note
    return _pair_page(found, form)


@bp.post("/admin/review/<pair_id>")
@admin
def judge(pair_id: str) -> Answer:
    """Keep what the reviewer says and go on."""
    session = get_session()
    form = forms.ReviewForm()
    if not form.validate_on_submit():
        found = reviews.get_pair(session, me().id, pair_id)
        note_access(session, me().id, "review-read", pair=pair_id)
        return _pair_page(found, form), INVALID
    reviews.judge(
        session,
        me().id,
        pair_id,
        verdict=Verdict(form.verdict.data),
        note=form.note.data or "",
    )
    note_access(session, me().id, "review-judge", pair=pair_id)
    return redirect(url_for("reviews.next_pair"), code=303)


@bp.post("/admin/review/undo")
@admin
def undo() -> Response:
    """Take the last word back and show its pair again."""
    pair_id = reviews.undo_last(get_session(), me().id)
    note_access(get_session(), me().id, "review-undo", pair=pair_id)
    return redirect(url_for("reviews.pair", pair_id=pair_id), code=303)


def _pair_page(found: ReviewPair, form: forms.ReviewForm) -> str:
    people = [found.seeker, found.candidate]
    return render_template(
        "admin/review_pair.html",
        pair_id=found.public_id,
        people=people[::-1] if found.swapped else people,
        progress=reviews.progress(get_session(), me().id),
        is_judged=reviews.find_own(found, me().id) is not None,
        form=form,
        hints=forms.VERDICT_HINTS,
        sides=Side,
    )
