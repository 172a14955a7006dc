"""The wheel carries all it needs: it starts a site in an environment of its own."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 60  # seconds until the site must answer


@pytest.mark.slow
def test_a_wheel_installed_elsewhere_serves_the_site(tmp_path: Path) -> None:
    subprocess.run(
        [
            sys.executable,
            "-m",
            "build",
            "--wheel",
            "--outdir",
            str(tmp_path),
            str(ROOT),
        ],
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    place = tmp_path / "elsewhere"
    venv.create(place, with_pip=True)
    binaries = place / "bin"
    subprocess.run(
        [str(binaries / "python"), "-m", "pip", "install", "--quiet", str(wheel)],
        check=True,
        cwd=tmp_path,
        env={**os.environ, "PIP_CONSTRAINT": str(ROOT / "constraints.txt")},
    )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        "PATH": os.environ["PATH"],
        "MATCHMAKER_ENVIRONMENT": "test",
        "MATCHMAKER_SECRET_KEY": "x" * 40,
        "MATCHMAKER_INSTANCE": str(tmp_path / "instance"),
    }
    command = str(binaries / "matchmaker")
    subprocess.run([command, "init"], check=True, cwd=tmp_path, env=environment)
    with subprocess.Popen(
        [command, "serve", "--port", str(port)], cwd=tmp_path, env=environment
    ) as server:
        try:
            page = wait_for(f"http://127.0.0.1:{port}/", {"Accept-Language": "ru"})
            assert "Matchmaker" in page
            assert 'lang="ru"' in page
            assert "Создать аккаунт" in page
            style = page.split('href="/static/css/site.css')[1].split('"')[0]
            assert ".card-person" in wait_for(
                f"http://127.0.0.1:{port}/static/css/parts.css", {}
            )
            assert style.startswith("?v=")
        finally:
            server.terminate()


def wait_for(url: str, headers: dict[str, str]) -> str:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            request = urllib.request.Request(url, headers=headers)  # noqa: S310  ours
            with urllib.request.urlopen(request) as answer:  # noqa: S310
                text: str = answer.read().decode()
                return text
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.3)
