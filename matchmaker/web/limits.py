"""How often something may be tried. Shared by all processes when Redis is set."""

import time

from flask import Flask, g, request
from limits import parse_many
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
            reset = limiter.get_window_stats(item, setting, *key).reset_time
            raise TooManyRequests(retry_after=max(1, int(reset - time.time()) + 1))


def address() -> str:
    """Return the visitor's address, as a trusted proxy tells it."""
    return request.remote_addr or "unknown"
