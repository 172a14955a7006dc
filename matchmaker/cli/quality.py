"""Counts of the quality page: brought up to date, or made anew."""

import click

from matchmaker.cli.common import console, counted, open_ready_site


@click.command()
@click.option("--rebuild", is_flag=True, help="Count every day anew.")
def quality(*, rebuild: bool) -> None:
    """Bring the counts of the quality page up to date; the worker does it too.

    With --rebuild also days on which nothing changed are counted, with the countries,
    sectors and languages that people have today.
    """
    from matchmaker.admin import quality_jobs

    site = open_ready_site()
    progress, move = counted("Counting days")
    with progress:
        days = quality_jobs.update(site.sessions, afresh=rebuild, progress=move)
    console.print(f"Counted {days} days.")


COMMANDS: tuple[click.Command, ...] = (quality,)
