"""Commands that save a site, bring it back, and look after it."""

import json
from datetime import datetime
from pathlib import Path

import click
from sqlalchemy import inspect

from matchmaker.backup import backup as write_backup
from matchmaker.backup import restore as read_backup
from matchmaker.cli.common import console, open_ready_site, open_site
from matchmaker.cli.doctor import Verdict, examine
from matchmaker.owndata import jobs as owndata
from matchmaker.owndata.models import Erasure
from matchmaker.owndata.replay import keep_list, replay_erasures
from matchmaker.owndata.retention import tidy as remove_old


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Save the whole site into FILE, while it goes on serving.

    Every table as it was at one moment, with checksums, and your own terms. Settings
    and SECRET_KEY are not in it: keep those apart.
    """
    site = open_site()
    folder = Path(str(site.app.config["INSTANCE"]))
    made = write_backup(site.sessions.engine, folder, file, progress=_tell)
    rows = sum(made.rows.values())
    size = file.stat().st_size / 1e6
    click.echo(f"Saved {rows} rows of {len(made.rows)} tables: {file}, {size:.1f} MB.")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Replace everything in the database.")
def restore(file: Path, *, force: bool) -> None:
    """Bring a site back from FILE; stop the site and its worker first.

    The file is checked as a whole before anything is touched. Works between SQLite and
    PostgreSQL as well. Proposals are computed anew by the next refresh.
    """
    site = open_site()
    folder = Path(str(site.app.config["INSTANCE"]))
    if force and inspect(site.sessions.engine).has_table(Erasure.__tablename__):
        keep_list(site.sessions, folder)  # the table is about to be replaced
    made = read_backup(site.sessions.engine, folder, file, force=force, progress=_tell)
    click.echo(
        f"Restored {sum(made.rows.values())} rows, as they were at {made.made_at}."
    )
    since = datetime.fromisoformat(made.made_at)
    if again := replay_erasures(site.sessions, since, instance=folder):
        click.echo(f"Erased again: {again}, who had themselves erased since then.")


def _tell(table: str, rows: int) -> None:
    if rows:
        console.print(f"{table}: {rows}")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="For a program to read.")
@click.pass_context
def doctor(context: click.Context, *, as_json: bool) -> None:
    """Look at everything a site needs, and say what to do.

    Exits with 0 if all is well, 1 if something should be looked at, 2 if something is
    broken.
    """
    findings = list(examine(open_site()))
    if as_json:
        told = [
            {"what": one.what, "verdict": one.verdict.value, "text": one.text}
            for one in findings
        ]
        click.echo(json.dumps(told, indent=1))
    else:
        for one in findings:
            click.echo(f"{one.verdict.value:7} {one.what}: {one.text}")
    worst = max(list(Verdict).index(one.verdict) for one in findings)
    context.exit(worst)


@click.command()
@click.option("--dry-run", is_flag=True, help="Only say what would go.")
def tidy(*, dry_run: bool) -> None:
    """Remove what is past its time, and say how much of what.

    The worker does it once a day. How long things are kept is in the settings
    (the names end in KEPT_DAYS).
    """
    site = open_ready_site()
    counts = remove_old(site.sessions, site.app.config, dry_run=dry_run)
    if not dry_run:
        folder = Path(str(site.app.config["INSTANCE"]))
        owndata.forget_exports(site.sessions, folder)
    width = max(len(name) for name in counts)
    for name, count in counts.items():
        click.echo(f"{name:{width}}  {count}")
    click.echo("Nothing was changed." if dry_run else "Done.")


COMMANDS = (backup, restore, doctor, tidy)
