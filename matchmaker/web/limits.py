"""How often something may be tried. Shared by all processes when Redis is set."""

import time
from typing import NoReturn

from flask import Flask, g, request
from limits import RateLimitItem, parse_many
from limits.storage import storage_from_string
from limits.strategies import MovingWindowRateLimiter
from werkzeug.exceptions import TooManyRequests


def init_app(app: Flask) -> None:
    """Give requests of ``app`` one limiter."""
    limiter = MovingWindowRateLimiter(
        storage_from_string(app.config["REDIS_URL"] or "memory://")
    )

    @app.before_request
    def provide_limiter() -> None:
        g.limiter = limiter
        g.limits = app.config


def check_limit(setting: str, *key: str) -> None:
    """Count one try against the limit in ``setting`` for ``key``.

    Raises
    ------
    TooManyRequests
        429 with Retry-After, when the limit is used up.
    """
    limiter: MovingWindowRateLimiter = g.limiter
    for item in parse_many(g.limits[setting]):
        if not limiter.hit(item, setting, *key):
            _refuse(limiter, item, setting, *key)


def is_beyond(setting: str, *key: str) -> bool:
    """Count one time against a limit that refuses nothing; tell whether it is over."""
    limiter: MovingWindowRateLimiter = g.limiter
    hits = [limiter.hit(item, setting, *key) for item in parse_many(g.limits[setting])]
    return not all(hits)


def most(setting: str) -> int:
    """Return the number that a setting like ``30 per minute`` lets pass."""
    return int(parse_many(setting)[0].amount)


def check_left(setting: str, *key: str) -> None:
    """Refuse if the limit is used up, without counting: for limits on failures.

    ``check_limit`` counts the failure afterwards. Of tries that run at the same time
    some may be judged beyond the limit, but only as many failures are answered.

    Raises
    ------
    TooManyRequests
        429 with Retry-After, when the limit is used up.
    """
    limiter: MovingWindowRateLimiter = g.limiter
    for item in parse_many(g.limits[setting]):
        if not limiter.test(item, setting, *key):
            _refuse(limiter, item, setting, *key)


def _refuse(
    limiter: MovingWindowRateLimiter, item: RateLimitItem, setting: str, *key: str
) -> NoReturn:
    reset = limiter.get_window_stats(item, setting, *key).reset_time
    raise TooManyRequests(retry_after=max(1, int(reset - time.time()) + 1))


def address() -> str:
    """Return the visitor's address, as a trusted proxy tells it."""
    return request.remote_addr or "unknown"
