"""A site with one invited person, and the people who come by."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matchmaker.app import Site, create_site
from matchmaker.db import Base
from tests.conftest import Visitor, add_member
from tests.events.rosters import KEY

PAGES = ("", "/confirm", "/correct", "/erase", "/never", "/join")
GOOD = "green paper boats"  # a password that may be chosen


@dataclass(slots=True)
class House:
    """A site with one invited person, and the link of the letter."""

    site: Site
    secret: str

    def visit(self) -> Visitor:
        """Return a new browser."""
        return Visitor(self.site.app.test_client())

    def path(self, page: str = "") -> str:
        """Return the path of a page behind the link."""
        return f"/claim/{self.secret}{page}"

    def rows(self) -> str:
        """Return everything that is stored."""
        raw = self.site.sessions.engine.raw_connection()
        try:
            connection: Any = raw.driver_connection
            return "\n".join(connection.iterdump())
        finally:
            raw.close()

    def join(self, **values: Any) -> Visitor:
        """Return a browser in which a new member is signed in."""
        with self.site.sessions.write.begin() as session:
            user = add_member(session, **values).user
            assert user is not None
            email = user.email
        visitor = self.visit()
        assert visitor.sign_in(email).status_code == 303
        return visitor


def make_site(folder: Path, **settings: str) -> Site:
    """Return a site that signs links with the key of the drafts."""
    site = create_site(
        {
            "ENVIRONMENT": "test",
            "SECRET_KEY": KEY,
            "INSTANCE": str(folder),
            "DATABASE_URL": f"sqlite:///{folder}/site.db",
            "BASE_URL": "http://localhost",
            "TESTING": True,
            **settings,
        }
    )
    Base.metadata.create_all(site.sessions.engine)
    return site


def keep_all(page: str) -> dict[str, Any]:
    """Return what a browser sends of the offers and requests of a page."""
    ids = re.findall(r'name="keep"\s+value="([^"]+)"', page)
    texts = re.findall(r'name="(text-[^"]+)"[^>]*>([^<]*)<', page)
    return {"keep": ids, **{name: text.replace("&#39;", "'") for name, text in texts}}
