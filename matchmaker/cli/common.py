"""What several commands share: the site of the environment, progress on a line."""

import os
import re
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Final

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)

from matchmaker.app import Site, create_site
from matchmaker.errors import SetupError
from matchmaker.schema import check_revision
from matchmaker.settings import load_settings
from matchmaker.vocabulary.terms import TermsFileError, use_own_terms

console = Console(stderr=True)


# Control characters could move a terminal's cursor; half a character cannot be printed.
_UNPRINTABLE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")


def one_line(text: str) -> str:
    """Return a text as a line that any terminal can show."""
    return " ".join(_UNPRINTABLE.sub(" ", text).split())


class InputError(click.ClickException):
    """Bad input: one line on stderr, exit status 2."""

    exit_code = 2

    def __init__(self, message: str) -> None:
        super().__init__(one_line(message))


def own_terms_folder(instance: object = None) -> Path:
    """Return where an organisation keeps its own terms; the folder may not exist."""
    return Path(str(instance or load_settings()["INSTANCE"])) / "terms"


def encoder_folder(instance: object = None) -> Path:
    """Return where vectors of texts are kept between runs; it may not exist."""
    return Path(str(instance or load_settings()["INSTANCE"])) / "encoder"


def know_own_terms(folder: Path | None = None) -> None:
    """Let this process understand the organisation's own terms, before any text."""
    try:
        use_own_terms(folder or own_terms_folder())
    except TermsFileError as error:
        raise SetupError(str(error)) from error


def open_site(overrides: dict[str, object] | None = None) -> Site:
    """Return the site, with a key of its own when only commands need one."""
    settings = load_settings()
    extra = dict(overrides or {})
    if not settings["SECRET_KEY"] and "SECRET_KEY" not in extra:
        # A command serves no cookies: any key will do, and none is left behind.
        extra["SECRET_KEY"] = secrets.token_urlsafe(32)
        extra.setdefault("ENVIRONMENT", "demo")
    folder = Path(str(extra.get("INSTANCE", settings["INSTANCE"])))
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SetupError(
            f"The folder {folder} cannot be made ({error.strerror}): set "
            "MATCHMAKER_INSTANCE to one that can."
        ) from error
    return create_site(extra)


def open_ready_site() -> Site:
    """Return the site if its database has the right version."""
    site = open_site()
    check_revision(site.sessions.engine)
    return site


def counted(label: str) -> tuple[Progress, Callable[[int, int], None]]:
    """Return a progress display and the function that moves it: (done, total)."""
    progress = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        disable=not console.is_terminal and not os.environ.get("FORCE_PROGRESS"),
    )
    task = progress.add_task(label, total=None)

    def move(done: int, total: int) -> None:
        progress.update(task, completed=done, total=total)

    return progress, move
