"""Work of notices that needs no request."""

from matchmaker.db import Sessions
from matchmaker.notices import service


def forget_old(sessions: Sessions) -> int:
    """Erase notices that are too old to be shown; return how many."""
    with sessions.read() as session:
        if not service.has_old(session):
            return 0
    with sessions.write.begin() as session:
        return service.forget_old(session)
