"""Every privileged page leaves an entry in the audit log, also one that forgot to.

Services and views write entries that say more (which case, how many letters). Where
none was written, the name of the page and the ids in its address are.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from flask import Flask, g, make_response, request
from flask_login import current_user

from matchmaker.admin import service
from matchmaker.web.session import FIRST_ERROR_STATUS, get_session

PRIVILEGED: Final = frozenset({"admin", "organiser"})
SEEN: Final = ".seen"  # ends the action of a page that was only read
#: Pages that show nothing of anybody: one's own events, an empty form, and how far an
#: import is, which the browser asks for every few seconds.
TELLS_NOTHING: Final = frozenset(
    {"admin.event_list", "organising.new", "events.result"}
    | {"terms.new", "terms.term", "places.place", "reviews.next_pair"}
)
#: Pages whose views write their entry in a transaction of its own.
_NOTED_APART: Final = frozenset({"event_people.invite", "event_people.preview_matches"})
#: What ids in addresses are called in the log.
_CALLED: Final = {
    "slug": "event",
    "batch_id": "import",
    "approval_id": "decision",
    "measure_id": "measure",
    "case_id": "case",
    "text_id": "text",
    "profile_id": "profile",
    "ending": "file",
    "kind": "file",
}
_READS: Final = frozenset({"GET", "HEAD"})


def init_app(app: Flask) -> None:
    """Watch the privileged pages of an app; to be called when it has them all."""
    for endpoint, view in app.view_functions.items():
        if getattr(view, "access", "") in PRIVILEGED:
            app.view_functions[endpoint] = _watched(view, endpoint)


def _watched(view: Callable[..., Any], endpoint: str) -> Callable[..., Any]:
    @wraps(view)
    def watched(**ids: Any) -> Any:  # noqa: ANN401  as the view
        answer = make_response(view(**ids))
        if (
            current_user.is_authenticated
            and answer.status_code < FIRST_ERROR_STATUS
            and not _is_noted(endpoint)
        ):
            _note(endpoint, ids)
        return answer

    return watched


def _is_noted(endpoint: str) -> bool:
    """Tell whether there is an entry, or nothing that is worth one."""
    if request.method in _READS and endpoint in TELLS_NOTHING | _NOTED_APART:
        return True
    return "session" in g and service.has_noted(get_session())


def _note(endpoint: str, ids: dict[str, Any]) -> None:
    subject = {_CALLED.get(name, name): str(value) for name, value in ids.items()}
    user_id = int(current_user.id)
    if request.method in _READS:
        endpoint += SEEN
    if not g.reads_only:  # its transaction holds the lock: another would wait for it
        service.note_access(get_session(), user_id, endpoint, **subject)
        return
    # A page that only reads holds no lock, and is to take none while it is made.
    with g.sessions.write.begin() as session:
        service.note_access(session, user_id, endpoint, **subject)
