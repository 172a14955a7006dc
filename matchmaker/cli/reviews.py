"""Labels of blind review: written as a test set, and judging the live model."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from matchmaker.cli.common import InputError, open_ready_site

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matchmaker.matching.review_export import Separation


@click.command("reviews-export")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def reviews_export(folder: Path) -> None:
    """Write the pairs of the blind review into FOLDER, as a set for evaluate.

    Names, organisations and ids of the site are left out; what people wrote is in it.
    Pairs nobody judged count as wrong in a ranking, so its figures are lower than the
    truth: compare models with it, and take "evaluate --reviewed" for how good one is.
    """
    from matchmaker.matching import review_export

    if folder.exists() and any(folder.iterdir()):
        raise InputError(f"{folder} is not empty: name a new folder")
    site = open_ready_site()
    try:
        with site.sessions.read() as session:
            made = review_export.export(session, folder)
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise InputError(f"{folder}: {error.strerror or error}") from error
    click.echo(
        f"Wrote {made.judged} judged directions of {made.seekers} seekers and "
        f"{made.candidates} candidates."
    )
    click.echo(f"Next: matchmaker evaluate {folder} --split {review_export.SPLIT}")


def tell_reviewed(*, as_json: bool) -> None:
    """Print how the live model does on the labels of this site's reviewers."""
    from matchmaker.matching import review_export

    site = open_ready_site()
    with site.sessions.read() as session:
        found = review_export.judge_live(session, site.matcher)
    if not found.pairs:
        raise click.ClickException("no listed pair was judged yet: see Blind review")
    if as_json:
        click.echo(json.dumps(asdict(found)))
    else:
        click.echo("\n".join(_told(found)))


def _told(found: "Separation") -> "Iterator[str]":
    yield f"{found.pairs} pairs judged, {found.good} of them good."
    for band, (count, good) in found.bands.items():
        yield f"  {band:9} {count:5} judged, {good} good"
    if found.auc is None:
        yield "All were judged alike: nothing tells good pairs from others."
        return
    yield (
        f"A good pair scores above another one with chance {found.auc:.3f} "
        f"[{found.low:.3f}, {found.high:.3f}] (a coin: 0.5), drawn from all pairs."
    )


COMMANDS: tuple[click.Command, ...] = (reviews_export,)
