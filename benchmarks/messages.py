"""Statements and CPU time of inbox, thread and ledger among 100,000 messages.

    python benchmarks/messages.py [--requests 40] [--afresh] [--database sqlite]

Makes 10,000 members with 10,000 conversations and 100,000 messages in a database of
its own, serves the site from one waitress process, and asks for each page over one
kept connection from another process. What is compared is the CPU time of the serving
process with that of an empty answer of the same site to somebody signed in, and with
bare Flask, in one run. "Typical" has two conversations, "busy" 200, one of them of
2,000 messages.
"""

import argparse
import json
import multiprocessing
import random
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from crash import database
from flask import Flask
from pages import Client, serve
from sqlalchemy import event, insert, text

from matchmaker.accounts.models import User
from matchmaker.accounts.rules import hash_password
from matchmaker.app import Site, create_site
from matchmaker.clock import now
from matchmaker.db import Base
from matchmaker.demo import load as demo
from matchmaker.matching.models import Introduction, IntroductionState
from matchmaker.messaging import kept
from matchmaker.messaging.models import FollowUp, Message
from matchmaker.profiles.models import Organisation, Profile, ProfileStatus
from matchmaker.web.access import member

MEMBERS, THREADS, MESSAGES = 10_000, 10_000, 100_000
BUSY, TYPICAL = 1, 5_000  # profile ids of the two who look
EMAILS = {
    "typical": f"member{TYPICAL}@example.org",
    "busy": f"member{BUSY}@example.org",
}
BUSY_THREADS, LONG = 200, 2_000
ROUNDS = 9  # the least of them: other work on the machine only ever adds
CHUNK = 5_000  # rows of one INSERT
WORDS = {
    "en": "Could you send the price list for wheat and the date of loading",
    "ru": "Пришлите, пожалуйста, цены на пшеницу и дату погрузки вагонов",
    "zh": "请把小麦的价格和装车日期发给我，谢谢",
}


def people(rng: random.Random) -> dict[Any, list[dict[str, Any]]]:
    """Return rows of members and of who is introduced to whom."""
    password = hash_password(demo.PASSWORD)
    moment = now() - timedelta(days=200)
    users = [
        {
            "id": number,
            "email": f"member{number}@example.org",
            "password_hash": password if number in {BUSY, TYPICAL} else None,
            "locale": rng.choice(tuple(WORDS)),
            "confirmed_at": moment,
        }
        for number in range(1, MEMBERS + 1)
    ]
    organisations = [
        {"id": number, "name": f"Silk Road Trading {number}"}
        for number in range(1, MEMBERS // 2 + 1)
    ]
    profiles = [
        {
            "id": number,
            "user_id": number,
            "organisation_id": number // 2 + 1 if number // 2 < MEMBERS // 2 else 1,
            "status": ProfileStatus.ACTIVE,
            "full_name": f"Айгерим Бекова {number}",
            "latin_name": f"Aigerim Bekova {number}",
            "job_title": "Export manager",
            "country": rng.choice(["KZ", "CN", "RU", "UZ"]),
            "languages": ["ru", "en"],
        }
        for number in range(1, MEMBERS + 1)
    ]
    pairs = [(BUSY, number) for number in range(2, BUSY_THREADS + 2)]
    pairs += [(TYPICAL, TYPICAL + 1), (TYPICAL + 2, TYPICAL)]
    known = set(pairs)
    while len(pairs) < THREADS:
        one, other = sorted(rng.sample(range(BUSY_THREADS + 2, MEMBERS + 1), 2))
        if TYPICAL not in {one, other} and (one, other) not in known:
            known.add((one, other))
            pairs.append((one, other))
    introductions = [
        {
            "id": number,
            "pair_key": f"{min(pair)}-{max(pair)}",
            "seeker_id": pair[0],
            "candidate_id": pair[1],
            "note": "Shall we talk?",
            "lang": "en",
            "state": IntroductionState.ACCEPTED,
            "asked_at": moment,
            "answered_at": moment + timedelta(days=number % 180),
            "expires_at": moment + timedelta(days=7),
        }
        for number, pair in enumerate(pairs, 1)
    ]
    return {
        User: users,
        Organisation: organisations,
        Profile: profiles,
        Introduction: introductions,
    }


def talk(
    rng: random.Random, introductions: list[dict[str, Any]]
) -> dict[Any, list[dict[str, Any]]]:
    """Return rows of messages, all but the newest few read, and of next steps."""
    counts = [LONG] + [9] * (THREADS - 1)
    for place in rng.sample(range(1, THREADS), MESSAGES - sum(counts)):
        counts[place] += 1
    messages, steps = [], []
    begin = now() - timedelta(days=190)
    for row, count in zip(introductions, counts, strict=True):
        sides = [row["seeker_id"], row["candidate_id"]]
        for number in range(count):
            lang = rng.choice(tuple(WORDS))
            author = sides[number % 2]
            sent_at = begin + timedelta(days=number * 180 / count, minutes=number)
            messages.append(
                {
                    "introduction_id": row["id"],
                    "author_id": author,
                    "recipient_id": sides[1 - number % 2],
                    "text": WORDS[lang],
                    "lang": lang,
                    "form_key": f"b-{row['id']}-{number}",
                    "sent_at": sent_at,
                    "read_at": sent_at,
                }
            )
        if row["id"] % 3 == 0:
            steps.append(
                {
                    "introduction_id": row["id"],
                    "author_id": sides[0],
                    "kind": "call",
                    "happened_on": begin.date(),
                    "next_step": "Send the contract",
                    "due_on": now().date() + timedelta(days=row["id"] % 20 - 10),
                    "form_key": f"b-{row['id']}",
                }
            )
    return {Message: messages, FollowUp: steps}


def fill(site: Site) -> dict[str, tuple[str, int]]:
    """Fill the database; return a conversation of each who looks, and its length."""
    Base.metadata.create_all(site.sessions.engine)
    rng = random.Random(5)  # noqa: S311  no secrets
    rows = people(rng)
    rows |= talk(rng, rows[Introduction])
    with site.sessions.write.begin() as session:
        for table, values in rows.items():
            for at in range(0, len(values), CHUNK):
                session.execute(insert(table), values[at : at + CHUNK])
    with site.sessions.engine.connect() as connection:
        connection.execute(text("ANALYZE"))
        connection.commit()
    with site.sessions.read() as session:
        return {
            who: (
                f"/messages/{session.get_one(Introduction, number).public_id}",
                sum(one["introduction_id"] == number for one in rows[Message]),
            )
            for who, number in (("busy", 1), ("typical", BUSY_THREADS + 1))
        }


def follow(orders: Any, answers: Any) -> None:  # noqa: ANN401  queues
    """Ask for pages as told, in a process of its own; a client for each member."""
    clients: dict[tuple[int, str], Client] = {}
    while order := orders.get():
        port, email, path, count = order
        if (port, email) not in clients:
            clients[port, email] = Client(port)
            if email:
                clients[port, email].sign_in(email)
        size = 0
        for _ in range(count):
            size = len(clients[port, email].ask("GET", path).encode())
        answers.put(size)


Page = tuple[str, str, str]  # which site, who is signed in, path


class Figures(NamedTuple):
    """CPU time of one request in ms, its statements, bytes of the answer."""

    cpu: float
    statements: int
    size: int


@dataclass(frozen=True, slots=True)
class Bench:
    """The serving process, and the one that asks."""

    ports: dict[str, int]
    statements: list[str]
    orders: Any
    answers: Any
    count: int

    def ask(self, site: str, email: str, path: str, count: int) -> int:
        """Have a page asked for; return its size."""
        self.orders.put((self.ports[site], email, path, count))
        return int(self.answers.get())

    def measure(self, pages: Mapping[str, Page]) -> dict[str, Figures]:
        """Return what each page takes; they take turns, so a busy moment hits all."""
        found = {name: Figures(float("inf"), 0, 0) for name in pages}
        for turn in range(ROUNDS + 1):
            for name, page in pages.items():
                self.statements.clear()
                started = time.process_time()
                size = self.ask(*page, self.count if turn else 5)
                spent = (time.process_time() - started) / self.count * 1000
                if turn:
                    least = min(spent, found[name].cpu)
                    sent = len(self.statements) // self.count
                    found[name] = Figures(least, sent, size)
        return found


def prepare(site: Site, count: int) -> Bench:
    """Serve the site and bare Flask, and start the process that asks."""
    site.app.add_url_rule("/empty-bench", view_func=member(lambda: ""))
    empty = Flask("empty")
    empty.add_url_rule("/", view_func=lambda: "")
    statements: list[str] = []

    @event.listens_for(site.sessions.engine, "before_cursor_execute")
    def note(_c: object, _cur: object, statement: str, *_rest: object) -> None:
        if not statement.startswith("BEGIN"):
            statements.append(statement)

    orders: Any = multiprocessing.Queue()
    answers: Any = multiprocessing.Queue()
    client = multiprocessing.Process(target=follow, args=(orders, answers), daemon=True)
    client.start()
    ports = {"empty": serve(empty), "site": serve(site.app)}
    return Bench(ports, statements, orders, answers, count)


def report(bench: Bench, threads: dict[str, tuple[str, int]]) -> dict[str, float]:
    """Measure and print every page; return the CPU times in ms."""
    pages: dict[str, Page] = {
        "bare Flask": ("empty", "", "/"),
        "empty, signed in": ("site", EMAILS["typical"], "/empty-bench"),
    }
    for who, email in EMAILS.items():
        thread, total = threads[who]
        for name, path in {
            "inbox": "/messages",
            "thread": thread,
            "ledger": "/contacts",
            # What an open page asks when there is nothing new.
            "poll": f"{thread}/more?after={total}&seen=1&unread=0",
            "count": "/messages/unread?known=0",
            "search": f"/messages?q={quote('погрузка')}",
        }.items():
            pages[f"{who} {name}"] = ("site", email, path)
    found = bench.measure(pages)
    bare, empty = (found[name].cpu for name in ("bare Flask", "empty, signed in"))
    for name, (spent, sent, size) in found.items():
        print(
            f"{name:18} {spent:7.2f} ms CPU {spent / empty:5.1f} x empty signed in "
            f"{spent / bare:6.1f} x bare  {sent} statements {size:7} bytes"
        )
    return {name: round(one.cpu, 3) for name, one in found.items()}


def main() -> None:
    """Measure on the databases asked for and print tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=40)
    parser.add_argument("--afresh", action="store_true", help="keep no rendered pages")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], nargs="*")
    chosen = parser.parse_args()
    if chosen.afresh:
        kept.PAGES_KEPT = 0
    for kind in chosen.database or ["sqlite", "postgresql"]:
        with (
            tempfile.TemporaryDirectory() as folder,
            database(kind, Path(folder)) as url,
        ):
            site = create_site(
                {
                    "ENVIRONMENT": "demo",
                    "SECRET_KEY": "x" * 40,
                    "INSTANCE": folder,
                    "DATABASE_URL": url,
                    "LOG_LEVEL": "ERROR",
                }
            )
            started = time.perf_counter()
            threads = fill(site)
            print(f"{kind}: filled in {time.perf_counter() - started:.1f} s")
            bench = prepare(site, chosen.requests)
            print(json.dumps({"database": kind, "ms": report(bench, threads)}))
            bench.orders.put(None)
            site.sessions.engine.dispose()


if __name__ == "__main__":
    main()
