"""Pages of conversations: the inbox and one thread."""

import secrets
from dataclasses import replace
from datetime import date
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
from flask_babel import format_time, to_user_timezone
from flask_babel import gettext as _
from markupsafe import Markup, escape
from werkzeug.wrappers import Response
from wtforms.fields.choices import SelectChoice

from matchmaker.accounts.signed_in import me
from matchmaker.matching import introductions
from matchmaker.messaging import conversations, drafts, finding, threads
from matchmaker.messaging.forms import MessageForm, MessageReportForm
from matchmaker.messaging.kept import find_page, page_key, show_page, today
from matchmaker.messaging.service import check_connected
from matchmaker.messaging.talk import Line, arrange, split_links
from matchmaker.messaging.threads import Conversation
from matchmaker.notices.service import see_about
from matchmaker.trust import blocks, holds, reports
from matchmaker.trust.models import ReportKind
from matchmaker.vocabulary.languages import guess_language
from matchmaker.web.access import member
from matchmaker.web.forms import LONGEST_FORM_KEY, clean_line
from matchmaker.web.fragments import forget_all, with_token, without_token
from matchmaker.web.i18n import day, locale, moment
from matchmaker.web.session import get_session, writes

bp = Blueprint("conversations", __name__)
Answer = str | Response | tuple[str, int]
INVALID = 422
REPORTABLE = 30  # latest messages of the other side that a report can show
_FORM_KEY = "\x00key\x00"  # stands where each visit's own key goes
LONGEST_QUERY = 200  # characters
MOST = 10**6  # messages or pages that an address may ask for
_REL = "nofollow noopener noreferrer"


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(bp)
    app.jinja_env.filters.update(
        linked=linked, time_of_day=time_of_day, talk_day=talk_day, newer=newer
    )


def linked(text: str) -> Markup:
    """Return a text, escaped, in which http(s) addresses are links."""
    link = Markup('<a href="{0}" rel="{1}">{0}</a>')
    return Markup("").join(
        link.format(piece, _REL) if is_link else escape(piece)
        for piece, is_link in split_links(text)
    )


def time_of_day(value: object) -> str:
    """Return a time in the reader's language and zone."""
    return str(format_time(value, "short"))


def newer(value: object) -> str:
    """Return the day of a moment, or its time if it was today."""
    here = to_user_timezone(value)
    return time_of_day(value) if here.date() == today() else day(here)


def talk_day(value: date) -> str:
    """Return a day as it heads the messages of that day."""
    ago = (today() - value).days
    names = {0: _("Today"), 1: _("Yesterday")}
    return names.get(ago) or day(value)


def _number(name: str, default: int = 0) -> int:
    return min(max(request.args.get(name, default, type=int), 0), MOST)


@bp.get("/messages")
@member
def inbox() -> str:
    """Show the member's conversations, the latest first, or what a search finds."""
    return show_page(_inbox_page)


def _inbox_page() -> str:
    session, profile_id = get_session(), me().profile_id
    query = clean_line(request.args.get("q"))[:LONGEST_QUERY]
    if query:
        return render_template(
            "messages/found.html",
            query=query,
            found=finding.search_own(session, profile_id, query),
            profile_id=profile_id,
        )
    page, size = _number("page", 1) or 1, threads.THREADS
    found = threads.list_threads(
        session, profile_id, limit=size + 1, offset=(page - 1) * size
    )
    return render_template(
        "messages/inbox.html",
        threads=found[:size],
        more=len(found) > size,
        page=page,
        profile_id=profile_id,
    )


def _nothing_new() -> Response:
    """Return an answer without content.

    Not 204: the server of the demo (waitress) closes the connection after one, and
    a new connection every few seconds costs more than the question.
    """
    return Response()


@bp.get("/messages/unread")
@member
def unread() -> Answer:
    """Return how much is unread, for the frame of an open page."""
    if _number("known") == me().extra["unread"]:
        return _nothing_new()
    return render_template("messages/_unread.html")


@bp.get("/messages/<introduction_id>")
@member
@writes
def thread(introduction_id: str) -> Answer:
    """Show one conversation, at its end unless asked otherwise, and note it as read."""
    key = page_key()
    page = find_page(key)
    if page is None:
        # Most visits find nothing new. Only those that do wait for the lock to write.
        with g.sessions.read() as session:
            found = threads.get_conversation(session, me().profile_id, introduction_id)
            form = MessageForm(formdata=None)
            form.text.data = found.draft
            form.form_key.data = found.draft_key or form.form_key.data
            page = without_token(_page(session, found, form), squeeze=False)
        if not found.draft_key:
            page = page.replace(str(form.form_key.data), _FORM_KEY)
        if key and not found.unread:
            g.kept_talk.keep(key, page)
    return with_token(page.replace(_FORM_KEY, secrets.token_urlsafe(12)))


def _page(
    session: Any,  # noqa: ANN401  views know no database
    found: Conversation,
    form: MessageForm,
) -> str:
    """Return the page of a conversation; what it shows is marked as read."""
    upto = min(_number("upto", MOST) or MOST, found.total)
    at_end = upto == found.total
    size = threads.PAGE
    if at_end:
        size = min(max(size, found.unread + 5), threads.MOST)
    first = max(upto - size, 0) + 1
    messages = threads.list_page(
        session, found.id, limit=upto - first + 1, skip=found.total - upto
    )
    lines = arrange(
        messages, first=first, reader_id=me().profile_id, zone=me().time_zone
    )
    if found.unread and at_end and request.method == "GET":
        _mark_read(found.id, found.public_id, upto=messages[-1].id)
    return render_template(
        "messages/thread.html",
        conversation=found,
        partner=found.partner,
        lines=lines,
        first=first,
        upto=upto,
        size=threads.PAGE,
        seen=_last_seen(lines) if at_end else 0,
        form=form,
        profile_id=me().profile_id,
    )


def _mark_read(introduction_id: int, public_id: str, *, upto: int) -> None:
    """Note what was shown as read; the frame of this very page counts it no more."""
    read = conversations.mark_read(
        get_session(), introduction_id, me().profile_id, upto=upto
    )
    see_about(get_session(), me().id, public_id)
    person = me()
    person.extra = {**person.extra, "unread": max(person.extra["unread"] - read, 0)}


def _last_seen(lines: list[Line]) -> int:
    """Return the number of the reader's last message if the other side saw it."""
    own = next((line for line in reversed(lines) if line.mine), None)
    return own.number if own and own.message.read_at else 0


@bp.post("/messages/<introduction_id>")
@member
def write(introduction_id: str) -> Answer:
    """Write a message; a text that cannot be sent comes back with a word."""
    session, profile_id = get_session(), me().profile_id
    introduction = introductions.get_introduction(session, profile_id, introduction_id)
    check_connected(introduction)
    form = MessageForm()
    if not form.validate_on_submit():
        found = threads.get_conversation(session, profile_id, introduction_id)
        return _page(session, found, form), INVALID
    held = conversations.send_message(
        session,
        introduction,
        profile_id,
        text=form.text.data,
        lang=guess_language(form.text.data, locale()),
        form_key=form.form_key.data or "",
        limits=holds.Limits.of(g.matching_settings),
    )
    if held is not None:
        flash(_("Your message is being looked at: a moderator reads it first."))
    target = url_for("conversations.thread", introduction_id=introduction_id)
    return redirect(f"{target}#latest", code=303)


@bp.post("/messages/<introduction_id>/draft")
@member
def draft(introduction_id: str) -> Response:
    """Keep what was typed: the page does it by itself, a button does it too."""
    session, profile_id = get_session(), me().profile_id
    found = threads.get_conversation(session, profile_id, introduction_id)
    drafts.save_draft(
        session,
        found.id,
        profile_id,
        text=request.form.get("text", "").replace("\r\n", "\n"),
        form_key=request.form.get("form_key", "")[:LONGEST_FORM_KEY],
    )
    if request.headers.get("X-Requested-With") == "fetch":
        return Response(status=204)
    flash(_("Your text is kept. You find it again in this conversation."))
    return redirect(url_for("conversations.inbox"), code=303)


@bp.get("/messages/<introduction_id>/more")
@member
@writes
def more(introduction_id: str) -> Answer:
    """Return what is new after ``after`` messages: the open page asks for it."""
    after, profile_id = _number("after"), me().profile_id
    with g.sessions.read() as session:
        news = threads.find_news(session, profile_id, introduction_id)
        known = (after, _number("seen"), _number("unread"))
        if (news.total, news.seen, me().extra["unread"]) == known:
            return _nothing_new()
        # The one before tells whether a new day has begun.
        skip = min(max(after - 1, 0), news.total)
        messages = threads.list_page(
            session, news.id, limit=min(news.total - skip, threads.MOST)
        )
    lines = arrange(
        messages,
        first=news.total - len(messages) + 1,
        reader_id=profile_id,
        zone=me().time_zone,
    )
    fresh = [line for line in lines if line.number > after]
    if any(line.new for line in fresh):
        _mark_read(news.id, introduction_id, upto=messages[-1].id)
    # Who sees a line come in needs no mark that tells where to go on reading.
    fresh = [replace(line, new=False) for line in fresh]
    return render_template(
        "messages/_more.html", lines=fresh, news=news, partner=news.partner
    )


@bp.route("/messages/<introduction_id>/report", methods=["GET", "POST"])
@member
def report(introduction_id: str) -> Answer:
    """Put messages before the moderators, who can read nothing else."""
    session, profile_id = get_session(), me().profile_id
    found = threads.get_conversation(session, profile_id, introduction_id)
    theirs = conversations.list_from(
        session, found.id, found.partner.id, limit=REPORTABLE
    )
    form = MessageReportForm()
    # Named by their moment: a message that comes in meanwhile changes no choice.
    named = {message.sent_at.isoformat(): message for message in theirs}
    form.messages.choices = [
        SelectChoice(value=name, label=moment(message.sent_at))
        for name, message in named.items()
    ]
    if request.method == "GET":
        form.messages.data = list(named)[-1:]
    if not form.validate_on_submit():
        page = render_template(
            "messages/report.html",
            form=form,
            messages=named,
            partner=found.partner,
            conversation=found,
        )
        return page, INVALID if form.is_submitted() else 200
    chosen = [named[name] for name in form.messages.data or ()]
    reports.file_report(
        session,
        reporter_id=profile_id,
        subject_id=found.partner.id,
        kind=ReportKind(form.kind.data),
        excerpt="\n\n".join(
            f"[{one.sent_at:%Y-%m-%d %H:%M} UTC] {one.text}" for one in chosen
        ),
        note=form.note.data,
        about=f"message:{found.public_id}",
    )
    if form.also_block.data:
        blocks.block(session, profile_id, found.partner.id)
        g.ties.part(session, profile_id, found.partner.id)
        forget_all()
    flash(_("Thank you. A moderator looks at it; here you see what becomes of it."))
    return redirect(url_for("trust.safety", _anchor="reports"), code=303)
