"""Pages of contacts: the notebook, one contact with its timeline, what came of it."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Flask, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from matchmaker.accounts.signed_in import me
from matchmaker.matching import introductions, outcomes
from matchmaker.matching.asking_forms import STAGE_TEXTS
from matchmaker.matching.models import Introduction, IntroductionState
from matchmaker.messaging import ledger, ledger_forms, notebook, timeline
from matchmaker.messaging.kept import show_page, today
from matchmaker.messaging.models import FollowUp
from matchmaker.messaging.notebook import Line, Wanted
from matchmaker.messaging.rules import Shelf
from matchmaker.messaging.service import partner_of
from matchmaker.profiles import rules as profile_rules
from matchmaker.trust.views import note_contact_view
from matchmaker.web.access import member
from matchmaker.web.forms import clean_line
from matchmaker.web.session import get_session

bp = Blueprint("contacts", __name__)
Answer = str | Response | tuple[str, int]
LONGEST_WORDS = 100  # characters searched for
LONGEST_VALUE = 64  # characters of a filter's value
LAST_PAGE = 10_000  # beyond it an address was made by hand
SHOWN = 30  # lines of a timeline before "everything"


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(bp)


def zone() -> ZoneInfo:
    """Return the reader's time zone."""
    return ZoneInfo(me().time_zone)


def wanted() -> Wanted:
    """Return what the address asks for; what it does not know is left out."""
    given = request.args
    shelf, sort = given.get("shelf", ""), given.get("sort", "")
    values = {name: given.get(name, "")[:LONGEST_VALUE] for name in notebook.FACETS}
    return Wanted(
        shelf=Shelf(shelf) if shelf in set(Shelf) else None,
        words=clean_line(given.get("q"))[:LONGEST_WORDS],
        sort=sort if sort in notebook.SORTS else notebook.SORTS[0],
        facets={name: value for name, value in values.items() if value},
    )


def query_of(chosen: Wanted) -> dict[str, str]:
    """Return the values of an address that asks for the same lines."""
    values = {
        "q": chosen.words,
        "shelf": chosen.shelf.value if chosen.shelf else "",
        "sort": "" if chosen.sort == notebook.SORTS[0] else chosen.sort,
        **chosen.facets,
    }
    return {name: value for name, value in values.items() if value}


@bp.get("/contacts")
@member
def contacts() -> str:
    """Show a page of the notebook: who waits, what is due, who sleeps."""
    chosen = wanted()
    if chosen.facets or "filter" in request.args:
        # What can be filtered by depends on more than is looked at below.
        return _notebook_page(chosen)
    state = notebook.find_state(get_session(), me().profile_id)
    return show_page(lambda: _notebook_page(chosen), *state)


def _notebook_page(chosen: Wanted) -> str:
    session, profile_id = get_session(), me().profile_id
    page = min(max(request.args.get("page", 1, type=int), 1), LAST_PAGE)
    found = notebook.list_lines(
        session, profile_id, today=today(), wanted=chosen, page=page
    )
    filtered = bool(chosen.facets or chosen.words)
    choices = {}
    if chosen.facets or "filter" in request.args:
        choices = notebook.list_choices(session, profile_id, today=today())
    return render_template(
        "contacts/ledger.html",
        found=found,
        shelves=shelves(found.lines, chosen),
        chosen=chosen,
        filtered=filtered,
        choices=choices,
        page=page,
        pages=-(-found.total // notebook.PAGE),
        address=_address(chosen),
        query=query_of(chosen),
        today=today(),
        **names(),
    )


def shelves(
    lines: Sequence[Line], chosen: Wanted
) -> list[tuple[Shelf | None, list[Line]]]:
    """Return lines below the names of their shelves, where these are the order."""
    if chosen.sort != notebook.SORTS[0]:
        return [(None, list(lines))]
    return [
        (shelf, list(group))
        for shelf, group in groupby(lines, key=lambda one: one.shelf)
    ]


def names() -> dict[str, Any]:
    """Return what shelves, kinds and turns are called."""
    return {
        "shelf_names": ledger_forms.SHELF_NAMES,
        "sort_names": ledger_forms.SORT_NAMES,
        "kind_names": {**ledger_forms.KIND_NAMES, "message": _("Message")},
        "owner_names": ledger_forms.OWNER_NAMES,
    }


def _address(chosen: Wanted) -> Any:  # noqa: ANN401  a function for the template
    def address(endpoint: str = "contacts.contacts", **changes: Any) -> str:  # noqa: ANN401
        values = {**query_of(chosen), **changes}
        return url_for(endpoint, **{k: v for k, v in values.items() if v})

    return address


@bp.get("/contacts/<introduction_id>")
@member
def contact(introduction_id: str) -> Answer:
    """Show one contact: the next step, what happened, details, outcomes."""
    introduction = own(introduction_id)
    if introduction.state is not IntroductionState.ACCEPTED:
        return redirect(
            url_for("introductions.introduction", introduction_id=introduction_id)
        )
    return contact_page(introduction)


def own(introduction_id: str) -> Introduction:
    """Return an introduction of the signed-in person."""
    return introductions.get_introduction(
        get_session(), me().profile_id, introduction_id
    )


def contact_page(
    introduction: Introduction,
    *,
    follow_up_form: ledger_forms.FollowUpForm | None = None,
    plan_form: ledger_forms.PlanForm | None = None,
) -> str:
    """Return the page of a contact, perhaps with a form that came back."""
    session, profile_id = get_session(), me().profile_id
    partner = partner_of(introduction, profile_id)
    noted = ledger.list_follow_ups(session, introduction.id, profile_id)
    entries = timeline.list_entries(
        session, introduction, profile_id, follow_ups=noted, zone=zone()
    )
    details = profile_rules.visible_contacts(
        partner.contacts, connected=True, own=False
    )
    if details:
        note_contact_view([partner.id])
    return render_template(
        "contacts/contact.html",
        introduction=introduction,
        partner=partner,
        mine=introduction.seeker_id == profile_id,
        step=_open_step(noted, profile_id),
        quiet=ledger.is_quiet(session, introduction.id, profile_id),
        contacts=details,
        follow_up_form=follow_up_form or ledger_forms.FollowUpForm(formdata=None),
        plan_form=plan_form or ledger_forms.PlanForm(formdata=None, prefix="plan-"),
        outcome=outcomes.outcome_view(session, introduction, profile_id),
        stage_texts=STAGE_TEXTS,
        profile_id=profile_id,
        today=today(),
        **_shown(entries),
        **names(),
    )


def _open_step(noted: list[FollowUp], profile_id: int) -> FollowUp | None:
    """Return the newest step of one's own that is not done."""
    steps = [
        one
        for one in noted
        if one.author_id == profile_id
        and one.done_at is None
        and (one.next_step or one.due_on)
    ]
    return max(steps, key=lambda one: one.id, default=None)


def _shown(entries: list[timeline.Entry]) -> dict[str, Any]:
    """Return the part of the timeline that the address asks for."""
    there = {entry.group for entry in entries}
    groups = [group for group in timeline.GROUPS if group in there]
    show = request.args.get("show", "")
    if show in groups:
        entries = [entry for entry in entries if entry.group == show]
    else:
        # One's own looks come once a day: among the rest they would be noise.
        entries = [entry for entry in entries if entry.group != "details"]
    whole = "whole" in request.args
    return {
        "entries": entries if whole else entries[:SHOWN],
        "hidden": 0 if whole else max(len(entries) - SHOWN, 0),
        "groups": groups,
        "group_names": ledger_forms.GROUP_NAMES,
        "show": show if show in groups else "",
    }
