"""Commands for operators: ``matchmaker --help``."""

import sys
from collections.abc import Sequence

import click
from sqlalchemy.exc import DBAPIError, OperationalError

from matchmaker.cli import (
    accounts,
    engine,
    imports,
    load,
    quality,
    reviews,
    site,
    terms,
    train,
    upkeep,
)
from matchmaker.errors import DomainError, SetupError


class Group(click.Group):
    """A group whose commands fail with one clear line, never a stack trace."""

    def invoke(self, ctx: click.Context) -> object:
        """Run a command."""
        try:
            return super().invoke(ctx)
        except SetupError as error:
            raise click.ClickException(str(error)) from error
        except DomainError as error:
            raise click.ClickException(f"refused: {error.code}") from error
        except OperationalError as error:
            raise click.ClickException(
                f"the database does not answer or is not set up: {error.orig}. "
                "If it is new, run: matchmaker init"
            ) from error
        except DBAPIError as error:
            raise click.ClickException(f"the database refused: {error.orig}") from error

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the commands in the order in which one needs them."""
        return list(self.commands)


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="matchmaker")
def group() -> None:
    """Run and maintain a Matchmaker site.

    Settings come from config.py and from MATCHMAKER_* variables of the
    environment. A first look needs none: matchmaker demo.
    """


_COMMANDS: Sequence[click.Command] = (
    *site.COMMANDS,
    *accounts.COMMANDS,
    *load.COMMANDS,
    *imports.COMMANDS,
    *engine.COMMANDS,
    *terms.COMMANDS,
    *train.COMMANDS,
    *quality.COMMANDS,
    *reviews.COMMANDS,
    *upkeep.COMMANDS,
)
for command in _COMMANDS:
    group.add_command(command)


def main() -> None:
    """Run the command line."""
    try:
        group.main(prog_name="matchmaker")
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
