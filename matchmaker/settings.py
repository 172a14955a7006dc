"""Where the project's files lie, and whether the settings are fit to start with."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from matchmaker.errors import SetupError

_PACKAGE = Path(__file__).resolve().parent
#: The checkout, or the copy of the outer folders that a wheel carries.
ROOT = _PACKAGE / "_assets" if (_PACKAGE / "_assets").is_dir() else _PACKAGE.parent

SECRET_LENGTH = 32  # characters; 128 bits even if only hexadecimal digits are used
SECRET_VARIETY = 8  # different characters; 32 random hexadecimal digits have more
_KNOWN_SECRETS = ("changeme", "secret", "development", "password", "0123456789")


def load_settings(overrides: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the settings: config.py, then the environment, then ``overrides``.

    A value from the environment takes the type of its default, so a numeric
    SECRET_KEY stays text.

    Raises
    ------
    SetupError
        If a value in the environment does not fit the type of its setting.
    """
    defaults: dict[str, Any] = {}
    source = (ROOT / "config.py").read_text(encoding="utf-8")
    exec(compile(source, "config.py", "exec"), defaults)  # noqa: S102  our own file
    settings = {name: value for name, value in defaults.items() if name.isupper()}
    for name, default in settings.items():
        text = os.environ.get(f"MATCHMAKER_{name}")
        if text is not None:
            settings[name] = _parse(name, text, default)
    settings.update(overrides or {})
    if not settings["DATABASE_URL"]:
        path = Path(settings["INSTANCE"]).absolute() / "matchmaker.db"
        settings["DATABASE_URL"] = f"sqlite:///{path}"
    return settings


def _parse(name: str, text: str, default: object) -> object:
    try:
        if isinstance(default, bool):
            return text.strip().lower() in {"1", "true", "yes", "on"}
        if isinstance(default, int):
            return int(text)
        if isinstance(default, float):
            return float(text)
    except ValueError:
        kind = "a whole number" if isinstance(default, int) else "a number"
        raise SetupError(
            f"MATCHMAKER_{name} must be {kind}, but is {text!r}."
        ) from None
    if isinstance(default, list):
        return [part.strip() for part in text.split(",") if part.strip()]
    return text


def check_settings(settings: Mapping[str, Any]) -> None:
    """Refuse a production start that would not be safe.

    Raises
    ------
    SetupError
        With one sentence that names the setting and what to put there.
    """
    environment = settings["ENVIRONMENT"]
    if environment not in {"production", "demo", "test"}:
        raise SetupError(
            "MATCHMAKER_ENVIRONMENT must be production, demo or test, "
            f"but is {environment!r}."
        )
    secret = settings["SECRET_KEY"]
    if not isinstance(secret, str) or not secret:
        raise SetupError(
            "Set MATCHMAKER_SECRET_KEY to a random text of at least "
            f"{SECRET_LENGTH} characters (python -c "
            '"import secrets; print(secrets.token_urlsafe(48))").'
        )
    if environment == "production":
        _check_production(settings, secret)


def _check_production(settings: Mapping[str, Any], secret: str) -> None:
    known = any(word in secret.lower() for word in _KNOWN_SECRETS)
    if len(secret) < SECRET_LENGTH or len(set(secret)) < SECRET_VARIETY or known:
        raise SetupError(
            "MATCHMAKER_SECRET_KEY is too short or a known example; use a random "
            f"text of at least {SECRET_LENGTH} characters."
        )
    if settings.get("DEBUG"):
        raise SetupError("Switch DEBUG off: it shows the inside of the site.")
    base = urlsplit(settings["BASE_URL"])
    if base.scheme != "https" or not base.hostname:
        raise SetupError(
            "Set MATCHMAKER_BASE_URL to the public https address of the site, "
            "for example https://network.example.org."
        )
    if not settings["SMTP_URL"]:
        raise SetupError(
            "Set MATCHMAKER_SMTP_URL (smtp://user:password@host:587?tls=starttls): "
            "without mail nobody can confirm an address."
        )
