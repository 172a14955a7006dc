"""Loading members from a file, as claimed profiles of a community."""

from pathlib import Path

import click

from matchmaker.cli.common import console, counted, open_ready_site
from matchmaker.engine.members import Item, Member, MembersFileError, read_members
from matchmaker.profiles import service
from matchmaker.profiles.models import (
    Opportunity,
    Organisation,
    Profile,
    ProfileStatus,
    Side,
)
from matchmaker.vocabulary.collaboration import COLLABORATION_TYPES
from matchmaker.vocabulary.countries import is_country
from matchmaker.vocabulary.languages import guess_language

BATCH = 500  # profiles indexed at a time
ABOUT_LONGEST = 10_000  # characters


@click.command()
@click.argument("members", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def load(members: Path) -> None:
    """Load MEMBERS.jsonl (one member object a line) as listed profiles.

    All or nothing: a broken line is named and nothing is loaded. Run
    `matchmaker refresh` afterwards.
    """
    try:
        found = read_members(members)
    except MembersFileError as error:
        raise click.ClickException(str(error)) from error
    site = open_ready_site()
    progress, move = counted("Loading")
    with progress, site.sessions.write.begin() as session:
        for start in range(0, len(found), BATCH):
            batch = [_profile(member) for member in found[start : start + BATCH]]
            session.add_all(batch)
            session.flush()
            service.reindex(session, batch)
            move(start + len(batch), len(found))
    console.print(f"{len(found)} members loaded. Next: matchmaker refresh")


def _profile(member: Member) -> Profile:
    name = member.name or member.organisation or member.id
    items = [
        *(_item(item, Side.OFFER) for item in member.offers),
        *(_item(item, Side.REQUEST) for item in member.needs),
    ]
    return Profile(
        status=ProfileStatus.ACTIVE,
        full_name=name,
        organisation=Organisation(name=member.organisation or name),
        country=member.country if is_country(member.country) else "",
        city=member.city,
        languages=list(member.languages),
        sectors=list(member.sectors),
        markets=[code for code in member.markets if is_country(code)],
        about=member.about[:ABOUT_LONGEST],
        about_lang=guess_language(member.about, "en"),
        opportunities=[item for item in items if item.text],
    )


def _item(item: Item, side: Side) -> Opportunity:
    kind = item.type if item.type in COLLABORATION_TYPES else ""  # not stated
    lang = item.lang or guess_language(item.text, "en")
    return Opportunity(side=side, collaboration=kind, text=item.text, lang=lang)


COMMANDS = (load,)
