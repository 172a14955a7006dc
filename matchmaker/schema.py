"""The version of the database: bring it up to date, or refuse to run on another."""

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from matchmaker.errors import SetupError
from matchmaker.settings import ROOT


def alembic_config(engine: Engine) -> Config:
    """Return Alembic's settings for ``engine``, from a checkout or a wheel."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.attributes["engine"] = engine
    return config


def upgrade(engine: Engine) -> None:
    """Bring the database to the version this program needs."""
    command.upgrade(alembic_config(engine), "head")


def head_revision(engine: Engine) -> str:
    """Return the version this program needs."""
    script = ScriptDirectory.from_config(alembic_config(engine))
    return script.get_current_head() or ""


def current_revision(engine: Engine) -> str | None:
    """Return the version the database has, None when it is empty."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def check_revision(engine: Engine) -> None:
    """Refuse a database of another version.

    Raises
    ------
    SetupError
        Naming the command that mends it.
    """
    try:
        current = current_revision(engine)
    except OperationalError as error:
        raise SetupError(f"The database does not answer: {error.orig}") from error
    head = head_revision(engine)
    if current == head:
        return
    if current is None:
        raise SetupError("The database is empty. Run: matchmaker init")
    known = ScriptDirectory.from_config(alembic_config(engine))
    revisions = {script.revision for script in known.walk_revisions()}
    if current in revisions:
        raise SetupError(
            f"The database has version {current}, this program needs {head}. "
            "Make a backup, then run: matchmaker init"
        )
    raise SetupError(
        f"The database has version {current}, which this program does not know: it "
        "was made by a newer release. Install that release."
    )
