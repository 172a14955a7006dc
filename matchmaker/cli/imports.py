"""Reading a file of people from the command line."""

import json
from collections import Counter
from pathlib import Path

import click

from matchmaker.cli import importing
from matchmaker.cli.common import InputError
from matchmaker.events.formats import (
    Choices,
    FormatError,
    Limits,
    Reading,
    read,
    reading_values,
)

#: An operator at the machine may read longer files than a visitor may upload.
LIMITS = Limits(file_bytes=30_000_000, rows=200_000)


class FileRefusedError(click.ClickException):
    """A file that cannot be read: one line, and exit 2 as for wrong usage."""

    exit_code = 2


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--event", "slug", help="The event that the people belong to.")
@click.option("--as", "email", help="Who imports: an owner or manager of the event.")
@click.option(
    "--basis",
    type=click.Choice(["consent", "contract", "interest"]),
    default="interest",
    show_default=True,
    help="Why these people may be brought in.",
)
@click.option(
    "--alike",
    type=click.Choice(["another", "same-person", "leave-out"]),
    default="another",
    show_default=True,
    help="What people are who only look like somebody known.",
)
@click.option("--dry-run", is_flag=True, help="Only read; needs no database.")
@click.option("--format", "name", default="auto", help="The tool, if not guessed.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def import_people(  # noqa: PLR0913  the options of the command
    file: Path,
    slug: str | None,
    name: str,
    *,
    email: str | None,
    basis: str,
    alike: str,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Import the people in FILE: an export of an event tool or a list.

    They become drafts of the event; nobody is written to. The same file twice adds
    nobody. With --dry-run it is only read.
    """
    if not dry_run:
        if slug is None:
            raise InputError("Say --event SLUG, or --dry-run to read only.")
        form = None if name == "auto" else name
        return importing.store(
            file,
            _content(file),
            slug=slug,
            email=email,
            basis=basis,
            form=form,
            alike=alike,
            limits=LIMITS,
            as_json=as_json,
        )
    reading = _read(file, name)
    if as_json:
        values = reading_values(reading)
        click.echo(json.dumps(values, ensure_ascii=False, indent=1))
    else:
        _tell(reading)
    return None


def _read(file: Path, name: str) -> Reading:
    choices = Choices(format=None if name == "auto" else name)
    try:
        return read(_content(file), file.name, choices=choices, limits=LIMITS)
    except FormatError as error:
        raise FileRefusedError(f"{file.name}: {error}") from error


def _content(file: Path) -> bytes:
    """Return the file; one byte more than allowed is enough to know it is too big."""
    try:
        with file.open("rb") as opened:
            return opened.read(LIMITS.file_bytes + 1)
    except OSError as error:
        raise FileRefusedError(f"{file.name}: {error}") from error


def _tell(reading: Reading) -> None:
    how = f", {reading.encoding}" if reading.encoding else ""
    click.echo(f"{reading.format}{how}: {len(reading.people)} people")
    for reason, count in Counter(each.reason for each in reading.skipped).items():
        click.echo(f"  skipped, {reason}: {count}")
    for warning in reading.warnings:
        click.echo(f"  warning: {warning}")


COMMANDS = (import_people,)
