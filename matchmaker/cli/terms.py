"""Commands for the glossary: checking it, and an organisation's own terms."""

import os
from pathlib import Path

import click

from matchmaker.cli.common import InputError, one_line, own_terms_folder
from matchmaker.vocabulary.check import check_general, check_misleading, check_terms
from matchmaker.vocabulary.misleading import general_file, misleading_file
from matchmaker.vocabulary.terms import TermsFileError, glossary_files, own_files

_NEXT = "Running sites take it up. Lists and search follow: matchmaker refresh"


@click.command("terms-check")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
def terms_check(files: tuple[Path, ...]) -> None:
    """Check the glossary, or glossary FILES of your own, and list what is wrong."""
    checked = list(files) or glossary_files()
    count, problems = _checked(checked)
    if not files:
        problems += check_misleading(misleading_file())
        problems += check_general(general_file())
    for problem in problems:
        click.echo(one_line(problem), err=True)
    told = _many(count, "concept"), _many(len(checked), "file")
    click.echo(f"{' in '.join(told)}, {_many(len(problems), 'problem')}")
    if problems:
        raise SystemExit(1)


def _checked(
    files: list[Path], known: list[Path] | None = None
) -> tuple[int, list[str]]:
    try:
        return check_terms(files, against=known or [])
    except TermsFileError as error:
        raise InputError(str(error)) from error


def _many(count: int, name: str) -> str:
    return f"{count} {name}" if count == 1 else f"{count} {name}s"


@click.command("terms-add")
@click.argument("file", metavar="FILE.csv", type=click.Path(path_type=Path))
def terms_add(file: Path) -> None:
    """Add your organisation's own terms: FILE.csv with code,sector,en,ru,zh.

    A file of the same name is replaced. Nothing changes if anything is wrong: every
    problem is named on a line.
    """
    if file.suffix != ".csv" or file.name.startswith("."):
        raise InputError(f"{file}: the name of a file of terms ends in .csv")
    folder = own_terms_folder()
    place = folder / file.name
    others = [path for path in own_files(folder) if path != place]
    count, problems = _checked([file], [*glossary_files(), *others])
    if problems:
        for problem in problems:
            click.echo(one_line(problem), err=True)
        raise SystemExit(2)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _copy(file, place)
    except OSError as error:
        raise InputError(f"{place}: {error.strerror or error}") from error
    click.echo(f"{_many(count, 'concept')} of your own in {place}. {_NEXT}")


def _copy(source: Path, place: Path) -> None:
    """Write a whole copy beside the place, then let it take the place at once."""
    beside = place.with_name(f".{place.name}.{os.getpid()}")
    try:
        with beside.open("wb") as copy:
            copy.write(source.read_bytes())
            copy.flush()
            os.fsync(copy.fileno())
        beside.replace(place)
    finally:
        beside.unlink(missing_ok=True)


@click.command("terms-list")
@click.option("--remove", metavar="NAME", help="Take the file of this name away.")
def terms_list(remove: str | None) -> None:
    """List your organisation's own files of terms, or remove one."""
    folder = own_terms_folder()
    found = {path.name: path for path in own_files(folder)}
    if remove is None:
        for name, one in found.items():
            count, problems = _checked([one])
            told = f", {_many(len(problems), 'problem')}" if problems else ""
            click.echo(f"{name}: {_many(count, 'concept')}{told}")
        click.echo(f"{_many(len(found), 'file')} in {folder}")
        return
    path = found.get(remove) or found.get(f"{remove}.csv")
    if path is None:
        raise InputError(f"{folder}: no file {remove} (see matchmaker terms-list)")
    try:
        path.unlink()
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}") from error
    click.echo(f"{path.name} is removed. {_NEXT}")


COMMANDS: tuple[click.Command, ...] = (terms_check, terms_add, terms_list)
