"""CPU time of pages, beside an empty Flask answer on the same server, in one run.

    python benchmarks/pages.py [--requests 100]

One waitress process serves the demo community and a bare Flask application; a
client in another process asks for each in turn, over one kept connection. What is
compared is the CPU time of the serving process, which other work on the machine
does not change much. Also counts database statements and bytes.
"""

import argparse
import http.client
import json
import multiprocessing
import os
import re
import tempfile
import threading
import time
from datetime import date
from pathlib import Path
from urllib.parse import urlencode

import waitress
from flask import Flask
from sqlalchemy import event

from matchmaker.app import create_site
from matchmaker.demo import load as demo
from matchmaker.matching import jobs
from matchmaker.matching.views import make_policy
from matchmaker.schema import upgrade

ROUNDS = 7  # the least of them: other work on the machine only ever adds
PAGES = ("/proposals", "/directory", "/contacts", "/messages", "/me")


class Client:
    """One kept connection with a cookie, like a browser."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port)
        self.cookie = ""

    def ask(self, method: str, path: str, form: dict[str, str] | None = None) -> str:
        """Send one request and return the text of the answer."""
        headers = {"Cookie": self.cookie, "Accept-Encoding": "br"}
        body = urlencode(form) if form else None
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        if cookie := answer.getheader("Set-Cookie"):
            self.cookie = cookie.partition(";")[0]
        return answer.read().decode()

    def sign_in(self, email: str = "member@example.org") -> None:
        """Sign in, with the password of the demo."""
        page = self.ask("GET", "/sign-in")
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        assert token is not None
        self.ask(
            "POST",
            "/sign-in",
            {
                "csrf_token": token.group(1),
                "email": email,
                "password": demo.PASSWORD,
            },
        )


def drive(orders: multiprocessing.Queue, answers: multiprocessing.Queue) -> None:  # type: ignore[type-arg]
    """Ask for pages as told, in a process of its own."""
    clients: dict[int, Client] = {}
    while order := orders.get():
        port, path, count, sign_in = order
        if port not in clients:
            clients[port] = Client(port)
            if sign_in:
                clients[port].sign_in()
        size = 0
        for _ in range(count):
            size = len(clients[port].ask("GET", path).encode())
        answers.put(size)


def serve(app: object) -> int:
    """Serve an application from a thread; return its port."""
    server = waitress.create_server(app, host="127.0.0.1", port=0, threads=4)
    threading.Thread(target=server.run, daemon=True).start()
    return int(server.effective_port)


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=100)
    count = parser.parse_args().requests
    place = Path(tempfile.mkdtemp())
    site = create_site(
        {
            "ENVIRONMENT": "demo",
            "SECRET_KEY": "x" * 40,
            "INSTANCE": str(place),
            "DATABASE_URL": f"sqlite:///{place}/site.db",
            "LOG_LEVEL": "ERROR",
        }
    )
    upgrade(site.sessions.engine)
    demo.load(site.sessions, today=date.today(), progress=lambda *_: None)  # noqa: DTZ011
    jobs.refresh(
        site.sessions,
        site.matcher,
        make_policy(site.app.config),
        progress=lambda *_: None,
    )
    empty = Flask("empty")
    empty.add_url_rule("/", view_func=lambda: "")
    statements: list[str] = []

    @event.listens_for(site.sessions.engine, "before_cursor_execute")
    def note(_c: object, _cur: object, statement: str, *_rest: object) -> None:
        if not statement.startswith("BEGIN"):
            statements.append(statement)

    orders: multiprocessing.Queue = multiprocessing.Queue()  # type: ignore[type-arg]
    answers: multiprocessing.Queue = multiprocessing.Queue()  # type: ignore[type-arg]
    client = multiprocessing.Process(target=drive, args=(orders, answers), daemon=True)
    client.start()

    def measure(port: int, path: str, *, sign_in: bool) -> tuple[float, int, int]:
        orders.put((port, path, 20, sign_in))
        answers.get()
        best, size = float("inf"), 0
        for _ in range(ROUNDS):
            statements.clear()
            started = time.process_time()
            orders.put((port, path, count, sign_in))
            size = answers.get()
            best = min(best, (time.process_time() - started) / count)
        return best * 1000, len(statements) // count, size

    ports = {"empty": serve(empty), "site": serve(site.app)}
    base, _, _ = measure(ports["empty"], "/", sign_in=False)
    print(f"empty Flask answer: {base:.3f} ms CPU a request")
    rows = {}
    for path in ("/healthz", *PAGES):
        spent, sent, size = measure(ports["site"], path, sign_in=True)
        rows[path] = {"ms": round(spent, 3), "ratio": round(spent / base, 1)}
        print(
            f"{path:12} {spent:7.3f} ms CPU  {spent / base:5.1f} x empty  "
            f"{sent} statements  {size:7} bytes"
        )
    found = {"empty_ms": round(base, 3), "pages": rows, "cpus": os.cpu_count()}
    print(json.dumps(found))
    orders.put(None)


if __name__ == "__main__":
    main()
