"""Addresses of static files that change with their content, so caches may keep them."""

import hashlib
from functools import cache
from pathlib import Path

from flask import Flask, Response, request, url_for
from flask_bootstrap import Bootstrap5
from flask_compress import Compress

YEAR = 365 * 24 * 3600  # seconds


def init_app(app: Flask) -> None:
    """Serve static files compressed and cacheable for good."""
    app.config.update(
        BOOTSTRAP_SERVE_LOCAL=True,
        # Pages are left alone: compressing a page that holds both a secret and the
        # visitor's own text can leak the secret (BREACH).
        COMPRESS_MIMETYPES=[
            "text/css",
            "text/javascript",
            "application/javascript",
            "image/svg+xml",
        ],
        COMPRESS_STREAMS=True,
    )
    Bootstrap5(app)
    Compress(app)
    folders = {
        "static": Path(str(app.static_folder)),
        "bootstrap.static": Path(str(app.blueprints["bootstrap"].static_folder)),
    }

    @cache
    def address(filename: str, endpoint: str) -> str:
        content = (folders[endpoint] / filename).read_bytes()
        version = hashlib.sha256(content).hexdigest()[:10]
        return url_for(endpoint, filename=filename, v=version)

    def asset(filename: str, endpoint: str = "static") -> str:
        """Return the address of a static file with its fingerprint."""
        # url_for writes the same text each time; a page has a hundred icons.
        return address(filename, endpoint)

    app.jinja_env.globals.update(asset=asset)

    @app.after_request
    def keep(response: Response) -> Response:
        # Only the file itself: the page that says "not found" is personal.
        found = response.status_code in {200, 304}
        if found and request.endpoint in folders and "v" in request.args:
            response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
        return response
