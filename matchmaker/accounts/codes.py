"""Codes of an app (RFC 6238) and codes for the day it is lost. Plain values only."""

import hmac
import re
import secrets
import unicodedata
from datetime import datetime
from typing import Final

import pyotp
import segno

STEP: Final = 30  # seconds a code is shown
DIGITS: Final = 6
#: Clocks of phones differ, and people type: the code before and the one after count.
DRIFT: Final = (-1, 0, 1)
_SCALE: Final = 5  # pixels of a dot: a phone reads it across a desk
RECOVERY_CODES: Final = 10
#: Without letters and digits that look alike on paper: 31 signs, 5 bits each.
_ALPHABET: Final = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
_SELECTOR: Final = 4  # signs that find a code among the person's own
_RECOVERY_LENGTH: Final = 12  # signs; the other eight are 40 bits behind Argon2id


def new_secret() -> str:
    """Return 160 random bits in Base32, as apps take them."""
    return pyotp.random_base32()


def setup_uri(secret: str, *, account: str, site: str) -> str:
    """Return what a camera reads: the secret, whose it is, and for which site."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=site)


def picture(uri: str) -> str:
    """Return a QR code as inline SVG without styles, black on white in any theme."""
    code = segno.make(uri, error="m", micro=False)
    drawn: str = code.svg_inline(
        scale=_SCALE, border=4, dark="#000", light="#fff", svgclass=None, lineclass=None
    )
    return drawn


def grouped(text: str) -> str:
    """Return a text in groups of four, for people who type it."""
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def clean(typed: str) -> str:
    """Return a code without blanks and hyphens, also from a full-width keyboard."""
    plain = unicodedata.normalize("NFKC", typed).upper()
    return re.sub(r"[\s\-\u2010-\u2015]+", "", plain)


def matching_step(
    secret: str, typed: str, *, moment: datetime, after: int
) -> int | None:
    """Return the step whose code this is, if it is now and later than ``after``.

    All candidates are compared, in the same time, whatever was typed.
    """
    code = clean(typed)
    here = int(moment.timestamp()) // STEP
    maker = pyotp.TOTP(secret)
    known = {
        step: hmac.compare_digest(
            maker.generate_otp(step).encode(), code.encode("utf-8", "replace")
        )
        for step in (here + drift for drift in DRIFT)
    }
    return next((step for step, same in known.items() if same and step > after), None)


def is_app_code(typed: str) -> bool:
    """Tell a code of the app from a recovery code by its form."""
    code = clean(typed)
    return len(code) == DIGITS and code.isdecimal()


def new_recovery_codes() -> list[str]:
    """Return ten codes, each like K7QX-M2PD-8HJW, with different beginnings."""
    found: dict[str, str] = {}
    while len(found) < RECOVERY_CODES:
        code = "".join(secrets.choice(_ALPHABET) for _ in range(_RECOVERY_LENGTH))
        found.setdefault(code[:_SELECTOR], code)
    return [grouped(code).replace(" ", "-") for code in found.values()]


def split_recovery(typed: str) -> tuple[str, str] | None:
    """Return the open and the secret part of a recovery code, or None."""
    code = clean(typed)
    if len(code) != _RECOVERY_LENGTH or not set(code) <= set(_ALPHABET):
        return None
    return code[:_SELECTOR], code[_SELECTOR:]
