"""Commands about people who can sign in."""

import click

from matchmaker.accounts import service
from matchmaker.cli.common import open_ready_site


@click.command("create-user")
@click.argument("email")
@click.option("--admin", is_flag=True, help="May review matching and moderate.")
@click.option("--locale", type=click.Choice(["en", "ru", "zh"]), default="en")
@click.password_option(envvar="MATCHMAKER_NEW_PASSWORD", help="Asked for if not given.")
def create_user(email: str, *, admin: bool, locale: str, password: str) -> None:
    """Create an account whose address needs no confirmation."""
    site = open_ready_site()
    with site.sessions.write.begin() as session:
        user = service.create_user(
            session,
            email,
            password=password,
            locale=locale,
            is_admin=admin,
            confirmed=True,
        )
        click.echo(f"{user.email} can sign in{' as an admin' if admin else ''}.")


COMMANDS = (create_user,)
