"""Passwords, addresses and secrets. Plain values in, plain values out."""

import hashlib
import secrets
import unicodedata
from functools import cache
from itertools import islice

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from email_validator import EmailNotValidError, validate_email

from matchmaker.errors import DomainError

PASSWORD_MINIMUM = 8  # characters
PASSWORD_MAXIMUM = 128  # characters
COMMON_PASSWORDS = 3000  # how many of the most used long enough ones are refused
_CONTEXT_WORDS = ("matchmaker", "password", "networking")

_hasher = PasswordHasher()  # Argon2id with the library's current parameters


def normalize_email(text: str) -> str:
    """Return the address as it is stored: NFC, lower case, ASCII domain.

    Raises
    ------
    DomainError
        ``email-invalid``.
    """
    try:
        found = validate_email(
            text.strip(), check_deliverability=False, test_environment=True
        )
    except EmailNotValidError as error:
        raise DomainError("email-invalid", status=422) from error
    return f"{found.local_part}@{found.ascii_domain}".lower()


def normalize_password(text: str) -> str:
    """Return one form for passwords typed on different keyboards (NFKC)."""
    return unicodedata.normalize("NFKC", text)


def check_password(password: str, *, email: str) -> None:
    """Refuse a password that is too short, too long, common or the address itself.

    Raises
    ------
    DomainError
        ``password-short``, ``password-long`` or ``password-common``.
    """
    password = normalize_password(password)  # what is hashed is what is judged
    if len(password) < PASSWORD_MINIMUM:
        raise DomainError("password-short", status=422)
    if len(password) > PASSWORD_MAXIMUM:
        raise DomainError("password-long", status=422)
    folded = password.casefold()
    local, _, domain = email.casefold().partition("@")
    words = {*_CONTEXT_WORDS, local, domain.partition(".")[0], email.casefold()}
    core = folded.strip("0123456789!?.-_* ")
    if folded in _common_passwords() or core in words or len(set(folded)) == 1:
        raise DomainError("password-common", status=422)


@cache
def _common_passwords() -> frozenset[str]:
    # Imported on first use: the list takes a tenth of a second to load.
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # noqa: PLC0415

    # Shorter ones are refused for their length and must not use up the number.
    allowed = (p for p in FREQUENCY_LISTS["passwords"] if len(p) >= PASSWORD_MINIMUM)
    return frozenset(islice(allowed, COMMON_PASSWORDS))


def hash_password(password: str) -> str:
    """Return an Argon2id hash of a normalised password."""
    return _hasher.hash(normalize_password(password))


@cache
def _decoy_hash() -> str:
    return _hasher.hash(secrets.token_urlsafe())


def verify_password(stored: str | None, password: str) -> bool:
    """Compare in the same time whether or not there is a stored hash."""
    password = normalize_password(password)
    if len(password) > PASSWORD_MAXIMUM:
        password = password[:PASSWORD_MAXIMUM] + "\x00"  # never equal, same cost
    try:
        _hasher.verify(stored or _decoy_hash(), password)
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def needs_rehash(stored: str) -> bool:
    """Tell whether a hash was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(stored)


def new_secret() -> str:
    """Return 256 random bits for a cookie or a link."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """Return what is stored of a secret: its SHA-256 in hexadecimal."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def device_name(user_agent: str) -> str:
    """Return "Firefox, Android" from a User-Agent line; nothing finer is kept."""
    browsers = (
        "Edg",
        "YaBrowser",
        "OPR",
        "MicroMessenger",
        "Firefox",
        "Chrome",
        "Safari",
    )
    systems = ("Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux")
    names = {"Edg": "Edge", "OPR": "Opera", "MicroMessenger": "WeChat"}
    browser = next((b for b in browsers if b in user_agent), "")
    system = next((s for s in systems if s in user_agent), "")
    return ", ".join(part for part in (names.get(browser, browser), system) if part)
