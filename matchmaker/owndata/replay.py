"""The list of who was erased, kept beside the database, and erasing them again.

A backup made before an erasure brings the person back. The list says whom to erase
once more; it is hashes only. It lies in a file too, because a restore replaces the
table.
"""

import json
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import select

from matchmaker.accounts.models import User
from matchmaker.db import Sessions
from matchmaker.owndata import rules
from matchmaker.owndata.collect import Owner
from matchmaker.owndata.erasure import erase
from matchmaker.owndata.models import Erasure
from matchmaker.profiles.models import Profile, ProfileStatus

FILE: Final = "erasures.jsonl"


def keep_list(sessions: Sessions, instance: Path) -> int:
    """Add to the file who is missing in it; return how many it names."""
    with sessions.read() as session:
        rows = session.execute(select(Erasure.digest, Erasure.erased_at)).all()
    known = read_list(instance)
    merged = known | {row[0]: row[1] for row in rows}
    if merged.keys() != known.keys():
        lines = [
            json.dumps({"digest": digest, "erased_at": moment.isoformat()})
            for digest, moment in sorted(
                merged.items(), key=lambda one: (one[1], one[0])
            )
        ]
        fresh = instance / f".{FILE}"
        fresh.write_text("\n".join(lines) + "\n", "utf-8")
        fresh.replace(instance / FILE)
    return len(merged)


def read_list(instance: Path) -> dict[str, datetime]:
    """Return the hashes of the file with their moments; a broken line is left out."""
    try:
        lines = (instance / FILE).read_text("utf-8").splitlines()
    except FileNotFoundError:
        return {}
    found = {}
    for line in lines:
        try:
            told = json.loads(line)
            found[str(told["digest"])] = datetime.fromisoformat(told["erased_at"])
        except (ValueError, KeyError, TypeError):
            continue
    return found


def replay_erasures(
    sessions: Sessions, since: datetime | None = None, *, instance: Path
) -> int:
    """Erase again whom a restored backup brought back; return how many.

    Call it after a restore, before the site serves.

    Parameters
    ----------
    since
        When the backup was made: who was erased before is not in it. None looks for
        everybody.
    instance
        The folder with the file of the list.
    """
    with sessions.read() as session:
        rows = session.execute(select(Erasure.digest, Erasure.erased_at)).all()
        listed = read_list(instance) | {row[0]: row[1] for row in rows}
        wanted = {
            digest for digest, at in listed.items() if since is None or at >= since
        }
        people = session.execute(
            select(Profile.id, Profile.public_id, User.id, User.email, User.locale)
            .outerjoin(User, User.id == Profile.user_id)
            .where(Profile.status != ProfileStatus.ERASED)
        ).all()
    again = [
        Owner(row[2] or 0, row[0], row[3] or "", row[4] or "en")
        for row in people
        if rules.erasure_digest(row[1]) in wanted
    ]
    for owner in again:
        with sessions.write.begin() as session:
            erase(session, owner)
    keep_list(sessions, instance)
    return len(again)
