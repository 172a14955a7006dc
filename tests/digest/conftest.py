"""A site that sends to a real mail server, and one on which there are proposals."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from matchmaker.app import Site, create_site
from matchmaker.db import Base
from matchmaker.matching import jobs as matching_jobs
from matchmaker.matching.views import make_policy
from tests.conftest import add_member
from tests.digest.posting import BASE, person
from tests.test_mail import MailServer, server  # noqa: F401  a fixture


@pytest.fixture
def posted(
    tmp_path: Path,
    server: tuple[MailServer, str],  # noqa: F811
) -> Iterator[tuple[Site, MailServer]]:
    """Give a site that sends to a real mail server."""
    site = create_site(
        {
            "ENVIRONMENT": "test",
            "SECRET_KEY": "k" * 40,
            "INSTANCE": str(tmp_path),
            "DATABASE_URL": f"sqlite:///{tmp_path}/site.db",
            "BASE_URL": BASE,
            "MAIL_FROM": "Network <news@network.example.org>",
            "SMTP_URL": server[1],
            "TESTING": True,
        }
    )
    Base.metadata.create_all(site.sessions.engine)
    yield site, server[0]
    site.sessions.engine.dispose()


@pytest.fixture
def market(posted: tuple[Site, MailServer]) -> tuple[Site, MailServer, str]:
    """Give a site on which somebody has proposals."""
    site, server = posted  # noqa: F811
    with site.sessions.write.begin() as session:
        person(
            session,
            email="anna@example.org",
            name="Anna",
            requests=(("supply", "Looking for buckwheat & millet, 50 t a month"),),
        )
        for place in range(5):
            add_member(
                session,
                name=f"<Grower {place}>",
                country="RU",
                organisation=f"Steppe & Grain {place}",
                offers=(("supply", f"Buckwheat and millet from Altai, lot {place}"),),
            )
    policy = make_policy(site.app.config)
    matching_jobs.refresh(
        site.sessions, site.matcher, policy, progress=lambda _done, _all: None
    )
    return site, server, "anna@example.org"
