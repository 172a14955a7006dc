"""Fixtures of events: a house that somebody is invited into."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.events.house import House, make_site
from tests.events.rosters import add_event, invited


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """Give a site and the link of one invitation."""
    site = make_site(tmp_path)
    with site.sessions.write.begin() as session:
        event, owner = add_event(session)
        secret = invited(session, event, owner)
    yield House(site, secret)
    site.sessions.engine.dispose()
