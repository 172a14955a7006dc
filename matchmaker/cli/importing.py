"""Storing the people of a file in an event, from the command line."""

import json
from pathlib import Path

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.accounts.models import User
from matchmaker.cli.common import InputError, open_ready_site
from matchmaker.errors import DomainError
from matchmaker.events.commit import import_file
from matchmaker.events.formats import Limits
from matchmaker.events.imports import may_import
from matchmaker.events.models import Event
from matchmaker.events.roster import Basis, Choice, ImportBatch, Never
from matchmaker.events.rules import FileRefused
from matchmaker.settings import load_settings


def store(  # noqa: PLR0913  the options of the command
    file: Path,
    content: bytes,
    *,
    slug: str,
    email: str | None,
    basis: str,
    form: str | None,
    alike: str,
    limits: Limits,
    as_json: bool,
) -> None:
    """Import a file and print how many rows became what."""
    site = open_ready_site()
    with site.sessions.write.begin() as session:
        event = session.scalar(select(Event).where(Event.slug == slug))
        if event is None:
            raise InputError(f"There is no event {slug!r}.")
        try:
            batch = import_file(
                session,
                event,
                author_id=_find_author(session, email, event),
                file_name=file.name,
                data=content,
                basis=Basis(basis),
                key=_check_key(session),
                options={"format": form} if form else {},
                limits=limits,
                alike=Choice(alike.replace("-", "_")),
            )
        except FileRefused as error:
            raise InputError(f"{file.name}: {error.file_code}") from error
        except DomainError as error:
            raise InputError(f"{file.name}: {error.code}") from error
        _tell(batch, slug, as_json=as_json)


def _find_author(session: Session, email: str | None, event: Event) -> int | None:
    if email is None:
        return None
    user = session.scalar(select(User).where(User.email == email.strip().lower()))
    if user is None or not may_import(session, user.id, event.id):
        raise InputError(f"{email} is no owner or manager of {event.slug}.")
    return user.id


def _check_key(session: Session) -> str:
    """Return the site's key; without it those who said never could not be found."""
    key = str(load_settings()["SECRET_KEY"])
    if not key and session.scalar(select(Never.digest).limit(1)) is not None:
        raise InputError(
            "Set MATCHMAKER_SECRET_KEY to the key of the site: some people asked "
            "never to be written to, and only with it they are recognised."
        )
    return key


def _tell(batch: ImportBatch, slug: str, *, as_json: bool) -> None:
    counts = {name: int(number) for name, number in sorted(batch.counts.items())}
    if as_json:
        told = {"event": slug, "import": batch.public_id, "rows": counts}
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    said = ", ".join(f"{number} {name}" for name, number in counts.items())
    click.echo(f"{slug}: {said or 'no rows'}")
