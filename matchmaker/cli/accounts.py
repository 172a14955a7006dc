"""Commands about people who can sign in."""

import click
import structlog

from matchmaker.accounts import rules, second_factor, service
from matchmaker.admin.models import AuditEntry
from matchmaker.cli.common import InputError, open_ready_site

log = structlog.get_logger()


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
        if admin:
            click.echo(
                "At the first sign-in an app for codes is set up, unless "
                "MATCHMAKER_SECOND_FACTOR is optional."
            )


@click.command("reset-second-factor")
@click.argument("email")
def reset_second_factor(email: str) -> None:
    """Take the second factor from somebody who lost phone and recovery codes.

    Make sure first that it is them: by a call, or face to face. They are told by a
    letter, every sign-in of theirs ends, and the audit log keeps it.
    """
    site = open_ready_site()
    with site.sessions.write.begin() as session:
        user = service.find_user(session, rules.normalize_email(email))
        if user is None:
            raise InputError(f"nobody signs in as {email}")
        if not second_factor.reset(session, user):
            raise InputError(f"{user.email} has no second factor")
        session.add(
            AuditEntry(
                action="second-factor-reset",
                subject={"user": user.id, "by": "operator"},
            )
        )
        # The number, not the address: a log is read by more people than a database.
        log.warning("second-factor-reset", user=user.id)
        click.echo(f"{user.email} signs in with the password only, and was told so.")


COMMANDS = (create_user, reset_second_factor)
