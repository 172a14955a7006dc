"""Find the browser the journeys are driven in, or fetch one.

``python -m tests.browser.fetch`` is what ``make browser`` runs.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

CHOSEN = "MATCHMAKER_CHROMIUM"  # names a browser of your own
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
DEBIAN = (
    ("apt-get", "-qq", "update"),
    # Without a font for Han every Chinese page would be judged by empty boxes.
    ("apt-get", "-qq", "install", "--yes", "chromium", "fonts-noto-cjk"),
)
PLAYWRIGHT = ((sys.executable, "-m", "playwright", "install", "chromium"),)


def find_browser() -> str | None:
    """Return the path of a Chromium that is here, the chosen one first."""
    chosen = os.environ.get(CHOSEN)
    if chosen:
        return shutil.which(chosen)
    for name in ("/usr/bin/chromium", *NAMES):
        if found := shutil.which(name):
            return found
    return _playwrights_own()


def _playwrights_own() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).is_file() else None


def fetch_browser() -> str | None:
    """Install a Chromium and return its path, or None when no way leads to one."""
    ways = [PLAYWRIGHT]
    if shutil.which("apt-get") and os.geteuid() == 0:
        ways.insert(0, DEBIAN)
    for commands in ways:
        if all(_runs(command) for command in commands) and (found := find_browser()):
            return found
    return None


def _runs(command: tuple[str, ...]) -> bool:
    """Tell whether a command succeeds; what it says is shown only if it does not."""
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(
        command, env=quiet, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.stderr.write(f"{' '.join(command)}:\n{done.stdout}{done.stderr}\n")
    return done.returncode == 0


def main() -> int:
    """Make sure that there is a browser; say which, or what to do."""
    chosen = os.environ.get(CHOSEN)
    if chosen and find_browser() is None:
        sys.stderr.write(f"{CHOSEN} names {chosen}, but there is no such program.\n")
        return 1
    found = find_browser() or fetch_browser()
    if found is None:
        sys.stderr.write(
            "No Chromium could be found or fetched. Install one and name it: "
            f"{CHOSEN}=/path/to/chromium make test\n"
        )
        return 1
    sys.stdout.write(f"Browser: {found}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
