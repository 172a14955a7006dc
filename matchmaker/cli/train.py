"""Learning weights from what members did: a candidate model, explained in words."""

import getpass
from datetime import date, datetime
from typing import TYPE_CHECKING

import click

from matchmaker.cli.common import open_ready_site
from matchmaker.clock import now

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matchmaker.app import Site
    from matchmaker.engine.calibration import Bands
    from matchmaker.engine.scoring import Weights
    from matchmaker.matching.learning import Trained

_EVIDENCE = {
    "bias": "level of all scores",
    "text": "matching texts",
    "collaboration": "types that answer each other",
    "sector": "near sectors",
    "market": "markets that meet",
    "language": "a shared language",
    "place": "the same place",
    "unknown": "needs not stated",
}
_DOUBTS = {
    "few-statements": "too few statements: the prior outweighs them",
    "few-answers": "too few answered requests: the bands are mostly the prior's",
    "one-day": "all statements are of one day: nothing later to judge by",
    "not-better": "on later statements the new weights are not surely better",
}
_CHANGES = {
    "prior": "hardly seen: this is the prior",
    "same": "no clear change",
    "lower": "all scores are lower",
    "higher": "all scores are higher",
    "nothing": "counts for nothing",
    "more": "counts more",
    "less": "counts less",
}


@click.command()
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Leave out what was shown or asked before this day.",
)
@click.option("--dry-run", is_flag=True, help="Tell what was learned, keep nothing.")
@click.option("--name", help="Name of the model version; the day if not given.")
@click.option("--note", default="", help="Kept with the version.")
@click.option(
    "--promote",
    is_flag=True,
    help="Judge it in the place of the live version, and put it in force if it passes.",
)
@click.option(
    "--because",
    default="",
    help="Put it in force without a pass, for this reason; it stays on the card.",
)
def train(  # noqa: PLR0913  options, each by name
    since: datetime | None,
    name: str | None,
    note: str,
    *,
    dry_run: bool,
    promote: bool,
    because: str,
) -> None:
    """Learn the weights of the score from decisions, answers and outcomes.

    Makes a candidate model version and says what changed and how sure that is. Scores
    stay as they are until a version is promoted.
    """
    from matchmaker.matching import learning, versions

    if dry_run and (promote or because):
        raise click.UsageError("--dry-run keeps nothing, so nothing can be promoted.")
    site = open_ready_site()
    with site.sessions.read() as session:
        chosen = name or f"learned-{now():%Y%m%d-%H%M%S}"
        if versions.find_version(session, chosen) is not None:
            raise click.ClickException(f"there is a version named {chosen} already")
        first = since.date() if since else None
        community = site.matcher.sync(session)
        examples = learning.training_set(session, community, since=first)
        before = versions.live_model(session)
    if not len(examples):
        raise click.ClickException(
            "no listed pair was shown or asked in this time: nothing to learn from"
        )
    trained = learning.train(examples)
    for line in _told(trained, before.weights, before.calibration.bands()):
        click.echo(line)
    if dry_run:
        click.echo("Dry run: nothing was kept.")
        return
    with site.sessions.write.begin() as session:
        version = learning.add_candidate(
            session, trained, name=chosen, author=_author(), note=note
        )
        click.echo(f"Kept as {version.name}, a candidate.")
    if promote or because:
        _promote(site, chosen, because)


def _promote(site: "Site", name: str, because: str) -> None:
    """Judge a candidate, keep the report, and put it in force if that is allowed."""
    from matchmaker.admin.models import AuditEntry
    from matchmaker.matching import promotion, trial_jobs, versions
    from matchmaker.matching.views import make_policy

    with site.sessions.write.begin() as session:
        versions.live_version(session)
    with site.sessions.read() as session:
        version = versions.get_version(session, name)
        live = versions.live_version(session)
        community = site.matcher.sync(session).snapshot()
        policy = promotion.as_dialled(session, make_policy(site.app.config))
        found, digests = trial_jobs.judge_pair(
            session, community, (live, version), policy
        )
    with site.sessions.write.begin() as session:
        version = versions.get_version(session, name)
        live = versions.live_version(session)
        report = promotion.keep_report(
            session, (live, version), digests, found, author=_author()
        )
        passed, old = report.passed, live.name
        click.echo(f"In the place of {old} it {'passes' if passed else 'fails'}.")
    if not passed and len(because) < promotion.LEAST_REASON:
        raise click.ClickException(
            f"{name} stays a candidate: the report is under Models on the site. "
            "Put it in force all the same with --because REASON."
        )
    with site.sessions.write.begin() as session:
        version = versions.get_version(session, name)
        made = promotion.promote(session, version, author=_author(), reason=because)
        told = {"version": name, "reason": made.reason, "author": _author()}
        session.add(AuditEntry(action=f"model-{made.way.value}", subject=told))
    click.echo(f"{name} is live; {old} has retired. Next: matchmaker refresh")


def _author() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container's user may have no name
        return "command line"


def _told(trained: "Trained", before: "Weights", bands: "Bands") -> "Iterator[str]":
    fitted, said = trained.fitted, trained.said
    yield (
        f"{fitted.examples} statements about pairs shown or asked "
        f"{_days(trained.window)}: {said['shown']} on what was shown, {said['asked']} "
        f"answers, {said['met']} outcomes."
    )
    yield f"Worth {fitted.effective:.0f} unbiased ones."
    yield ""
    yield "Weights, live and learned, with the standard error:"
    for name, told in _EVIDENCE.items():
        old, new = float(getattr(before, name)), float(getattr(fitted.weights, name))
        error = fitted.errors[name]
        word = _change(name, old, new, error)
        yield f"  {told:30}{old:7.2f} {new:7.2f} ± {error:.2f}  {word}"
    yield ""
    yield from _judged(trained)
    yield ""
    yield from _bands(bands, trained)
    yield ""
    if not trained.doubts:
        yield "The learned weights are better on later statements."
        return
    yield "Not to be concluded from:"
    yield from (f"  {_DOUBTS[code]}" for code in trained.doubts)


def _days(window: tuple[date, date]) -> str:
    return f"from {window[0]} to {window[1]}"


def _change(name: str, old: float, new: float, error: float) -> str:
    from matchmaker.matching import versions

    word = versions.change_of(name, old, new, error)
    times = f" ({new / old:.1f} times)" if old and word in {"more", "less"} else ""
    return f"{_CHANGES[word]}{times}"


def _judged(trained: "Trained") -> "Iterator[str]":
    from matchmaker.engine.calibration import wilson

    found = trained.comparison
    if found is not None:
        low, high = (found.difference + way * 1.96 * found.error for way in (-1, 1))
        yield (
            f"Log loss on the latest {found.judged} statements, learned on the "
            f"{found.learned} before: prior {found.prior:.4f} (at its best level), "
            f"learned {found.fitted:.4f}, difference {found.difference:+.4f} "
            f"[{low:+.4f}, {high:+.4f}]."
        )
    if trained.judged.table:
        off = trained.judged.error
        yield f"Chances of later requests, off by {off:.3f} on average:"
        for one in trained.judged.table:
            low, high = wilson(one.came, one.count)
            yield (
                f"  {one.count:5} requests: {one.said:.2f} expected, {one.came:.2f} "
                f"came true [{low:.2f}, {high:.2f}]"
            )


def _bands(before: "Bands", trained: "Trained") -> "Iterator[str]":
    after = trained.calibration.bands()
    yield (
        f"Of 100 requests {100 * trained.calibration.average:.0f} helped. Good: at "
        "least that chance; strong: at least 3.3 times those odds."
    )
    yield (
        f"As joint scores: good from {before.good:.3f} to {after.good:.3f}, strong "
        f"from {before.strong:.3f} to {after.strong:.3f}."
    )


COMMANDS: tuple[click.Command, ...] = (train,)
