"""Who may bring people in, and the keyed hash of who asked to be left alone."""

import hashlib
import hmac
from typing import Final

from matchmaker.errors import DomainError
from matchmaker.events.models import StaffRole

#: Roles that may import; a helper sees the event and changes nothing.
IMPORTING: Final = frozenset({StaffRole.OWNER, StaffRole.MANAGER})
#: Reasons of ours for leaving a row out, beside those of the formats.
NEVER_AGAIN: Final = "never"
NO_CONSENT: Final = "no_consent"
LEFT_OUT: Final = "left_out"
UNDECIDED: Final = "undecided"
#: Why a row is no new person.
MEMBER: Final = "member"
FILLS: Final = "fills"
KNOWN: Final = "known"
JOINED: Final = "joined"
SAME_IN_FILE: Final = "same_in_file"
ALIKE: Final = "alike"
ALIKE_IN_FILE: Final = "alike_in_file"


class FileRefused(DomainError):  # noqa: N818  named as what happened, like its base
    """A file that cannot be read.

    Parameters
    ----------
    code
        The code of the format's error.
    details
        Numbers and names its sentence needs.
    """

    def __init__(self, code: str, details: dict[str, str | int]) -> None:
        super().__init__("file-unreadable", status=422)
        self.file_code = code
        self.details = details


def never_digest(key: str, email: str) -> str:
    """Return the hash under which an address is kept that is never to be written to.

    Without the site's key nobody can try addresses against the list.
    """
    address = f"never:{email.strip().lower()}"
    return hmac.new(key.encode(), address.encode(), hashlib.sha256).hexdigest()
