"""Why a row is nobody who takes part: refused, a machine, a desk, out of reach."""

from collections.abc import Mapping

from matchmaker.events.formats import cells, signs
from matchmaker.events.formats.mails import is_desk
from matchmaker.events.formats.names import tidy_name
from matchmaker.events.formats.rows import Draft
from matchmaker.events.formats.tools import Tool


def refusal(draft: Draft, fields: frozenset[str], tool: Tool) -> str:
    """Return the code of why this row is nobody who takes part, "" if somebody is."""
    found = draft.cells
    reason, draft.status, came = (
        signs.read_status(found["status"]) if "status" in found else ("", "", None)
    )
    if reason:
        return reason
    draft.attended = (
        came if came is not None and draft.attended is None else draft.attended
    )
    if cells.yes_or_no(found.get("validated", "")) is False:
        draft.status = draft.status or "not validated"
    if "bad_email" in draft.problems and draft.email is None:
        return "bad_email"
    return (
        _marked_out(found) or _nobody(draft, tool) or _unreachable(draft, fields, tool)
    )


def _marked_out(found: Mapping[str, str]) -> str:
    if cells.yes_or_no(found.get("opted_out", "")):
        return "opted_out"
    if cells.yes_or_no(found.get("test_lead", "")):
        return "test_lead"
    if cells.yes_or_no(found.get("waiting", "")):
        return "waiting_room"
    kind = found.get("contact_type", "").casefold()
    if kind.startswith(("org", "company", "group", "household", "орган", "location")):
        return "organization"
    return ""


def _nobody(draft: Draft, tool: Tool) -> str:
    if draft.role == "staff":
        return "staff"
    if draft.name and (owner := signs.device_owner(draft.name)):
        draft.display, draft.name = draft.display or draft.name, tidy_name(owner)
    kind = signs.machine(draft.name) if draft.name else ""
    if kind == "bot":
        return "bot"
    if kind == "device":
        # With an address of its own a telephone is somebody's, only without a name.
        if draft.email is None and not draft.phone:
            return "device"
        draft.display, draft.name = draft.display or draft.name, ""
    if (
        tool.attendance
        and draft.role == "host"
        and draft.email is None
        and draft.phone is None
    ):
        return "host"
    seats = draft.cells.get("seats", "1")
    if not draft.name and seats.isdigit() and int(seats) > 1:
        return "seat_block"
    return ""


def _unreachable(draft: Draft, fields: frozenset[str], tool: Tool) -> str:
    reached = draft.email or draft.phone or draft.messengers
    if draft.email and not draft.name and is_desk(draft.email):
        return "role_address"
    if not draft.name and not reached:
        return "no_person"
    if tool.attendance and not (tool.by_name or reached) and "email" in fields:
        return "no_email"
    return ""
