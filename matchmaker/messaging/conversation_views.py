"""Pages of conversations: the inbox and one thread."""

from flask import Blueprint, Flask, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from matchmaker.accounts.signed_in import me
from matchmaker.matching import introductions
from matchmaker.matching.models import Introduction
from matchmaker.messaging import conversations
from matchmaker.messaging.forms import MessageForm
from matchmaker.messaging.service import check_connected, partner_of
from matchmaker.vocabulary.languages import guess_language
from matchmaker.web.access import member
from matchmaker.web.i18n import locale
from matchmaker.web.session import get_session, writes

bp = Blueprint("conversations", __name__)
Answer = str | Response | tuple[str, int]
INVALID = 422


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(bp)


@bp.get("/messages")
@member
def inbox() -> str:
    """Show the member's conversations, the latest first."""
    threads = conversations.list_threads(get_session(), me().profile_id)
    return render_template(
        "messages/inbox.html", threads=threads, profile_id=me().profile_id
    )


@bp.get("/messages/<introduction_id>")
@member
@writes
def thread(introduction_id: str) -> Answer:
    """Show one conversation and note that it was read."""
    introduction = _own(introduction_id)
    conversations.mark_read(get_session(), introduction.id, me().profile_id)
    return _thread_page(introduction, MessageForm(formdata=None))


def _own(introduction_id: str) -> Introduction:
    introduction = introductions.get_introduction(
        get_session(), me().profile_id, introduction_id
    )
    check_connected(introduction)
    return introduction


def _thread_page(introduction: Introduction, form: MessageForm) -> str:
    return render_template(
        "messages/thread.html",
        introduction=introduction,
        partner=partner_of(introduction, me().profile_id),
        messages=conversations.list_messages(get_session(), introduction.id),
        form=form,
        profile_id=me().profile_id,
    )


@bp.post("/messages/<introduction_id>")
@member
def write(introduction_id: str) -> Answer:
    """Write a message; without a text the page comes back with a word."""
    introduction = _own(introduction_id)
    form = MessageForm()
    if not form.validate_on_submit():
        return _thread_page(introduction, form), INVALID
    conversations.write_message(
        get_session(),
        introduction,
        me().profile_id,
        text=form.text.data,
        lang=guess_language(form.text.data, locale()),
        form_key=form.form_key.data or "",
    )
    target = url_for("conversations.thread", introduction_id=introduction_id)
    return redirect(f"{target}#latest", code=303)


@bp.get("/messages/<introduction_id>/more")
@member
@writes
def more(introduction_id: str) -> str:
    """Return the messages after the first ``after``: the open page asks for them."""
    introduction = _own(introduction_id)
    after = min(max(request.args.get("after", 0, type=int), 0), 10**6)
    found = conversations.list_messages_after(get_session(), introduction.id, after)
    if found:
        conversations.mark_read(get_session(), introduction.id, me().profile_id)
    return render_template(
        "messages/_messages.html",
        messages=found,
        profile_id=me().profile_id,
        partner=partner_of(introduction, me().profile_id),
    )
