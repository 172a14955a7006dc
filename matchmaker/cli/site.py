"""Commands that set the site up, serve it and do its work."""

import secrets
import threading
from contextlib import suppress
from datetime import date
from pathlib import Path

import click
import waitress

from matchmaker.app import Site
from matchmaker.cli.common import console, counted, open_ready_site, open_site
from matchmaker.cli.work import Worker
from matchmaker.errors import SetupError
from matchmaker.matching import jobs
from matchmaker.matching.views import make_policy
from matchmaker.schema import check_revision, current_revision, head_revision, upgrade
from matchmaker.settings import check_settings, load_settings

THREADS = 8  # requests served at a time


@click.command()
def init() -> None:
    """Create the database or bring it to this program's version."""
    site = open_site()
    before = current_revision(site.sessions.engine)
    upgrade(site.sessions.engine)
    after = current_revision(site.sessions.engine)
    click.echo(
        f"The database is at version {after}."
        if before != after
        else f"Nothing to do: the database has version {after} already."
    )


@click.command()
@click.option("--port", default=8000, show_default=True, help="Port to serve on.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--folder", default="instance/demo", show_default=True)
def demo(port: int, host: str, folder: str) -> None:
    """Serve a site with a demo community, and print three logins.

    The first run writes the community and computes proposals; later runs keep
    what you did.
    """
    from matchmaker.demo import load as demo_load
    from matchmaker.demo.shown import load_impressions

    place = Path(folder).absolute()
    place.mkdir(parents=True, exist_ok=True)
    key = place / "secret_key"
    if not key.exists():
        key.write_text(secrets.token_urlsafe(48), encoding="ascii")
        key.chmod(0o600)
    site = open_site(
        {
            "ENVIRONMENT": "demo",
            "INSTANCE": str(place),
            "DATABASE_URL": f"sqlite:///{place / 'matchmaker.db'}",
            "SECRET_KEY": key.read_text(encoding="ascii"),
            "BASE_URL": f"http://{host}:{port}",
            "SMTP_URL": "",
        }
    )
    upgrade(site.sessions.engine)
    if not demo_load.is_loaded(site.sessions):
        progress, move = counted("Writing the demo community")
        with progress:
            demo_load.load(site.sessions, today=date.today(), progress=move)  # noqa: DTZ011
        policy = make_policy(site.app.config)
        load_impressions(site.sessions, site.matcher, policy, today=date.today())  # noqa: DTZ011
        _refresh(site)
    click.echo(demo_load.describe_logins(f"http://{host}:{port}"))
    _serve(site, host=host, port=port, work=True)


@click.command()
@click.option("--port", default=8000, show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option(
    "--work/--no-work",
    default=True,
    show_default=True,
    help="Also do the background work in this process.",
)
def serve(port: int, host: str, *, work: bool) -> None:
    """Serve the site behind your web server."""
    settings = load_settings()
    check_settings(settings)
    site = open_ready_site()
    _serve(site, host=host, port=port, work=work)


def _serve(site: Site, *, host: str, port: int, work: bool) -> None:
    stop = threading.Event()
    worker = Worker(site)
    with site.sessions.read() as session:
        site.matcher.sync(session)  # before the first visitor waits for it
    try:
        server = waitress.create_server(
            site.app, host=host, port=port, threads=THREADS, ident=None
        )
    except OSError as error:
        raise SetupError(
            f"Port {port} cannot be used ({error.strerror}). Choose another one: "
            "PORT=8001 make demo, or --port 8001."
        ) from error
    thread = threading.Thread(target=worker.run, args=(stop,), daemon=True)
    if work:
        thread.start()
    click.echo(f"Serving http://{host}:{port} (stop with Ctrl-C)")
    with suppress(KeyboardInterrupt):
        server.run()
    stop.set()
    if work:
        thread.join(timeout=10)


@click.command()
@click.option("--once", is_flag=True, help="Do what is due, then stop.")
def work(*, once: bool) -> None:
    """Send letters, close expired requests, bring proposals up to date."""
    worker = Worker(open_ready_site())
    if once:
        click.echo(f"Done: {worker.work_off()} things.")
        if worker.failed:
            names = ", ".join(sorted(worker.failed))
            raise SetupError(f"Failed: {names}. The log says why.")
        return
    click.echo("Working (stop with Ctrl-C)")
    with suppress(KeyboardInterrupt):
        worker.run(threading.Event())


@click.command()
@click.option(
    "--cluster",
    default="",
    metavar="ADDRESS|local:N",
    help="Compare members on a Dask cluster, or in N processes (extra [cluster]).",
)
def refresh(cluster: str) -> None:
    """Compute everybody's proposals anew."""
    _refresh(open_ready_site(), cluster)


def _refresh(site: Site, cluster: str = "") -> None:
    progress, move = counted("Writing proposals")
    compared, comparing = counted("Comparing members")
    with compared, progress:
        members = jobs.refresh(
            site.sessions,
            site.matcher,
            make_policy(site.app.config),
            progress=move,
            comparing=comparing,
            cluster=cluster,
        )
    console.print(f"Proposals for {members} members.")


@click.command()
def check() -> None:
    """Look whether settings and database are fit to serve, and say what is not."""
    settings = load_settings()
    check_settings(settings)
    site = open_site()
    check_revision(site.sessions.engine)
    version = head_revision(site.sessions.engine)
    click.echo(f"Settings are fit, the database has version {version}.")


COMMANDS = (demo, init, serve, work, refresh, check)
