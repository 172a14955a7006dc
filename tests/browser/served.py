"""A real site on a port of this machine, with its worker, and who is a member."""

import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import waitress

from matchmaker.app import Site
from matchmaker.cli.work import Worker
from matchmaker.matching import lists
from matchmaker.matching.models import IntroductionState
from matchmaker.profiles.models import Profile
from tests.browser import people
from tests.conftest import add_introduction


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who can sign in."""

    email: str
    profile_id: int
    public_id: str
    name: str


@dataclass(slots=True)
class Served:
    """A site that answers on a port, with a worker in the background."""

    site: Site
    url: str

    def join(self, **values: Any) -> Member:
        """Add a member."""
        with self.site.sessions.write.begin() as session:
            profile = people.add(session, **values)
            assert profile.user is not None
            return Member(
                profile.user.email, profile.id, profile.public_id, profile.full_name
            )

    def settle(self) -> None:
        """Wait until the worker has brought all lists up to date."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with self.site.sessions.read() as session:
                if lists.next_stale(session) is None:
                    return
            time.sleep(0.1)
        raise AssertionError("the worker does not come to rest")

    def introduce(
        self,
        seeker: Member,
        candidate: Member,
        *,
        state: IntroductionState = IntroductionState.ACCEPTED,
    ) -> str:
        """Introduce two members; return the introduction's public id."""
        with self.site.sessions.write.begin() as session:
            return add_introduction(
                session,
                session.get_one(Profile, seeker.profile_id),
                session.get_one(Profile, candidate.profile_id),
                state=state,
            ).public_id


def serve(site: Site, sock: socket.socket) -> Callable[[], None]:
    """Serve a site and do its work in threads; return what stops both."""
    server = waitress.create_server(site.app, sockets=[sock], threads=4, ident=None)
    stop = threading.Event()
    threads = [
        threading.Thread(target=server.run, name="site"),
        threading.Thread(target=Worker(site).run, args=(stop,), name="worker"),
    ]
    for thread in threads:
        thread.start()

    def end() -> None:
        stop.set()
        # The loop ends when it has no connection left to look after.
        server.trigger.pull_trigger(lambda: server.asyncore.close_all(server._map))
        for thread in threads:
            thread.join(timeout=20)
            assert not thread.is_alive(), f"{thread.name} did not stop"
        server.task_dispatcher.shutdown()

    return end
