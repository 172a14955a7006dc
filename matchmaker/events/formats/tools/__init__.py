"""The tools whose exports are known, one declaration each."""

from typing import Final

from matchmaker.events.formats.tools import contacts, events, forms, meetings
from matchmaker.events.formats.tools.base import Tool, View

GENERIC: Final = contacts.GENERIC
VCARD: Final = contacts.VCARD

#: In this order where two are recognised equally.
TOOLS: Final[tuple[Tool, ...]] = (
    meetings.ZOOM_ATTENDEES,
    meetings.ZOOM_REGISTRATIONS,
    meetings.ZOOM_PARTICIPANTS,
    meetings.TEAMS,
    meetings.TENCENT,
    forms.GOOGLE,
    forms.MICROSOFT,
    forms.WENJUANXING,
    forms.YANDEX,
    events.EVENTBRITE,
    events.PRETIX,
    events.B2MATCH,
    events.BRELLA,
    events.SWAPCARD,
    events.LUMA,
    contacts.HUBSPOT,
    contacts.CIVICRM,
    contacts.LINKEDIN,
    contacts.ZOOM_QUESTIONS,
    VCARD,
    GENERIC,
)
BY_NAME: Final = {tool.name: tool for tool in TOOLS}


def recognise(view: View) -> Tool:
    """Return the tool that most speaks for, the plain list when none does."""
    best = max(TOOLS, key=lambda tool: tool.recognise(view))
    return best if best.recognise(view) > 0 else GENERIC


__all__ = ["BY_NAME", "GENERIC", "TOOLS", "VCARD", "Tool", "View", "recognise"]
