"""What organisers read about files, columns and rows. Codes in, sentences out."""

from collections.abc import Mapping

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from matchmaker.events.roster import Basis, ImportRow, Verdict

_FILES = {
    "too_big": _l(
        "The file is larger than %(limit)s MB. Delete columns you do not need or split "
        "it into two files."
    ),
    "too_big_unpacked": _l(
        "Unpacked, the file would be larger than %(limit)s MB. Copy the table into a "
        "new workbook and send that one."
    ),
    "too_many_rows": _l(
        "The table has more than %(limit)s rows. Split it and import the parts one "
        "after another."
    ),
    "too_many_columns": _l(
        "Row %(row)s has more than %(limit)s columns. Delete the columns you do not "
        "need."
    ),
    "cell_too_long": _l(
        "A cell in row %(row)s has more than %(limit)s characters. Shorten it, or "
        "check that a quotation mark is not missing before it."
    ),
    "empty": _l("There is nothing in the file. Check that you exported the list."),
    "encrypted": _l(
        "The file is protected by a password. Save a copy without one and send that."
    ),
    "damaged_workbook": _l(
        "The workbook is damaged or was cut off. Open it in your spreadsheet program, "
        "save it anew and send that."
    ),
    "not_a_workbook": _l(
        "This is an archive, not a table. Take the table out of it and send that."
    ),
    "not_a_table": _l(
        "This is no table. Send a file that ends in .csv, .xlsx, .xls, .ods or .vcf."
    ),
    "no_table": _l(
        "No table of people was found in the file. It needs one row for each person, "
        "with a name or a mail address."
    ),
    "no_such_sheet": _l("The workbook has no such sheet (any more). Choose another."),
    "no_such_row": _l("The table has no row %(row)s. Choose the row of its headings."),
    "no_such_format": _l("This kind of list is not known here. Choose another."),
    "wrong_encoding": _l(
        "The file is not written in this encoding. Choose another one."
    ),
    "xml_entities": _l(
        "The workbook holds definitions that are refused for safety. Copy the table "
        "into a new workbook and send that one."
    ),
    "xml_spreadsheet": _l(
        "This is an XML spreadsheet of an old kind. Save it as .xlsx and send that."
    ),
}
_REASONS = {
    "never": _l("Asked never to be written to again. Nothing was stored."),
    "no_consent": _l("Said no to being contacted or shared."),
    "left_out": _l("Left out by your decision."),
    "undecided": _l(
        "Looks like somebody known and was not decided on. Import the file again to "
        "decide."
    ),
    "refunded": _l("The registration was refunded."),
    "denied": _l("The registration was not approved."),
    "declined": _l("Declined the invitation."),
    "cancelled": _l("The registration was cancelled."),
    "expired": _l("The registration has expired."),
    "transferred": _l("The place was passed on to somebody else."),
    "not_registered": _l("Was invited but never registered."),
    "spam": _l("Marked as spam or as a repetition in the file."),
    "opted_out": _l("Does not want to be contacted, says the file."),
    "test_lead": _l("A test entry."),
    "waiting_room": _l("Stayed in the waiting room."),
    "organization": _l("An organisation, not a person."),
    "staff": _l("Belongs to the team of the event."),
    "host": _l("The host's own entry, without an address."),
    "bot": _l("A machine that takes notes or records, not a person."),
    "device": _l("A device without a person's name or address."),
    "group": _l("A group, not a person."),
    "seat_block": _l("Several seats without a name."),
    "role_address": _l(
        "An office address without a name. Add the person's name to import it."
    ),
    "no_person": _l("Neither a name nor an address."),
    "no_email": _l("No address: nobody could be written to."),
    "total_row": _l("A row of sums."),
    "remark": _l("A remark, not a person."),
    "bad_email": _l("The mail address is none. Correct it and import the row again."),
    "shared_email": _l(
        "Shares the mail address of another person in the file. Give each their own."
    ),
    "member": _l("Is a member already: only being there is noted."),
    "fills": _l("Known already: what was blank is filled in."),
    "known": _l("Known already, nothing new."),
    "joined": _l("Another row of the person in row %(row)s: put together."),
    "same_in_file": _l("The same person as in row %(row)s."),
    "alike": _l("Looks like somebody at this event. Decide below."),
    "alike_in_file": _l("Looks like the person in row %(row)s. Decide below."),
}
_PROBLEMS = {
    "email_repaired": _l("The mail address was mended: check it."),
    "bad_phone": _l("The phone number was not understood and is left out."),
    "country_unknown": _l("The country was not understood and is left out."),
    "contact_not_understood": _l("A contact was not understood and is left out."),
}
_WARNINGS = {
    "hidden_sheets": _l("The workbook has hidden sheets. They were not read."),
    "other_sheets": _l(
        "The workbook has other sheets. If the people stand there, choose it below."
    ),
    "no_header": _l(
        "The table has no headings: what the columns are was guessed from what "
        "stands in them."
    ),
    "lines_quoted": _l("Whole lines stood in quotation marks. They were taken apart."),
    "encoding_uncertain": _l(
        "It is not certain in which encoding the file is written. If letters look "
        "wrong below, choose another one."
    ),
    "characters_lost": _l(
        "Some characters of the file are damaged and could not be read."
    ),
    "nul_removed": _l("The file held empty bytes. They were taken out."),
    "quotes_broken": _l(
        "A quotation mark is missing somewhere. Check that every row is complete."
    ),
    "no_people": _l("No person was found. Check the table and the columns."),
    "no_addresses": _l(
        "Nobody in the file has an address: they can be imported, but not invited."
    ),
}
_FORMATS = {
    "zoom_webinar_attendee": _l("Zoom: webinar attendees"),
    "zoom_webinar_registration": _l("Zoom: webinar registrations"),
    "zoom_meeting_participants": _l("Zoom: meeting participants"),
    "zoom_webinar_questions": _l("Zoom: webinar questions"),
    "teams_attendance": _l("Microsoft Teams: attendance"),
    "tencent_meeting": _l("Tencent Meeting: participants"),
    "google_forms": _l("Google Forms: answers"),
    "microsoft_forms": _l("Microsoft Forms: answers"),
    "wenjuanxing": _l("Wenjuanxing: answers"),
    "yandex_forms": _l("Yandex Forms: answers"),
    "eventbrite": _l("Eventbrite: attendees"),
    "pretix_positions": _l("pretix: orders"),
    "b2match": _l("b2match: participants"),
    "brella": _l("Brella: invitations"),
    "swapcard": _l("Swapcard: people"),
    "luma": _l("Luma: guests"),
    "hubspot": _l("HubSpot: contacts"),
    "civicrm": _l("CiviCRM: contacts"),
    "linkedin_leads": _l("LinkedIn: leads"),
    "vcard": _l("Contact cards (vCard)"),
    "generic_table": _l("A list of people"),
}
#: Fields a column may be taken for, in the order in which they are offered.
FIELDS = {
    "name": _l("Name"),
    "given": _l("First name"),
    "family": _l("Family name"),
    "patronymic": _l("Patronymic"),
    "email": _l("Mail address"),
    "phone": _l("Phone"),
    "contacts": _l("Several contacts in one cell"),
    "company": _l("Organisation"),
    "title": _l("Position"),
    "title_company": _l("Position and organisation in one cell"),
    "country": _l("Country"),
    "city": _l("City"),
    "place": _l("City and country in one cell"),
    "sector": _l("Sector"),
    "languages": _l("Languages"),
    "offers": _l("What they offer"),
    "seeks": _l("What they look for"),
    "question": _l("Question they asked"),
    "about": _l("About them"),
    "website": _l("Website"),
    "wechat": _l("WeChat"),
    "telegram": _l("Telegram"),
    "whatsapp": _l("WhatsApp"),
    "messenger": _l("Messenger"),
    "attended": _l("Was there, yes or no"),
    "joined": _l("Time of joining"),
    "left": _l("Time of leaving"),
    "minutes": _l("Time there"),
    "role": _l("Role at the event"),
    "status": _l("State of the registration"),
    "checked_in": _l("Checked in"),
    "consent": _l("Agreed to be contacted"),
    "opted_out": _l("Does not want to be contacted"),
}
_MORE_FIELDS = {
    "name_original": _l("Name, with the original in brackets"),
    "name_display": _l("Name, as shown in the meeting"),
    "display": _l("Name, as shown in the meeting"),
    "country_joined": _l("Country they joined from, or nationality"),
    "user_action": _l("Joined or left"),
    "action_time": _l("Time of joining or leaving"),
    "account_name": _l("Name of the account"),
    "account_email": _l("Mail address of the account"),
    "upn": _l("Name of the account"),
    "viber": _l("Viber"),
    "order_name": _l("Name of the buyer"),
    "order_given": _l("First name of the buyer"),
    "order_family": _l("Family name of the buyer"),
    "order_email": _l("Mail address of the buyer"),
    "order_phone": _l("Phone of the buyer"),
    "order_id": _l("Number of the order"),
    "validated": _l("Was checked by the organiser"),
    "waiting": _l("Was in the waiting room"),
    "test_lead": _l("Is a test"),
    "seats": _l("Number of seats"),
    "contact_type": _l("Person or organisation"),
    "sort_name": _l("Name for sorting"),
}
_BASES = {
    Basis.CONSENT: (
        _l("They agreed"),
        _l("They ticked or signed that you may pass on their details for this."),
    ),
    Basis.CONTRACT: (
        _l("They registered for it"),
        _l("Making contacts is part of the event or membership they signed up for."),
    ),
    Basis.INTEREST: (
        _l("You have a fair interest"),
        _l(
            "They would expect it, and it does not harm them. Anybody may object, and "
            "then they are deleted."
        ),
    ),
}
_VERDICTS = {
    Verdict.NEW: _l("New"),
    Verdict.REVIEW: _l("To decide"),
    Verdict.UPDATE: _l("Updated"),
    Verdict.SAME: _l("Unchanged"),
    Verdict.DUPLICATE: _l("Repeated"),
    Verdict.SKIPPED: _l("Left out"),
}
_MEGABYTE = 1_000_000


def file_text(code: str, details: Mapping[str, str | int]) -> str:
    """Return the sentence for a file that cannot be read."""
    text = _FILES.get(code)
    if text is None:
        return str(
            gettext("The file cannot be read. Save it as .xlsx or .csv and try again.")
        )
    values = {"row": "", "limit": "", **details}
    if code.startswith("too_big"):
        values["limit"] = int(values["limit"]) // _MEGABYTE
    return str(text) % values


def reason_text(code: str, *, row: object = "") -> str:
    """Return the sentence for what becomes of a row."""
    text = _REASONS.get(code)
    if text is None:
        return str(gettext("The file itself marks this row as no participant."))
    return str(text) % {"row": row} if "%" in str(text) else str(text)


def row_text(row: ImportRow) -> str:
    """Return the sentence for a stored row."""
    if not row.reason:
        return str(gettext("Nobody here is known under this name or address."))
    return reason_text(row.reason, row=row.person.get("like_row", ""))


def problem_texts(row: ImportRow) -> list[str]:
    """Return what could not be read of a row that is taken in."""
    codes = row.person.get("problems", ())
    return [str(_PROBLEMS[code]) for code in codes if code in _PROBLEMS]


def warning_text(code: str) -> str:
    """Return what an organiser should know about a file, "" for nothing to say."""
    return str(_WARNINGS.get(code, ""))


def format_names() -> dict[str, str]:
    """Return the kinds of lists that are known, by their codes."""
    return {code: str(name) for code, name in _FORMATS.items()}


def field_names() -> dict[str, str]:
    """Return what a column may be taken for."""
    return {code: str(name) for code, name in FIELDS.items()}


def field_name(code: str) -> str:
    """Return what a column was taken for, "" for what is not imported."""
    return str(FIELDS.get(code) or _MORE_FIELDS.get(code, ""))


def basis_texts() -> list[tuple[str, str, str]]:
    """Return the reasons in law, each with its name and what it means."""
    return [(code.value, str(name), str(hint)) for code, (name, hint) in _BASES.items()]


def verdict_names() -> dict[Verdict, str]:
    """Return the names of the verdicts, in the order of their tabs."""
    return {verdict: str(name) for verdict, name in _VERDICTS.items()}


def known_reasons() -> frozenset[str]:
    """Return every reason that has a sentence, for tests."""
    return frozenset(_REASONS)


def known_files() -> frozenset[str]:
    """Return every trouble with a file that has a sentence, for tests."""
    return frozenset(_FILES)
