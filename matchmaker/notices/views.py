"""Pages of what somebody was told, how they want to be told, and the way out."""

import html
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from itertools import groupby
from typing import Any

from flask import (
    Blueprint,
    Flask,
    abort,
    flash,
    g,
    redirect,
    render_template,
    request,
    url_for,
)
from flask import session as cookie
from flask_babel import force_locale, format_time, to_user_timezone
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from matchmaker.accounts import service as accounts
from matchmaker.accounts.signed_in import me
from matchmaker.db import Sessions
from matchmaker.notices import rules, service, texts
from matchmaker.notices.forms import NoticesForm
from matchmaker.notices.models import NoticeKind, Notification, Rhythm
from matchmaker.web.access import member, public
from matchmaker.web.i18n import day
from matchmaker.web.limits import address, check_limit
from matchmaker.web.security import csrf
from matchmaker.web.session import get_session, writes

bp = Blueprint("notices", __name__)
Answer = str | Response | tuple[str, int]
INVALID = 422
#: Parts of addresses that name what a notice can be about.
_NAMED = ("introduction_id",)
#: What the form shows where hours of quiet were never chosen.
_NIGHT = (22, 7)


def init_app(app: Flask, sessions: Sessions) -> None:
    """Register the pages, and see what the pages are about that people open."""
    key = app.config["SECRET_KEY"]

    @app.before_request
    def provide_key() -> None:
        g.notices_key = key

    @app.before_request
    def see_what_is_opened() -> None:
        """Mark notices as seen whose page somebody opens, from wherever they come."""
        named = [(request.view_args or {}).get(name) for name in _NAMED]
        about = next((one for one in named if one), None)
        if request.method != "GET" or about is None:
            return
        if not current_user.is_authenticated or not me().extra.get("notices"):
            return
        # Looked up first: an open conversation asks every few seconds.
        with sessions.read() as session:
            if not service.is_unseen(session, me().id, about):
                return
        # Of its own, as with the last-seen time of a session: pages only read.
        with sessions.write.begin() as session:
            seen = service.see_about(session, me().id, about)
        me().extra = {**me().extra, "notices": me().extra["notices"] - seen}

    app.jinja_env.filters["clock"] = lambda value: format_time(value, "short")
    app.jinja_env.filters["unescaped"] = html.unescape  # macros escape, texts do not
    app.jinja_env.filters["iso_day"] = lambda text: day(date.fromisoformat(text))
    app.jinja_env.globals.update(
        notice_text=texts.plain,
        notice_marked_up=texts.marked_up,
        notice_address=texts.address,
        notice_sentence=texts.find_sentence,
    )
    app.register_blueprint(bp)


def way_out(key: str) -> Callable[[Mapping[str, Any]], str]:
    """Return what finds the link that ends letters like a queued one, if any may."""

    def find(context: Mapping[str, Any]) -> str:
        if "way_out" not in context:
            return ""
        token = rules.make_token(key, *context["way_out"])
        return url_for("notices.unsubscribe", token=token, _external=True)

    return find


@bp.get("/notices")
@member
def notices() -> str:
    """Show what the member was told, by day."""
    found = service.list_notices(get_session(), me().id)
    return render_template("notices/notices.html", days=list(_by_day(found)))


def _by_day(found: list[Notification]) -> Iterator[tuple[date, list[Notification]]]:
    def of(notice: Notification) -> date:
        local: date = to_user_timezone(notice.created_at).date()
        return local

    for on, group in groupby(found, key=of):
        yield on, list(group)


@bp.get("/notices/<notice_id>")
@member
@writes
def notice(notice_id: str) -> Response:
    """Go where a notice leads, and mark it as seen."""
    found = service.see(get_session(), me().id, notice_id)
    return redirect(texts.address(found.code, found.context), code=303)


@bp.post("/notices/seen")
@member
def see_all() -> Response:
    """Mark everything as seen."""
    service.see_all(get_session(), me().id)
    return redirect(url_for("notices.notices"), code=303)


@bp.route("/settings/notices", methods=["GET", "POST"])
@member
@writes
def settings() -> Answer:
    """Show and change what comes by mail, and when."""
    form = NoticesForm(**_stored())
    if form.validate_on_submit():
        _save(form)
        flash(_("Saved."))
        return redirect(url_for("notices.settings"), code=303)
    status = INVALID if form.is_submitted() else 200
    page = render_template(
        "notices/settings.html",
        form=form,
        kinds=[(kind, *texts.KIND_TEXTS[kind]) for kind in NoticeKind],
        settings=service.get_settings(get_session(), me().id),
    )
    return page, status


def _stored() -> dict[str, object]:
    session = get_session()
    kept = service.get_settings(session, me().id)
    if kept.next_at is None or kept.time_zone != me().time_zone:
        service.plan(kept, accounts.get_user(session, me().id))
    night = (
        _NIGHT
        if kept.quiet_from is None or kept.quiet_to is None
        else (kept.quiet_from, kept.quiet_to)
    )
    chosen = service.list_choices(session, me().id)
    return {
        "rhythm": kept.rhythm.value,
        "weekday": str(kept.weekday),
        "hour": str(kept.hour),
        "time_zone": me().time_zone,
        "quiet": kept.quiet_from is not None,
        "quiet_from": str(night[0]),
        "quiet_to": str(night[1]),
        **{f"kind_{kind.value}": how.value for kind, how in chosen.items()},
    }


def _save(form: NoticesForm) -> None:
    session = get_session()
    if form.time_zone.data != me().time_zone:
        accounts.save_settings(
            session, me().id, locale=me().locale, time_zone=form.time_zone.data
        )
    service.save_choices(session, me().id, form.choices())
    service.save_rhythm(
        session,
        accounts.get_user(session, me().id),
        rhythm=Rhythm(form.rhythm.data),
        weekday=int(form.weekday.data),
        hour=int(form.hour.data),
        quiet=form.quiet_hours(),
    )


def _ending(token: str) -> tuple[str, str]:
    """Return whom and what a link of a letter is for."""
    found = rules.read_token(g.notices_key, token)
    if found is None:
        abort(404)
    return found


@bp.get("/unsubscribe/<token>")
@public
def unsubscribe(token: str) -> str:
    """Ask with a button: programs that look at letters open every link."""
    who, what = _ending(token)
    return _way_out_page(service.get_linked(get_session(), who).locale, token, what)


@bp.post("/unsubscribe/<token>")
@csrf.exempt  # type: ignore[untyped-decorator]
@public
def end(token: str) -> str:
    """End letters at once: a mail program sends this without a cookie (RFC 8058)."""
    who, what = _ending(token)
    if request.form.get("what") == rules.ALL:
        what = rules.ALL
        token = rules.make_token(g.notices_key, who, what)
    user = service.stop(get_session(), who, what)
    return _way_out_page(user.locale, token, what, state="ended")


@bp.post("/unsubscribe/<token>/back")
@public
def back(token: str) -> str:
    """Take back what the link ended."""
    check_limit("CLAIM_LIMIT", address())
    who, what = _ending(token)
    user = service.resume(get_session(), who, what)
    return _way_out_page(user.locale, token, what, state="back")


def _way_out_page(locale: str, token: str, what: str, state: str = "ask") -> str:
    """Show where an ending stands: in the language chosen here, or of the letters."""
    locale = cookie.get("locale", locale)
    named = {kind.value: texts.KIND_TEXTS[kind][0] for kind in NoticeKind}
    with force_locale(locale):
        g.locale = locale
        return render_template(
            "notices/unsubscribe.html",
            token=token,
            what=what,
            name=named.get(what, ""),
            state=state,
        )
