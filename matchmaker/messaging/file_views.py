"""Contacts as files and on paper: CSV, XLSX, vCard, a page to print."""

from collections.abc import Iterator, Sequence
from datetime import date

from flask import Blueprint, Flask, Response, abort, render_template, url_for
from flask_babel import gettext as _

from matchmaker import sheets
from matchmaker.accounts.signed_in import me
from matchmaker.errors import DomainError
from matchmaker.matching.models import IntroductionState
from matchmaker.messaging import cards, notebook
from matchmaker.messaging.kept import today
from matchmaker.messaging.ledger_forms import KIND_NAMES, OWNER_NAMES, SHELF_NAMES
from matchmaker.messaging.ledger_views import names, own, shelves, wanted
from matchmaker.messaging.notebook import Line
from matchmaker.messaging.service import partner_of
from matchmaker.profiles.models import Profile
from matchmaker.profiles.rules import visible_contacts
from matchmaker.trust.models import SeenWhere
from matchmaker.trust.views import note_contact_view
from matchmaker.vocabulary.countries import country_name
from matchmaker.web.access import member
from matchmaker.web.i18n import locale
from matchmaker.web.limits import check_limit
from matchmaker.web.session import get_session

bp = Blueprint("contact_files", __name__)
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "vcf": "text/vcard; charset=utf-8",
}


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(bp)


def _lines() -> Sequence[Line]:
    """Return all lines that the address asks for, as far as a file may hold."""
    return notebook.list_lines(
        get_session(),
        me().profile_id,
        today=today(),
        wanted=wanted(),
        size=notebook.WHOLE,
    ).lines


@bp.get("/contacts/print")
@member
def printed() -> str:
    """Show the chosen lines on one page without pages, for paper."""
    chosen, lines = wanted(), _lines()
    return render_template(
        "contacts/print.html",
        shelves=shelves(lines, chosen),
        count=len(lines),
        whole=notebook.WHOLE,
        today=today(),
        **names(),
    )


@bp.get("/contacts.<any(csv, xlsx, vcf):ending>")
@member
def file(ending: str) -> Response:
    """Return the chosen lines as a file."""
    check_limit("CONTACT_FILE_LIMIT", str(me().id))
    lines = _lines()
    if ending == "vcf":
        return _answer(_cards(lines), "contacts", ending)
    rows = list(_rows(lines))
    if ending == "csv":
        return _answer(sheets.csv_file(rows), "contacts", ending)
    return _answer(sheets.xlsx_file(rows, title=_("Contacts")), "contacts", ending)


@bp.get("/contacts/<introduction_id>/card.vcf")
@member
def card(introduction_id: str) -> Response:
    """Return the card of one contact, with the details that connections may see."""
    introduction = own(introduction_id)
    if introduction.state is not IntroductionState.ACCEPTED:
        raise DomainError("introduction-unknown", status=404)
    partner = partner_of(introduction, me().profile_id)
    made = _card(partner, introduction.public_id)
    if made.contacts:
        note_contact_view([partner.id], SeenWhere.CARD)
    return _answer(cards.vcard_file([made]), "contact", "vcf")


def _cards(lines: Sequence[Line]) -> bytes:
    """Return the cards of those lines whose people both said yes."""
    ids = [
        one.introduction_id
        for one in lines
        if one.introduction_id and one.state is IntroductionState.ACCEPTED
    ]
    people = notebook.list_partners(get_session(), me().profile_id, ids)
    made = [_card(partner, public_id) for public_id, partner in people]
    shown = [
        partner.id
        for (_id, partner), one in zip(people, made, strict=True)
        if one.contacts
    ]
    note_contact_view(shown, SeenWhere.EXPORT)
    return cards.vcard_file(made)


def _card(partner: Profile, introduction_id: str) -> cards.Card:
    organisation = partner.organisation
    return cards.Card(
        uid=f"{partner.public_id}@contact.matchmaker",
        full_name=partner.full_name,
        latin_name=partner.latin_name,
        organisation=partner.organisation_name,
        job_title=partner.job_title,
        city=partner.city,
        country=_country(partner.country),
        website=organisation.website if organisation else "",
        address=url_for(
            "contacts.contact", introduction_id=introduction_id, _external=True
        ),
        contacts=visible_contacts(partner.contacts, connected=True, own=False),
        revised_at=partner.changed_at,
    )


def _country(code: str) -> str:
    return str(country_name(code, locale())) if code else ""


def _day(value: date | None) -> str:
    """Return a date as every spreadsheet reads it."""
    return value.isoformat() if value else ""


def _rows(lines: Sequence[Line]) -> Iterator[list[str]]:
    """Return the lines as a table; mail and phone are for the address book."""
    yield [
        _("Name"),
        _("Name in Latin letters"),
        _("Organisation"),
        _("Position"),
        _("Country"),
        _("Where it stands"),
        _("Next step"),
        _("By"),
        _("Whose turn"),
        _("Last contact"),
        _("What it was"),
        _("Page"),
    ]
    kinds = {one.value: str(name) for one, name in KIND_NAMES.items()}
    kinds["message"] = _("Message")
    for one in lines:
        waits = one.state is not IntroductionState.ACCEPTED
        yield [
            one.full_name,
            one.latin_name,
            one.organisation_name,
            one.job_title,
            _country(one.country),
            str(SHELF_NAMES[one.shelf]),
            one.next_step,
            "" if waits else _day(one.due_on),
            str(OWNER_NAMES[one.owner]) if one.owner else "",
            _day(one.last_on),
            kinds[one.last_kind] if one.last_kind else "",
            _page(one),
        ]


def _page(one: Line) -> str:
    if one.introduction_id is None:
        return url_for("matching.person", profile_id=one.public_id, _external=True)
    return url_for(
        "contacts.contact", introduction_id=one.introduction_id, _external=True
    )


def _answer(made: bytes, name: str, ending: str) -> Response:
    if ending not in TYPES:
        abort(404)
    answer = Response(made, content_type=TYPES[ending])
    answer.headers["Content-Disposition"] = (
        f"attachment; filename={name}-{today().isoformat()}.{ending}"
    )
    return answer
