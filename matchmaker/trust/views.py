"""Pages on which people protect themselves: block, report, see who looked, appeal."""

from collections.abc import Sequence

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
from flask_login import current_user
from werkzeug.wrappers import Response

from matchmaker.accounts.signed_in import me
from matchmaker.clock import now
from matchmaker.profiles.models import Profile
from matchmaker.trust import blocks, cases, forms, holds, measures, reports, seen
from matchmaker.trust.blocks import Ties
from matchmaker.trust.models import Measure, ReportKind, SeenWhere, SignalKind
from matchmaker.web.access import member, public
from matchmaker.web.fragments import forget_all
from matchmaker.web.limits import is_beyond, most
from matchmaker.web.session import get_session

bp = Blueprint("trust", __name__)
Answer = str | Response | tuple[str, int]
INVALID = 422


def init_app(app: Flask, ties: Ties) -> None:
    """Register the pages."""

    @app.before_request
    def provide_ties() -> None:
        g.ties = ties

    @app.before_request
    def notice_haste() -> None:
        """Make a case of whoever opens profiles faster than one can read them."""
        if request.endpoint != "matching.person" or not current_user.is_authenticated:
            return
        own_id = str(me().id)
        if is_beyond("VIEW_BURST", own_id) and not is_beyond("BURST_NOTED", own_id):
            with g.sessions.write.begin() as session:
                cases.note_signal(
                    session,
                    me().profile_id,
                    kind=SignalKind.BURST,
                    key=f"views:{now().date().isoformat()}",
                    figures={"what": "views", "count": most(app.config["VIEW_BURST"])},
                )

    app.register_blueprint(bp)


def note_contact_view(viewed: Sequence[int], place: SeenWhere = SeenWhere.PAGE) -> None:
    """Note that contact details of some people were given to who is signed in.

    For the views that show them. A page that only reads takes the write lock for a
    moment, and only on the first look of a day.
    """
    viewer_id = me().profile_id
    new = seen.find_new(get_session(), viewer_id, viewed, place)
    if not new:
        return
    if g.reads_only:
        with g.sessions.write.begin() as session:
            seen.note(session, viewer_id, new, place)
    else:
        seen.note(get_session(), viewer_id, new, place)


@bp.get("/settings/safety")
@member
def safety() -> str:
    """Show whom one has blocked and reported, and what moderators decided."""
    session, own_id = get_session(), me().profile_id
    return render_template(
        "trust/safety.html",
        blocked=blocks.list_blocked(session, own_id),
        reports=reports.list_own(session, own_id),
        kind_texts=forms.KIND_TEXTS,
        held=holds.list_own(session, own_id),
        measures=measures.list_about(session, own_id),
    )


@bp.get("/settings/contact-views")
@member
def contact_views() -> str:
    """Show who saw one's contact details, and when."""
    return render_template(
        "trust/contact_views.html",
        lookers=seen.list_lookers(get_session(), me().profile_id),
        places=SeenWhere,
    )


@bp.route("/people/<profile_id>/block", methods=["GET", "POST"])
@member
def block(profile_id: str) -> Answer:
    """Say what a block does, and block."""
    if blocks.has_blocked(get_session(), me().profile_id, profile_id):
        return redirect(url_for("trust.safety", _anchor="blocked"), code=303)
    person = _person(profile_id)
    if request.method == "GET":
        return render_template("trust/block.html", person=person)
    _block(person)
    flash(
        _("You and %(name)s do not see each other any more.", name=person.full_name),
        category=url_for("trust.unblock", blocked_id=person.public_id),
    )
    return redirect(url_for("trust.safety", _anchor="blocked"), code=303)


def _person(public_id: str) -> Profile:
    person: Profile = g.ties.get_partner(get_session(), me().profile_id, public_id)
    return person


def _block(person: Profile) -> None:
    blocks.block(get_session(), me().profile_id, person.id)
    g.ties.part(get_session(), me().profile_id, person.id)
    forget_all()


@bp.post("/settings/blocked/<blocked_id>/remove")
@member
def unblock(blocked_id: str) -> Response:
    """Take back a block."""
    person = blocks.unblock(get_session(), me().profile_id, blocked_id)
    if person is not None:
        g.ties.rejoin(get_session(), me().profile_id, person.id)
        flash(_("You can see %(name)s again.", name=person.full_name))
    return redirect(url_for("trust.safety", _anchor="blocked"), code=303)


@bp.route("/people/<profile_id>/report", methods=["GET", "POST"])
@member
def report(profile_id: str) -> Answer:
    """Tell the moderators about a person, or about a request they sent."""
    session = get_session()
    person = _person(profile_id)
    asked = request.args.get("request", "")[:16]
    quoted = g.ties.quote_request(session, me().profile_id, asked) if asked else ""
    form = forms.ReportForm(excerpt=quoted)
    if not form.validate_on_submit():
        page = render_template("trust/report.html", form=form, person=person)
        return page, INVALID if form.is_submitted() else 200
    reports.file_report(
        session,
        reporter_id=me().profile_id,
        subject_id=person.id,
        kind=ReportKind(form.kind.data),
        excerpt=form.excerpt.data,
        note=form.note.data,
        about=f"request:{asked}" if quoted else "person",
    )
    if form.also_block.data:
        _block(person)
    flash(_("Thank you. A moderator looks at it; here you see what becomes of it."))
    return redirect(url_for("trust.safety", _anchor="reports"), code=303)


@bp.route("/appeal/<secret>", methods=["GET", "POST"])
@public
def appeal(secret: str) -> Answer:
    """Show a decision by the link of its letter, and take one appeal."""
    return _appeal_page(measures.get_by_secret(get_session(), secret))


@bp.route("/settings/decisions/<measure_id>", methods=["GET", "POST"])
@member
def decision(measure_id: str) -> Answer:
    """Show a decision to the member it is about, and take one appeal."""
    return _appeal_page(measures.get_about(get_session(), me().profile_id, measure_id))


def _appeal_page(measure: Measure) -> Answer:
    form = forms.AppealForm()
    if form.validate_on_submit():
        measures.appeal(get_session(), measure, form.words.data)
        return redirect(request.path, code=303)
    page = render_template("trust/appeal.html", measure=measure, form=form)
    return page, INVALID if form.is_submitted() else 200
